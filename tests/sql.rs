//! Filters as SQL. `tests/engines/run` runs them on the engines.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use gchat_filter::sql::{Columns, Dialect, SqlError};
use gchat_filter::{
    Checker, Level, Lint, Method, custom_emojis, members, messages, reactions, section_items,
    space_events, spaces,
};

const BOUND: &str = r#"create_time > "2026-01-31T12:00:00Z""#;

fn members(text: &str, dialect: Dialect, columns: &Columns) -> Result<String, SqlError> {
    members::Filter::parse(text)
        .unwrap()
        .to_sql(dialect, columns)
}

fn messages(text: &str, dialect: Dialect) -> String {
    let filter = messages::Filter::parse(text).unwrap();
    filter.to_sql(dialect, &Columns::flat()).unwrap()
}

#[test]
fn dialects_have_names() {
    let names: Vec<&str> = Dialect::ALL.iter().map(|own| own.name()).collect();
    assert_eq!(names, ["duckdb", "sqlite", "postgres", "spark", "bigquery"]);
    for dialect in Dialect::ALL {
        assert_eq!(dialect.name().parse(), Ok(*dialect));
        assert_eq!(dialect.to_string(), dialect.name());
    }
    assert_eq!(
        "mysql".parse::<Dialect>().unwrap_err().to_string(),
        "unknown dialect `mysql`, expected one of `duckdb`, `sqlite`, `postgres`, `spark`, `bigquery`"
    );
}

#[test]
fn memberships() {
    for (text, sql) in [
        ("", "TRUE"),
        (r#"role = "ROLE_MANAGER""#, "role = 'ROLE_MANAGER'"),
        (
            r#"role = "ROLE_MANAGER" OR role = "ROLE_MEMBER""#,
            "role IN ('ROLE_MEMBER', 'ROLE_MANAGER')",
        ),
        (
            r#"member.type != "BOT""#,
            "(member_type <> 'BOT' OR member_type IS NULL)",
        ),
        (
            r#"member.type != "BOT" AND member.type != "HUMAN""#,
            "(member_type NOT IN ('HUMAN', 'BOT') OR member_type IS NULL)",
        ),
        (
            r#"member.type = "HUMAN" AND role = "ROLE_MEMBER""#,
            "role = 'ROLE_MEMBER' AND member_type = 'HUMAN'",
        ),
        (
            r#"(role = "ROLE_MANAGER" AND member.type = "HUMAN") OR (role = "ROLE_MEMBER" AND member.type = "BOT")"#,
            "((role = 'ROLE_MEMBER' AND member_type = 'BOT') \
             OR (role = 'ROLE_MANAGER' AND member_type = 'HUMAN'))",
        ),
        // A box is as large as possible, so these overlap.
        (
            r#"role = "ROLE_MANAGER" OR member.type = "HUMAN""#,
            "(member_type = 'HUMAN' OR role = 'ROLE_MANAGER')",
        ),
    ] {
        let flat = Columns::flat();
        for dialect in Dialect::ALL {
            assert_eq!(
                members(text, *dialect, &flat).as_deref(),
                Ok(sql),
                "{dialect} {text}"
            );
        }
        let value = members::Filter::parse(text).unwrap();
        let value = value.to_sql_value(Dialect::DuckDb, &flat).unwrap();
        assert_eq!(value, format!("COALESCE({sql}, FALSE)"));
    }
}

#[test]
fn layouts() {
    let text = r#"member.type = "BOT""#;
    for (dialect, nested, json) in [
        (
            Dialect::DuckDb,
            "member.type = 'BOT'",
            "(document ->> '$.member.type') = 'BOT'",
        ),
        (
            Dialect::Postgres,
            "(member).type = 'BOT'",
            "(document #>> '{member,type}') = 'BOT'",
        ),
        (
            Dialect::Spark,
            "member.type = 'BOT'",
            "get_json_object(document, '$.member.type') = 'BOT'",
        ),
        (
            Dialect::BigQuery,
            "member.type = 'BOT'",
            "JSON_VALUE(document, '$.member.type') = 'BOT'",
        ),
    ] {
        assert_eq!(
            members(text, dialect, &Columns::nested()).as_deref(),
            Ok(nested)
        );
        assert_eq!(
            members(text, dialect, &Columns::json("document")).as_deref(),
            Ok(json)
        );
    }
    assert_eq!(
        members(text, Dialect::Sqlite, &Columns::json("j")).as_deref(),
        Ok("(j ->> '$.member.type') = 'BOT'")
    );
    assert_eq!(
        members(text, Dialect::Sqlite, &Columns::nested()),
        Err(SqlError::NoStructs(Dialect::Sqlite))
    );
}

/// Names in camel case need quotes in PostgreSQL, and so does the keyword `user`.
#[test]
fn nested_names() {
    let filter =
        reactions::Filter::parse(r#"emoji.custom_emoji.uid = "a" AND user.name = "users/1""#)
            .unwrap();
    for (dialect, sql) in [
        (
            Dialect::DuckDb,
            "emoji.customEmoji.uid = 'a' AND user.name = 'users/1'",
        ),
        (
            Dialect::Postgres,
            r#"(emoji)."customEmoji".uid = 'a' AND ("user").name = 'users/1'"#,
        ),
    ] {
        assert_eq!(
            filter.to_sql(dialect, &Columns::nested()).as_deref(),
            Ok(sql)
        );
    }
}

#[test]
fn own_columns() {
    let columns = Columns::nested()
        .column("role", "x")
        .column("role", "m.role")
        .column("member.type", "m.j ->> 'type'");
    assert_eq!(
        members(
            r#"role = "ROLE_MEMBER" AND member.type = "BOT""#,
            Dialect::Postgres,
            &columns
        )
        .as_deref(),
        Ok("m.role = 'ROLE_MEMBER' AND (m.j ->> 'type') = 'BOT'")
    );
    for (property, expression, message) in [
        (
            "rol",
            "x",
            "unknown property `rol`, expected one of `role`, `member.type`, `member`",
        ),
        ("role", " ", "the expression for `role` is empty"),
    ] {
        let columns = Columns::flat().column(property, expression);
        let error = members("", Dialect::DuckDb, &columns).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

/// Filters that distinguish a missing member from a member without a type.
#[test]
fn the_presence_of_a_member() {
    use members::{Filter, MemberType};
    let without_type = Filter::type_is(MemberType::Unspecified);
    let no_member = Filter::type_is(MemberType::NoMember);
    let any_member = no_member.complement().unwrap();
    let error = no_member
        .to_sql(Dialect::DuckDb, &Columns::flat())
        .unwrap_err();
    assert_eq!(error, SqlError::MissingColumn("member"));
    assert_eq!(
        error.to_string(),
        "the filter needs `member`, which these columns do not have; give an expression for it"
    );
    let own = Columns::flat().column("member", "member_name");
    for (filter, dialect, columns, sql) in [
        (no_member, Dialect::DuckDb, &own, "member_name IS NULL"),
        (any_member, Dialect::DuckDb, &own, "member_name IS NOT NULL"),
        (
            any_member,
            Dialect::Spark,
            &Columns::nested(),
            "member IS NOT NULL",
        ),
        (
            no_member,
            Dialect::Postgres,
            &Columns::nested(),
            "member IS NOT DISTINCT FROM NULL",
        ),
        (
            without_type,
            Dialect::DuckDb,
            &Columns::nested(),
            "(member.type IN ('TYPE_UNSPECIFIED', '') \
             OR (member IS NOT NULL AND member.type IS NULL))",
        ),
        (
            any_member,
            Dialect::BigQuery,
            &Columns::json("d"),
            "NULLIF(JSON_TYPE(JSON_QUERY(d, '$.member')), 'null') IS NOT NULL",
        ),
    ] {
        assert_eq!(filter.to_sql(dialect, columns).as_deref(), Ok(sql));
    }
}

/// No documented filter needs to know whether there is a member.
#[test]
fn documented_filters_need_two_columns() {
    use members::{Cell, Filter, MemberType, Role};
    // The cells of undocumented roles and types are alike in documented filters.
    let block = |cell: &Cell| {
        let role = match cell.role {
            Role::Member => 1,
            Role::Manager => 2,
            _ => 0,
        };
        let member_type = match cell.member_type {
            MemberType::Human => 1,
            MemberType::Bot => 2,
            _ => 0,
        };
        role * 3 + member_type
    };
    let mut count = 0;
    for blocks in 1..1 << 9 {
        let cells = Cell::all().filter(|cell| blocks >> block(cell) & 1 == 1);
        let filter = Filter::from_cells(cells).unwrap();
        if filter.is_documented() {
            count += 1;
            let sql = filter.to_sql(Dialect::Sqlite, &Columns::flat());
            assert!(sql.is_ok(), "{filter}");
        }
    }
    assert_eq!(count, 124);
}

#[test]
fn timestamps() {
    for (dialect, sql) in [
        (
            Dialect::DuckDb,
            "create_time > TIMESTAMPTZ '2026-01-31T12:00:00Z'",
        ),
        (
            Dialect::Postgres,
            "create_time > TIMESTAMPTZ '2026-01-31T12:00:00Z'",
        ),
        (
            Dialect::Spark,
            "create_time > TIMESTAMP '2026-01-31T12:00:00Z'",
        ),
        (
            Dialect::BigQuery,
            "create_time > TIMESTAMP '2026-01-31T12:00:00Z'",
        ),
        (
            Dialect::Sqlite,
            "(unixepoch(substr(create_time, 1, 19) || ltrim(substr(create_time, 20), '.0123456789')), \
             CAST(CAST('0' || substr(create_time, 20) AS REAL) * 1000000000 + 0.5 AS INTEGER)) \
             > (1769860800, 0)",
        ),
    ] {
        assert_eq!(messages(BOUND, dialect), sql);
        let elsewhere = r#"create_time > "2026-01-31T07:00:00.000-05:00""#;
        assert_eq!(messages(elsewhere, dialect), sql);
    }
}

/// The bound may move, if no microsecond is between it and the one of the filter.
#[test]
fn bounds_are_rounded_to_microseconds() {
    for (comparison, bound, sql) in [
        (
            ">",
            ".000001Z",
            "> TIMESTAMPTZ '2026-01-31T12:00:00.000001Z'",
        ),
        (
            ">",
            ".0000015Z",
            "> TIMESTAMPTZ '2026-01-31T12:00:00.000001Z'",
        ),
        (
            ">",
            ".000001999Z",
            ">= TIMESTAMPTZ '2026-01-31T12:00:00.000002Z'",
        ),
        (
            "<",
            ".000001Z",
            "< TIMESTAMPTZ '2026-01-31T12:00:00.000001Z'",
        ),
        (
            "<",
            ".0000015Z",
            "<= TIMESTAMPTZ '2026-01-31T12:00:00.000001Z'",
        ),
        (
            "<",
            ".000001001Z",
            "<= TIMESTAMPTZ '2026-01-31T12:00:00.000001Z'",
        ),
    ] {
        let text = format!(r#"create_time {comparison} "2026-01-31T12:00:00{bound}""#);
        assert_eq!(
            messages(&text, Dialect::DuckDb),
            format!("create_time {sql}"),
            "{text}"
        );
    }
    let interval =
        r#"create_time > "2026-01-31T12:00:00Z" AND create_time < "2026-01-31T12:00:00.000001Z""#;
    assert_eq!(
        messages(interval, Dialect::DuckDb),
        "create_time > TIMESTAMPTZ '2026-01-31T12:00:00Z' \
         AND create_time < TIMESTAMPTZ '2026-01-31T12:00:00.000001Z'"
    );
}

#[test]
fn intervals_at_the_limits() {
    for (text, sql) in [
        (r#"create_time > "9999-12-31T23:59:59.999999999Z""#, "FALSE"),
        (r#"create_time < "0001-01-01T00:00:00Z""#, "FALSE"),
        (
            r#"create_time < "2026-01-31T12:00:00Z" AND create_time > "2027-01-31T12:00:00Z""#,
            "FALSE",
        ),
        (
            r#"create_time < "9999-12-31T23:59:59.999999999Z""#,
            "create_time <= TIMESTAMPTZ '9999-12-31T23:59:59.999999Z'",
        ),
    ] {
        assert_eq!(messages(text, Dialect::Postgres), sql, "{text}");
    }
}

/// In JSON, a timestamp is text with up to nine digits, so bounds are not rounded.
#[test]
fn timestamps_in_json() {
    let columns = Columns::json("j");
    let filter =
        messages::Filter::parse(r#"create_time < "1969-12-31T23:59:58.999999999Z""#).unwrap();
    for (dialect, end) in [
        (Dialect::DuckDb, " <= -1.000000002"),
        (Dialect::Postgres, " <= -1.000000002"),
        (Dialect::Spark, " <= -1.000000002"),
        (Dialect::BigQuery, " <= NUMERIC '-1.000000002'"),
        (Dialect::Sqlite, " <= (-2, 999999998)"),
    ] {
        let sql = filter.to_sql(dialect, &columns).unwrap();
        assert!(sql.ends_with(end), "{sql}");
    }
    // A column of its own has the engine's type.
    let columns = columns.column("create_time", "created");
    assert_eq!(
        filter.to_sql(Dialect::DuckDb, &columns).as_deref(),
        Ok("created <= TIMESTAMPTZ '1969-12-31T23:59:58.999999Z'")
    );
}

#[test]
fn strings_are_quoted_as_in_each_dialect() {
    for (emoji, expected) in [
        (
            "it's",
            ["'it''s'", "'it''s'", "'it''s'", r"'it\'s'", r"'it\'s'"],
        ),
        (
            r"a\b",
            [r"'a\b'", r"'a\b'", r"E'a\\b'", r"'a\\b'", r"'a\\b'"],
        ),
        ("🙂", ["'🙂'"; 5]),
        ("👩\u{200d}💻", ["'👩\u{200d}💻'"; 5]),
        (
            "a\nb'",
            [
                "('a' || chr(10) || 'b''')",
                "('a' || char(10) || 'b''')",
                r"E'a\u000ab'''",
                r"'a\u000ab\''",
                r"'a\u000ab\''",
            ],
        ),
        (
            "\u{e0067}",
            [
                "(chr(917607))",
                "(char(917607))",
                r"E'\U000e0067'",
                r"'\U000e0067'",
                r"'\U000e0067'",
            ],
        ),
        (
            "${a}",
            ["'${a}'", "'${a}'", "'${a}'", r"'\u0024{a}'", "'${a}'"],
        ),
    ] {
        let text = emoji.replace('\\', r"\\").replace('\n', r"\n");
        let filter = reactions::Filter::parse(&format!("emoji.unicode = \"{text}\"")).unwrap();
        for (dialect, expected) in Dialect::ALL.iter().zip(expected) {
            let sql = filter.to_sql(*dialect, &Columns::flat()).unwrap();
            assert_eq!(sql, format!("emoji_unicode = {expected}"), "{dialect}");
            assert!(!sql.contains('\n'));
        }
    }
    let filter = reactions::Filter::parse(r#"emoji.unicode = "a\u0000""#).unwrap();
    assert_eq!(
        filter
            .to_sql(Dialect::DuckDb, &Columns::flat())
            .unwrap_err()
            .to_string(),
        "a string in the filter has a NUL character, which SQL cannot express"
    );
}

#[test]
fn other_methods() {
    let flat = Columns::flat();
    let reactions = r#"(emoji.unicode = "b" OR emoji.unicode = "a" OR emoji.custom_emoji.uid = "c") AND user.name = "users/1""#;
    let events = concat!(
        r#"(event_types:"google.workspace.chat.space.v1.updated" OR "#,
        r#"event_types:"google.workspace.chat.message.v1.created") AND "#,
        r#"start_time = "2026-01-31T12:00:00Z" AND end_time = "2026-02-01T12:00:00Z""#
    );
    for (sql, expected) in [
        (
            spaces::Filter::parse(r#"space_type = "SPACE""#)
                .unwrap()
                .to_sql(Dialect::Spark, &flat),
            "space_type = 'SPACE'",
        ),
        (
            reactions::Filter::parse(reactions)
                .unwrap()
                .to_sql(Dialect::Spark, &flat),
            "(emoji_unicode IN ('a', 'b') OR emoji_custom_emoji_uid = 'c') AND user_name = 'users/1'",
        ),
        (
            space_events::Filter::parse(events)
                .unwrap()
                .to_sql(Dialect::Spark, &flat),
            "event_type IN ('google.workspace.chat.message.v1.created', \
             'google.workspace.chat.message.v1.batchCreated', \
             'google.workspace.chat.space.v1.updated', \
             'google.workspace.chat.space.v1.batchUpdated') \
             AND event_time > TIMESTAMP '2026-01-31T12:00:00Z' \
             AND event_time <= TIMESTAMP '2026-02-01T12:00:00Z'",
        ),
        (
            section_items::Filter::parse("space = spaces/AAAA")
                .unwrap()
                .to_sql(Dialect::Spark, &flat),
            "space = 'spaces/AAAA'",
        ),
    ] {
        assert_eq!(sql.as_deref(), Ok(expected));
    }
}

#[test]
fn the_creator_is_compared_with_the_caller() {
    let sql = |text: &str, columns: Columns| {
        let filter = custom_emojis::Filter::parse(text).unwrap();
        filter.to_sql(Dialect::DuckDb, &columns)
    };
    let (own, others) = (r#"creator("users/me")"#, r#"NOT creator("users/me")"#);
    assert_eq!(
        sql(own, Columns::flat()).unwrap_err().to_string(),
        "the filter depends on the caller, which is not known; give the caller's name, such as \
         `users/123456789`"
    );
    let flat = Columns::flat().caller("users/1");
    assert_eq!(sql(own, flat.clone()).as_deref(), Ok("creator = 'users/1'"));
    assert_eq!(sql(others, flat).as_deref(), Ok("creator <> 'users/1'"));
    // The API's JSON does not say who created an emoji.
    let json = Columns::json("j").caller("users/1");
    assert_eq!(
        sql(own, json.clone()),
        Err(SqlError::MissingColumn("creator"))
    );
    assert_eq!(
        sql(own, json.column("creator", "by")).as_deref(),
        Ok("by = 'users/1'")
    );
    assert_eq!(sql("", Columns::json("j")).as_deref(), Ok("TRUE"));
}

#[test]
fn filters_of_any_method() {
    let checked = Checker::new().check_method(Method::SpacesMessagesList, BOUND);
    let filter = checked.filter.unwrap();
    let sql = filter.to_sql(Dialect::DuckDb, &Columns::flat()).unwrap();
    assert_eq!(sql, messages(BOUND, Dialect::DuckDb));
    let value = filter
        .to_sql_value(Dialect::DuckDb, &Columns::flat())
        .unwrap();
    assert_eq!(value, format!("COALESCE({sql}, FALSE)"));
}

#[test]
fn parts_without_sql_are_named() {
    for (method, text, part) in [
        (
            Method::SpacesMessagesSearch,
            r#""pending reports" AND has_link()"#,
            "keywords",
        ),
        (Method::SpacesMessagesSearch, "is_unread()", "is_unread"),
        (Method::SpacesMessagesSearch, "has_link()", "has_link"),
        (Method::SpacesMessagesSearch, "attachment:*", "attachment"),
        (
            Method::SpacesMessagesSearch,
            "space.display_name:Project",
            "space.display_name",
        ),
        (
            Method::SpacesMessagesSearch,
            "annotations.user_mentions.user.name:users/1",
            "annotations.user_mentions.user.name",
        ),
        (
            Method::SpacesSearch,
            r#"display_name:"Project" AND space_type = "SPACE""#,
            "display_name",
        ),
    ] {
        let checked = Checker::new().check_method(method, text);
        let filter = checked.filter.unwrap();
        let error = filter
            .to_sql(Dialect::DuckDb, &Columns::flat())
            .unwrap_err();
        let expected = format!(
            "no predicate of SQL has the meaning of `{part}`; filter the rows with `matches` instead"
        );
        assert_eq!(error.to_string(), expected, "{text}");
    }
}

/// A filter of a search, in all columns of a layout.
fn search(
    method: Method,
    text: &str,
    dialect: Dialect,
    columns: &Columns,
) -> Result<String, SqlError> {
    let checker = Checker::new()
        .admin_access(text.contains("customer"))
        .level(Lint::UndocumentedValue, Level::Allow);
    let filter = checker.check_method(method, text).filter.unwrap();
    filter.to_sql(dialect, columns)
}

#[test]
fn searches_of_spaces() {
    let required = r#"customer = "customers/my_customer" AND space_type = "SPACE""#;
    for (comparisons, expected) in [
        ("", ""),
        (
            r#"external_user_allowed = "true""#,
            " AND external_user_allowed = TRUE",
        ),
        // An absent boolean is false.
        (
            r#"external_user_allowed = "false""#,
            " AND (external_user_allowed = FALSE OR external_user_allowed IS NULL)",
        ),
        (
            r#"(external_user_allowed = "true" OR external_user_allowed = "false")"#,
            "",
        ),
        (
            r#"(space_history_state = "HISTORY_OFF" OR space_history_state = "HISTORY_ON")"#,
            " AND space_history_state IN ('HISTORY_ON', 'HISTORY_OFF')",
        ),
        // A space with this state is like one without a state.
        (
            r#"space_history_state = "HISTORY_STATE_UNSPECIFIED""#,
            " AND FALSE",
        ),
        (
            r#"create_time <= "2026-01-31T12:00:00Z" AND (last_active_time = "2026-01-31T12:00:00Z" OR last_active_time > "2026-02-01T12:00:00Z")"#,
            " AND create_time <= TIMESTAMPTZ '2026-01-31T12:00:00Z' \
             AND ((last_active_time >= TIMESTAMPTZ '2026-01-31T12:00:00Z' \
             AND last_active_time <= TIMESTAMPTZ '2026-01-31T12:00:00Z') \
             OR last_active_time > TIMESTAMPTZ '2026-02-01T12:00:00Z')",
        ),
    ] {
        let and = if comparisons.is_empty() { "" } else { " AND " };
        let text = format!("{required}{and}{comparisons}");
        let sql = search(
            Method::SpacesSearch,
            &text,
            Dialect::DuckDb,
            &Columns::flat(),
        );
        let expected = format!("space_type = 'SPACE'{expected}");
        assert_eq!(sql, Ok(expected), "{text}");
    }
    // Every row is in the organization, but other parts need their columns.
    let own = Columns::flat().column("customer", "c");
    assert_eq!(
        search(Method::SpacesSearch, required, Dialect::DuckDb, &own)
            .unwrap_err()
            .to_string(),
        "unknown property `customer`, expected one of `space_type`, `external_user_allowed`, \
         `space_history_state`, `create_time`, `last_active_time`"
    );
}

/// In JSON, a boolean is read as text, except in SQLite.
#[test]
fn booleans_in_json() {
    let of = |value| format!(r#"space_type = "SPACE" AND external_user_allowed = "{value}""#);
    let column = "(j ->> '$.externalUserAllowed')";
    for (dialect, columns, value, expected) in [
        (
            Dialect::DuckDb,
            Columns::json("j"),
            "true",
            format!("{column} = 'true'"),
        ),
        (
            Dialect::DuckDb,
            Columns::json("j"),
            "false",
            format!("({column} = 'false' OR {column} IS NULL)"),
        ),
        (
            Dialect::Sqlite,
            Columns::json("j"),
            "true",
            format!("{column} = TRUE"),
        ),
        (
            Dialect::Sqlite,
            Columns::json("j"),
            "false",
            format!("({column} = FALSE OR {column} IS NULL)"),
        ),
        (
            Dialect::DuckDb,
            Columns::json("j").column("external_user_allowed", "open"),
            "true",
            "open = TRUE".to_owned(),
        ),
    ] {
        let sql = search(Method::SpacesSearch, &of(value), dialect, &columns).unwrap();
        let (_, sql) = sql.split_once(" AND ").unwrap();
        assert_eq!(sql, expected);
    }
}

#[test]
fn searches_of_messages() {
    let flat = Columns::flat().caller("users/1");
    for (text, expected) in [
        (
            r#"create_time >= "2026-01-31T12:00:00Z""#,
            "create_time >= TIMESTAMPTZ '2026-01-31T12:00:00Z'",
        ),
        (
            r#"sender.name = "users/dana@example.com" AND space.name = "spaces/A""#,
            "sender_name = 'users/dana@example.com' AND space_name = 'spaces/A'",
        ),
        (r#"sender.name = "users/me""#, "sender_name = 'users/1'"),
        (
            r#"sender.name = "users/me" OR sender.name = "users/1""#,
            "sender_name = 'users/1'",
        ),
        (
            r#"sender.name = "users/me" OR sender.name = "users/2""#,
            "sender_name IN ('users/1', 'users/2')",
        ),
        (
            r#"space.space_type = "SPACE" OR space.space_type = "GROUP_CHAT""#,
            "space_space_type IN ('GROUP_CHAT', 'SPACE')",
        ),
    ] {
        let sql = search(Method::SpacesMessagesSearch, text, Dialect::DuckDb, &flat);
        assert_eq!(sql.as_deref(), Ok(expected), "{text}");
    }
    let of = |text, columns: &Columns| {
        search(
            Method::SpacesMessagesSearch,
            text,
            Dialect::Postgres,
            columns,
        )
    };
    assert_eq!(
        of(r#"sender.name = "users/me""#, &Columns::flat()),
        Err(SqlError::UnknownCaller)
    );
    // The API's messages only have the name of their space.
    let space_type = r#"space.space_type = "SPACE""#;
    let json = Columns::json("j");
    assert_eq!(
        of(space_type, &json),
        Err(SqlError::MissingColumn("space.space_type"))
    );
    assert_eq!(
        of(space_type, &json.column("space.space_type", "s.type")).as_deref(),
        Ok("s.type = 'SPACE'")
    );
    assert_eq!(
        of(space_type, &Columns::nested()).as_deref(),
        Ok(r#"(space)."spaceType" = 'SPACE'"#)
    );
}
