//! Filters as predicates of SQL, for exported resources.
//!
//! [`Filter::to_sql`] returns the text for the WHERE clause of an engine that has the memberships,
//! messages or events in a table, so that a checked filter selects the same resources there as its
//! `matches` does in memory.
//!
//! ```
//! use gchat_filter::members::Filter;
//! use gchat_filter::sql::{Columns, Dialect};
//!
//! let filter: Filter = r#"role = "ROLE_MANAGER" AND member.type != "BOT""#.parse()?;
//! assert_eq!(
//!     filter.to_sql(Dialect::DuckDb, &Columns::nested())?,
//!     "role = 'ROLE_MANAGER' AND (member.type <> 'BOT' OR member.type IS NULL)"
//! );
//! assert_eq!(
//!     filter.to_sql(Dialect::Postgres, &Columns::flat().column("role", "m.role"))?,
//!     "m.role = 'ROLE_MANAGER' AND (member_type <> 'BOT' OR member_type IS NULL)"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Columns
//!
//! A filter needs the properties of a resource that its fields are about. [`Columns`] has an SQL
//! expression for each:
//!
//! | filters of | properties |
//! |---|---|
//! | `spaces.members.list` | `role`, `member.type`, `member` |
//! | `spaces.list` | `space_type` |
//! | `spaces.search` | `space_type`, `external_user_allowed`, `space_history_state`, `create_time`, `last_active_time` |
//! | `spaces.messages.list` | `create_time`, `thread.name` |
//! | `spaces.messages.search` | `create_time`, `sender.name`, `space.name`, `space.space_type` |
//! | `spaces.messages.reactions.list` | `emoji.unicode`, `emoji.custom_emoji.uid`, `user.name` |
//! | `spaces.spaceEvents.list` | `event_type`, `event_time` |
//! | `customEmojis.list` | `creator` |
//! | `users.sections.items.list` | `space` |
//!
//! `member` is only needed by filters that distinguish a membership without a member, which is that of
//! a Google Group, from one whose member has no type. No documented filter does. It may be any
//! expression that is NULL where there is no member.
//!
//! # Values
//!
//! - An absent value is NULL, in [JSON](Columns::json) also a missing key or `null`.
//! - The value of an enum is its name. An integer, which [`Membership`](crate::members::Membership)
//!   would read from JSON, is a name that is not known.
//! - A timestamp is of the engine's type for instants, with microseconds: `TIMESTAMPTZ` of DuckDB and
//!   PostgreSQL, `TIMESTAMP` of Spark and BigQuery. A type without a time zone is wrong in sessions
//!   with a time zone other than UTC; give the column as `create_time AT TIME ZONE 'UTC'` then. In
//!   SQLite, which has no such type, and in JSON, a timestamp is text in the format of RFC 3339, with
//!   any offset and up to nine fraction digits.
//! - A boolean is of the engine's type, in SQLite 0 or 1. An absent one is false.
//! - Users have their names, not aliases such as `users/me`. Filters of `creator` and `sender.name` that
//!   have `users/me` require [`Columns::caller`]. An email address only equals itself.
//! - `space.name` is only this property: where a message does not have it, [`messages_search::Filter`](crate::messages_search::Filter)
//!   takes the space from the message's name. The API's JSON of a message has no `space.space_type`: give
//!   an expression for it, such as a column of the table of spaces.
//!
//! # Design decisions
//!
//! | decision | reason |
//! |---|---|
//! | `member.type != "BOT"` is `(c <> 'BOT' OR c IS NULL)`. | A Google Group has no type. `COALESCE` and `IS NOT TRUE` have the same meaning, but engines read all row groups of a Parquet file for them. |
//! | A filter of memberships is an OR of the fewest boxes, each a set of roles and a set of types, as large as possible. | Engines skip more row groups than for the shortest text. |
//! | A bound is rounded to microseconds so that the comparison has the same result for every microsecond. SQLite and JSON have nanoseconds. | A literal with more digits is an error in some engines, and is rounded in others. |
//! | A timestamp is written in UTC as a literal with a time zone; text is compared as decimal seconds since 1970. | The time zone of the session cannot change it. |
//! | Invisible characters in strings are escaped. NUL is an error. | The predicate is one line. PostgreSQL has no NUL. |
//! | An enum's empty text is its default value, as in JSON. | Some tools write it. |
//! | Where both emoji columns have a value, either can match. | The API has at most one. |
//! | Words, keywords, flags and mentions are errors. | The engines do not agree on what a word is; the others are not in a column of a type that all have. |
//! | A comparison of `customer` holds for every row. | A table has the spaces of one organization. |
//!
//! SQLite, DuckDB, PostgreSQL and Spark were run on tables with every combination of values and of
//! ways to be absent. BigQuery was not run: a parser for its dialect accepts the text.
//!
//! # Security
//!
//! Whatever a filter contains is in the predicate as a string or a timestamp. The expressions of
//! [`Columns`] are trusted: they are copied into the predicate, so they must not come from users.

mod columns;
mod dialect;
mod error;
mod literal;
mod predicate;
mod timestamp;

pub use self::columns::Columns;
pub use self::dialect::Dialect;
pub use self::error::SqlError;

use self::predicate::Predicate;
use crate::analysis::condition::Condition;
use crate::filter::{Filter, Language};
use crate::methods::AnyFilter;
use crate::schema::Declaration;

impl<L: Language> Filter<L> {
    /// Returns a predicate of SQL that holds for the rows that the filter matches.
    ///
    /// For a row that does not match, the predicate is false or NULL, which are the same to WHERE. It
    /// is one line, and can be an operand of AND.
    ///
    /// # Errors
    ///
    /// If the filter needs what the columns do not have: a property without an expression, structs in
    /// SQLite, the caller for `creator("users/me")`. If `columns` names a property that resources of
    /// the method do not have. If a part of the filter has no SQL, or a string has a NUL character.
    pub fn to_sql(&self, dialect: Dialect, columns: &Columns) -> Result<String, SqlError> {
        to_sql(self.boxes(), dialect, columns)
    }

    /// Returns an expression of SQL that is true for the rows that the filter matches, and false for
    /// all others: never NULL.
    ///
    /// For SELECT, NOT and CHECK. In WHERE, use [`to_sql`](Self::to_sql), for which engines can use
    /// indexes and statistics.
    ///
    /// # Errors
    ///
    /// As for [`to_sql`](Self::to_sql).
    pub fn to_sql_value(&self, dialect: Dialect, columns: &Columns) -> Result<String, SqlError> {
        self.to_sql(dialect, columns).map(|sql| as_value(&sql))
    }
}

impl AnyFilter {
    /// Returns a predicate of SQL, as [`Filter::to_sql`] does.
    ///
    /// # Errors
    ///
    /// As for [`Filter::to_sql`].
    pub fn to_sql(&self, dialect: Dialect, columns: &Columns) -> Result<String, SqlError> {
        to_sql(self.boxes(), dialect, columns)
    }

    /// Returns an expression of SQL that is never NULL, as [`Filter::to_sql_value`] does.
    ///
    /// # Errors
    ///
    /// As for [`Filter::to_sql`].
    pub fn to_sql_value(&self, dialect: Dialect, columns: &Columns) -> Result<String, SqlError> {
        self.to_sql(dialect, columns).map(|sql| as_value(&sql))
    }
}

fn as_value(predicate: &str) -> String {
    format!("COALESCE({predicate}, FALSE)")
}

fn to_sql(
    (declaration, boxes): (&'static Declaration, Vec<Vec<Condition<'_>>>),
    dialect: Dialect,
    columns: &Columns,
) -> Result<String, SqlError> {
    columns.check(declaration)?;
    let boxes = boxes.iter().map(|conditions| {
        let conditions = conditions.iter();
        let conditions = conditions.filter_map(|condition| {
            predicate::condition(declaration, condition, dialect, columns).transpose()
        });
        conditions.collect::<Result<_, _>>().map(Predicate::And)
    });
    let predicate = Predicate::Or(boxes.collect::<Result<_, _>>()?);
    Ok(predicate.to_string())
}
