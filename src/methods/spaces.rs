//! Filters of spaces: `spaces.list`.
//!
//! ```
//! use gchat_filter::spaces::Filter;
//!
//! let filter: Filter = r#"spaceType = "GROUP_CHAT" OR spaceType = "DIRECT_MESSAGE""#.parse()?;
//! assert!(Filter::parse(r#"space_type = "SPACE" AND space_type = "GROUP_CHAT""#).is_err());
//! # assert!(!filter.is_disjoint(&Filter::parse("")?));
//! # Ok::<(), gchat_filter::Error>(())
//! ```
//!
//! # Fields
//!
//! | field | operators | values | `OR` | `AND` |
//! |---|---|---|---|---|
//! | `space_type`, `spaceType` | `=` | `SPACE`, `GROUP_CHAT`, `DIRECT_MESSAGE` | yes | yes |
//!
//! # Design decisions
//!
//! | decision | source |
//! |---|---|
//! | Several types are joined with OR; two different types under AND are a contradiction. | documented; the second is a design decision |
//! | `SPACE_TYPE_UNSPECIFIED` is unknown. | documented |
//! | Values must be quoted. | observed live |
//! | Both spellings of the field are accepted. | the reference uses both |
//! | All three types together are not always true, because the API may add types. | design decision |

use serde::Serialize;

use super::evaluation::method_language;
use super::object::read_object;
use super::open_enum::open_enum;
use crate::analysis::conjunction::{Conjunction, Fact};
use crate::filter::{Language, OptionalFilter};
use crate::schema::{Column, Declaration, EnumValue, Field, FieldGroup, Lint, Values, op};
use crate::syntax::Comparator::Equal;
use crate::values::Timestamp;

/// The filter language of `spaces.list`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Spaces {}

impl Language for Spaces {
    const DECLARATION: &'static Declaration = &DECLARATION;

    type Meaning = Conjunction<'static>;
}

impl OptionalFilter for Spaces {}

method_language!(Spaces, Space, ["spaces"], |filter, space, _| Ok(
    filter.matches(space)
),);

/// A filter of spaces.
pub type Filter = crate::Filter<Spaces>;

/// From the [reference][reference] of the API.
///
/// [reference]: https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces/list
const DECLARATION: Declaration = Declaration {
    method: "spaces.list",
    resource: ["space", "spaces"],
    groups: &[FieldGroup {
        fields: &[Field {
            path: "space_type",
            aliases: &["spaceType"],
            synonyms: &["type", "spacestype"],
            operators: &[op(Equal)],
            values: Values::Enum {
                values: &[
                    EnumValue::new("SPACE").synonyms(&[(
                        &["ROOM", "ROOMS", "SPACES", "NAMED_SPACE"],
                        "a named space has the type `SPACE`",
                    )]),
                    EnumValue::new("GROUP_CHAT").synonyms(&[(
                        &["GROUP", "GROUPS", "GROUP_CHATS", "GROUP_DM"],
                        "a conversation of several people has the type `GROUP_CHAT`",
                    )]),
                    EnumValue::new("DIRECT_MESSAGE").synonyms(&[(
                        &["DM", "DMS", "DIRECT_MESSAGES"],
                        "a conversation of two has the type `DIRECT_MESSAGE`",
                    )]),
                ],
                prefix: "",
                elsewhere: &[(
                    &["SPACE_TYPE_UNSPECIFIED"],
                    "the reference says that the type cannot be `SPACE_TYPE_UNSPECIFIED`",
                )],
            },
            column: Column::Property("space_type"),
            examples: r#"`space_type = "SPACE"`"#,
            ..Field::NEW
        }],
        or: true,
        ..FieldGroup::NEW
    }],
    // The complement of a comparison has no text.
    denied: &[Lint::Negation],
    elsewhere: &[(
        &["pagesize", "pagetoken"],
        "this is a request parameter; set it in the request, not in the filter",
    )],
    example: "space_type = \"SPACE\"",
    instead_of_negation: "list the types to include, joined with `OR`",
    ..Declaration::NEW
};

const _: () = DECLARATION.validate();

/// A value that filters can be matched against: anything with the properties of a space.
pub trait Matchable {
    /// Returns the type's name in the API, such as `GROUP_CHAT`; `None` if it has none.
    fn space_type(&self) -> Option<&str>;
}

forward_matchable! {
    fn space_type(&self) -> Option<&str>;
}

open_enum! {
    /// Type of a space: the API's `SpaceType`.
    pub enum SpaceType, "a space type" {
        /// The default: the type is absent.
        #[default]
        Unspecified = 0 "SPACE_TYPE_UNSPECIFIED",
        /// A named space.
        Space = 1 "SPACE",
        /// A conversation of several people.
        GroupChat = 2 "GROUP_CHAT",
        /// A conversation of two people, or of a person and a Chat app.
        DirectMessage = 3 "DIRECT_MESSAGE",
    }
}

open_enum! {
    /// State of the history of a space: the API's `HistoryState`.
    pub enum HistoryState, "a history state" {
        /// The default: the state is absent.
        #[default]
        Unspecified = 0 "HISTORY_STATE_UNSPECIFIED",
        /// Messages are deleted after a day.
        Off = 1 "HISTORY_OFF",
        /// Messages are kept.
        On = 2 "HISTORY_ON",
    }
}

/// A space: the API's `Space`, with the fields that filters need.
///
/// Keys are read in lowerCamelCase or `snake_case`. Other keys are ignored. A key that is absent or
/// `null` means that there is no value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Space {
    /// The resource name, `spaces/{space}`; empty if absent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The type; [`SpaceType::Unspecified`] if absent.
    #[serde(skip_serializing_if = "SpaceType::is_unspecified")]
    pub space_type: SpaceType,
    /// The display name; empty if absent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub display_name: String,
    /// Whether users outside of the organization can join; `false` if absent.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub external_user_allowed: bool,
    /// The state of the history; [`HistoryState::Unspecified`] if absent.
    #[serde(skip_serializing_if = "HistoryState::is_unspecified")]
    pub space_history_state: HistoryState,
    /// When the space was created; `None` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_time: Option<Timestamp>,
    /// When the last message was sent; `None` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_active_time: Option<Timestamp>,
}

read_object!(
    Space,
    "a space object",
    {
        "name" => name,
        "spaceType" | "space_type" => space_type,
        "displayName" | "display_name" => display_name,
        "externalUserAllowed" | "external_user_allowed" => external_user_allowed,
        "spaceHistoryState" | "space_history_state" => space_history_state,
        "createTime" | "create_time" => create_time,
        "lastActiveTime" | "last_active_time" => last_active_time,
    },
    Space {
        name: name.unwrap_or_default(),
        space_type: space_type.unwrap_or_default(),
        display_name: display_name.unwrap_or_default(),
        external_user_allowed: external_user_allowed.unwrap_or_default(),
        space_history_state: space_history_state.unwrap_or_default(),
        create_time,
        last_active_time,
    },
);

impl Matchable for Space {
    fn space_type(&self) -> Option<&str> {
        self.space_type.name()
    }
}

impl Filter {
    /// Returns whether the filter matches a space.
    ///
    /// ```
    /// use gchat_filter::spaces::{Filter, Space};
    ///
    /// let filter: Filter = r#"spaceType = "SPACE" OR spaceType = "GROUP_CHAT""#.parse()?;
    /// let space: Space = serde_json::from_str(
    ///     r#"{"name": "spaces/AAAA", "spaceType": "DIRECT_MESSAGE"}"#,
    /// )?;
    /// assert!(!filter.matches(&space));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn matches<S: Matchable + ?Sized>(&self, space: &S) -> bool {
        self.0
            .contains(&|group| Fact::named(&DECLARATION, group, space.space_type()))
    }
}
