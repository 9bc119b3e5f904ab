//! The longest documented example of each method, in the languages of the engines for the same task.
//! They have no timestamps to the nanosecond and no words without regard to case, so that times are in
//! seconds, written by hand, and words are searched for as they are.

use std::hint::black_box;

use gchat_filter::messages::{Message, Thread};
use gchat_filter::{
    Timestamp, custom_emojis, messages, messages_search, reactions, section_items, space_events,
    spaces, spaces_search,
};
use wirefilter::{ExecutionContext, Scheme};

use super::parsers::{self, Method};
use super::{ROUNDS, Side, race, side};

/// A filter in all languages.
struct Query {
    method: &'static str,
    filter: &'static str,
    wirefilter: &'static str,
    cel: &'static str,
}

const SPACES: Query = Query {
    method: "spaces.list",
    filter: r#"spaceType = "GROUP_CHAT" OR spaceType = "DIRECT_MESSAGE""#,
    wirefilter: r#"space_type == "GROUP_CHAT" || space_type == "DIRECT_MESSAGE""#,
    cel: r#"space_type == "GROUP_CHAT" || space_type == "DIRECT_MESSAGE""#,
};

const SPACES_SEARCH: Query = Query {
    method: "spaces.search",
    filter: r#"space_type = "SPACE" AND (display_name:"Hello World" OR display_name:"Fun event")"#,
    wirefilter: r#"space_type == "SPACE" && ((display_name contains "Hello" && display_name contains "World") || (display_name contains "Fun" && display_name contains "event"))"#,
    cel: r#"space_type == "SPACE" && ((display_name.contains("Hello") && display_name.contains("World")) || (display_name.contains("Fun") && display_name.contains("event")))"#,
};

const MESSAGES: Query = Query {
    method: "spaces.messages.list",
    filter: "create_time > \"2012-04-21T11:30:00+00:00\" AND create_time < \"2013-01-01T00:00:00+00:00\" AND thread.name = spaces/AAAAAAAAAAA/threads/123",
    wirefilter: r#"create_time > 1335007800 && create_time < 1356998400 && thread.name == "spaces/AAAAAAAAAAA/threads/123""#,
    cel: r#"create_time > 1335007800 && create_time < 1356998400 && thread_name == "spaces/AAAAAAAAAAA/threads/123""#,
};

const MESSAGES_SEARCH: Query = Query {
    method: "spaces.messages.search",
    filter: r#"(sender.name="users/me" OR sender.name="users/123456") AND is_unread()"#,
    wirefilter: r#"(sender.name == "users/me" || sender.name == "users/123456") && is_unread"#,
    cel: r#"(sender_name == "users/me" || sender_name == "users/123456") && is_unread"#,
};

const REACTIONS: Query = Query {
    method: "spaces.messages.reactions.list",
    filter: r#"(emoji.unicode = "🙂" OR emoji.custom_emoji.uid = "{uid}") AND user.name = "users/{user}""#,
    wirefilter: r#"(emoji.unicode == "🙂" || emoji.custom_emoji.uid == "{uid}") && user.name == "users/{user}""#,
    cel: r#"(emoji_unicode == "🙂" || emoji_custom_emoji_uid == "{uid}") && user_name == "users/{user}""#,
};

const SPACE_EVENTS: Query = Query {
    method: "spaces.spaceEvents.list",
    filter: r#"start_time="2023-08-23T19:20:33+00:00" AND (event_types:"google.workspace.chat.space.v1.updated" OR event_types:"google.workspace.chat.message.v1.created")"#,
    wirefilter: r#"event_time > 1692818433 && (event_type == "google.workspace.chat.space.v1.updated" || event_type == "google.workspace.chat.message.v1.created")"#,
    cel: r#"event_time > 1692818433 && (event_type == "google.workspace.chat.space.v1.updated" || event_type == "google.workspace.chat.message.v1.created")"#,
};

const CUSTOM_EMOJIS: Query = Query {
    method: "customEmojis.list",
    filter: r#"NOT creator("users/me")"#,
    wirefilter: r#"not creator == "users/me""#,
    cel: r#"!(creator == "users/me")"#,
};

const SECTION_ITEMS: Query = Query {
    method: "users.sections.items.list",
    filter: "space = spaces/{space}",
    wirefilter: r#"space == "spaces/{space}""#,
    cel: r#"space == "spaces/{space}""#,
};

fn scheme() -> Scheme {
    wirefilter::Scheme! {
        space_type: Bytes,
        display_name: Bytes,
        create_time: Int,
        thread.name: Bytes,
        sender.name: Bytes,
        is_unread: Bool,
        emoji.unicode: Bytes,
        emoji.custom_emoji.uid: Bytes,
        user.name: Bytes,
        event_time: Int,
        event_type: Bytes,
        creator: Bytes,
        space: Bytes,
    }
}

/// Measures text to filter, and the evaluation of messages.
pub(crate) fn run() {
    macro_rules! parse {
        ($($query:ident $language:ident $parser:ident;)+) => {
            $(parse::<parsers::$parser>(&$query, |text| {
                black_box($language::Filter::parse(text)).is_ok()
            });)+
        };
    }
    parse! {
        SPACES spaces Spaces;
        SPACES_SEARCH spaces_search SpacesSearch;
        MESSAGES messages Messages;
        MESSAGES_SEARCH messages_search MessagesSearch;
        REACTIONS reactions Reactions;
        SPACE_EVENTS space_events SpaceEvents;
        CUSTOM_EMOJIS custom_emojis CustomEmojis;
        SECTION_ITEMS section_items SectionItems;
    }
    for count in [100, 1_000, 1_000_000] {
        matching(&messages(count));
    }
}

fn parse<M: Method>(query: &Query, own: impl Fn(&str) -> bool) {
    let scheme = scheme();
    assert!(own(query.filter), "{}", query.filter);
    assert!(parsers::parse::<M>(query.filter).is_some());
    assert!(
        scheme.parse(query.wirefilter).is_ok(),
        "{}",
        query.wirefilter
    );
    assert!(cel::Program::compile(query.cel).is_ok(), "{}", query.cel);
    let sides: [Side<'_>; 4] = [
        side("gchat-filter", 1, || own(black_box(query.filter))),
        side("baseline", 1, || {
            parsers::parse::<M>(black_box(query.filter))
        }),
        side("wirefilter-engine, parse and compile", 1, || {
            let filter = scheme.parse(black_box(query.wirefilter));
            filter.map(|filter| filter.compile()).is_ok()
        }),
        side("cel, compile", 1, || {
            cel::Program::compile(black_box(query.cel)).ok()
        }),
    ];
    race(
        &format!("{}: {}", query.method, query.filter),
        ROUNDS,
        &sides,
    );
}

/// Messages of eight years, of which every third is in the thread of the filter.
fn messages(count: u32) -> Vec<Message> {
    let first: Timestamp = "2010-01-01T00:00:00Z".parse().unwrap();
    let message = |index: u32| Message {
        name: format!("spaces/AAAAAAAAAAA/messages/{index}"),
        create_time: Timestamp::new(
            first.seconds() + i64::from(index) * (8 * 365 * 86_400 / i64::from(count)),
            0,
        ),
        thread: Some(Thread {
            name: match index % 3 {
                0 => "spaces/AAAAAAAAAAA/threads/123".to_owned(),
                _ => format!("spaces/AAAAAAAAAAA/threads/{index}"),
            },
        }),
        ..Message::default()
    };
    (0..count).map(message).collect()
}

/// The two fields of a message.
fn facts(message: &Message) -> (i32, &str) {
    let seconds = message.create_time.unwrap().seconds();
    let thread = message.thread.as_ref().unwrap();
    (i32::try_from(seconds).unwrap(), &thread.name)
}

/// Returns whether a filter of `wirefilter-engine` matches a message.
fn matches<'s>(filter: &wirefilter::Filter<'s>, scheme: &'s Scheme, message: &'s Message) -> bool {
    let (seconds, thread) = facts(message);
    let mut context = ExecutionContext::new(scheme);
    context.set_field_value("create_time", seconds).unwrap();
    context.set_field_value("thread.name", thread).unwrap();
    filter.execute(&context).unwrap()
}

fn matching(messages: &[Message]) {
    let own = messages::Filter::parse(MESSAGES.filter).unwrap();
    let scheme = scheme();
    let wirefilter = scheme.parse(MESSAGES.wirefilter).unwrap().compile();
    let cel = cel::Program::compile(MESSAGES.cel).unwrap();
    let functions = cel::Context::default();
    let by_wirefilter = |message| matches(&wirefilter, &scheme, message);
    let by_cel = |message: &Message| {
        let (seconds, thread) = facts(message);
        let mut context = functions.new_inner_scope();
        context.add_variable_from_value("create_time", i64::from(seconds));
        context.add_variable_from_value("thread_name", thread.to_owned());
        cel.execute(&context) == Ok(true.into())
    };
    // Slow candidates are measured on some of the messages.
    let some = &messages[..messages.len().min(1_000)];
    for message in some {
        let expected = own.matches(message);
        assert_eq!(by_wirefilter(message), expected);
        assert_eq!(by_cel(message), expected);
    }
    let length = messages.len();
    race(
        &format!("matching {length} messages, {}", MESSAGES.filter),
        if length > 10_000 { 11 } else { ROUNDS },
        &[
            side("gchat-filter", length, || {
                messages
                    .iter()
                    .filter(|own_message| own.matches(*own_message))
                    .count()
            }),
            side("reading the two fields", length, || {
                let fields = messages.iter().map(facts);
                fields.fold(0, |all, (seconds, name)| {
                    all ^ seconds as usize ^ name.len()
                })
            }),
            side("wirefilter-engine", length, || {
                messages
                    .iter()
                    .filter(|message| by_wirefilter(message))
                    .count()
            }),
            side("cel", some.len(), || {
                some.iter().filter(|message| by_cel(message)).count()
            }),
        ],
    );
}
