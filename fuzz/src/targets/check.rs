//! Filters of memberships with known meaning. Asserts their validity, the number of errors and warnings of each
//! code, the cells that they match, the meaning of their shortest text, and the relations between
//! two of them.
//!
//! For other methods, whose options the input starts with, two lines of text: parsing agrees with
//! checking, a stricter preset never accepts what a more lenient one rejects, and the relations between
//! the two filters agree with each other.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::{Options, invariants, laws};
use arbitrary::{Result, Unstructured};
use gchat_filter::diagnostic::{Code, Diagnostic, Fix, Span, Stage};
use gchat_filter::members::Filter;
use gchat_filter::syntax::{Expr, MAX_DEPTH, MAX_LENGTH, Quotes};
use gchat_filter::{Checked, Checker, Level, Lint, Method, Preset};
use oracle::cells::{APPS, EVERYTHING, Set, matched};
use oracle::shortest::shortest;
use oracle::{Comparison, Connective, DOCUMENTED, Kind, Part};

/// Documented meanings, including that of the empty filter, which matches everything.
static DOCUMENTED_MEANINGS: LazyLock<BTreeSet<Set>> = LazyLock::new(|| {
    let meanings: BTreeSet<Set> = shortest(&DOCUMENTED).into_keys().collect();
    assert_eq!(meanings.len(), 124);
    meanings
});

/// Meanings of the filters that admin access accepts.
static FOR_ADMIN_ACCESS: LazyLock<BTreeSet<Set>> = LazyLock::new(|| {
    let mut accepted = DOCUMENTED.to_vec();
    accepted.retain(|comparison| comparison.allows_admin_access());
    let meanings = shortest(&accepted).into_keys();
    meanings.filter(|set| set & APPS == 0).collect()
});

/// A filter with its written tree and its text.
type Written = (Part, Expr<'static>, String);

/// Writes two filters.
fn written(u: &mut Unstructured<'_>) -> Result<[Written; 2]> {
    let models: [Part; 2] = u.arbitrary()?;
    Ok(models.map(|mut model| {
        let (expr, text) = model.write(u);
        (model, expr, text)
    }))
}

/// Runs the target on bytes that start with [`Options`]. The others are two filters, or lines of text
/// for other methods than that of members.
pub fn run(bytes: &[u8]) {
    let mut u = Unstructured::new(bytes);
    let Ok(Options { method, checker }) = u.arbitrary() else {
        return;
    };
    if method != Method::SpacesMembersList {
        return check_lines(&checker, method, crate::text(u.take_rest()));
    }
    let Ok(filters) = written(&mut u) else {
        return;
    };
    let is_long = |text: &str| text.len() > MAX_LENGTH || nesting(text) > usize::from(MAX_DEPTH);
    if filters
        .iter()
        .any(|(model, _, text)| model.parts().len() > 80 || is_long(text))
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
        .map(|(model, _, text)| Some((model.set(), Filter::check(&aip, text).filter?)));
    for (set, filter) in a.iter().chain(&b) {
        check_filter(*set, *filter);
    }
    if let (Some(a), Some(b)) = (a, b) {
        check_relation(a, b);
        check_relation(b, a);
        check_relation(a, (EVERYTHING, Filter::default()));
    }
}

/// Returns how deep the parentheses of a valid text are nested, or more if strings have some.
fn nesting(text: &str) -> usize {
    let depths = text.chars().scan(0_usize, |depth, c| {
        match c {
            '(' => *depth += 1,
            ')' => *depth = depth.saturating_sub(1),
            _ => {}
        }
        Some(*depth)
    });
    depths.max().unwrap_or(0)
}

/// Checks two lines, each a filter of a method, against the laws of all methods.
fn check_lines(checker: &Checker, method: Method, text: &str) {
    let mut filters = Vec::new();
    for text in text.lines().take(2) {
        laws::assert_parses(method, text);
        laws::assert_presets(checker, method, text);
        filters.extend(invariants::check_method(checker, method, text).filter);
    }
    if let [a, b] = filters.as_slice() {
        laws::assert_related(a, b);
        laws::assert_related(a, a);
    }
}

/// A checked filter with known meaning.
struct Case<'c> {
    checker: Checker,
    admin_access: bool,
    model: &'c Part,
    text: &'c str,
    checked: Checked<'c, Filter>,
}

/// Compares a check with the model, stage by stage, up to the first stage that must have errors.
fn check(checker: Checker, admin_access: bool, model: &Part, expr: &Expr<'_>, text: &str) {
    let checker = checker.admin_access(admin_access);
    let checked = invariants::check(&checker, text);
    assert_eq!(checked.tree.as_ref(), Some(expr), "{text:?}");
    let case = Case {
        checker,
        admin_access,
        model,
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
    let set = expected_stage.is_none().then(|| model.set());
    assert_eq!(checked.filter.map(matched), set, "{text:?}");
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

    /// Whether a fix leads to a valid filter.
    fn is_mended_by(&self, fix: &Fix) -> bool {
        let fixed = fix.apply(self.text).unwrap();
        Filter::check(&self.checker, &fixed).is_valid()
    }

    fn check_schema(&self) -> bool {
        let (model, text) = (self.model, self.text);
        let mut mistakes = model
            .parts()
            .into_iter()
            .filter_map(|part| match part.kind {
                Kind::Mistake(mistake) => Some(mistake.code()),
                _ => None,
            });
        if let Some(first) = mistakes.next() {
            let codes: Vec<Code> = mistakes.chain([first]).collect();
            // One error may explain several mistakes, if its fix mends them all.
            let errors: Vec<&Diagnostic> = self.checked.errors().collect();
            let is_explained = matches!(*errors, [Diagnostic { fix: Some(fix), .. }]
                if codes.len() > 1 && self.is_mended_by(fix));
            for code in codes {
                let mut errors = self.checked.errors();
                assert!(
                    is_explained || errors.any(|error| error.code == code),
                    "{text:?}: no {code}"
                );
            }
            return true;
        }
        let comparisons = |has: &dyn Fn(Comparison) -> bool| {
            let comparisons = model.comparisons().into_iter();
            comparisons.filter(|(one, _)| has(*one)).count()
        };
        let parts = |has: &dyn Fn(&Part) -> usize| model.parts().into_iter().map(has).sum();
        let expected = [
            (
                Lint::UnquotedValue,
                comparisons(&|one| one.quotes == Quotes::None),
            ),
            (
                Lint::SingleQuotes,
                comparisons(&|one| one.quotes == Quotes::Single),
            ),
            (
                Lint::UndocumentedOperator,
                comparisons(&Comparison::is_undocumented_operator),
            ),
            (
                Lint::UndocumentedValue,
                comparisons(&|one| !one.value.is_documented),
            ),
            (
                Lint::Negation,
                parts(&|part| usize::from(matches!(part.kind, Kind::Not(..)))),
            ),
            (
                Lint::ImplicitAnd,
                parts(&|part| match &part.kind {
                    Kind::Joined(Connective::Sequence, operands) => operands.len() - 1,
                    _ => 0,
                }),
            ),
            (Lint::MixedOperators, model.mixed().len()),
        ];
        expected
            .map(|(lint, count)| self.check_lint(lint, count))
            .contains(&true)
    }

    fn check_meaning(&self) -> bool {
        let (model, text) = (self.model, self.text);
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
                let part = contradictions.iter().find(|part| part.span == error.span);
                let part = part.expect("the span is that of a part that matches nothing");
                let labels: Vec<Span> = error.labels.iter().map(|label| label.span).collect();
                part.assert_minimal_conflict(&labels, text);
            }
            return true;
        }
        let set = model.set();
        let always_true = self.check_lint(Lint::AlwaysTrue, usize::from(set == EVERYTHING));
        let spans: Vec<Span> = self
            .checked
            .diagnostics
            .iter()
            .filter(|one| one.code == Code::RedundantTerm)
            .map(|one| one.span)
            .collect();
        // That a filter matches everything is reason enough, unless only its redundancy is an error.
        let level = |lint| self.checker.level_of(lint);
        let is_examined = set != EVERYTHING || level(Lint::AlwaysTrue) < level(Lint::RedundantTerm);
        let redundant = if is_examined {
            model.redundant()
        } else {
            Vec::new()
        };
        if level(Lint::RedundantTerm) != Level::Allow {
            assert_eq!(spans, redundant, "{text:?}");
        }
        let redundant = self.check_lint(Lint::RedundantTerm, redundant.len());
        always_true || redundant
    }

    fn check_access(&self) -> bool {
        let (text, set) = (self.text, self.model.set());
        if !self.admin_access {
            return false;
        }
        let rejected = self.model.rejected_for_admin_access().len();
        assert_eq!(self.count(Code::AdminTypeComparison), rejected, "{text:?}");
        let matches_apps = rejected == 0 && set & APPS != 0;
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
            let filter = Filter::check(&self.checker, fixed).filter.map(matched);
            assert_eq!(filter, Some(set & !APPS), "{text:?}, {fixed:?}");
        }
        matches_apps || rejected > 0
    }
}

/// Checks the properties of a filter, and the text that it prints.
fn check_filter(set: Set, filter: Filter) {
    assert_eq!(matched(filter), set);
    let documented = DOCUMENTED_MEANINGS.contains(&set);
    assert_eq!(filter.is_documented(), documented, "{filter}");
    assert_eq!(
        filter.allows_admin_access(),
        FOR_ADMIN_ACCESS.contains(&set),
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
        assert_eq!(text.is_empty(), set == EVERYTHING);
    }
}

/// Checks the relations between two filters against their cells.
fn check_relation((set, filter): (Set, Filter), (other_set, other): (Set, Filter)) {
    assert_eq!(filter == other, set == other_set);
    assert_eq!(filter.implies(other), set & !other_set == 0);
    assert_eq!(matched(filter.union(other)), set | other_set);
    let both = filter.intersection(other).map_or(0, matched);
    assert_eq!(both, set & other_set);
}
