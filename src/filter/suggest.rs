//! Suggestions for unknown field names and values.

use crate::syntax::Member;

use super::fields::{Field, FieldValue};

/// A member, interpreted as a field name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldName {
    /// The name of the field, perhaps quoted.
    Exact(Field),
    /// The name of the field, with different case.
    OtherCase(Field),
    /// A synonym of the field.
    Synonym(Field),
    /// A misspelling of the field.
    Near(Field),
    /// Something for which filters have no field, with the help for it.
    Elsewhere(&'static str),
    Unknown,
}

impl FieldName {
    /// Interprets a member as a field name.
    pub(super) fn of(member: &Member<'_>) -> Self {
        if let Some(field) = exact(member) {
            return Self::Exact(field);
        }
        let name = joined(member);
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
                "filters have no field for the state; set `showInvited` in the request to include invited members",
            ),
            "group" | "groups" | "groupmember" | "groupmembername" | "showgroups" => {
                Self::Elsewhere(
                    "filters have no field for groups; set `showGroups` in the request to include Google Groups",
                )
            }
            "showinvited" | "useadminaccess" | "pagesize" | "pagetoken" => Self::Elsewhere(
                "this is a request parameter; set it in the request, not in the filter",
            ),
            "name" | "membername" | "displayname" | "memberdisplayname" | "email"
            | "memberemail" | "createtime" | "deletetime" | "affiliation" | "domainid"
            | "memberdomainid" | "isanonymous" | "memberisanonymous" | "avatarurl"
            | "memberavatarurl" => Self::Elsewhere(
                "memberships have this field, but filters cannot use it; filter the response instead",
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

    /// Returns the field if it is clear which one is intended.
    pub(super) fn intended(self) -> Option<Field> {
        match self {
            Self::Exact(field) | Self::OtherCase(field) | Self::Synonym(field) => Some(field),
            Self::Near(_) | Self::Elsewhere(_) | Self::Unknown => None,
        }
    }

    /// Returns the field if the name is correct except for case and quotes.
    pub(super) fn written(self) -> Option<Field> {
        match self {
            Self::Exact(field) | Self::OtherCase(field) => Some(field),
            _ => None,
        }
    }
}

/// Returns the field whose name the member has, value by value, quoted or not.
pub(super) fn exact(member: &Member<'_>) -> Option<Field> {
    let names = |field: &Field| {
        let names = field.name().split('.');
        names.eq(member.path.iter().map(|value| &*value.text))
    };
    Field::ALL.into_iter().find(names)
}

/// Returns the values of a member, joined with dots.
fn joined(member: &Member<'_>) -> String {
    let values: Vec<&str> = member.path.iter().map(|value| &*value.text).collect();
    values.join(".")
}

/// An unknown value of a field, interpreted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueName {
    /// The value with different case or with white space around it.
    OtherCase(&'static FieldValue),
    /// A synonym of a value, with the help for it, and the value to suggest.
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
    /// Interprets text as a value of a field.
    pub(super) fn of(field: Field, text: &str) -> Self {
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
                "an owner in the Chat user interface has the role `ROLE_MANAGER`",
                "ROLE_MANAGER",
            ),
            (Field::Role, "MANAGER" | "MANAGERS" | "SPACE_MANAGER") => synonym(
                "an owner in the Chat user interface has the role `ROLE_MANAGER`; a manager has \
                 `ROLE_ASSISTANT_MANAGER`, which the filter documentation does not list",
                "ROLE_MANAGER",
            ),
            (Field::Role, "ASSISTANT_MANAGER" | "ASSISTANT") => Self::Synonym(
                "a manager in the Chat user interface has the role `ROLE_ASSISTANT_MANAGER`, which \
                 the filter documentation does not list",
                None,
            ),
            (Field::Role, "MEMBER" | "MEMBERS" | "USER") => {
                synonym("a regular member has the role `ROLE_MEMBER`", "ROLE_MEMBER")
            }
            (Field::MemberType, "APP" | "APPS" | "BOTS" | "CHAT_APP" | "SERVICE_ACCOUNT") => {
                synonym("a Chat app has the type `BOT`", "BOT")
            }
            (Field::MemberType, "USER" | "USERS" | "PERSON" | "PEOPLE" | "HUMANS") => {
                synonym("a person has the type `HUMAN`", "HUMAN")
            }
            (Field::MemberType, "GROUP" | "GROUPS" | "GOOGLE_GROUP") => Self::Synonym(
                "a Google Group has no type; set `showGroups` in the request to include Google Groups",
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

/// Returns the Levenshtein distance in characters; `usize::MAX` if the text is more than twice as
/// long as the name.
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
    fn computes_edit_distances() {
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
