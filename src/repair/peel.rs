//! What people put around a whole filter: quotes, brackets, parameters, comments, encodings.

use std::borrow::Cow;

use super::decode;
use super::mistake::Mistake;
use super::token;
use super::words;
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

type Rule = for<'a> fn(&'a str) -> Option<Peeled<'a>>;

/// From the outside to the inside.
const RULES: &[Rule] = &[
    entities,
    percent,
    escaped_characters,
    json_filter,
    parameter_name,
    parameters,
    clause,
    call,
    formula,
    escaped_quotes,
    lambda,
    code,
    assigned,
    option,
    tags,
    enclosed,
];

/// The same, after comments.
const AFTER_COMMENTS: &[Rule] = &[continuation, trailing, bullet, leading];

/// Removes one thing around a filter; `None` if there is nothing around it. `has_comments` is whether
/// the marks of comments are not marks between words that are searched for.
pub(super) fn peel(text: &str, has_comments: bool) -> Option<Peeled<'_>> {
    let mut peeled = RULES.iter().filter_map(|rule| rule(text));
    peeled
        .next()
        .or_else(|| comment(text).filter(|_| has_comments))
        .or_else(|| AFTER_COMMENTS.iter().find_map(|rule| rule(text)))
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

/// `{"filter": "…"}`, also with other keys.
fn json_filter(text: &str) -> Option<Peeled<'_>> {
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

/// `filter=`, `?filter=`, `--filter `, `filter:`, a URL before them, and names of other languages.
fn parameter_name(text: &str) -> Option<Peeled<'_>> {
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
    let simple: String = name
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    part.is_empty() || words::PARAMETERS.contains(&&*simple)
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
fn parameters(text: &str) -> Option<Peeled<'_>> {
    let inside = in_strings(text);
    text.char_indices()
        .filter(|(at, c)| matches!(c, '&' | ',') && inside.get(*at) == Some(&false))
        .find_map(|(at, _)| {
            let rest = text.get(at + 1..)?.trim_start();
            let name: String = rest
                .chars()
                .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.'))
                .filter(|c| c.is_alphanumeric())
                .flat_map(char::to_lowercase)
                .collect();
            let is_given = rest
                .trim_start_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.'))
                .trim_start()
                .starts_with(['=', ':']);
            if !is_given || !words::PARAMETERS.contains(&&*name) {
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

/// `WHERE …`, `SELECT … WHERE …`, and clauses after the condition.
fn clause(text: &str) -> Option<Peeled<'_>> {
    let inside = in_strings(text);
    let lower = text.to_ascii_lowercase();
    let is_outside = |at: usize| inside.get(at) == Some(&false);
    let is_word = |at: usize, word: &str| {
        let before = lower.get(..at).and_then(|text| text.chars().next_back());
        let after = lower
            .get(at + word.len()..)
            .and_then(|text| text.chars().next());
        let is_end = |c: Option<char>| c.is_none_or(|c| !(c.is_alphanumeric() || c == '_'));
        is_outside(at) && is_end(before) && is_end(after)
    };
    let first = lower.split_whitespace().next().unwrap_or_default();
    let is_statement = words::STATEMENTS.contains(&first);
    for (at, word) in lower.match_indices("where") {
        let is_first = lower.get(..at).is_some_and(|text| text.trim().is_empty());
        if is_word(at, word) && (is_first || is_statement) {
            let start = at + word.len();
            let mistake = Mistake::around(Span::new(0, start), text.get(..start)?.trim());
            return kept(text, Span::new(start, text.len()), mistake).map(|peeled| Peeled {
                is_certain: is_first,
                ..peeled
            });
        }
    }
    words::CLAUSES.iter().find_map(|clause| {
        let at = lower
            .match_indices(clause)
            .find(|(at, word)| *at > 0 && is_word(*at, word))?
            .0;
        // Not a comparison after it, and not a word like `group`.
        let tail = lower.get(at..)?;
        let has_words = tail.split_whitespace().nth(1).is_some();
        if tail.contains(['=', '<', '>']) || !has_words {
            return None;
        }
        let mistake = Mistake::around(Span::new(at, text.len()), text.get(at..)?.trim());
        kept(text, Span::new(0, at), mistake).map(|peeled| Peeled {
            is_certain: false,
            ..peeled
        })
    })
}

/// `.filter("…")`, `=FILTER("…")`: a call whose argument is the filter as a string.
fn call(text: &str) -> Option<Peeled<'_>> {
    let open = text.find('(')?;
    let name = text.get(..open)?.trim().to_ascii_lowercase();
    let name = name.rsplit(['.', '=', ' ']).next()?;
    if !words::CALLS.contains(&name) {
        return None;
    }
    let end = text.rfind(')')?;
    let mistake = Mistake::around(Span::new(0, open + 1), text.get(..=open)?.trim());
    kept(text, Span::new(open + 1, end), mistake)
}

/// `=AND(…)`: a formula of a spreadsheet.
fn formula(text: &str) -> Option<Peeled<'_>> {
    let rest = text.trim_start().strip_prefix('=')?;
    let name = rest.split('(').next()?.trim();
    if name.len() == rest.len() || name.is_empty() || !name.chars().all(char::is_alphabetic) {
        return None;
    }
    let start = text.len() - rest.len();
    let mistake = Mistake::around(Span::new(0, start), "=");
    kept(text, Span::new(start, text.len()), mistake)
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

/// `let filter = "…"`: a variable of another language.
fn assigned(text: &str) -> Option<Peeled<'_>> {
    let (before, value) = text.split_once('=')?;
    let mut words = before.split_whitespace();
    let is_variable = words
        .next()
        .is_some_and(|word| words::VARIABLES.contains(&word));
    if !is_variable || words.count() != 1 {
        return None;
    }
    let start = text.len() - value.len();
    let mistake = Mistake::around(Span::new(0, start), text.get(..start)?);
    kept(text, Span::new(start, text.len()), mistake)
}

/// `m => …`, `lambda m: …`: a function whose parameter is the resource.
fn lambda(text: &str) -> Option<Peeled<'_>> {
    let (name, body) = match text.trim_start().strip_prefix("lambda ") {
        Some(rest) => rest.split_once(':')?,
        None => text.split_once("=>").or_else(|| text.split_once("->"))?,
    };
    let name = name.trim().trim_matches(['(', ')']);
    let is_name = !name.is_empty() && name.chars().all(char::is_alphanumeric);
    if !is_name || !body.contains(['=', '(']) {
        return None;
    }
    let start = text.len() - body.len();
    let mistake = Mistake::around(Span::new(0, start), text.get(..start)?.trim());
    kept(text, Span::new(start, text.len()), mistake)
}

/// A filter between backticks in a sentence.
fn code(text: &str) -> Option<Peeled<'_>> {
    let (before, rest) = text.split_once('`')?;
    let (inner, after) = rest.split_once('`')?;
    let is_sentence = |text: &str| !text.contains(['=', '<', '>', '"', '`']);
    let has_words = before.contains(char::is_alphabetic) || after.contains(char::is_alphabetic);
    if !has_words || !is_sentence(before) || !is_sentence(after) || !inner.contains(['=', ':']) {
        return None;
    }
    let start = before.len() + 1;
    let mistake = Mistake::around(Span::new(0, text.len()), text.trim());
    kept(text, Span::new(start, start + inner.len()), mistake).map(|peeled| Peeled {
        is_certain: false,
        ..peeled
    })
}

/// `-f "…"`, `f"…"`: an option or a prefix before a quoted filter.
fn option(text: &str) -> Option<Peeled<'_>> {
    let trimmed = text.trim();
    let quote = trimmed
        .chars()
        .next_back()
        .filter(|c| matches!(c, '"' | '\''))?;
    let start = trimmed.find(quote)?;
    let before = trimmed.get(..start)?;
    let is_option = match before.strip_prefix('-') {
        Some(name) => name.len() == 2 && name.ends_with(' '),
        None => token::PREFIXES.contains(&before),
    };
    let is_name = before
        .trim()
        .trim_start_matches('-')
        .chars()
        .all(|c| c.is_ascii_alphabetic());
    if !is_option || !is_name {
        return None;
    }
    let start = text.len() - text.trim_start().len() + start;
    let mistake = Mistake::around(Span::new(0, start), before.trim());
    kept(text, Span::new(start, text.trim_end().len()), mistake)
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

/// `-- …`, `# …`, `// …`, `/* … */`, `<!-- … -->`.
fn comment(text: &str) -> Option<Peeled<'_>> {
    let inside = in_strings(text);
    let (start, end) = text.char_indices().find_map(|(at, _)| {
        if inside.get(at) == Some(&true) {
            return None;
        }
        let rest = text.get(at..)?;
        let to = |mark: &str| {
            let end = rest.find(mark);
            end.map_or(text.len(), |end| at + end + mark.len())
        };
        if rest.starts_with("<!--") {
            return Some((at, to("-->")));
        }
        if rest.starts_with("{#") {
            return Some((at, to("#}")));
        }
        let is_in_word = text.get(..at)?.ends_with(char::is_alphanumeric);
        if rest.starts_with("/*") && !is_in_word {
            return Some((at, to("*/")));
        }
        let is_first = text
            .get(..at)?
            .chars()
            .next_back()
            .is_none_or(|c| c.is_whitespace() || matches!(c, ';' | ')' | '"' | '\''));
        let mark = ["--", "//", "#"]
            .iter()
            .find(|mark| rest.starts_with(**mark))?;
        let is_spaced = rest
            .get(mark.len()..)?
            .chars()
            .next()
            .is_none_or(char::is_whitespace);
        let is_comment = is_first && (is_spaced || *mark != "--");
        is_comment.then(|| (at, rest.find('\n').map_or(text.len(), |end| at + end)))
    })?;
    let mistake = Mistake::comment(Span::new(start, end));
    let (before, after) = (text.get(..start)?.trim(), text.get(end..)?.trim());
    let rest = match (before, after) {
        ("", rest) | (rest, "") => rest.to_owned(),
        _ => format!("{before} {after}"),
    };
    // A comment that could be a part of the filter is not removed without asking.
    let comment = text.get(start..end)?;
    let is_certain = !comment.contains(['=', '<', '>', '"', '\'']) || comment.starts_with('<');
    (!rest.is_empty()).then_some(Peeled {
        text: Cow::Owned(rest),
        mistake,
        is_certain,
    })
}

/// A backslash, or a caret of `cmd`, at the end of a line.
fn continuation(text: &str) -> Option<Peeled<'_>> {
    let at = ["\\\n", "\\\r\n", "^\n", "^\r\n", "`\n"]
        .iter()
        .find_map(|end| text.find(end))?;
    let joined = text
        .lines()
        .map(|line| {
            let line = line.trim_end();
            line.strip_suffix(['\\', '^', '`']).unwrap_or(line)
        })
        .collect::<Vec<_>>()
        .join("\n");
    Some(changed(
        joined,
        Mistake::continuation(Span::new(at, at + 1)),
    ))
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
    kept(text, Span::new(start, text.len()), mistake).map(|peeled| Peeled {
        is_certain: false,
        ..peeled
    })
}
