//! A filter in source code or a statement: SQL, calls, variables, functions, comments.

use std::borrow::Cow;

use super::{Peeled, changed, in_strings, kept};
use crate::diagnostic::Span;
use crate::repair::mistake::Mistake;
use crate::repair::token;
use crate::repair::words;

/// `WHERE …`, `SELECT … WHERE …`, and clauses after the condition.
pub(super) fn clause(text: &str) -> Option<Peeled<'_>> {
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
        kept(text, Span::new(0, at), mistake).map(Peeled::uncertain)
    })
}

/// `.filter("…")`, `=FILTER("…")`: a call whose argument is the filter as a string.
pub(super) fn call(text: &str) -> Option<Peeled<'_>> {
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
pub(super) fn formula(text: &str) -> Option<Peeled<'_>> {
    let rest = text.trim_start().strip_prefix('=')?;
    let name = rest.split('(').next()?.trim();
    if name.len() == rest.len() || name.is_empty() || !name.chars().all(char::is_alphabetic) {
        return None;
    }
    let start = text.len() - rest.len();
    let mistake = Mistake::around(Span::new(0, start), "=");
    kept(text, Span::new(start, text.len()), mistake)
}

/// `let filter = "…"`: a variable of another language.
pub(super) fn assigned(text: &str) -> Option<Peeled<'_>> {
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
pub(super) fn lambda(text: &str) -> Option<Peeled<'_>> {
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
pub(super) fn code(text: &str) -> Option<Peeled<'_>> {
    let (before, rest) = text.split_once('`')?;
    let (inner, after) = rest.split_once('`')?;
    let is_sentence = |text: &str| !text.contains(['=', '<', '>', '"', '`']);
    let has_words = before.contains(char::is_alphabetic) || after.contains(char::is_alphabetic);
    if !has_words || !is_sentence(before) || !is_sentence(after) || !inner.contains(['=', ':']) {
        return None;
    }
    let start = before.len() + 1;
    let mistake = Mistake::around(Span::new(0, text.len()), text.trim());
    kept(text, Span::new(start, start + inner.len()), mistake).map(Peeled::uncertain)
}

/// `-f "…"`, `f"…"`: an option or a prefix before a quoted filter.
pub(super) fn option(text: &str) -> Option<Peeled<'_>> {
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

/// `-- …`, `# …`, `// …`, `/* … */`, `<!-- … -->`.
pub(super) fn comment(text: &str) -> Option<Peeled<'_>> {
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
pub(super) fn continuation(text: &str) -> Option<Peeled<'_>> {
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
