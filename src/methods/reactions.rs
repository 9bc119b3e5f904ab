//! Filters of reactions: `spaces.messages.reactions.list`.
//!
//! ```
//! use gchat_filter::reactions::Filter;
//!
//! let filter: Filter = concat!(
//!     r#"(emoji.unicode = "🙂" OR emoji.custom_emoji.uid = "ABC") "#,
//!     r#"AND user.name = "users/123456789""#,
//! ).parse()?;
//! assert!(Filter::parse(r#"emoji.unicode = "🙂" AND emoji.unicode = "👍""#).is_err());
//! # assert!(filter.implies(&r#"user.name = "users/123456789""#.parse()?));
//! # Ok::<(), gchat_filter::Error>(())
//! ```
//!
//! # Fields
//!
//! | field | operators | values | `OR` | `AND` |
//! |---|---|---|---|---|
//! | `emoji.unicode` | `=` | any text | yes | yes |
//! | `emoji.custom_emoji.uid` | `=` | any text | yes | yes |
//! | `user.name` | `=` | `users/{user}` | yes | yes |
//!
//! Only AND joins comparisons of an emoji and a user. A reaction has one emoji, either kind.
//!
//! # Design decisions
//!
//! | decision | source |
//! |---|---|
//! | Two different emojis under AND are a contradiction. | documented as invalid |
//! | AND and OR without parentheses are an error. | documented as invalid |
//! | Aliases of users are errors. | observed live: status 500 |
//! | Where the lint is allowed, an alias may stand for any user, so that it contradicts no other name. AND and OR cannot both join comparisons of the user then. `matches` compares names as they are. | design decision |
//! | `emoji.customEmoji.uid` is an error. | design decision: undocumented |
//! | Emojis are compared character by character; any text is accepted, but not an empty one. | design decision |
//! | A comparison of an emoji is false for a reaction without one. | design decision |

use serde::ser::{Serialize, Serializer};

use super::evaluation::method_language;
use super::object::read_object;
pub use super::user::User;
use crate::analysis::conjunction::{Conjunction, Fact};
use crate::filter::{Language, OptionalFilter};
use crate::schema::{Column, Declaration, Field, FieldGroup, Lint, Quoting, Values, op};
use crate::syntax::Comparator::Equal;

/// The filter language of `spaces.messages.reactions.list`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reactions {}

impl Language for Reactions {
    const DECLARATION: &'static Declaration = &DECLARATION;

    type Meaning = Conjunction<'static>;
}

impl OptionalFilter for Reactions {}

method_language!(
    Reactions,
    Reaction,
    ["reactions"],
    |filter, reaction, _| Ok(filter.matches(reaction)),
);

/// A filter of reactions.
pub type Filter = crate::Filter<Reactions>;

/// Indexes of groups.
const EMOJI: usize = 0;
const USER: usize = 1;

/// Indexes of the fields of the first group.
const UNICODE: usize = 0;
const CUSTOM: usize = 1;

/// From the [reference][reference] of the API.
///
/// [reference]: https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages.reactions/list
const DECLARATION: Declaration = Declaration {
    method: "spaces.messages.reactions.list",
    resource: ["reaction", "reactions"],
    groups: &[
        FieldGroup {
            fields: &[
                Field {
                    path: "emoji.unicode",
                    synonyms: &["emoji", "unicode", "emojiunicode"],
                    operators: &[op(Equal)],
                    values: Values::Text,
                    column: Column::Property("emoji.unicode"),
                    examples: "`emoji.unicode = \"🙂\"`",
                    ..Field::NEW
                },
                Field {
                    path: "emoji.custom_emoji.uid",
                    misspellings: &["emoji.customEmoji.uid"],
                    synonyms: &["customemoji", "uid", "customemojiuid", "emojiuid"],
                    operators: &[op(Equal)],
                    values: Values::Text,
                    column: Column::Property("emoji.custom_emoji.uid"),
                    examples: "`emoji.custom_emoji.uid = \"ABC\"`",
                    ..Field::NEW
                },
            ],
            or: true,
            ..FieldGroup::NEW
        },
        FieldGroup {
            fields: &[Field {
                path: "user.name",
                synonyms: &["user", "username", "userid"],
                operators: &[op(Equal)],
                values: Values::Name {
                    pattern: "users/{user}",
                    quoting: Quoting::Required,
                    has_aliases: false,
                    is_in_parent: false,
                },
                column: Column::Property("user.name"),
                examples: "`user.name = \"users/123456789\"`",
                ..Field::NEW
            }],
            or: true,
            ..FieldGroup::NEW
        },
    ],
    // The reference calls AND and OR without parentheses invalid. The complement of a comparison has
    // no text.
    denied: &[Lint::MixedOperators, Lint::Negation],
    elsewhere: &[(
        &["pagesize", "pagetoken"],
        "this is a request parameter; set it in the request, not in the filter",
    )],
    example: "emoji.unicode = \"🙂\"",
    instead_of_negation: "list the emojis or users to include, joined with `OR`",
    ..Declaration::NEW
};

const _: () = DECLARATION.validate();

/// A value that filters can be matched against: anything with the properties of a reaction.
pub trait Matchable {
    /// Returns the Unicode emoji, such as `🙂`; `None` for a custom emoji.
    fn emoji_unicode(&self) -> Option<&str>;

    /// Returns the unique ID of the custom emoji; `None` for a Unicode emoji.
    fn custom_emoji_uid(&self) -> Option<&str>;

    /// Returns the name of the user who reacted, such as `users/123456789`.
    fn user_name(&self) -> Option<&str>;
}

forward_matchable! {
    fn emoji_unicode(&self) -> Option<&str>;
    fn custom_emoji_uid(&self) -> Option<&str>;
    fn user_name(&self) -> Option<&str>;
}

/// A reaction to a message: the API's `Reaction`, with the fields that filters need.
///
/// Keys are read in lowerCamelCase or `snake_case`. Other keys are ignored. A key that is absent or
/// `null` means that there is no value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Reaction {
    /// The resource name, `spaces/{space}/messages/{message}/reactions/{reaction}`; empty if absent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The user who reacted; `None` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    /// The emoji; `None` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emoji: Option<Emoji>,
}

/// The emoji of a reaction: the API's `Emoji`, with the fields that filters need.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Emoji {
    /// A Unicode emoji, under the key `unicode`.
    Unicode(String),
    /// The unique ID of a custom emoji, under the keys `customEmoji` and `uid`; `None` if absent.
    Custom(Option<String>),
}

/// A custom emoji, with the field that filters need.
#[derive(serde::Serialize)]
struct CustomEmoji {
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<String>,
}

/// The emoji, of which at most one key has a value.
struct EmojiObject(Option<Emoji>);

read_object!(
    Reaction,
    "a reaction object",
    { "name" => name, "user" => user, "emoji" => emoji, },
    Reaction {
        name: name.unwrap_or_default(),
        user,
        emoji: emoji.and_then(|EmojiObject(emoji)| emoji),
    },
);

read_object!(
    EmojiObject,
    "an emoji object",
    {
        "unicode" => unicode unless custom(
            "expected at most one of `unicode` and `customEmoji`, found both"
        ),
        "customEmoji" | "custom_emoji" => custom unless unicode(
            "expected at most one of `unicode` and `customEmoji`, found both"
        ),
    },
    EmojiObject(
        unicode
            .map(Emoji::Unicode)
            .or(custom.map(|CustomEmoji { uid }| Emoji::Custom(uid))),
    ),
);

read_object!(
    CustomEmoji,
    "a custom emoji object",
    { "uid" => uid, },
    CustomEmoji { uid },
);

/// Serializes as the API's object.
impl Serialize for Emoji {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        enum Object<'e> {
            Unicode(&'e str),
            CustomEmoji(CustomEmoji),
        }

        match self {
            Self::Unicode(emoji) => Object::Unicode(emoji).serialize(serializer),
            Self::Custom(uid) => {
                let uid = uid.clone();
                Object::CustomEmoji(CustomEmoji { uid }).serialize(serializer)
            }
        }
    }
}

impl Matchable for Reaction {
    fn emoji_unicode(&self) -> Option<&str> {
        match self.emoji.as_ref()? {
            Emoji::Unicode(emoji) => Some(emoji),
            Emoji::Custom(_) => None,
        }
    }

    fn custom_emoji_uid(&self) -> Option<&str> {
        match self.emoji.as_ref()? {
            Emoji::Unicode(_) => None,
            Emoji::Custom(uid) => uid.as_deref(),
        }
    }

    fn user_name(&self) -> Option<&str> {
        Some(&self.user.as_ref()?.name)
    }
}

impl Filter {
    /// Returns whether the filter matches a reaction. A comparison of a property that the reaction
    /// does not have is false.
    ///
    /// ```
    /// use gchat_filter::reactions::{Filter, Reaction};
    ///
    /// let filter: Filter = r#"emoji.unicode = "🙂" AND user.name = "users/1""#.parse()?;
    /// let reaction: Reaction = serde_json::from_str(
    ///     r#"{"user": {"name": "users/1"}, "emoji": {"unicode": "🙂"}}"#,
    /// )?;
    /// assert!(filter.matches(&reaction));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn matches<R: Matchable + ?Sized>(&self, reaction: &R) -> bool {
        self.0.contains(&|group| match group {
            EMOJI => match (reaction.emoji_unicode(), reaction.custom_emoji_uid()) {
                (Some(emoji), _) => Fact::Text(UNICODE, emoji),
                (None, Some(uid)) => Fact::Text(CUSTOM, uid),
                (None, None) => Fact::Absent,
            },
            USER => Fact::text(reaction.user_name()),
            _ => Fact::Absent,
        })
    }
}
