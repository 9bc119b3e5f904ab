//! The operations, on texts and JSON. All rules are the library's.

use std::fmt::Display;
use std::str::FromStr;

use gchat_filter::diagnostic::{Code, visible};
use gchat_filter::members::{self, Cell, Matchable, Membership};
use gchat_filter::syntax::{self, TokenKind};
use gchat_filter::{
    AnyFilter, Checked, Checker, Context, Error, IntersectionError, Method, Preset, Timestamp,
};
use serde::Serialize;

/// How to check a filter, as JavaScript passes it.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Method of the API.
    pub method: Option<Method>,
    /// Whether the request has `useAdminAccess`.
    pub admin_access: bool,
    /// Levels of the lints.
    pub preset: Option<Preset>,
    /// What is known about the request.
    pub context: Context,
}

impl Options {
    fn method(&self) -> Method {
        self.method.unwrap_or(Method::SpacesMembersList)
    }

    fn preset(&self) -> Preset {
        self.preset.unwrap_or(Preset::Default)
    }

    fn check<'a>(&self, text: &'a str) -> Checked<'a, AnyFilter> {
        let checker = Checker::new().preset(self.preset());
        let checker = checker.admin_access(self.admin_access);
        checker.check_method_in(&self.context, self.method(), text)
    }
}

/// Reads a context: lists of a key and its strings, of which a key with several has several lists.
///
/// Reading lists of strings takes less code than reading an object.
///
/// # Errors
///
/// If the text is not the JSON of such lists, such as `[["user", "users/1"]]`.
pub fn context(json: &str) -> Result<Context, String> {
    let lists: Vec<Vec<String>> = serde_json::from_str(json).map_err(message)?;
    lists.iter().try_fold(Context::new(), |context, list| {
        let strings: Vec<&str> = list.iter().map(String::as_str).collect();
        Ok(match strings.as_slice() {
            ["caller", name] => context.caller(*name),
            ["aliases", alias, name] => context.alias(*alias, *name),
            ["now", now] => context.now(Timestamp::from_str(now).map_err(message)?),
            ["parent", name] => context.parent(*name),
            ["spaces", space] => context.space(serde_json::from_str(space).map_err(message)?),
            ["unread", names @ ..] => context.unread(names.iter().copied()),
            ["creators", emoji, user] => context.creator(*emoji, *user),
            _ => {
                return Err(format!(
                    "`{}` is not of the form of `caller`, `aliases`, `now`, `parent`, `spaces`, `unread` or \
                     `creators`",
                    visible(strings.first().copied().unwrap_or_default()),
                ));
            }
        })
    })
}

fn message(error: impl Display) -> String {
    error.to_string()
}

/// Describes the library: the names of methods and presets, in the order of the indexes that the
/// boundary takes, kinds of tokens, and codes.
#[must_use]
pub fn description() -> String {
    #[derive(Serialize)]
    struct Description {
        version: &'static str,
        methods: Vec<&'static str>,
        presets: Vec<&'static str>,
        tokens: Vec<&'static str>,
        codes: Vec<&'static str>,
    }
    json(&Description {
        version: env!("CARGO_PKG_VERSION"),
        methods: Method::ALL.iter().map(|method| method.name()).collect(),
        presets: Preset::ALL.iter().map(|preset| preset.as_str()).collect(),
        tokens: TokenKind::ALL.iter().map(|kind| kind.as_str()).collect(),
        codes: Code::ALL.iter().map(|code| code.as_str()).collect(),
    })
}

/// Checks a filter. Returns the JSON of the library's `Checked`.
#[must_use]
pub fn check(options: &Options, text: &str) -> String {
    json(&options.check(text))
}

/// Parses a filter with options that are not the default ones, or an invalid one.
///
/// # Errors
///
/// The JSON of an invalid filter: the `message` of the error, and what [`check`] returns, as `checked`.
pub fn parse(options: &Options, text: &str) -> Result<AnyFilter, String> {
    let checked = options.check(text);
    let written = json(&checked);
    checked.into_result().map_err(|error: Error| {
        let message = json(&error.to_string());
        format!("{{\"message\":{message},\"checked\":{written}}}")
    })
}

/// Returns the index of the cell of a membership in the bits of a members filter.
///
/// # Errors
///
/// If the text is not the JSON of a membership.
pub fn cell(membership: &str) -> Result<u32, serde_json::Error> {
    let membership: Membership = serde_json::from_str(membership)?;
    let cell = Cell {
        role: membership.role(),
        member_type: membership.member_type(),
    };
    let bits = members::Filter::from_cells([cell]).map_or(0, members::Filter::to_bits);
    Ok(bits.trailing_zeros())
}

/// Returns whether a filter matches a resource.
///
/// # Errors
///
/// If the text is not the JSON of a resource of the method, or the context lacks what the filter
/// depends on.
pub fn matches(
    filter: &AnyFilter,
    context: &Context,
    resource: &str,
) -> Result<bool, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(resource);
    filter
        .matches(&mut deserializer, context)?
        .map_err(serde::de::Error::custom)
}

/// Returns the filter that matches what either filter matches.
///
/// # Errors
///
/// If they are not filters of memberships, the only ones that are closed under union.
pub fn union(left: &AnyFilter, right: &AnyFilter) -> Result<AnyFilter, &'static str> {
    match (left, right) {
        (AnyFilter::Members(left), AnyFilter::Members(right)) => {
            Ok(AnyFilter::Members(*left | *right))
        }
        _ => Err("only filters of spaces.members.list have a union"),
    }
}

/// Returns the filter that matches what both filters match.
///
/// # Errors
///
/// If nothing matches both, or the language cannot express it.
pub fn intersection(left: &AnyFilter, right: &AnyFilter) -> Result<AnyFilter, IntersectionError> {
    left.intersection(right)
}

/// Returns the tokens of a text: three numbers each, the index of the kind, the start and the end.
#[must_use]
pub fn tokens(text: &str) -> String {
    let tokens = syntax::tokens(text).flat_map(|token| {
        let kind = TokenKind::ALL.iter().position(|kind| *kind == token.kind);
        [kind.unwrap_or_default(), token.span.start, token.span.end]
    });
    json(&tokens.collect::<Vec<usize>>())
}

fn json<T: Serialize>(value: &T) -> String {
    // Only maps with other keys than strings, and serializers that fail, have errors.
    serde_json::to_string(value).unwrap_or_default()
}
