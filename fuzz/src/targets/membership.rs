//! Memberships in JSON: any bytes, and generated JSON of valid and nearly valid memberships.
//! Reading agrees with an independent implementation. Memberships are written without defaults and
//! round-trip. A filter matches a membership if it matches the role and the type in the JSON.

use std::fmt::{self, Write};

use arbitrary::{Arbitrary, Unstructured};
use gchat_filter::members::{Filter, Matchable, MemberType, Role};
use gchat_filter::members::{Group, Membership, User};
use gchat_filter::{Checker, Preset};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, from_slice, from_str, from_value, to_string, to_value};

use oracle::Part;
use oracle::below;

/// The values of an enum as integers and names, the default first.
type Enum = [(i64, &'static str)];

const STATES: &Enum = &[
    (0, "MEMBERSHIP_STATE_UNSPECIFIED"),
    (1, "JOINED"),
    (2, "INVITED"),
    (3, "NOT_A_MEMBER"),
];
const ROLES: &Enum = &[
    (0, "MEMBERSHIP_ROLE_UNSPECIFIED"),
    (1, "ROLE_MEMBER"),
    (2, "ROLE_MANAGER"),
    (4, "ROLE_ASSISTANT_MANAGER"),
];
const AFFILIATIONS: &Enum = &[
    (0, "AFFILIATION_UNSPECIFIED"),
    (1, "INTERNAL"),
    (2, "EXTERNAL"),
    (3, "MANAGED_EXTERNAL"),
];
const TYPES: &Enum = &[(0, "TYPE_UNSPECIFIED"), (1, "HUMAN"), (2, "BOT")];

/// The type of a field.
#[derive(Clone, Copy)]
enum Kind {
    /// A string; the empty string is the default.
    Text,
    /// An optional string, or an object that is written as one; the empty string is written.
    Time,
    /// A boolean.
    Flag,
    Enum(&'static Enum),
    Object(Fields),
}

/// The fields of an object.
type Fields = &'static [(&'static str, Kind)];

const MEMBERSHIP: Fields = &[
    ("name", Kind::Text),
    ("state", Kind::Enum(STATES)),
    ("role", Kind::Enum(ROLES)),
    ("createTime", Kind::Time),
    ("deleteTime", Kind::Time),
    ("affiliation", Kind::Enum(AFFILIATIONS)),
    ("member", Kind::Object(USER)),
    ("groupMember", Kind::Object(GROUP)),
];
const USER: Fields = &[
    ("name", Kind::Text),
    ("displayName", Kind::Text),
    ("domainId", Kind::Text),
    ("type", Kind::Enum(TYPES)),
    ("isAnonymous", Kind::Flag),
    ("email", Kind::Text),
    ("avatarUrl", Kind::Text),
];
const GROUP: Fields = &[("name", Kind::Text)];

/// Runs the target on the bytes as JSON, then on JSON generated from the same bytes. Both are
/// matched with a filter that is also generated from the bytes.
pub fn run(bytes: &[u8]) {
    let model = Part::arbitrary(&mut Unstructured::new(bytes)).ok();
    let model = model.filter(|model| model.parts().len() <= 80);
    check_reading(bytes, model.as_ref());
    let mut text = String::new();
    object(&mut Unstructured::new(bytes), MEMBERSHIP, &mut text);
    check_reading(text.as_bytes(), model.as_ref());
}

/// Reads JSON with both implementations and compares the results.
fn check_reading(bytes: &[u8], model: Option<&Part>) {
    let shown = String::from_utf8_lossy(bytes);
    let membership = from_slice::<Membership>(bytes);
    if let Ok(membership) = &membership {
        let text = to_string(membership).expect("memberships can be serialized");
        let again = from_str::<Membership>(&text);
        assert_eq!(again.ok().as_ref(), Some(membership), "{shown} as {text}");
        let value = to_value(membership).expect("memberships can be serialized");
        assert_eq!(from_str::<Value>(&text).ok().as_ref(), Some(&value));
        let pretty = serde_json::to_vec_pretty(&value).expect("JSON values can be serialized");
        assert_eq!(
            from_slice::<Membership>(&pretty).ok().as_ref(),
            Some(membership)
        );
        assert_eq!(
            from_value::<Membership>(value).ok().as_ref(),
            Some(membership)
        );
    }
    let Ok(json) = from_slice::<Json>(bytes) else {
        // Values of unknown keys are not fully validated.
        let is_json = from_slice::<IgnoredAny>(bytes).is_ok();
        assert!(is_json || membership.is_err(), "{shown}");
        return;
    };
    for (expected, found) in [
        (
            expected_output(&json, MEMBERSHIP),
            membership.as_ref().map(to_value),
        ),
        (
            expected_output(&json, USER),
            from_slice::<User>(bytes).as_ref().map(to_value),
        ),
        (
            expected_output(&json, GROUP),
            from_slice::<Group>(bytes).as_ref().map(to_value),
        ),
    ] {
        match (expected, found) {
            (Some(expected), Ok(found)) => {
                assert_eq!(found.ok(), Some(Value::Object(expected)), "{shown}");
            }
            (None, Err(error)) => assert!(!error.to_string().is_empty()),
            (expected, found) => panic!("{shown}: {expected:?}, {found:?}"),
        }
    }
    let Ok(membership) = membership else { return };
    if json.has_unique_keys() {
        let value: Value = from_slice(bytes).expect("valid JSON");
        assert_eq!(
            from_value::<Membership>(value).ok().as_ref(),
            Some(&membership)
        );
    }
    check_matching(&json, &membership, model);
}

/// The role and the type in a membership's JSON, as indexes into `Role::ALL` and `MemberType::ALL`.
fn role_and_type(json: &Json) -> (usize, usize) {
    // The output has known values by name.
    let written = expected_output(json, MEMBERSHIP).unwrap_or_default();
    let index = |value: Option<&Value>, values: &Enum| match value {
        None => 0,
        Some(value) => {
            let has_name = |(_, name): &(i64, &str)| value == name;
            values.iter().position(has_name).unwrap_or(values.len())
        }
    };
    let member = written.get("member");
    let kind = member.map_or(0, |member| 1 + index(member.get("type"), TYPES));
    (index(written.get("role"), ROLES), kind)
}

fn check_matching(json: &Json, membership: &Membership, model: Option<&Part>) {
    let (role, kind) = role_and_type(json);
    assert_eq!(Matchable::role(membership), Role::ALL[role]);
    assert_eq!(membership.member_type(), MemberType::ALL[kind]);
    let known = |name: Option<&str>, number: Option<i32>, values: &Enum| {
        let of_name = values.iter().find(|(_, known)| name == Some(known));
        let of_number = values
            .iter()
            .find(|(known, _)| number.map(i64::from) == Some(*known));
        assert_eq!(of_name, of_number);
        assert!(of_name.is_some() || name.is_some() != number.is_some());
    };
    let Membership {
        state, affiliation, ..
    } = membership;
    known(state.name(), state.number(), STATES);
    known(affiliation.name(), affiliation.number(), AFFILIATIONS);
    known(membership.role.name(), membership.role.number(), ROLES);
    let Some(model) = model else { return };
    let text = model.expr().to_string();
    let checker = Checker::new().preset(Preset::Aip160);
    if let Some(filter) = Filter::check(&checker, &text).filter {
        let expected = model.set() >> (5 * role + kind) & 1 == 1;
        assert_eq!(
            filter.matches(membership),
            expected,
            "{text}: {membership:?}"
        );
    }
}

/// JSON that keeps duplicate keys of objects.
#[derive(Debug)]
enum Json {
    Null,
    Flag(bool),
    /// `None` if it is not an integer or out of range.
    Number(Option<i64>),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Returns whether no object in it has duplicate keys.
    fn has_unique_keys(&self) -> bool {
        match self {
            Self::List(items) => items.iter().all(Self::has_unique_keys),
            Self::Object(fields) => fields.iter().enumerate().all(|(index, (key, value))| {
                value.has_unique_keys() && fields[..index].iter().all(|(other, _)| other != key)
            }),
            _ => true,
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Json;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_unit<E>(self) -> Result<Json, E> {
                Ok(Json::Null)
            }

            fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
                Ok(Json::Flag(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
                Ok(Json::Number(Some(value)))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
                Ok(Json::Number(i64::try_from(value).ok()))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
                Ok(Json::Number(None))
            }

            fn visit_str<E>(self, value: &str) -> Result<Json, E> {
                Ok(Json::Text(value.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
                let mut read = Vec::new();
                while let Some(item) = items.next_element()? {
                    read.push(item);
                }
                Ok(Json::List(read))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Json, A::Error> {
                let mut read = Vec::new();
                while let Some(field) = fields.next_entry()? {
                    read.push(field);
                }
                Ok(Json::Object(read))
            }
        }

        deserializer.deserialize_any(Any)
    }
}

/// Returns whether a key is a field's name, in lowerCamelCase or `snake_case`, or `type_`.
fn is_key(key: &str, name: &str) -> bool {
    let mut snake = String::new();
    for c in name.chars() {
        snake.push_str(if c.is_ascii_uppercase() { "_" } else { "" });
        snake.push(c.to_ascii_lowercase());
    }
    key == name || key == snake || name == "type" && key == "type_"
}

/// Returns the expected output for an object: without unknown keys and defaults, and with enums by
/// name. `None` if it cannot be read: it is not an object, a value has the wrong type, a known key
/// is duplicate, or it has both kinds of member.
fn expected_output(json: &Json, fields: Fields) -> Option<Map<String, Value>> {
    let Json::Object(object) = json else {
        return None;
    };
    let mut written = Map::new();
    for (name, kind) in fields {
        let mut values = object.iter().filter(|(key, _)| is_key(key, name));
        let value = values.next().map_or(&Json::Null, |(_, value)| value);
        if values.next().is_some() {
            return None;
        }
        let value = match (kind, value) {
            (_, Json::Null) => continue,
            (Kind::Enum(_), Json::Text(text)) if text.is_empty() => continue,
            (Kind::Text | Kind::Time | Kind::Enum(_), Json::Text(text)) => {
                Value::from(text.clone())
            }
            (Kind::Time, Json::Object(fields)) => Value::from(time(fields)?),
            (Kind::Flag, Json::Flag(flag)) => Value::from(*flag),
            (Kind::Enum(values), Json::Number(number)) => {
                let number = i32::try_from((*number)?).ok()?;
                let known = values.iter().find(|(known, _)| *known == i64::from(number));
                known.map_or(Value::from(number), |(_, name)| Value::from(*name))
            }
            (Kind::Object(fields), value) => Value::Object(expected_output(value, fields)?),
            _ => return None,
        };
        let is_default = match kind {
            Kind::Text => value == "",
            Kind::Flag => value == false,
            Kind::Enum(values) => value == values[0].1,
            Kind::Time | Kind::Object(_) => false,
        };
        if !is_default {
            written.insert((*name).to_owned(), value);
        }
    }
    let both = written.contains_key("member") && written.contains_key("groupMember");
    (!both).then_some(written)
}

/// Returns the time that an object is, `None` if it is invalid.
fn time(fields: &[(String, Json)]) -> Option<String> {
    let (mut seconds, mut nanos) = (None, None);
    for (key, value) in fields {
        match (key.as_str(), value) {
            ("seconds", value) => {
                let value = match value {
                    Json::Number(number) => (*number)?,
                    Json::Text(text) => text.parse().ok()?,
                    Json::Object(halves) => whole(halves)?,
                    _ => return None,
                };
                if seconds.replace(value).is_some() {
                    return None;
                }
            }
            ("nanos", Json::Null) if nanos.is_none() => {}
            ("nanos", Json::Number(Some(number))) => {
                let number = u32::try_from(*number).ok()?;
                if nanos.replace(number).is_some() {
                    return None;
                }
            }
            ("nanos", _) => return None,
            _ => {}
        }
    }
    let (seconds, nanos) = (seconds?, nanos.unwrap_or(0));
    let mut days = seconds.div_euclid(86_400);
    // From the start of year 1, year by year and month by month.
    days += 719_162;
    if !(0..3_652_059).contains(&days) || nanos > 999_999_999 {
        return None;
    }
    let is_leap = |year: i64| year % 4 == 0 && year % 100 != 0 || year % 400 == 0;
    let (mut year, mut month) = (1, 1);
    while days >= 365 + i64::from(is_leap(year)) {
        days -= 365 + i64::from(is_leap(year));
        year += 1;
    }
    let length = |month: i64| match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(is_leap(year)),
        _ => 31,
    };
    while days >= length(month) {
        days -= length(month);
        month += 1;
    }
    let second = seconds.rem_euclid(86_400);
    let mut time = format!(
        "{year:04}-{month:02}-{:02}T{:02}:{:02}:{:02}",
        days + 1,
        second / 3600,
        second / 60 % 60,
        second % 60
    );
    if nanos > 0 {
        let mut digits = format!("{nanos:09}");
        while digits.ends_with("000") {
            digits.truncate(digits.len() - 3);
        }
        time += ".";
        time += &digits;
    }
    Some(time + "Z")
}

/// Returns the integer whose halves an object has.
fn whole(halves: &[(String, Json)]) -> Option<i64> {
    let (mut low, mut high) = (None, None);
    for (key, value) in halves {
        match (key.as_str(), value) {
            ("low", Json::Number(Some(number))) => low = Some(*number),
            ("high", Json::Number(Some(number))) => high = Some(i32::try_from(*number).ok()?),
            ("low" | "high", _) => return None,
            _ => {}
        }
    }
    Some((i64::from(high?) << 32) + (low? & 0xffff_ffff))
}

/// Appends an object with some of the fields, and some unknown ones.
fn object(u: &mut Unstructured<'_>, fields: Fields, out: &mut String) {
    out.push('{');
    for index in 0..below(u, 10) {
        out.push_str(if index > 0 { "," } else { "" });
        space(u, out);
        let (name, kind) = fields[usize::from(below(u, 16)) % fields.len()];
        let name = match below(u, 24) {
            0 => "group_member",
            4 => "create_time",
            5 => "display_name",
            6 => "type_",
            1 => "Name",
            2 => "",
            3 => "x\u{0}\u{1f642}",
            _ => name,
        };
        string(u, name, out);
        space(u, out);
        out.push(':');
        space(u, out);
        value(u, kind, out);
        space(u, out);
    }
    out.push('}');
}

/// Appends a value, usually of the given type.
fn value(u: &mut Unstructured<'_>, kind: Kind, out: &mut String) {
    const OTHERS: [&str; 24] = [
        "null",
        "null",
        "null",
        "true",
        "false",
        "0",
        "1",
        "2",
        "-1",
        "-0",
        "1.0",
        "1e0",
        "2147483647",
        "-2147483648",
        "2147483648",
        "-9223372036854775809",
        "18446744073709551616",
        "1e400",
        "[]",
        "{}",
        "[{\"name\":1,\"name\":[]}]",
        "\"\"",
        "\"1\"",
        "\"\\ud800\"",
    ];
    const NAMES: [&str; 8] = [
        "",
        "a",
        "human",
        "é\u{301}",
        "\"\\\u{7}",
        "1",
        "app",
        "\u{2028}",
    ];
    if below(u, 8) == 0 {
        return out.push_str(OTHERS[usize::from(below(u, 24))]);
    }
    match kind {
        Kind::Time if below(u, 4) == 0 => time_object(u, out),
        Kind::Text | Kind::Time => {
            let text = NAMES[usize::from(below(u, 8))];
            string(u, text, out);
        }
        Kind::Flag => out.push_str(["true", "false"][usize::from(below(u, 2))]),
        Kind::Enum(values) => {
            let (number, name) = values[usize::from(below(u, 8)) % values.len()];
            match below(u, 4) {
                0 => string(u, &name[1..], out),
                1 => out.push_str(&number.to_string()),
                2 => out.push_str(&i32::from(below(u, 7)).to_string()),
                _ => string(u, name, out),
            }
        }
        Kind::Object(fields) => object(u, fields, out),
    }
}

/// Appends a time as an object.
fn time_object(u: &mut Unstructured<'_>, out: &mut String) {
    const SECONDS: [&str; 8] = [
        "1767225600",
        "\"1767225600\"",
        "{\"low\":1767225600,\"high\":0,\"unsigned\":false}",
        "{\"low\":-1,\"high\":-1}",
        "-62135596801",
        "253402300799",
        "null",
        "\"x\"",
    ];
    out.push_str("{\"seconds\":");
    if below(u, 4) == 0 {
        out.push_str(SECONDS[usize::from(below(u, 8))]);
    } else {
        let seconds = i64::from(u.arbitrary::<i32>().unwrap_or(0)) * 100;
        out.push_str(&seconds.to_string());
    }
    out.push_str(
        [
            ",\"nanos\":0}",
            ",\"nanos\":5000}",
            ",\"nanos\":1000000000}",
            "}",
        ][usize::from(below(u, 4))],
    );
}

/// Appends a string, sometimes with redundant escape sequences.
fn string(u: &mut Unstructured<'_>, text: &str, out: &mut String) {
    if below(u, 8) > 0 {
        return out.push_str(&Value::from(text).to_string());
    }
    out.push('"');
    for unit in text.encode_utf16() {
        // Writing to a string cannot fail.
        let _ = write!(out, "\\u{unit:04X}");
    }
    out.push('"');
}

fn space(u: &mut Unstructured<'_>, out: &mut String) {
    out.push_str(["", "", "", "", "", " ", "\n\t", "\r\n"][usize::from(below(u, 8))]);
}
