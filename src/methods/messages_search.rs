//! Filters of a search of messages: `spaces.messages.search`.
//!
//! A filter has keywords and comparisons, joined by AND or by nothing.
//!
//! ```
//! use gchat_filter::messages_search::Filter;
//!
//! let filter: Filter = r#""pending reports" is_unread() sender.name = "users/me""#.parse()?;
//! assert!(filter.implies(&"reports".parse()?));
//! # Ok::<(), gchat_filter::Error>(())
//! ```
//!
//! # Fields
//!
//! | field | operators | values | `OR` | `AND` |
//! |---|---|---|---|---|
//! | a word or a phrase | | | no | yes |
//! | `create_time` | `<`, `>=` | a timestamp of RFC 3339 | no | as an interval |
//! | `sender.name` | `=` | `users/{user}` | yes | no |
//! | `space.name` | `=` | `spaces/{space}` | yes | no |
//! | `space.display_name` | `:` | words, quotes optional | yes | without `OR` |
//! | `space.space_type` | `=` | `DIRECT_MESSAGE`, `GROUP_CHAT`, `SPACE` | yes | no |
//! | `attachment:*` | `:` | | no | yes |
//! | `annotations.user_mentions.user.name` | `:` | `users/{user}`, quotes optional | yes | without `OR` |
//! | `has_link()` | | | no | yes |
//! | `is_unread()` | | | no | yes |
//!
//! Only AND joins comparisons of different fields. A filter has at most 1,000 characters.
//!
//! # Design decisions
//!
//! | decision | source |
//! |---|---|
//! | AND may be omitted. Mixing it with OR requires parentheses; also where it is omitted. | documented; the last is a design decision |
//! | The spellings `createTime`, `space.displayName` and so on are errors. | observed live |
//! | AND or OR joins comparisons of a display name, or mentions, but not both, not even in parentheses. | documented; the last is a design decision |
//! | A term by itself is a keyword, also if it is the name of a field. A field and a value without an operator are keywords, with a warning. | design decision |
//! | A keyword matches words next to each other, without regard to case. One that has all words of another one next to each other implies it. | design decision |
//! | A keyword without letters and digits is an error. | design decision |
//! | Comparisons of a display name with several words and several comparisons joined by AND mean the same, but are not merged when they are printed. | design decision |
//! | The IDs of users, `users/me` and email addresses are accepted. An alias that the [`Context`] does not resolve equals only itself, but may stand for any other user: so two filters are only disjoint if they do not depend on one. | documented; design decision |
//! | `has_link()` matches `http://` or `https://` and a character after it. | design decision |
//! | The service looks for a display name only in the five spaces that match it best; `matches` does not. | documented; design decision |
//! | Comparisons of the type or display name of a space that the context does not have are false. | design decision |

use super::context::{Context, EvaluationError};
use super::evaluation::method_language;
use super::messages::{AnnotationType, Message};
use crate::analysis::conjunction::{Conjunction, Fact};
use crate::filter::Language;
use crate::schema::{
    And, Column, Declaration, EnumValue, Field, FieldGroup, Level, Lint, Quoting, Values, op,
};
use crate::syntax::Comparator::{Equal, GreaterOrEqual, Has, Less};
use crate::values::Timestamp;

/// The filter language of `spaces.messages.search`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessagesSearch {}

impl Language for MessagesSearch {
    const DECLARATION: &'static Declaration = &DECLARATION;

    type Meaning = Conjunction<'static>;
}

method_language!(
    MessagesSearch,
    Message,
    ["results" / "message"],
    |filter, message, context| filter.matches(message, context),
);

/// A filter of a search of messages.
pub type Filter = crate::Filter<MessagesSearch>;

/// Indexes of groups.
const KEYWORDS: usize = 0;
const CREATE_TIME: usize = 1;
const SENDER: usize = 2;
const SPACE_NAME: usize = 3;
const DISPLAY_NAME: usize = 4;
const SPACE_TYPE: usize = 5;
const ATTACHMENT: usize = 6;
const MENTIONS: usize = 7;
const LINK: usize = 8;
const UNREAD: usize = 9;

/// A group of a condition that holds or not.
const fn flag(fields: &'static [Field]) -> FieldGroup {
    FieldGroup {
        fields,
        ..FieldGroup::NEW
    }
}

/// From the [reference][reference] of the API.
///
/// [reference]: https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/search
const DECLARATION: Declaration = Declaration {
    method: "spaces.messages.search",
    is_required: true,
    max_length: Some(1_000),
    resource: ["message", "messages"],
    groups: &[
        FieldGroup {
            fields: &[Field {
                values: Values::Keywords,
                examples: "`\"pending reports\"`",
                ..Field::NEW
            }],
            ..FieldGroup::NEW
        },
        FieldGroup {
            fields: &[Field {
                path: "create_time",
                // The live service rejects it.
                misspellings: &["createTime"],
                synonyms: &["createdtime", "created", "time", "timestamp", "date"],
                operators: &[op(Less), op(GreaterOrEqual)],
                values: Values::Timestamp,
                column: Column::Property("create_time"),
                examples: "`create_time >= \"2026-01-31T12:00:00Z\"`",
                ..Field::NEW
            }],
            and: And::Interval,
            ..FieldGroup::NEW
        },
        FieldGroup {
            fields: &[Field {
                path: "sender.name",
                synonyms: &[
                    "sender",
                    "sendername",
                    "from",
                    "author",
                    "creator",
                    "username",
                ],
                operators: &[op(Equal)],
                values: Values::Name {
                    pattern: "users/{user}",
                    quoting: Quoting::Required,
                    has_aliases: true,
                    is_in_parent: false,
                },
                unquoted: Level::Warn,
                column: Column::Property("sender.name"),
                examples: "`sender.name = \"users/123456789\"`",
                ..Field::NEW
            }],
            or: true,
            and: And::Never,
            ..FieldGroup::NEW
        },
        FieldGroup {
            fields: &[Field {
                path: "space.name",
                synonyms: &["space", "spacename", "spaceid", "in"],
                operators: &[op(Equal)],
                values: Values::Name {
                    pattern: "spaces/{space}",
                    quoting: Quoting::Required,
                    has_aliases: true,
                    is_in_parent: false,
                },
                unquoted: Level::Warn,
                column: Column::Property("space.name"),
                examples: "`space.name = \"spaces/AAAA\"`",
                ..Field::NEW
            }],
            or: true,
            and: And::Never,
            ..FieldGroup::NEW
        },
        FieldGroup {
            fields: &[Field {
                path: "space.display_name",
                misspellings: &["space.displayName"],
                synonyms: &["displayname", "spacedisplayname"],
                operators: &[op(Has)],
                values: Values::Words {
                    quoting: Quoting::Optional,
                },
                examples: "`space.display_name:Project`",
                ..Field::NEW
            }],
            or: true,
            and: And::Unmixed,
            ..FieldGroup::NEW
        },
        FieldGroup {
            fields: &[Field {
                path: "space.space_type",
                misspellings: &["space.spaceType"],
                synonyms: &["spacetype", "spacespacetype", "spacestype", "type"],
                operators: &[op(Equal)],
                values: Values::Enum {
                    values: &[
                        EnumValue::new("DIRECT_MESSAGE").synonyms(&[(
                            &["DM", "DMS", "DIRECT_MESSAGES"],
                            "a conversation of two has the type `DIRECT_MESSAGE`",
                        )]),
                        EnumValue::new("GROUP_CHAT").synonyms(&[(
                            &["GROUP", "GROUPS", "GROUP_CHATS", "GROUP_DM"],
                            "a conversation of several people has the type `GROUP_CHAT`",
                        )]),
                        EnumValue::new("SPACE").synonyms(&[(
                            &["ROOM", "ROOMS", "SPACES", "NAMED_SPACE"],
                            "a named space has the type `SPACE`",
                        )]),
                    ],
                    prefix: "",
                    elsewhere: &[],
                },
                // Messages only have the name of their space.
                column: Column::Addition("space.space_type"),
                examples: "`space.space_type = \"DIRECT_MESSAGE\"`",
                ..Field::NEW
            }],
            or: true,
            and: And::Never,
            ..FieldGroup::NEW
        },
        flag(&[Field {
            path: "attachment",
            synonyms: &["attachments", "hasattachment"],
            operators: &[op(Has)],
            values: Values::Any,
            examples: "`attachment:*`",
            ..Field::NEW
        }]),
        FieldGroup {
            fields: &[Field {
                path: "annotations.user_mentions.user.name",
                misspellings: &["annotations.userMentions.user.name"],
                synonyms: &[
                    "mentions",
                    "mention",
                    "usermentions",
                    "annotations",
                    "annotationsusermentions",
                ],
                operators: &[op(Has)],
                values: Values::Name {
                    pattern: "users/{user}",
                    quoting: Quoting::Optional,
                    has_aliases: true,
                    is_in_parent: false,
                },
                examples: "`annotations.user_mentions.user.name:\"users/123456789\"`",
                ..Field::NEW
            }],
            or: true,
            and: And::Unmixed,
            is_multiple: true,
            ..FieldGroup::NEW
        },
        flag(&[Field {
            path: "has_link",
            synonyms: &["haslink", "link", "links"],
            values: Values::Call(None),
            examples: "`has_link()`",
            ..Field::NEW
        }]),
        flag(&[Field {
            path: "is_unread",
            synonyms: &["isunread", "unread"],
            values: Values::Call(None),
            examples: "`is_unread()`",
            ..Field::NEW
        }]),
    ],
    has_sequences: true,
    // The reference requires parentheses where AND and OR are mixed. The complement of a comparison
    // has no text.
    denied: &[Lint::MixedOperators, Lint::Negation],
    elsewhere: &[
        (
            &["text", "content", "body", "keyword", "keywords"],
            "write the words to search for without a field",
        ),
        (
            &["thread", "threadname"],
            "this is a field of `spaces.messages.list`",
        ),
        (
            &["orderby", "pagesize", "pagetoken"],
            "this is a request parameter; set it in the request, not in the filter",
        ),
    ],
    example: "\"pending reports\" AND is_unread()",
    instead_of_negation: "leave out the negated part, and filter the response",
    ..Declaration::NEW
};

const _: () = DECLARATION.validate();

/// A value that filters can be matched against: anything with the properties of a message.
pub trait Matchable {
    /// Returns the message's name, such as `spaces/AAAA/messages/BBBB`, by which a [`Context`] knows
    /// whether it is unread.
    fn name(&self) -> &str;

    /// Returns the text; empty if there is none.
    fn text(&self) -> &str;

    /// Returns when the message was created.
    fn create_time(&self) -> Option<Timestamp>;

    /// Returns the name of the user who sent the message, such as `users/123456789`.
    fn sender_name(&self) -> Option<&str>;

    /// Returns the name of the message's space, such as `spaces/AAAA`, by which a [`Context`] knows
    /// the space.
    fn space_name(&self) -> Option<&str>;

    /// Returns whether the message has an attachment.
    fn has_attachment(&self) -> bool;

    /// Returns whether the message mentions a user, by name.
    fn mentions(&self, user: &str) -> bool;
}

impl Matchable for Message {
    fn name(&self) -> &str {
        &self.name
    }

    fn text(&self) -> &str {
        &self.text
    }

    fn create_time(&self) -> Option<Timestamp> {
        self.create_time
    }

    fn sender_name(&self) -> Option<&str> {
        Some(&self.sender.as_ref()?.name)
    }

    /// Returns the name of the space, or that in the message's own name.
    fn space_name(&self) -> Option<&str> {
        if let Some(space) = &self.space
            && !space.name.is_empty()
        {
            return Some(&space.name);
        }
        let (space, _) = self.name.split_once("/messages/")?;
        Some(space)
    }

    fn has_attachment(&self) -> bool {
        !self.attachment.is_empty()
    }

    fn mentions(&self, user: &str) -> bool {
        self.annotations.iter().any(|annotation| {
            let mention = annotation.user_mention.as_ref();
            let mentioned = mention.and_then(|mention| mention.user.as_ref());
            annotation.annotation_type == AnnotationType::UserMention
                && mentioned.is_some_and(|mentioned| mentioned.name == user)
        })
    }
}

/// Returns whether a text contains a link.
fn has_link(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["http://", "https://"].iter().any(|scheme| {
        let mut links = text.match_indices(scheme);
        links.any(|(at, _)| {
            let rest = text.get(at + scheme.len()..).unwrap_or_default();
            rest.starts_with(|c: char| !c.is_whitespace())
        })
    })
}

impl Filter {
    /// Returns whether the filter matches a message. A comparison of a property that the message does
    /// not have is false, as is a comparison of a space's type or display name if the context does not
    /// have the space.
    ///
    /// A keyword is a word or several words next to each other in the text, without regard to case.
    ///
    /// ```
    /// use gchat_filter::{Context, messages::Message, messages_search::Filter};
    ///
    /// let filter: Filter = r#""pending reports" sender.name = "users/me""#.parse()?;
    /// let message: Message = serde_json::from_str(
    ///     r#"{"text": "All pending reports are done", "sender": {"name": "users/1"}}"#,
    /// )?;
    /// assert!(filter.matches(&message, &Context::new().caller("users/1"))?);
    /// assert!(!filter.matches(&message, &Context::new().caller("users/2"))?);
    /// assert!(filter.matches(&message, &Context::new()).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the filter has `users/me`, and the context does not have the caller; or if it has
    /// `is_unread()`, and the context does not have the messages that are unread.
    pub fn matches<M: Matchable + ?Sized>(
        &self,
        message: &M,
        context: &Context,
    ) -> Result<bool, EvaluationError> {
        if [SENDER, MENTIONS]
            .iter()
            .any(|group| self.0.has_name(*group, "users/me"))
        {
            context.known_caller()?;
        }
        let is_unread = if self.0.restricts(UNREAD) {
            context.is_unread(message.name())?
        } else {
            false
        };
        let is_sender = |name: &str| {
            let sender = message.sender_name();
            sender.is_some_and(|sender| context.resolved(sender) == context.resolved(name))
        };
        let is_mentioned = |name: &str| {
            let mut names = context.names(name);
            names.any(|name| message.mentions(name))
        };
        let space = || context.known_space(message.space_name()?);
        Ok(self.0.contains(&|group| match group {
            KEYWORDS => Fact::Words(message.text()),
            CREATE_TIME => Fact::timestamp(message.create_time()),
            SENDER => Fact::Names(&is_sender),
            SPACE_NAME => Fact::text(message.space_name()),
            DISPLAY_NAME => space().map_or(Fact::Absent, |space| Fact::Words(&space.display_name)),
            SPACE_TYPE => {
                let name = space().and_then(|space| space.space_type.name());
                Fact::named(&DECLARATION, SPACE_TYPE, name)
            }
            ATTACHMENT => Fact::flag(message.has_attachment()),
            MENTIONS => Fact::Names(&is_mentioned),
            LINK => Fact::flag(has_link(message.text())),
            UNREAD => Fact::flag(is_unread),
            _ => Fact::Absent,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::has_link;

    #[test]
    fn finds_links() {
        for (text, expected) in [
            ("see https://example.com", true),
            ("HTTP://x", true),
            ("https:// x", false),
            ("https:// http://x", true),
            ("https://", false),
            ("example.com", false),
            ("", false),
        ] {
            assert_eq!(has_link(text), expected, "{text}");
        }
    }
}
