//! Filters of messages: `spaces.messages.list`.

use serde::Serialize;

use super::object::read_object;
use crate::analysis::conjunction::{Conjunction, Fact};
use crate::filter::{Language, OptionalFilter};
use crate::schema::{And, Declaration, Field, FieldGroup, Lint, Quoting, Values, op};
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

/// A filter of messages.
pub type Filter = crate::Filter<Messages>;

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
                column: Some("create_time"),
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
                column: Some("thread.name"),
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
    },
    Message { name: name.unwrap_or_default(), create_time, thread },
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
        let time = message.create_time();
        let thread = message.thread_name();
        self.0.contains(&[
            time.map_or(Fact::Absent, Fact::Timestamp),
            thread.map_or(Fact::Absent, |name| Fact::Text(0, name)),
        ])
    }
}
