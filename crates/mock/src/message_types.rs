//! Schema of the API's messages: their fields and the fields' types.

use gchat_filter::list::FieldMask;
use gchat_filter::members::{Affiliation, MembershipRole, MembershipState, UserType};

/// Type of a field.
pub(super) enum Kind {
    Text,
    Time,
    Flag,
    Enum(&'static Enum),
    Message(&'static Message),
    Repeated(&'static Message),
}

/// An enum: its name, and the number of each value's name.
pub(super) struct Enum {
    pub(super) name: &'static str,
    pub(super) number: fn(&str) -> Option<i32>,
    names: &'static [&'static str],
}

impl Enum {
    /// Returns the names of the values.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> + Clone + use<> {
        self.names.iter().copied()
    }
}

/// A message: its fields, by lowerCamelCase name.
pub(super) struct Message {
    pub(super) fields: &'static [(&'static str, Kind)],
}

impl Message {
    /// Returns the field with the given name.
    pub(super) fn field(&self, name: &str) -> Option<&'static (&'static str, Kind)> {
        self.fields.iter().find(|(field, _)| *field == name)
    }

    /// Returns the first path of a mask that the message does not have.
    pub(super) fn unknown_path(&self, mask: &FieldMask) -> Option<String> {
        // Also next to a `*`.
        mask.fields()
            .find_map(|(name, below)| match self.field(name) {
                _ if name == "*" => None,
                Some((_, Kind::Message(message) | Kind::Repeated(message))) => {
                    let path = message.unknown_path(below)?;
                    Some(format!("{name}/{path}"))
                }
                Some(_) if below.is_all() => None,
                _ => Some(name.to_owned()),
            })
    }
}

static STATE: Enum = Enum {
    name: "google.chat.v1.Membership.MembershipState",
    number: |name| MembershipState::from(name).number(),
    names: &[
        "MEMBERSHIP_STATE_UNSPECIFIED",
        "JOINED",
        "INVITED",
        "NOT_A_MEMBER",
    ],
};
static ROLE: Enum = Enum {
    name: "google.chat.v1.Membership.MembershipRole",
    number: |name| MembershipRole::from(name).number(),
    names: &[
        "ROLE_MEMBER",
        "ROLE_MANAGER",
        "ROLE_ASSISTANT_MANAGER",
        "MEMBERSHIP_ROLE_UNSPECIFIED",
    ],
};
static AFFILIATION: Enum = Enum {
    name: "google.chat.v1.Membership.Affiliation",
    number: |name| Affiliation::from(name).number(),
    names: &[
        "INTERNAL",
        "EXTERNAL",
        "MANAGED_EXTERNAL",
        "AFFILIATION_UNSPECIFIED",
    ],
};
static USER_TYPE: Enum = Enum {
    name: "google.chat.v1.User.Type",
    number: |name| UserType::from(name).number(),
    names: &["HUMAN", "BOT", "TYPE_UNSPECIFIED"],
};

static USER: Message = Message {
    fields: &[
        ("name", Kind::Text),
        ("displayName", Kind::Text),
        ("domainId", Kind::Text),
        ("type", Kind::Enum(&USER_TYPE)),
        ("isAnonymous", Kind::Flag),
        ("email", Kind::Text),
        ("avatarUrl", Kind::Text),
    ],
};

static GROUP: Message = Message {
    fields: &[("name", Kind::Text)],
};

/// `Membership`.
pub(super) static MEMBERSHIP: Message = Message {
    fields: &[
        ("name", Kind::Text),
        ("state", Kind::Enum(&STATE)),
        ("role", Kind::Enum(&ROLE)),
        ("createTime", Kind::Time),
        ("deleteTime", Kind::Time),
        ("affiliation", Kind::Enum(&AFFILIATION)),
        ("member", Kind::Message(&USER)),
        ("groupMember", Kind::Message(&GROUP)),
    ],
};

/// `ListMembershipsResponse`.
pub(super) static PAGE: Message = Message {
    fields: &[
        ("memberships", Kind::Repeated(&MEMBERSHIP)),
        ("nextPageToken", Kind::Text),
    ],
};
