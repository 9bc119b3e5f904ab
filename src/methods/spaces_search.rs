//! Filters of a search of spaces: the `query` of `spaces.search`.
//!
//! With `useAdminAccess`, a request searches all spaces of the organization, and must say so with a
//! comparison of `customer`. Without, it searches the caller's spaces, by fewer fields. Set
//! [`Checker::admin_access`](crate::Checker::admin_access) to check a filter with admin access.
//!
//! ```
//! use gchat_filter::{Checker, diagnostic::Code, spaces_search::Filter};
//!
//! let text = r#"display_name:"Project" AND space_type = "SPACE""#;
//! let filter: Filter = text.parse()?;
//! let admin = Checker::new().admin_access(true);
//! let checked = Filter::check(&admin, text);
//! assert_eq!(checked.diagnostics[0].code, Code::MissingConjunct);
//! # Ok::<(), gchat_filter::Error>(())
//! ```
//!
//! # Fields
//!
//! | field | operators | values | `OR` | `AND` |
//! |---|---|---|---|---|
//! | `customer` (admin access) | `=` | `customers/my_customer` | no | no |
//! | `space_type`, `spaceType` | `=` | `SPACE` | no | no |
//! | `display_name`, `displayName` | `:` | words | yes | no |
//! | `external_user_allowed`, `externalUserAllowed` | `=` | `true`, `false` | yes | no |
//! | `space_history_state`, `spaceHistoryState` (admin access) | `=` | `HISTORY_ON`, `HISTORY_OFF` | yes | no |
//! | `create_time`, `createTime` (admin access) | `=`, `<`, `>`, `<=`, `>=` | a timestamp of RFC 3339 | yes | as an interval |
//! | `last_active_time`, `lastActiveTime` (admin access) | `=`, `<`, `>`, `<=`, `>=` | a timestamp of RFC 3339 | yes | as an interval |
//!
//! Only AND joins comparisons of different fields. A filter has at most 1,000 characters.
//!
//! # Design decisions
//!
//! | decision | source |
//! |---|---|
//! | `space_type` is required, and with admin access `customer`. | documented |
//! | Without admin access and without `display_name`, the response is empty: a warning. | documented |
//! | Each word in a comparison of `display_name` is the beginning of a word of the name, in any order and without regard to case. | documented |
//! | Words are the longest runs of letters and digits, in lower case. A value without words is an error. | design decision |
//! | An interval is one lower and one upper bound. Any other AND of a time is an error, also of equal bounds; OR may join intervals in parentheses. | documented; the details are a design decision |
//! | An empty interval is valid, with a warning. | design decision, because the reference has such an interval in its text |
//! | `true` and `false` without quotes are accepted with a warning. | design decision: the text of the reference has no quotes, its examples do |
//! | An absent `externalUserAllowed` is `false`; a comparison of any other absent value is false. | proto3 JSON; design decision |
//! | Every space is in the customer's organization. | design decision |

use super::evaluation::method_language;
use super::spaces::Space;
use crate::analysis::conjunction::{Conjunction, Fact};
use crate::filter::Language;
use crate::schema::{
    Access, And, Column, Declaration, EnumValue, Expected, Field, FieldGroup, Level, Lint, Quoting,
    Values, op,
};
use crate::syntax::Comparator::{Equal, Greater, GreaterOrEqual, Has, Less, LessOrEqual};
use crate::values::Timestamp;

/// The filter language of `spaces.search`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpacesSearch {}

impl Language for SpacesSearch {
    const DECLARATION: &'static Declaration = &DECLARATION;

    const HAS_ADMIN_ACCESS: bool = true;

    type Meaning = Conjunction<'static>;
}

method_language!(
    SpacesSearch,
    Space,
    ["results" / "space", "spaces"],
    |filter, space, _| Ok(filter.matches(space)),
);

/// A filter of a search of spaces.
pub type Filter = crate::Filter<SpacesSearch>;

/// Indexes of the groups.
const CUSTOMER: usize = 0;
const SPACE_TYPE: usize = 1;
const DISPLAY_NAME: usize = 2;
const EXTERNAL_USER: usize = 3;
const HISTORY_STATE: usize = 4;
const CREATE_TIME: usize = 5;
const LAST_ACTIVE_TIME: usize = 6;

/// A field with a time of a space.
const TIME: Field = Field {
    operators: &[
        op(Equal),
        op(Less),
        op(Greater),
        op(LessOrEqual),
        op(GreaterOrEqual),
    ],
    values: Values::Timestamp,
    ..Field::NEW
};

/// A group with a time of a space.
const TIME_GROUP: FieldGroup = FieldGroup {
    or: true,
    and: And::Interval,
    access: Access::Admin,
    ..FieldGroup::NEW
};

/// From the [reference][reference] of the API.
///
/// [reference]: https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces/search
const DECLARATION: Declaration = Declaration {
    method: "spaces.search",
    is_required: true,
    max_length: Some(1_000),
    resource: ["space", "spaces"],
    groups: &[
        FieldGroup {
            fields: &[Field {
                path: "customer",
                synonyms: &["customerid", "customers"],
                operators: &[op(Equal)],
                column: Column::Unrestricted,
                values: Values::Enum {
                    values: &[EnumValue::new("customers/my_customer").synonyms(&[(
                        &["MY_CUSTOMER", "CUSTOMER"],
                        "the only supported value is `customers/my_customer`",
                    )])],
                    prefix: "",
                    elsewhere: &[],
                },
                examples: "`customer = \"customers/my_customer\"`",
                ..Field::NEW
            }],
            and: And::Never,
            access: Access::Admin,
            ..FieldGroup::NEW
        },
        FieldGroup {
            fields: &[Field {
                path: "space_type",
                aliases: &["spaceType"],
                synonyms: &["type", "spacestype"],
                operators: &[op(Equal)],
                values: Values::Enum {
                    values: &[EnumValue::new("SPACE").synonyms(&[(
                        &["ROOM", "ROOMS", "SPACES", "NAMED_SPACE"],
                        "a named space has the type `SPACE`",
                    )])],
                    prefix: "",
                    elsewhere: &[(
                        &["GROUP_CHAT", "DIRECT_MESSAGE", "SPACE_TYPE_UNSPECIFIED"],
                        "only named spaces can be searched, which have the type `SPACE`",
                    )],
                },
                column: Column::Property("space_type"),
                examples: "`space_type = \"SPACE\"`",
                ..Field::NEW
            }],
            and: And::Never,
            ..FieldGroup::NEW
        },
        FieldGroup {
            fields: &[Field {
                path: "display_name",
                aliases: &["displayName"],
                synonyms: &["name", "title", "spacename", "text", "query"],
                operators: &[op(Has)],
                values: Values::Words {
                    quoting: Quoting::Required,
                },
                examples: "`display_name:\"Project\"`",
                ..Field::NEW
            }],
            or: true,
            and: And::Never,
            ..FieldGroup::NEW
        },
        FieldGroup {
            fields: &[Field {
                path: "external_user_allowed",
                aliases: &["externalUserAllowed"],
                synonyms: &["external", "externalusersallowed", "externalusers"],
                operators: &[op(Equal)],
                values: Values::Enum {
                    values: &[
                        EnumValue::new("true").synonyms(&[(
                            &["YES", "1", "ON"],
                            "the values are `true` and `false`",
                        )]),
                        EnumValue::new("false").synonyms(&[(
                            &["NO", "0", "OFF"],
                            "the values are `true` and `false`",
                        )]),
                    ],
                    prefix: "",
                    elsewhere: &[],
                },
                // The text of the reference has no quotes, its examples do.
                unquoted: Level::Warn,
                column: Column::Property("external_user_allowed"),
                examples: "`external_user_allowed = \"true\"`",
                ..Field::NEW
            }],
            or: true,
            and: And::Never,
            is_closed: true,
            ..FieldGroup::NEW
        },
        FieldGroup {
            fields: &[Field {
                path: "space_history_state",
                aliases: &["spaceHistoryState"],
                synonyms: &["historystate", "history"],
                operators: &[op(Equal)],
                values: Values::Enum {
                    values: &[
                        EnumValue::new("HISTORY_ON").synonyms(&[(
                            &["ON", "TRUE", "ENABLED"],
                            "where history is on, the state is `HISTORY_ON`",
                        )]),
                        EnumValue::new("HISTORY_OFF").synonyms(&[(
                            &["OFF", "FALSE", "DISABLED"],
                            "where history is off, the state is `HISTORY_OFF`",
                        )]),
                        EnumValue::new("HISTORY_STATE_UNSPECIFIED")
                            .undocumented()
                            .unspecified(),
                    ],
                    prefix: "HISTORY_",
                    elsewhere: &[],
                },
                column: Column::Property("space_history_state"),
                examples: "`space_history_state = \"HISTORY_ON\"`",
                ..Field::NEW
            }],
            or: true,
            and: And::Never,
            access: Access::Admin,
            ..FieldGroup::NEW
        },
        FieldGroup {
            fields: &[Field {
                path: "create_time",
                aliases: &["createTime"],
                synonyms: &["createdtime", "created", "creationtime"],
                column: Column::Property("create_time"),
                examples: "`create_time > \"2026-01-31T12:00:00Z\"`",
                ..TIME
            }],
            ..TIME_GROUP
        },
        FieldGroup {
            fields: &[Field {
                path: "last_active_time",
                aliases: &["lastActiveTime"],
                synonyms: &["activetime", "lastactive", "lastactivity", "updatetime"],
                column: Column::Property("last_active_time"),
                examples: "`last_active_time > \"2026-01-31T12:00:00Z\"`",
                ..TIME
            }],
            ..TIME_GROUP
        },
    ],
    expected: &[
        Expected {
            group: CUSTOMER,
            access: Access::Admin,
            lint: None,
            message: "a search with admin access requires a comparison of `customer`",
            comparison: "customer = \"customers/my_customer\"",
        },
        Expected {
            group: SPACE_TYPE,
            access: Access::Any,
            lint: None,
            message: "a search requires a comparison of `space_type`",
            comparison: "space_type = \"SPACE\"",
        },
        Expected {
            group: DISPLAY_NAME,
            access: Access::User,
            lint: Some(Lint::EmptyResponse),
            message: "a search without admin access returns nothing without a comparison of \
                      `display_name`",
            comparison: "display_name:\"Project\"",
        },
    ],
    // The complement of a comparison has no text.
    denied: &[Lint::Negation],
    elsewhere: &[(
        &[
            "useadminaccess",
            "pagesize",
            "pagetoken",
            "orderby",
            "membershipcount",
            "membershipcountjoineddirecthumanusercount",
        ],
        "this is for the request's parameters; set it in the request, not in the filter",
    )],
    example: "display_name:\"Project\" AND space_type = \"SPACE\"",
    instead_of_negation: "list the values to include, joined with `OR`",
    ..Declaration::NEW
};

const _: () = DECLARATION.validate();

/// A value that filters can be matched against: anything with the properties of a space in the
/// caller's organization.
pub trait Matchable {
    /// Returns the type's name in the API, such as `GROUP_CHAT`; `None` if it has none.
    fn space_type(&self) -> Option<&str>;

    /// Returns the display name; empty if it has none.
    fn display_name(&self) -> &str;

    /// Returns whether users outside of the organization can join.
    fn external_user_allowed(&self) -> bool;

    /// Returns the name in the API of the history's state, such as `HISTORY_ON`; `None` if it has
    /// none.
    fn space_history_state(&self) -> Option<&str>;

    /// Returns when the space was created.
    fn create_time(&self) -> Option<Timestamp>;

    /// Returns when the last message was sent.
    fn last_active_time(&self) -> Option<Timestamp>;
}

forward_matchable! {
    fn space_type(&self) -> Option<&str>;
    fn display_name(&self) -> &str;
    fn external_user_allowed(&self) -> bool;
    fn space_history_state(&self) -> Option<&str>;
    fn create_time(&self) -> Option<Timestamp>;
    fn last_active_time(&self) -> Option<Timestamp>;
}

impl Matchable for Space {
    fn space_type(&self) -> Option<&str> {
        self.space_type.name()
    }

    fn display_name(&self) -> &str {
        &self.display_name
    }

    fn external_user_allowed(&self) -> bool {
        self.external_user_allowed
    }

    fn space_history_state(&self) -> Option<&str> {
        self.space_history_state.name()
    }

    fn create_time(&self) -> Option<Timestamp> {
        self.create_time
    }

    fn last_active_time(&self) -> Option<Timestamp> {
        self.last_active_time
    }
}

impl Filter {
    /// Returns whether the filter matches a space. A comparison of a property that the space does not
    /// have is false. A comparison of `customer` is true for every space.
    ///
    /// Of the words in a comparison of `display_name`, each must be the beginning of a word of the
    /// display name, in any order and without regard to case. Words are runs of letters and digits.
    ///
    /// ```
    /// use gchat_filter::{spaces::Space, spaces_search::Filter};
    ///
    /// let filter: Filter = r#"display_name:"Fun Eve" AND space_type = "SPACE""#.parse()?;
    /// let space: Space = serde_json::from_str(
    ///     r#"{"name": "spaces/AAAA", "spaceType": "SPACE", "displayName": "The evening was fun"}"#,
    /// )?;
    /// assert!(filter.matches(&space));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn matches<S: Matchable + ?Sized>(&self, space: &S) -> bool {
        self.0.contains(&|group| match group {
            CUSTOMER => Fact::Value(0),
            SPACE_TYPE => Fact::named(&DECLARATION, group, space.space_type()),
            DISPLAY_NAME => Fact::Words(space.display_name()),
            EXTERNAL_USER => Fact::flag(space.external_user_allowed()),
            HISTORY_STATE => Fact::named(&DECLARATION, group, space.space_history_state()),
            CREATE_TIME => Fact::timestamp(space.create_time()),
            LAST_ACTIVE_TIME => Fact::timestamp(space.last_active_time()),
            _ => Fact::Absent,
        })
    }
}
