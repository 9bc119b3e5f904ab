//! Printed filters: documented meanings print as their shortest text, which is found by a different
//! search than the crate's table; other meanings print as some text with the same meaning. Also
//! fixes of redundancy: they keep the meaning, and eventually leave nothing redundant.
//!
//! For other methods: fixes of redundancy keep the meaning and come to an end, and the printed text has
//! no more comparisons than the filter.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use arbitrary::{Arbitrary, Unstructured};
use gchat_filter::diagnostic::{Code, Diagnostic};
use gchat_filter::members::Filter;
use gchat_filter::syntax::{self, MAX_LENGTH, Quotes};
use gchat_filter::{Checker, Level, Lint, Preset};

use oracle::cells::{EVERYTHING, Set};
use oracle::shortest::{Text, shortest};
use oracle::{Comparison, Connective, DOCUMENTED, Kind, Part};

use crate::{invariants, laws};

static SHORTEST: LazyLock<BTreeMap<Set, Text>> = LazyLock::new(|| shortest(&DOCUMENTED));

/// Runs the target on two filters in the notation of [`Part`], followed by choices
/// for writing them; or on a [filter](crate::filter) of any method.
pub fn run(bytes: &[u8]) {
    if let Some((method, text)) = crate::filter(bytes) {
        let checker = Checker::new();
        let checked = invariants::check_method(&checker, method, text);
        laws::assert_simplifies(&checker, method, &checked);
        laws::assert_no_longer(&checker, method, &checked);
        return;
    }
    let mut u = Unstructured::new(bytes);
    let Ok(mut models) = <[Part; 2]>::arbitrary(&mut u) else {
        return;
    };
    let filters = models.each_mut().map(|model| {
        let (_, text) = model.write(&mut u);
        if model.parts().len() > 40 || text.len() > MAX_LENGTH {
            return None;
        }
        let filter = Filter::check(&checker(), &text).filter?;
        check_printed(filter, model.set());
        assert_not_shorter(filter, model);
        check_redundancy(model, &text);
        Some((filter, model.set()))
    });
    let [Some((a, a_set)), Some((b, b_set))] = filters else {
        return;
    };
    // The text does not depend on how the filter was built.
    check_printed(a.union(b), a_set | b_set);
    if let Ok(both) = a.intersection(b) {
        check_printed(both, a_set & b_set);
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
fn check_printed(filter: Filter, set: Set) {
    let text = filter.to_string();
    assert_eq!(filter.is_documented(), SHORTEST.contains_key(&set));
    if let Some(shortest) = SHORTEST.get(&set) {
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
        return assert_eq!((set, &*text), (EVERYTHING, ""));
    };
    // The text is canonical, except for parentheses added for clarity.
    let printed = tree.to_string();
    assert_eq!(without(&printed, "()"), without(&text, "()"));
    let model = Part::read(tree).expect("all comparisons are supported");
    assert_eq!(model.set(), set, "{text}");
    assert_eq!(model.contradictions().len(), 0, "{text}");
    if filter.is_documented() {
        assert_eq!(model.redundant(), [], "{text}");
    }
}

/// Asserts that the printed text is no longer than the model's text, if that consists of documented
/// comparisons joined by AND and OR.
fn assert_not_shorter(filter: Filter, model: &Part) {
    if let Some((_, text)) = strict_text(model)
        && filter.is_documented()
    {
        let printed = Text::new(filter.to_string());
        assert!(printed <= text, "{printed:?} for {text:?}");
    }
}

/// Returns the text of a model with as few parentheses as the strict preset accepts, and its
/// outermost connective. `None` if the strict preset does not accept the model.
fn strict_text(model: &Part) -> Option<(Option<Connective>, Text)> {
    match &model.kind {
        Kind::Comparison(comparison) if comparison.is_documented() => {
            let quoted = Comparison {
                quotes: Quotes::Double,
                ..*comparison
            };
            Some((None, Text::new(quoted.text())))
        }
        Kind::Joined(connective @ (Connective::And | Connective::Or), operands) => {
            let mut texts = Vec::new();
            for operand in operands {
                let (inner, text) = strict_text(operand)?;
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
            Some((Some(*connective), Text::new(texts.join(separator))))
        }
        _ => None,
    }
}

/// Applies the fixes of redundancy, each separately, and one after another until none is left.
fn check_redundancy(model: &Part, text: &str) {
    let set = model.set();
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
            assert_eq!(meaning(&fixed), Some(set), "{text:?}, {fixed:?}");
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
        None => assert_eq!(set, EVERYTHING, "{text:?}"),
        Some(tree) => {
            let simple = Part::read(tree).expect("all comparisons are supported");
            assert_eq!(simple.set(), set);
            assert_ne!(set, EVERYTHING, "{text:?}");
            assert_eq!(simple.redundant(), [], "{text:?}");
        }
    }
}

fn is_meaning_lint(diagnostic: &Diagnostic) -> bool {
    matches!(diagnostic.code, Code::RedundantTerm | Code::AlwaysTrue)
}

/// Returns the meaning of filter text according to the model.
fn meaning(text: &str) -> Option<Set> {
    match syntax::parse(text).ok()? {
        None => Some(EVERYTHING),
        Some(tree) => Some(Part::read(&tree)?.set()),
    }
}

fn without(text: &str, characters: &str) -> String {
    text.replace(|c| characters.contains(c), "")
}
