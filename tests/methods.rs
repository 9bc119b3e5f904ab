//! What is alike for all methods: resources, relations, contexts, hints.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use gchat_filter::{
    AnyFilter, Checker, Context, EvaluationError, Filter, FilterRelation, FilterVisitor, Method,
    MethodLanguage,
};

fn filter(method: Method, text: &str) -> AnyFilter {
    let checked = Checker::new().check_method(method, text);
    assert!(checked.is_valid(), "{method}: {:?}", checked.diagnostics);
    checked.filter.unwrap()
}

/// Evaluates a filter against a resource in JSON.
struct Matches<'m>(&'m str, &'m Context);

impl FilterVisitor for Matches<'_> {
    type Output = Result<bool, EvaluationError>;

    fn visit<L: MethodLanguage>(self, filter: Filter<L>) -> Self::Output {
        filter.matches_in(self.1, &serde_json::from_str(self.0).unwrap())
    }
}

#[test]
fn filters_of_every_method_match_resources() {
    let context = serde_json::from_str(
        r#"{"caller": "users/1", "creators": {"customEmojis/A": "users/1"},
            "unread": ["spaces/A/messages/B"], "spaces": [{"name": "spaces/A", "spaceType": "SPACE"}]}"#,
    )
    .unwrap();
    let cases = [
        (
            Method::SpacesMembersList,
            r#"role = "ROLE_MANAGER""#,
            r#"{"role": "ROLE_MANAGER"}"#,
        ),
        (
            Method::SpacesList,
            r#"space_type = "SPACE""#,
            r#"{"spaceType": "SPACE"}"#,
        ),
        (
            Method::SpacesSearch,
            r#"space_type = "SPACE" AND display_name:"Fun""#,
            r#"{"spaceType": "SPACE", "displayName": "fun event"}"#,
        ),
        (
            Method::SpacesMessagesList,
            r#"create_time > "2026-01-01T00:00:00Z""#,
            r#"{"createTime": "2026-01-02T00:00:00Z"}"#,
        ),
        (
            Method::SpacesMessagesSearch,
            r#"is_unread() AND space.space_type = "SPACE""#,
            r#"{"name": "spaces/A/messages/B"}"#,
        ),
        (
            Method::SpacesMessagesReactionsList,
            r#"user.name = "users/1""#,
            r#"{"user": {"name": "users/1"}}"#,
        ),
        (
            Method::SpacesSpaceEventsList,
            r#"event_types:"google.workspace.chat.message.v1.created""#,
            r#"{"eventType": "google.workspace.chat.message.v1.batchCreated"}"#,
        ),
        (
            Method::CustomEmojisList,
            r#"creator("users/me")"#,
            r#"{"name": "customEmojis/A"}"#,
        ),
        (
            Method::UsersSectionsItemsList,
            "space = spaces/A",
            r#"{"space": "spaces/A"}"#,
        ),
    ];
    assert_eq!(cases.map(|(method, ..)| method), Method::ALL);
    for (method, text, resource) in cases {
        let filter = filter(method, text);
        assert_eq!(filter.method(), method);
        assert_eq!(
            filter.clone().visit(Matches(resource, &context)),
            Ok(true),
            "{method}"
        );
        let other = if method == Method::CustomEmojisList {
            continue;
        } else {
            "{}"
        };
        assert_eq!(
            filter.visit(Matches(other, &context)),
            Ok(false),
            "{method}"
        );
    }
}

#[test]
fn evaluation_without_what_it_needs_is_an_error() {
    for (method, text, key) in [
        (Method::SpacesMessagesSearch, "is_unread()", "unread"),
        (
            Method::SpacesMessagesSearch,
            r#"sender.name = "users/me""#,
            "caller",
        ),
        (Method::CustomEmojisList, r#"creator("users/me")"#, "caller"),
    ] {
        let error = filter(method, text)
            .visit(Matches("{}", &Context::new()))
            .unwrap_err();
        assert_eq!(error.key(), key, "{text}");
    }
    let context = Context::new().caller("users/1");
    let emoji = Matches(r#"{"name": "customEmojis/A"}"#, &context);
    let error = filter(Method::CustomEmojisList, r#"NOT creator("users/me")"#).visit(emoji);
    assert_eq!(error.unwrap_err().key(), "creators");
}

#[test]
fn relations_are_exact() {
    use FilterRelation::{Disjoint, Equal, Narrower, Overlapping, Wider};
    let event = |name: &str| format!("event_types:\"google.workspace.chat.{name}\"");
    let created = event("message.v1.created");
    let either = format!("{created} OR {}", event("message.v1.deleted"));
    for (method, a, b, expected) in [
        (
            Method::SpacesMembersList,
            r#"role = "ROLE_MEMBER""#,
            "",
            Narrower,
        ),
        (
            Method::SpacesMembersList,
            r#"role = "ROLE_MEMBER""#,
            r#"member.type = "BOT""#,
            Overlapping,
        ),
        (
            Method::SpacesMembersList,
            r#"role = "ROLE_MEMBER""#,
            r#"role = "ROLE_MANAGER""#,
            Disjoint,
        ),
        (Method::SpacesSpaceEventsList, &either, &created, Wider),
        (
            Method::SpacesMessagesList,
            r#"create_time > "2026-01-01T00:00:00Z""#,
            r#"create_time < "2026-01-01T00:00:00.000000001Z""#,
            Disjoint,
        ),
        (
            Method::SpacesMessagesList,
            r#"create_time > "2026-01-01T00:00:00Z""#,
            r#"createTime > "2026-01-01T01:00:00+01:00""#,
            Equal,
        ),
        // The caller may be user 1.
        (
            Method::SpacesMessagesSearch,
            r#"sender.name = "users/me""#,
            r#"sender.name = "users/1""#,
            Overlapping,
        ),
        (
            Method::SpacesMessagesSearch,
            r#"sender.name = "users/2""#,
            r#"sender.name = "users/1""#,
            Disjoint,
        ),
    ] {
        let (a, b) = (filter(method, a), filter(method, b));
        assert_eq!(a.relation(&b), Some(expected), "{a} | {b}");
    }
    let spaces = filter(Method::SpacesList, "");
    assert_eq!(
        spaces.relation(&filter(Method::SpacesMembersList, "")),
        None
    );
}

#[test]
fn invalid_filters_are_probably_for_methods_with_their_fields() {
    use Method::{
        CustomEmojisList, SpacesMembersList, SpacesMessagesList, SpacesMessagesReactionsList,
        SpacesMessagesSearch, SpacesSearch, SpacesSpaceEventsList, UsersSectionsItemsList,
    };
    for (text, expected) in [
        (
            r#"create_time > "2026-01-01T00:00:00Z""#,
            &[SpacesMessagesList][..],
        ),
        ("create_time > 2026-01-01T00:00:00Z", &[SpacesMessagesList]),
        (
            r#"create_time >= "2026-01-01T00:00:00Z""#,
            &[SpacesMessagesSearch],
        ),
        (
            r#"create_time > "yesterday""#,
            &[SpacesSearch, SpacesMessagesList, SpacesMessagesSearch],
        ),
        ("space = spaces/AAAA", &[UsersSectionsItemsList]),
        (r#"NOT creator("users/me")"#, &[CustomEmojisList]),
        ("is_unread()", &[SpacesMessagesSearch]),
        (r#"emoji.unicode = "🙂""#, &[SpacesMessagesReactionsList]),
        (
            r#"start_time = "2026-01-01T00:00:00Z""#,
            &[SpacesSpaceEventsList],
        ),
        // Any words are keywords.
        ("role", &[]),
        ("ROLE_MANAGER", &[]),
        ("role =", &[]),
        ("x = 1", &[]),
        (r#"role = "OWNER""#, &[]),
        (r#"role = "ROLE_MANAGER""#, &[]),
        ("", &[]),
    ] {
        let methods = Checker::new().other_methods(SpacesMembersList, text);
        assert_eq!(methods, expected, "{text}");
    }
}

#[test]
fn contexts_are_read_from_json() {
    let context: Context = serde_json::from_str(
        r#"{"aliases": {"users/dana@example.com": "users/1"}, "caller": "users/dana@example.com",
            "now": "2026-01-31T12:00:00Z", "parent": "spaces/AAAA", "unread": []}"#,
    )
    .unwrap();
    let expected = Context::new()
        .alias("users/dana@example.com", "users/1")
        .caller("users/dana@example.com")
        .now("2026-01-31T12:00:00Z".parse().unwrap())
        .parent("spaces/AAAA")
        .unread(Vec::<String>::new());
    assert_eq!(context, expected);
    assert_eq!(
        serde_json::from_str::<Context>("{}").unwrap(),
        Context::new()
    );
    for (text, message) in [
        ("[]", "an object"),
        ("7", "an object"),
        (r#"{"caler": "users/1"}"#, "unknown field `caler`"),
        (
            r#"{"caller": "1"}"#,
            "`1` in `caller` is not a name of the form `users/{user}`",
        ),
        (
            r#"{"caller": "users/me"}"#,
            "`caller` must have the user's own name",
        ),
        (
            r#"{"aliases": {"dana@example.com": "users/1"}}"#,
            "`aliases`",
        ),
        (r#"{"now": "yesterday"}"#, "invalid time"),
        (r#"{"parent": "AAAA"}"#, "`spaces/{space}`"),
        (r#"{"spaces": [{"displayName": "x"}]}"#, "`spaces`"),
        (
            r#"{"unread": ["spaces/AAAA"]}"#,
            "`spaces/{space}/messages/{message}`",
        ),
        (
            r#"{"creators": {"A": "users/1"}}"#,
            "`customEmojis/{customEmoji}`",
        ),
    ] {
        let error = serde_json::from_str::<Context>(text)
            .unwrap_err()
            .to_string();
        assert!(error.contains(message), "{text}: {error}");
    }
}
