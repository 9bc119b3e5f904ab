//! Filters of messages: `spaces.messages.list`.

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

impl Filter {
    /// Returns whether the filter matches a message. A comparison of a property that the message
    /// does not have is false.
    ///
    /// ```
    /// use gchat_filter::{Timestamp, messages::{Filter, Matchable}};
    ///
    /// struct Message { create_time: Timestamp }
    ///
    /// impl Matchable for Message {
    ///     fn create_time(&self) -> Option<Timestamp> {
    ///         Some(self.create_time)
    ///     }
    ///     fn thread_name(&self) -> Option<&str> {
    ///         None
    ///     }
    /// }
    ///
    /// let filter: Filter = r#"create_time > "2026-01-31T12:00:00Z""#.parse()?;
    /// let message = Message { create_time: "2026-01-31T13:00:00+00:30".parse()? };
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
