//! What is wrong with a request's arguments: all of it, each with the field that it is about.

use std::borrow::Cow;
use std::fmt;

use crate::Error;
use crate::diagnostic::visible;

/// How many violations are told; of more than that only their number.
const MOST: usize = 20;

/// How much of a name or a value that was sent is told, in characters.
pub(crate) const LONGEST_ECHO: usize = 100;

/// How long a description is, in characters, whatever it echoes: a filter's tells the corrected
/// filter, and is as long as that makes it.
const LONGEST_DESCRIPTION: usize = 1000;

/// A text up to so many characters; `…` stands for the rest.
pub(crate) fn clip(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
    }
}

/// One thing that is wrong with a request's argument. `Display` is one line: field and description.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The field or query parameter, as it is called on the wire: `parent`, `pageSize`, `filter`…
    pub field: Cow<'static, str>,
    /// What is wrong with it, and what to do: one line.
    pub description: String,
    /// If it is the filter that is wrong: everything about it.
    pub filter: Option<Error>,
}

impl Violation {
    /// A violation of a field other than the filter. What would not be seen is escaped in both; a
    /// field of more than 100 characters or a description of more than 1000 is cut, and ends in `…`
    /// then.
    pub fn new(field: impl Into<Cow<'static, str>>, description: impl fmt::Display) -> Self {
        let mut field = field.into();
        // It may be a name that was sent.
        if let Cow::Owned(name) = &field {
            let name = visible(name).to_string();
            field = clip(&name, LONGEST_ECHO).into_owned().into();
        }
        let description = visible(&description.to_string()).to_string();
        Self {
            field,
            description: clip(&description, LONGEST_DESCRIPTION).into_owned(),
            filter: None,
        }
    }
}

/// The field is `filter`; the description is the error's line, its help, and the corrected filter.
impl From<Error> for Violation {
    fn from(error: Error) -> Self {
        let mut description = error.to_string();
        if let Some(help) = error.first().and_then(|first| first.help.as_deref()) {
            description = format!("{description}; {help}");
        }
        if let Some(fixed) = error.fixed() {
            description = match fixed.trim() {
                "" => format!("{description}; corrected: an empty filter"),
                fixed => {
                    // One line: white space is as good as any other, and no value has any.
                    let fixed = fixed.replace(['\t', '\r', '\n'], " ");
                    format!("{description}; corrected: {}", visible(&fixed))
                }
            };
        }
        Self {
            field: Cow::Borrowed("filter"),
            description,
            filter: Some(error),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.description)
    }
}

/// What is wrong with a request's arguments; at least one [`Violation`]. Of more than twenty it has
/// the first twenty, and one that says how many more there were: an answer does not grow with
/// whatever is sent.
///
/// `Display` is one line with all of them; [`Status`](super::Status) is what a server answers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// The violations, in the order in which they were found.
    #[must_use]
    pub fn as_slice(&self) -> &[Violation] {
        &self.0
    }

    /// Some violations, of which there is at least one.
    pub(crate) fn of(mut violations: Vec<Violation>) -> Self {
        debug_assert!(!violations.is_empty());
        let more = violations.len().saturating_sub(MOST);
        if more > 0 {
            violations.truncate(MOST);
            violations.push(Violation::new("…", format_args!("and {more} more")));
        }
        Self(violations)
    }
}

impl From<Violation> for Violations {
    fn from(violation: Violation) -> Self {
        Self(vec![violation])
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{violation}")?;
        }
        Ok(())
    }
}
