//! The JSON of the resources.

use std::fmt::Debug;

use gchat_filter::custom_emojis::CustomEmoji;
use gchat_filter::messages::Message;
use gchat_filter::reactions::Reaction;
use gchat_filter::section_items::SectionItem;
use gchat_filter::space_events::SpaceEvent;
use gchat_filter::spaces::{Space, SpaceType};
use gchat_filter::{AnyFilter, Context, Method};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// All texts are read as the same resource, which is written as the first text.
fn same<T: DeserializeOwned + Serialize + PartialEq + Debug>(texts: &[&str]) {
    let read = |text: &str| serde_json::from_str::<T>(text);
    let first = read(texts[0]).unwrap();
    assert_eq!(serde_json::to_string(&first).unwrap(), texts[0]);
    for text in texts {
        assert_eq!(read(text).unwrap(), first, "{text}");
    }
}

#[test]
fn spellings_enums_and_times() {
    same::<Space>(&[
        r#"{"name":"spaces/A","spaceType":"GROUP_CHAT","displayName":"a","externalUserAllowed":true,"spaceHistoryState":"HISTORY_ON","createTime":"2026-01-01T00:00:00.5Z"}"#,
        r#"{"name":"spaces/A","space_type":2,"display_name":"a","external_user_allowed":true,"space_history_state":2,"create_time":{"seconds":"1767225600","nanos":500000000},"last_active_time":null,"other":[{}]}"#,
        r#"{"createTime":"2026-01-01T01:00:00.500+01:00","spaceHistoryState":"HISTORY_ON","displayName":"a","externalUserAllowed":true,"spaceType":"GROUP_CHAT","name":"spaces/A"}"#,
    ]);
    same::<Space>(&[
        "{}",
        r#"{"spaceType":""}"#,
        r#"{"name":null,"space_type":null}"#,
    ]);
    same::<Message>(&[
        r#"{"name":"spaces/A/messages/B","thread":{"name":"spaces/A/threads/C"},"text":"x","sender":{"name":"users/1"},"space":{"name":"spaces/A"},"attachment":[{"name":"y"}],"annotations":[{"type":"USER_MENTION","userMention":{"user":{"name":"users/2"}}}]}"#,
        r#"{"name":"spaces/A/messages/B","thread":{"name":"spaces/A/threads/C"},"text":"x","sender":{"name":"users/1","type":"HUMAN"},"space":{"name":"spaces/A"},"attachment":[{"name":"y"}],"annotations":[{"type_":1,"user_mention":{"user":{"name":"users/2"},"type":"ADD"}}],"createTime":null}"#,
    ]);
    same::<Reaction>(&[
        r#"{"user":{"name":"users/1"},"emoji":{"customEmoji":{"uid":"A"}}}"#,
        r#"{"user":{"name":"users/1"},"emoji":{"unicode":null,"custom_emoji":{"uid":"A","name":"x"}}}"#,
    ]);
    same::<Reaction>(&[
        r#"{"emoji":{"unicode":"🙂"}}"#,
        r#"{"emoji":{"unicode":"\ud83d\ude42"},"user":null}"#,
    ]);
    same::<SpaceEvent>(&[
        r#"{"eventTime":"2026-01-01T00:00:00Z","eventType":"a"}"#,
        r#"{"event_time":{"seconds":1767225600},"event_type":"a","messageCreatedEventData":{}}"#,
    ]);
    same::<CustomEmoji>(&[r#"{"name":"customEmojis/A"}"#]);
    same::<SectionItem>(&[r#"{"name":"users/1/sections/2/items/3","space":"spaces/A"}"#]);
}

#[test]
fn unknown_values_are_kept() {
    let space: Space = serde_json::from_str(r#"{"spaceType":9}"#).unwrap();
    assert_eq!(space.space_type, SpaceType::from(9));
    assert_eq!(serde_json::to_string(&space).unwrap(), r#"{"spaceType":9}"#);
}

#[test]
fn what_is_no_resource_is_an_error() {
    for (error, expected) in [
        (
            serde_json::from_str::<Space>("[]").unwrap_err(),
            "expected a space object",
        ),
        (
            serde_json::from_str::<Space>(r#"{"spaceType":1,"space_type":1}"#).unwrap_err(),
            "duplicate field `spaceType`",
        ),
        (
            serde_json::from_str::<Message>(r#"{"createTime":"yesterday"}"#).unwrap_err(),
            r#"invalid time "yesterday": expected the format"#,
        ),
        (
            serde_json::from_str::<Message>(r#"{"createTime":1}"#).unwrap_err(),
            "expected a time",
        ),
        (
            serde_json::from_str::<Reaction>(
                r#"{"emoji":{"unicode":"a","customEmoji":{"uid":"b"}}}"#,
            )
            .unwrap_err(),
            "expected at most one of `unicode` and `customEmoji`",
        ),
        (
            serde_json::from_str::<SectionItem>(r#"{"space":{}}"#).unwrap_err(),
            "expected a string",
        ),
    ] {
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn any_filter_matches_resources_of_its_method() {
    let context = Context::new()
        .caller("users/1")
        .creator("customEmojis/1", "users/1")
        .creator("customEmojis/2", "users/2")
        .unread(["spaces/A/messages/1"]);
    for (method, filter, matching, other) in [
        (
            "spaces.members.list",
            "role = \"ROLE_MANAGER\"",
            r#"{"role":2}"#,
            r#"{"role":1}"#,
        ),
        (
            "spaces.list",
            "space_type = \"SPACE\"",
            r#"{"spaceType":"SPACE"}"#,
            "{}",
        ),
        (
            "spaces.search",
            "display_name:\"a\" AND space_type = \"SPACE\"",
            r#"{"displayName":"A b","spaceType":1}"#,
            "{}",
        ),
        (
            "spaces.messages.list",
            "thread.name = spaces/A/threads/B",
            r#"{"thread":{"name":"spaces/A/threads/B"}}"#,
            "{}",
        ),
        (
            "spaces.messages.search",
            "is_unread()",
            r#"{"name":"spaces/A/messages/1"}"#,
            r#"{"name":"spaces/A/messages/2"}"#,
        ),
        (
            "spaces.messages.reactions.list",
            "emoji.unicode = \"🙂\"",
            r#"{"emoji":{"unicode":"🙂"}}"#,
            "{}",
        ),
        (
            "spaces.spaceEvents.list",
            "event_types:\"google.workspace.chat.space.v1.updated\"",
            r#"{"eventType":"google.workspace.chat.space.v1.batchUpdated"}"#,
            "{}",
        ),
        (
            "customEmojis.list",
            "NOT creator(\"users/me\")",
            r#"{"name":"customEmojis/2"}"#,
            r#"{"name":"customEmojis/1"}"#,
        ),
        (
            "users.sections.items.list",
            "space = spaces/A",
            r#"{"space":"spaces/A"}"#,
            r#"{"space":"spaces/B"}"#,
        ),
    ] {
        let filter = AnyFilter::parse(method.parse().unwrap(), filter).unwrap();
        let matches = |resource| {
            let mut resource = serde_json::Deserializer::from_str(resource);
            filter.matches(&mut resource, &context)
        };
        assert!(matches(matching).unwrap().unwrap(), "{method}");
        assert!(!matches(other).unwrap().unwrap(), "{method}");
        assert!(matches("[]").is_err(), "{method}");
    }
    let filter = AnyFilter::parse(Method::CustomEmojisList, "creator(\"users/me\")").unwrap();
    let mut emoji = serde_json::Deserializer::from_str("{}");
    let error = filter
        .matches(&mut emoji, &Context::new())
        .unwrap()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the filter depends on the caller, which the context does not have"
    );
}
