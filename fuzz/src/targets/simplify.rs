//! Printed filters: documented meanings print as their shortest text, which is found by a different
//! search than the crate's table; other meanings print as some text with the same meaning. Also
//! fixes of redundancy: they keep the meaning, and eventually leave nothing redundant.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use arbitrary::{Arbitrary, Unstructured};
use gchat_filter::diagnostic::{Code, Diagnostic};
use gchat_filter::members::Filter;
use gchat_filter::syntax::{self, Expr, ExprKind, MAX_LENGTH, Quotes};
use gchat_filter::{Checker, Level, Lint, Preset};

use crate::filter_model::{ALL, Cells, Connective, FilterModel, Leaf};
use crate::shortest::{Text, texts};
use crate::{invariants, writer};

static SHORTEST: LazyLock<BTreeMap<Cells, Text>> = LazyLock::new(texts);

/// Runs the target on two filters in the notation of [`crate::filter_model`], followed by choices
/// for writing them.
pub fn run(bytes: &[u8]) {
    let mut u = Unstructured::new(bytes);
    let Ok(models) = <[FilterModel; 2]>::arbitrary(&mut u) else {
        return;
    };
    let filters = models.each_ref().map(|model| {
        let text = writer::write(&mut model.expr(), &mut u).text;
        if model.parts().len() > 40 || text.len() > MAX_LENGTH {
            return None;
        }
        let filter = Filter::check(&checker(), &text).filter?;
        check_printed(filter, model.cells());
        assert_not_shorter(filter, model);
        check_redundancy(model, &text);
        Some((filter, model.cells()))
    });
    let [Some((a, a_cells)), Some((b, b_cells))] = filters else {
        return;
    };
    // The text does not depend on how the filter was built.
    check_printed(a.union(b), a_cells | b_cells);
    if let Ok(both) = a.intersection(b) {
        check_printed(both, a_cells & b_cells);
    }
    if let Some(read) = Filter::check(&checker(), &format!("({a}) OR ({b})")).filter {
        assert_eq!(read, a.union(b));
        assert_eq!(read.to_string(), a.union(b).to_string());
    }
}

/// A checker that accepts all of AIP-160, with the meaning lints at their default levels.
fn checker() -> Checker {
    Checker::new()
        .preset(Preset::Aip160)
        .level(Lint::RedundantTerm, Level::Warn)
        .level(Lint::AlwaysTrue, Level::Warn)
}

/// Asserts that a filter prints as text with its meaning, which is the shortest if the meaning is
/// documented.
fn check_printed(filter: Filter, cells: Cells) {
    let text = filter.to_string();
    assert_eq!(filter.is_documented(), SHORTEST.contains_key(&cells));
    if let Some(shortest) = SHORTEST.get(&cells) {
        assert_eq!(text, shortest.text);
        let strict = Filter::check(&Checker::new().preset(Preset::Strict), &text);
        assert_eq!(strict.diagnostics, [], "{text}");
        assert_eq!(strict.filter, Some(filter), "{text}");
        assert_eq!(text.parse(), Ok(filter));
    }
    let checked = invariants::check(&Checker::new().preset(Preset::Aip160), &text);
    assert_eq!(checked.filter, Some(filter), "{text}");
    assert_eq!(format!("{filter:?}"), format!("Filter({text})"));
    let json = serde_json::to_string(&filter).expect("filters serialize as text");
    assert_eq!(
        serde_json::from_str::<String>(&json).ok(),
        Some(text.clone())
    );
    let again = serde_json::from_str::<Filter>(&json).ok();
    assert_eq!(again, Some(filter), "{text}");
    let Some(tree) = &checked.tree else {
        return assert_eq!((cells, &*text), (ALL, ""));
    };
    // The text is canonical, except for parentheses added for clarity.
    let printed = tree.to_string();
    assert_eq!(without(&printed, "()"), without(&text, "()"));
    let model = model_of(tree).expect("all comparisons are supported");
    assert_eq!(model.cells(), cells, "{text}");
    assert_eq!(model.contradictions().len(), 0, "{text}");
    if filter.is_documented() {
        assert!(!model.is_redundant(), "{text}");
    }
}

/// Asserts that the printed text is no longer than the model's text, if that consists of documented
/// comparisons joined by AND and OR.
fn assert_not_shorter(filter: Filter, model: &FilterModel) {
    if let Some((_, text)) = strict_text(model)
        && filter.is_documented()
    {
        let printed = filter.to_string();
        let printed = Text::new(printed.matches('=').count(), printed);
        assert!(printed <= text, "{printed:?} for {text:?}");
    }
}

/// Returns the text of a model with as few parentheses as the strict preset accepts, and its
/// outermost connective. `None` if the strict preset does not accept the model.
fn strict_text(model: &FilterModel) -> Option<(Option<Connective>, Text)> {
    match model {
        FilterModel::Leaf(leaf) if leaf.is_documented() && !(leaf.is_of_role() && leaf.negated) => {
            let mut leaf = *leaf;
            leaf.quotes = Quotes::Double;
            Some((
                None,
                Text::new(1, FilterModel::Leaf(leaf).expr().to_string()),
            ))
        }
        FilterModel::Joined(connective @ (Connective::And | Connective::Or), operands) => {
            let (mut count, mut texts) = (0, Vec::new());
            for operand in operands {
                let (inner, text) = strict_text(operand)?;
                count += text.comparisons;
                texts.push(match inner {
                    Some(inner) if inner != *connective => format!("({})", text.text),
                    _ => text.text,
                });
            }
            let separator = if *connective == Connective::And {
                " AND "
            } else {
                " OR "
            };
            Some((Some(*connective), Text::new(count, texts.join(separator))))
        }
        _ => None,
    }
}

/// Applies the fixes of redundancy, each separately, and one after another until none is left.
fn check_redundancy(model: &FilterModel, text: &str) {
    let cells = model.cells();
    let mut text = text.to_owned();
    loop {
        let checked = invariants::check(&checker(), &text);
        let mut simpler = None;
        for diagnostic in &checked.diagnostics {
            assert!(is_meaning_lint(diagnostic), "{diagnostic:#?}");
            let Some(fix) = &diagnostic.fix else { continue };
            // Something else may have been intended.
            assert!(!fix.certain, "{text:?}, {diagnostic:#?}");
            let fixed = fix.apply(&text).unwrap();
            assert_eq!(meaning(&fixed), Some(cells), "{text:?}, {fixed:?}");
            let count = |text: &str| text.matches('=').count();
            assert!(count(&fixed) < count(&text), "{text:?}, {fixed:?}");
            simpler = Some(fixed);
        }
        match simpler {
            Some(fixed) => text = fixed,
            None => break assert_eq!(checked.diagnostics, [], "{text:?}"),
        }
    }
    match &Filter::check(&checker(), &text).tree {
        None => assert_eq!(cells, ALL, "{text:?}"),
        Some(tree) => {
            let simple = model_of(tree).expect("all comparisons are supported");
            assert_eq!(simple.cells(), cells);
            assert!(cells != ALL && !simple.is_redundant(), "{text:?}");
        }
    }
}

fn is_meaning_lint(diagnostic: &Diagnostic) -> bool {
    matches!(diagnostic.code, Code::RedundantTerm | Code::AlwaysTrue)
}

/// Returns the meaning of filter text according to the model.
fn meaning(text: &str) -> Option<Cells> {
    match syntax::parse(text).ok()? {
        None => Some(ALL),
        Some(tree) => Some(model_of(&tree)?.cells()),
    }
}

/// Returns the model of a tree; `None` if it contains an unsupported comparison.
fn model_of(tree: &Expr<'_>) -> Option<FilterModel> {
    let all = |operands: &[Expr<'_>]| operands.iter().map(model_of).collect::<Option<Vec<_>>>();
    Some(match &tree.kind {
        ExprKind::Not(negation, operand) => {
            FilterModel::Not(*negation, Box::new(model_of(operand)?))
        }
        ExprKind::And(operands) => FilterModel::Joined(Connective::And, all(operands)?),
        ExprKind::Sequence(operands) => FilterModel::Joined(Connective::Sequence, all(operands)?),
        ExprKind::Or(operands) => FilterModel::Joined(Connective::Or, all(operands)?),
        // Equality of trees ignores the kind of quotes, but not whether a value is quoted.
        ExprKind::Restriction(_) => b"MGAUHBTmgauhbt".iter().find_map(|letter| {
            let mut leaf = Leaf::of(*letter)?;
            [Quotes::Double, Quotes::None]
                .into_iter()
                .find_map(|quotes| {
                    leaf.quotes = quotes;
                    (FilterModel::Leaf(leaf).expr() == *tree).then_some(FilterModel::Leaf(leaf))
                })
        })?,
    })
}

fn without(text: &str, characters: &str) -> String {
    text.replace(|c| characters.contains(c), "")
}
