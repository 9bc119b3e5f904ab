//! Why a filter has no SQL.

use super::Dialect;

/// The reason why there is no predicate of SQL for a filter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum SqlError {
    /// A part of the filter has a meaning that the engines do not share, such as words.
    #[error("no predicate of SQL has the meaning of `{0}`; filter the rows with `matches` instead")]
    Unsupported(&'static str),
    /// The filter needs a property for which the columns have no expression.
    #[error("the filter needs `{0}`, which these columns do not have; give an expression for it")]
    MissingColumn(&'static str),
    /// The columns have an expression for what resources of the method do not have.
    #[error("unknown property `{}`, expected one of {}", .name.escape_debug(), list(.expected))]
    UnknownColumn {
        /// The name that was given.
        name: String,
        /// The properties that filters of the method can need.
        expected: Vec<&'static str>,
    },
    /// The columns have an empty expression for a property, by its name.
    #[error("the expression for `{}` is empty", .0.escape_debug())]
    EmptyExpression(String),
    /// The filter compares with the calling user, whom the columns do not have.
    #[error(
        "the filter depends on the caller, which is not known; give the caller's name, such as `users/123456789`"
    )]
    UnknownCaller,
    /// The engine has no structs.
    #[error("`{0}` has no structs; use flat columns or JSON")]
    NoStructs(Dialect),
    /// A string of the filter has the character U+0000.
    #[error("a string in the filter has a NUL character, which SQL cannot express")]
    Nul,
}

fn list(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
