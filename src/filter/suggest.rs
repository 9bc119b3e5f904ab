//! What the names in a wrong filter were meant to be.

use crate::steps;
use crate::syntax::Member;

use super::fields::{Field, FieldValue};

/// What a member is, read as a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldName {
    /// The field, unless perhaps for quotation marks.
    Exact(Field),
    /// The field in other letters' case.
    OtherCase(Field),
    /// Another name for the field.
    Synonym(Field),
    /// A misspelling of the field.
    Near(Field),
    /// Something that this filter has no field for, with what to do instead.
    Elsewhere(&'static str),
    Unknown,
}

impl FieldName {
    /// What the member is.
    pub(super) fn of(member: &Member<'_>) -> Self {
        if let Some(field) = exact(member) {
            return Self::Exact(field);
        }
        let name = joined(member);
        steps::count(name.len());
        let find = |test: &dyn Fn(Field) -> bool| Field::ALL.into_iter().find(|field| test(*field));
        if let Some(field) = find(&|field| field.name() == name) {
            return Self::Exact(field);
        }
        if let Some(field) = find(&|field| field.name().eq_ignore_ascii_case(&name)) {
            return Self::OtherCase(field);
        }
        let simple: String = name
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect();
        match simple.as_str() {
            "type"
            | "membertype"
            | "usertype"
            | "membershiptype"
            | "membermembertype"
            | "membershipmembertype" => Self::Synonym(Field::MemberType),
            "memberrole" | "membershiprole" | "roles" | "userrole" => Self::Synonym(Field::Role),
            "state" | "membershipstate" | "invited" | "memberstate" => Self::Elsewhere(
                "the state is not a field: the request's `showInvited` asks for invited members too",
            ),
            "group" | "groups" | "groupmember" | "groupmembername" | "showgroups" => {
                Self::Elsewhere(
                    "groups are not a field: the request's `showGroups` asks for Google Groups too",
                )
            }
            "showinvited" | "useadminaccess" | "pagesize" | "pagetoken" => {
                Self::Elsewhere("this is a parameter of the request, not a field of the filter")
            }
            "name" | "membername" | "displayname" | "memberdisplayname" | "email"
            | "memberemail" | "createtime" | "deletetime" | "affiliation" | "domainid"
            | "memberdomainid" | "isanonymous" | "memberisanonymous" | "avatarurl"
            | "memberavatarurl" => Self::Elsewhere(
                "memberships have this field, but the filter does not: select from the response",
            ),
            _ => {
                let near = Field::ALL.map(|field| (distance(field.name(), &name), field));
                let near = near.into_iter().min_by_key(|(distance, _)| *distance);
                near.filter(|(distance, field)| *distance <= field.name().len() / 5 + 1)
                    .filter(|(distance, _)| *distance <= 2)
                    .map_or(Self::Unknown, |(_, field)| Self::Near(field))
            }
        }
    }

    /// The field, where it is plain which one is meant.
    pub(super) fn plain(self) -> Option<Field> {
        match self {
            Self::Exact(field) | Self::OtherCase(field) | Self::Synonym(field) => Some(field),
            Self::Near(_) | Self::Elsewhere(_) | Self::Unknown => None,
        }
    }

    /// The field, where it is written as it should be but for case and quotation marks.
    pub(super) fn written(self) -> Option<Field> {
        match self {
            Self::Exact(field) | Self::OtherCase(field) => Some(field),
            _ => None,
        }
    }
}

/// The field that the member names value by value, quoted or not.
pub(super) fn exact(member: &Member<'_>) -> Option<Field> {
    let names = |field: &Field| {
        let names = field.name().split('.');
        names.eq(member.path.iter().map(|value| &*value.text))
    };
    Field::ALL.into_iter().find(names)
}

/// The values of a member, with dots.
fn joined(member: &Member<'_>) -> String {
    steps::count(member.path.len());
    let values: Vec<&str> = member.path.iter().map(|value| &*value.text).collect();
    values.join(".")
}

/// What a value that a field does not have was meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueName {
    /// The value in other letters' case, or with white space around it.
    OtherCase(&'static FieldValue),
    /// Another name for the value, with what to say of it.
    Synonym(&'static str, Option<&'static FieldValue>),
    /// A misspelling of the value.
    Near(&'static FieldValue),
    /// A value of the other field.
    OtherField,
    Empty,
    Wildcard,
    Unknown,
}

impl ValueName {
    /// What the text is, as a value of the field.
    pub(super) fn of(field: Field, text: &str) -> Self {
        steps::count(text.len());
        let text = text.trim();
        let same = |value: &&FieldValue| value.name.eq_ignore_ascii_case(text);
        if let Some(value) = field.values().iter().find(same) {
            return Self::OtherCase(value);
        }
        if text.is_empty() {
            return Self::Empty;
        }
        if text.contains('*') {
            return Self::Wildcard;
        }
        if field.other().values().iter().any(|value| same(&value)) {
            return Self::OtherField;
        }
        let upper = text.to_uppercase();
        let simple = upper.strip_prefix("ROLE_").unwrap_or(&upper);
        let synonym = |help, name| Self::Synonym(help, field.value(name));
        match (field, simple) {
            (Field::Role, "OWNER" | "OWNERS" | "SPACE_OWNER" | "ADMIN") => synonym(
                "what the Chat user interface calls an owner is `ROLE_MANAGER`",
                "ROLE_MANAGER",
            ),
            (Field::Role, "MANAGER" | "MANAGERS" | "SPACE_MANAGER") => synonym(
                "`ROLE_MANAGER` is what the Chat user interface calls an owner; what it calls a \
                 manager is `ROLE_ASSISTANT_MANAGER`, which the filter's documentation does not list",
                "ROLE_MANAGER",
            ),
            (Field::Role, "ASSISTANT_MANAGER" | "ASSISTANT") => Self::Synonym(
                "what the Chat user interface calls a manager is `ROLE_ASSISTANT_MANAGER`, which \
                 the filter's documentation does not list",
                None,
            ),
            (Field::Role, "MEMBER" | "MEMBERS" | "USER") => {
                synonym("a plain member's role is `ROLE_MEMBER`", "ROLE_MEMBER")
            }
            (Field::MemberType, "APP" | "APPS" | "BOTS" | "CHAT_APP" | "SERVICE_ACCOUNT") => {
                synonym("a Chat app's type is `BOT`", "BOT")
            }
            (Field::MemberType, "USER" | "USERS" | "PERSON" | "PEOPLE" | "HUMANS") => {
                synonym("a person's type is `HUMAN`", "HUMAN")
            }
            (Field::MemberType, "GROUP" | "GROUPS" | "GOOGLE_GROUP") => Self::Synonym(
                "groups have no type: the request's `showGroups` asks for Google Groups too",
                None,
            ),
            _ => {
                let near = field
                    .values()
                    .iter()
                    .map(|value| (distance(value.name, &upper), value));
                near.min_by_key(|(distance, _)| *distance)
                    .filter(|(distance, value)| *distance <= value.name.len().div_ceil(5))
                    .map_or(Self::Unknown, |(_, value)| Self::Near(value))
            }
        }
    }
}

/// How many characters must be inserted, removed or replaced to make one text of the other; texts
/// much longer than a name are as far away as can be.
fn distance(name: &str, text: &str) -> usize {
    if text.len() > 2 * name.len() {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=text.chars().count()).collect();
    for (above, a) in name.chars().enumerate() {
        let mut diagonal = above;
        let mut left = above + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, b) in row.iter_mut().skip(1).zip(text.chars()) {
            let cost = (left + 1)
                .min(*cell + 1)
                .min(diagonal + usize::from(a != b));
            diagonal = *cell;
            *cell = cost;
            left = cost;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn distances() {
        for (name, text, expected) in [
            ("role", "role", 0),
            ("role", "rol", 1),
            ("role", "rolle", 1),
            ("role", "roel", 2),
            ("HUMAN", "HUMON", 1),
            ("kitten", "sitting", 3),
            ("abc", "", 3),
            ("abc", "abcdefgh", usize::MAX),
        ] {
            assert_eq!(distance(name, text), expected, "{name} {text}");
        }
    }
}
