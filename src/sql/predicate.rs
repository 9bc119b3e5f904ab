//! Predicates of SQL, made of conditions.

use std::fmt;

use super::columns::Expression;
use super::{Columns, Dialect, SqlError, literal, timestamp};
use crate::analysis::condition::{Absent, Accepted, Condition, Names};
use crate::schema::{Column, Declaration, Field, Values};

/// A predicate. Without operands, AND is true and OR is false.
#[derive(Debug)]
pub(super) enum Predicate {
    /// A comparison or another test, which needs no parentheses.
    Test(String),
    And(Vec<Predicate>),
    Or(Vec<Predicate>),
}

impl Predicate {
    /// Prints the predicate, in parentheses if it has operators that bind weaker than the one around
    /// it: OR always, and AND in OR, for the reader.
    fn print(&self, is_in_or: bool, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operands, separator, parentheses, none) = match self {
            Self::Test(sql) => return f.write_str(sql),
            Self::And(operands) => (operands, " AND ", is_in_or, "TRUE"),
            Self::Or(operands) => (operands, " OR ", true, "FALSE"),
        };
        let is_or = matches!(self, Self::Or(_));
        match operands.as_slice() {
            [] => f.write_str(none),
            [only] => only.print(is_in_or, f),
            [first, rest @ ..] => {
                let (open, close) = if parentheses { ("(", ")") } else { ("", "") };
                f.write_str(open)?;
                first.print(is_or, f)?;
                for operand in rest {
                    f.write_str(separator)?;
                    operand.print(is_or, f)?;
                }
                f.write_str(close)
            }
        }
    }
}

impl fmt::Display for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.print(false, f)
    }
}

/// Returns the predicate for a condition; `None` if it holds for all rows.
pub(super) fn condition(
    declaration: &'static Declaration,
    condition: &Condition<'_>,
    dialect: Dialect,
    columns: &Columns,
) -> Result<Option<Predicate>, SqlError> {
    let group = declaration.groups.get(condition.group);
    let fields = group.map_or(&[][..], |group| group.fields);
    let Some(field) = fields.first() else {
        return Ok(None);
    };
    Ok(Some(match &condition.values {
        _ if matches!(field.column, Column::Unrestricted) => return Ok(None),
        Accepted::Names(set) => names(set, field, dialect, columns)?,
        Accepted::Boolean(value) => {
            let column = expression(field, dialect, columns)?;
            // The value in JSON is text, except in SQLite.
            let literal = match (value, column.is_in_json && dialect != Dialect::Sqlite) {
                (true, true) => "'true'",
                (true, false) => "TRUE",
                (false, true) => "'false'",
                (false, false) => "FALSE",
            };
            let mut alternatives = vec![Predicate::Test(format!("{} = {literal}", column.sql))];
            if !value {
                alternatives.push(Predicate::Test(format!("{} IS NULL", column.sql)));
            }
            Predicate::Or(alternatives)
        }
        Accepted::Caller(is_caller) => {
            let Expression { sql, .. } = expression(field, dialect, columns)?;
            let caller = literal::string(dialect, columns.known_caller()?)?;
            let comparator = if *is_caller { "=" } else { "<>" };
            Predicate::Test(format!("{sql} {comparator} {caller}"))
        }
        Accepted::Timestamps(intervals) => {
            let column = expression(field, dialect, columns)?;
            let intervals = intervals.iter();
            let intervals =
                intervals.map(|interval| timestamp::interval(dialect, &column, *interval));
            Predicate::Or(intervals.collect())
        }
        Accepted::Texts(texts) => {
            let mut alternatives = Vec::new();
            for (at, field) in fields.iter().enumerate() {
                let own = texts.iter().filter(|(of, _)| *of == at);
                let own = own.map(|(_, text)| resolved(text, field, columns));
                let mut own: Vec<&str> = own.collect::<Result<_, _>>()?;
                own.sort_unstable();
                own.dedup();
                if !own.is_empty() {
                    let Expression { sql, .. } = expression(field, dialect, columns)?;
                    alternatives.push(is_one_of(&sql, &own, false, dialect)?);
                }
            }
            Predicate::Or(alternatives)
        }
        Accepted::Unsupported => return Err(unsupported(field)),
    }))
}

fn unsupported(field: &Field) -> SqlError {
    // Keywords have no field.
    match field.path {
        "" => SqlError::Unsupported("keywords"),
        path => SqlError::Unsupported(path),
    }
}

/// Returns the expression for the property that a field is about.
fn expression(field: &Field, dialect: Dialect, columns: &Columns) -> Result<Expression, SqlError> {
    match field.column {
        Column::None | Column::Unrestricted => Err(unsupported(field)),
        Column::Property(path) => columns.property(dialect, path),
        Column::Addition(path) => columns.addition(dialect, path),
    }
}

/// Returns the name that the text of a comparison stands for.
fn resolved<'t>(text: &'t str, field: &Field, columns: &'t Columns) -> Result<&'t str, SqlError> {
    match field.values {
        Values::Name {
            has_aliases: true, ..
        } if text == "users/me" => columns.known_caller(),
        _ => Ok(text),
    }
}

/// Returns that the value of an enum is in a set.
fn names(
    set: &Names,
    field: &Field,
    dialect: Dialect,
    columns: &Columns,
) -> Result<Predicate, SqlError> {
    let Expression { sql, .. } = expression(field, dialect, columns)?;
    let is_null = || Predicate::Test(format!("{sql} IS NULL"));
    let mut alternatives = Vec::new();
    if !set.listed.is_empty() {
        alternatives.push(is_one_of(&sql, &set.listed, set.is_complement, dialect)?);
    } else if set.is_complement {
        alternatives.push(Predicate::Test(format!("{sql} IS NOT NULL")));
    }
    let parent = |is_there| {
        let parent = field.parent.ok_or(SqlError::Unsupported(field.path))?;
        let Expression { sql, is_row, .. } = columns.object(dialect, parent)?;
        // A row value of PostgreSQL is NULL if all its fields are, and NOT NULL if none is.
        let test = match (is_there, is_row) {
            (true, true) => "IS DISTINCT FROM NULL",
            (true, false) => "IS NOT NULL",
            (false, true) => "IS NOT DISTINCT FROM NULL",
            (false, false) => "IS NULL",
        };
        Ok(Predicate::Test(format!("{sql} {test}")))
    };
    match set.absent {
        Absent::WithParent if set.is_complement && set.listed.is_empty() => return parent(true),
        Absent::Excluded => {}
        Absent::Included => alternatives.push(is_null()),
        Absent::WithoutParent => alternatives.push(parent(false)?),
        Absent::WithParent => {
            alternatives.push(Predicate::And(vec![parent(true)?, is_null()]));
        }
    }
    Ok(Predicate::Or(alternatives))
}

/// Returns that a column has one of the texts, or that it has another one.
fn is_one_of(
    sql: &str,
    texts: &[&str],
    is_complement: bool,
    dialect: Dialect,
) -> Result<Predicate, SqlError> {
    let literals = texts.iter().map(|text| literal::string(dialect, text));
    let literals: Vec<String> = literals.collect::<Result<_, _>>()?;
    let (comparator, list) = if is_complement {
        ("<>", "NOT IN")
    } else {
        ("=", "IN")
    };
    Ok(Predicate::Test(match literals.as_slice() {
        [literal] => format!("{sql} {comparator} {literal}"),
        literals => format!("{sql} {list} ({})", literals.join(", ")),
    }))
}
