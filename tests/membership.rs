//! The `Membership` resource in JSON, and the role and type that a filter matches.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::HashSet;
use std::fmt::{Debug, Display};

use gchat_filter::members::{
    Affiliation, Group, Membership, MembershipRole, MembershipState, UnknownValue, User,
    UserOrGroup, UserType,
};
use gchat_filter::members::{Matchable, MemberType, Role};
use proptest::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, from_reader, from_slice, from_str, from_value, json, to_string, to_value};

const SAMPLE: &str = include_str!("data/memberships.ndjson");
const LIST_RESPONSES: &str = include_str!("data/list-responses.json");

fn read(json: &str) -> Membership {
    from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// The message of the error from reading, which must be the same from a string and from a reader,
/// without the position.
#[track_caller]
fn error<T: DeserializeOwned + Debug>(json: &str) -> String {
    let [from_str, from_reader] = [from_str::<T>(json), from_reader(json.as_bytes())]
        .map(|result| result.expect_err(json).to_string())
        .map(|message| match message.rsplit_once(" at line ") {
            Some((message, _)) => message.to_owned(),
            None => message,
        });
    assert_eq!(from_str, from_reader, "{json}");
    from_str
}

fn with_all_fields() -> Membership {
    Membership {
        name: "spaces/AAAAqx7Kt0E/members/104829375610293847561".to_owned(),
        state: MembershipState::Joined,
        role: MembershipRole::Manager,
        create_time: Some("2024-05-03T09:21:47.318079Z".to_owned()),
        delete_time: Some("2025-01-31T23:59:59Z".to_owned()),
        affiliation: Affiliation::Internal,
        member: Some(UserOrGroup::User(User {
            name: "users/104829375610293847561".to_owned(),
            display_name: "Þórdís \"Disa\" 𠮷田".to_owned(),
            domain_id: "c07lrwfve".to_owned(),
            user_type: UserType::Human,
            is_anonymous: true,
            email: "disa@example.com".to_owned(),
            avatar_url: "https://example.com/disa.png".to_owned(),
        })),
    }
}

fn with_all_fields_json() -> Value {
    json!({
        "name": "spaces/AAAAqx7Kt0E/members/104829375610293847561",
        "state": "JOINED",
        "role": "ROLE_MANAGER",
        "createTime": "2024-05-03T09:21:47.318079Z",
        "deleteTime": "2025-01-31T23:59:59Z",
        "member": {
            "name": "users/104829375610293847561",
            "displayName": "Þórdís \"Disa\" 𠮷田",
            "domainId": "c07lrwfve",
            "type": "HUMAN",
            "isAnonymous": true,
            "email": "disa@example.com",
            "avatarUrl": "https://example.com/disa.png",
        },
        "affiliation": "INTERNAL",
    })
}

#[test]
fn fields_map_to_keys() {
    assert_eq!(to_value(with_all_fields()).unwrap(), with_all_fields_json());
    assert_eq!(
        from_value::<Membership>(with_all_fields_json()).unwrap(),
        with_all_fields()
    );
    let text = with_all_fields_json().to_string();
    assert_eq!(read(&text), with_all_fields());
    assert_eq!(
        from_reader::<_, Membership>(text.as_bytes()).unwrap(),
        with_all_fields()
    );

    let group = Membership {
        member: Some(UserOrGroup::Group(Group {
            name: "groups/01k7mq9t3xw2b5c".to_owned(),
        })),
        ..Membership::default()
    };
    let json = json!({"groupMember": {"name": "groups/01k7mq9t3xw2b5c"}});
    assert_eq!(to_value(&group).unwrap(), json);
    assert_eq!(from_value::<Membership>(json).unwrap(), group);
}

#[test]
fn keys_are_written_in_the_order_of_the_sample() {
    for line in SAMPLE.lines() {
        assert_eq!(to_string(&read(line)).unwrap(), line);
    }
}

#[test]
fn defaults_are_not_written() {
    assert_eq!(to_string(&Membership::default()).unwrap(), "{}");
    assert_eq!(to_string(&User::default()).unwrap(), "{}");
    assert_eq!(to_string(&Group::default()).unwrap(), "{}");

    // A member whose fields are all defaults is written.
    for (member, json) in [
        (UserOrGroup::User(User::default()), r#"{"member":{}}"#),
        (
            UserOrGroup::Group(Group::default()),
            r#"{"groupMember":{}}"#,
        ),
    ] {
        let membership = Membership {
            member: Some(member),
            ..Membership::default()
        };
        assert_eq!(to_string(&membership).unwrap(), json);
        assert_eq!(read(json), membership);
    }

    // So is an empty time.
    let json = r#"{"createTime":"","deleteTime":""}"#;
    assert_eq!(to_string(&read(json)).unwrap(), json);
}

#[test]
fn absent_null_and_default_are_equivalent() {
    for json in [
        "{}",
        r#"{"name": null, "state": null, "role": null, "createTime": null, "deleteTime": null,
            "affiliation": null, "member": null, "groupMember": null}"#,
        r#"{"name": "", "state": "MEMBERSHIP_STATE_UNSPECIFIED",
            "role": "MEMBERSHIP_ROLE_UNSPECIFIED", "affiliation": "AFFILIATION_UNSPECIFIED"}"#,
        r#"{"state": 0, "role": 0, "affiliation": 0}"#,
    ] {
        assert_eq!(read(json), Membership::default(), "{json}");
    }
    for json in [
        "{}",
        r#"{"name": null, "displayName": null, "domainId": null, "type": null,
            "isAnonymous": null, "email": null, "avatarUrl": null}"#,
        r#"{"name": "", "displayName": "", "domainId": "", "type": "TYPE_UNSPECIFIED",
            "isAnonymous": false, "email": "", "avatarUrl": ""}"#,
        r#"{"type": 0}"#,
    ] {
        assert_eq!(from_str::<User>(json).unwrap(), User::default(), "{json}");
    }
    for json in ["{}", r#"{"name": null}"#, r#"{"name": ""}"#] {
        assert_eq!(from_str::<Group>(json).unwrap(), Group::default(), "{json}");
    }
}

#[test]
fn rejects_both_kinds_of_member() {
    let both = "expected at most one of `member` and `groupMember`, found both";
    for json in [
        r#"{"member": {}, "groupMember": {}}"#,
        r#"{"groupMember": {}, "member": {}}"#,
        r#"{"member": {"name": "users/1"}, "role": 1, "groupMember": {"name": "groups/1"}}"#,
    ] {
        assert_eq!(error::<Membership>(json), both, "{json}");
        assert_eq!(
            error::<Vec<Membership>>(&format!("[{json}]")),
            both,
            "{json}"
        );
    }

    let user = Some(UserOrGroup::User(User::default()));
    let group = Some(UserOrGroup::Group(Group::default()));
    for (json, member) in [
        (r#"{"member": null, "groupMember": {}}"#, &group),
        (r#"{"groupMember": {}, "member": null}"#, &group),
        (r#"{"member": {}, "groupMember": null}"#, &user),
        (r#"{"groupMember": null, "member": {}}"#, &user),
        (r#"{"groupMember": null, "member": null}"#, &None),
    ] {
        assert_eq!(&read(json).member, member, "{json}");
    }
}

/// All known keys, each with its place and two valid values.
const KEYS: &str = r#"
name           _                    "spaces/a/members/1"    ""
state          _                    "JOINED"                2
role           _                    "ROLE_MEMBER"           4
createTime     _                    "2024-05-03T09:21:47Z"  ""
deleteTime     _                    "2024-05-03T09:21:47Z"  ""
affiliation    _                    "EXTERNAL"              3
member         _                    {"name":"users/1"}      {}
groupMember    _                    {"name":"groups/1"}     {}
name           {"member":_}         "users/1"               ""
displayName    {"member":_}         "A"                     ""
domainId       {"member":_}         "A"                     ""
type           {"member":_}         "BOT"                   1
isAnonymous    {"member":_}         true                    false
email          {"member":_}         "a@example.com"         ""
avatarUrl      {"member":_}         "https://example.com"   ""
name           {"groupMember":_}    "groups/1"              ""
"#;

#[test]
fn rejects_duplicate_keys() {
    for row in KEYS.lines().skip(1) {
        let [key, within, one, other] = row.split_whitespace().collect::<Vec<_>>()[..] else {
            panic!("{row}");
        };
        for value in [one, other, "null"] {
            read(&within.replace('_', &format!(r#"{{"{key}":{value}}}"#)));
        }
        for [first, second] in [
            [one, one],
            [one, other],
            ["null", one],
            [one, "null"],
            ["null", "null"],
        ] {
            let object = format!(r#"{{"{key}":{first},"{key}":{second}}}"#);
            let message = error::<Membership>(&within.replace('_', &object));
            assert_eq!(message, format!("duplicate field `{key}`"), "{object}");
        }
    }
}

#[test]
fn rejects_duplicate_keys_with_escape_sequences() {
    assert_eq!(
        error::<Membership>(r#"{"role": "ROLE_MEMBER", "r\u006fle": "ROLE_MANAGER"}"#),
        "duplicate field `role`",
    );
    // Unknown keys may be repeated.
    assert_eq!(read(r#"{"etag": 1, "etag": 2}"#), Membership::default());
}

#[test]
fn escapes_in_keys_and_values() {
    let json = r#"{
        "\u0072ole": "ROLE\u005fMANAGER",
        "create\u0054ime": "2024\u002d05-03T09:21:47Z",
        "m\u0065mber": {"\u0074ype": "\u0042OT", "displayName": "\ud83d\udcab \"quoted\" \\ \n"}
    }"#;
    let expected = Membership {
        role: MembershipRole::Manager,
        create_time: Some("2024-05-03T09:21:47Z".to_owned()),
        member: Some(UserOrGroup::User(User {
            display_name: "💫 \"quoted\" \\ \n".to_owned(),
            user_type: UserType::Bot,
            ..User::default()
        })),
        ..Membership::default()
    };
    assert_eq!(read(json), expected);
    assert_eq!(
        from_reader::<_, Membership>(json.as_bytes()).unwrap(),
        expected
    );
}

#[test]
fn unknown_keys_are_ignored() {
    let deep = format!("{}1{}", r#"{"a":["#.repeat(50), "]}".repeat(50));
    for value in [
        "null",
        "1.5e300",
        r#""x""#,
        "[]",
        r#"{"role": {"role": [1, {}]}}"#,
        &deep,
    ] {
        let json = format!(
            r#"{{"x": {value}, "role": "ROLE_MEMBER", "": {value},
                "member": {{"role": {value}, "type": "BOT", "groupMember": {value}}}}}"#,
        );
        let membership = read(&json);
        assert_eq!(membership.role, MembershipRole::Member, "{json}");
        assert_eq!(membership.member_type(), MemberType::Bot, "{json}");
        let json = format!(r#"{{"groupMember": {{"type": {value}, "name": "groups/1"}}}}"#);
        assert_eq!(
            to_string(&read(&json)).unwrap(),
            r#"{"groupMember":{"name":"groups/1"}}"#
        );
    }
    // Keys are case-sensitive, and in one of two spellings.
    let json = r#"{"CreateTime": 1, "groupmember": 1, "Role": 1, "ROLE": 1, "role ": 1, "role_": 1,
        "memberType": 1, "user_type": 1, "type": 1, "group__member": 1}"#;
    assert_eq!(read(json), Membership::default());
}

/// The same membership as the API and as Google's clients print it.
#[test]
fn forms_of_googles_clients() {
    let expected = r#"{"name":"spaces/a/members/1","state":"JOINED","role":"ROLE_MANAGER","createTime":"2026-01-01T00:00:00Z","member":{"name":"users/1","displayName":"A","domainId":"d","type":"HUMAN","isAnonymous":true,"email":"a@example.com","avatarUrl":"u"},"affiliation":"INTERNAL"}"#;
    for (client, json) in [
        ("REST", expected),
        (
            "google-apps-chat for Python",
            r#"{"name":"spaces/a/members/1","state":1,"role":2,"create_time":"2026-01-01T00:00:00Z",
                "delete_time":null,"affiliation":1,"member":{"name":"users/1","display_name":"A",
                "domain_id":"d","type_":1,"is_anonymous":true,"email":"a@example.com","avatar_url":"u"}}"#,
        ),
        (
            "@google-apps/chat for Node",
            r#"{"name":"spaces/a/members/1","state":"JOINED","role":"ROLE_MANAGER","memberType":"member",
                "createTime":{"seconds":"1767225600","nanos":0},"deleteTime":null,
                "affiliation":"INTERNAL","groupMember":null,"member":{"name":"users/1",
                "displayName":"A","domainId":"d","type":"HUMAN","isAnonymous":true,
                "email":"a@example.com","avatarUrl":"u"}}"#,
        ),
    ] {
        assert_eq!(to_string(&read(json)).unwrap(), expected, "{client}");
        let value: Value = from_str(json).unwrap();
        assert_eq!(
            from_value::<Membership>(value).unwrap(),
            read(expected),
            "{client}"
        );
    }
    let group = r#"{"group_member": {"name": "groups/g"}, "member": null, "role": 0}"#;
    assert_eq!(
        to_string(&read(group)).unwrap(),
        r#"{"groupMember":{"name":"groups/g"}}"#
    );
    // A key in both spellings is a duplicate.
    for (json, key) in [
        (r#"{"create_time": "", "createTime": ""}"#, "createTime"),
        (
            r#"{"groupMember": null, "group_member": null}"#,
            "groupMember",
        ),
        (r#"{"member": {"type": 1, "type_": 1}}"#, "type"),
        (
            r#"{"member": {"avatar_url": "", "avatarUrl": ""}}"#,
            "avatarUrl",
        ),
    ] {
        assert_eq!(
            error::<Membership>(json),
            format!("duplicate field `{key}`"),
            "{json}"
        );
    }
}

#[test]
fn times_as_objects() {
    for (time, expected) in [
        (
            r#"{"seconds": "1767225600", "nanos": 0}"#,
            "2026-01-01T00:00:00Z",
        ),
        (
            r#"{"seconds": 1767225600, "nanos": 123000000}"#,
            "2026-01-01T00:00:00.123Z",
        ),
        (
            r#"{"seconds": 1767225600, "nanos": 123456000}"#,
            "2026-01-01T00:00:00.123456Z",
        ),
        (
            r#"{"nanos": 1, "seconds": "1767225600"}"#,
            "2026-01-01T00:00:00.000000001Z",
        ),
        (r#"{"seconds": "0"}"#, "1970-01-01T00:00:00Z"),
        (
            r#"{"seconds": "-1", "nanos": null}"#,
            "1969-12-31T23:59:59Z",
        ),
        (r#"{"seconds": 951827696}"#, "2000-02-29T12:34:56Z"),
        (r#"{"seconds": 4107542399}"#, "2100-02-28T23:59:59Z"),
        (r#"{"seconds": 4107542400}"#, "2100-03-01T00:00:00Z"),
        (r#"{"seconds": -62135596800}"#, "0001-01-01T00:00:00Z"),
        (
            r#"{"seconds": 253402300799, "nanos": 999999999}"#,
            "9999-12-31T23:59:59.999999999Z",
        ),
        (
            r#"{"seconds": {"low": 1767225600, "high": 0, "unsigned": false}, "nanos": 0}"#,
            "2026-01-01T00:00:00Z",
        ),
        // The lower half is signed.
        (
            r#"{"seconds": {"low": -187427297, "high": 0}}"#,
            "2100-02-28T23:19:59Z",
        ),
        (
            r#"{"seconds": {"low": -1, "high": -1}}"#,
            "1969-12-31T23:59:59Z",
        ),
    ] {
        let membership = read(&format!(
            r#"{{"createTime": {time}, "delete_time": {time}}}"#
        ));
        assert_eq!(membership.create_time.as_deref(), Some(expected), "{time}");
        assert_eq!(membership.delete_time.as_deref(), Some(expected), "{time}");
    }
    for (time, message) in [
        ("{}", "missing field `seconds`"),
        (r#"{"nanos": 0}"#, "missing field `seconds`"),
        (r#"{"seconds": {"low": 1}}"#, "missing field `high`"),
        (
            r#"{"seconds": 1, "seconds": 1}"#,
            "duplicate field `seconds`",
        ),
        (
            r#"{"seconds": 253402300800}"#,
            "expected a time in the years 1 to 9999, with less than a second of `nanos`",
        ),
        (
            r#"{"seconds": 0, "nanos": 1000000000}"#,
            "expected a time in the years 1 to 9999, with less than a second of `nanos`",
        ),
    ] {
        assert_eq!(
            error::<Membership>(&format!(r#"{{"createTime": {time}}}"#)),
            message,
            "{time}"
        );
    }
}

#[test]
fn empty_strings_and_nulls_are_defaults() {
    let json = r#"{"name": "", "state": "", "role": "", "affiliation": "", "groupMember": null,
        "member": {"name": "", "displayName": "", "type": "", "isAnonymous": null}}"#;
    assert_eq!(to_string(&read(json)).unwrap(), r#"{"member":{}}"#);
}

/// The position of the error is at the second key, before its value.
#[test]
fn both_kinds_of_member_are_an_error_at_the_second_key() {
    for json in [
        r#"{"member": {"name": "users/1"}, "groupMember": {"name": "groups/1"}, "role": 1}"#,
        r#"{"group_member": {"name": "groups/"}, "member":      {"name": "users/1"}, "role": 1}"#,
    ] {
        let error = from_str::<Membership>(json).unwrap_err();
        assert!((32..=56).contains(&error.column()), "{json}: {error}");
    }
}

/// Invalid JSON and the message of its error.
const WRONG: &str = r#"
[]                              => invalid type: sequence, expected a membership object
["spaces/a/members/1"]          => invalid type: sequence, expected a membership object
null                            => invalid type: null, expected a membership object
"spaces/a"                      => invalid type: string "spaces/a", expected a membership object
1                               => invalid type: integer `1`, expected a membership object
{"member": []}                  => invalid type: sequence, expected a user object
{"member": "u"}                 => invalid type: string "u", expected a user object
{"member": false}               => invalid type: boolean `false`, expected a user object
{"groupMember": []}             => invalid type: sequence, expected a group object
{"groupMember": 7}              => invalid type: integer `7`, expected a group object
{"name": 1}                     => invalid type: integer `1`, expected a string
{"createTime": 1700000000}      => invalid type: integer `1700000000`, expected a time
{"deleteTime": []}              => invalid type: sequence, expected a time
{"deleteTime": {"seconds": []}} => invalid type: sequence, expected a 64-bit integer
{"deleteTime": {"seconds": ""}} => invalid value: string "", expected a 64-bit integer
{"groupMember": {"name": []}}   => invalid type: sequence, expected a string
{"member": {"name": 1}}         => invalid type: integer `1`, expected a string
{"member": {"displayName": 1}}  => invalid type: integer `1`, expected a string
{"member": {"domainId": 1}}     => invalid type: integer `1`, expected a string
{"member": {"email": true}}     => invalid type: boolean `true`, expected a string
{"member": {"avatarUrl": 1.5}}  => invalid type: floating point `1.5`, expected a string
{"member": {"isAnonymous": ""}} => invalid type: string "", expected a boolean
{"member": {"isAnonymous": 1}}  => invalid type: integer `1`, expected a boolean
{"role": true}                  => invalid type: boolean `true`, expected a membership role
{"role": 1.5}                   => invalid type: floating point `1.5`, expected a membership role
{"role": 1.0}                   => invalid type: floating point `1.0`, expected a membership role
{"role": {}}                    => invalid type: map, expected a membership role
{"role": ["ROLE_MEMBER"]}       => invalid type: sequence, expected a membership role
{"role": 2147483648}            => invalid value: integer `2147483648`, expected a membership role
{"role": -2147483649}           => invalid value: integer `-2147483649`, expected a membership role
{"state": 4294967297}           => invalid value: integer `4294967297`, expected a membership state
{"state": false}                => invalid type: boolean `false`, expected a membership state
{"affiliation": []}             => invalid type: sequence, expected an affiliation
{"affiliation": 3000000000}     => invalid value: integer `3000000000`, expected an affiliation
{"member": {"type": 0.5}}       => invalid type: floating point `0.5`, expected a user type
{"member": {"type": 99999999999999999999}}
                                => invalid type: floating point `1e+20`, expected a user type
"#;

#[test]
fn type_errors_name_the_expected_type() {
    let rows = WRONG.replace("\n  ", " ");
    for row in rows.lines().skip(1) {
        let (json, message) = row.split_once("=> ").unwrap();
        let json = json.trim_end();
        let (_, expected) = message.split_once(", expected ").unwrap();
        let message = match expected {
            "a membership role" | "a membership state" | "an affiliation" | "a user type" => {
                format!("{message}: a name or a 32-bit integer")
            }
            "a time" => format!("{message}: text in RFC 3339 format, or an object with `seconds`"),
            "a 64-bit integer" => {
                format!(
                    "{message}: a number, its digits as text, or an object with `low` and `high`"
                )
            }
            _ => message.to_owned(),
        };
        assert_eq!(error::<Membership>(json), message, "{json}");
        let value: Value = from_str(json).unwrap();
        let error = from_value::<Membership>(value).expect_err(json).to_string();
        assert_eq!(error, message, "{json}");
    }
    // An array is not an object.
    assert_eq!(
        error::<User>("[]"),
        "invalid type: sequence, expected a user object"
    );
    assert_eq!(
        error::<Group>("[]"),
        "invalid type: sequence, expected a group object"
    );
}

#[test]
fn errors_have_a_position() {
    let error = from_str::<Membership>("{\n  \"role\": 1.5\n}").unwrap_err();
    assert_eq!((error.line(), error.column()), (2, 13));
    let error = from_str::<Membership>("{\"member\": {},\n \"groupMember\": {}}").unwrap_err();
    assert_eq!(error.line(), 2);
}

/// Memberships with the role and the type that a filter matches.
const MATCHED: &str = r#"
{}                                                  => Unspecified NoMember
{"member": null, "role": null}                      => Unspecified NoMember
{"groupMember": {"name": "groups/1"}}               => Unspecified NoMember
{"groupMember": {"type": "BOT"}, "role": 2}         => Manager NoMember
{"member": {}}                                      => Unspecified Unspecified
{"member": {"type": null}}                          => Unspecified Unspecified
{"member": {"type": 0}, "role": 1}                  => Member Unspecified
{"member": {"type": "HUMAN"}, "role": 4}            => AssistantManager Human
{"member": {"type": 2}, "role": "ROLE_MANAGER"}     => Manager Bot
{"member": {"type": "AGENT"}, "role": 3}            => Unknown Unknown
{"member": {"type": -1}, "role": "role_member"}     => Unknown Unknown
{"role": "ROLE_MEMBER"}                             => Member NoMember
"#;

#[test]
fn memberships_map_to_role_and_type() {
    for row in MATCHED.lines().skip(1) {
        let (json, expected) = row.split_once("=> ").unwrap();
        let membership = read(json);
        let (role, member_type) = (Matchable::role(&membership), membership.member_type());
        assert_eq!(format!("{role:?} {member_type:?}"), expected, "{json}");
    }
    // The API's values map to the filter's roles and types of the same name.
    for &role in Role::ALL {
        let name = role.name().unwrap_or("ROLE_GUEST");
        assert_eq!(Role::from(&MembershipRole::from(name)), role);
    }
    for &member_type in MemberType::ALL.iter().skip(1) {
        let name = member_type.name().unwrap_or("AGENT");
        assert_eq!(MemberType::from(&UserType::from(name)), member_type);
    }
}

/// Checks an enum. `known` are its values with the API's integers and names; `unknown` returns the
/// contents of the `Unknown` variant.
fn check_open_enum<E>(
    known: &[(E, i32, &str)],
    name: fn(&E) -> Option<&str>,
    number: fn(&E) -> Option<i32>,
    unknown: fn(&E) -> Option<&UnknownValue>,
) where
    E: From<i32> + for<'a> From<&'a str>,
    E: Clone + Debug + Default + Display + PartialEq + serde::Serialize + DeserializeOwned,
{
    assert_eq!(
        known.first().map(|(value, ..)| value.clone()),
        Some(E::default())
    );
    for (value, n, text) in known {
        assert_eq!((&E::from(*n), &E::from(*text)), (value, value));
        assert_eq!((name(value), number(value)), (Some(*text), Some(*n)));
        assert_eq!((value.to_string().as_str(), unknown(value)), (*text, None));
        assert_eq!(to_value(value).unwrap(), json!(text));
        assert_eq!(&from_value::<E>(json!(text)).unwrap(), value);
        assert_eq!(&from_value::<E>(json!(n)).unwrap(), value);
        assert_eq!(&from_str::<E>(&n.to_string()).unwrap(), value);
        assert_eq!(
            &from_reader::<_, E>(format!("{text:?}").as_bytes()).unwrap(),
            value
        );
    }
    let known_numbers: HashSet<i32> = known.iter().map(|(_, n, _)| *n).collect();
    for n in (-300..300).chain([i32::MIN, i32::MIN + 1, i32::MAX - 1, i32::MAX]) {
        if known_numbers.contains(&n) {
            continue;
        }
        let value = E::from(n);
        assert_eq!((name(&value), number(&value)), (None, Some(n)));
        let contents = unknown(&value).expect("unknown");
        assert_eq!((contents.name(), contents.number()), (None, Some(n)));
        assert_eq!(
            (value.to_string(), contents.to_string()),
            (n.to_string(), n.to_string())
        );
        assert_eq!(to_string(&value).unwrap(), n.to_string());
        assert_eq!(from_str::<E>(&n.to_string()).unwrap(), value);
        assert_eq!(from_value::<E>(json!(n)).unwrap(), value);
    }
    for text in [
        "",
        " ",
        "0",
        "1",
        "SOMETHING_NEW",
        "joined",
        "bot",
        "BOT ",
        "\"\\\n",
        "ロボット",
    ] {
        let value = E::from(text);
        assert_eq!((name(&value), number(&value)), (Some(text), None));
        let contents = unknown(&value).expect("unknown");
        assert_eq!((contents.name(), contents.number()), (Some(text), None));
        assert_eq!(
            (value.to_string().as_str(), contents.to_string().as_str()),
            (text, text)
        );
        assert_eq!(to_value(&value).unwrap(), json!(text));
        // An empty string in JSON is the default.
        let read = from_str::<E>(&json!(text).to_string()).unwrap();
        assert_eq!(read, if text.is_empty() { E::default() } else { value });
    }
    assert_ne!(E::from("77"), E::from(77));
    for json in [
        "null",
        "true",
        "[]",
        "{}",
        "1.0",
        "1e2",
        "2147483648",
        "-2147483649",
        "1e30",
    ] {
        let message = error::<E>(json);
        assert!(
            message.ends_with(": a name or a 32-bit integer"),
            "{json}: {message}"
        );
    }
}

macro_rules! check_open_enum {
    ($enum:ident, $($value:ident $number:literal $name:literal),+) => {
        check_open_enum::<$enum>(
            &[$(($enum::$value, $number, $name)),+],
            $enum::name,
            $enum::number,
            |value| if let $enum::Unknown(unknown) = value { Some(unknown) } else { None },
        );
    };
}

#[test]
fn open_enums() {
    check_open_enum!(
        MembershipState,
        Unspecified 0 "MEMBERSHIP_STATE_UNSPECIFIED",
        Joined 1 "JOINED",
        Invited 2 "INVITED",
        NotAMember 3 "NOT_A_MEMBER"
    );
    check_open_enum!(
        MembershipRole,
        Unspecified 0 "MEMBERSHIP_ROLE_UNSPECIFIED",
        Member 1 "ROLE_MEMBER",
        Manager 2 "ROLE_MANAGER",
        AssistantManager 4 "ROLE_ASSISTANT_MANAGER"
    );
    check_open_enum!(
        Affiliation,
        Unspecified 0 "AFFILIATION_UNSPECIFIED",
        Internal 1 "INTERNAL",
        External 2 "EXTERNAL",
        ManagedExternal 3 "MANAGED_EXTERNAL"
    );
    check_open_enum!(
        UserType,
        Unspecified 0 "TYPE_UNSPECIFIED",
        Human 1 "HUMAN",
        Bot 2 "BOT"
    );
}

#[test]
fn formats_values() {
    assert_eq!(
        format!("[{:>14}]", MembershipRole::Manager),
        "[  ROLE_MANAGER]"
    );
    assert_eq!(
        format!("[{:<4}|{:>4}]", UserType::from("X"), UserType::from(77)),
        "[X   |  77]"
    );
    assert_eq!(
        format!("{:?}", UserType::from("CYBORG")),
        r#"Unknown("CYBORG")"#
    );
    assert_eq!(format!("{:?}", UserType::from(77)), "Unknown(77)");
}

#[test]
fn known_integers_are_written_as_names() {
    let json = r#"{"state":2,"role":4,"member":{"type":1},"affiliation":3}"#;
    let names = concat!(
        r#"{"state":"INVITED","role":"ROLE_ASSISTANT_MANAGER","#,
        r#""member":{"type":"HUMAN"},"affiliation":"MANAGED_EXTERNAL"}"#,
    );
    assert_eq!(to_string(&read(json)).unwrap(), names);

    for unknown in [
        r#"{"state":9,"role":3,"member":{"type":-1},"affiliation":2147483647}"#,
        r#"{"state":"GONE","role":"ROLE_GUEST","member":{"type":"AGENT"},"affiliation":"5"}"#,
    ] {
        assert_eq!(to_string(&read(unknown)).unwrap(), unknown);
    }
}

#[test]
fn types_are_small_send_and_sync() {
    fn send_and_sync<T: Send + Sync + Unpin + 'static>() {}
    send_and_sync::<Membership>();
    assert!(size_of::<MembershipRole>() <= 16);
    assert!(size_of::<UserType>() <= 16);
    assert!(
        size_of::<Membership>() <= 272,
        "{}",
        size_of::<Membership>()
    );
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ListResponse {
    memberships: Vec<Membership>,
    next_page_token: Option<String>,
}

#[test]
fn sample_has_the_expected_memberships() {
    let all: Vec<Membership> = SAMPLE.lines().map(read).collect();
    assert_eq!(all.len(), 320);
    let names: HashSet<&str> = all
        .iter()
        .map(|membership| membership.name.as_str())
        .collect();
    assert_eq!(names.len(), all.len());
    let spaces: HashSet<&str> = names
        .iter()
        .filter_map(|name| name.split('/').nth(1))
        .collect();
    assert_eq!(spaces.len(), 6);
    let count = |role, member_type| {
        all.iter()
            .filter(|m| (Matchable::role(*m), m.member_type()) == (role, member_type))
            .count()
    };
    assert_eq!(count(Role::Unspecified, MemberType::NoMember), 22);
    assert_eq!(count(Role::Member, MemberType::Bot), 22);
    assert_eq!(count(Role::Member, MemberType::Human), 237);
    assert_eq!(count(Role::Manager, MemberType::Human), 14);
    assert_eq!(count(Role::AssistantManager, MemberType::Human), 25);

    let pages: Vec<ListResponse> = serde_json::Deserializer::from_str(LIST_RESPONSES)
        .into_iter()
        .collect::<Result<_, _>>()
        .unwrap();
    let tokens: Vec<bool> = pages
        .iter()
        .map(|page| page.next_page_token.is_some())
        .collect();
    assert_eq!(tokens, [true, true, false]);
    let listed: Vec<&Membership> = pages.iter().flat_map(|page| &page.memberships).collect();
    assert_eq!(listed, all.iter().take(40).collect::<Vec<_>>());
}

fn open<E: From<i32> + for<'a> From<&'a str> + Debug>() -> impl Strategy<Value = E> {
    prop_oneof![
        (-1..6i32).prop_map(E::from),
        any::<i32>().prop_map(E::from),
        // An empty name is read as the default.
        any::<String>()
            .prop_filter("not empty", |name| !name.is_empty())
            .prop_map(|name| E::from(name.as_str())),
    ]
}

fn memberships() -> impl Strategy<Value = Membership> {
    let text = || prop_oneof![Just(String::new()), any::<String>()];
    let user = (
        text(),
        text(),
        text(),
        open(),
        any::<bool>(),
        text(),
        text(),
    )
        .prop_map(
            |(name, display_name, domain_id, user_type, is_anonymous, email, avatar_url)| {
                UserOrGroup::User(User {
                    name,
                    display_name,
                    domain_id,
                    user_type,
                    is_anonymous,
                    email,
                    avatar_url,
                })
            },
        );
    let group = text().prop_map(|name| UserOrGroup::Group(Group { name }));
    let member = proptest::option::of(prop_oneof![user, group]);
    let time = || proptest::option::of(text());
    (text(), open(), open(), time(), time(), open(), member).prop_map(
        |(name, state, role, create_time, delete_time, affiliation, member)| Membership {
            name,
            state,
            role,
            create_time,
            delete_time,
            affiliation,
            member,
        },
    )
}

proptest! {
    #[test]
    fn memberships_round_trip(membership in memberships()) {
        let json = to_string(&membership).unwrap();
        prop_assert_eq!(&from_str::<Membership>(&json).unwrap(), &membership);
        prop_assert_eq!(&from_reader::<_, Membership>(json.as_bytes()).unwrap(), &membership);
        let value = to_value(&membership).unwrap();
        prop_assert_eq!(&from_value::<Membership>(value.clone()).unwrap(), &membership);
        // The order of the keys does not matter; a `Value` sorts them.
        prop_assert_eq!(&from_str::<Membership>(&value.to_string()).unwrap(), &membership);
    }

    #[test]
    fn damaged_input_round_trips_or_is_rejected(
        line in prop::sample::select(SAMPLE.lines().collect::<Vec<_>>()),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = line.as_bytes().to_vec();
        *at.get_mut(&mut bytes) = byte;
        if let Ok(membership) = from_slice::<Membership>(&bytes) {
            prop_assert_eq!(read(&to_string(&membership).unwrap()), membership);
        }
    }
}
