//! Repairs in a check: the filter that an invalid text was meant to be.

use super::Checked;
use super::fixes::{self, Check};
use crate::diagnostic::{self, Code, Diagnostic, Edit, Fix, Span, Stage};
use crate::repair::{self, Mistake};
use crate::schema::{Declaration, Lint};

/// Adds the filter that an invalid text was meant to be as a fix, unless the fixes of the errors lead to
/// it anyway.
#[cold]
pub(super) fn repair(
    declaration: &'static Declaration,
    check: &Check<'_>,
    checked: &mut Checked<'_, String>,
) {
    // What is well-formed needs no other reading. What only lints reject has a meaning, which
    // negations and an implicit AND may hide.
    let is_about_terms =
        |error: &Diagnostic| matches!(error.code, Code::ImplicitAnd | Code::Negation);
    let is_mistaken = checked.errors().any(is_mistake) || checked.errors().all(is_about_terms);
    if checked.is_fixed || !is_mistaken {
        return;
    }
    let is_valid = |text: &str| check(text).is_valid();
    let Some(repair) = repair::repair(declaration, &checked.text, &is_valid) else {
        return;
    };
    let Some((text, meant)) = accepted(check, &repair.text) else {
        return;
    };
    let stage = checked
        .errors()
        .next()
        .map_or(Stage::Syntax, Diagnostic::stage);
    let leads = leads_to(declaration, check, checked, &meant);
    let first = Mistake::first(&repair.mistakes);
    let is_always_reported = first.is_some_and(Mistake::is_always_reported);
    if leads && checked.fixed.is_some() && !is_always_reported {
        return;
    }
    let is_precise = checked.errors().any(|error| {
        matches!(
            error.code,
            Code::TypographicQuote
                | Code::UnexpectedCharacter
                | Code::UnterminatedString
                | Code::UnclosedParenthesis
        )
    });
    let replaces = first.is_some_and(|mistake| {
        is_always_reported
            || checked.errors().count() > repair.mistakes.len()
            // The grammar says where it stumbled.
            || stage == Stage::Syntax && !(leads || mistake.is_between() || is_precise)
    });
    if !replaces && leads {
        return;
    }
    let fix = Fix {
        edits: vec![difference(&checked.text, &text)],
        certain: repair.is_certain && text == repair.text,
    };
    checked.is_fixed = fix.certain;
    checked.fixed = fix.certain.then_some(text);
    match first.filter(|_| replaces) {
        Some(mistake) => checked.diagnostics = vec![mistake.diagnostic(stage).fix(fix)],
        None => attach(&mut checked.diagnostics, fix),
    }
}

/// Returns the text, with what admin access requires, and its shortest text, if it is a filter.
fn accepted(check: &Check<'_>, text: &str) -> Option<(String, String)> {
    let checked = check(text);
    if let Some(filter) = checked.filter {
        return Some((text.to_owned(), filter));
    }
    let is_access = |error: &Diagnostic| error.stage() == Stage::Access;
    if !checked.errors().all(is_access) {
        return None;
    }
    let text = diagnostic::apply_certain(text, &checked.diagnostics)?;
    let filter = check(&text).filter?;
    Some((text, filter))
}

/// Whether the first fix of a check leads to a filter, or certain ones and then the first.
fn leads_to(
    declaration: &'static Declaration,
    check: &Check<'_>,
    checked: &Checked<'_, String>,
    meant: &str,
) -> bool {
    let Some(first) = next_text(checked) else {
        return false;
    };
    let mut after = check(&first);
    fixes::verify(declaration, check, &mut after);
    let filter = match after.filter {
        None if checked.fixed.is_some() => next_text(&after).and_then(|text| check(&text).filter),
        filter => filter,
    };
    filter.as_deref() == Some(meant)
}

/// Returns the text with all certain fixes, or else the first fix of an error, applied.
fn next_text(checked: &Checked<'_, String>) -> Option<String> {
    checked.fixed.clone().or_else(|| {
        let fix = checked.errors().find_map(|error| error.fix.as_ref())?;
        Some(fix.applied(&checked.text))
    })
}

/// Makes the fix the only one, that of the first error.
fn attach(diagnostics: &mut [Diagnostic], fix: Fix) {
    for diagnostic in diagnostics.iter_mut() {
        if diagnostic.is_error() {
            diagnostic.fix = None;
        } else if let Some(fix) = &mut diagnostic.fix {
            fix.certain = false;
        }
    }
    let at = diagnostics
        .iter()
        .position(is_mistake)
        .or_else(|| diagnostics.iter().position(Diagnostic::is_error));
    if let Some(first) = at.and_then(|at| diagnostics.get_mut(at)) {
        first.fix = Some(fix);
    }
}

/// Whether a diagnostic is an error of the syntax or schema stage, and not of a lint.
fn is_mistake(diagnostic: &Diagnostic) -> bool {
    diagnostic.is_error()
        && diagnostic.stage() <= Stage::Schema
        && Lint::of(diagnostic.code).is_none()
}

/// Returns the edit that changes a text into another one: what is between the common start and the
/// common end.
fn difference(before: &str, after: &str) -> Edit {
    let same = |pair: &(char, char)| pair.0 == pair.1;
    let start: usize = before
        .chars()
        .zip(after.chars())
        .take_while(same)
        .map(|(c, _)| c.len_utf8())
        .sum();
    let [rest, new] = [before, after].map(|text| text.get(start..).unwrap_or_default());
    let end: usize = rest
        .chars()
        .rev()
        .zip(new.chars().rev())
        .take_while(same)
        .map(|(c, _)| c.len_utf8())
        .sum();
    let new = new.get(..new.len() - end).unwrap_or_default();
    Edit::new(Span::new(start, before.len() - end), new)
}
