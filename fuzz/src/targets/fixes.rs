//! Any input with any options. Certain fixes make progress: after them, the filter is valid, or its
//! errors are in a later stage, or the syntax error is further right, or the stage has fewer
//! errors. They keep the meaning of the filter if it has one, and the operators that were typed.

use crate::{Options, invariants};
use arbitrary::{Arbitrary, Unstructured};
use gchat_filter::diagnostic::{Code, Diagnostic, Edit, Fix, Stage};
use gchat_filter::members::Filter;
use gchat_filter::{Checked, Checker, Preset};
use oracle::operators;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    options: Options,
    text: &'a str,
}

/// Runs the target on the bytes of an [`Input`]; ignores other bytes.
pub fn run(bytes: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(bytes)) else {
        return;
    };
    let Input {
        options: Options(checker),
        text,
    } = input;
    let checked = invariants::check(&checker, text);
    check_each_fix(&checker, &checked);
    let Some(fixed) = &checked.fixed else {
        let certain = |fix: &Fix| fix.certain;
        assert!(
            !checked
                .diagnostics
                .iter()
                .filter_map(|one| one.fix.as_ref())
                .any(certain)
        );
        return;
    };
    assert_ne!(fixed, text);
    assert_progress(&checked, &invariants::check(&checker, fixed));
    assert_all_applied(&checked, fixed);

    let meaning = |text| Filter::check(&Checker::new().preset(Preset::Aip160), text).filter;
    let mut errors = checked.errors();
    let keeps_meaning = errors
        .next()
        .is_none_or(|error| error.stage() < Stage::Access);
    if keeps_meaning && let (Some(before), Some(after)) = (meaning(text), meaning(fixed)) {
        assert_eq!(
            before, after,
            "{text:?} and {fixed:?} have different meanings"
        );
    }
    assert_terminates(&checker, fixed);
}

/// Asserts that a fix makes progress.
fn assert_progress(before: &Checked<'_, Filter>, after: &Checked<'_, Filter>) {
    let stage = |checked: &Checked<'_, Filter>| checked.errors().next().map(Diagnostic::stage);
    let start =
        |checked: &Checked<'_, Filter>| checked.errors().next().map(|error| error.span.start);
    let later = stage(after) > stage(before);
    let further_right = stage(before) == Some(Stage::Syntax)
        && stage(after) == stage(before)
        && start(after) > start(before);
    let fewer = stage(after) == stage(before) && after.errors().count() < before.errors().count();
    assert!(
        after.is_valid() || stage(before).is_some() && (later || further_right || fewer),
        "the fix of {:?} is {:?}\n{:#?}\n{:#?}",
        before.text,
        after.text,
        before.diagnostics,
        after.diagnostics
    );
}

/// Applies each fix separately. Certain fixes of errors must make progress on their own too.
fn check_each_fix(checker: &Checker, checked: &Checked<'_, Filter>) {
    for diagnostic in &checked.diagnostics {
        let Some(fix) = &diagnostic.fix else { continue };
        let is_rewritten = matches!(diagnostic.code, Code::SwappedSides | Code::Negation);
        if fix.certain && !is_rewritten {
            let edits = fix.edits.iter();
            let edits = edits.map(|edit| (edit.span.start..edit.span.end, &*edit.text));
            operators::assert_kept(&checked.text, edits);
        }
        let text = fix.apply(&checked.text).unwrap();
        let after = invariants::check(checker, &text);
        if fix.certain && diagnostic.is_error() {
            assert_progress(checked, &after);
        }
    }
}

/// Asserts that all certain fixes are applied, unless some overlap or are adjacent.
fn assert_all_applied(checked: &Checked<'_, Filter>, fixed: &str) {
    let fixes = checked
        .diagnostics
        .iter()
        .filter_map(|one| one.fix.as_ref());
    let mut edits: Vec<&Edit> = fixes
        .filter(|fix| fix.certain)
        .flat_map(|fix| &fix.edits)
        .collect();
    edits.sort_by_key(|edit| edit.span);
    if edits
        .windows(2)
        .any(|pair| pair[0].span.end >= pair[1].span.start)
    {
        return;
    }
    let mut text = checked.text.clone().into_owned();
    for edit in edits.iter().rev() {
        text.replace_range(edit.span.start..edit.span.end, &edit.text);
    }
    assert_eq!(text, fixed);
}

/// Asserts that fixing repeatedly terminates. Skips long inputs, to keep the fuzzer fast.
fn assert_terminates(checker: &Checker, fixed: &str) {
    if fixed.len() > 256 {
        return;
    }
    let mut text = fixed.to_owned();
    for _ in 0..4 * fixed.len() + 64 {
        match Filter::check(checker, &text).fixed {
            Some(fixed) => text = fixed,
            None => return,
        }
    }
    panic!("fixes do not terminate: {fixed:?}, last {text:?}");
}
