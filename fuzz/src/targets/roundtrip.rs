//! Parsed and generated trees round-trip through their printed text. Trees written in any style
//! parse to the same tree with the same spans.

use arbitrary::Unstructured;
use gchat_filter::diagnostic::{Code, Span};
use gchat_filter::syntax::{self, Expr, MAX_LENGTH};
use oracle::{trees, writer};

/// Runs the target on any bytes.
pub fn run(bytes: &[u8]) {
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
