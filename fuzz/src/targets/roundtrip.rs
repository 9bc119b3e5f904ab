//! What is printed parses to an equal tree: of the tree of any text, and of any tree. And however
//! a tree is written, it is read back with everything where it was written.

use crate::{trees, writer};
use arbitrary::Unstructured;
use gchat_filter::diagnostic::{Code, Span};
use gchat_filter::syntax::{self, Expr, MAX_LENGTH};

/// Any bytes.
pub fn run(bytes: &[u8]) {
    if let Some(tree) = str::from_utf8(bytes)
        .ok()
        .and_then(|text| syntax::parse(text).ok()?)
    {
        prints(&tree);
    }
    let mut u = Unstructured::new(bytes);
    let mut tree = trees::tree(&mut u);
    prints(&tree);
    let written = writer::write(&mut tree, &mut u);
    let text = &written.text;
    match syntax::parse(text) {
        // With spans, quotation marks and the kind of negation, none of which `==` compares.
        Ok(read) => assert_eq!(format!("{:?}", Some(tree)), format!("{read:?}"), "{text:?}"),
        Err(error) => match (error.diagnostic().code, written.too_deep) {
            (Code::TooLong, _) => assert!(text.len() > MAX_LENGTH),
            (Code::TooDeep, Some(at)) => assert_eq!(error.span(), Span::new(at, at + 1)),
            _ => panic!("{text:?}: {error:?}"),
        },
    }
}

/// Asserts that what a tree prints parses to an equal tree, which prints the same.
fn prints(tree: &Expr<'_>) {
    let printed = tree.to_string();
    match syntax::parse(&printed) {
        Ok(read) => {
            assert_eq!(read.as_ref(), Some(tree), "{printed:?}");
            assert_eq!(read.map(|read| read.to_string()), Some(printed));
        }
        // Escapes and spaces may have made it longer.
        Err(error) => assert!(printed.len() > MAX_LENGTH, "{printed:?}: {error:?}"),
    }
}
