//! Strategies for property tests.

use arbitrary::{Arbitrary, Unstructured};
use gchat_filter::syntax::Expr;
use proptest::prelude::*;
use proptest::sample::select;

use crate::{Comparison, DOCUMENTED, Part, trees};

/// Any comparison that the schema supports. Documented ones are more frequent, so that they
/// interact.
pub fn any_comparison() -> impl Strategy<Value = Comparison> {
    prop_oneof![
        1 => comparisons(b"MGAUmgau"),
        1 => comparisons(b"HBThbt"),
        2 => documented_comparison(),
    ]
}

/// Any comparison that the reference documents.
pub fn documented_comparison() -> impl Strategy<Value = Comparison> {
    select(&DOCUMENTED)
}

fn comparisons(letters: &'static [u8]) -> impl Strategy<Value = Comparison> {
    select(letters).prop_map(|letter| Comparison::of(letter).expect("the table has the letter"))
}

/// Filters of up to so many comparisons, joined by AND and OR, with occasional redundant
/// parentheses. With `all_constructs`, also of sequences and negations.
pub fn filters(
    comparisons: impl Strategy<Value = Comparison> + 'static,
    all_constructs: bool,
    max_comparisons: u32,
) -> impl Strategy<Value = Part> {
    let operators = if all_constructs { "&&&||| !-" } else { "&|" };
    let operators: Vec<char> = operators.chars().collect();
    let notation = comparisons.prop_map(|comparison| comparison.letter().to_string());
    let notation = notation.prop_recursive(4, max_comparisons, 3, move |inner| {
        let operands = prop::collection::vec(inner, 2..4);
        (select(operators.clone()), operands).prop_map(|(operator, operands)| match operator {
            '!' | '-' => format!("{operator}{}", operands[0]),
            _ => format!("{operator}{}{}", operands.len(), operands.concat()),
        })
    });
    let parens = prop::collection::vec(select(&[0, 0, 0, 0, 0, 0, 1, 2]), 120);
    (notation, parens).prop_map(|(notation, parens)| {
        let u = &mut Unstructured::new(notation.as_bytes());
        let mut part = Part::arbitrary(u).expect("all bytes are the notation of a part");
        part.add_parens(&mut parens.into_iter());
        part
    })
}

/// Syntax trees, without spans.
pub fn trees() -> impl Strategy<Value = Expr<'static>> {
    prop::collection::vec(any::<u8>(), 0..200)
        .prop_map(|bytes| trees::tree(&mut Unstructured::new(&bytes)))
}

/// A multiple of the default number of cases. Failures are not persisted: they become regression
/// tests.
#[must_use]
pub fn cases(factor: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: default.cases * factor,
        failure_persistence: None,
        ..default
    }
}
