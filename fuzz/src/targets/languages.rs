//! Any input as a filter of any method. Nothing panics, all spans are within the input, parsing agrees
//! with checking, certain fixes make progress together and alone, keep the meaning and come to an end,
//! a stricter preset never accepts what a more lenient one rejects, printed filters have the same
//! meaning and no more comparisons, and without its redundant parts a filter still has it.

use gchat_filter::{Checker, Method, Preset};

use crate::{invariants, laws};

/// Runs the target on bytes of which the first one selects the method, by its index from `a` on, and
/// in upper case with admin access. The others are the filter, up to the first byte that is not UTF-8.
pub fn run(bytes: &[u8]) {
    let [choice, text @ ..] = bytes else { return };
    let text = crate::text(text);
    let index = usize::from(choice.to_ascii_lowercase().wrapping_sub(b'a'));
    let method = Method::ALL[index % Method::ALL.len()];
    let checker = Checker::new().admin_access(choice.is_ascii_uppercase());
    let checked = invariants::check_method(&checker, method, text);
    if !choice.is_ascii_uppercase() {
        laws::assert_parses(method, text);
    }
    laws::assert_fixes(&checker, method, &checked);
    laws::assert_simplifies(&checker, method, &checked);
    laws::assert_no_longer(&checker, method, &checked);
    laws::assert_presets(&checker, method, text);
    for preset in [Preset::Default, Preset::Aip160] {
        let checker = checker.clone().preset(preset);
        if let Some(filter) = invariants::check_method(&checker, method, text).filter {
            laws::assert_prints(&checker, method, &filter);
        }
    }
}
