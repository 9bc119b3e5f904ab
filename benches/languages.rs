//! Benchmarks of filters of all methods.
//!
//! `cargo bench --bench languages`: text to checked filter for the longest documented example of each
//! method, compared with a hand-written parser of such filters, and with a hand-written reader that
//! only splits the text; then a filter of 1,000,000 messages in memory, compared with touching the two
//! fields that it reads.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark, not a library"
)]

#[path = "baseline/mod.rs"]
mod cells;
#[path = "baseline/comparisons.rs"]
mod comparisons;
#[path = "baseline/parsers.rs"]
mod parsers;

use std::hint::black_box;
use std::time::{Duration, Instant};

use gchat_filter::messages::{Filter, Matchable, Message, Thread};
use gchat_filter::{
    Timestamp, custom_emojis, members, messages, messages_search, reactions, section_items,
    space_events, spaces, spaces_search,
};

use self::comparisons::Value;

const ROUNDS: usize = 301;

/// Approximate duration of a round of one side.
const ROUND: Duration = Duration::from_micros(200);

const MESSAGES: &str = "create_time > \"2012-04-21T11:30:00+00:00\" \
     AND create_time < \"2013-01-01T00:00:00+00:00\" \
     AND thread.name = spaces/AAAAAAAAAAA/threads/123";

fn main() {
    println!(
        "text to filter, ns; parser: hand-written, checks the values and returns what it owns;"
    );
    println!("reader: hand-written, splits the text and checks nothing");
    println!(
        "{:>9} {:>9} {:>7} {:>9} {:>7}  method",
        "filter", "parser", "ratio", "reader", "ratio"
    );
    macro_rules! rows {
        ($($method:literal $language:ident $parser:expr, $count:literal $text:expr;)+) => {
            $(
                let text: &str = $text;
                assert_eq!(comparisons::parse(text).unwrap().len(), $count, "{text}");
                let parser = $parser;
                assert!($language::Filter::parse(text).is_ok(), "{text}");
                assert!(parser(text).is_some(), "{text}");
                row(
                    $method,
                    || $language::Filter::parse(black_box(text)).ok(),
                    || parser(black_box(text)),
                    || comparisons::parse(black_box(text)),
                );
            )+
        };
    }
    rows! {
        "spaces.members.list" members cells::parse, 3
            r#"(role = "ROLE_MANAGER" OR role = "ROLE_MEMBER") AND member.type = "HUMAN""#;
        "spaces.list" spaces parsers::parse::<parsers::Spaces>, 2
            r#"spaceType = "GROUP_CHAT" OR spaceType = "DIRECT_MESSAGE""#;
        "spaces.search" spaces_search parsers::parse::<parsers::SpacesSearch>, 3
            r#"space_type = "SPACE" AND (display_name:"Hello World" OR display_name:"Fun event")"#;
        "spaces.messages.list" messages parsers::parse::<parsers::Messages>, 3 MESSAGES;
        "spaces.messages.search" messages_search parsers::parse::<parsers::MessagesSearch>, 3
            r#"(sender.name="users/me" OR sender.name="users/123456") AND is_unread()"#;
        "spaces.messages.reactions.list" reactions parsers::parse::<parsers::Reactions>, 3
            r#"(emoji.unicode = "🙂" OR emoji.custom_emoji.uid = "{uid}") AND user.name = "users/{user}""#;
        "spaces.spaceEvents.list" space_events parsers::parse::<parsers::SpaceEvents>, 3
            r#"start_time="2023-08-23T19:20:33+00:00" AND (event_types:"google.workspace.chat.space.v1.updated" OR event_types:"google.workspace.chat.message.v1.created")"#;
        "customEmojis.list" custom_emojis parsers::parse::<parsers::CustomEmojis>, 1 r#"NOT creator("users/me")"#;
        "users.sections.items.list" section_items parsers::parse::<parsers::SectionItems>, 1 "space = spaces/{space}";
    }
    assert_instants(MESSAGES);

    println!("\nsize of messages::Filter: {} bytes", size_of::<Filter>());
    println!("\nmatching 1,000,000 messages, ns each; baseline: touching the two fields");
    let all = all_messages();
    let filter = Filter::parse(MESSAGES).unwrap();
    let matched = all.iter().filter(|own| filter.matches(*own)).count();
    println!("{matched} match");
    let touch = |message: &Message| {
        let time = Matchable::create_time(message).map_or(0, Timestamp::seconds);
        let name = message.thread_name().map_or(0, str::len);
        time.unsigned_abs() ^ name as u64
    };
    let (mut own, mut baseline, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..21 {
        let start = Instant::now();
        black_box(all.iter().filter(|own| filter.matches(*own)).count());
        own.push(nanos(start) / 1e6);
        let start = Instant::now();
        black_box(all.iter().map(touch).fold(0, |all, own| all ^ own));
        baseline.push(nanos(start) / 1e6);
        ratios.push(own[own.len() - 1] / baseline[baseline.len() - 1]);
    }
    println!(
        "{:>9.2} {:>9.2} {:>7.2}",
        median(own),
        median(baseline),
        median(ratios)
    );
}

/// The baseline reads the same instants.
fn assert_instants(text: &str) {
    let comparisons = comparisons::parse(text).unwrap();
    let Value::Timestamp(seconds, nanos) = comparisons[0].value else {
        unreachable!("the first comparison is of a time");
    };
    let expected: Timestamp = "2012-04-21T11:30:00Z".parse().unwrap();
    assert_eq!((seconds, nanos), (expected.seconds(), expected.nanos()));
    let parsed: parsers::Messages = parsers::parse(text).unwrap();
    assert_eq!(parsed.after, Some((seconds, nanos)));
    assert!(parsed.before > parsed.after && parsed.thread.is_some());
}

/// Messages of five years, of which every third is in the thread of the filter.
fn all_messages() -> Vec<Message> {
    let first: Timestamp = "2010-01-01T00:00:00Z".parse().unwrap();
    let message = |index: u32| Message {
        name: format!("spaces/AAAAAAAAAAA/messages/{index}"),
        create_time: Timestamp::new(first.seconds() + i64::from(index) * 157, index),
        thread: Some(Thread {
            name: match index % 3 {
                0 => "spaces/AAAAAAAAAAA/threads/123".to_owned(),
                _ => format!("spaces/AAAAAAAAAAA/threads/{index}"),
            },
        }),
        ..Message::default()
    };
    (0..1_000_000).map(message).collect()
}

/// Measures three sides in turns, and prints the medians of their times and of the ratios.
fn row<A, B, C>(
    name: &str,
    filter: impl Fn() -> A,
    parser: impl Fn() -> B,
    reader: impl Fn() -> C,
) {
    let mut times = [const { Vec::new() }; 3];
    let mut ratios = [const { Vec::new() }; 2];
    let count = calibrate(&filter);
    for _ in 0..ROUNDS {
        let [own, parser, reader] = [
            time(&filter, count),
            time(&parser, count),
            time(&reader, count),
        ];
        for (times, time) in times.iter_mut().zip([own, parser, reader]) {
            times.push(time);
        }
        for (ratios, other) in ratios.iter_mut().zip([parser, reader]) {
            ratios.push(own / other);
        }
    }
    let [own, parser, reader] = times.map(median);
    let [to_parser, to_reader] = ratios.map(median);
    println!("{own:9.0} {parser:9.0} {to_parser:7.2} {reader:9.0} {to_reader:7.2}  {name}");
}

fn calibrate<T>(run: &impl Fn() -> T) -> u32 {
    let mut count = 1;
    loop {
        let start = Instant::now();
        time(run, count);
        if start.elapsed() >= ROUND {
            return count;
        }
        count *= 2;
    }
}

/// Returns the nanoseconds per call.
fn time<T>(run: &impl Fn() -> T, count: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..count {
        black_box(run());
    }
    nanos(start) / f64::from(count)
}

fn nanos(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e9
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
