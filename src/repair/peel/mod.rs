//! What people put around a whole filter: quotes, brackets, parameters, comments, encodings.

mod request;
mod source;

use std::borrow::Cow;

use super::decode;
use super::mistake::Mistake;
use super::token;
use crate::diagnostic::Span;

/// A text without one thing around it.
#[derive(Debug)]
pub(super) struct Peeled<'a> {
    pub(super) text: Cow<'a, str>,
    /// What was around it, with a span of the text before.
    pub(super) mistake: Mistake,
    /// Whether the text is what was meant, if it is a filter.
    pub(super) is_certain: bool,
}

impl Peeled<'_> {
    /// Sets that something else may be meant.
    fn uncertain(self) -> Self {
        Self {
            is_certain: false,
            ..self
        }
    }
}

type Rule = for<'a> fn(&'a str) -> Option<Peeled<'a>>;

/// From the outside to the inside.
const RULES: &[Rule] = &[
    entities,
    percent,
    escaped_characters,
    request::json_filter,
    request::parameter_name,
    request::parameters,
    source::clause,
    source::call,
    source::formula,
    escaped_quotes,
    source::lambda,
    source::code,
    source::assigned,
    source::option,
    tags,
    enclosed,
];

/// The same, after comments.
const AFTER_COMMENTS: &[Rule] = &[source::continuation, trailing, bullet, leading];

/// Removes one thing around a filter; `None` if there is nothing around it. `has_comments` is whether
/// the marks of comments are not marks between words that are searched for.
pub(super) fn peel(text: &str, has_comments: bool) -> Option<Peeled<'_>> {
    let first = |rules: &[Rule]| rules.iter().find_map(|rule| rule(text));
    first(RULES)
        .or_else(|| source::comment(text).filter(|_| has_comments))
        .or_else(|| first(AFTER_COMMENTS))
}

/// A part of the text, from which something was removed.
fn kept(text: &str, span: Span, mistake: Mistake) -> Option<Peeled<'_>> {
    let part = span.of(text)?.trim();
    (!part.is_empty() && part.len() < text.len()).then_some(Peeled {
        text: Cow::Borrowed(part),
        mistake,
        is_certain: true,
    })
}

fn changed(text: String, mistake: Mistake) -> Peeled<'static> {
    Peeled {
        text: Cow::Owned(text),
        mistake,
        is_certain: true,
    }
}

fn entities(text: &str) -> Option<Peeled<'_>> {
    let (decoded, span) = decode::entities(text)?;
    let mistake = Mistake::encoded(
        span,
        "the filter has HTML entities",
        "write the characters themselves, for example `\"` instead of `&quot;`",
    );
    Some(changed(decoded, mistake))
}

fn percent(text: &str) -> Option<Peeled<'_>> {
    let (decoded, span) = decode::percent(text)?;
    let mistake = Mistake::encoded(
        span,
        "the filter is percent-encoded",
        "write the characters themselves; HTTP clients encode them for the URL",
    );
    Some(changed(decoded, mistake))
}

/// `\u0022` outside of strings.
fn escaped_characters(text: &str) -> Option<Peeled<'_>> {
    if text.contains(['"', '\'']) {
        return None;
    }
    let (decoded, span) = decode::escapes(text)?;
    let mistake = Mistake::encoded(
        span,
        "the filter has escape sequences outside of strings",
        "write the characters themselves",
    );
    Some(changed(decoded, mistake))
}

/// Returns the bytes of strings: their quotes and what is inside.
fn in_strings(text: &str) -> Vec<bool> {
    let mut inside = vec![false; text.len()];
    let mut quote = None;
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        let is_in_string = quote.is_some() || matches!(c, '"' | '\'');
        if let Some(part) = inside.get_mut(at..at + c.len_utf8()) {
            part.fill(is_in_string);
        }
        match quote {
            _ if is_escaped => is_escaped = false,
            Some(_) if c == '\\' => is_escaped = true,
            Some(open) if open == c => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            _ => {}
        }
    }
    inside
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(if c == '\\' {
            chars.next().unwrap_or(c)
        } else {
            c
        });
    }
    out
}

/// `\"HUMAN\"`: quotes escaped outside of strings.
fn escaped_quotes(text: &str) -> Option<Peeled<'_>> {
    let at = text.find("\\\"").or_else(|| text.find("\\'"))?;
    // Inside of a string, they are correct.
    if text.get(..at)?.contains(['"', '\'']) {
        return None;
    }
    let plain = text.replace("\\\"", "\"").replace("\\'", "'");
    Some(changed(plain, Mistake::escaped(Span::new(at, at + 2))))
}

/// `<p>…</p>`
fn tags(text: &str) -> Option<Peeled<'_>> {
    let trimmed = text.trim();
    let opening = token::tag(trimmed)?;
    let closing = trimmed.rfind("</")?;
    token::tag(trimmed.get(closing..)?).filter(|length| closing + length == trimmed.len())?;
    let start = text.len() - text.trim_start().len();
    let mistake = Mistake::markup(Span::new(start, start + opening), trimmed.get(..opening)?);
    kept(text, Span::new(start + opening, start + closing), mistake)
}

/// Quotes, brackets or emphasis around everything.
fn enclosed(text: &str) -> Option<Peeled<'_>> {
    const PAIRS: &[(&str, &str)] = &[
        ("```", "```"),
        ("~~~", "~~~"),
        ("**", "**"),
        ("__", "__"),
        ("~~", "~~"),
        ("*", "*"),
        ("[", "]"),
        ("【", "】"),
        ("{", "}"),
        ("<", ">"),
    ];
    let trimmed = text.trim();
    let start = text.len() - text.trim_start().len();
    let opening = trimmed.chars().next()?;
    let closing = trimmed.chars().next_back()?;
    let is_block = trimmed.starts_with("```") && trimmed.ends_with("```");
    // Straight quotes of two kinds are those of two strings.
    let is_straight = |c: char| matches!(c, '"' | '\'');
    let are_quotes = token::is_quote(opening)
        && token::is_quote(closing)
        && !(is_straight(opening) && is_straight(closing) && opening != closing);
    let (open, close) = if are_quotes && !is_block {
        (opening.len_utf8(), closing.len_utf8())
    } else {
        let (open, close) = PAIRS
            .iter()
            .find(|(open, close)| trimmed.starts_with(open) && trimmed.ends_with(close))?;
        (open.len(), close.len())
    };
    let inner = trimmed.get(open..trimmed.len().checked_sub(close)?)?;
    // The language of a code block.
    let word = inner.len() - inner.trim_start_matches(char::is_alphanumeric).len();
    let has_language = is_block && inner.get(word..).is_some_and(|rest| rest.starts_with('\n'));
    let open = if has_language { open + word } else { open };
    let inner = trimmed.get(open..trimmed.len() - close)?;
    // `[role] = [ROLE_MEMBER]`
    if matches!(opening, '[' | '{') && !closes_at_end(inner, opening, closing) {
        return None;
    }
    // A value alone is not a filter in quotes.
    if !inner.contains(['=', '<', '>', ':']) {
        return None;
    }
    // Quotes of two strings: `"role" = "ROLE_MANAGER"`.
    let mut parts = inner.split(closing);
    let first = parts.next().unwrap_or_default();
    if token::is_quote(opening) && parts.next().is_some() && !first.contains(['=', '<', '>', ':']) {
        return None;
    }
    let mistake = Mistake::enclosed(Span::new(start, start + trimmed.len()), opening);
    if token::is_quote(opening) && inner.contains(['\\']) {
        return Some(changed(unescaped(inner), mistake));
    }
    let is_markup = matches!(opening, '*' | '_' | '~');
    kept(
        text,
        Span::new(start + open, start + open + inner.len()),
        mistake,
    )
    .map(|peeled| Peeled {
        is_certain: !is_markup,
        ..peeled
    })
}

/// Whether a bracket before a text is closed after it, and not in it.
fn closes_at_end(inner: &str, open: char, close: char) -> bool {
    let mut depth = 0_usize;
    inner.chars().all(|c| {
        if c == open {
            depth += 1;
        } else if c == close {
            match depth.checked_sub(1) {
                Some(outer) => depth = outer,
                None => return false,
            }
        }
        true
    })
}

/// `;` or `,` at the end.
fn trailing(text: &str) -> Option<Peeled<'_>> {
    let trimmed = text.trim_end();
    let rest = trimmed.trim_end_matches([';', ',', '，', '；', '。', '…', ' ']);
    let rest = rest.strip_suffix("...").map_or(rest, str::trim_end);
    // After a word, an operator is one of a comparison.
    let signs: &[char] = &['!', '?', ':', '=', '>', ' '];
    let without = rest.trim_end_matches(signs);
    let rest = if without.ends_with(['"', '\'', ')']) {
        without
    } else {
        rest
    };
    let rest = rest
        .strip_suffix('.')
        .filter(|rest| rest.ends_with(['"', '\'', ')']))
        .unwrap_or(rest);
    let found = trimmed.get(rest.len()..)?.trim();
    let span = Span::new(trimmed.len() - found.len(), trimmed.len());
    if found.is_empty() {
        return None;
    }
    kept(
        text,
        Span::new(0, rest.len()),
        Mistake::trailing(span, found),
    )
}

/// Signs before the filter: `: …`, `=…`.
fn leading(text: &str) -> Option<Peeled<'_>> {
    let rest = text.trim_start_matches([':', '=', '>', '…', '\\', ' ']);
    let start = text.len() - rest.len();
    let found = text.get(..start)?.trim();
    if found.is_empty() {
        return None;
    }
    let mistake = Mistake::around(Span::new(0, start), found);
    kept(text, Span::new(start, text.len()), mistake)
}

/// The number or bullet of the only item of a list.
fn bullet(text: &str) -> Option<Peeled<'_>> {
    let trimmed = text.trim_start();
    if trimmed.contains('\n') {
        return None;
    }
    let digits = trimmed.trim_start_matches(|c: char| c.is_ascii_digit());
    let letter = trimmed.strip_prefix(|c: char| c.is_ascii_lowercase());
    let digits = letter
        .filter(|rest| rest.starts_with(')'))
        .unwrap_or(digits);
    let has_number = digits.len() < trimmed.len();
    let rest = if has_number {
        digits.strip_prefix(['.', ')'])?
    } else {
        trimmed.strip_prefix(['-', '*', '•', '>', '+', '–', '·', '#'])?
    };
    let rest = rest.trim_start_matches('#');
    if !rest.starts_with(char::is_whitespace) {
        return None;
    }
    let start = text.len() - rest.len();
    let mistake = Mistake::markup(Span::new(0, start), text.get(..start)?.trim());
    kept(text, Span::new(start, text.len()), mistake).map(Peeled::uncertain)
}
