//! Where the properties of a resource are in a table.

use super::{Dialect, SqlError};
use crate::schema::{Column, Declaration};

/// The SQL expressions for the properties of a resource.
///
/// A preset has an expression for every property; [`column`](Self::column) replaces one. Expressions
/// are trusted: they are copied into the predicate.
///
/// ```
/// use gchat_filter::messages::Filter;
/// use gchat_filter::sql::{Columns, Dialect};
///
/// let filter: Filter = r#"create_time > "2026-01-31T12:00:00Z""#.parse()?;
/// let columns = Columns::flat().column("create_time", "created AT TIME ZONE 'UTC'");
/// assert_eq!(
///     filter.to_sql(Dialect::DuckDb, &columns)?,
///     "(created AT TIME ZONE 'UTC') > TIMESTAMPTZ '2026-01-31T12:00:00Z'"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Columns {
    layout: Layout,
    /// Properties with their expressions.
    own: Vec<(String, String)>,
    caller: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Layout {
    Flat,
    Nested,
    /// The expression of the document.
    Json(String),
}

/// The expression for a property.
pub(super) struct Expression {
    pub(super) sql: String,
    /// Whether the value is that of a key in JSON.
    pub(super) is_in_json: bool,
    /// Whether the expression may be a row value, of which `IS NULL` only asks for its fields.
    pub(super) is_row: bool,
}

impl Columns {
    /// A column for each property, with `_` for the dots: `member_type`, `create_time`.
    ///
    /// It has no column for `member`.
    #[must_use]
    pub const fn flat() -> Self {
        Self::of(Layout::Flat)
    }

    /// Structs as in the API's JSON, with its keys: `member.type`, `createTime`. In PostgreSQL, they are
    /// composite types.
    ///
    /// They are what engines make of newline-delimited JSON. SQLite has no structs.
    #[must_use]
    pub const fn nested() -> Self {
        Self::of(Layout::Nested)
    }

    /// A column with the resource as the API's JSON, by its name or as an expression: text or `JSON` in
    /// DuckDB, text in SQLite and Spark, `json` or `jsonb` in PostgreSQL, `JSON` in BigQuery.
    ///
    /// Keys are in lowerCamelCase. It has no column for the `creator` of a custom emoji, because the
    /// API does not say who created it, and none for the `space.space_type` of a message, because the
    /// API only says the name of its space.
    #[must_use]
    pub fn json(document: impl Into<String>) -> Self {
        Self::of(Layout::Json(document.into()))
    }

    const fn of(layout: Layout) -> Self {
        Self {
            layout,
            own: Vec::new(),
            caller: None,
        }
    }

    /// Sets the expression for a property, such as `member.type`. A later one replaces it.
    ///
    /// It has the value that a flat column would have.
    #[must_use]
    pub fn column(mut self, property: impl Into<String>, sql: impl Into<String>) -> Self {
        let property = property.into();
        self.own.retain(|(own, _)| *own != property);
        self.own.push((property, sql.into()));
        self
    }

    /// Sets the name of the calling user, such as `users/123456789`, which `users/me` stands for.
    #[must_use]
    pub fn caller(mut self, name: impl Into<String>) -> Self {
        self.caller = Some(name.into());
        self
    }

    pub(super) fn known_caller(&self) -> Result<&str, SqlError> {
        self.caller.as_deref().ok_or(SqlError::UnknownCaller)
    }

    /// Checks that all properties with an expression are those of a language.
    pub(super) fn check(&self, declaration: &'static Declaration) -> Result<(), SqlError> {
        let mut expected: Vec<&'static str> = Vec::new();
        for property in declaration
            .fields()
            .flat_map(|field| [path(field.column), field.parent])
        {
            expected.extend(property.filter(|property| !expected.contains(property)));
        }
        for (name, sql) in &self.own {
            if !expected.contains(&name.as_str()) {
                let name = name.clone();
                return Err(SqlError::UnknownColumn { name, expected });
            }
            if sql.trim().is_empty() {
                return Err(SqlError::EmptyExpression(name.clone()));
            }
        }
        Ok(())
    }

    /// Returns the expression for a property.
    pub(super) fn property(
        &self,
        dialect: Dialect,
        path: &'static str,
    ) -> Result<Expression, SqlError> {
        let sql = match (self.own(path), &self.layout) {
            (Some(sql), _) => sql,
            (None, Layout::Flat) => path.replace('.', "_"),
            (None, Layout::Nested) => nested(dialect, path)?,
            (None, Layout::Json(document)) => json(dialect, &operand(document), path),
        };
        let is_in_json = matches!(self.layout, Layout::Json(_)) && self.own(path).is_none();
        Ok(Expression {
            sql,
            is_in_json,
            is_row: false,
        })
    }

    /// Returns the expression for a property that the API's JSON does not have.
    pub(super) fn addition(
        &self,
        dialect: Dialect,
        path: &'static str,
    ) -> Result<Expression, SqlError> {
        match &self.layout {
            Layout::Json(_) if self.own(path).is_none() => Err(SqlError::MissingColumn(path)),
            _ => self.property(dialect, path),
        }
    }

    /// Returns the expression for an object, which is NULL if the object is absent.
    pub(super) fn object(
        &self,
        dialect: Dialect,
        path: &'static str,
    ) -> Result<Expression, SqlError> {
        let object = match (self.own(path), &self.layout) {
            (None, Layout::Flat) => return Err(SqlError::MissingColumn(path)),
            // `JSON_VALUE` is only for scalars.
            (None, Layout::Json(document)) if dialect == Dialect::BigQuery => {
                let (document, path) = (operand(document), json_path(path));
                let sql = format!("NULLIF(JSON_TYPE(JSON_QUERY({document}, '{path}')), 'null')");
                Expression {
                    sql,
                    is_in_json: true,
                    is_row: false,
                }
            }
            _ => self.property(dialect, path)?,
        };
        Ok(Expression {
            is_row: dialect == Dialect::Postgres,
            ..object
        })
    }

    fn own(&self, path: &str) -> Option<String> {
        let (_, sql) = self.own.iter().find(|(own, _)| own == path)?;
        Some(operand(sql))
    }
}

/// Returns the path of the property that a field is about.
fn path(column: Column) -> Option<&'static str> {
    match column {
        Column::Property(path) | Column::Addition(path) => Some(path),
        Column::None | Column::Unrestricted => None,
    }
}

/// Puts an expression in parentheses, unless it is only a name.
fn operand(sql: &str) -> String {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '"' | '`');
    if sql.chars().all(is_name) {
        sql.to_owned()
    } else {
        format!("({sql})")
    }
}

/// Returns the keys of a property in JSON, which are in lowerCamelCase.
fn keys(path: &str) -> impl Iterator<Item = String> {
    path.split('.').map(|segment| {
        let mut words = segment.split('_');
        let first = words.next().unwrap_or_default().to_owned();
        words.fold(first, |key, word| {
            let mut letters = word.chars();
            let capital = letters.next().map(|first| first.to_ascii_uppercase());
            key + &capital.into_iter().chain(letters).collect::<String>()
        })
    })
}

fn json_path(path: &str) -> String {
    let keys: Vec<String> = keys(path).collect();
    format!("$.{}", keys.join("."))
}

/// Returns the text of a property in a document; NULL if the property is absent or `null`.
fn json(dialect: Dialect, document: &str, path: &str) -> String {
    let in_json = json_path(path);
    match dialect {
        Dialect::DuckDb | Dialect::Sqlite => format!("({document} ->> '{in_json}')"),
        Dialect::Postgres => {
            let keys: Vec<String> = keys(path).collect();
            format!("({document} #>> '{{{}}}')", keys.join(","))
        }
        Dialect::Spark => format!("get_json_object({document}, '{in_json}')"),
        Dialect::BigQuery => format!("JSON_VALUE({document}, '{in_json}')"),
    }
}

/// Returns the field of a struct.
fn nested(dialect: Dialect, path: &str) -> Result<String, SqlError> {
    let keys: Vec<String> = keys(path).collect();
    match (dialect, keys.as_slice()) {
        (Dialect::Sqlite, _) => Err(SqlError::NoStructs(dialect)),
        (Dialect::Postgres, [column, fields @ ..]) => {
            // Names without quotes are in lower case, and `user` is a keyword.
            let quoted = |name: &String| {
                if name.contains(char::is_uppercase) || name == "user" {
                    format!("\"{name}\"")
                } else {
                    name.clone()
                }
            };
            let column = quoted(column);
            Ok(match fields {
                [] => column,
                fields => {
                    let fields: Vec<String> = fields.iter().map(quoted).collect();
                    format!("({column}).{}", fields.join("."))
                }
            })
        }
        (_, keys) => Ok(keys.join(".")),
    }
}
