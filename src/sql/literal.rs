//! Strings.

use super::{Dialect, SqlError};
use crate::chars::with_escapes;

/// Returns a literal, in which no invisible character is written as it is.
pub(super) fn string(dialect: Dialect, text: &str) -> Result<String, SqlError> {
    if text.contains('\0') {
        return Err(SqlError::Nul);
    }
    let has_escapes = with_escapes(text).any(|(.., is_escaped)| is_escaped);
    Ok(match dialect {
        // Spark replaces variables, `${name}`, before it reads the strings.
        Dialect::Spark => format!("'{}'", escaped(text, "\\'").replace("${", "\\u0024{")),
        Dialect::BigQuery => format!("'{}'", escaped(text, "\\'")),
        // The setting `standard_conforming_strings` of PostgreSQL does not change what these mean.
        Dialect::Postgres if has_escapes || text.contains('\\') => {
            format!("E'{}'", escaped(text, "''"))
        }
        // The escape sequences of DuckDB do not have all characters.
        Dialect::DuckDb if has_escapes => concatenated(text, "chr"),
        Dialect::Sqlite if has_escapes => concatenated(text, "char"),
        Dialect::DuckDb | Dialect::Sqlite | Dialect::Postgres => {
            format!("'{}'", text.replace('\'', "''"))
        }
    })
}

/// Returns a text with backslashes as escape characters.
fn escaped(text: &str, quote: &str) -> String {
    let parts = with_escapes(text).map(|(_, c, is_escaped)| match (c, u32::from(c)) {
        (_, code @ 0..=0xffff) if is_escaped => format!("\\u{code:04x}"),
        (_, code) if is_escaped => format!("\\U{code:08x}"),
        ('\'', _) => quote.to_owned(),
        ('\\', _) => "\\\\".to_owned(),
        (c, _) => c.to_string(),
    });
    parts.collect()
}

/// Returns an expression that concatenates a text, with a function for the characters to escape.
fn concatenated(text: &str, function: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut is_open = false;
    for (_, c, is_escaped) in with_escapes(text) {
        if is_escaped {
            parts.push(format!("{function}({})", u32::from(c)));
        } else {
            let c = if c == '\'' {
                "''".to_owned()
            } else {
                c.to_string()
            };
            match parts.last_mut() {
                Some(part) if is_open => *part += &c,
                _ => parts.push(format!("'{c}")),
            }
        }
        is_open = !is_escaped;
    }
    let parts = parts.into_iter().map(|part| {
        let is_string = part.starts_with('\'');
        if is_string { part + "'" } else { part }
    });
    format!("({})", parts.collect::<Vec<_>>().join(" || "))
}
