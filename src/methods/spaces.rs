//! Filters of spaces: `spaces.list`.

use crate::analysis::conjunction::{Conjunction, Fact};
use crate::filter::{Language, OptionalFilter};
use crate::schema::{Declaration, EnumValue, Field, FieldGroup, Lint, Values, op};
use crate::syntax::Comparator::Equal;

/// The filter language of `spaces.list`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Spaces {}

impl Language for Spaces {
    const DECLARATION: &'static Declaration = &DECLARATION;

    type Meaning = Conjunction<'static>;
}

impl OptionalFilter for Spaces {}

/// A filter of spaces.
pub type Filter = crate::Filter<Spaces>;

/// From the [reference][reference] of the API.
///
/// [reference]: https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces/list
const DECLARATION: Declaration = Declaration {
    method: "spaces.list",
    resource: ["space", "spaces"],
    groups: &[FieldGroup {
        fields: &[Field {
            path: "space_type",
            aliases: &["spaceType"],
            synonyms: &["type", "spacestype"],
            operators: &[op(Equal)],
            values: Values::Enum {
                values: &[
                    EnumValue::new("SPACE").synonyms(&[(
                        &["ROOM", "ROOMS", "SPACES", "NAMED_SPACE"],
                        "a named space has the type `SPACE`",
                    )]),
                    EnumValue::new("GROUP_CHAT").synonyms(&[(
                        &["GROUP", "GROUPS", "GROUP_CHATS", "GROUP_DM"],
                        "a conversation of several people has the type `GROUP_CHAT`",
                    )]),
                    EnumValue::new("DIRECT_MESSAGE").synonyms(&[(
                        &["DM", "DMS", "DIRECT_MESSAGES"],
                        "a conversation of two has the type `DIRECT_MESSAGE`",
                    )]),
                ],
                prefix: "",
                elsewhere: &[(
                    &["SPACE_TYPE_UNSPECIFIED"],
                    "the reference says that the type cannot be `SPACE_TYPE_UNSPECIFIED`",
                )],
            },
            examples: r#"`space_type = "SPACE"`"#,
            ..Field::NEW
        }],
        or: true,
        ..FieldGroup::NEW
    }],
    // The complement of a comparison has no text.
    denied: &[Lint::Negation],
    elsewhere: &[(
        &["pagesize", "pagetoken"],
        "this is a request parameter; set it in the request, not in the filter",
    )],
    example: "space_type = \"SPACE\"",
    instead_of_negation: "list the types to include, joined with `OR`",
    ..Declaration::NEW
};

const _: () = DECLARATION.validate();

/// A value that filters can be matched against: anything with the properties of a space.
pub trait Matchable {
    /// Returns the type's name in the API, such as `GROUP_CHAT`; `None` if it has none.
    fn space_type(&self) -> Option<&str>;
}

forward_matchable! {
    fn space_type(&self) -> Option<&str>;
}

impl Filter {
    /// Returns whether the filter matches a space.
    ///
    /// ```
    /// use gchat_filter::spaces::{Filter, Matchable};
    ///
    /// struct DirectMessage;
    ///
    /// impl Matchable for DirectMessage {
    ///     fn space_type(&self) -> Option<&str> {
    ///         Some("DIRECT_MESSAGE")
    ///     }
    /// }
    ///
    /// let filter: Filter = r#"spaceType = "SPACE" OR spaceType = "GROUP_CHAT""#.parse()?;
    /// assert!(!filter.matches(&DirectMessage));
    /// # Ok::<(), gchat_filter::Error>(())
    /// ```
    #[must_use]
    pub fn matches<S: Matchable + ?Sized>(&self, space: &S) -> bool {
        let space_type = space.space_type();
        self.0.contains(&[space_type.map_or(Fact::Absent, |name| {
            Fact::Value(DECLARATION.enum_index(0, name))
        })])
    }
}
