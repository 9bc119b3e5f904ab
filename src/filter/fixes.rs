//! Verification of certain fixes.

use super::Checked;
use crate::diagnostic::{self, Code};
use crate::schema::Declaration;

/// Runs the stages once, without fixes. The filter of the result is its shortest text.
pub(super) type Check<'c> = dyn for<'t> Fn(&'t str) -> Checked<'t, String> + 'c;

/// Applies the certain fixes. If they do not make progress, none of them is certain.
pub(super) fn verify(
    declaration: &'static Declaration,
    check: &Check<'_>,
    checked: &mut Checked<'_, String>,
) {
    let Some(fixed) = diagnostic::apply_certain(&checked.text, &checked.diagnostics) else {
        return;
    };
    let after = check(&fixed);
    let has =
        |checked: &Checked<'_, String>, code| checked.errors().any(|error| error.code == code);
    // Where nothing could match both terms, OR was meant.
    let is_contradiction = has(checked, Code::ImplicitAnd) && has(&after, Code::Contradiction);
    // A fix is only reported as certain if it has been verified.
    if checked.is_improved_by(&after, declaration) && !is_contradiction {
        checked.is_fixed = after.is_valid();
        checked.fixed = Some(fixed);
    } else {
        let diagnostics = checked.diagnostics.iter_mut();
        for fix in diagnostics.filter_map(|diagnostic| diagnostic.fix.as_mut()) {
            fix.certain = false;
        }
    }
}
