//! The meaning of filters in which only AND joins different groups.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::cells::enum_cells;
use super::lower::{Part, PartKind};
use crate::schema::{And, Constant, Declaration, Domain, FieldGroup, Predicate, Relation};
use crate::values::Timestamp;
use crate::values::conditions::{Condition, Conditions};
use crate::values::resource_name::is_user_alias;

/// What a filter matches: the resources whose value for each of these groups is in the group's set.
///
/// Two filters with the same meaning have equal conjunctions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Conjunction<'a>(
    /// In the order of the groups, without those that every value satisfies. A filter that matches
    /// nothing has only the first group with timestamps, with no timestamp.
    pub(super) Vec<Conjunct<'a>>,
);

/// The values of a group that a filter matches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Conjunct<'a> {
    pub(super) group: usize,
    pub(super) set: Set<'a>,
}

/// A set of a group's values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Set<'a> {
    /// A bit for each value of an enum, and one for everything else.
    Values(u32),
    /// The first and the last timestamp of intervals, sorted, that do not touch.
    Timestamps(Vec<(Timestamp, Timestamp)>),
    /// Sorted texts, each with the index of its field.
    Texts(Vec<(usize, Cow<'a, str>)>),
    /// Sorted names of one user, at least two, of which at most one is not an alias: an alias may stand
    /// for any user.
    User(Vec<Cow<'a, str>>),
    /// Sorted alternatives, of which none follows from another.
    Conditions(Condition, Vec<Alternative>),
}

/// Conditions that are all met. Only they are compared.
#[derive(Clone, Debug)]
pub(super) struct Alternative {
    pub(super) conditions: Conditions,
    /// The number of the comparison that has each condition. Comparisons are not merged when they are
    /// printed.
    pub(super) comparisons: Vec<usize>,
    /// The number of comparisons.
    count: usize,
}

impl Alternative {
    /// Creates the conditions of one comparison.
    fn new(conditions: Conditions) -> Self {
        Self {
            comparisons: vec![0; conditions.len()],
            conditions,
            count: 1,
        }
    }

    /// Adds conditions, without normalizing.
    fn extend(&mut self, other: Self) {
        let numbers = other.comparisons.iter();
        self.comparisons
            .extend(numbers.map(|number| self.count + number));
        self.conditions.extend(other.conditions);
        self.count += other.count;
    }

    /// Returns the conditions in the comparisons in which they were written, sorted.
    pub(super) fn written(&self) -> Vec<Conditions> {
        let mut comparisons = vec![Conditions::new(); self.count];
        for (condition, number) in self.conditions.iter().zip(&self.comparisons) {
            if let Some(own) = comparisons.get_mut(*number) {
                own.push(condition.clone());
            }
        }
        comparisons.retain(|own| !own.is_empty());
        comparisons.sort_unstable();
        comparisons
    }

    /// Sorts the conditions, and removes those that follow from others.
    fn normalize(&mut self, condition: Condition) {
        if self.count < 2 {
            return;
        }
        let conditions = std::mem::take(&mut self.conditions).into_iter();
        let mut numbered: Vec<(String, usize)> =
            conditions.zip(self.comparisons.drain(..)).collect();
        numbered.sort_unstable();
        numbered.dedup_by(|next, own| next.0 == own.0);
        (self.conditions, self.comparisons) = numbered.into_iter().unzip();
        let implying = condition.implying(&self.conditions);
        let is_kept = || implying.iter().map(|own| own.len() == 1);
        let mut kept = is_kept();
        self.conditions.retain(|_| kept.next().unwrap_or_default());
        let mut kept = is_kept();
        self.comparisons.retain(|_| kept.next().unwrap_or_default());
    }
}

impl PartialEq for Alternative {
    fn eq(&self, other: &Self) -> bool {
        self.conditions == other.conditions
    }
}

impl Eq for Alternative {}

impl PartialOrd for Alternative {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Alternative {
    fn cmp(&self, other: &Self) -> Ordering {
        self.conditions.cmp(&other.conditions)
    }
}

impl Hash for Alternative {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.conditions.hash(state);
    }
}

/// What a resource has for a group.
#[derive(Clone, Copy)]
pub(crate) enum Fact<'a> {
    /// The index of an enum value, or the number of values for anything else.
    Value(usize),
    Timestamp(Timestamp),
    /// The index of a field, and its text.
    Text(usize, &'a str),
    /// A text of words.
    Words(&'a str),
    /// The names that it has, as a function.
    Names(&'a dyn Fn(&str) -> bool),
    /// Nothing.
    Absent,
}

impl<'a> Fact<'a> {
    #[inline]
    pub(crate) fn timestamp(timestamp: Option<Timestamp>) -> Self {
        timestamp.map_or(Self::Absent, Self::Timestamp)
    }

    /// Creates the fact of a group's first field.
    #[inline]
    pub(crate) fn text(text: Option<&'a str>) -> Self {
        text.map_or(Self::Absent, |text| Self::Text(0, text))
    }

    /// Creates the fact of an enum field, by the name of its value.
    pub(crate) fn named(declaration: &Declaration, group: usize, name: Option<&str>) -> Self {
        name.map_or(Self::Absent, |name| {
            Self::Value(declaration.enum_index(group, name))
        })
    }

    /// Creates the fact of a function or of a boolean field.
    #[inline]
    pub(crate) fn flag(holds: bool) -> Self {
        Self::Value(usize::from(!holds))
    }
}

impl<'a> Set<'a> {
    /// Returns the values that a comparison matches; `None` for the complement of one value.
    #[inline]
    pub(super) fn of(predicate: Predicate<'a>) -> Option<Self> {
        if predicate.relation == Relation::IsNot {
            return None;
        }
        Some(match predicate.constant {
            Constant::Value(value) => Self::Values(1 << value),
            Constant::Timestamp(timestamp) => {
                let interval = match predicate.relation {
                    Relation::Is | Relation::IsNot => Some((timestamp, timestamp)),
                    Relation::Before => timestamp.previous().map(|last| (Timestamp::MIN, last)),
                    Relation::NotAfter => Some((Timestamp::MIN, timestamp)),
                    Relation::NotBefore => Some((timestamp, Timestamp::MAX)),
                    Relation::After => timestamp.next().map(|first| (first, Timestamp::MAX)),
                };
                Self::Timestamps(interval.into_iter().collect())
            }
            Constant::Text(text) => Self::Texts(vec![(predicate.field, text)]),
            Constant::Conditions(condition, own) => {
                Self::Conditions(condition, vec![Alternative::new(own)])
            }
        })
    }

    /// Returns the values that are in both sets, which are of the same group.
    pub(super) fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Values(a), Self::Values(b)) => Self::Values(a & b),
            (Self::Timestamps(a), Self::Timestamps(b)) => Self::Timestamps(intersection(a, b)),
            (Self::Texts(a), Self::Texts(b)) => {
                let both = a.iter().filter(|text| b.binary_search(text).is_ok());
                Self::Texts(both.cloned().collect())
            }
            (Self::Conditions(condition, a), Self::Conditions(_, b)) => {
                let both = a.iter().flat_map(|a| {
                    b.iter().map(|b| {
                        let mut both = a.clone();
                        both.extend(b.clone());
                        both
                    })
                });
                let mut both = Self::Conditions(*condition, both.collect());
                both.normalize();
                both
            }
            (Self::User(_), _) | (_, Self::User(_)) => {
                // The schema stage rejects what has no set.
                self.and_user(other).unwrap_or(Self::Texts(Vec::new()))
            }
            _ => unreachable!("the sets of a group are of one kind"),
        }
    }

    /// Removes the values that are not in a normalized set of the same group. The result may have to be
    /// normalized.
    pub(super) fn restrict(&mut self, group: &FieldGroup, other: &Self) {
        if group.is_of_user()
            && let Some(both) = self.and_user(other)
        {
            *self = both;
            return;
        }
        if let (Self::Conditions(_, a), Self::Conditions(_, b)) = (&mut *self, other)
            && let ([a], [b]) = (a.as_mut_slice(), b.as_slice())
        {
            a.extend(b.clone());
            return;
        }
        *self = self.and(other);
    }

    /// Returns the users that are in both sets; `None` if no set has these.
    fn and_user(&self, other: &Self) -> Option<Self> {
        if self.is_subset(other) {
            return Some(self.clone());
        }
        if other.is_subset(self) {
            return Some(other.clone());
        }
        let is_other = |name: &&Cow<'a, str>| !is_user_alias(name);
        match (self.names(), other.names(), self, other) {
            (Some(a), Some(b), ..) => {
                let mut names: Vec<Cow<'a, str>> = a.into_iter().chain(b).cloned().collect();
                names.sort_unstable();
                names.dedup();
                Some(match names.iter().filter(is_other).count() {
                    0 | 1 => Self::User(names),
                    _ => Self::Texts(Vec::new()),
                })
            }
            (Some(names), _, _, Self::Texts(texts)) | (_, Some(names), Self::Texts(texts), _) => {
                // Another name that is not an alias is of another user.
                names.iter().copied().find(is_other)?;
                let mut aliases = texts.iter().filter(|(_, name)| is_user_alias(name));
                match (aliases.next(), aliases.next()) {
                    (None, _) => Some(Self::Texts(Vec::new())),
                    (Some((_, alias)), None) => {
                        let names = names.into_iter().chain([alias]);
                        let mut names: Vec<Cow<'a, str>> = names.cloned().collect();
                        names.sort_unstable();
                        Some(Self::User(names))
                    }
                    _ => None,
                }
            }
            (.., Self::Texts(a), Self::Texts(b)) => {
                type Name<'a> = (usize, Cow<'a, str>);
                let only = |a: &[Name<'a>], b: &[Name<'a>]| {
                    let only = a.iter().filter(|name| b.binary_search(name).is_err());
                    let (aliases, others): (Vec<bool>, Vec<bool>) = only
                        .map(|(_, name)| is_user_alias(name))
                        .partition(|is_alias| *is_alias);
                    [aliases.len(), others.len()]
                };
                let [of_a, of_b] = [only(a, b), only(b, a)];
                let may_overlap = of_a[0] > 0 && of_b != [0; 2] || of_b[0] > 0 && of_a != [0; 2];
                (!may_overlap).then(|| self.and(other))
            }
            _ => None,
        }
    }

    /// Returns the names of the only alternative of a set of users.
    fn names(&self) -> Option<Vec<&Cow<'a, str>>> {
        match self {
            Self::Texts(texts) => match texts.as_slice() {
                [(_, name)] => Some(vec![name]),
                _ => None,
            },
            Self::User(names) => Some(names.iter().collect()),
            _ => None,
        }
    }

    /// Adds the values of a set of the same group, without normalizing.
    pub(super) fn extend(&mut self, other: Self) {
        match (self, other) {
            (Self::Values(a), Self::Values(b)) => *a |= b,
            (Self::Timestamps(a), Self::Timestamps(b)) => a.extend(b),
            (Self::Texts(a), Self::Texts(b)) => a.extend(b),
            (Self::Conditions(_, a), Self::Conditions(_, b)) => a.extend(b),
            _ => {}
        }
    }

    /// Brings the set into the form in which equal sets are equal.
    pub(super) fn normalize(&mut self) {
        match self {
            Self::Values(_) | Self::User(_) => {}
            Self::Timestamps(intervals) if intervals.len() < 2 => {}
            Self::Timestamps(intervals) => {
                intervals.sort_unstable();
                let mut merged: Vec<(Timestamp, Timestamp)> = Vec::new();
                for (first, last) in intervals.drain(..) {
                    match merged.last_mut() {
                        Some(before) if before.1.next().is_none_or(|next| first <= next) => {
                            before.1 = before.1.max(last);
                        }
                        _ => merged.push((first, last)),
                    }
                }
                *intervals = merged;
            }
            Self::Texts(texts) => {
                texts.sort_unstable();
                texts.dedup();
            }
            Self::Conditions(condition, alternatives) => {
                for own in alternatives.iter_mut() {
                    own.normalize(*condition);
                }
                if alternatives.len() < 2 {
                    return;
                }
                alternatives.sort_unstable();
                alternatives.dedup();
                let kept: Vec<bool> = alternatives
                    .iter()
                    .map(|own| {
                        let mut others = alternatives.iter();
                        !others.any(|other| {
                            other != own && condition.all_follow(&other.conditions, &own.conditions)
                        })
                    })
                    .collect();
                let mut kept = kept.into_iter();
                alternatives.retain(|_| kept.next().unwrap_or_default());
            }
        }
    }

    /// Replaces the set by its complement; `None` if it is not a set of enum values.
    pub(super) fn complement(&mut self, group: &FieldGroup) -> Option<()> {
        let Self::Values(bits) = self else {
            return None;
        };
        *bits ^= (1 << enum_cells(group)) - 1;
        Some(())
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Values(bits) => *bits == 0,
            Self::Timestamps(intervals) => intervals.is_empty(),
            Self::Texts(texts) => texts.is_empty(),
            Self::User(names) => names.is_empty(),
            Self::Conditions(_, alternatives) => alternatives.is_empty(),
        }
    }

    fn is_subset(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Conditions(condition, a), Self::Conditions(_, b)) => a.iter().all(|a| {
                let mut b = b.iter();
                b.any(|b| condition.all_follow(&b.conditions, &a.conditions))
            }),
            (Self::User(a), Self::User(b)) => b.iter().all(|name| a.contains(name)),
            (Self::User(a), Self::Texts(b)) => b.iter().any(|(_, name)| a.contains(name)),
            (Self::Texts(texts), Self::User(_)) => texts.is_empty(),
            _ => self.and(other) == *self,
        }
    }

    fn contains(&self, fact: Fact<'_>) -> bool {
        match (self, fact) {
            (Self::Values(bits), Fact::Value(value)) => bits >> value & 1 == 1,
            (Self::Timestamps(intervals), Fact::Timestamp(timestamp)) => {
                let after = intervals.partition_point(|(first, _)| *first <= timestamp);
                let interval = after.checked_sub(1).and_then(|at| intervals.get(at));
                interval.is_some_and(|(_, last)| timestamp <= *last)
            }
            (Self::Texts(texts), Fact::Text(field, text)) => match texts.as_slice() {
                // Texts of different lengths need not be read.
                [(own, expected)] => *own == field && **expected == *text,
                texts => {
                    let key = (field, text);
                    let found = texts.binary_search_by(|(field, text)| (*field, &**text).cmp(&key));
                    found.is_ok()
                }
            },
            (Self::Conditions(condition, alternatives), Fact::Words(text)) => {
                let mut alternatives = alternatives.iter();
                alternatives.any(|own| condition.are_met(&own.conditions, text))
            }
            (Self::Conditions(_, alternatives), Fact::Names(has)) => {
                let mut alternatives = alternatives.iter();
                alternatives.any(|own| own.conditions.iter().all(|name| has(name)))
            }
            (Self::User(names), Fact::Text(_, text)) => names.iter().all(|name| *name == text),
            (Self::User(names), Fact::Names(has)) => names.iter().all(|name| has(name)),
            (Self::Texts(texts), Fact::Names(has)) => texts.iter().any(|(_, name)| has(name)),
            _ => false,
        }
    }

    fn into_owned(self) -> Set<'static> {
        match self {
            Self::Values(bits) => Set::Values(bits),
            Self::Timestamps(intervals) => Set::Timestamps(intervals),
            Self::Conditions(condition, alternatives) => Set::Conditions(condition, alternatives),
            Self::User(names) => {
                let names = names.into_iter();
                Set::User(names.map(|name| Cow::Owned(name.into_owned())).collect())
            }
            Self::Texts(texts) => {
                let texts = texts.into_iter();
                Set::Texts(
                    texts
                        .map(|(field, text)| (field, Cow::Owned(text.into_owned())))
                        .collect(),
                )
            }
        }
    }
}

/// Returns the timestamps that are in intervals of both lists.
fn intersection(
    a: &[(Timestamp, Timestamp)],
    b: &[(Timestamp, Timestamp)],
) -> Vec<(Timestamp, Timestamp)> {
    let (mut a, mut b) = (a, b);
    let mut both = Vec::new();
    while let ([x, rest_of_a @ ..], [y, rest_of_b @ ..]) = (a, b) {
        let (first, last) = (x.0.max(y.0), x.1.min(y.1));
        if first <= last {
            both.push((first, last));
        }
        if x.1 < y.1 {
            a = rest_of_a;
        } else {
            b = rest_of_b;
        }
    }
    both
}

impl<'a> Conjunction<'a> {
    /// Returns the meaning of the empty filter.
    pub(crate) const fn all() -> Self {
        Self(Vec::new())
    }

    /// Creates a conjunction of conjuncts in the order of their groups.
    pub(super) fn new(declaration: &Declaration, mut conjuncts: Vec<Conjunct<'a>>) -> Self {
        if conjuncts.iter().any(|conjunct| conjunct.set.is_empty()) {
            let mut kinds = declaration.groups.iter().map(FieldGroup::domain);
            let group = kinds.position(|kind| kind == Domain::Ordered);
            return Self(vec![Conjunct {
                group: group.unwrap_or_default(),
                set: Set::Timestamps(Vec::new()),
            }]);
        }
        conjuncts.retain(|conjunct| !is_full(declaration, conjunct));
        Self(conjuncts)
    }

    /// Returns the meaning of a filter; `None` if it negates what has no complement.
    pub(crate) fn of(declaration: &Declaration, part: &Part<'_>) -> Option<Conjunction<'static>> {
        let mut conjuncts = conjuncts(declaration, part)?;
        for conjunct in &mut conjuncts {
            conjunct.set.normalize();
        }
        Some(Conjunction::new(declaration, conjuncts).into_owned())
    }

    pub(super) fn into_owned(self) -> Conjunction<'static> {
        let conjuncts = self.0.into_iter();
        Conjunction(
            conjuncts
                .map(|Conjunct { group, set }| Conjunct {
                    group,
                    set: set.into_owned(),
                })
                .collect(),
        )
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().any(|conjunct| conjunct.set.is_empty())
    }

    pub(super) fn set(&self, group: usize) -> Option<&Set<'a>> {
        let conjunct = self.0.iter().find(|conjunct| conjunct.group == group)?;
        Some(&conjunct.set)
    }

    /// Returns whether the filter depends on a group.
    pub(crate) fn restricts(&self, group: usize) -> bool {
        self.set(group).is_some()
    }

    /// Returns whether a comparison of a group has a name.
    pub(crate) fn has_name(&self, group: usize, name: &str) -> bool {
        match self.set(group) {
            Some(Set::Texts(texts)) => texts.iter().any(|(_, text)| text == name),
            Some(Set::User(names)) => names.iter().any(|own| own == name),
            Some(Set::Conditions(_, alternatives)) => {
                let mut names = alternatives.iter().flat_map(|own| &own.conditions);
                names.any(|own| own == name)
            }
            _ => false,
        }
    }

    /// Returns what matches both, if the language can express it.
    pub(crate) fn intersection(
        &self,
        declaration: &'static Declaration,
        other: &Self,
    ) -> Intersection<'a> {
        let mut is_expressible = true;
        let mut conjuncts = Vec::new();
        for (index, group) in declaration.groups.iter().enumerate() {
            let set = match (self.set(index), other.set(index)) {
                (Some(a), Some(b)) if group.is_of_user() => a.and_user(b),
                (Some(a), Some(b)) => Some(a.and(b)),
                (None, None) => continue,
                (a, b) => a.or(b).cloned(),
            };
            is_expressible &= match &set {
                Some(Set::User(_)) => group.and == And::Any,
                set => set.is_some(),
            };
            conjuncts.extend(set.map(|set| Conjunct { group: index, set }));
        }
        let both = Self::new(declaration, conjuncts);
        if both.is_empty() {
            return Intersection::Empty;
        }
        let is_mixed = both.0.iter().any(|own| match &own.set {
            Set::Conditions(Condition::Name, alternatives) => {
                let is_and = |own: &Alternative| own.conditions.len() > 1;
                alternatives.len() > 1 && alternatives.iter().any(is_and)
            }
            _ => false,
        });
        let is_long = declaration.max_length.is_some_and(|limit| {
            let mut text = String::new();
            both.print(declaration, &mut text).is_err() || text.chars().count() > limit
        });
        if !is_expressible || is_mixed || is_long {
            return Intersection::NotExpressible;
        }
        Intersection::Expressible(both)
    }

    pub(crate) fn is_subset(&self, other: &Self) -> bool {
        let mut conjuncts = other.0.iter();
        self.is_empty()
            || conjuncts.all(|conjunct| {
                let own = self.set(conjunct.group);
                own.is_some_and(|own| own.is_subset(&conjunct.set))
            })
    }

    /// Returns whether a resource matches. It is asked for the facts of groups that the filter depends
    /// on, until one does not match: of a resource in memory, nothing else is read. A compiler that
    /// sees the function would read all facts first.
    pub(crate) fn contains<'f>(&self, fact: &dyn Fn(usize) -> Fact<'f>) -> bool {
        let mut conjuncts = self.0.iter();
        conjuncts.all(|conjunct| conjunct.set.contains(fact(conjunct.group)))
    }
}

/// What matches two filters.
pub(crate) enum Intersection<'a> {
    Expressible(Conjunction<'a>),
    /// Nothing.
    Empty,
    /// Something, perhaps, for which the language has no filter.
    NotExpressible,
}

/// Returns the sets of the groups in a part, in the order of the groups.
fn conjuncts<'a>(declaration: &Declaration, part: &Part<'a>) -> Option<Vec<Conjunct<'a>>> {
    match &part.kind {
        PartKind::Comparison(predicate) => Some(vec![Conjunct {
            group: predicate.group,
            set: Set::of((*predicate).clone())?,
        }]),
        PartKind::And(parts) => {
            let mut all: Vec<Conjunct<'a>> = Vec::new();
            for part in parts {
                for conjunct in conjuncts(declaration, part)? {
                    let at = all.partition_point(|own| own.group < conjunct.group);
                    match all.get_mut(at) {
                        Some(own) if own.group == conjunct.group => {
                            let group = declaration.groups.get(own.group)?;
                            own.set.restrict(group, &conjunct.set);
                        }
                        _ => all.insert(at, conjunct),
                    }
                }
            }
            Some(all)
        }
        PartKind::Or(parts) => {
            let mut any: Option<Conjunct<'a>> = None;
            for part in parts {
                // The operands of an OR are of one group.
                let conjunct = conjuncts(declaration, part)?.pop()?;
                match &mut any {
                    Some(any) => any.set.extend(conjunct.set),
                    None => any = Some(conjunct),
                }
            }
            let mut any = any?;
            any.set.normalize();
            Some(vec![any])
        }
        PartKind::Not(part) => {
            let mut conjunct = conjuncts(declaration, part)?.pop()?;
            conjunct
                .set
                .complement(declaration.groups.get(conjunct.group)?)?;
            Some(vec![conjunct])
        }
    }
}

/// Returns whether every value of its group is in a conjunct's set.
fn is_full(declaration: &Declaration, conjunct: &Conjunct<'_>) -> bool {
    let group = declaration.groups.get(conjunct.group);
    match (group, &conjunct.set) {
        (Some(group), Set::Values(bits)) => bits.count_ones() as usize == enum_cells(group),
        // A resource without a timestamp or a text does not match.
        _ => false,
    }
}
