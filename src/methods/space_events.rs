//! Filters of the events of a space: `spaces.spaceEvents.list`.
//!
//! ```
//! use gchat_filter::space_events::Filter;
//!
//! let filter: Filter = concat!(
//!     r#"start_time="2023-08-23T19:20:33+00:00" AND "#,
//!     r#"(event_types:"google.workspace.chat.space.v1.updated" OR "#,
//!     r#"event_types:"google.workspace.chat.message.v1.created")"#,
//! ).parse()?;
//! assert!(Filter::parse("").is_err());
//! # assert!(filter.implies(&filter));
//! # Ok::<(), gchat_filter::Error>(())
//! ```
//!
//! # Fields
//!
//! | field | operators | values | `OR` | `AND` |
//! |---|---|---|---|---|
//! | `event_types`, `eventTypes` | `:` | `google.workspace.chat.message.v1.created`, `google.workspace.chat.message.v1.updated`, `google.workspace.chat.message.v1.deleted`, `google.workspace.chat.membership.v1.created`, `google.workspace.chat.membership.v1.updated`, `google.workspace.chat.membership.v1.deleted`, `google.workspace.chat.reaction.v1.created`, `google.workspace.chat.reaction.v1.deleted`, `google.workspace.chat.space.v1.updated` | yes | no |
//! | `start_time`, `startTime` | `=` | a timestamp of RFC 3339 | no | as an interval |
//! | `end_time`, `endTime` | `=` | a timestamp of RFC 3339 | no | as an interval |
//!
//! Only AND joins comparisons of types and times. `start_time =` means after that time, and
//! `end_time =` at or before it.
//!
//! # Design decisions
//!
//! | decision | source |
//! |---|---|
//! | A filter is required. | documented |
//! | A filter without an event type is valid, with a warning. | documented both as invalid and as an example |
//! | A comparison of a type also matches the events of its batches, which filters cannot name. | documented |
//! | `event_type`, as the text of the reference has it, is an unknown field with a certain fix. | design decision |
//! | A second start or end is an error, also if it is equal. | documented; the second is a design decision |
//! | An empty interval is valid, with a warning. | design decision |
//! | A time in the future or more than 28 days ago is a warning, if the [`Context`](crate::Context) has the time of the request. | documented; design decision |

use serde::Serialize;

use super::evaluation::method_language;
use super::object::read_object;
use crate::analysis::conjunction::{Conjunction, Fact};
use crate::filter::Language;
use crate::schema::{
    Access, And, Column, Declaration, EnumValue, Expected, Field, FieldGroup, Lint, Operator,
    Relation, Values, op,
};
use crate::syntax::Comparator::{Equal, Has};
use crate::values::Timestamp;

/// The filter language of `spaces.spaceEvents.list`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpaceEvents {}

impl Language for SpaceEvents {
    const DECLARATION: &'static Declaration = &DECLARATION;

    type Meaning = Conjunction<'static>;
}

method_language!(
    SpaceEvents,
    SpaceEvent,
    ["spaceEvents", "space_events"],
    |filter, event, _| Ok(filter.matches(event)),
);

/// A filter of space events.
pub type Filter = crate::Filter<SpaceEvents>;

/// Indexes of groups.
const TYPE: usize = 0;
const TIME: usize = 1;

/// Creates event types: each from its resource, its verb, the verb of its batches, and another name.
macro_rules! event_types {
    ($($resource:literal $verb:literal $batch:literal $name:literal,)+) => {
        &[$(
            EnumValue::new(concat!("google.workspace.chat.", $resource, ".v1.", $verb))
                .batch(concat!("google.workspace.chat.", $resource, ".v1.", $batch))
                .synonyms(&[(
                    &[$name],
                    "an event type has a prefix and a version, such as \
                     `google.workspace.chat.message.v1.created`",
                )]),
        )+]
    };
}

/// From the [reference][reference] of the API.
///
/// [reference]: https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.spaceEvents/list
const DECLARATION: Declaration = Declaration {
    method: "spaces.spaceEvents.list",
    is_required: true,
    resource: ["space event", "space events"],
    groups: &[
        FieldGroup {
            fields: &[Field {
                path: "event_types",
                aliases: &["eventTypes"],
                // The text of the reference calls it so.
                other_names: &["event_type", "eventType"],
                synonyms: &["type", "types", "event", "events"],
                operators: &[op(Has)],
                values: Values::Enum {
                    values: event_types![
                        "message"    "created" "batchCreated" "MESSAGE.CREATED",
                        "message"    "updated" "batchUpdated" "MESSAGE.UPDATED",
                        "message"    "deleted" "batchDeleted" "MESSAGE.DELETED",
                        "membership" "created" "batchCreated" "MEMBERSHIP.CREATED",
                        "membership" "updated" "batchUpdated" "MEMBERSHIP.UPDATED",
                        "membership" "deleted" "batchDeleted" "MEMBERSHIP.DELETED",
                        "reaction"   "created" "batchCreated" "REACTION.CREATED",
                        "reaction"   "deleted" "batchDeleted" "REACTION.DELETED",
                        "space"      "updated" "batchUpdated" "SPACE.UPDATED",
                    ],
                    prefix: "GOOGLE.WORKSPACE.CHAT.",
                    elsewhere: &[(
                        &["SPACE.V1.DELETED", "SPACE.V1.CREATED"],
                        "the Workspace Events API has this type, but this method only lists updates of a space",
                    )],
                },
                column: Column::Property("event_type"),
                examples: "`event_types:\"google.workspace.chat.message.v1.created\"`",
                ..Field::NEW
            }],
            or: true,
            and: And::Never,
            ..FieldGroup::NEW
        },
        FieldGroup {
            fields: &[
                Field {
                    path: "start_time",
                    aliases: &["startTime"],
                    synonyms: &[
                        "start",
                        "starttimestamp",
                        "from",
                        "since",
                        "createtime",
                        "eventtime",
                    ],
                    operators: &[Operator::new(Equal, Relation::After)],
                    values: Values::Timestamp,
                    column: Column::Property("event_time"),
                    examples: "`start_time = \"2026-01-31T12:00:00Z\"`",
                    ..Field::NEW
                },
                Field {
                    path: "end_time",
                    aliases: &["endTime"],
                    synonyms: &["end", "endtimestamp", "to", "until"],
                    operators: &[Operator::new(Equal, Relation::NotAfter)],
                    values: Values::Timestamp,
                    column: Column::Property("event_time"),
                    examples: "`end_time = \"2026-01-31T12:00:00Z\"`",
                    ..Field::NEW
                },
            ],
            and: And::Interval,
            days: Some(28),
            ..FieldGroup::NEW
        },
    ],
    expected: &[Expected {
        group: TYPE,
        access: Access::Any,
        lint: Some(Lint::MissingEventType),
        message: "the filter has no event type",
        comparison: r#"event_types:"google.workspace.chat.message.v1.created""#,
    }],
    // The complement of a comparison has no text.
    denied: &[Lint::Negation],
    elsewhere: &[(
        &["pagesize", "pagetoken"],
        "this is a request parameter; set it in the request, not in the filter",
    )],
    example: "event_types:\"google.workspace.chat.message.v1.created\"",
    instead_of_negation: "list the event types to include, joined with `OR`",
    ..Declaration::NEW
};

const _: () = DECLARATION.validate();

/// A value that filters can be matched against: anything with the properties of a space event.
pub trait Matchable {
    /// Returns the event's type, such as `google.workspace.chat.message.v1.created`, perhaps that of
    /// a batch.
    fn event_type(&self) -> Option<&str>;

    /// Returns when the event occurred.
    fn event_time(&self) -> Option<Timestamp>;
}

forward_matchable! {
    fn event_type(&self) -> Option<&str>;
    fn event_time(&self) -> Option<Timestamp>;
}

/// An event in a space: the API's `SpaceEvent`, with the fields that filters need.
///
/// Keys are read in lowerCamelCase or `snake_case`. Other keys are ignored. A key that is absent or
/// `null` means that there is no value. A time that is not in RFC 3339 format, or an object as
/// Google's clients print it, is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SpaceEvent {
    /// The resource name, `spaces/{space}/spaceEvents/{spaceEvent}`; empty if absent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// When the event occurred; `None` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_time: Option<Timestamp>,
    /// The type, such as `google.workspace.chat.message.v1.created`; `None` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
}

read_object!(
    SpaceEvent,
    "a space event object",
    {
        "name" => name,
        "eventTime" | "event_time" => event_time,
        "eventType" | "event_type" => event_type,
    },
    SpaceEvent { name: name.unwrap_or_default(), event_time, event_type },
);

impl Matchable for SpaceEvent {
    fn event_type(&self) -> Option<&str> {
        self.event_type.as_deref()
    }

    fn event_time(&self) -> Option<Timestamp> {
        self.event_time
    }
}

impl Filter {
    /// Returns whether the filter matches a space event. A comparison of a property that the event
    /// does not have is false. A type also matches its batches.
    ///
    /// ```
    /// use gchat_filter::space_events::{Filter, SpaceEvent};
    ///
    /// let filter: Filter = concat!(
    ///     r#"event_types:"google.workspace.chat.message.v1.created" "#,
    ///     r#"AND start_time = "2026-01-31T12:00:00Z""#,
    /// ).parse()?;
    /// let event: SpaceEvent = serde_json::from_str(r#"{
    ///     "name": "spaces/AAAA/spaceEvents/BBBB",
    ///     "eventTime": "2026-01-31T12:00:00.5Z",
    ///     "eventType": "google.workspace.chat.message.v1.batchCreated"
    /// }"#)?;
    /// assert!(filter.matches(&event));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn matches<E: Matchable + ?Sized>(&self, event: &E) -> bool {
        self.0.contains(&|group| match group {
            TYPE => Fact::named(&DECLARATION, TYPE, event.event_type()),
            TIME => Fact::timestamp(event.event_time()),
            _ => Fact::Absent,
        })
    }
}
