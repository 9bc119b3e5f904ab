//! Texts that are not filters: what is around the filter, and what was meant by words and marks of other
//! languages.
//!
//! [`peel`] removes what is around a filter: if the rest is a filter, the fix is certain. Otherwise
//! [`reader`] reads the text tolerantly, by the tables in [`words`], and the filter that it finds is a
//! suggestion. The rules know the fields and values of a declaration, and no method.

mod comparison;
mod decode;
mod mistake;
mod names;
mod node;
mod peel;
mod reader;
mod token;
mod value;
mod words;

use std::borrow::Cow;

pub(crate) use self::mistake::Mistake;

use crate::diagnostic::Span;
use crate::schema::Declaration;

/// The maximum length of a text in bytes. Longer filters are not typed but generated.
const MAX_LENGTH: usize = 1024;

/// The maximum number of things around a filter.
const MAX_LAYERS: usize = 6;

/// What a text was meant to be.
#[derive(Debug)]
pub(crate) struct Repair {
    /// The filter.
    pub(crate) text: String,
    /// What is wrong, as far as there are words for it.
    pub(crate) mistakes: Vec<Mistake>,
    /// Whether only something around the filter was removed.
    pub(crate) is_certain: bool,
}

/// Returns the filter that a text was meant to be, if each part of the text is understood. `is_valid` is
/// whether a text is a filter.
#[cold]
pub(crate) fn repair(
    declaration: &'static Declaration,
    text: &str,
    is_valid: &dyn Fn(&str) -> bool,
) -> Option<Repair> {
    if text.len() > MAX_LENGTH {
        return None;
    }
    let mut rest = Cow::Borrowed(text);
    let mut around: Option<Mistake> = None;
    // Where words are searched for, almost any text is a filter.
    let mut is_certain = declaration.keywords().is_none();
    for _ in 0..MAX_LAYERS {
        let Some(peeled) = peel::peel(&rest, declaration.keywords().is_none()) else {
            break;
        };
        is_certain &= peeled.is_certain;
        // The outermost has a span of the whole text.
        around.get_or_insert(peeled.mistake);
        rest = Cow::Owned(peeled.text.into_owned());
        if is_valid(&rest) {
            return Some(Repair {
                text: rest.into_owned(),
                mistakes: around.into_iter().collect(),
                is_certain,
            });
        }
    }
    let (node, found) = reader::read(declaration, &rest)?;
    let mistakes = match around {
        Some(mistake) => vec![mistake],
        None => found,
    };
    let mut text = String::new();
    node.print(&mut text);
    Some(Repair {
        text,
        mistakes,
        is_certain: false,
    })
}

/// Returns the span from the start of one span to the end of another.
fn join(first: Span, last: Span) -> Span {
    Span::new(first.start, last.end)
}
