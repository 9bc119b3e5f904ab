//! Filters of methods that are not known before the program runs.

use gchat_filter::members::{Cell, Matchable, MemberType, Membership};
use gchat_filter::{
    AnyFilter, Checker, Context, EvaluationError, IntersectionError, Method, Preset,
};
use serde::de::{DeserializeSeed, IntoDeserializer, value};
use serde_json::{Value, json};

/// For each method: a filter, a resource that it matches, one that it does not match, and one of the
/// wrong type.
fn rows() -> Vec<(Method, &'static str, [Value; 3])> {
    vec![
        (
            Method::SpacesMembersList,
            r#"member.type = "HUMAN""#,
            [
                json!({"name": "spaces/A/members/1", "member": {"type": "HUMAN"}}),
                json!({"groupMember": {"name": "groups/1"}}),
                json!({"member": []}),
            ],
        ),
        (
            Method::SpacesList,
            r#"space_type = "SPACE""#,
            [
                json!({"spaceType": "SPACE"}),
                json!({"space_type": 3}),
                json!([]),
            ],
        ),
        (
            Method::SpacesSearch,
            r#"display_name:"fun" AND space_type = "SPACE""#,
            [
                json!({"spaceType": 1, "displayName": "Fun event"}),
                json!({"spaceType": "SPACE"}),
                json!({"displayName": 1}),
            ],
        ),
        (
            Method::SpacesMessagesList,
            r#"create_time > "2026-01-31T12:00:00Z""#,
            [
                json!({"createTime": "2026-01-31T12:00:01Z"}),
                json!({"createTime": {"seconds": "0"}}),
                json!({"createTime": "yesterday"}),
            ],
        ),
        (
            Method::SpacesMessagesSearch,
            r#"reports AND sender.name = "users/me""#,
            [
                json!({"text": "All reports", "sender": {"name": "users/1"}}),
                json!({"text": "All reports", "sender": {"name": "users/2"}}),
                json!({"text": true}),
            ],
        ),
        (
            Method::SpacesMessagesReactionsList,
            r#"emoji.unicode = "🙂""#,
            [
                json!({"emoji": {"unicode": "🙂"}}),
                json!({"emoji": {"customEmoji": {"uid": "1"}}}),
                json!({"emoji": "🙂"}),
            ],
        ),
        (
            Method::SpacesSpaceEventsList,
            r#"event_types:"google.workspace.chat.message.v1.created""#,
            [
                json!({"eventType": "google.workspace.chat.message.v1.created"}),
                json!({"eventType": "google.workspace.chat.message.v1.deleted"}),
                json!({"eventTime": 1}),
            ],
        ),
        (
            Method::CustomEmojisList,
            r#"creator("users/me")"#,
            [
                json!({"name": "customEmojis/A"}),
                json!({"name": "customEmojis/B"}),
                json!({"name": 1}),
            ],
        ),
        (
            Method::UsersSectionsItemsList,
            "space = spaces/AAAA",
            [
                json!({"space": "spaces/AAAA"}),
                json!({"space": "spaces/BBBB"}),
                json!({"space": {}}),
            ],
        ),
    ]
}

#[test]
fn filters_of_all_methods_match_resources() {
    let context = Context::new()
        .caller("users/1")
        .creator("customEmojis/A", "users/1")
        .creator("customEmojis/B", "users/2");
    let mut methods = Vec::new();
    for (method, text, [matching, other, invalid]) in rows() {
        let filter = AnyFilter::parse(method, text).unwrap();
        assert_eq!(filter.method(), method);
        assert!(
            filter.matches(&matching, &context).unwrap().unwrap(),
            "{method}"
        );
        assert!(
            !filter.matches(&other, &context).unwrap().unwrap(),
            "{method}"
        );
        assert!(filter.matches(&invalid, &context).is_err(), "{method}");
        methods.push(method);
    }
    assert_eq!(methods, Method::ALL);
}

#[test]
fn what_the_context_does_not_have_is_the_inner_error() {
    let filter = AnyFilter::parse(Method::CustomEmojisList, r#"creator("users/me")"#).unwrap();
    let result = filter.matches(json!({}), &Context::new()).unwrap();
    assert_eq!(result, Err(EvaluationError::UnknownCaller));
}

#[test]
fn filters_are_parsed_as_those_of_their_method() {
    for (method, text, _) in rows() {
        let checked = Checker::new().check_method(method, text);
        assert_eq!(AnyFilter::parse(method, text), checked.into_result());
    }
    let error = AnyFilter::parse(Method::SpacesList, "").unwrap();
    assert_eq!(error.to_string(), "");
    let error = AnyFilter::parse(Method::SpacesSearch, "").unwrap_err();
    assert_eq!(error.code().as_str(), "missing-filter");
}

#[test]
fn filters_of_one_method_are_compared() {
    let parse = |text| AnyFilter::parse(Method::SpacesMembersList, text).unwrap();
    let [managers, humans] = [r#"role = "ROLE_MANAGER""#, r#"member.type = "HUMAN""#].map(parse);
    let both = managers.intersection(&humans).unwrap();
    assert_eq!(both.implies(&humans), Some(true));
    assert_eq!(humans.implies(&both), Some(false));
    assert_eq!(humans.is_disjoint(&both), Some(false));
    let bots = parse(r#"member.type = "BOT""#);
    assert_eq!(both.is_disjoint(&bots), Some(true));
    assert_eq!(both.intersection(&bots), Err(IntersectionError::Empty));
}

#[test]
fn filters_of_different_methods_are_not_compared() {
    let filters = rows().into_iter();
    let filters = filters.map(|(method, text, _)| AnyFilter::parse(method, text).unwrap());
    let filters: Vec<AnyFilter> = filters.collect();
    for one in &filters {
        for other in &filters {
            let same = one.method() == other.method();
            assert_eq!(one.implies(other), same.then_some(true));
            assert_eq!(one.is_disjoint(other), same.then_some(false));
            let both = one.intersection(other);
            let expected = if same {
                Ok(one.clone())
            } else {
                Err(IntersectionError::DifferentMethods)
            };
            assert_eq!(both, expected);
        }
    }
}

#[test]
fn filters_are_read_back_from_their_text() {
    let read = |method: Method, text: &str| {
        method.deserialize(IntoDeserializer::<value::Error>::into_deserializer(text))
    };
    for (method, text, _) in rows() {
        let filter = AnyFilter::parse(method, text).unwrap();
        let text = serde_json::to_value(&filter).unwrap();
        assert_eq!(read(method, text.as_str().unwrap()), Ok(filter));
    }
    let aip160 = Checker::new().preset(Preset::Aip160);
    let filter = aip160.check_method(Method::SpacesMembersList, "NOT role = ROLE_MANAGER");
    let filter = filter.into_result().unwrap();
    assert_eq!(
        read(Method::SpacesMembersList, &filter.to_string()),
        Ok(filter)
    );
    let error = read(Method::SpacesList, "role = 1").unwrap_err();
    assert!(error.to_string().starts_with("unknown field"), "{error}");
}

/// A cell is read by the rules of a membership.
#[test]
fn cells_are_those_of_memberships() {
    for json in [
        json!({}),
        json!({"role": null, "member": null}),
        json!({"role": "", "member": {}}),
        json!({"role": 2, "member": {"type": 1}}),
        json!({"role": "ROLE_MANAGER", "member": {"type_": "BOT"}, "name": "spaces/A/members/1"}),
        json!({"role": "ROLE_X", "member": {"type": "X"}}),
        json!({"role": 9, "member": {"type": null}}),
        json!({"groupMember": {"name": "groups/1"}}),
    ] {
        let cell: Cell = serde_json::from_value(json.clone()).unwrap();
        let membership: Membership = serde_json::from_value(json.clone()).unwrap();
        let expected = Cell {
            role: Matchable::role(&membership),
            member_type: membership.member_type(),
        };
        assert_eq!(cell, expected, "{json}");
    }
    let both = r#"{"groupMember": {}, "member": {"type": "BOT"}}"#;
    let cell: Cell = serde_json::from_str(both).unwrap();
    assert_eq!(cell.member_type, MemberType::Bot);
    assert!(serde_json::from_str::<Membership>(both).is_err());
    for (json, expected) in [
        ("[]", "expected a membership object"),
        (r#"{"role": 1.5}"#, "a name or a 32-bit integer"),
        (r#"{"role": "A", "role": "A"}"#, "duplicate field `role`"),
        (
            r#"{"member": {"type": 1, "type_": 1}}"#,
            "duplicate field `type`",
        ),
        (r#"{"member": "users/1"}"#, "expected a user object"),
    ] {
        let error = serde_json::from_str::<Cell>(json).unwrap_err().to_string();
        assert!(error.contains(expected), "{json}: {error}");
    }
}
