//! The items of a seed, as in its JSON.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, IgnoredAny, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use gchat_filter::members::UserType;

use super::space_settings::{Permission, SpaceType};

/// A space in a seed.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object")]
pub struct SpaceSeed {
    pub(super) name: String,
    #[serde(default, deserialize_with = "name")]
    pub(super) space_type: SpaceType,
    #[serde(default)]
    pub(super) import_mode: bool,
    /// Name of a person or an app, `users/{user}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) creator: Option<String>,
    #[serde(default, deserialize_with = "object")]
    pub(super) permission_settings: PermissionSettings,
    #[serde(default, deserialize_with = "object")]
    pub(super) access_settings: AccessSettings,
    /// Whether people from outside the organization can be added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) external_user_allowed: Option<bool>,
    /// The API's other fields, so that a space of the service is a valid seed.
    #[serde(default, rename = "type", skip_serializing)]
    _type: IgnoredAny,
    #[serde(default, rename = "displayName", skip_serializing)]
    _display_name: IgnoredAny,
    #[serde(default, rename = "singleUserBotDm", skip_serializing)]
    _single_user_bot_dm: IgnoredAny,
    #[serde(default, rename = "threaded", skip_serializing)]
    _threaded: IgnoredAny,
    #[serde(default, rename = "spaceThreadingState", skip_serializing)]
    _space_threading_state: IgnoredAny,
    #[serde(default, rename = "spaceDetails", skip_serializing)]
    _space_details: IgnoredAny,
    #[serde(default, rename = "spaceHistoryState", skip_serializing)]
    _space_history_state: IgnoredAny,
    #[serde(default, rename = "createTime", skip_serializing)]
    _create_time: IgnoredAny,
    #[serde(default, rename = "lastActiveTime", skip_serializing)]
    _last_active_time: IgnoredAny,
    #[serde(default, rename = "adminInstalled", skip_serializing)]
    _admin_installed: IgnoredAny,
    #[serde(default, rename = "membershipCount", skip_serializing)]
    _membership_count: IgnoredAny,
    #[serde(default, rename = "spaceUri", skip_serializing)]
    _space_uri: IgnoredAny,
    #[serde(default, rename = "predefinedPermissionSettings", skip_serializing)]
    _predefined_permission_settings: IgnoredAny,
    #[serde(default, rename = "importModeExpireTime", skip_serializing)]
    _import_mode_expire_time: IgnoredAny,
    #[serde(default, rename = "customer", skip_serializing)]
    _customer: IgnoredAny,
}

/// The permission settings of a space that the server uses.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PermissionSettings {
    #[serde(default, deserialize_with = "object")]
    pub(super) manage_members_and_groups: Permission,
    #[serde(default, deserialize_with = "object")]
    pub(super) manage_apps: Permission,
    #[serde(default, deserialize_with = "object")]
    pub(super) view_space_membership: Permission,
    #[serde(default, rename = "modifySpaceDetails", skip_serializing)]
    _modify_space_details: IgnoredAny,
    #[serde(default, rename = "toggleHistory", skip_serializing)]
    _toggle_history: IgnoredAny,
    #[serde(default, rename = "useAtMentionAll", skip_serializing)]
    _use_at_mention_all: IgnoredAny,
    #[serde(default, rename = "manageWebhooks", skip_serializing)]
    _manage_webhooks: IgnoredAny,
    #[serde(default, rename = "postMessages", skip_serializing)]
    _post_messages: IgnoredAny,
    #[serde(default, rename = "replyMessages", skip_serializing)]
    _reply_messages: IgnoredAny,
}

/// Who finds a space and can join it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AccessSettings {
    #[serde(default, deserialize_with = "name")]
    access_state: AccessState,
    /// Name of a target audience, `audiences/{audience}`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    audience: String,
    #[serde(default, rename = "accessPermissionSettings", skip_serializing)]
    _access_permission_settings: IgnoredAny,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum AccessState {
    #[default]
    #[serde(rename = "ACCESS_STATE_UNSPECIFIED")]
    Unspecified,
    Private,
    Discoverable,
}

impl AccessSettings {
    pub(super) fn discover(&mut self) {
        self.access_state = AccessState::Discoverable;
    }

    pub(super) fn is_discoverable(&self) -> bool {
        self.access_state == AccessState::Discoverable || !self.audience.is_empty()
    }
}

/// A person or an app in a seed: what their memberships do not say.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object")]
pub struct UserSeed {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) email: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) display_name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) avatar_url: String,
    /// Whether the person joins at once when added; if not, they are invited.
    #[serde(default = "default_auto_accept")]
    pub(super) auto_accept: bool,
    #[serde(default)]
    pub(super) admin: bool,
    /// Whether the person is from outside the organization.
    #[serde(default)]
    pub(super) external: bool,
    /// `BOT` for an app that is in no space.
    #[serde(default = "human", rename = "type")]
    pub(super) user_type: UserType,
}

fn human() -> UserType {
    UserType::Human
}

fn default_auto_accept() -> bool {
    true
}

/// A caller in a seed.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object")]
pub struct CallerSeed {
    pub(super) token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) app: Option<String>,
    #[serde(default)]
    pub(super) scopes: Vec<String>,
}

/// Omits the token.
impl fmt::Debug for CallerSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("CallerSeed");
        shown.field("user", &self.user).field("app", &self.app);
        shown.finish_non_exhaustive()
    }
}

/// What users see of other users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum UserDetails {
    #[default]
    All,
    /// Only the name and the type.
    None,
}

/// What happens when a person who is not in the seed is added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum UnknownUsers {
    #[default]
    Create,
    /// The request fails.
    Refuse,
}

/// The response to a request for a space that does not exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(super) enum Missing {
    #[default]
    #[serde(rename = "404")]
    NotFound,
    #[serde(rename = "403")]
    PermissionDenied,
}

/// Deserializes an enum from the name of a value. For anything else, the parser's own error does not
/// say what it expects.
pub(super) fn name<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let name = Cow::<str>::deserialize(deserializer)?;
    T::deserialize(name.into_deserializer())
}

/// Deserializes a struct from an object. The parser would also accept an array of the fields.
fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct ObjectVisitor<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
            T::deserialize(MapAccessDeserializer::new(map))
        }
    }

    deserializer.deserialize_map(ObjectVisitor(PhantomData))
}
