//! Enums whose values have names.

use crate::diagnostic::visible;

/// The error for a name that is none of an enum's.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("unknown {kind} `{}`, expected one of {}", visible(.name), list(.expected))]
#[non_exhaustive]
pub struct UnknownName {
    /// What the name should be the name of, such as `lint`.
    pub kind: &'static str,
    /// The name that was given.
    pub name: String,
    /// The known names.
    pub expected: Vec<&'static str>,
}

fn list(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// Implements `Display` and `FromStr` for an enum with a slice `ALL`, by the names that a function
/// returns.
macro_rules! named {
    ($type:ident, $kind:literal, $name:ident) => {
        /// Prints the name.
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.$name())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::UnknownName;

            /// # Errors
            ///
            #[doc = concat!("If the text is not the name of a ", $kind, ".")]
            fn from_str(name: &str) -> Result<Self, $crate::UnknownName> {
                let found = Self::ALL.iter().find(|own| own.$name() == name);
                found.copied().ok_or_else(|| $crate::UnknownName {
                    kind: $kind,
                    name: name.to_owned(),
                    expected: Self::ALL.iter().map(|own| own.$name()).collect(),
                })
            }
        }
    };
}

pub(crate) use named;
