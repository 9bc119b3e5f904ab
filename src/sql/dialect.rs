//! The engines.

use crate::named::named;

/// The SQL of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// DuckDB.
    DuckDb,
    /// SQLite 3.38 or later.
    Sqlite,
    /// PostgreSQL 14 or later.
    Postgres,
    /// Spark SQL 3.4 or later.
    Spark,
    /// GoogleSQL of BigQuery.
    BigQuery,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: &[Self] = &[
        Self::DuckDb,
        Self::Sqlite,
        Self::Postgres,
        Self::Spark,
        Self::BigQuery,
    ];

    /// Returns the name, such as `duckdb`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DuckDb => "duckdb",
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::Spark => "spark",
            Self::BigQuery => "bigquery",
        }
    }
}

named!(Dialect, "dialect", name);
