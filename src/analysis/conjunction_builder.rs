//! Computes what a filter matches, without building a tree.

use super::conjunction::{Conjunct, Conjunction, Set};
use crate::schema::{And, Declaration, Domain, Lint, Predicate};
use crate::syntax::grammar::{self, Builder, Token};
use crate::syntax::{Comparator, Negation};
use crate::values::Timestamp;

/// Builder of the conjunction of a filter.
///
/// It leaves to the tree whatever is not documented, is invalid or matches nothing, and every value
/// with escape sequences.
struct ConjunctionBuilder {
    declaration: &'static Declaration,
}

/// The source of a member, or of a call with at most one argument.
enum Source<'a> {
    Member(&'a [u8]),
    Call(&'a [u8], Option<&'a [u8]>),
}

/// What a part of a filter matches.
struct PartConjunction<'a> {
    /// The sets of the groups in the part, in the order of the groups, not normalized.
    conjuncts: Vec<Conjunct<'a>>,
    /// Whether it is an OR without parentheses.
    is_or: bool,
}

impl Conjunction<'static> {
    /// Returns what a filter matches; `None` if the tree is needed to find out.
    pub(crate) fn parse(declaration: &'static Declaration, text: &str) -> Option<Self> {
        let builder = ConjunctionBuilder { declaration };
        let part = grammar::filter(text.as_bytes(), &builder).ok()?;
        let Some(part) = part else {
            return (!declaration.is_required).then(Self::all);
        };
        let mut conjuncts = part?.conjuncts;
        let has = |group: usize| conjuncts.iter().any(|own| own.group == group);
        let mut expected = declaration.expected.iter();
        let is_incomplete = expected.any(|expected| {
            expected.lint.is_none() && expected.access.includes(false) && !has(expected.group)
        });
        let mut groups = conjuncts
            .iter()
            .filter_map(|own| declaration.groups.get(own.group));
        if is_incomplete || groups.any(|group| !group.access.includes(false)) {
            return None;
        }
        for conjunct in &mut conjuncts {
            conjunct.set.normalize();
        }
        Some(Conjunction::new(declaration, conjuncts).into_owned())
    }
}

impl<'a> PartConjunction<'a> {
    /// Creates a part of one comparison; `None` if nothing matches it.
    fn of(predicate: Predicate<'a>) -> Option<Self> {
        let group = predicate.group;
        let set = Set::of(predicate)?;
        (!set.is_empty()).then(|| Self {
            conjuncts: vec![Conjunct { group, set }],
            is_or: false,
        })
    }
}

impl<'a> ConjunctionBuilder {
    fn is_mix_denied(&self) -> bool {
        self.declaration.denied.contains(&Lint::MixedOperators)
    }

    /// Restricts the set of a group by AND; `None` if the language does not allow it, or nothing is
    /// in both.
    fn restrict(&self, own: &mut Conjunct<'a>, mut other: Conjunct<'a>) -> Option<()> {
        let group = self.declaration.groups.get(own.group)?;
        if !matches!(group.domain(), Domain::Conditions(_)) {
            own.set.normalize();
            other.set.normalize();
        }
        let is_allowed = match group.and {
            And::Any => true,
            And::Interval => matches!(
                (own.set.bound()?, other.set.bound()?),
                (Bound::Lower, Bound::Upper) | (Bound::Upper, Bound::Lower)
            ),
            // Whether either is an OR is not known here.
            And::Unmixed | And::Never => false,
        };
        if !is_allowed {
            return None;
        }
        own.set.restrict(group, &other.set);
        (!own.set.is_empty()).then_some(())
    }
}

/// Which end of an interval is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    Lower,
    Upper,
}

impl Set<'_> {
    /// Returns the bound that the set is, if it is one.
    fn bound(&self) -> Option<Bound> {
        match self {
            Self::Timestamps(intervals) => match intervals.as_slice() {
                [(Timestamp::MIN, Timestamp::MAX)] => None,
                [(_, Timestamp::MAX)] => Some(Bound::Lower),
                [(Timestamp::MIN, _)] => Some(Bound::Upper),
                _ => None,
            },
            _ => None,
        }
    }
}

impl<'a> Builder<'a> for ConjunctionBuilder {
    type Member = &'a [u8];
    type Comparable = Option<Source<'a>>;
    type Arg = Option<&'a [u8]>;
    type Expr = Option<PartConjunction<'a>>;

    fn value(&self, token: Token<'a>) -> &'a [u8] {
        token.raw
    }

    fn field(&self, _: &'a [u8], _: Token<'a>, raw: &'a [u8]) -> &'a [u8] {
        raw
    }

    fn member(&self, member: &'a [u8]) -> Option<Source<'a>> {
        Some(Source::Member(member))
    }

    fn call(&self, name: &'a [u8], args: Vec<Option<&'a [u8]>>, _: usize) -> Option<Source<'a>> {
        match args.as_slice() {
            [] => Some(Source::Call(name, None)),
            [Some(arg)] => Some(Source::Call(name, Some(arg))),
            _ => None,
        }
    }

    fn arg(&self, comparable: Option<Source<'a>>) -> Option<&'a [u8]> {
        match comparable? {
            Source::Member(member) => Some(member),
            Source::Call(..) => None,
        }
    }

    fn group_arg(&self, _: Option<PartConjunction<'a>>, _: usize, _: usize) -> Option<&'a [u8]> {
        None
    }

    fn negative(&self, _: Token<'a>) -> Option<&'a [u8]> {
        None
    }

    fn bare(&self, comparable: Option<Source<'a>>) -> Option<PartConjunction<'a>> {
        match comparable? {
            Source::Member(member) => {
                PartConjunction::of(Predicate::documented_keyword(self.declaration, member)?)
            }
            Source::Call(name, arg) => {
                PartConjunction::of(Predicate::documented_call(self.declaration, name, arg)?)
            }
        }
    }

    fn comparison(
        &self,
        comparable: Option<Source<'a>>,
        comparator: Comparator,
        _: usize,
        arg: Option<&'a [u8]>,
    ) -> Option<PartConjunction<'a>> {
        let Source::Member(member) = comparable? else {
            return None;
        };
        PartConjunction::of(Predicate::documented(
            self.declaration,
            member,
            comparator,
            arg?,
        )?)
    }

    fn group(
        &self,
        expr: Option<PartConjunction<'a>>,
        _: usize,
        _: usize,
    ) -> Option<PartConjunction<'a>> {
        Some(PartConjunction {
            is_or: false,
            ..expr?
        })
    }

    fn not(
        &self,
        negation: Negation,
        operand: Option<PartConjunction<'a>>,
        _: usize,
    ) -> Option<PartConjunction<'a>> {
        let mut operand = operand?;
        let [conjunct] = operand.conjuncts.as_mut_slice() else {
            return None;
        };
        let group = self.declaration.groups.get(conjunct.group)?;
        conjunct.set.complement(group)?;
        let is_valid =
            self.declaration.has_not && negation == Negation::Keyword && !conjunct.set.is_empty();
        operand.is_or = false;
        is_valid.then_some(operand)
    }

    fn and(
        &self,
        left: Option<PartConjunction<'a>>,
        operand: Option<PartConjunction<'a>>,
    ) -> Option<PartConjunction<'a>> {
        let (mut left, operand) = (left?, operand?);
        if (left.is_or || operand.is_or) && self.is_mix_denied() {
            return None;
        }
        for conjunct in operand.conjuncts {
            let groups = left.conjuncts.iter();
            let at = groups.take_while(|own| own.group < conjunct.group).count();
            match left.conjuncts.get_mut(at) {
                Some(own) if own.group == conjunct.group => {
                    self.restrict(own, conjunct)?;
                }
                _ => left.conjuncts.insert(at, conjunct),
            }
        }
        left.is_or = false;
        Some(left)
    }

    fn sequence(
        &self,
        left: Option<PartConjunction<'a>>,
        operand: Option<PartConjunction<'a>>,
    ) -> Option<PartConjunction<'a>> {
        if !self.declaration.has_sequences {
            return None;
        }
        self.and(left, operand)
    }

    fn or(
        &self,
        left: Option<PartConjunction<'a>>,
        operand: Option<PartConjunction<'a>>,
    ) -> Option<PartConjunction<'a>> {
        let (mut left, mut operand) = (left?, operand?);
        let ([own], Some(other), true) = (
            left.conjuncts.as_mut_slice(),
            operand.conjuncts.pop(),
            operand.conjuncts.is_empty(),
        ) else {
            return None;
        };
        let group = self.declaration.groups.get(own.group)?;
        if own.group != other.group || !group.or {
            return None;
        }
        own.set.extend(other.set);
        left.is_or = true;
        Some(left)
    }
}
