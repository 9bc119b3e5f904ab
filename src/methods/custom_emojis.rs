//! Filters of custom emojis: `customEmojis.list`.
//!
//! ```
//! use gchat_filter::custom_emojis::Filter;
//!
//! let mine: Filter = r#"creator("users/me")"#.parse()?;
//! let others: Filter = r#"NOT creator("users/me")"#.parse()?;
//! assert!(mine.is_disjoint(&others));
//! # Ok::<(), gchat_filter::Error>(())
//! ```
//!
//! # Fields
//!
//! | field | operators | values | `OR` | `AND` |
//! |---|---|---|---|---|
//! | `creator("users/me")` | | | yes | yes |
//!
//! # Design decisions
//!
//! | decision | source |
//! |---|---|
//! | `NOT` is accepted, also before groups; `-` is an error. | documented; design decision |
//! | Any other argument is unknown. | documented |
//! | AND and OR are accepted, but every part must match something. | design decision |
//! | The API does not say who created an emoji, so `matches` needs a [`Context`] with the creator and the caller. | design decision |

use serde::Serialize;

use super::context::{Context, EvaluationError};
use super::evaluation::method_language;
use super::object::read_object;
use crate::analysis::conjunction::{Conjunction, Fact};
use crate::filter::{Language, OptionalFilter};
use crate::schema::{Column, Declaration, Field, FieldGroup, Values};

/// The filter language of `customEmojis.list`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CustomEmojis {}

impl Language for CustomEmojis {
    const DECLARATION: &'static Declaration = &DECLARATION;

    type Meaning = Conjunction<'static>;
}

impl OptionalFilter for CustomEmojis {}

method_language!(
    CustomEmojis,
    CustomEmoji,
    ["customEmojis", "custom_emojis"],
    |filter, emoji, context| filter.matches(emoji, context),
);

/// A filter of custom emojis.
pub type Filter = crate::Filter<CustomEmojis>;

/// The only argument: the caller.
const CALLER: &str = "users/me";

/// From the [reference][reference] of the API.
///
/// [reference]: https://developers.google.com/workspace/chat/api/reference/rest/v1/customEmojis/list
const DECLARATION: Declaration = Declaration {
    method: "customEmojis.list",
    resource: ["custom emoji", "custom emojis"],
    groups: &[FieldGroup {
        fields: &[Field {
            path: "creator",
            synonyms: &[
                "user",
                "username",
                "creatorname",
                "createdby",
                "creatoruser",
            ],
            values: Values::Call(Some(CALLER)),
            column: Column::Addition("creator"),
            examples: "`creator(\"users/me\")`",
            ..Field::NEW
        }],
        or: true,
        ..FieldGroup::NEW
    }],
    has_not: true,
    elsewhere: &[
        (
            &["pagesize", "pagetoken"],
            "this is a request parameter; set it in the request, not in the filter",
        ),
        (
            &["name", "uid", "emojiname"],
            "custom emojis have this field, but filters cannot use it; filter the response instead",
        ),
    ],
    example: "creator(\"users/me\")",
    instead_of_negation: "use `NOT`",
    ..Declaration::NEW
};

const _: () = DECLARATION.validate();

/// A value that filters can be matched against: anything with the properties of a custom emoji.
pub trait Matchable {
    /// Returns the resource name, such as `customEmojis/AAAA`, by which a [`Context`] knows who
    /// created the emoji.
    fn name(&self) -> Option<&str>;

    /// Returns the name of the user who created the emoji, such as `users/123456789`, if it is known
    /// without a context.
    fn creator(&self) -> Option<&str> {
        None
    }
}

forward_matchable! {
    fn name(&self) -> Option<&str>;
    fn creator(&self) -> Option<&str>;
}

/// A custom emoji: the API's `CustomEmoji`, with the fields that filters need.
///
/// Keys are read in lowerCamelCase or `snake_case`. Other keys are ignored. A key that is absent or
/// `null` means that there is no value. The API does not say who created an emoji.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomEmoji {
    /// The resource name, `customEmojis/{customEmoji}`; empty if absent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
}

read_object!(
    CustomEmoji,
    "a custom emoji object",
    { "name" => name, },
    CustomEmoji { name: name.unwrap_or_default() },
);

impl Matchable for CustomEmoji {
    fn name(&self) -> Option<&str> {
        Some(&self.name)
    }
}

impl Filter {
    /// Returns whether the filter matches a custom emoji for a caller.
    ///
    /// ```
    /// use gchat_filter::{Context, custom_emojis::{CustomEmoji, Filter}};
    ///
    /// let filter: Filter = r#"NOT creator("users/me")"#.parse()?;
    /// let emoji: CustomEmoji = serde_json::from_str(r#"{"name": "customEmojis/AAAA"}"#)?;
    /// let context = Context::new().caller("users/1").creator("customEmojis/AAAA", "users/2");
    /// assert!(filter.matches(&emoji, &context)?);
    /// assert!(filter.matches(&emoji, &Context::new()).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the filter depends on the creator, and the context does not have the caller, or neither
    /// the context nor the emoji has its creator.
    pub fn matches<E: Matchable + ?Sized>(
        &self,
        emoji: &E,
        context: &Context,
    ) -> Result<bool, EvaluationError> {
        if self.0 == Conjunction::all() {
            return Ok(true);
        }
        let caller = context.known_caller()?;
        let creator = match emoji.creator() {
            Some(creator) => context.resolved(creator),
            None => context.known_creator(emoji.name().unwrap_or_default())?,
        };
        Ok(self.0.contains(&|_| Fact::flag(caller == creator)))
    }
}
