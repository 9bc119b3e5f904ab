//! Filters of messages: `spaces.messages.list`.
//!
//! ```
//! use gchat_filter::messages::Filter;
//!
//! let filter: Filter = concat!(
//!     r#"create_time > "2012-04-21T11:30:00+00:00" AND create_time < "2013-01-01T00:00:00+00:00" "#,
//!     "AND thread.name = spaces/AAAAAAAAAAA/threads/123",
//! ).parse()?;
//! assert!(filter.implies(&r#"create_time > "2012-01-01T00:00:00Z""#.parse()?));
//! # Ok::<(), gchat_filter::Error>(())
//! ```
//!
//! # Fields
//!
//! | field | operators | values | `OR` | `AND` |
//! |---|---|---|---|---|
//! | `create_time`, `createTime` | `>`, `<` | a timestamp of RFC 3339 | no | as an interval |
//! | `thread.name` | `=` | `spaces/{space}/threads/{thread}`, quotes optional | no | no |
//!
//! Only AND joins comparisons of different fields.
//!
//! # Design decisions
//!
//! | decision | source |
//! |---|---|
//! | OR is not supported, not even between fields. | design decision: the reference mentions only AND |
//! | `>=` is not supported; the possible fix is `>` and a nanosecond earlier. | observed live |
//! | The thread may be quoted or not, and prints without quotes. | documented without, observed live with quotes |
//! | One thread only: two are an error, also if they are equal. | documented |
//! | A thread in another space than the request's parent is a warning, if the [`Context`](crate::Context) has the parent. | design decision |
//! | Timestamps are compared as instants, to the nanosecond. | design decision |
//! | The comparison of a message without a thread is false. | design decision |

use serde::Serialize;

use super::evaluation::method_language;
use super::object::read_object;
use super::open_enum::open_enum;
use super::spaces::Space;
pub use super::user::User;
use crate::analysis::conjunction::{Conjunction, Fact};
use crate::filter::{Language, OptionalFilter};
use crate::schema::{And, Column, Declaration, Field, FieldGroup, Lint, Quoting, Values, op};
use crate::syntax::Comparator::{Equal, Greater, Less};
use crate::values::Timestamp;

/// The filter language of `spaces.messages.list`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Messages {}

impl Language for Messages {
    const DECLARATION: &'static Declaration = &DECLARATION;

    type Meaning = Conjunction<'static>;
}

impl OptionalFilter for Messages {}

method_language!(Messages, Message, ["messages"], |filter, message, _| Ok(
    filter.matches(message)
),);

/// A filter of messages.
pub type Filter = crate::Filter<Messages>;

/// Indexes of groups.
const CREATE_TIME: usize = 0;
const THREAD: usize = 1;

/// From the [reference][reference] of the API.
///
/// [reference]: https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/list
const DECLARATION: Declaration = Declaration {
    method: "spaces.messages.list",
    resource: ["message", "messages"],
    groups: &[
        FieldGroup {
            fields: &[Field {
                path: "create_time",
                aliases: &["createTime"],
                synonyms: &["createdtime", "created", "time", "timestamp"],
                operators: &[op(Greater), op(Less)],
                values: Values::Timestamp,
                column: Column::Property("create_time"),
                examples: r#"`create_time > "2026-01-31T12:00:00Z"`"#,
                ..Field::NEW
            }],
            and: And::Interval,
            ..FieldGroup::NEW
        },
        FieldGroup {
            fields: &[Field {
                path: "thread.name",
                synonyms: &["thread", "threadname", "threadid", "threadkey"],
                operators: &[op(Equal)],
                values: Values::Name {
                    pattern: "spaces/{space}/threads/{thread}",
                    quoting: Quoting::Optional,
                    has_aliases: true,
                    is_in_parent: true,
                },
                column: Column::Property("thread.name"),
                examples: "`thread.name = spaces/AAAA/threads/BBBB`",
                ..Field::NEW
            }],
            and: And::Never,
            ..FieldGroup::NEW
        },
    ],
    // Without OR, the complement of a comparison has no text.
    denied: &[Lint::Negation],
    elsewhere: &[
        (
            &["text", "sender", "sendername", "space", "spacename"],
            "this is a field of `spaces.messages.search`",
        ),
        (
            &["updatetime", "lastupdatetime", "deletetime"],
            "messages can only be filtered by the time when they were created",
        ),
        (
            &["orderby", "showdeleted", "pagesize", "pagetoken"],
            "this is a request parameter; set it in the request, not in the filter",
        ),
    ],
    example: "create_time > \"2026-01-31T12:00:00Z\"",
    instead_of_negation: "rewrite it without negation, with the opposite comparator",
    ..Declaration::NEW
};

const _: () = DECLARATION.validate();

/// A value that filters can be matched against: anything with the properties of a message.
pub trait Matchable {
    /// Returns when the message was created.
    fn create_time(&self) -> Option<Timestamp>;

    /// Returns the name of the message's thread, such as `spaces/AAAA/threads/BBBB`.
    fn thread_name(&self) -> Option<&str>;
}

forward_matchable! {
    fn create_time(&self) -> Option<Timestamp>;
    fn thread_name(&self) -> Option<&str>;
}

/// A message: the API's `Message`, with the fields that filters need.
///
/// Keys are read in lowerCamelCase or `snake_case`. Other keys are ignored. A key that is absent or
/// `null` means that there is no value. A time that is not in RFC 3339 format, or an object as
/// Google's clients print it, is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// The resource name, `spaces/{space}/messages/{message}`; empty if absent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// When the message was created; `None` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_time: Option<Timestamp>,
    /// The thread; `None` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<Thread>,
    /// The text; empty if absent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The user who sent the message; `None` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<User>,
    /// The space; `None` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub space: Option<Space>,
    /// The attachments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachment: Vec<Attachment>,
    /// Notes on parts of the text, such as mentions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<Annotation>,
}

/// An attachment of a message: the API's `Attachment`, with its name only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Attachment {
    /// The resource name, `spaces/{space}/messages/{message}/attachments/{attachment}`; empty if absent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// A note on a part of a message's text: the API's `Annotation`, with the fields that filters need.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Annotation {
    /// The type, under the key `type`; [`AnnotationType::Unspecified`] if absent.
    #[serde(
        rename = "type",
        skip_serializing_if = "AnnotationType::is_unspecified"
    )]
    pub annotation_type: AnnotationType,
    /// The mention of a user; `None` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_mention: Option<UserMention>,
}

/// A mention of a user: the API's `UserMentionMetadata`, with the fields that filters need.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct UserMention {
    /// The user; `None` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
}

open_enum! {
    /// Type of an annotation: the API's `AnnotationType`.
    pub enum AnnotationType, "an annotation type" {
        /// The default: the type is absent.
        #[default]
        Unspecified = 0 "ANNOTATION_TYPE_UNSPECIFIED",
        /// A user is mentioned.
        UserMention = 1 "USER_MENTION",
        /// A slash command is invoked.
        SlashCommand = 2 "SLASH_COMMAND",
        /// A link with a preview.
        RichLink = 3 "RICH_LINK",
        /// A custom emoji.
        CustomEmoji = 4 "CUSTOM_EMOJI",
    }
}

/// The thread of a message: the API's `Thread`, with the field that filters need.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Thread {
    /// The resource name, `spaces/{space}/threads/{thread}`; empty if absent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
}

read_object!(
    Message,
    "a message object",
    {
        "name" => name,
        "createTime" | "create_time" => create_time,
        "thread" => thread,
        "text" => text,
        "sender" => sender,
        "space" => space,
        "attachment" => attachment,
        "annotations" => annotations,
    },
    Message {
        name: name.unwrap_or_default(),
        create_time,
        thread,
        text: text.unwrap_or_default(),
        sender,
        space,
        attachment: attachment.unwrap_or_default(),
        annotations: annotations.unwrap_or_default(),
    },
);

read_object!(
    Attachment,
    "an attachment object",
    { "name" => name, },
    Attachment { name: name.unwrap_or_default() },
);

read_object!(
    Annotation,
    "an annotation object",
    {
        "type" | "type_" => annotation_type,
        "userMention" | "user_mention" => user_mention,
    },
    Annotation { annotation_type: annotation_type.unwrap_or_default(), user_mention },
);

read_object!(
    UserMention,
    "a user mention object",
    { "user" => user, },
    UserMention { user },
);

read_object!(
    Thread,
    "a thread object",
    { "name" => name, },
    Thread { name: name.unwrap_or_default() },
);

impl Matchable for Message {
    fn create_time(&self) -> Option<Timestamp> {
        self.create_time
    }

    fn thread_name(&self) -> Option<&str> {
        Some(&self.thread.as_ref()?.name)
    }
}

impl Filter {
    /// Returns whether the filter matches a message. A comparison of a property that the message
    /// does not have is false.
    ///
    /// ```
    /// use gchat_filter::messages::{Filter, Message};
    ///
    /// let filter: Filter = r#"create_time > "2026-01-31T12:00:00Z""#.parse()?;
    /// let message: Message = serde_json::from_str(
    ///     r#"{"name": "spaces/AAAA/messages/BBBB", "createTime": "2026-01-31T13:00:00+00:30"}"#,
    /// )?;
    /// assert!(filter.matches(&message));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn matches<M: Matchable + ?Sized>(&self, message: &M) -> bool {
        self.0.contains(&|group| match group {
            CREATE_TIME => Fact::timestamp(message.create_time()),
            THREAD => Fact::text(message.thread_name()),
            _ => Fact::Absent,
        })
    }
}
