//! What is wrong with a request's arguments: all of it, each with the field that it is about.

use std::borrow::Cow;
use std::fmt;

use crate::Error;

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
    /// A violation of a field other than the filter.
    pub fn new(field: impl Into<Cow<'static, str>>, description: impl fmt::Display) -> Self {
        Self {
            field: field.into(),
            description: description.to_string(),
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
                fixed => format!("{description}; corrected: {fixed}"),
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

/// Everything that is wrong with a request's arguments; at least one [`Violation`].
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
    pub(crate) fn of(violations: Vec<Violation>) -> Self {
        debug_assert!(!violations.is_empty());
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
