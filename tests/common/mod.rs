//! A second, naive implementation of filter semantics, which the tests compare the crate with.
//!
//! It shares no code with the crate: filters are generated as [`Part`]s and printed, and the crate
//! receives only the text. The meaning of a filter is a subset of the 25 cells, computed by
//! evaluating each comparison on each cell by name.

#![allow(dead_code, reason = "no test uses all of it")]

use gchat_filter::diagnostic::Span;
use gchat_filter::members::{Cell, Filter, MemberType, Role};
use proptest::prelude::*;

/// A set of cells, in which a cell is the bit `5 × role + type`, in the order of [`ROLES`] and
/// [`TYPES`].
pub(crate) type Set = u32;

/// The set of all cells.
pub(crate) const EVERYTHING: Set = (1 << 25) - 1;

/// The roles by name; the empty name is any role that the API may add.
pub(crate) const ROLES: [(&str, Role); 5] = [
    ("ROLE_MEMBER", Role::Member),
    ("ROLE_MANAGER", Role::Manager),
    ("ROLE_ASSISTANT_MANAGER", Role::AssistantManager),
    ("MEMBERSHIP_ROLE_UNSPECIFIED", Role::Unspecified),
    ("", Role::Unknown),
];

/// The types by name; the empty names are any type that the API may add, and no member.
pub(crate) const TYPES: [(&str, MemberType); 5] = [
    ("HUMAN", MemberType::Human),
    ("BOT", MemberType::Bot),
    ("TYPE_UNSPECIFIED", MemberType::Unspecified),
    ("", MemberType::Unknown),
    ("", MemberType::NoMember),
];

/// The set of the cells for which a predicate holds. Its arguments are the names of the role and
/// the type.
pub(crate) fn set_of(mut predicate: impl FnMut(&str, &str) -> bool) -> Set {
    let mut set = 0;
    for (row, (role, _)) in ROLES.iter().enumerate() {
        for (column, (member_type, _)) in TYPES.iter().enumerate() {
            if predicate(role, member_type) {
                set |= 1 << (5 * row + column);
            }
        }
    }
    set
}

/// The set of the cells that a filter matches.
pub(crate) fn matched(filter: Filter) -> Set {
    let mut set = 0;
    for (row, (_, role)) in ROLES.into_iter().enumerate() {
        for (column, (_, member_type)) in TYPES.into_iter().enumerate() {
            if filter.matches(&Cell { role, member_type }) {
                set |= 1 << (5 * row + column);
            }
        }
    }
    set
}

/// The cells of apps.
pub(crate) fn apps() -> Set {
    set_of(|_, member_type| member_type == "BOT")
}

/// A comparison of a field with a value, by `=` or `!=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Compare {
    pub(crate) is_role: bool,
    pub(crate) equal: bool,
    pub(crate) value: &'static str,
}

impl Compare {
    pub(crate) const fn role(equal: bool, value: &'static str) -> Self {
        Self {
            is_role: true,
            equal,
            value,
        }
    }

    pub(crate) const fn member_type(equal: bool, value: &'static str) -> Self {
        Self {
            is_role: false,
            equal,
            value,
        }
    }

    pub(crate) fn text(self) -> String {
        let field = if self.is_role { "role" } else { "member.type" };
        let comparator = if self.equal { "=" } else { "!=" };
        format!("{field} {comparator} \"{}\"", self.value)
    }

    pub(crate) fn set(self) -> Set {
        set_of(|role, member_type| {
            let value = if self.is_role { role } else { member_type };
            (value == self.value) == self.equal
        })
    }
}

/// The comparisons that the reference documents.
pub(crate) const DOCUMENTED: [Compare; 6] = [
    Compare::role(true, "ROLE_MEMBER"),
    Compare::role(true, "ROLE_MANAGER"),
    Compare::member_type(true, "HUMAN"),
    Compare::member_type(true, "BOT"),
    Compare::member_type(false, "HUMAN"),
    Compare::member_type(false, "BOT"),
];

/// The kind of a [`Part`].
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    And(Vec<Part>),
    Sequence(Vec<Part>),
    Or(Vec<Part>),
    /// Written as `-` if true, as `NOT` if false.
    Not(bool, Box<Part>),
    Compare(Compare),
}

/// A part of a filter, as written.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) kind: Kind,
    /// The number of pairs of parentheses around it.
    pub(crate) parens: usize,
    /// Span in the printed text, including enclosing parentheses.
    pub(crate) span: Span,
    /// Span without enclosing parentheses.
    pub(crate) bare: Span,
    /// The cells that a comparison matches. Tests of contradictions override them.
    pub(crate) cells: Set,
}

impl Part {
    pub(crate) fn new(kind: Kind) -> Self {
        let cells = match &kind {
            Kind::Compare(compare) => compare.set(),
            _ => 0,
        };
        Self {
            kind,
            parens: 0,
            span: Span::default(),
            bare: Span::default(),
            cells,
        }
    }

    pub(crate) fn leaf(compare: Compare) -> Self {
        Self::new(Kind::Compare(compare))
    }

    pub(crate) fn in_parens(mut self, parens: usize) -> Self {
        self.parens += parens;
        self
    }

    pub(crate) fn children(&self) -> &[Part] {
        match &self.kind {
            Kind::And(parts) | Kind::Sequence(parts) | Kind::Or(parts) => parts,
            Kind::Not(_, part) => std::slice::from_ref(part),
            Kind::Compare(_) => &[],
        }
    }

    pub(crate) fn children_mut(&mut self) -> &mut [Part] {
        match &mut self.kind {
            Kind::And(parts) | Kind::Sequence(parts) | Kind::Or(parts) => parts,
            Kind::Not(_, part) => std::slice::from_mut(part),
            Kind::Compare(_) => &mut [],
        }
    }

    /// Adds the parentheses that the grammar requires for this tree.
    pub(crate) fn add_required_parens(&mut self) {
        let binding = |part: &Part| match part.kind {
            Kind::And(_) => 0,
            Kind::Sequence(_) => 1,
            Kind::Or(_) => 2,
            Kind::Not(..) => 3,
            Kind::Compare(_) => 4,
        };
        let outer = binding(self);
        for child in self.children_mut() {
            if binding(child) <= outer && child.parens == 0 {
                child.parens = 1;
            }
            child.add_required_parens();
        }
    }

    /// Appends the text and records the spans.
    pub(crate) fn print(&mut self, text: &mut String) {
        let start = text.len();
        text.extend(std::iter::repeat_n('(', self.parens));
        let bare = text.len();
        let separator = match &self.kind {
            Kind::And(_) => " AND ",
            Kind::Sequence(_) => " ",
            Kind::Or(_) => " OR ",
            Kind::Not(minus, _) => {
                text.push_str(if *minus { "-" } else { "NOT " });
                ""
            }
            Kind::Compare(compare) => {
                text.push_str(&compare.text());
                ""
            }
        };
        for (index, child) in self.children_mut().iter_mut().enumerate() {
            if index > 0 {
                text.push_str(separator);
            }
            child.print(text);
        }
        self.bare = Span::new(bare, text.len());
        text.extend(std::iter::repeat_n(')', self.parens));
        self.span = Span::new(start, text.len());
    }

    pub(crate) fn write_text(&mut self) -> String {
        let mut text = String::new();
        self.print(&mut text);
        text
    }

    /// The cells that the part matches without the parts at these spans; `None` if all of it is
    /// removed.
    pub(crate) fn remaining(&self, removed: &[Span]) -> Option<Set> {
        if removed.contains(&self.span) {
            return None;
        }
        let mut sets = self.children().iter().filter_map(|p| p.remaining(removed));
        match &self.kind {
            Kind::And(_) | Kind::Sequence(_) => sets.reduce(|a, b| a & b),
            Kind::Or(_) => sets.reduce(|a, b| a | b),
            Kind::Not(..) => sets.next().map(|set| !set & EVERYTHING),
            Kind::Compare(_) => Some(self.cells),
        }
    }

    /// The cells that the part matches.
    pub(crate) fn set(&self) -> Set {
        self.remaining(&[]).expect("nothing is removed")
    }

    /// Visits all parts, in pre-order.
    pub(crate) fn visit<'p>(&'p self, visit: &mut impl FnMut(&'p Part)) {
        visit(self);
        for child in self.children() {
            child.visit(visit);
        }
    }

    pub(crate) fn comparisons(&self) -> Vec<&Part> {
        let mut found = Vec::new();
        self.visit(&mut |part| {
            if matches!(part.kind, Kind::Compare(_)) {
                found.push(part);
            }
        });
        found
    }

    /// The innermost parts that match nothing.
    pub(crate) fn contradictions(&self) -> Vec<&Part> {
        let mut found: Vec<_> = self
            .children()
            .iter()
            .flat_map(Part::contradictions)
            .collect();
        if found.is_empty() && self.set() == 0 {
            found.push(self);
        }
        found
    }

    /// Spans of the groups that mix AND, or a sequence, with an OR without parentheses. A group is
    /// the contents of a pair of parentheses, or the entire filter.
    pub(crate) fn mixed(&self) -> Vec<Span> {
        let mut found = Vec::new();
        self.visit(&mut |part| {
            let [and, or] = part.operators();
            let is_group = std::ptr::eq(part, self) || part.parens > 0;
            if is_group && and && or {
                found.push(part.bare);
            }
        });
        found
    }

    /// Whether the part contains an AND or a sequence, and whether it contains an OR, outside all
    /// parentheses.
    fn operators(&self) -> [bool; 2] {
        let mut found = [
            matches!(self.kind, Kind::And(_) | Kind::Sequence(_)),
            matches!(self.kind, Kind::Or(_)),
        ];
        for child in self.children().iter().filter(|child| child.parens == 0) {
            let inner = child.operators();
            found = [found[0] || inner[0], found[1] || inner[1]];
        }
        found
    }

    /// Spans of the outermost parts whose removal changes nothing. Each is judged after the
    /// removal of those to its right.
    pub(crate) fn redundant(&self) -> Vec<Span> {
        fn judge(root: &Part, part: &Part, meaning: Set, removed: &mut Vec<Span>) {
            let is_group = !matches!(part.kind, Kind::Not(..));
            for child in part.children().iter().rev() {
                if is_group {
                    removed.push(child.span);
                    if root.remaining(removed) == Some(meaning) {
                        continue;
                    }
                    removed.pop();
                }
                judge(root, child, meaning, removed);
            }
        }
        let mut removed = Vec::new();
        judge(self, self, self.set(), &mut removed);
        removed.sort();
        removed
    }
}

/// The number of comparisons in a canonical text.
pub(crate) fn count_comparisons(text: &str) -> usize {
    text.matches('=').count()
}

/// Any comparison that the schema supports. Documented ones are more frequent, so that they
/// interact.
pub(crate) fn any_comparison() -> impl Strategy<Value = Compare> {
    let names = |values: [&'static str; 5]| {
        let named = values.into_iter().filter(|name| !name.is_empty());
        prop::sample::select(named.collect::<Vec<_>>())
    };
    let role = names(ROLES.map(|(name, _)| name));
    let member_type = names(TYPES.map(|(name, _)| name));
    let roles = (any::<bool>(), role).prop_map(|(equal, value)| Compare::role(equal, value));
    let types =
        (any::<bool>(), member_type).prop_map(|(equal, value)| Compare::member_type(equal, value));
    prop_oneof![
        roles,
        types,
        documented_comparison(),
        documented_comparison()
    ]
}

pub(crate) fn documented_comparison() -> impl Strategy<Value = Compare> {
    prop::sample::select(&DOCUMENTED)
}

/// Filters of AND and OR, with occasional redundant parentheses. With `all_constructs`, also of
/// sequences and negations.
pub(crate) fn filters(
    comparisons: impl Strategy<Value = Compare> + 'static,
    all_constructs: bool,
    max_comparisons: u32,
) -> impl Strategy<Value = Part> {
    let parens = || prop::sample::select(&[0, 0, 0, 0, 0, 0, 1, 2]);
    let leaf = (comparisons, parens()).prop_map(|(c, parens)| Part::leaf(c).in_parens(parens));
    let tree = leaf.prop_recursive(4, max_comparisons, 3, move |inner| {
        let operands = prop::collection::vec(inner.clone(), 2..4);
        let kinds = if all_constructs { 0..8 } else { 0..6 };
        (kinds, operands, parens()).prop_map(|(kind, mut operands, parens)| {
            Part::new(match kind {
                0..3 => Kind::And(operands),
                3..6 => Kind::Or(operands),
                6 => Kind::Sequence(operands),
                _ => Kind::Not(operands.len() == 2, Box::new(operands.swap_remove(0))),
            })
            .in_parens(parens)
        })
    });
    tree.prop_map(|mut part| {
        part.add_required_parens();
        part
    })
}

/// A multiple of the default number of cases. Failures are not persisted: they become regression
/// tests.
pub(crate) fn cases(factor: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: default.cases * factor,
        failure_persistence: None,
        ..default
    }
}
