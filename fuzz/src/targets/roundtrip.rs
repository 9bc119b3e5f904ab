//! Parsed and generated trees round-trip through their printed text. Trees written in any style
//! parse to the same tree with the same spans. Filters of any method print as text with their meaning.

use arbitrary::Unstructured;
use gchat_filter::diagnostic::{Code, Span};
use gchat_filter::syntax::{self, Expr, MAX_LENGTH};
use gchat_filter::{Checker, Preset};
use oracle::{trees, writer};

use crate::{invariants, laws};

/// Runs the target on any bytes; on a [filter](crate::filter) of any method, if they are one.
pub fn run(bytes: &[u8]) {
    if let Some((method, text)) = crate::filter(bytes) {
        for preset in [Preset::Default, Preset::Aip160] {
            let checker = Checker::new().preset(preset);
            if let Some(filter) = invariants::check_method(&checker, method, text).filter {
                laws::assert_prints(&checker, method, &filter);
            }
        }
    }
    if let Some(tree) = str::from_utf8(bytes)
        .ok()
        .and_then(|text| syntax::parse(text).ok()?)
    {
        assert_round_trips(&tree);
    }
    let mut u = Unstructured::new(bytes);
    let mut tree = trees::tree(&mut u);
    assert_round_trips(&tree);
    let written = writer::write(&mut tree, &mut u);
    let text = &written.text;
    match syntax::parse(text) {
        // The debug text includes spans, quotes and the kind of negation, which `==` ignores.
        Ok(read) => assert_eq!(format!("{:?}", Some(tree)), format!("{read:?}"), "{text:?}"),
        Err(error) => match (error.diagnostic().code, written.too_deep) {
            (Code::TooLong, _) => assert!(text.len() > MAX_LENGTH),
            (Code::TooDeep, Some(at)) => assert_eq!(error.span(), Span::new(at, at + 1)),
            _ => panic!("{text:?}: {error:?}"),
        },
    }
}

/// Asserts that the printed tree parses to an equal tree, which prints the same text.
fn assert_round_trips(tree: &Expr<'_>) {
    let printed = tree.to_string();
    match syntax::parse(&printed) {
        Ok(read) => {
            assert_eq!(read.as_ref(), Some(tree), "{printed:?}");
            assert_eq!(read.map(|read| read.to_string()), Some(printed));
        }
        // Escape sequences and spaces may have made the text too long.
        Err(error) => assert!(printed.len() > MAX_LENGTH, "{printed:?}: {error:?}"),
    }
}
