//! A hand-written reader of the comparisons of any method: it reads fields, operators and values, and
//! the instants of timestamps, in a single pass. It does not know which fields there are, checks no
//! value, keeps no structure but the order, borrows from the text, and reports no errors. That is less
//! than a filter: it shows what reading the text alone takes.

/// A field, an operator and a value; a keyword or a call has only a field.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Comparison<'a> {
    pub(crate) field: &'a str,
    pub(crate) operator: &'a str,
    pub(crate) value: Value<'a>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    None,
    Text(&'a str),
    /// Seconds since 1970-01-01T00:00:00Z and nanoseconds.
    Timestamp(i64, u32),
}

/// Returns the comparisons of a filter without escape sequences; `None` if it is none.
pub(crate) fn parse(text: &str) -> Option<Vec<Comparison<'_>>> {
    let mut comparisons = Vec::new();
    let mut rest = text.trim_start();
    let mut depth = 0;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('(') {
            (rest, depth) = (after.trim_start(), depth + 1);
            continue;
        }
        if let Some(after) = rest.strip_prefix(')') {
            (rest, depth) = (after.trim_start(), depth - 1);
            continue;
        }
        let (field, after) = token(rest)?;
        rest = after.trim_start();
        if matches!(field, "AND" | "OR" | "NOT") {
            continue;
        }
        if let Some(after) = after.strip_prefix('(') {
            let (value, after) = if let Some(after) = after.strip_prefix(')') {
                (Value::None, after)
            } else {
                let (value, after) = token(after)?;
                (Value::Text(unquoted(value)), after.strip_prefix(')')?)
            };
            rest = after.trim_start();
            comparisons.push(Comparison {
                field,
                operator: "()",
                value,
            });
            continue;
        }
        let length = rest
            .bytes()
            .take_while(|byte| b"=<>!:".contains(byte))
            .count();
        let (operator, after) = rest.split_at(length);
        if operator.is_empty() {
            comparisons.push(Comparison {
                field,
                operator,
                value: Value::None,
            });
            continue;
        }
        let (value, after) = token(after.trim_start())?;
        rest = after.trim_start();
        let text = unquoted(value);
        let value = match timestamp(text.as_bytes()) {
            Some((seconds, nanos)) => Value::Timestamp(seconds, nanos),
            None => Value::Text(text),
        };
        comparisons.push(Comparison {
            field,
            operator,
            value,
        });
    }
    (depth == 0).then_some(comparisons)
}

/// Splits a string, or what ends before white space, an operator or a parenthesis.
fn token(text: &str) -> Option<(&str, &str)> {
    let end = if let Some(inside) = text.strip_prefix('"') {
        inside.find('"')? + 2
    } else {
        let is_end = |c: char| matches!(c, ' ' | '(' | ')' | '=' | '<' | '>' | '!' | ':');
        text.find(is_end).unwrap_or(text.len())
    };
    let end = if text.starts_with('*') { 1 } else { end };
    (end > 0).then(|| text.split_at(end))
}

fn unquoted(value: &str) -> &str {
    value.trim_matches('"')
}

/// Returns the instant of a timestamp, without checking its ranges.
pub(crate) fn timestamp(text: &[u8]) -> Option<(i64, u32)> {
    let (head, rest) = text.split_first_chunk::<19>()?;
    if [head[4], head[7], head[10], head[13], head[16]] != *b"--T::" {
        return None;
    }
    let number = |from: usize, to: usize| {
        head[from..to]
            .iter()
            .fold(0, |number, byte| number * 10 + i64::from(byte - b'0'))
    };
    let [mut year, mut month, day] = [number(0, 4), number(5, 7), number(8, 10)];
    if month > 2 {
        month -= 3;
    } else {
        (year, month) = (year - 1, month + 9);
    }
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day;
    let mut seconds = (days - 719_469) * 86_400;
    seconds += number(11, 13) * 3600 + number(14, 16) * 60 + number(17, 19);
    let mut rest = rest;
    let mut nanos = 0;
    if let [b'.', digits @ ..] = rest {
        let length = digits
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        for at in 0..9 {
            let digit = digits[..length]
                .get(at)
                .map_or(0, |byte| u32::from(byte - b'0'));
            nanos = nanos * 10 + digit;
        }
        rest = &digits[length..];
    }
    match rest {
        [b'Z'] => Some((seconds, nanos)),
        [sign, a, b, b':', c, d] => {
            let digit = |byte: &u8| i64::from(byte - b'0');
            let offset = (digit(a) * 10 + digit(b)) * 3600 + (digit(c) * 10 + digit(d)) * 60;
            Some((
                if *sign == b'-' {
                    seconds + offset
                } else {
                    seconds - offset
                },
                nanos,
            ))
        }
        _ => None,
    }
}
