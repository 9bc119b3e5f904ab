//! Filters made together with what they must mean: whether they are valid, every count of errors
//! and warnings, what they admit of the 25 cells, what their shortest text means, how two of them
//! relate.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::shapes::{self, ALL, BOT, Cells, Joint, Leaf, Shape};
use crate::{Options, invariants, writer};
use arbitrary::{Arbitrary, Result, Unstructured};
use gchat_filter::diagnostic::{Code, Diagnostic, Span, Stage};
use gchat_filter::syntax::{Expr, MAX_LENGTH, Quotes};
use gchat_filter::{Cell, Checked, Checker, Filter, Level, Lint, Preset};

/// Documented meanings; the empty text admits everything.
static DOCUMENTED: LazyLock<BTreeSet<Cells>> = LazyLock::new(|| {
    let mut meanings = shapes::meanings(b"MGHBhb");
    meanings.insert(ALL);
    assert_eq!(meanings.len(), 124);
    meanings
});

/// Meanings of what admin access accepts.
static FOR_ADMINS: LazyLock<BTreeSet<Cells>> = LazyLock::new(|| {
    let meanings = shapes::meanings(b"MGHb").into_iter();
    meanings.filter(|cells| cells & BOT == 0).collect()
});

#[derive(Debug)]
struct Input {
    options: Options,
    /// Two filters with their trees as they were written, and their texts.
    filters: [(Shape, Expr<'static>, String); 2],
}

impl<'a> Arbitrary<'a> for Input {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = u.arbitrary()?;
        let shapes: [Shape; 2] = u.arbitrary()?;
        let filters = shapes.map(|shape| {
            let mut expr = shape.expr();
            let text = writer::write(&mut expr, u).text;
            (shape, expr, text)
        });
        Ok(Self { options, filters })
    }
}

/// Bytes that an [`Input`] can be made of; others are let be.
pub fn run(bytes: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(bytes)) else {
        return;
    };
    let Input {
        options: Options(checker),
        filters,
    } = input;
    if filters
        .iter()
        .any(|(shape, _, text)| shape.parts().len() > 80 || text.len() > MAX_LENGTH)
    {
        return;
    }
    for (shape, expr, text) in &filters {
        for admin_access in [false, true] {
            check(checker, admin_access, shape, expr, text);
        }
    }
    let aip = Checker::new().preset(Preset::Aip160);
    let [a, b] = filters
        .each_ref()
        .map(|(shape, _, text)| Some((shape.cells(), aip.check(text).filter?)));
    for (cells, filter) in a.iter().chain(&b) {
        shows(*cells, *filter);
    }
    if let (Some(a), Some(b)) = (a, b) {
        relate(a, b);
        relate(b, a);
        relate(a, (ALL, Filter::default()));
    }
}

/// A filter of known meaning, checked.
struct Case<'c> {
    checker: Checker,
    admin_access: bool,
    shape: &'c Shape,
    expr: &'c Expr<'c>,
    text: &'c str,
    checked: Checked<'c>,
}

/// Checks one filter against what its shape says, stage by stage, up to the first that must err.
fn check(checker: Checker, admin_access: bool, shape: &Shape, expr: &Expr<'_>, text: &str) {
    let checker = checker.admin_access(admin_access);
    let checked = invariants::check(&checker, text);
    assert_eq!(checked.tree.as_ref(), Some(expr), "{text:?}");
    let case = Case {
        checker,
        admin_access,
        shape,
        expr,
        text,
        checked,
    };
    let erring = if case.schema() {
        Some(Stage::Schema)
    } else if case.meaning() {
        Some(Stage::Meaning)
    } else if case.admin() {
        Some(Stage::Access)
    } else {
        None
    };
    let checked = &case.checked;
    assert_eq!(
        checked.errors().next().map(Diagnostic::stage),
        erring,
        "{text:?}"
    );
    let cells = erring.is_none().then(|| shape.cells());
    assert_eq!(checked.filter.map(admitted), cells, "{text:?}");
}

/// Each stage asserts what it must find, and tells whether there must be an error.
impl Case<'_> {
    fn count(&self, code: Code) -> usize {
        let diagnostics = self.checked.diagnostics.iter();
        diagnostics.filter(|one| one.code == code).count()
    }

    /// Asserts how often a lint speaks.
    fn lint(&self, lint: Lint, expected: usize) -> bool {
        let level = self.checker.level_of(lint);
        let reported = if level == Level::Allow { 0 } else { expected };
        let (text, diagnostics) = (self.text, &self.checked.diagnostics);
        assert_eq!(
            self.count(lint.code()),
            reported,
            "{lint} in {text:?}: {diagnostics:#?}"
        );
        let of_lint = |one: &&Diagnostic| one.code == lint.code();
        let is_denied = level == Level::Deny;
        assert!(
            diagnostics
                .iter()
                .filter(of_lint)
                .all(|one| one.is_error() == is_denied)
        );
        is_denied && expected > 0
    }

    fn schema(&self) -> bool {
        let (shape, text) = (self.shape, self.text);
        let mut mistakes = shape.parts().into_iter().filter_map(|part| match part {
            Shape::Mistake(mistake) => Some(mistake.code()),
            _ => None,
        });
        if let Some(first) = mistakes.next() {
            for code in mistakes.chain([first]) {
                let mut errors = self.checked.errors();
                assert!(
                    errors.any(|error| error.code == code),
                    "{text:?}: no {code}"
                );
            }
            return true;
        }
        let leaves = |has: &dyn Fn(&Leaf) -> bool| shape.leaves().filter(has).count();
        let parts = |has: &dyn Fn(&Shape) -> usize| shape.parts().into_iter().map(has).sum();
        let expected = [
            (
                Lint::UnquotedValue,
                leaves(&|leaf| leaf.quotes == Quotes::None),
            ),
            (
                Lint::SingleQuotes,
                leaves(&|leaf| leaf.quotes == Quotes::Single),
            ),
            (
                Lint::UndocumentedOperator,
                leaves(&|leaf| leaf.is_of_role() && leaf.negated),
            ),
            (
                Lint::UndocumentedValue,
                leaves(&|leaf| !leaf.is_documented()),
            ),
            (
                Lint::Negation,
                parts(&|part| usize::from(matches!(part, Shape::Not(..)))),
            ),
            (
                Lint::ImplicitAnd,
                parts(&|part| match part {
                    Shape::Joined(Joint::Sequence, operands) => operands.len() - 1,
                    _ => 0,
                }),
            ),
            (Lint::MixedOperators, shapes::mixed_groups(self.expr)),
        ];
        expected
            .map(|(lint, count)| self.lint(lint, count))
            .contains(&true)
    }

    fn meaning(&self) -> bool {
        let (shape, text) = (self.shape, self.text);
        let located = shapes::located(shape, self.expr);
        let contradictions = shape.contradictions();
        assert_eq!(
            self.count(Code::Contradiction),
            contradictions.len(),
            "{text:?}"
        );
        if !contradictions.is_empty() {
            self.lint(Lint::AlwaysTrue, 0);
            self.lint(Lint::RedundantTerm, 0);
            for error in self.checked.errors() {
                let part = located.iter().find(|(part, span, _)| {
                    *span == error.span
                        && contradictions.iter().any(|one| std::ptr::eq(*one, *part))
                });
                let (part, ..) = part.expect("the span is that of a part that admits nothing");
                conflict(part, &located, error, text);
            }
            return true;
        }
        let cells = shape.cells();
        let always_true = self.lint(Lint::AlwaysTrue, usize::from(cells == ALL));
        let spans: Vec<Span> = self
            .checked
            .diagnostics
            .iter()
            .filter(|one| one.code == Code::RedundantTerm)
            .map(|one| one.span)
            .collect();
        // Which ones goes by an order; that there is one does not, nor that all of them can go.
        let redundant = cells != ALL && shape.is_redundant();
        if self.checker.level_of(Lint::RedundantTerm) != Level::Allow {
            assert_eq!(!spans.is_empty(), redundant, "{text:?}: {spans:?}");
        }
        let redundant = self.lint(Lint::RedundantTerm, if redundant { spans.len() } else { 0 });
        let removed = located.iter().filter(|(_, span, _)| spans.contains(span));
        let removed: Vec<&Shape> = removed.map(|(part, ..)| *part).collect();
        assert_eq!(removed.len(), spans.len(), "{text:?}: {spans:?}");
        assert_eq!(shape.cells_without(&removed), cells, "{text:?}: {spans:?}");
        always_true || redundant
    }

    fn admin(&self) -> bool {
        let (text, cells) = (self.text, self.shape.cells());
        if !self.admin_access {
            return false;
        }
        let rejected = self.shape.rejected_by_admins(false);
        assert_eq!(self.count(Code::AdminTypeComparison), rejected, "{text:?}");
        let lacks = rejected == 0 && cells & BOT != 0;
        assert_eq!(
            self.count(Code::AdminRequiresType),
            usize::from(lacks),
            "{text:?}"
        );
        // What the fix adds can make something else redundant.
        if lacks && self.checker.level_of(Lint::RedundantTerm) != Level::Deny {
            let Some(fixed) = self.checked.fixed.as_deref() else {
                panic!(
                    "no certain fix: {text:?}, {:?}, {:#?}",
                    self.checker, self.checked
                );
            };
            let filter = self.checker.check(fixed).filter.map(admitted);
            assert_eq!(filter, Some(cells & !BOT), "{text:?}, {fixed:?}");
        }
        lacks || rejected > 0
    }
}

/// The labels of a contradiction are a minimal set of comparisons that conflict; two wherever two
/// suffice.
fn conflict(part: &Shape, located: &[(&Shape, Span, Span)], error: &Diagnostic, text: &str) {
    let own = part.parts();
    let leaves: Vec<(&Shape, Span)> = located
        .iter()
        .filter(|(leaf, ..)| matches!(leaf, Shape::Leaf(_)))
        .filter(|(leaf, ..)| own.iter().any(|other| std::ptr::eq(*other, *leaf)))
        .map(|(leaf, _, bare)| (*leaf, *bare))
        .collect();
    let at = |span| {
        leaves
            .iter()
            .find(|(_, bare)| *bare == span)
            .map(|(leaf, _)| *leaf)
    };
    let labelled: Option<Vec<&Shape>> = error.labels.iter().map(|label| at(label.span)).collect();
    let labelled = labelled.unwrap_or_else(|| panic!("labels beside comparisons: {text:?}"));
    assert!(
        part.conflict(&labelled),
        "no conflict: {text:?}, {:#?}",
        error.labels
    );
    for index in 0..labelled.len() {
        let mut fewer = labelled.clone();
        fewer.remove(index);
        assert!(
            !part.conflict(&fewer),
            "more than needed: {text:?}, {:#?}",
            error.labels
        );
    }
    if labelled.len() > 2 && leaves.len() < 24 {
        for (index, (a, _)) in leaves.iter().enumerate() {
            for (b, _) in &leaves[index + 1..] {
                assert!(
                    !part.conflict(&[a, b]),
                    "two suffice: {text:?}, {:#?}",
                    error.labels
                );
            }
        }
    }
}

fn admitted(filter: Filter) -> Cells {
    let mut cells = 0;
    for (index, cell) in Cell::all().enumerate() {
        cells |= u32::from(filter.matches(&cell)) << index;
    }
    let listed = filter.admits().count();
    assert_eq!(u32::try_from(listed), Ok(cells.count_ones()));
    cells
}

/// Checks what a filter says of itself, and the text that it prints.
fn shows(cells: Cells, filter: Filter) {
    assert_eq!(admitted(filter), cells);
    let documented = DOCUMENTED.contains(&cells);
    assert_eq!(filter.is_documented(), documented, "{filter}");
    assert_eq!(
        filter.allows_admin_access(),
        FOR_ADMINS.contains(&cells),
        "{filter}"
    );
    let text = filter.to_string();
    let preset = if documented {
        Preset::Strict
    } else {
        Preset::Aip160
    };
    assert_eq!(
        Checker::new().preset(preset).check(&text).filter,
        Some(filter),
        "{text}"
    );
    if documented {
        assert_eq!(Filter::parse(&text), Ok(filter));
        assert!(text.matches('=').count() <= 6, "{text}");
        assert_eq!(text.is_empty(), cells == ALL);
    }
}

/// Compares what is said of two filters with their cells.
fn relate((cells, filter): (Cells, Filter), (other_cells, other): (Cells, Filter)) {
    assert_eq!(filter == other, cells == other_cells);
    assert_eq!(filter.implies(other), cells & !other_cells == 0);
    assert_eq!(admitted(filter.union(other)), cells | other_cells);
    let both = filter.intersection(other).map(admitted);
    assert_eq!(both, Some(cells & other_cells).filter(|cells| *cells != 0));
}
