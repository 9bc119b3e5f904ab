//! Query strings: percent-encoding, and the parameters that every method accepts.

use std::borrow::Cow;
use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::case::is_snake_case_of;
use super::mask::FieldMask;
use super::violation::{BAD_PAYLOAD, LONGEST_ECHO, Violation, Violations, clip};
use crate::diagnostic::Quoted;

/// Field of the violation for a parameter without a name.
const NO_NAME: &str = "(empty)";

/// Maximum number of parameters in a query.
const MAX_PARAMETERS: usize = 100;

/// The characters to percent-encode in a segment of a path and in a query: all but unreserved ones
/// (RFC 3986).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Percent-encodes a segment of a path, or a value in a query.
pub(super) fn encode(text: &str) -> impl fmt::Display {
    utf8_percent_encode(text, RESERVED)
}

/// Appends `name=value` to a query.
pub(super) fn push(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(name);
    query.push('=');
    query.extend(utf8_percent_encode(value, RESERVED));
}

/// Decodes a name or a value in a query, where `+` is a space. A `%` is literal unless two hexadecimal
/// digits follow it. Returns `None` if the result is not UTF-8.
fn decode(text: &str) -> Option<Cow<'_, str>> {
    if text.contains('+') {
        let text = text.replace('+', " ");
        let decoded = percent_decode_str(&text).decode_utf8().ok()?;
        return Some(Cow::Owned(decoded.into_owned()));
    }
    percent_decode_str(text).decode_utf8().ok()
}

/// Stands for a secret in `Debug` output.
pub(super) struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
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
            .field(
                "access_token",
                &self.access_token.as_ref().map(|_| Redacted),
            )
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

/// A reader of the query of any method. Parameters are taken one by one, and violations are collected.
///
/// [`ListMembershipsRequest::from_query`](super::ListMembershipsRequest::from_query) reads the query of
/// a list request.
///
/// ```
/// use gchat_filter::list::{QueryReader, UpdateMask};
///
/// // The query of a patch.
/// let mut reader = QueryReader::new("update_mask=role&prettyPrint=false");
/// let system = reader.take_system();
/// let use_admin_access = reader.take_bool("useAdminAccess").unwrap_or(false);
/// let update_mask = reader.take("updateMask").unwrap_or_default();
/// reader.finish()?;
/// assert!(!system.pretty_print && !use_admin_access);
/// assert_eq!(UpdateMask::parse(&update_mask)?, UpdateMask::Role);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct QueryReader<'q> {
    pairs: Vec<(Cow<'q, str>, Cow<'q, str>)>,
    violations: Vec<Violation>,
}

/// Omits the parameters, which may have an access token.
impl fmt::Debug for QueryReader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("QueryReader")
    }
}

impl<'q> QueryReader<'q> {
    /// Splits and decodes a query, without its `?`.
    #[must_use]
    pub fn new(query: &'q str) -> Self {
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
            match (decode(name), decode(value)) {
                (Some(name), Some(value)) => reader.pairs.push((name, value)),
                (name, _) => {
                    let name = match name {
                        Some(name) if name.is_empty() => NO_NAME.to_owned(),
                        Some(name) => name.into_owned(),
                        None => Quoted(pair).to_string(),
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
    pub fn take(&mut self, name: &'static str) -> Option<Cow<'q, str>> {
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

    /// Takes the value of a Boolean parameter, in any of the spellings that protobuf's parser takes:
    /// `true`, `t`, `yes`, `y` or `1`, or an opposite, in any case. Any other is a violation, and `None`.
    pub fn take_bool(&mut self, name: &'static str) -> Option<bool> {
        let value = self.take(name)?;
        self.bool(name, &value)
    }

    fn bool(&mut self, name: &'static str, value: &str) -> Option<bool> {
        match &*value.to_ascii_lowercase() {
            "true" | "t" | "yes" | "y" | "1" => Some(true),
            "false" | "f" | "no" | "n" | "0" => Some(false),
            _ => {
                let quoted = Quoted(value).to_string();
                self.violate(name, format!("expected `true` or `false`, found {quoted}"));
                None
            }
        }
    }

    /// Adds a violation of a parameter.
    pub fn violate(&mut self, name: &'static str, description: impl fmt::Display) {
        self.violations.push(Violation::new(name, description));
    }

    /// Takes a system parameter, whose name may start with `$`.
    fn take_either(&mut self, [name, with_dollar]: [&'static str; 2]) -> Option<Cow<'q, str>> {
        let (first, second) = (self.take(name), self.take(with_dollar));
        if first.is_some() && second.is_some() {
            self.violate(with_dollar, "given more than once");
        }
        first.or(second)
    }

    /// Takes the system parameters (documented). Those that have no effect here are ignored. A
    /// `callback` is a violation, because JSONP is not supported, and so is a version of errors
    /// (`$.xgafv`) other than 1 and 2.
    pub fn take_system(&mut self) -> SystemParameters {
        let mut system = SystemParameters::default();
        for name in ["alt", "$alt"] {
            let Some(value) = self.take(name).filter(|value| !value.is_empty()) else {
                continue;
            };
            let (format, options) = value.split_once(';').unwrap_or((&value, ""));
            let format = format.trim();
            if !format.eq_ignore_ascii_case("json") {
                let quoted = Quoted(format).to_string();
                self.violate(name, format!("expected `json`, found {quoted}"));
            }
            for option in options.split(';') {
                match option.trim() {
                    "enum-encoding=int" => system.integer_enums = true,
                    "enum-encoding=string" | "" => {}
                    _ => self.violate(
                        name,
                        "expected the option `enum-encoding=int` or `enum-encoding=string`",
                    ),
                }
            }
        }
        if let Some(mask) = self.take_either(["fields", "$fields"]) {
            match FieldMask::parse(&mask) {
                Ok(mask) => system.fields = mask,
                Err(error) => self.violate("fields", error),
            }
        }
        let pretty = self.take_either(["prettyPrint", "$prettyPrint"]);
        if let Some(pretty) = pretty.and_then(|value| self.bool("prettyPrint", &value)) {
            system.pretty_print = pretty;
        }
        let callback = self.take_either(["callback", "$callback"]);
        if callback.is_some_and(|name| !name.is_empty()) {
            self.violate("callback", "JSONP is not supported");
        }
        let version = self.take("$.xgafv");
        if version.is_some_and(|version| !["", "1", "2"].contains(&&*version)) {
            self.violate("$.xgafv", "expected `1` or `2`");
        }
        for name in ["access_token", "oauth_token"] {
            system.access_token = self.take(name).map(Cow::into_owned).or(system.access_token);
        }
        for names in [
            ["key", "$key"],
            ["quotaUser", "$quotaUser"],
            ["userProject", "$userProject"],
            ["apiVersion", "$apiVersion"],
            ["ct", "$ct"],
        ] {
            self.take_either(names);
        }
        for name in ["uploadType", "uploadProtocol"] {
            self.take(name);
        }
        system
    }

    /// Ends the reading.
    ///
    /// # Errors
    ///
    /// All violations so far, and one for each parameter that was not taken, because it is unknown.
    pub fn finish(mut self) -> Result<(), Violations> {
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
        Violations::new(self.violations).map_or(Ok(()), Err)
    }
}
