//! Any input with any options, of any method: the [law of fixes](laws::assert_fixes).

use arbitrary::{Arbitrary, Unstructured};

use crate::{Options, invariants, laws};

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
        options: Options { method, checker },
        text,
    } = input;
    let checked = invariants::check_method(&checker, method, text);
    laws::assert_fixes(&checker, method, &checked);
}
