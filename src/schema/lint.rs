//! Lints: AIP-160 constructs that the API reference does not mention.

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::named::named;

/// A check with a configurable [level](Level): allow, warn or deny.
///
/// A lint's name is the code of its diagnostics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Lint {
    /// `member.type = HUMAN`. In the sibling method `spaces.list` the live service responds to
    /// `spaceType = SPACE` with status 400, and accepts `"SPACE"`.
    UnquotedValue,
    /// `member.type = 'HUMAN'`. AIP-160 allows single quotes, but Google's examples never use them.
    SingleQuotes,
    /// AND (or a sequence) and OR in one group without parentheses. According to AIP-160, services
    /// "should not require" parentheses. But OR binds tighter than AND, which most readers get
    /// wrong, and the reference of a sibling method calls the mix invalid.
    MixedOperators,
    /// Adjacent terms. In AIP-160 they are joined by an implicit AND; in practice an operator is
    /// usually missing.
    ImplicitAnd,
    /// `NOT x`, `-x`. The reference mentions only AND, OR and `!=`.
    Negation,
    /// An operator that AIP-160 has, but that the reference does not list for the field:
    /// `role != "…"`.
    UndocumentedOperator,
    /// `ROLE_ASSISTANT_MANAGER`, `MEMBERSHIP_ROLE_UNSPECIFIED`, `TYPE_UNSPECIFIED`: API values that
    /// the filter documentation does not list.
    UndocumentedValue,
    /// A spelling of a field's name that the service is known or likely to reject:
    /// `emoji.customEmoji.uid`.
    FieldSpelling,
    /// `users/me`, or an email address, in a field for which only IDs are documented. The live
    /// service responds to it with status 500.
    UserAlias,
    /// A value in quotes, in a field for which the service accepts only values without quotes:
    /// `space = "spaces/AAAA"`.
    QuotedValue,
    /// An interval that contains no timestamp: `create_time > "2026-01-02T00:00:00Z" AND
    /// create_time < "2026-01-01T00:00:00Z"`. It is not an error, because the reference has such an
    /// interval in its text.
    EmptyInterval,
    /// The name of a thread that is not in the space of the request. It matches nothing.
    ForeignThread,
    /// A timestamp before the time to which the service limits what it lists, or in the future.
    OutsideWindow,
    /// No comparison of `event_types`. The reference requires one, but has an example without.
    MissingEventType,
    /// A search of spaces without a comparison of `display_name`, to which the service responds with
    /// nothing.
    EmptyResponse,
    /// A part that has no effect: removing it does not change what the filter means. Parts are
    /// examined from right to left, each without the redundant parts after it. So in `a AND a`, the
    /// second `a` is redundant.
    RedundantTerm,
    /// A filter with comparisons that matches everything.
    AlwaysTrue,
}

/// The severity level of a lint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// No diagnostic.
    Allow,
    /// A warning; the filter stays valid.
    Warn,
    /// An error; the filter is invalid.
    Deny,
}

impl Level {
    /// Every level.
    pub const ALL: &[Self] = &[Self::Allow, Self::Warn, Self::Deny];

    /// Returns `allow`, `warn` or `deny`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }

    /// Returns the severity of a lint's diagnostics; `None` if it reports none.
    pub(crate) const fn severity(self) -> Option<Severity> {
        match self {
            Self::Allow => None,
            Self::Warn => Some(Severity::Warning),
            Self::Deny => Some(Severity::Error),
        }
    }

    /// Adds a lint's diagnostic, unless the level is [`Allow`](Self::Allow).
    pub(crate) fn report(
        self,
        diagnostics: &mut Vec<Diagnostic>,
        diagnostic: impl FnOnce() -> Diagnostic,
    ) {
        if let Some(severity) = self.severity() {
            diagnostics.push(Diagnostic {
                severity,
                ..diagnostic()
            });
        }
    }
}

/// A set of levels for all lints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Preset {
    /// The default level of each lint.
    #[default]
    Default,
    /// Deny all lints: only documented filters without redundancy are valid.
    Strict,
    /// Allow all lints: every filter with a meaning in AIP-160 is valid.
    Aip160,
}

impl Preset {
    /// Every preset.
    pub const ALL: &[Self] = &[Self::Default, Self::Strict, Self::Aip160];

    /// Returns `default`, `strict` or `aip160`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Strict => "strict",
            Self::Aip160 => "aip160",
        }
    }

    /// Returns the level of a lint in the preset.
    #[must_use]
    pub const fn level(self, lint: Lint) -> Level {
        match self {
            Self::Default => lint.default_level(),
            Self::Strict => Level::Deny,
            Self::Aip160 => Level::Allow,
        }
    }
}

/// The level of every lint: those of a preset, and those that were set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Levels {
    preset: Preset,
    set: [Option<Level>; Lint::ALL.len()],
}

impl Levels {
    /// Creates the levels of a preset.
    pub(crate) const fn new(preset: Preset) -> Self {
        Self {
            preset,
            set: [None; Lint::ALL.len()],
        }
    }

    pub(crate) fn set(&mut self, lint: Lint, level: Level) {
        if let Some(entry) = self.set.get_mut(lint as usize) {
            *entry = Some(level);
        }
    }

    pub(crate) fn of(&self, lint: Lint) -> Level {
        self.or_default(lint, lint.default_level())
    }

    /// Returns the level of a lint with another default.
    pub(crate) fn or_default(&self, lint: Lint, default: Level) -> Level {
        let set = self.set.get(lint as usize).copied().flatten();
        set.unwrap_or(match self.preset {
            Preset::Default => default,
            preset => preset.level(lint),
        })
    }

    /// Adds a lint's diagnostic, unless the lint is allowed.
    pub(crate) fn report(
        &self,
        lint: Lint,
        diagnostics: &mut Vec<Diagnostic>,
        diagnostic: impl FnOnce() -> Diagnostic,
    ) {
        self.of(lint).report(diagnostics, diagnostic);
    }
}

impl Lint {
    /// Every lint.
    pub const ALL: &[Self] = &[
        Self::UnquotedValue,
        Self::SingleQuotes,
        Self::MixedOperators,
        Self::ImplicitAnd,
        Self::Negation,
        Self::UndocumentedOperator,
        Self::UndocumentedValue,
        Self::FieldSpelling,
        Self::UserAlias,
        Self::QuotedValue,
        Self::EmptyInterval,
        Self::ForeignThread,
        Self::OutsideWindow,
        Self::MissingEventType,
        Self::EmptyResponse,
        Self::RedundantTerm,
        Self::AlwaysTrue,
    ];

    /// Returns the lint that reports a code; `None` for the codes of other errors.
    #[must_use]
    pub fn of(code: Code) -> Option<Self> {
        Self::ALL.iter().copied().find(|lint| lint.code() == code)
    }

    /// Returns the code of the lint's diagnostics.
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
            Self::FieldSpelling => Code::FieldSpelling,
            Self::UserAlias => Code::UserAlias,
            Self::QuotedValue => Code::QuotedValue,
            Self::EmptyInterval => Code::EmptyInterval,
            Self::ForeignThread => Code::ForeignThread,
            Self::OutsideWindow => Code::OutsideWindow,
            Self::MissingEventType => Code::MissingEventType,
            Self::EmptyResponse => Code::EmptyResponse,
            Self::RedundantTerm => Code::RedundantTerm,
            Self::AlwaysTrue => Code::AlwaysTrue,
        }
    }

    /// Returns the name, such as `unquoted-value`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.code().as_str()
    }

    /// Returns the default level.
    #[must_use]
    pub const fn default_level(self) -> Level {
        match self {
            Self::SingleQuotes
            | Self::MixedOperators
            | Self::EmptyInterval
            | Self::ForeignThread
            | Self::OutsideWindow
            | Self::MissingEventType
            | Self::EmptyResponse
            | Self::RedundantTerm
            | Self::AlwaysTrue => Level::Warn,
            _ => Level::Deny,
        }
    }

    /// Returns a one-line description of what the lint finds.
    #[must_use]
    pub const fn summary(self) -> &'static str {
        match self {
            Self::UnquotedValue => "an unquoted value: `field = VALUE`",
            Self::SingleQuotes => "a value in single quotes: `field = 'VALUE'`",
            Self::MixedOperators => "AND and OR in one group without parentheses",
            Self::ImplicitAnd => "adjacent terms without an operator",
            Self::Negation => "a negation: `NOT x` or `-x`",
            Self::UndocumentedOperator => {
                "an operator that the filter documentation does not list for the field"
            }
            Self::UndocumentedValue => "an API value that the filter documentation does not list",
            Self::FieldSpelling => "a spelling of a field's name that the service may reject",
            Self::UserAlias => "`users/me` or an email address instead of a user's ID",
            Self::QuotedValue => "a value in quotes where the service rejects them",
            Self::EmptyInterval => "an interval that contains no timestamp",
            Self::ForeignThread => "a thread that is not in the space of the request",
            Self::OutsideWindow => {
                "a timestamp outside the time to which the service limits what it lists"
            }
            Self::MissingEventType => "a filter without a comparison of `event_types`",
            Self::EmptyResponse => "a search without a comparison of `display_name`",
            Self::RedundantTerm => "a part that has no effect",
            Self::AlwaysTrue => "a filter with comparisons that matches everything",
        }
    }

    /// Returns the reason for the lint, on one line.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::UnquotedValue => {
                "the live service rejects unquoted values in the sibling method `spaces.list`"
            }
            Self::SingleQuotes => "AIP-160 allows them, but Google's examples never use them",
            Self::MixedOperators => {
                "OR binds tighter than AND, which most readers get wrong; \
                 a sibling method's documentation calls the mix invalid"
            }
            Self::ImplicitAnd => {
                "AIP-160 reads it as AND, but in practice an operator is usually missing"
            }
            Self::Negation => "the documentation mentions only AND, OR and `!=`",
            Self::UndocumentedOperator => "only AIP-160 documents it, so the service may reject it",
            Self::UndocumentedValue => "it is not known whether the service accepts it",
            Self::FieldSpelling => {
                "the service is known to reject such a spelling in a sibling method"
            }
            Self::UserAlias => "the live service responds to an alias with status 500",
            Self::QuotedValue => "the live service responds to quotes with status 400",
            Self::EmptyInterval => "it was probably meant to contain some",
            Self::ForeignThread => "a request lists the messages of one space only",
            Self::OutsideWindow => "the service lists nothing there",
            Self::MissingEventType => {
                "the documentation requires an event type, but has an example without one"
            }
            Self::EmptyResponse => "by default the response is empty",
            Self::RedundantTerm => "it was probably meant to have an effect",
            Self::AlwaysTrue => "it was probably meant to exclude something",
        }
    }
}

named!(Lint, "lint", name);
named!(Level, "level", as_str);
named!(Preset, "preset", as_str);
