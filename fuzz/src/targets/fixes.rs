//! Any text with any options: the law of fixes. After the certain fixes either the first erring
//! stage is a later one, or in the syntax stage the first error is further right, or the stage
//! has fewer errors, or the filter is valid. They leave the meaning as it was where there was one.

use crate::{Options, invariants};
use arbitrary::{Arbitrary, Unstructured};
use gchat_filter::diagnostic::{Diagnostic, Edit, Fix, Stage};
use gchat_filter::{Checked, Checker, Preset};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    options: Options,
    text: &'a str,
}

/// Bytes that an [`Input`] can be made of; others are let be.
pub fn run(bytes: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(bytes)) else {
        return;
    };
    let Input {
        options: Options(checker),
        text,
    } = input;
    let checked = invariants::check(&checker, text);
    alone(&checker, &checked);
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
    law(&checked, &invariants::check(&checker, fixed));
    together(&checked, fixed);

    let meaning = |text| Checker::new().preset(Preset::Aip160).check(text).filter;
    let mut errors = checked.errors();
    let meant = errors
        .next()
        .is_none_or(|error| error.stage() < Stage::Access);
    if meant && let (Some(before), Some(after)) = (meaning(text), meaning(fixed)) {
        assert_eq!(before, after, "{text:?} does not mean {fixed:?}");
    }
    ends(&checker, fixed);
}

/// The law of fixes, to the letter.
fn law(before: &Checked<'_>, after: &Checked<'_>) {
    let stage = |checked: &Checked<'_>| checked.errors().next().map(Diagnostic::stage);
    let start = |checked: &Checked<'_>| checked.errors().next().map(|error| error.span.start);
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

/// Applies each fix by itself. A certain one of an error obeys the law too.
fn alone(checker: &Checker, checked: &Checked<'_>) {
    for diagnostic in &checked.diagnostics {
        let Some(fix) = &diagnostic.fix else { continue };
        let text = fix.apply(checked.text);
        let after = invariants::check(checker, &text);
        if fix.certain && diagnostic.is_error() {
            law(checked, &after);
        }
    }
}

/// The certain fixes that stay clear of each other are all applied.
fn together(checked: &Checked<'_>, fixed: &str) {
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
    let mut text = checked.text.to_owned();
    for edit in edits.iter().rev() {
        text.replace_range(edit.span.start..edit.span.end, &edit.text);
    }
    assert_eq!(text, fixed);
}

/// Fixing what was fixed comes to an end; long texts are left out, for the fuzzer's speed.
fn ends(checker: &Checker, fixed: &str) {
    if fixed.len() > 256 {
        return;
    }
    let mut text = fixed.to_owned();
    for _ in 0..4 * fixed.len() + 64 {
        match checker.check(&text).fixed {
            Some(fixed) => text = fixed,
            None => return,
        }
    }
    panic!("fixes without end: {fixed:?}, at last {text:?}");
}
