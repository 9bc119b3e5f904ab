//! Cuts access tokens out of what others will read.

use http::HeaderName;
use percent_encoding::percent_decode_str;

use super::callers::Callers;

/// Stands for a token.
const CUT: &str = "(token)";

/// Shorter tokens, such as `any`, are only cut where a token is expected: they occur in other words.
const MIN_LEN: usize = 5;

/// Names of query parameters and fields whose value is a token. The end of a name suffices.
const NAMES: &[&str] = &[
    "access_token",
    "accesstoken",
    "oauth_token",
    "oauthtoken",
    "authorization",
    "bearer",
];

/// Start of the access tokens of Google's services.
const GOOGLE: &str = "ya29.";

/// The tokens that must not be shown, the longest first, because one may contain another.
pub(super) struct Redactor<'c>(Vec<&'c str>);

impl<'c> Redactor<'c> {
    /// Creates a redactor of the callers' tokens and of the request's own.
    pub(super) fn new(own: Option<&'c str>, callers: &'c Callers) -> Self {
        let tokens = callers.tokens().chain(own);
        let mut tokens: Vec<_> = tokens.filter(|token| token.len() >= MIN_LEN).collect();
        tokens.sort_unstable_by_key(|token| std::cmp::Reverse(token.len()));
        Self(tokens)
    }

    /// Returns the value of a header without tokens.
    pub(super) fn header(&self, name: &HeaderName, value: &str) -> String {
        let has_credentials = ["auth", "cookie", "key", "token", "secret"]
            .iter()
            .any(|part| name.as_str().contains(part));
        if has_credentials {
            return CUT.to_owned();
        }
        self.text(value)
    }

    /// Returns a text without tokens. If it has any, it is also percent-decoded, so that their encoding
    /// does not hide them.
    pub(super) fn text(&self, text: &str) -> String {
        let decoded = percent_decode_str(text).decode_utf8_lossy();
        let cut = self.cut(&decoded);
        if cut == decoded { text.to_owned() } else { cut }
    }

    fn cut(&self, text: &str) -> String {
        let cut = without_google_tokens(&without_values(text));
        self.0
            .iter()
            .fold(cut, |cut, token| cut.replace(token, CUT))
    }
}

/// Returns whether a token may have this character.
fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~+/=@%".contains(c)
}

/// Cuts what looks like an access token of Google's services.
fn without_google_tokens(text: &str) -> String {
    let mut parts = text.split(GOOGLE);
    let mut cut = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        cut.push_str(CUT);
        cut.push_str(part.trim_start_matches(is_part));
    }
    cut
}

/// Cuts the values after the names of tokens, as in queries, headers and JSON.
fn without_values(text: &str) -> String {
    let is_separator = |c: char| " \t\r\n\"':=".contains(c);
    let lower = text.to_ascii_lowercase();
    let names = NAMES.iter().flat_map(|name| {
        let found = lower.match_indices(name);
        found.map(|(at, name)| at + name.len())
    });
    let mut names: Vec<usize> = names.collect();
    names.sort_unstable();
    let mut cut = String::with_capacity(text.len());
    // All text before this has been copied.
    let mut done = 0;
    for end in names {
        let Some(after) = text.get(end..).filter(|_| end >= done) else {
            continue;
        };
        let value = after.trim_start_matches(is_separator);
        let rest = value.trim_start_matches(is_part);
        let length = value.len() - rest.len();
        let word = value.get(..length).unwrap_or_default();
        // `Authorization: Bearer` is followed by another name.
        if value.len() == after.len() || word.eq_ignore_ascii_case("bearer") || word.is_empty() {
            continue;
        }
        let start = text.len() - value.len();
        cut.push_str(text.get(done..start).unwrap_or_default());
        cut.push_str(CUT);
        done = start + length;
    }
    cut.push_str(text.get(done..).unwrap_or_default());
    cut
}

#[cfg(test)]
mod tests {
    use super::without_values;

    #[test]
    fn values_of_tokens_are_cut() {
        for (text, expected) in [
            ("/a?access_token=SECRET&b=1", "/a?access_token=(token)&b=1"),
            (
                "/a?oauth_token=S&access_token=S",
                "/a?oauth_token=(token)&access_token=(token)",
            ),
            (
                r#"{"access_token": "SECRET", "a": 1}"#,
                r#"{"access_token": "(token)", "a": 1}"#,
            ),
            (
                "Authorization: Bearer SECRET x",
                "Authorization: Bearer (token) x",
            ),
            (
                "BEARER SECRET, bearer SECRET",
                "BEARER (token), bearer (token)",
            ),
            ("/a;access_token=SECRET/b", "/a;access_token=(token)"),
            // Neither a page token nor a name without a value is cut.
            (
                "/a?pageToken=AQ&access_token=&b=1",
                "/a?pageToken=AQ&access_token=&b=1",
            ),
            ("users/bearer", "users/bearer"),
        ] {
            assert_eq!(without_values(text), expected);
        }
    }
}
