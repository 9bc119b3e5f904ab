//! Resource use by input size: operations that do not allocate, and the growth of heap, stack and
//! reports. `benches/instructions.rs` counts instructions.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "common/families.rs"]
mod families;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::thread;

use allocation_counter::measure;
#[cfg(feature = "report")]
use gchat_filter::Report;
use gchat_filter::diagnostic::Code;
use gchat_filter::members::Membership;
use gchat_filter::members::{Cell, Filter};
use gchat_filter::syntax;
use gchat_filter::{Checker, Context, Preset};
use gchat_filter::{
    custom_emojis, messages, messages_search, reactions, section_items, space_events, spaces,
    spaces_search,
};

use self::families::{Family, families};

/// Valid filters of all documented forms.
fn valid_filters() -> Vec<String> {
    let clause = r#"(member.type = "HUMAN" AND role = "ROLE_MANAGER")"#;
    let mut texts: Vec<String> = [
        "",
        "  ",
        r#"member.type = "HUMAN""#,
        r#"member.type = "HUMAN" AND role = "ROLE_MANAGER""#,
        r#"role = "ROLE_MANAGER" OR role = 'ROLE_MEMBER'"#,
        r#"member.type != "BOT""#,
        r#"(role = "ROLE_MANAGER" OR role = "ROLE_MEMBER") AND member.type != "BOT""#,
    ]
    .map(str::to_owned)
    .into();
    texts.push(vec![clause; 64].join(" OR "));
    texts.push(format!("{}{clause}{}", "(".repeat(60), ")".repeat(60)));
    texts
}

// Operations that do not allocate.

#[test]
fn parsing_a_valid_filter_does_not_allocate() {
    for text in valid_filters() {
        let info = measure(|| {
            assert!(Filter::parse(&text).is_ok());
        });
        assert_eq!(info.count_total, 0, "{text}");
    }
}

/// The sets of other languages are on the heap: a list of groups, and in each group its values. The tree
/// of these filters would take several times as many allocations.
#[test]
fn parsing_a_filter_of_another_method_allocates_only_its_sets() {
    macro_rules! assert_parses {
        ($($method:ident: $(($text:expr, $limit:literal),)+)+) => {
            $($({
                let text: &str = $text;
                let mut filter = None;
                let info = measure(|| filter = $method::Filter::parse(text).ok());
                assert!(filter.is_some(), "{text}");
                assert!(info.count_total <= $limit, "{info:?} for {text}");
            })+)+
        };
    }
    let types = vec![r#"space_type = "SPACE""#; 64].join(" OR ");
    let emojis: Vec<String> = (0..64)
        .map(|uid| format!(r#"emoji.custom_emoji.uid = "{uid}""#))
        .collect();
    let emojis = emojis.join(" OR ");
    // A list of groups for each comparison, three allocations for each text, two for an interval.
    assert_parses! {
        spaces:
        (r#"space_type = "SPACE""#, 1),
        (r#"space_type = "SPACE" OR spaceType = "GROUP_CHAT""#, 2),
        (&types, 64),
        spaces_search:
        (r#"space_type = "SPACE" AND external_user_allowed = "true""#, 3),
        (r#"space_type = "SPACE" AND display_name:"Hello""#, 8),
        messages:
        (r#"create_time > "2012-04-21T11:30:00-04:00""#, 2),
        ("thread.name = spaces/A/threads/1", 3),
        (r#"create_time > "2012-04-21T11:30:00Z" AND create_time < "2013-01-01T00:00:00Z" AND thread.name = spaces/A/threads/1"#, 9),
        messages_search:
        ("attachment:*", 1),
        (r#"sender.name = "users/1""#, 3),
        (r#"sender.name = "users/1" AND is_unread()"#, 5),
        (r#"create_time >= "2022-01-01T00:00:00Z" AND create_time < "2023-01-01T00:00:00Z""#, 5),
        (r#"(sender.name = "users/me" OR sender.name = "users/1") AND is_unread()"#, 9),
        (r#"tasks AND is_unread() AND sender.name = "users/1""#, 13),
        reactions:
        (r#"emoji.unicode = "🙂""#, 3),
        (r#"emoji.unicode = "🙂" OR emoji.custom_emoji.uid = "1""#, 7),
        (r#"(emoji.unicode = "🙂" OR emoji.custom_emoji.uid = "1") AND user.name = "users/1""#, 11),
        (&emojis, 262),
        space_events:
        (r#"event_types:"google.workspace.chat.message.v1.created""#, 1),
        (r#"start_time = "2023-08-23T19:20:33Z" AND end_time = "2023-08-23T19:21:54Z""#, 5),
        custom_emojis:
        (r#"creator("users/me")"#, 2),
        (r#"NOT creator("users/me")"#, 2),
        section_items:
        ("space = spaces/A", 3),
    }
}

#[test]
fn rejecting_a_filter_only_copies_its_text() {
    for text in [
        r#"role = "OWNER""#,
        r#"role = "ROLE_MEMBER" and x"#,
        "role =",
    ] {
        let mut error = None;
        let info = measure(|| error = Filter::parse(text).err());
        assert!(error.is_some());
        assert_eq!((info.count_total, info.bytes_total), (1, text.len() as u64));
    }
}

#[test]
fn matching_does_not_allocate() {
    let records = include_str!("data/memberships.ndjson").lines();
    let memberships: Vec<Membership> = records
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut matched = 0;
    for text in valid_filters() {
        let filter: Filter = text.parse().unwrap();
        let info = measure(|| {
            matched += memberships.iter().filter(|m| filter.matches(*m)).count();
            matched += Cell::all().filter(|cell| filter.matches(cell)).count();
            matched += filter.admits().count();
        });
        assert_eq!(info.count_total, 0, "{text}");
    }
    assert!(matched > 0);
}

#[test]
fn matching_resources_of_other_methods_does_not_allocate() {
    macro_rules! assert_matches {
        ($($method:ident: $resource:ty = $json:literal, $text:literal;)+) => {
            $({
                let resource: $resource = serde_json::from_str($json).unwrap();
                let filter = $method::Filter::parse($text).unwrap();
                let mut matches = false;
                let info = measure(|| matches = filter.matches(&resource));
                assert!(matches, "{}", $text);
                assert_eq!(info.count_total, 0, "{}", $text);
            })+
        };
    }
    assert_matches! {
        spaces: spaces::Space = r#"{"spaceType": "SPACE"}"#,
            r#"space_type = "SPACE" OR space_type = "GROUP_CHAT""#;
        messages: messages::Message = r#"{"createTime": "2026-01-31T12:00:00.5Z", "thread": {"name": "spaces/A/threads/1"}}"#,
            r#"create_time > "2012-04-21T11:30:00Z" AND thread.name = spaces/A/threads/1"#;
        reactions: reactions::Reaction = r#"{"emoji": {"unicode": "🙂"}, "user": {"name": "users/1"}}"#,
            r#"(emoji.unicode = "🙂" OR emoji.unicode = "👍") AND user.name = "users/1""#;
        space_events: space_events::SpaceEvent = r#"{"eventType": "google.workspace.chat.message.v1.created", "eventTime": "2026-01-31T12:00:00Z"}"#,
            r#"start_time = "2023-08-23T19:20:33Z" AND event_types:"google.workspace.chat.message.v1.created""#;
        section_items: section_items::SectionItem = r#"{"space": "spaces/A"}"#,
            "space = spaces/A";
    }
}

// Heap use, which is linear in the length of the input.

/// The presets with admin access, whose rules are checked if there are no other errors.
fn checkers() -> [Checker; 3] {
    let preset = |preset| Checker::new().preset(preset).admin_access(true);
    [Preset::Default, Preset::Strict, Preset::Aip160].map(preset)
}

/// Asserts that an operation's number of allocations, allocated bytes and peak heap size are linear
/// in the length of a family's inputs, which `prepare` turns into the operation's argument. This
/// includes collections that grow by doubling: twice the elements have twice the capacity.
fn assert_linear<'t, T>(
    operation: &str,
    (name, family): &'t (&str, [String; 3]),
    prepare: impl Fn(&'t str) -> T,
    run: impl Fn(T),
) {
    let heap = family.each_ref().map(|text| {
        let prepared = prepare(text);
        let info = measure(|| run(prepared));
        [info.count_total, info.bytes_total, info.bytes_max]
    });
    for (half, full) in heap.iter().zip(heap.iter().skip(1)) {
        for ((half, full), constant) in half.iter().zip(full).zip([16, 2048, 2048]) {
            assert!(
                *full <= 2 * half + half / 16 + constant,
                "{operation}: {heap:?} allocations, bytes, peak bytes for {name}",
            );
        }
    }
    for ([count, bytes, peak], text) in heap.iter().zip(family) {
        let length = text.len() as u64 + 4;
        assert!(
            *count <= 16 * length && *bytes <= 2048 * length && *peak <= 512 * length,
            "{operation}: {heap:?} allocations, bytes, peak bytes for {name}",
        );
    }
}

/// The families whose inputs grow to the parser's limits.
fn long_families() -> impl Iterator<Item = Family> {
    families().into_iter().filter(|family| !family.is_short())
}

/// The inputs of each family at a quarter, at half and at all of the limits.
fn growing_inputs() -> impl Iterator<Item = (&'static str, [String; 3])> {
    long_families().map(|family| growing(&family))
}

/// The inputs of a family.
fn growing(family: &Family) -> (&'static str, [String; 3]) {
    (family.name, [1, 2, 4].map(|quarters| family.text(quarters)))
}

#[test]
fn heap_use_of_parsing_is_linear() {
    for family in growing_inputs() {
        let text = |text| text;
        assert_linear("Filter::parse", &family, text, |text| {
            drop(Filter::parse(text));
        });
        assert_linear("parse", &family, text, |text| drop(syntax::parse(text)));
        let tree = |text| syntax::parse(text).ok().flatten();
        assert_linear("clone", &family, tree, |tree| drop(tree.clone()));
        // Printing does not build intermediate strings.
        let printed = |text| (tree(text), String::with_capacity(8 * 16_384));
        assert_linear("print", &family, printed, |(tree, mut out)| {
            let info = measure(|| {
                if let Some(tree) = &tree {
                    write!(out, "{tree}").unwrap();
                }
            });
            assert_eq!(info.count_total, 0);
        });
    }
}

#[test]
fn heap_use_of_a_check_is_linear() {
    for family in long_families() {
        for checker in checkers() {
            let check = |text| drop(checker.check_method(family.method, text));
            assert_linear("check", &growing(&family), |text| text, check);
        }
    }
}

#[test]
fn heap_use_of_an_error_message_is_linear() {
    for family in growing_inputs() {
        let error = |text| Filter::parse(text).err();
        assert_linear("Error::to_string", &family, error, |error| {
            if let Some(error) = error {
                let line = error.to_string();
                assert!(line.len() <= 256 && !line.contains('\n'), "{line}");
            }
        });
    }
}

#[test]
fn families_cover_all_codes() {
    // The filters of searches, which have these codes, have at most 1,000 characters.
    let mut found = BTreeSet::from([
        Code::TooLong,
        Code::AdminOnlyField,
        Code::MissingConjunct,
        Code::EmptyResponse,
        Code::MixedWithinField,
    ]);
    let checker = Checker::new().admin_access(true);
    let now = "2026-01-31T12:00:00Z".parse().unwrap();
    let context = Context::new().parent("spaces/Z").now(now);
    for family in families() {
        let length = family.text(4).len();
        let expected = if family.is_short() {
            800..=1_000
        } else {
            15_900..=16_384
        };
        assert!(expected.contains(&length), "{}: {length}", family.name);
        let text = family.text(1);
        let checked = checker
            .check_method_in(&context, family.method, &text)
            .diagnostics;
        found.extend(checked.iter().map(|diagnostic| diagnostic.code));
    }
    assert_eq!(found, Code::ALL.iter().copied().collect());
}

#[test]
fn rejecting_overlong_input_allocates_little() {
    let text = "role = ".repeat(1 << 18);
    let info = measure(|| {
        let error = Filter::parse(&text).unwrap_err();
        assert_eq!(error.code(), Code::TooLong);
        assert!(Filter::check(&Checker::new(), &text).fixed.is_none());
        assert!(syntax::parse(&text).is_err());
    });
    assert!(info.bytes_total < 20_000, "{info:?}");
}

// Stack use.

/// Deeply nested inputs: all constructs that nest, in themselves and in each other, up to the limit
/// and one level beyond.
fn deepest_inputs() -> Vec<String> {
    let member = r#"role = "ROLE_MEMBER""#;
    let nested = |level: &str, inner: &str| [&level.repeat(64), inner, &")".repeat(64)].concat();
    let levels = [
        "(",
        "NOT (",
        "-(",
        "f(",
        "f(a, ",
        "(a ",
        "(a AND ",
        "(a OR ",
        "a = (",
        "f() = (",
        "role = (A OR ",
        "a AND a a OR -(",
        "a AND a a OR -a = (",
    ];
    let mixed: Vec<&str> = levels.into_iter().cycle().take(64).collect();
    let mut texts = vec![[&mixed.concat(), "a", &")".repeat(64)].concat()];
    texts.extend(levels.map(|level| nested(level, "a")));
    let valid = [
        format!("({member} AND "),
        format!("({member} OR "),
        format!("{member} AND {member} {member} OR NOT ("),
        format!(r#"NOT (member.type = "BOT" OR {member} AND "#),
    ];
    texts.extend(valid.map(|level| nested(&level, member)));
    assert!(texts.iter().all(|text| syntax::parse(text).is_ok()));
    // One level too deep, and unclosed.
    texts.extend(texts.clone().iter().map(|text| format!("({text})")));
    texts.extend(texts.clone().iter().map(|text| text.replace(')', "")));
    texts
}

/// Runs all operations on the input.
fn run_all_operations(text: &str) {
    if let Ok(Some(tree)) = syntax::parse(text) {
        let printed = tree.to_string();
        let again = syntax::parse(&printed).unwrap();
        assert!(again.is_some_and(|again| again == tree && again == again.clone()));
        assert!(!format!("{tree:?}").is_empty());
    }
    match Filter::parse(text) {
        Ok(filter) => assert!(filter.to_string().parse() == Ok(filter)),
        Err(error) => assert!(!format!("{error} {error:?}").is_empty()),
    }
    for checker in checkers() {
        let checked = Filter::check(&checker, text);
        assert!(checked == checked.clone());
    }
    #[cfg(feature = "report")]
    drop(Report::from(&Filter::check(&Checker::new(), text)).to_string());
}

/// Without optimization, parsing 64 nested calls needs 670 KiB, more than any other operation. A thread
/// has 2 MiB by default.
#[test]
fn deeply_nested_input_fits_a_small_stack() {
    let run = || {
        for text in deepest_inputs() {
            run_all_operations(&text);
        }
    };
    let thread = thread::Builder::new().stack_size(768 << 10).spawn(run);
    thread.unwrap().join().unwrap();
}

// Reports.

#[cfg(feature = "report")]
#[test]
fn reports_are_short_and_their_heap_use_is_linear() {
    let checker = Checker::new().admin_access(true);
    for family in growing_inputs() {
        let checked = |text| Filter::check(&checker, text);
        assert_linear("report", &family, checked, |checked| {
            let report = Report::from(&checked).to_string();
            let lines = report.lines().count();
            let columns = report.lines().map(|line| line.chars().count()).max();
            assert!(
                lines <= 200 && columns <= Some(140) && report.len() <= 12_000,
                "{lines} lines, {columns:?} columns: {report}"
            );
        });
    }
}

#[cfg(feature = "report")]
#[test]
fn report_of_overlong_input_allocates_little() {
    let text = "role = ".repeat(1 << 18);
    let checked = Filter::check(&Checker::new(), &text);
    let info = measure(|| {
        let report = Report::from(&checked).to_string();
        assert!(report.len() < 1000, "{report}");
    });
    assert!(info.bytes_total < 20_000, "{info:?}");
}
