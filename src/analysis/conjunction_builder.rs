//! Computes what a filter matches, without building a tree.

use std::iter::once;

use super::conjunction::{Conjunct, Conjunction, Set};
use crate::schema::{And, Declaration, Domain, Lint, Predicate};
use crate::syntax::grammar::{self, Builder, Token};
use crate::syntax::{Comparator, Negation};
use crate::values::Timestamp;

/// Builder of the conjunction of a filter.
///
/// It leaves to the tree whatever is not documented, is invalid or matches nothing, and every value
/// with escape sequences.
struct ConjunctionBuilder<'a> {
    declaration: &'static Declaration,
    text: &'a str,
}

/// The source of a member, or of a call with at most one argument.
enum Source<'a> {
    Member(&'a str),
    Call(&'a str, Option<&'a str>),
}

/// What a part of a filter matches.
struct PartConjunction {
    /// The set of the first group in the part, not normalized.
    first: Conjunct<'static>,
    /// Those of the other groups, in the order of the groups. Mostly none, which takes no allocation.
    rest: Vec<Conjunct<'static>>,
    /// Whether it is an OR without parentheses.
    is_or: bool,
}

impl Conjunction<'static> {
    /// Returns what a filter matches; `None` if the tree is needed to find out.
    pub(crate) fn parse(declaration: &'static Declaration, text: &str) -> Option<Self> {
        let builder = ConjunctionBuilder { declaration, text };
        let part = grammar::filter(text.as_bytes(), &builder).ok()?;
        let Some(part) = part else {
            return (!declaration.is_required).then(Self::all);
        };
        let part = part?;
        let mut expected = declaration.expected.iter();
        let is_incomplete = expected.any(|expected| {
            expected.lint.is_none()
                && expected.access.includes(false)
                && part.conjuncts().all(|own| own.group != expected.group)
        });
        if is_incomplete {
            return None;
        }
        let mut conjuncts = part.rest;
        conjuncts.reserve_exact(1);
        conjuncts.insert(0, part.first);
        for conjunct in &mut conjuncts {
            if !declaration
                .groups
                .get(conjunct.group)?
                .access
                .includes(false)
            {
                return None;
            }
            conjunct.set.normalize();
        }
        Some(Self::new(declaration, conjuncts))
    }
}

impl PartConjunction {
    /// Creates a part of one comparison; `None` if nothing matches it.
    #[inline]
    fn of(predicate: Predicate<'_>) -> Option<Self> {
        let group = predicate.group;
        let set = Set::of(predicate.into_owned())?;
        (!set.is_empty()).then(|| Self {
            first: Conjunct { group, set },
            rest: Vec::new(),
            is_or: false,
        })
    }

    fn conjuncts(&self) -> impl Iterator<Item = &Conjunct<'static>> {
        once(&self.first).chain(&self.rest)
    }
}

impl<'a> ConjunctionBuilder<'a> {
    /// Returns the source of a token as text, without checking again that it is UTF-8.
    #[inline]
    fn source(&self, token: Token<'a>) -> Option<&'a str> {
        let end = self.text.len().checked_sub(token.left)?;
        self.text.get(end.checked_sub(token.raw.len())?..end)
    }

    fn is_mix_denied(&self) -> bool {
        self.declaration.denied.contains(&Lint::MixedOperators)
    }

    /// Restricts the set of a group by AND; `None` if the language does not allow it, or nothing is
    /// in both.
    fn restrict(&self, own: &mut Conjunct<'static>, mut other: Conjunct<'static>) -> Option<()> {
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

impl<'a> Builder<'a> for ConjunctionBuilder<'a> {
    type Member = Token<'a>;
    type Comparable = Option<Source<'a>>;
    type Arg = Option<&'a str>;
    type Expr = Option<PartConjunction>;

    fn value(&self, token: Token<'a>) -> Token<'a> {
        token
    }

    fn field(&self, _: Token<'a>, token: Token<'a>, raw: &'a [u8]) -> Token<'a> {
        Token { raw, ..token }
    }

    fn member(&self, member: Token<'a>) -> Option<Source<'a>> {
        Some(Source::Member(self.source(member)?))
    }

    fn call(&self, name: Token<'a>, args: Vec<Option<&'a str>>, _: usize) -> Option<Source<'a>> {
        let name = self.source(name)?;
        match args.as_slice() {
            [] => Some(Source::Call(name, None)),
            [Some(arg)] => Some(Source::Call(name, Some(arg))),
            _ => None,
        }
    }

    fn arg(&self, comparable: Option<Source<'a>>) -> Option<&'a str> {
        match comparable? {
            Source::Member(member) => Some(member),
            Source::Call(..) => None,
        }
    }

    fn group_arg(&self, _: Option<PartConjunction>, _: usize, _: usize) -> Option<&'a str> {
        None
    }

    fn negative(&self, _: Token<'a>) -> Option<&'a str> {
        None
    }

    fn bare(&self, comparable: Option<Source<'a>>) -> Option<PartConjunction> {
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
        arg: Option<&'a str>,
    ) -> Option<PartConjunction> {
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

    fn group(&self, expr: Option<PartConjunction>, _: usize, _: usize) -> Option<PartConjunction> {
        Some(PartConjunction {
            is_or: false,
            ..expr?
        })
    }

    fn not(
        &self,
        negation: Negation,
        operand: Option<PartConjunction>,
        _: usize,
    ) -> Option<PartConjunction> {
        let mut operand = operand?;
        if !operand.rest.is_empty() {
            return None;
        }
        let conjunct = &mut operand.first;
        let group = self.declaration.groups.get(conjunct.group)?;
        conjunct.set.complement(group)?;
        let is_valid =
            self.declaration.has_not && negation == Negation::Keyword && !conjunct.set.is_empty();
        operand.is_or = false;
        is_valid.then_some(operand)
    }

    fn and(
        &self,
        left: Option<PartConjunction>,
        operand: Option<PartConjunction>,
    ) -> Option<PartConjunction> {
        let (mut left, operand) = (left?, operand?);
        if (left.is_or || operand.is_or) && self.is_mix_denied() {
            return None;
        }
        for mut conjunct in once(operand.first).chain(operand.rest) {
            if conjunct.group < left.first.group {
                std::mem::swap(&mut conjunct, &mut left.first);
                left.rest.insert(0, conjunct);
                continue;
            }
            let groups = once(&mut left.first).chain(&mut left.rest);
            match groups.into_iter().find(|own| own.group >= conjunct.group) {
                Some(own) if own.group == conjunct.group => self.restrict(own, conjunct)?,
                _ => {
                    let at = left.rest.partition_point(|own| own.group < conjunct.group);
                    left.rest.insert(at, conjunct);
                }
            }
        }
        left.is_or = false;
        Some(left)
    }

    fn sequence(
        &self,
        left: Option<PartConjunction>,
        operand: Option<PartConjunction>,
    ) -> Option<PartConjunction> {
        if !self.declaration.has_sequences {
            return None;
        }
        self.and(left, operand)
    }

    fn or(
        &self,
        left: Option<PartConjunction>,
        operand: Option<PartConjunction>,
    ) -> Option<PartConjunction> {
        let (mut left, operand) = (left?, operand?);
        if !left.rest.is_empty() || !operand.rest.is_empty() {
            return None;
        }
        let (own, other) = (&mut left.first, operand.first);
        let group = self.declaration.groups.get(own.group)?;
        if own.group != other.group || !group.or {
            return None;
        }
        own.set.extend(other.set);
        left.is_or = true;
        Some(left)
    }
}
