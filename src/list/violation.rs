//! Violations: problems with the arguments of a request, each with its field.

use std::borrow::Cow;
use std::fmt;

use crate::Error;
use crate::diagnostic::visible;

/// Maximum number of violations that are reported in full. The others are only counted.
const MAX_VIOLATIONS: usize = 20;

/// Maximum length of a name or a value that is echoed from a request, in characters.
pub(super) const LONGEST_ECHO: usize = 100;

/// Maximum length of a description or a message, in characters.
pub(crate) const MAX_DESCRIPTION: usize = 1000;

/// Start of the live service's messages about names that it does not know.
pub(super) const BAD_PAYLOAD: &str = "Invalid JSON payload received. ";

/// Truncates text to `max` characters, and appends `…` if it was longer.
pub(super) fn clip(text: &str, max: usize) -> Cow<'_, str> {
    let mut rest = text.chars();
    let clipped: String = rest.by_ref().take(max).collect();
    match rest.next() {
        None => Cow::Borrowed(text),
        Some(_) => Cow::Owned(clipped + "…"),
    }
}

/// Escapes invisible characters, and truncates the result to `max` characters.
pub(super) fn shown(text: &str, max: usize) -> String {
    // Escapes only make it longer. Without the rest, there is less to escape.
    let text = visible(&clip(text, max)).to_string();
    clip(&text, max).into_owned()
}

/// A problem with one argument of a request.
///
/// `Display` writes one line with the field and the description.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The name of the field or query parameter on the wire: `parent`, `pageSize`, `filter`…
    pub field: Cow<'static, str>,
    /// What is wrong, and how to fix it, on one line.
    pub description: String,
    /// The full error, if the filter is invalid.
    pub filter: Option<Error>,
}

impl Violation {
    /// Creates a violation for an argument other than the filter.
    ///
    /// Invisible characters are escaped in both the field and the description. The description is
    /// truncated to 1000 characters and a field name from the request to 100, each followed by `…`.
    pub fn new(field: impl Into<Cow<'static, str>>, description: impl fmt::Display) -> Self {
        let mut field = field.into();
        // An owned name may come from the request.
        if let Cow::Owned(name) = &field {
            field = shown(name, LONGEST_ECHO).into();
        }
        Self {
            field,
            description: shown(&description.to_string(), MAX_DESCRIPTION),
            filter: None,
        }
    }
}

/// Converts a filter error. The field is `filter`, and the description has the error message, its help
/// and, unless it would be longer than 1000 characters, the corrected filter.
impl From<Error> for Violation {
    fn from(error: Error) -> Self {
        let mut description = error.to_string();
        if let Some(help) = error.first().help.as_deref() {
            description = format!("{description}; {help}");
        }
        if let Some(fixed) = error.fixed() {
            let with_fix = match fixed.trim() {
                "" => format!("{description}; corrected: an empty filter"),
                fixed => {
                    // Values have no white space, so replacing it does not change the filter.
                    let fixed = fixed.replace(['\t', '\r', '\n'], " ");
                    format!("{description}; corrected: {}", visible(&fixed))
                }
            };
            if with_fix.chars().count() <= MAX_DESCRIPTION {
                description = with_fix;
            }
        }
        Self {
            field: Cow::Borrowed("filter"),
            description: shown(&description, MAX_DESCRIPTION),
            filter: Some(error),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.description)
    }
}

/// The error for a request with invalid arguments: one or more [`Violation`]s.
///
/// To limit the size of a response, only the first 20 are kept. If there are more, one last
/// violation has the number of those omitted.
///
/// `Display` writes all violations on one line. [`Status`](super::Status) converts them to an error
/// response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Creates the error from violations; `None` if there are none.
    #[must_use]
    pub fn new(mut violations: Vec<Violation>) -> Option<Self> {
        if violations.is_empty() {
            return None;
        }
        let more = violations.len().saturating_sub(MAX_VIOLATIONS);
        if more > 0 {
            violations.truncate(MAX_VIOLATIONS);
            violations.push(Violation::new("…", format_args!("and {more} more")));
        }
        Some(Self(violations))
    }

    /// Returns the violations in the order in which they were found.
    #[must_use]
    pub fn as_slice(&self) -> &[Violation] {
        &self.0
    }

    /// Iterates over the violations in the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.0.iter()
    }

    /// Returns the message of the error response: all violations on one line. Those in the live
    /// service's words already name the field.
    pub(crate) fn message(&self) -> String {
        let messages = self.0.iter().map(|violation| {
            if violation.description.starts_with(BAD_PAYLOAD) {
                violation.description.clone()
            } else {
                violation.to_string()
            }
        });
        messages.collect::<Vec<_>>().join("; ")
    }
}

impl From<Violation> for Violations {
    fn from(violation: Violation) -> Self {
        Self(vec![violation])
    }
}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'v> IntoIterator for &'v Violations {
    type Item = &'v Violation;
    type IntoIter = std::slice::Iter<'v, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
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
