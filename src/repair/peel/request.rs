//! A filter in a request: JSON, a query, or the argument of a command.

use super::{Peeled, changed, in_strings, kept, unescaped};
use crate::diagnostic::Span;
use crate::repair::mistake::Mistake;
use crate::repair::words;

/// `{"filter": "…"}`, also with other keys.
pub(super) fn json_filter(text: &str) -> Option<Peeled<'_>> {
    let trimmed = text.trim();
    if !trimmed.contains('{') {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let (at, key) = ["\"filter\"", "'filter'", "filter"]
        .iter()
        .find_map(|key| Some((lower.find(key)?, key)))?;
    let rest = text.get(at + key.len()..)?;
    let value = rest.trim_start().strip_prefix([':', '='])?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let body = value.get(1..)?;
    // The last quote that could end the value: others may be unescaped.
    let end = body
        .char_indices()
        .filter(|(_, c)| *c == quote)
        .filter(|(at, _)| !body.get(..*at).is_some_and(|before| before.ends_with('\\')))
        .find(|(at, _)| {
            let after = body.get(at + 1..).unwrap_or_default().trim_start();
            after.is_empty() || after.starts_with([',', '}', ']'])
        })?
        .0;
    let inner = body.get(..end)?;
    let start = text.len() - body.len();
    let mistake = Mistake::around(Span::new(0, start), text.get(..start)?.trim());
    let around = [text.get(..at)?, body.get(end + 1..)?];
    if around.iter().any(|text| negates(text)) {
        return None;
    }
    let mut keys = around.iter().flat_map(|text| keys(text));
    let is_certain = keys.all(|key| is_parameter(key) || words::KEYS.contains(&key));
    let peeled = if inner.contains('\\') {
        changed(unescaped(inner), mistake)
    } else {
        kept(text, Span::new(start, start + end), mistake)?
    };
    Some(Peeled {
        is_certain,
        ..peeled
    })
}

/// Returns the keys of objects in a part of JSON.
fn keys(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(':').filter_map(|(at, _)| {
        let before = text.get(..at)?.trim_end().trim_end_matches(['"', '\'']);
        let start = before
            .rfind(['"', '\'', '{', ',', ' '])
            .map_or(0, |start| start + 1);
        before.get(start..)
    })
}

/// `filter=`, `?filter=`, `--filter `, `filter:`, a URL before them, and names of other languages.
pub(super) fn parameter_name(text: &str) -> Option<Peeled<'_>> {
    let lower = text.to_ascii_lowercase();
    words::KEYS.iter().find_map(|key| {
        let at = lower.find(key)?;
        let before = text.get(..at)?;
        let after = text.get(at + key.len()..)?;
        let url = before.strip_prefix("GET ").unwrap_or(before);
        let is_query = before.ends_with(['?', '&']) && !url.contains(['"', ' ']);
        // In quotes, as an argument of a command.
        let quote = before
            .chars()
            .next_back()
            .filter(|c| matches!(c, '\'' | '"'));
        let is_argument = quote.is_some() && before.contains(' ');
        let is_flag = before.trim_start().starts_with("--");
        let is_start = before
            .trim_end_matches(['"', '\'', '$', '-', '?', '&', '{', '`', '_'])
            .trim()
            .is_empty();
        let owner = before
            .trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.'))
            .trim();
        let is_assigned =
            before.ends_with('.') && owner.is_empty() || words::VARIABLES.contains(&before.trim());
        let mut given = before.rsplit('?').next()?.split('&');
        if is_query && !given.all(is_parameter) || negates(before) {
            return None;
        }
        if !(is_query || is_start || is_assigned || is_argument) {
            return None;
        }
        let closed = after.trim_start_matches(['"', '\'', '`']);
        let spaced = closed.trim_start();
        let value = [":=", "=>", "=", ":"]
            .iter()
            .find_map(|sign| spaced.strip_prefix(sign))
            .or_else(|| closed.strip_prefix(' ').filter(|_| is_flag))?;
        let start = text.len() - value.len();
        let found = text.get(..start)?.trim();
        let end = quote
            .filter(|_| is_argument)
            .and_then(|quote| text.trim_end().strip_suffix(quote))
            .map_or(text.len(), str::len);
        let (start, end) = unquoted(text, start, end).unwrap_or((start, end));
        kept(
            text,
            Span::new(start, end),
            Mistake::around(Span::new(0, start), found),
        )
    })
}

/// Whether a part of a query is another parameter, or nothing.
fn is_parameter(part: &str) -> bool {
    let name = part.split('=').next().unwrap_or_default();
    part.is_empty() || words::PARAMETERS.contains(&&*words::simple(name))
}

/// Whether a text has a word that negates what follows.
fn negates(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    text.contains('!')
        || words.any(|word| words::is_not(word) || word.eq_ignore_ascii_case("must_not"))
}

/// Returns the bounds of a filter without its quotes, unless it may be a string to search for.
fn unquoted(text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    let part = text.get(start..end)?;
    let quote = part
        .trim_start()
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\''))?;
    let inner = part.trim().strip_prefix(quote)?.strip_suffix(quote)?;
    let has_terms = inner.contains(['=', '<', '>', '(']) || inner.contains(" AND ");
    if !has_terms || inner.contains(quote) || inner.contains('\\') {
        return None;
    }
    let start = start + part.find(quote)? + quote.len_utf8();
    Some((start, start + inner.len()))
}

/// Other parameters of a request: `&pageSize=10`.
pub(super) fn parameters(text: &str) -> Option<Peeled<'_>> {
    let inside = in_strings(text);
    text.char_indices()
        .filter(|(at, c)| matches!(c, '&' | ',') && inside.get(*at) == Some(&false))
        .find_map(|(at, _)| {
            let rest = text.get(at + 1..)?.trim_start();
            let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
            let after = rest.trim_start_matches(is_name);
            let name = rest.strip_suffix(after).unwrap_or_default();
            let is_given = after.trim_start().starts_with(['=', ':']);
            if !is_given || !words::PARAMETERS.contains(&&*words::simple(name)) {
                return None;
            }
            let found = text.get(at..)?;
            kept(
                text,
                Span::new(0, at),
                Mistake::around(Span::new(at, text.len()), found),
            )
        })
}
