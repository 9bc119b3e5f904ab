//! Query strings: percent-encoding, and the parameters that every method accepts.

use std::borrow::Cow;
use std::fmt::{self, Write};

use super::case::is_snake_case_of;
use super::mask::FieldMask;
use super::violation::{BAD_PAYLOAD, LONGEST_ECHO, Violation, clip};

/// Field of the violation for a parameter without a name.
const NO_NAME: &str = "(empty)";

/// Maximum number of parameters in a query.
const MAX_PARAMETERS: usize = 100;

/// Appends `name=value` to a query. In the value, all but unreserved characters (RFC 3986) are
/// percent-encoded.
pub(crate) fn push(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(name);
    query.push('=');
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                query.push(char::from(byte));
            }
            // Writing to a string cannot fail.
            _ => drop(write!(query, "%{byte:02X}")),
        }
    }
}

/// Decodes the percent-encoding in a component of a path or a query.
///
/// A `+` is a space in a query, and literal in a path. A `%` is literal unless two hexadecimal
/// digits follow it. Returns `None` if the result is not UTF-8.
pub(crate) fn decode(text: &str, plus_is_space: bool) -> Option<Cow<'_, str>> {
    if !text.contains(['%', '+']) {
        return Some(Cow::Borrowed(text));
    }
    let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let mut following = bytes.clone();
        match (byte, digit(following.next()), digit(following.next())) {
            (b'%', Some(high), Some(low)) => {
                decoded.extend(u8::try_from(high * 16 + low));
                bytes = following;
            }
            (b'+', ..) if plus_is_space => decoded.push(b' '),
            _ => decoded.push(byte),
        }
    }
    String::from_utf8(decoded).ok().map(Cow::Owned)
}

/// The system parameters: those that every method accepts.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SystemParameters {
    /// Whether the response has enums as integers: `$alt=json;enum-encoding=int`.
    pub integer_enums: bool,
    /// The fields to return: `fields`. `None` for all.
    pub fields: Option<FieldMask>,
    /// Whether the response is indented: `prettyPrint`.
    pub pretty_print: bool,
    /// The access token, if sent in the query: `access_token` or `oauth_token`.
    pub access_token: Option<String>,
}

/// Redacts the access token.
impl fmt::Debug for SystemParameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemParameters")
            .field("integer_enums", &self.integer_enums)
            .field("fields", &self.fields)
            .field("pretty_print", &self.pretty_print)
            .field("access_token", &self.access_token.as_ref().map(|_| "…"))
            .finish()
    }
}

impl Default for SystemParameters {
    fn default() -> Self {
        Self {
            integer_enums: false,
            fields: None,
            pretty_print: true,
            access_token: None,
        }
    }
}

/// Reader of a query. Parameters are taken one by one, and violations are collected.
pub(crate) struct QueryReader<'q> {
    pairs: Vec<(Cow<'q, str>, Cow<'q, str>)>,
    pub(crate) violations: Vec<Violation>,
}

impl<'q> QueryReader<'q> {
    /// Splits and decodes a query, without its `?`.
    pub(crate) fn new(query: &'q str) -> Self {
        let mut reader = Self {
            pairs: Vec::new(),
            violations: Vec::new(),
        };
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        for (index, pair) in pairs.enumerate() {
            if index == MAX_PARAMETERS {
                // Without the others, this is the only violation.
                reader.pairs.clear();
                let description = format!("more than {MAX_PARAMETERS} query parameters");
                reader.violations = vec![Violation::new("(query)", description)];
                break;
            }
            // The value of `$alt` may have a second `=` that is not encoded.
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match (decode(name, true), decode(value, true)) {
                (Some(name), Some(value)) => reader.pairs.push((name, value)),
                (name, _) => {
                    let name = match name {
                        Some(name) if name.is_empty() => NO_NAME.to_owned(),
                        Some(name) => name.into_owned(),
                        None => crate::diagnostic::Quoted(pair).to_string(),
                    };
                    let violation = Violation::new(name, "not valid UTF-8 after percent-decoding");
                    reader.violations.push(violation);
                }
            }
        }
        reader
    }

    /// Takes the value of a parameter by its lowerCamelCase name. As in Google's services, the
    /// query may also have the name in `snake_case`.
    pub(crate) fn take(&mut self, name: &'static str) -> Option<Cow<'q, str>> {
        let is_named = |pair: &(Cow<'_, str>, _)| pair.0 == name || is_snake_case_of(&pair.0, name);
        let at = self.pairs.iter().position(is_named)?;
        let (_, value) = self.pairs.remove(at);
        let before = self.pairs.len();
        self.pairs.retain(|pair| !is_named(pair));
        if self.pairs.len() < before {
            self.violate(name, "given more than once");
        }
        Some(value)
    }

    /// Takes the value of a Boolean parameter: `true` or `false`.
    pub(crate) fn take_bool(&mut self, name: &'static str) -> Option<bool> {
        match &*self.take(name)? {
            "true" => Some(true),
            "false" => Some(false),
            other => {
                let quoted = crate::diagnostic::Quoted(other).to_string();
                self.violate(name, format!("expected `true` or `false`, found {quoted}"));
                None
            }
        }
    }

    pub(crate) fn violate(&mut self, name: &'static str, description: impl std::fmt::Display) {
        self.violations.push(Violation::new(name, description));
    }

    /// Takes the system parameters (documented). Those that have no effect here are ignored,
    /// including `callback`: JSONP is not supported.
    pub(crate) fn take_system(&mut self) -> SystemParameters {
        let mut system = SystemParameters::default();
        for name in ["alt", "$alt"] {
            let Some(value) = self.take(name).filter(|value| !value.is_empty()) else {
                continue;
            };
            let mut parts = value.split(';').map(str::trim);
            let format = parts.next().unwrap_or_default();
            if !format.eq_ignore_ascii_case("json") {
                let quoted = crate::diagnostic::Quoted(format).to_string();
                self.violate(name, format!("expected `json`, found {quoted}"));
            }
            for part in parts {
                match part {
                    "enum-encoding=int" => system.integer_enums = true,
                    "enum-encoding=string" | "" => {}
                    _ => self.violate(
                        name,
                        "expected the option `enum-encoding=int` or `enum-encoding=string`",
                    ),
                }
            }
        }
        if let Some(mask) = self.take("fields") {
            match FieldMask::parse(&mask) {
                Ok(mask) => system.fields = mask,
                Err(error) => self.violate("fields", error),
            }
        }
        if let Some(pretty) = self.take_bool("prettyPrint") {
            system.pretty_print = pretty;
        }
        for name in ["access_token", "oauth_token"] {
            system.access_token = self.take(name).map(Cow::into_owned).or(system.access_token);
        }
        for name in [
            "key",
            "$.xgafv",
            "quotaUser",
            "uploadType",
            "uploadProtocol",
            "callback",
        ] {
            self.take(name);
        }
        system
    }

    /// Returns all violations. Parameters that were not taken are unknown (design decision).
    pub(crate) fn finish(mut self) -> Vec<Violation> {
        let unknown = self.pairs.into_iter().map(|(name, _)| {
            if name.is_empty() {
                Violation::new(NO_NAME, "missing query parameter name")
            } else {
                // The live service's words.
                let echo = clip(&name, LONGEST_ECHO);
                let description = format!(
                    "{BAD_PAYLOAD}Unknown name \"{echo}\": Cannot bind query parameter. Field \
                     '{echo}' could not be found in request message."
                );
                Violation::new(name.into_owned(), description)
            }
        });
        self.violations.extend(unknown);
        self.violations
    }
}
