//! Filters of the items of a user's sections: `users.sections.items.list`.
//!
//! ```
//! use gchat_filter::{diagnostic::Code, section_items::Filter};
//!
//! let filter: Filter = "space = spaces/AAAA".parse()?;
//! let error = Filter::parse(r#"space = "spaces/AAAA""#).unwrap_err();
//! assert_eq!(error.code(), Code::QuotedValue);
//! assert_eq!(error.fixed(), Some("space = spaces/AAAA"));
//! # assert_eq!(filter.to_string(), "space = spaces/AAAA");
//! # Ok::<(), gchat_filter::Error>(())
//! ```
//!
//! # Fields
//!
//! | field | operators | values | `OR` | `AND` |
//! |---|---|---|---|---|
//! | `space` | `=` | `spaces/{space}`, without quotes | no | yes |
//!
//! # Design decisions
//!
//! | decision | source |
//! |---|---|
//! | The name of the space must not be quoted. | observed live |
//! | OR is not supported; two different spaces under AND are a contradiction, and equal ones redundant. | design decision |
//! | An item that is not a space does not match. | design decision |

use serde::Serialize;

use super::evaluation::method_language;
use super::object::read_object;
use crate::analysis::conjunction::{Conjunction, Fact};
use crate::filter::{Language, OptionalFilter};
use crate::schema::{Column, Declaration, Field, FieldGroup, Level, Lint, Quoting, Values, op};
use crate::syntax::Comparator::Equal;

/// The filter language of `users.sections.items.list`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SectionItems {}

impl Language for SectionItems {
    const DECLARATION: &'static Declaration = &DECLARATION;

    type Meaning = Conjunction<'static>;
}

impl OptionalFilter for SectionItems {}

method_language!(
    SectionItems,
    SectionItem,
    ["sectionItems", "section_items"],
    |filter, item, _| Ok(filter.matches(item)),
);

/// A filter of section items.
pub type Filter = crate::Filter<SectionItems>;

/// From the [reference][reference] of the API.
///
/// [reference]: https://developers.google.com/workspace/chat/api/reference/rest/v1/users.sections.items/list
const DECLARATION: Declaration = Declaration {
    method: "users.sections.items.list",
    resource: ["section item", "section items"],
    groups: &[FieldGroup {
        fields: &[Field {
            path: "space",
            synonyms: &["spacename", "spaceid", "spaces", "name"],
            operators: &[op(Equal)],
            values: Values::Name {
                pattern: "spaces/{space}",
                // The live service responds to quotes with status 400.
                quoting: Quoting::Rejected,
                has_aliases: true,
                is_in_parent: false,
            },
            column: Column::Property("space"),
            examples: "`space = spaces/AAAA`",
            ..Field::NEW
        }],
        ..FieldGroup::NEW
    }],
    levels: &[(Lint::SingleQuotes, Level::Deny)],
    // Without OR, the complement of a comparison has no text.
    denied: &[Lint::Negation],
    elsewhere: &[(
        &["pagesize", "pagetoken", "parent", "section"],
        "this is a request parameter; set it in the request, not in the filter",
    )],
    example: "space = spaces/AAAA",
    instead_of_negation: "list all items, and leave out those of the space",
    ..Declaration::NEW
};

const _: () = DECLARATION.validate();

/// A value that filters can be matched against: anything with the properties of a section item.
pub trait Matchable {
    /// Returns the name of the item's space, such as `spaces/AAAA`; `None` if it is not a space.
    fn space(&self) -> Option<&str>;
}

forward_matchable! {
    fn space(&self) -> Option<&str>;
}

/// An item of a section: the API's `SectionItem`, with the fields that filters need.
///
/// Keys are read in lowerCamelCase or `snake_case`. Other keys are ignored. A key that is absent or
/// `null` means that there is no value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SectionItem {
    /// The resource name, `users/{user}/sections/{section}/items/{item}`; empty if absent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The name of the space, `spaces/{space}`; `None` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub space: Option<String>,
}

read_object!(
    SectionItem,
    "a section item object",
    { "name" => name, "space" => space, },
    SectionItem { name: name.unwrap_or_default(), space },
);

impl Matchable for SectionItem {
    fn space(&self) -> Option<&str> {
        self.space.as_deref()
    }
}

impl Filter {
    /// Returns whether the filter matches a section item. A comparison with the space of an item
    /// that is not a space is false.
    ///
    /// ```
    /// use gchat_filter::section_items::{Filter, SectionItem};
    ///
    /// let filter: Filter = "space = spaces/AAAA".parse()?;
    /// let item: SectionItem = serde_json::from_str(
    ///     r#"{"name": "users/1/sections/2/items/spaces:AAAA", "space": "spaces/AAAA"}"#,
    /// )?;
    /// assert!(filter.matches(&item));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn matches<I: Matchable + ?Sized>(&self, item: &I) -> bool {
        self.0.contains(&|_| Fact::text(item.space()))
    }
}
