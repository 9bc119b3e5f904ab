//! Comparisons of timestamps.

use super::Dialect;
use super::columns::Expression;
use super::predicate::Predicate;
use crate::values::Timestamp;

/// Nanoseconds of a microsecond.
const MICRO: u32 = 1_000;

/// Returns that a column is in an interval, by its first and its last timestamp.
pub(super) fn interval(
    dialect: Dialect,
    column: &Expression,
    (first, last): (Timestamp, Timestamp),
) -> Predicate {
    let is_text = is_text(dialect, column);
    let lower = (first > Timestamp::MIN).then(|| lower(first, is_text));
    let upper = (last < Timestamp::MAX).then(|| upper(last, is_text));
    let bounds: Vec<Predicate> = [lower, upper]
        .into_iter()
        .flatten()
        .map(|(comparator, bound)| comparison(dialect, column, comparator, bound))
        .collect();
    if bounds.is_empty() {
        return Predicate::Test(format!("{} IS NOT NULL", column.sql));
    }
    Predicate::And(bounds)
}

fn is_aligned(timestamp: Timestamp) -> bool {
    timestamp.nanos().is_multiple_of(MICRO)
}

/// Returns the microsecond that a timestamp is in.
fn floor(timestamp: Timestamp) -> Timestamp {
    let nanos = timestamp.nanos() / MICRO * MICRO;
    Timestamp::new(timestamp.seconds(), nanos).unwrap_or(timestamp)
}

/// Returns a comparison for everything from a timestamp on.
///
/// The first microsecond from a timestamp between two on is the one after the microsecond that the
/// timestamp is in.
fn lower(first: Timestamp, has_nanos: bool) -> (&'static str, Timestamp) {
    match first.previous() {
        _ if is_aligned(first) => (">=", first),
        Some(previous) if !has_nanos || is_aligned(previous) => (">", floor(previous)),
        _ => (">=", first),
    }
}

/// Returns a comparison for everything up to a timestamp.
fn upper(last: Timestamp, has_nanos: bool) -> (&'static str, Timestamp) {
    match last.next() {
        _ if is_aligned(last) => ("<=", last),
        Some(next) if is_aligned(next) => ("<", next),
        _ if has_nanos => ("<=", last),
        _ => ("<=", floor(last)),
    }
}

/// Returns whether timestamps are text, which has nanoseconds.
fn is_text(dialect: Dialect, column: &Expression) -> bool {
    column.is_in_json || dialect == Dialect::Sqlite
}

fn comparison(
    dialect: Dialect,
    column: &Expression,
    comparator: &str,
    bound: Timestamp,
) -> Predicate {
    let sql = &column.sql;
    Predicate::Test(if !is_text(dialect, column) {
        format!("{sql} {comparator} {}", literal(dialect, bound))
    } else if dialect == Dialect::Sqlite {
        // Seconds and nanoseconds: together they may exceed 64 bits. The seconds are those of the text
        // without its fraction, which SQLite would round.
        let seconds =
            format!("unixepoch(substr({sql}, 1, 19) || ltrim(substr({sql}, 20), '.0123456789'))");
        let nanos =
            format!("CAST(CAST('0' || substr({sql}, 20) AS REAL) * 1000000000 + 0.5 AS INTEGER)");
        let (bound, bound_nanos) = (bound.seconds(), bound.nanos());
        format!("({seconds}, {nanos}) {comparator} ({bound}, {bound_nanos})")
    } else {
        let instant = seconds(dialect, sql);
        format!("{instant} {comparator} {}", decimal(dialect, bound))
    })
}

/// Returns a literal with a time zone.
fn literal(dialect: Dialect, timestamp: Timestamp) -> String {
    match dialect {
        Dialect::DuckDb | Dialect::Postgres => format!("TIMESTAMPTZ '{timestamp}'"),
        Dialect::Sqlite | Dialect::Spark | Dialect::BigQuery => format!("TIMESTAMP '{timestamp}'"),
    }
}

/// Returns the decimal seconds since 1970 of a text. The fraction is added separately, because types
/// for timestamps have no nanoseconds.
fn seconds(dialect: Dialect, sql: &str) -> String {
    match dialect {
        Dialect::DuckDb | Dialect::Sqlite => format!(
            "(CAST(epoch(CAST(regexp_replace({sql}, '[.][0-9]+', '') AS TIMESTAMPTZ)) AS BIGINT) \
             + CAST('0' || regexp_extract({sql}, '[.][0-9]+') AS DECIMAL(10, 9)))"
        ),
        Dialect::Postgres => format!(
            "(EXTRACT(EPOCH FROM CAST(regexp_replace({sql}, '[.][0-9]+', '') AS TIMESTAMPTZ)) \
             + COALESCE(CAST(substring({sql} FROM '[.][0-9]+') AS NUMERIC), 0))"
        ),
        Dialect::Spark => format!(
            "(unix_seconds(CAST(regexp_replace({sql}, '[.][0-9]+', '') AS TIMESTAMP)) \
             + CAST(concat('0', regexp_extract({sql}, '[.][0-9]+', 0)) AS DECIMAL(10, 9)))"
        ),
        Dialect::BigQuery => format!(
            "(UNIX_SECONDS(TIMESTAMP(REGEXP_REPLACE({sql}, '[.][0-9]+', ''))) \
             + CAST(CONCAT('0', IFNULL(REGEXP_EXTRACT({sql}, '[.][0-9]+'), '')) AS NUMERIC))"
        ),
    }
}

/// Returns a timestamp as decimal seconds since 1970.
fn decimal(dialect: Dialect, timestamp: Timestamp) -> String {
    let (seconds, nanos) = (timestamp.seconds(), timestamp.nanos());
    // The fraction counts forward, also before 1970.
    let nanos_of_all = i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
    let sign = if nanos_of_all < 0 { "-" } else { "" };
    let (seconds, nanos) = (
        nanos_of_all.unsigned_abs() / 1_000_000_000,
        nanos_of_all.unsigned_abs() % 1_000_000_000,
    );
    if nanos == 0 {
        return format!("{sign}{seconds}");
    }
    let digits = format!("{nanos:09}");
    let number = format!("{sign}{seconds}.{}", digits.trim_end_matches('0'));
    match dialect {
        // A number with a point is not decimal.
        Dialect::BigQuery => format!("NUMERIC '{number}'"),
        _ => number,
    }
}
