//! Laws for all methods, on random filters of their words, most of them invalid.

use gchat_filter::diagnostic::{Diagnostic, Stage};
use gchat_filter::{
    AnyFilter, Checked, Checker, IntersectionError, Method, Preset, custom_emojis, members,
    messages, messages_search, reactions, section_items, space_events, spaces, spaces_search,
    syntax,
};
use proptest::prelude::*;

/// What filters are made of, for each method and for all of them.
fn words(method: Method) -> &'static [&'static str] {
    match method {
        Method::SpacesMembersList => &[
            r#"role = "ROLE_MANAGER""#,
            r#"member.type != "BOT""#,
            "member.type",
            r#""HUMAN""#,
        ],
        Method::SpacesList => &[
            r#"space_type = "SPACE""#,
            r#"spaceType = "GROUP_CHAT""#,
            "space_type",
            r#""SPACE""#,
            "'DIRECT_MESSAGE'",
        ],
        Method::SpacesSearch => &[
            r#"space_type = "SPACE""#,
            r#"space_type = "SPACE" AND display_name:"a""#,
            r#"displayName:"ab c""#,
            "display_name:Hello",
            r#"external_user_allowed = "true""#,
            "externalUserAllowed = false",
            r#"create_time >= "2026-01-01T00:00:00Z""#,
            "display_name",
            r#"customer = "customers/my_customer""#,
        ],
        Method::SpacesMessagesList => &[
            r#"create_time > "2026-01-01T00:00:00Z""#,
            r#"createTime < "2026-01-01T00:00:00.000000001Z""#,
            "thread.name = spaces/A/threads/B",
            "create_time",
            "2026-01-01T00:00:00Z",
            r#""2026-01-01T00:00:00z""#,
            "thread.name",
        ],
        Method::SpacesMessagesSearch => &[
            "tasks",
            r#""to do""#,
            "'do'",
            "node.js",
            r#"create_time >= "2026-01-01T00:00:00Z""#,
            r#"sender.name = "users/1""#,
            "sender.name",
            "users/a@b.com",
            "space.displayName:a",
            r#"space.display_name:"ab c""#,
            "annotations.user_mentions.user.name:users/1",
            "annotations.user_mentions.user.name:users/2",
            "attachment:*",
            "attachment",
            "is_unread()",
            "has_link(x)",
        ],
        Method::SpacesMessagesReactionsList => &[
            r#"emoji.unicode = "a""#,
            r#"emoji.customEmoji.uid = "b""#,
            r#"user.name = "users/1""#,
            "emoji.unicode",
            r#""users/me""#,
        ],
        Method::SpacesSpaceEventsList => &[
            r#"event_types:"google.workspace.chat.message.v1.created""#,
            r#"event_type:"google.workspace.chat.space.v1.batchUpdated""#,
            r#"start_time = "2026-01-01T00:00:00Z""#,
            r#"endTime <= "2026-01-01T00:00:00Z""#,
            "event_types",
            "google.workspace.chat.space.v1.updated",
            "end_time",
        ],
        Method::CustomEmojisList => &[
            r#"creator("users/me")"#,
            r#"NOT creator("users/me")"#,
            "creator('users/me')",
            "creator",
            "users/me",
            "Creator(users/me)",
        ],
        Method::UsersSectionsItemsList => &[
            "space = spaces/A",
            r#"space = "spaces/A""#,
            "space = 'spaces/B.c'",
            "space",
            "spaces/A",
            r#""spaces/a,b""#,
        ],
        _ => &[],
    }
}

const CONNECTIVES: &[&str] = &[
    "AND", "AND", "OR", "and", "NOT", "-", "(", ")", "=", ":", "!=", ">=",
];

fn text(method: Method) -> impl Strategy<Value = String> {
    let word = prop_oneof![
        2 => prop::sample::select(words(method)),
        2 => prop::sample::select(CONNECTIVES),
    ];
    // A list of terms joined by AND or OR is more often valid.
    let random = prop::collection::vec(word, 0..8).prop_map(|words| words.join(" "));
    let term = prop::sample::select(words(method));
    let joined = prop::collection::vec(
        (term, prop::sample::select(vec![" AND ", " OR ", " "])),
        1..5,
    )
    .prop_map(|terms| {
        let mut text = String::new();
        for (index, (term, connective)) in terms.iter().enumerate() {
            if index > 0 {
                text.push_str(connective);
            }
            text.push_str(term);
        }
        text
    });
    prop_oneof![random, joined]
}

fn input() -> impl Strategy<Value = (Method, String)> {
    prop::sample::select(Method::ALL).prop_flat_map(|method| (Just(method), text(method)))
}

fn pair() -> impl Strategy<Value = (Method, [String; 2])> {
    prop::sample::select(Method::ALL)
        .prop_flat_map(|method| (Just(method), [text(method), text(method)]))
}

/// The stage of the first error. Errors in what AND and OR join are a stage of their own.
fn stage(method: Method, checked: &Checked<'_, AnyFilter>) -> Option<(Stage, bool)> {
    let error = checked.errors().next()?;
    let code = error.code.as_str();
    let is_shape = [
        "cross-field-or",
        "or-not-supported",
        "and-not-supported",
        "not-an-interval",
        "mixed-within-field",
    ];
    let denies_mixes = [
        Method::SpacesMessagesReactionsList,
        Method::SpacesMessagesSearch,
    ];
    let is_mix = code == "mixed-operators" && denies_mixes.contains(&method);
    Some((error.stage(), is_mix || is_shape.contains(&code)))
}

/// Parsing agrees with checking, also where it builds no tree.
fn parses_as_checked(method: Method, text: &str) {
    macro_rules! parses {
        ($($method:ident: $language:ident,)+) => {
            match method {
                $(Method::$method => {
                    let checked = $language::Filter::check(&Checker::new(), text);
                    match $language::Filter::parse(text) {
                        Ok(filter) => assert_eq!(Some(filter), checked.filter, "{text}"),
                        Err(error) => {
                            assert_eq!(checked.filter, None, "{text}");
                            assert_eq!(error.diagnostics(), checked.diagnostics, "{text}");
                        }
                    }
                })+
                _ => unreachable!("{method}"),
            }
        };
    }
    parses! {
        SpacesMembersList: members,
        SpacesList: spaces,
        SpacesSearch: spaces_search,
        SpacesMessagesList: messages,
        SpacesMessagesSearch: messages_search,
        SpacesMessagesReactionsList: reactions,
        SpacesSpaceEventsList: space_events,
        CustomEmojisList: custom_emojis,
        UsersSectionsItemsList: section_items,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn parsing_agrees_with_checking((method, text) in input()) {
        parses_as_checked(method, &text);
    }

    #[test]
    fn fixes_make_progress((method, text) in input()) {
        let checker = Checker::new();
        let checked = checker.check_method(method, &text);
        let certain = |diagnostic: &&Diagnostic| diagnostic.fix.as_ref().is_some_and(|fix| fix.certain);
        prop_assert_eq!(checked.fixed.is_some(), checked.diagnostics.iter().any(|one| certain(&one)));
        let fixed = checked.diagnostics.iter().filter(certain).filter(|one| one.is_error());
        let fixed = fixed.map(|one| one.fix.as_ref().unwrap().apply(&text).unwrap());
        for fixed in fixed.chain(checked.fixed.clone()) {
            let after = checker.check_method(method, &fixed);
            // Where the grammar stumbles. The error that is reported may explain more, from further left.
            let start = |checked: &Checked<'_, AnyFilter>| {
                let error = syntax::parse(&checked.text).err()?;
                Some(error.diagnostic().span.start)
            };
            let [before_stage, after_stage] = [stage(method, &checked), stage(method, &after)];
            prop_assert!(
                after.is_valid()
                    || after_stage > before_stage
                    || after_stage == before_stage
                        && if before_stage == Some((Stage::Syntax, false)) {
                            start(&after) > start(&checked)
                        } else {
                            after.errors().count() < checked.errors().count()
                        },
                "{}: {:#?}\n{}: {:#?}", text, checked.diagnostics, fixed, after.diagnostics
            );
        }
        for diagnostic in &checked.diagnostics {
            if let Some(fix) = &diagnostic.fix {
                prop_assert_ne!(fix.apply(&text).unwrap(), &*text);
            }
        }
    }

    /// Printed text has the same meaning, prints as itself, and is accepted like its source.
    #[test]
    fn printing_keeps_the_meaning((method, text) in input()) {
        for preset in [Preset::Default, Preset::Aip160] {
            let checker = Checker::new().preset(preset);
            if let Some(filter) = checker.check_method(method, &text).filter {
                let printed = filter.to_string();
                let again = checker.check_method(method, &printed);
                let is_empty = printed.is_empty() && again.errors().any(|error| error.code.as_str() == "missing-filter");
                prop_assert!(is_empty || again.filter == Some(filter), "{} {}", text, printed);
            }
        }
    }

    /// A filter of any method agrees with the filter of its language.
    #[test]
    fn any_filters_are_compared((method, texts) in pair()) {
        let filters = texts.map(|text| {
            let parsed = AnyFilter::parse(method, &text).ok();
            assert_eq!(parsed, Checker::new().check_method(method, &text).filter);
            parsed
        });
        let [Some(left), Some(right)] = filters else { return Ok(()) };
        prop_assert_eq!(left.method(), method);
        let implies = |left: &AnyFilter, right: &AnyFilter| left.implies(right).unwrap();
        prop_assert!(implies(&left, &left));
        prop_assert_eq!(implies(&left, &right) && implies(&right, &left), left == right);
        // A filter may match nothing, such as an empty interval.
        prop_assert!(matches!(left.intersection(&left), Err(IntersectionError::Empty)) || left.intersection(&left) == Ok(left.clone()));
        if let Ok(both) = left.intersection(&right) {
            prop_assert!(implies(&both, &left) && implies(&both, &right));
            prop_assert_eq!(implies(&left, &right), both == left);
        }
        let other = match method {
            Method::SpacesList => Method::SpacesMembersList,
            _ => Method::SpacesList,
        };
        let other = AnyFilter::parse(other, "").unwrap();
        prop_assert_eq!(left.implies(&other), None);
        prop_assert_eq!(left.intersection(&other), Err(IntersectionError::DifferentMethods));
    }

    /// A stricter preset accepts nothing that a more lenient one rejects.
    #[test]
    fn presets_are_ordered((method, text) in input()) {
        let check = |preset| Checker::new().preset(preset).check_method(method, &text).filter;
        let [strict, default, aip160] = [Preset::Strict, Preset::Default, Preset::Aip160].map(check);
        prop_assert!(strict.is_none() || strict == default, "{}", text);
        prop_assert!(default.is_none() || default == aip160, "{}", text);
    }
}
