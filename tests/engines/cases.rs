//! Prints filters as SQL, with the rows that they match, for `tests/engines/run`.
//!
//! Filters of memberships are all documented meanings and a sample of the others, and those of other
//! methods are random. The rows have all combinations of values and of ways to be absent, and
//! timestamps beside each bound.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "failures are shown by panicking"
)]

use std::collections::BTreeMap;
use std::io::Write;

use gchat_filter::sql::{Columns, Dialect};
use gchat_filter::{
    AnyFilter, Checker, Context, Level, Lint, Method, Timestamp, custom_emojis, members, messages,
    reactions, section_items, space_events, spaces,
};
use serde_json::{Value, json};

/// Number of random filters of each method, unless the first argument is another one.
const FILTERS: usize = 1_000;

/// A linear congruential generator, so that the cases are always the same, and the number of random
/// filters of each method.
struct Random {
    state: u64,
    filters: usize,
}

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let high = usize::try_from(self.state >> 33).unwrap();
        high % limit
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// A row: the resource as JSON, and whether its timestamp is a whole microsecond.
struct Row {
    document: String,
    is_micro: bool,
}

fn main() {
    let filters = std::env::args().nth(1);
    let mut random = Random {
        state: 20_261_128,
        filters: filters.map_or(FILTERS, |number| number.parse().unwrap()),
    };
    let mut out = std::io::stdout().lock();
    let times = times();
    let cases = [
        memberships(&mut random),
        case(
            Method::SpacesList,
            &[("space_type", "text")],
            &space_rows(),
            &spaces_comparisons(),
            &mut random,
        ),
        case(
            Method::SpacesSearch,
            &[
                ("space_type", "text"),
                ("external_user_allowed", "boolean"),
                ("space_history_state", "text"),
                ("create_time", "timestamp"),
                ("last_active_time", "timestamp"),
            ],
            &searched_space_rows(&times, &mut random),
            &searched_space_comparisons(),
            &mut random,
        ),
        case(
            Method::SpacesMessagesList,
            &[("create_time", "timestamp"), ("thread.name", "text")],
            &message_rows(&times, &mut random),
            &message_comparisons(),
            &mut random,
        ),
        case(
            Method::SpacesMessagesSearch,
            &[
                ("create_time", "timestamp"),
                ("sender.name", "text"),
                ("space.name", "text"),
                ("space.space_type", "text"),
            ],
            &searched_message_rows(&times, &mut random),
            &searched_message_comparisons(),
            &mut random,
        ),
        case(
            Method::SpacesMessagesReactionsList,
            &[
                ("emoji.unicode", "text"),
                ("emoji.custom_emoji.uid", "text"),
                ("user.name", "text"),
            ],
            &reaction_rows(),
            &reaction_comparisons(),
            &mut random,
        ),
        case(
            Method::SpacesSpaceEventsList,
            &[("event_type", "text"), ("event_time", "timestamp")],
            &event_rows(&times, &mut random),
            &event_comparisons(),
            &mut random,
        ),
        case(
            Method::CustomEmojisList,
            &[("creator", "text")],
            &emoji_rows(),
            &[vec![
                r#"creator("users/me")"#.to_owned(),
                r#"NOT creator("users/me")"#.to_owned(),
            ]],
            &mut random,
        ),
        case(
            Method::UsersSectionsItemsList,
            &[("space", "text")],
            &item_rows(),
            &[vec!["spaces/A", "spaces/it-s", "spaces/B"]]
                .map(|names| names.iter().map(|name| format!("space = {name}")).collect()),
            &mut random,
        ),
    ];
    for case in cases {
        writeln!(out, "{case}").unwrap();
    }
}

/// The caller, in the text of whose name nothing may be lost.
const CALLER: &str = r"users/o'bri\en";

/// The columns to try, by name.
fn layouts(method: Method) -> Vec<(&'static str, Columns)> {
    let mut layouts = vec![
        ("flat", Columns::flat()),
        ("nested", Columns::nested()),
        ("json", Columns::json("document")),
    ];
    if method == Method::SpacesMembersList {
        layouts.push((
            "flat with member",
            Columns::flat().column("member", "has_member"),
        ));
    }
    let layouts = layouts.into_iter();
    layouts
        .map(|(name, columns)| (name, columns.caller(CALLER)))
        .collect()
}

/// A filter with all its SQL, and a digit for each row that says whether it matches.
fn filter(method: Method, filter: &AnyFilter, rows: &[Row]) -> Value {
    let mut sql = BTreeMap::new();
    for dialect in Dialect::ALL {
        for (layout, columns) in layouts(method) {
            let text = match filter.to_sql(*dialect, &columns) {
                Ok(predicate) => json!({
                    "where": predicate,
                    "value": filter.to_sql_value(*dialect, &columns).unwrap(),
                }),
                Err(error) => json!({"error": error.to_string()}),
            };
            sql.insert(format!("{dialect} {layout}"), text);
        }
    }
    let matches: String = rows
        .iter()
        .map(|row| {
            if matches(filter, &row.document) {
                '1'
            } else {
                '0'
            }
        })
        .collect();
    json!({"text": filter.to_string(), "matches": matches, "sql": sql})
}

fn matches(filter: &AnyFilter, document: &str) -> bool {
    fn read<'d, T: serde::Deserialize<'d>>(document: &'d str) -> T {
        serde_json::from_str(document).unwrap()
    }
    match filter {
        AnyFilter::Members(filter) => filter.matches(&read::<members::Membership>(document)),
        AnyFilter::Spaces(filter) => filter.matches(&read::<spaces::Space>(document)),
        AnyFilter::SpacesSearch(filter) => filter.matches(&read::<spaces::Space>(document)),
        AnyFilter::Messages(filter) => filter.matches(&read::<messages::Message>(document)),
        AnyFilter::MessagesSearch(filter) => {
            let message: messages::Message = read(document);
            let context = Context::new().caller(CALLER);
            // The columns have the type that a context knows.
            let context = match message.space.clone() {
                Some(space) => context.space(space),
                None => context,
            };
            filter.matches(&message, &context).unwrap()
        }
        AnyFilter::Reactions(filter) => filter.matches(&read::<reactions::Reaction>(document)),
        AnyFilter::SpaceEvents(filter) => {
            filter.matches(&read::<space_events::SpaceEvent>(document))
        }
        AnyFilter::CustomEmojis(filter) => {
            let emoji: Value = serde_json::from_str(document).unwrap();
            let context = Context::new().caller(CALLER);
            let emoji = Emoji(emoji["creator"].as_str().map(str::to_owned));
            // Nothing is selected if the creator is not known.
            filter.matches(&emoji, &context).unwrap_or_default()
        }
        AnyFilter::SectionItems(filter) => {
            filter.matches(&read::<section_items::SectionItem>(document))
        }
        _ => panic!("no rows for `{filter}`"),
    }
}

struct Emoji(Option<String>);

impl custom_emojis::Matchable for Emoji {
    fn name(&self) -> Option<&str> {
        None
    }

    fn creator(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

/// Random filters of comparisons, by their groups.
fn case(
    method: Method,
    columns: &[(&str, &str)],
    rows: &[Row],
    comparisons: &[Vec<String>],
    random: &mut Random,
) -> Value {
    let mut filters = BTreeMap::new();
    let checker = Checker::new()
        .admin_access(method == Method::SpacesSearch)
        .level(Lint::UndocumentedValue, Level::Allow);
    // Some methods have fewer filters.
    for _ in 0..60 * random.filters {
        if filters.len() == random.filters {
            break;
        }
        let text = text(comparisons, random);
        if let Some(own) = checker.check_method(method, &text).filter {
            filters.entry(own.to_string()).or_insert(own);
        }
    }
    let filters: Vec<Value> = filters
        .values()
        .map(|own| filter(method, own, rows))
        .collect();
    written(method, columns, rows, &filters)
}

fn written(method: Method, columns: &[(&str, &str)], rows: &[Row], filters: &[Value]) -> Value {
    let rows: Vec<Value> = rows
        .iter()
        .map(|row| json!({"document": row.document, "is_micro": row.is_micro}))
        .collect();
    json!({"method": method.name(), "columns": columns, "rows": rows, "filters": filters})
}

/// Up to three comparisons of each group, joined by OR, and the groups joined by AND.
fn text(comparisons: &[Vec<String>], random: &mut Random) -> String {
    let mut groups = Vec::new();
    for group in comparisons {
        let count = *random.pick(&[0, 1, 1, 2, 3]);
        let own: Vec<&str> = (0..count).map(|_| random.pick(group).as_str()).collect();
        if count > 0 {
            groups.push(format!("({})", own.join(" OR ")));
        }
    }
    groups.join(" AND ")
}

fn row(document: String) -> Row {
    Row {
        document,
        is_micro: true,
    }
}

/// The ways in which a key has a text or is absent.
fn keys(key: &str, texts: &[&str]) -> Vec<String> {
    let texts = texts
        .iter()
        .map(|text| format!(r#""{key}": {}"#, json!(text)));
    texts
        .chain([format!(r#""{key}": null"#), r#""other": 1"#.to_owned()])
        .collect()
}

fn memberships(random: &mut Random) -> Value {
    let roles = [
        "ROLE_MEMBER",
        "ROLE_MANAGER",
        "ROLE_ASSISTANT_MANAGER",
        "MEMBERSHIP_ROLE_UNSPECIFIED",
        "",
        "ROLE_OF_THE_FUTURE",
    ];
    let types = ["HUMAN", "BOT", "TYPE_UNSPECIFIED", "", "it's new"];
    let mut members: Vec<String> = keys("type", &types)
        .into_iter()
        .map(|key| format!(r#""member": {{{key}}}"#))
        .collect();
    members.extend([
        r#""member": {}"#.to_owned(),
        r#""member": {"name": "users/1", "type": "HUMAN"}"#.to_owned(),
        r#""member": null"#.to_owned(),
        r#""another": null"#.to_owned(),
        r#""groupMember": {"name": "groups/1"}"#.to_owned(),
    ]);
    let roles = keys("role", &roles);
    let rows = roles
        .iter()
        .flat_map(|role| members.iter().map(move |member| (role, member)));
    let rows: Vec<Row> = rows
        .map(|(role, member)| row(format!("{{{role}, {member}}}")))
        .collect();

    let mut filters = BTreeMap::new();
    let count = random.filters / 4;
    let documented = (1..1_u32 << 9).filter_map(documented);
    let sample = std::iter::repeat_with(|| {
        members::Filter::from_bits(u32::try_from(random.below(1 << 25)).unwrap())
    });
    for own in documented.chain(sample.flatten().take(count)) {
        filters.insert(own.to_bits(), own);
    }
    let filters: Vec<Value> = filters
        .into_values()
        .map(|own| {
            let mut value = filter(Method::SpacesMembersList, &AnyFilter::Members(own), &rows);
            value["is_documented"] = own.is_documented().into();
            value
        })
        .collect();
    let columns = [("role", "text"), ("member.type", "text")];
    written(Method::SpacesMembersList, &columns, &rows, &filters)
}

/// The filter of a set of nine blocks of cells, if documented text can express it.
fn documented(blocks: u32) -> Option<members::Filter> {
    use members::{Cell, MemberType, Role};
    let block = |cell: &Cell| {
        let role = match cell.role {
            Role::Member => 1,
            Role::Manager => 2,
            _ => 0,
        };
        let member_type = match cell.member_type {
            MemberType::Human => 0,
            MemberType::Bot => 1,
            _ => 2,
        };
        role * 3 + member_type
    };
    let cells = Cell::all().filter(|cell| blocks >> block(cell) & 1 == 1);
    members::Filter::from_cells(cells).filter(|own| own.is_documented())
}

/// The bounds of intervals.
const BOUNDS: [&str; 18] = [
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00.000000001Z",
    "1582-10-10T00:00:00Z",
    "1969-12-31T23:59:59.999999999Z",
    "1970-01-01T00:00:00Z",
    "2026-01-31T12:00:00Z",
    "2026-01-31T12:00:00.000000001Z",
    "2026-01-31T12:00:00.000000999Z",
    "2026-01-31T12:00:00.000001Z",
    "2026-01-31T12:00:00.123456789Z",
    "2026-03-29T02:30:00+01:00",
    "2026-11-01T01:30:00-04:00",
    "2026-12-31T23:59:59.999999Z",
    "2027-01-01T00:00:00Z",
    "2262-04-11T23:47:16.854775807Z",
    "2262-04-11T23:47:16.854775808Z",
    "2300-01-01T00:00:00.5Z",
    "9999-12-31T23:59:59.999999999Z",
];

/// Each bound, and what is a nanosecond and a microsecond beside it.
fn times() -> Vec<Timestamp> {
    let bounds = BOUNDS
        .iter()
        .map(|bound| bound.parse::<Timestamp>().unwrap());
    let mut times: Vec<Timestamp> = bounds
        .flat_map(|bound| {
            let nanos = i128::from(bound.seconds()) * 1_000_000_000 + i128::from(bound.nanos());
            let floor = nanos.div_euclid(1_000) * 1_000;
            let near = [nanos - 1, nanos, nanos + 1];
            let near = near
                .into_iter()
                .chain([-1_000, 0, 1_000, 2_000].map(|micros| floor + micros));
            near.filter_map(|nanos| {
                let seconds = i64::try_from(nanos.div_euclid(1_000_000_000)).ok()?;
                Timestamp::new(
                    seconds,
                    u32::try_from(nanos.rem_euclid(1_000_000_000)).ok()?,
                )
            })
        })
        .collect();
    times.sort_unstable();
    times.dedup();
    times
}

/// A timestamp as text, with an offset and a number of digits that vary.
fn written_time(time: Timestamp, random: &mut Random) -> String {
    let (offset, name) = *random.pick(&[
        (0, "Z"),
        (0, "+00:00"),
        (1_800, "+00:30"),
        (-14_400, "-04:00"),
    ]);
    let Some(local) = Timestamp::new(time.seconds() + offset, 0) else {
        return time.to_string();
    };
    let local = local.to_string();
    let digits = format!("{:09}", time.nanos());
    let kept = digits.trim_end_matches('0').len();
    let kept = if kept == 0 && random.below(2) == 0 {
        0
    } else {
        kept.next_multiple_of(3).max(3)
    };
    let fraction = if kept == 0 {
        String::new()
    } else {
        format!(".{digits:.kept$}")
    };
    format!("{}{fraction}{name}", local.trim_end_matches('Z'))
}

/// Rows with a key for a timestamp and another one.
fn timed_rows(key: &str, times: &[Timestamp], others: &[String], random: &mut Random) -> Vec<Row> {
    let mut rows = Vec::new();
    for time in times {
        for other in [random.pick(others), random.pick(others)] {
            let text = written_time(*time, random);
            rows.push(Row {
                document: format!(r#"{{"{key}": "{text}", {other}}}"#),
                is_micro: time.nanos().is_multiple_of(1_000),
            });
        }
    }
    for other in others {
        rows.push(row(format!(r#"{{"{key}": null, {other}}}"#)));
        rows.push(row(format!("{{{other}}}")));
        rows.push(row(format!(
            r#"{{"{key}": "2026-01-31T12:00:00Z", {other}}}"#
        )));
    }
    rows
}

fn spaces_comparisons() -> [Vec<String>; 1] {
    let types = ["SPACE", "GROUP_CHAT", "DIRECT_MESSAGE"];
    [types.map(|own| format!(r#"space_type = "{own}""#)).to_vec()]
}

fn space_rows() -> Vec<Row> {
    let types = [
        "SPACE",
        "GROUP_CHAT",
        "DIRECT_MESSAGE",
        "SPACE_TYPE_UNSPECIFIED",
        "",
        "NEW",
    ];
    let rows = keys("spaceType", &types).into_iter();
    rows.map(|key| row(format!("{{{key}}}"))).collect()
}

/// Threads whose names have characters with a meaning in SQL.
const THREADS: [&str; 6] = [
    "spaces/A/threads/B",
    "spaces/it's/threads/''",
    r"spaces/A/threads/a\b\'c\\",
    r"spaces/A/threads/\u0041\n%_",
    "spaces/{space}/threads/${user.name}",
    "spaces/A/threads/\u{1f3f4}\u{e0067}\u{e007f}\"`é",
];

/// Values of a boolean and the ways in which it is absent.
const FLAGS: [&str; 4] = [
    r#""externalUserAllowed": true"#,
    r#""externalUserAllowed": false"#,
    r#""externalUserAllowed": null"#,
    r#""other": 1"#,
];

fn searched_space_comparisons() -> [Vec<String>; 6] {
    let times = |field: &str| {
        let comparators = ["<", "<=", "=", ">=", ">"];
        let comparisons = comparators.map(|own| bounds(&format!("{field} {own}")));
        let mut comparisons = comparisons.concat();
        let between = BOUNDS.iter().zip(BOUNDS.iter().skip(1));
        comparisons.extend(
            between
                .map(|(first, last)| format!(r#"({field} > "{first}" AND {field} <= "{last}")"#)),
        );
        comparisons
    };
    let states = ["HISTORY_ON", "HISTORY_OFF", "HISTORY_STATE_UNSPECIFIED"];
    [
        vec![r#"customer = "customers/my_customer""#.to_owned()],
        vec![r#"space_type = "SPACE""#.to_owned()],
        ["true", "false"]
            .map(|own| format!(r#"external_user_allowed = "{own}""#))
            .to_vec(),
        states
            .map(|own| format!(r#"space_history_state = "{own}""#))
            .to_vec(),
        times("create_time"),
        times("last_active_time"),
    ]
}

fn searched_space_rows(times: &[Timestamp], random: &mut Random) -> Vec<Row> {
    let types = keys("spaceType", &["SPACE", "DIRECT_MESSAGE", "", "NEW"]);
    let states = [
        "HISTORY_ON",
        "HISTORY_OFF",
        "HISTORY_STATE_UNSPECIFIED",
        "",
        "NEW",
    ];
    let states = keys("spaceHistoryState", &states);
    let mut facts: Vec<String> = Vec::new();
    for state in &states {
        for flag in FLAGS {
            // Most filters only match named spaces.
            let other = random.pick(&types);
            facts.push(format!(r#""spaceType": "SPACE", {state}, {flag}"#));
            facts.push(format!("{other}, {state}, {flag}"));
        }
    }
    let mut rows = timed_rows("createTime", times, &facts, random);
    rows.extend(timed_rows("lastActiveTime", times, &facts, random));
    rows
}

const SENDERS: [&str; 4] = [CALLER, "users/1", "users/dana@example.com", r"users/'--"];

const SPACES: [&str; 3] = ["spaces/A", "spaces/it's", r"spaces/a"];

fn searched_message_comparisons() -> [Vec<String>; 5] {
    let names = |field: &str, names: &[&str]| -> Vec<String> {
        let names = names.iter();
        names
            .map(|name| format!("{field} = {}", quoted(name)))
            .collect()
    };
    let senders = [&SENDERS[1..], &["users/me"]].concat();
    [
        bounds("create_time >="),
        bounds("create_time <"),
        names("sender.name", &senders),
        names("space.name", &SPACES),
        names(
            "space.space_type",
            &["SPACE", "GROUP_CHAT", "DIRECT_MESSAGE"],
        ),
    ]
}

fn searched_message_rows(times: &[Timestamp], random: &mut Random) -> Vec<Row> {
    let senders = keys("name", &SENDERS).into_iter();
    let senders: Vec<String> = senders
        .map(|key| format!(r#""sender": {{{key}}}"#))
        .chain([r#""sender": null"#.to_owned(), r#""nobody": 1"#.to_owned()])
        .collect();
    let types = keys("spaceType", &["SPACE", "GROUP_CHAT", "", "NEW"]);
    let names = SPACES
        .iter()
        .map(|name| format!(r#""name": {}"#, json!(name)));
    let mut spaces: Vec<String> = names
        .flat_map(|name| {
            types
                .iter()
                .map(move |own| format!(r#""space": {{{name}, {own}}}"#))
        })
        .collect();
    spaces.extend(
        [
            r#""space": null"#,
            r#""space": {}"#,
            r#""space": {"name": null}"#,
            r#""nowhere": 1"#,
        ]
        .map(str::to_owned),
    );
    let facts = senders
        .iter()
        .flat_map(|sender| spaces.iter().map(move |space| format!("{sender}, {space}")));
    timed_rows("createTime", times, &facts.collect::<Vec<_>>(), random)
}

/// Comparisons of a field with each bound.
fn bounds(field: &str) -> Vec<String> {
    let bounds = BOUNDS.iter();
    bounds
        .map(|bound| format!(r#"{field} "{bound}""#))
        .collect()
}

fn message_comparisons() -> [Vec<String>; 3] {
    let threads = THREADS.iter();
    let threads = threads.map(|name| format!("thread.name = {}", quoted(name)));
    [
        bounds("create_time >"),
        bounds("create_time <"),
        threads.collect(),
    ]
}

/// A string of a filter.
fn quoted(text: &str) -> String {
    let text = text
        .replace('\\', r"\\")
        .replace('"', r#"\""#)
        .replace('\n', r"\n");
    format!("\"{text}\"")
}

fn message_rows(times: &[Timestamp], random: &mut Random) -> Vec<Row> {
    let mut threads: Vec<String> = keys("name", &THREADS)
        .into_iter()
        .map(|key| format!(r#""thread": {{{key}}}"#))
        .collect();
    threads.push(r#""thread": null"#.to_owned());
    threads.push(r#""thread": {}"#.to_owned());
    threads.push(r#""other": 1"#.to_owned());
    timed_rows("createTime", times, &threads, random)
}

/// Emojis and IDs whose texts have characters with a meaning in SQL.
const EMOJIS: [&str; 9] = [
    "🙂",
    "👍🏽",
    "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "👩\u{200d}💻",
    "it's",
    r"\' OR 1=1 --",
    r"a\b\\",
    "a\nb\u{202e}c",
    "${env:HOME}$$`\"",
];

fn reaction_comparisons() -> [Vec<String>; 2] {
    let emojis = EMOJIS.iter().flat_map(|emoji| {
        let fields = ["emoji.unicode", "emoji.custom_emoji.uid"];
        fields.map(|field| format!("{field} = {}", quoted(emoji)))
    });
    let users = ["users/1", r"users/o'bri\en"].map(|name| format!("user.name = {}", quoted(name)));
    [emojis.collect(), users.to_vec()]
}

fn reaction_rows() -> Vec<Row> {
    let mut emojis = keys("unicode", &EMOJIS);
    let custom = keys("uid", &EMOJIS).into_iter();
    emojis.extend(custom.map(|key| format!(r#""customEmoji": {{{key}}}"#)));
    emojis.push(r#""customEmoji": null"#.to_owned());
    let emojis = emojis
        .into_iter()
        .map(|key| format!(r#""emoji": {{{key}}}"#));
    let emojis: Vec<String> = emojis
        .chain([r#""emoji": null"#.to_owned(), r#""none": 1"#.to_owned()])
        .collect();
    let users = keys("name", &["users/1", r"users/o'bri\en", "users/3"]).into_iter();
    let users: Vec<String> = users
        .map(|key| format!(r#""user": {{{key}}}"#))
        .chain([r#""user": null"#.to_owned(), r#""nobody": 1"#.to_owned()])
        .collect();
    let rows = emojis
        .iter()
        .flat_map(|emoji| users.iter().map(move |user| (emoji, user)));
    rows.map(|(emoji, user)| row(format!("{{{emoji}, {user}}}")))
        .collect()
}

const EVENTS: [&str; 4] = [
    "google.workspace.chat.message.v1.created",
    "google.workspace.chat.message.v1.deleted",
    "google.workspace.chat.membership.v1.created",
    "google.workspace.chat.space.v1.updated",
];

fn event_comparisons() -> [Vec<String>; 3] {
    let types = EVENTS.map(|own| format!(r#"event_types:"{own}""#));
    [types.to_vec(), bounds("start_time ="), bounds("end_time =")]
}

fn event_rows(times: &[Timestamp], random: &mut Random) -> Vec<Row> {
    let mut types: Vec<String> = EVENTS.map(str::to_owned).to_vec();
    types.push("google.workspace.chat.message.v1.batchCreated".to_owned());
    types.push("google.workspace.chat.space.v1.batchUpdated".to_owned());
    types.push("something.new".to_owned());
    let types: Vec<&str> = types.iter().map(String::as_str).collect();
    timed_rows("eventTime", times, &keys("eventType", &types), random)
}

fn emoji_rows() -> Vec<Row> {
    let creators = [CALLER, "users/2", "users/o'brien"];
    let rows = keys("creator", &creators).into_iter();
    rows.map(|key| row(format!("{{{key}}}"))).collect()
}

fn item_rows() -> Vec<Row> {
    let names = [
        "spaces/A",
        "spaces/it-s",
        "spaces/B",
        "spaces/C",
        "spaces/a",
    ];
    let rows = keys("space", &names).into_iter();
    rows.map(|key| row(format!("{{{key}}}"))).collect()
}
