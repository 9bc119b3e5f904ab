//! Filters of reactions: `spaces.messages.reactions.list`.

use crate::analysis::conjunction::{Conjunction, Fact};
use crate::filter::{Language, OptionalFilter};
use crate::schema::{Declaration, Field, FieldGroup, Lint, Quoting, Values, op};
use crate::syntax::Comparator::Equal;

/// The filter language of `spaces.messages.reactions.list`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reactions {}

impl Language for Reactions {
    const DECLARATION: &'static Declaration = &DECLARATION;

    type Meaning = Conjunction<'static>;
}

impl OptionalFilter for Reactions {}

/// A filter of reactions.
pub type Filter = crate::Filter<Reactions>;

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
                    examples: "`emoji.unicode = \"🙂\"`",
                    ..Field::NEW
                },
                Field {
                    path: "emoji.custom_emoji.uid",
                    misspellings: &["emoji.customEmoji.uid"],
                    synonyms: &["customemoji", "uid", "customemojiuid", "emojiuid"],
                    operators: &[op(Equal)],
                    values: Values::Text,
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

impl Filter {
    /// Returns whether the filter matches a reaction. A comparison of a property that the reaction
    /// does not have is false.
    #[must_use]
    pub fn matches<R: Matchable + ?Sized>(&self, reaction: &R) -> bool {
        let emoji = match (reaction.emoji_unicode(), reaction.custom_emoji_uid()) {
            (Some(emoji), _) => Fact::Text(UNICODE, emoji),
            (None, Some(uid)) => Fact::Text(CUSTOM, uid),
            (None, None) => Fact::Absent,
        };
        let user = reaction.user_name();
        let user = user.map_or(Fact::Absent, |name| Fact::Text(0, name));
        self.0.contains(&[emoji, user])
    }
}
