//! The lints: constructs of AIP-160 of which the API's reference says nothing.

use std::fmt;
use std::str::FromStr;

use crate::diagnostic::{Code, Severity};

/// A construct that a filter can do without, and that a user can allow, warn of or deny.
///
/// Its name is the code of its diagnostics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Lint {
    /// `member.type = HUMAN`. The live service answers 400 to `spaceType = SPACE` in the sibling
    /// method `spaces.list`, and accepts `"SPACE"`.
    UnquotedValue,
    /// `member.type = 'HUMAN'`. AIP-160 has them; Google's examples never use them.
    SingleQuotes,
    /// AND (or a sequence) and OR in one group without parentheses. AIP-160 "should not require"
    /// them, but OR binds tighter than AND, which most readers get wrong, and the reference of a
    /// sibling method calls the mix invalid.
    MixedOperators,
    /// Terms side by side. In AIP-160 they are joined by an implicit AND; in practice an operator
    /// was lost.
    ImplicitAnd,
    /// `NOT x`, `-x`. The reference names only AND, OR and `!=`.
    Negation,
    /// `role != "…"`. The reference has `!=` for `member.type` only.
    UndocumentedOperator,
    /// `ROLE_ASSISTANT_MANAGER`, `MEMBERSHIP_ROLE_UNSPECIFIED`, `TYPE_UNSPECIFIED`: values of the
    /// API that the reference of the filter does not list.
    UndocumentedValue,
    /// A part whose removal changes nothing. Judged right to left, earlier removals applied: of
    /// `a AND a` the first one stays.
    RedundantTerm,
    /// A filter with comparisons that admits every membership.
    AlwaysTrue,
}

/// What a lint does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing.
    Allow,
    /// A warning beside a valid filter.
    Warn,
    /// An error.
    Deny,
}

impl Level {
    /// `allow`, `warn` or `deny`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }

    /// The severity of a lint's diagnostics; `None` if there are none.
    pub(super) const fn severity(self) -> Option<Severity> {
        match self {
            Self::Allow => None,
            Self::Warn => Some(Severity::Warning),
            Self::Deny => Some(Severity::Error),
        }
    }
}

/// Levels for all lints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Preset {
    /// Each lint's own level.
    #[default]
    Default,
    /// Every lint is denied: what is left is what the reference documents, without oddities.
    Strict,
    /// Every lint is allowed: all that AIP-160 gives a meaning.
    Aip160,
}

impl Preset {
    /// `default`, `strict` or `aip160`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Strict => "strict",
            Self::Aip160 => "aip160",
        }
    }

    /// The level that the preset gives a lint.
    #[must_use]
    pub const fn level(self, lint: Lint) -> Level {
        match self {
            Self::Default => lint.default_level(),
            Self::Strict => Level::Deny,
            Self::Aip160 => Level::Allow,
        }
    }
}

impl Lint {
    /// Every lint.
    pub const ALL: [Self; 9] = [
        Self::UnquotedValue,
        Self::SingleQuotes,
        Self::MixedOperators,
        Self::ImplicitAnd,
        Self::Negation,
        Self::UndocumentedOperator,
        Self::UndocumentedValue,
        Self::RedundantTerm,
        Self::AlwaysTrue,
    ];

    /// The code of its diagnostics.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::UnquotedValue => Code::UnquotedValue,
            Self::SingleQuotes => Code::SingleQuotes,
            Self::MixedOperators => Code::MixedOperators,
            Self::ImplicitAnd => Code::ImplicitAnd,
            Self::Negation => Code::Negation,
            Self::UndocumentedOperator => Code::UndocumentedOperator,
            Self::UndocumentedValue => Code::UndocumentedValue,
            Self::RedundantTerm => Code::RedundantTerm,
            Self::AlwaysTrue => Code::AlwaysTrue,
        }
    }

    /// Its name, such as `unquoted-value`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.code().as_str()
    }

    /// The level that it has unless told otherwise.
    #[must_use]
    pub const fn default_level(self) -> Level {
        match self {
            Self::SingleQuotes | Self::MixedOperators | Self::RedundantTerm | Self::AlwaysTrue => {
                Level::Warn
            }
            _ => Level::Deny,
        }
    }

    /// What it finds, in one line.
    #[must_use]
    pub const fn summary(self) -> &'static str {
        match self {
            Self::UnquotedValue => "a value without quotation marks: `member.type = HUMAN`",
            Self::SingleQuotes => "a value in single quotation marks: `member.type = 'HUMAN'`",
            Self::MixedOperators => "AND and OR in one group without parentheses",
            Self::ImplicitAnd => "terms side by side without an operator",
            Self::Negation => "`NOT x` or `-x`",
            Self::UndocumentedOperator => "`!=` on the role",
            Self::UndocumentedValue => {
                "a value of the API that the filter's documentation does not list"
            }
            Self::RedundantTerm => "a part whose removal changes nothing",
            Self::AlwaysTrue => "a filter with comparisons that admits every membership",
        }
    }

    /// Why it is there, in one line.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::UnquotedValue => {
                "the live service rejects unquoted values in the sibling method `spaces.list`"
            }
            Self::SingleQuotes => "AIP-160 has them, Google's examples never use them",
            Self::MixedOperators => {
                "OR binds tighter than AND, which most readers get wrong; \
                 a sibling method's documentation calls the mix invalid"
            }
            Self::ImplicitAnd => "AIP-160 reads it as AND; in practice an operator was lost",
            Self::Negation => "the documentation names only AND, OR and `!=`",
            Self::UndocumentedOperator => "the documentation has `!=` for `member.type` only",
            Self::UndocumentedValue => "whether the service takes it is not known",
            Self::RedundantTerm => "it was meant to change something",
            Self::AlwaysTrue => "it was meant to leave somebody out",
        }
    }
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no lint has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no lint is called `{}`; there are {}", .name.escape_debug(), names())]
pub struct UnknownLint {
    /// The name.
    pub name: String,
}

fn names() -> String {
    Lint::ALL.map(Lint::name).join(", ")
}

impl FromStr for Lint {
    type Err = UnknownLint;

    /// # Errors
    ///
    /// A name that no lint has, such as `unknown-field`, which is always an error.
    fn from_str(name: &str) -> Result<Self, UnknownLint> {
        let lint = Self::ALL.into_iter().find(|lint| lint.name() == name);
        lint.ok_or_else(|| UnknownLint {
            name: name.to_owned(),
        })
    }
}
