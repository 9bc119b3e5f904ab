//! Filters with known meaning. Asserts their validity, the number of errors and warnings of each
//! code, the cells that they match, the meaning of their shortest text, and the relations between
//! two of them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::filter_model::{self, ALL, BOT, Cells, Connective, FilterModel, Leaf};
use crate::{Options, invariants, writer};
use arbitrary::{Arbitrary, Result, Unstructured};
use gchat_filter::diagnostic::{Code, Diagnostic, Span, Stage};
use gchat_filter::members::{Cell, Filter};
use gchat_filter::syntax::{Expr, MAX_LENGTH, Quotes};
use gchat_filter::{Checked, Checker, Level, Lint, Preset};

/// Documented meanings, including that of the empty filter, which matches everything.
static DOCUMENTED: LazyLock<BTreeSet<Cells>> = LazyLock::new(|| {
    let mut meanings = filter_model::meanings(b"MGHBhb");
    meanings.insert(ALL);
    assert_eq!(meanings.len(), 124);
    meanings
});

/// Meanings of the filters that admin access accepts.
static FOR_ADMIN_ACCESS: LazyLock<BTreeSet<Cells>> = LazyLock::new(|| {
    let meanings = filter_model::meanings(b"MGHb").into_iter();
    meanings.filter(|cells| cells & BOT == 0).collect()
});

#[derive(Debug)]
struct Input {
    options: Options,
    /// Two filters, each with its written tree and its text.
    filters: [(FilterModel, Expr<'static>, String); 2],
}

impl<'a> Arbitrary<'a> for Input {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = u.arbitrary()?;
        let models: [FilterModel; 2] = u.arbitrary()?;
        let filters = models.map(|model| {
            let mut expr = model.expr();
            let text = writer::write(&mut expr, u).text;
            (model, expr, text)
        });
        Ok(Self { options, filters })
    }
}

/// Runs the target on the bytes of an [`Input`]; ignores other bytes.
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
        .any(|(model, _, text)| model.parts().len() > 80 || text.len() > MAX_LENGTH)
    {
        return;
    }
    for (model, expr, text) in &filters {
        for admin_access in [false, true] {
            check(checker.clone(), admin_access, model, expr, text);
        }
    }
    let aip = Checker::new().preset(Preset::Aip160);
    let [a, b] = filters
        .each_ref()
        .map(|(model, _, text)| Some((model.cells(), Filter::check(&aip, text).filter?)));
    for (cells, filter) in a.iter().chain(&b) {
        check_filter(*cells, *filter);
    }
    if let (Some(a), Some(b)) = (a, b) {
        check_relation(a, b);
        check_relation(b, a);
        check_relation(a, (ALL, Filter::default()));
    }
}

/// A checked filter with known meaning.
struct Case<'c> {
    checker: Checker,
    admin_access: bool,
    model: &'c FilterModel,
    expr: &'c Expr<'c>,
    text: &'c str,
    checked: Checked<'c, Filter>,
}

/// Compares a check with the model, stage by stage, up to the first stage that must have errors.
fn check(checker: Checker, admin_access: bool, model: &FilterModel, expr: &Expr<'_>, text: &str) {
    let checker = checker.admin_access(admin_access);
    let checked = invariants::check(&checker, text);
    assert_eq!(checked.tree.as_ref(), Some(expr), "{text:?}");
    let case = Case {
        checker,
        admin_access,
        model,
        expr,
        text,
        checked,
    };
    let expected_stage = if case.check_schema() {
        Some(Stage::Schema)
    } else if case.check_meaning() {
        Some(Stage::Meaning)
    } else if case.check_access() {
        Some(Stage::Access)
    } else {
        None
    };
    let checked = &case.checked;
    assert_eq!(
        checked.errors().next().map(Diagnostic::stage),
        expected_stage,
        "{text:?}"
    );
    let cells = expected_stage.is_none().then(|| model.cells());
    assert_eq!(checked.filter.map(matched_cells), cells, "{text:?}");
}

/// The method of each stage asserts the expected diagnostics, and returns whether there are errors
/// among them.
impl Case<'_> {
    fn count(&self, code: Code) -> usize {
        let diagnostics = self.checked.diagnostics.iter();
        diagnostics.filter(|one| one.code == code).count()
    }

    /// Asserts how often a lint is reported; returns whether its reports are errors.
    fn check_lint(&self, lint: Lint, expected: usize) -> bool {
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

    fn check_schema(&self) -> bool {
        let (model, text) = (self.model, self.text);
        let mut mistakes = model.parts().into_iter().filter_map(|part| match part {
            FilterModel::Mistake(mistake) => Some(mistake.code()),
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
        let leaves = |has: &dyn Fn(&Leaf) -> bool| model.leaves().filter(has).count();
        let parts = |has: &dyn Fn(&FilterModel) -> usize| model.parts().into_iter().map(has).sum();
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
                parts(&|part| usize::from(matches!(part, FilterModel::Not(..)))),
            ),
            (
                Lint::ImplicitAnd,
                parts(&|part| match part {
                    FilterModel::Joined(Connective::Sequence, operands) => operands.len() - 1,
                    _ => 0,
                }),
            ),
            (Lint::MixedOperators, filter_model::mixed_groups(self.expr)),
        ];
        expected
            .map(|(lint, count)| self.check_lint(lint, count))
            .contains(&true)
    }

    fn check_meaning(&self) -> bool {
        let (model, text) = (self.model, self.text);
        let located = filter_model::located(model, self.expr);
        let contradictions = model.contradictions();
        assert_eq!(
            self.count(Code::Contradiction),
            contradictions.len(),
            "{text:?}"
        );
        if !contradictions.is_empty() {
            self.check_lint(Lint::AlwaysTrue, 0);
            self.check_lint(Lint::RedundantTerm, 0);
            for error in self.checked.errors() {
                let part = located.iter().find(|(part, span, _)| {
                    *span == error.span
                        && contradictions.iter().any(|one| std::ptr::eq(*one, *part))
                });
                let (part, ..) = part.expect("the span is that of a part that matches nothing");
                assert_minimal_conflict(part, &located, error, text);
            }
            return true;
        }
        let cells = model.cells();
        let always_true = self.check_lint(Lint::AlwaysTrue, usize::from(cells == ALL));
        let spans: Vec<Span> = self
            .checked
            .diagnostics
            .iter()
            .filter(|one| one.code == Code::RedundantTerm)
            .map(|one| one.span)
            .collect();
        // Which terms are reported depends on an order. Whether there are any does not, and all of
        // them can be removed together.
        // That a filter matches everything is reason enough, unless only its redundancy is an error.
        let level = |lint| self.checker.level_of(lint);
        let is_examined = cells != ALL || level(Lint::AlwaysTrue) < level(Lint::RedundantTerm);
        let redundant = is_examined && model.is_redundant();
        if self.checker.level_of(Lint::RedundantTerm) != Level::Allow {
            assert_eq!(!spans.is_empty(), redundant, "{text:?}: {spans:?}");
        }
        let redundant =
            self.check_lint(Lint::RedundantTerm, if redundant { spans.len() } else { 0 });
        let removed = located.iter().filter(|(_, span, _)| spans.contains(span));
        let removed: Vec<&FilterModel> = removed.map(|(part, ..)| *part).collect();
        assert_eq!(removed.len(), spans.len(), "{text:?}: {spans:?}");
        assert_eq!(model.cells_without(&removed), cells, "{text:?}: {spans:?}");
        always_true || redundant
    }

    fn check_access(&self) -> bool {
        let (text, cells) = (self.text, self.model.cells());
        if !self.admin_access {
            return false;
        }
        let rejected = self.model.rejected_for_admin_access(false);
        assert_eq!(self.count(Code::AdminTypeComparison), rejected, "{text:?}");
        let matches_apps = rejected == 0 && cells & BOT != 0;
        assert_eq!(
            self.count(Code::AdminRequiresType),
            usize::from(matches_apps),
            "{text:?}"
        );
        // The added comparison can make other terms redundant.
        if matches_apps && self.checker.level_of(Lint::RedundantTerm) != Level::Deny {
            let Some(fixed) = self.checked.fixed.as_deref() else {
                panic!(
                    "no certain fix: {text:?}, {:?}, {:#?}",
                    self.checker, self.checked
                );
            };
            let filter = Filter::check(&self.checker, fixed)
                .filter
                .map(matched_cells);
            assert_eq!(filter, Some(cells & !BOT), "{text:?}, {fixed:?}");
        }
        matches_apps || rejected > 0
    }
}

/// Asserts that the labels of a contradiction are a minimal set of conflicting comparisons, and
/// only two if two suffice.
fn assert_minimal_conflict(
    part: &FilterModel,
    located: &[(&FilterModel, Span, Span)],
    error: &Diagnostic,
    text: &str,
) {
    let parts = part.parts();
    let leaves: Vec<(&FilterModel, Span)> = located
        .iter()
        .filter(|(leaf, ..)| matches!(leaf, FilterModel::Leaf(_)))
        .filter(|(leaf, ..)| parts.iter().any(|other| std::ptr::eq(*other, *leaf)))
        .map(|(leaf, _, bare)| (*leaf, *bare))
        .collect();
    let at = |span| {
        leaves
            .iter()
            .find(|(_, bare)| *bare == span)
            .map(|(leaf, _)| *leaf)
    };
    let labelled: Option<Vec<&FilterModel>> =
        error.labels.iter().map(|label| at(label.span)).collect();
    let labelled =
        labelled.unwrap_or_else(|| panic!("labels on other text than comparisons: {text:?}"));
    assert!(
        part.is_conflict(&labelled),
        "the labels do not conflict: {text:?}, {:#?}",
        error.labels
    );
    for index in 0..labelled.len() {
        let mut fewer = labelled.clone();
        fewer.remove(index);
        assert!(
            !part.is_conflict(&fewer),
            "unnecessary label: {text:?}, {:#?}",
            error.labels
        );
    }
    if labelled.len() > 2 && leaves.len() < 24 {
        for (index, (a, _)) in leaves.iter().enumerate() {
            for (b, _) in &leaves[index + 1..] {
                assert!(
                    !part.is_conflict(&[a, b]),
                    "two suffice: {text:?}, {:#?}",
                    error.labels
                );
            }
        }
    }
}

fn matched_cells(filter: Filter) -> Cells {
    let mut cells = 0;
    for (index, cell) in Cell::all().enumerate() {
        cells |= u32::from(filter.matches(&cell)) << index;
    }
    let listed = filter.admits().count();
    assert_eq!(u32::try_from(listed), Ok(cells.count_ones()));
    cells
}

/// Checks the properties of a filter, and the text that it prints.
fn check_filter(cells: Cells, filter: Filter) {
    assert_eq!(matched_cells(filter), cells);
    let documented = DOCUMENTED.contains(&cells);
    assert_eq!(filter.is_documented(), documented, "{filter}");
    assert_eq!(
        filter.allows_admin_access(),
        FOR_ADMIN_ACCESS.contains(&cells),
        "{filter}"
    );
    let text = filter.to_string();
    let preset = if documented {
        Preset::Strict
    } else {
        Preset::Aip160
    };
    assert_eq!(
        Filter::check(&Checker::new().preset(preset), &text).filter,
        Some(filter),
        "{text}"
    );
    if documented {
        assert_eq!(Filter::parse(&text), Ok(filter));
        assert!(text.matches('=').count() <= 6, "{text}");
        assert_eq!(text.is_empty(), cells == ALL);
    }
}

/// Checks the relations between two filters against their cells.
fn check_relation((cells, filter): (Cells, Filter), (other_cells, other): (Cells, Filter)) {
    assert_eq!(filter == other, cells == other_cells);
    assert_eq!(filter.implies(other), cells & !other_cells == 0);
    assert_eq!(matched_cells(filter.union(other)), cells | other_cells);
    let both = filter.intersection(other).map_or(0, matched_cells);
    assert_eq!(both, cells & other_cells);
}
