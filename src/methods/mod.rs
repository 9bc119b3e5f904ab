//! The filter languages, one module for each method of the API.
//!
//! A module has the method's [`Declaration`], which is a table of what the API's reference says, a
//! type for [`Language`], and a trait `Matchable` for what filters are matched against.
//! Everything else is derived from the declaration: the check with its messages and suggestions, the
//! [direct path](crate::filter::Meaning::parse) from text to meaning, contradictions, redundancy,
//! and the shortest text.
//!
//! - **A new value** of an enum field is a line of the field's `values`, with
//!   [`undocumented`](crate::schema::EnumValue::undocumented) if only the API lists it. The order of
//!   values has no meaning. Only `members` also has public enums of its values: there a role is also
//!   a variant of `Role` and an entry of `Role::ALL`, in the order of the declaration, which the
//!   compiler checks; a member type likewise. The enums of the resource (`members/membership/values.rs`)
//!   and of the mock server (its `message_types.rs`) get it as well, which tests check. If filters can
//!   name the new value, the table in `members/shortest.rs` grows, too.
//! - **A new field** is a [`FieldGroup`](crate::schema::FieldGroup) of the declaration, or an entry
//!   of its group's `fields` if a resource has one value for all of them. `Matchable` gets a function
//!   for it, which `forward_matchable` repeats, and `matches` a fact at the index of the group. A name
//!   that was in `elsewhere` is removed there. A boolean is an enum of `true` and `false`. With a
//!   `column`, filters of the field have SQL; the table of columns in `sql` and the cases of
//!   `tests/engines` get it as well.
//! - **A new method** is a module like `spaces`, with its [`method_language!`](evaluation) for what
//!   is alike for all methods, and a line of the list below. The engine has what the
//!   nine methods need: groups that are finite, ordered, distinct, or conditions of which a resource
//!   can meet several; what OR and AND may join in each; calls, keywords, flags, and `NOT`; required
//!   filters and comparisons; fields for admin access; limits; and default levels of lints. Its
//!   documentation has the table of the declaration, which a test compares.

/// Implements a module's `Matchable` for references and pointers to types that implement it.
macro_rules! forward_matchable {
    ($(fn $function:ident(&self) -> $type:ty;)+) => {
        forward_matchable!(@ &T, {$(fn $function(&self) -> $type;)+});
        forward_matchable!(@ Box<T>, {$(fn $function(&self) -> $type;)+});
        forward_matchable!(@ std::rc::Rc<T>, {$(fn $function(&self) -> $type;)+});
        forward_matchable!(@ std::sync::Arc<T>, {$(fn $function(&self) -> $type;)+});
    };
    (@ $pointer:ty, {$(fn $function:ident(&self) -> $type:ty;)+}) => {
        impl<T: Matchable + ?Sized> Matchable for $pointer {
            $(
                #[inline]
                fn $function(&self) -> $type {
                    T::$function(self)
                }
            )+
        }
    };
}

mod any;
mod context;
mod context_json;
pub mod custom_emojis;
mod evaluation;
mod hint;
pub mod members;
pub mod messages;
pub mod messages_search;
mod object;
mod open_enum;
pub mod reactions;
pub mod section_items;
pub mod space_events;
pub mod spaces;
pub mod spaces_search;
mod user;

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer};
use serde::ser::{Serialize, Serializer};

pub use self::context::{Context, EvaluationError};
pub use self::evaluation::{FilterVisitor, MethodLanguage, ResourceList};
pub use self::open_enum::UnknownValue;

use self::custom_emojis::CustomEmojis;
use self::members::Members;
use self::messages::Messages;
use self::messages_search::MessagesSearch;
use self::reactions::Reactions;
use self::section_items::SectionItems;
use self::space_events::SpaceEvents;
use self::spaces::Spaces;
use self::spaces_search::SpacesSearch;
use crate::analysis::condition::Condition;
use crate::analysis::summary::GroupMeaning;
use crate::filter::{
    AdmittedCell, Checked, Checker, Error, Filter, FilterRelation, IntersectionError, Language,
    Meaning, Summary,
};
use crate::named::named;
use crate::schema::{Declaration, Level, Levels, Lint, Preset};

/// Declares the methods, each with its language.
macro_rules! methods {
    ($($(#[doc = $doc:literal])+ $method:ident: $language:ident,)+) => {
        /// A method of the API that has a filter.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Method {
            $($(#[doc = $doc])+ $method,)+
        }

        /// A filter of any method.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum AnyFilter {
            $(
                #[doc = concat!("A filter of [`", stringify!($method), "`](Method::", stringify!($method), ").")]
                $language(Filter<$language>),
            )+
        }

        impl Method {
            /// Every method.
            pub const ALL: &[Self] = &[$(Self::$method),+];

            /// Returns the method's name in the API, such as `spaces.members.list`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                self.declaration().method
            }

            /// Returns whether requests of the method can have `useAdminAccess`.
            #[must_use]
            pub const fn has_admin_access(self) -> bool {
                match self {
                    $(Self::$method => $language::HAS_ADMIN_ACCESS,)+
                }
            }

            const fn declaration(self) -> &'static Declaration {
                match self {
                    $(Self::$method => $language::DECLARATION,)+
                }
            }
        }

        impl Checker {
            /// Checks a filter of a method that is not known before the program runs.
            ///
            /// If the method is known, use the `check` function of its filter, for example
            /// [`members::Filter::check`](crate::Filter::check).
            #[must_use]
            pub fn check_method<'a>(&self, method: Method, text: &'a str) -> Checked<'a, AnyFilter> {
                match method {
                    $(Method::$method => {
                        self.check::<$language>(text).map(AnyFilter::$language)
                    })+
                }
            }

            /// Checks a filter of a request, of a method that is not known before the program runs.
            ///
            /// If the method is known, use the `check_in` function of its filter, for example
            /// [`messages::Filter::check_in`](crate::Filter::check_in).
            #[must_use]
            pub fn check_method_in<'a>(
                &self,
                context: &Context,
                method: Method,
                text: &'a str,
            ) -> Checked<'a, AnyFilter> {
                match method {
                    $(Method::$method => {
                        Filter::<$language>::check_in(context, self, text).map(AnyFilter::$language)
                    })+
                }
            }
        }

        impl AnyFilter {
            /// Parses and checks a filter, as [`Filter::parse`](crate::Filter::parse) does.
            ///
            /// # Errors
            ///
            /// As for [`Filter::parse`](crate::Filter::parse).
            pub fn parse(method: Method, text: &str) -> Result<Self, Error> {
                match method {
                    $(Method::$method => Filter::parse(text).map(Self::$language),)+
                }
            }

            /// Returns the method that the filter is for.
            #[must_use]
            pub const fn method(&self) -> Method {
                match self {
                    $(Self::$language(_) => Method::$method,)+
                }
            }

            /// Calls a function with the filter of its language.
            pub fn visit<V: FilterVisitor>(self, visitor: V) -> V::Output {
                match self {
                    $(Self::$language(filter) => visitor.visit(filter),)+
                }
            }

            /// Returns whether `other` matches everything that this filter matches; `None` if it is a
            /// filter of another method.
            #[must_use]
            pub fn implies(&self, other: &Self) -> Option<bool> {
                match (self, other) {
                    $((Self::$language(a), Self::$language(b)) => Some(a.0.is_subset(&b.0)),)+
                    _ => None,
                }
            }

            /// Returns whether nothing matches both filters, whoever their aliases of users stand for;
            /// `None` if they are of different methods.
            #[must_use]
            pub fn is_disjoint(&self, other: &Self) -> Option<bool> {
                match (self, other) {
                    $((Self::$language(a), Self::$language(b)) => {
                        Some(a.0.is_disjoint($language::DECLARATION, &b.0))
                    })+
                    _ => None,
                }
            }

            /// Returns the filter that matches what both filters match: `self AND other`.
            ///
            /// # Errors
            ///
            /// [`IntersectionError::DifferentMethods`], or as for the method's own filter.
            pub fn intersection(&self, other: &Self) -> Result<Self, IntersectionError> {
                match (self, other) {
                    $((Self::$language(a), Self::$language(b)) => {
                        let both = Meaning::intersection(&a.0, $language::DECLARATION, &b.0);
                        both.map(|both| Self::$language(Filter(both)))
                    })+
                    _ => Err(IntersectionError::DifferentMethods),
                }
            }

            /// Returns how the filter relates to another one; `None` if they are of different methods.
            #[must_use]
            pub fn relation(&self, other: &Self) -> Option<FilterRelation> {
                match (self, other) {
                    $((Self::$language(a), Self::$language(b)) => Some(a.relation(b)),)+
                    _ => None,
                }
            }

            /// Returns what the filter matches of each group of fields; `None` for memberships, whose
            /// filters can join different fields with OR. Groups that it does not restrict are left
            /// out.
            #[must_use]
            pub fn meaning(&self) -> Option<Vec<GroupMeaning>> {
                Summary::sets(self)
            }

            pub(crate) fn boxes(&self) -> (&'static Declaration, Vec<Vec<Condition<'_>>>) {
                match self {
                    $(Self::$language(filter) => filter.boxes(),)+
                }
            }
        }

        impl Summary for AnyFilter {
            fn simplified(&self) -> String {
                match self {
                    $(Self::$language(filter) => filter.simplified(),)+
                }
            }

            fn admits(&self) -> Option<Vec<AdmittedCell>> {
                match self {
                    $(Self::$language(filter) => filter.admits(),)+
                }
            }

            fn sets(&self) -> Option<Vec<GroupMeaning>> {
                match self {
                    $(Self::$language(filter) => filter.sets(),)+
                }
            }
        }

        /// Parses the filter from a string, as the `Deserialize` of [`Filter`](crate::Filter) does: also text
        /// that a filter has as its shortest one although it is not documented.
        ///
        /// ```
        /// use gchat_filter::{Checker, Method, Preset};
        /// use serde::de::{DeserializeSeed, IntoDeserializer, value::Error};
        ///
        /// let checker = Checker::new().preset(Preset::Aip160);
        /// let method = Method::SpacesMembersList;
        /// let filter = checker.check_method(method, "NOT role = ROLE_MANAGER").into_result()?;
        /// let text = filter.to_string();
        /// assert_eq!(method.deserialize(IntoDeserializer::<Error>::into_deserializer(text.as_str()))?, filter);
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        impl<'de> DeserializeSeed<'de> for Method {
            type Value = AnyFilter;

            fn deserialize<D: Deserializer<'de>>(self, text: D) -> Result<AnyFilter, D::Error> {
                match self {
                    $(Self::$method => Filter::deserialize(text).map(AnyFilter::$language),)+
                }
            }
        }

        $(
            impl From<Filter<$language>> for AnyFilter {
                fn from(filter: Filter<$language>) -> Self {
                    Self::$language(filter)
                }
            }
        )+

        /// Serializes the filter as its shortest text. The method is not in it.
        impl Serialize for AnyFilter {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        /// Prints the shortest text.
        impl fmt::Display for AnyFilter {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$language(filter) => filter.fmt(f),)+
                }
            }
        }
    };
}

methods! {
    /// `spaces.members.list`
    SpacesMembersList: Members,
    /// `spaces.list`
    SpacesList: Spaces,
    /// `spaces.search`
    SpacesSearch: SpacesSearch,
    /// `spaces.messages.list`
    SpacesMessagesList: Messages,
    /// `spaces.messages.search`
    SpacesMessagesSearch: MessagesSearch,
    /// `spaces.messages.reactions.list`
    SpacesMessagesReactionsList: Reactions,
    /// `spaces.spaceEvents.list`
    SpacesSpaceEventsList: SpaceEvents,
    /// `customEmojis.list`
    CustomEmojisList: CustomEmojis,
    /// `users.sections.items.list`
    UsersSectionsItemsList: SectionItems,
}

impl Method {
    /// Returns what the method lists, such as `message`.
    #[must_use]
    pub const fn resource(self) -> &'static str {
        self.declaration().resource[0]
    }

    /// Returns the lints that can report something about filters of the method.
    pub fn lints(self) -> impl Iterator<Item = Lint> {
        let lints = Lint::ALL.iter().copied();
        lints.filter(move |lint| self.declaration().has(*lint))
    }

    /// Returns the level that a lint has for the method by default: [`Level::Deny`] if it cannot be
    /// changed.
    ///
    /// ```
    /// use gchat_filter::{Level, Lint, Method};
    ///
    /// let [members, items] = [Method::SpacesMembersList, Method::UsersSectionsItemsList];
    /// assert_eq!(members.default_level(Lint::SingleQuotes), Level::Warn);
    /// assert_eq!(items.default_level(Lint::SingleQuotes), Level::Deny);
    /// ```
    #[must_use]
    pub fn default_level(self, lint: Lint) -> Level {
        let levels = Levels::new(Preset::Default);
        self.declaration().levels(levels).of(lint)
    }
}

named!(Method, "method with a filter", name);

#[cfg(test)]
mod tests {
    use crate::Method;
    use crate::schema::{Access, And, Declaration, Field, FieldGroup, Quoting, Values};

    /// Returns the rows of a method's table of fields, as in the documentation of its module.
    fn table(declaration: &Declaration) -> Vec<String> {
        let mut rows = vec![
            "| field | operators | values | `OR` | `AND` |".to_owned(),
            "|---|---|---|---|---|".to_owned(),
        ];
        for group in declaration.groups {
            rows.extend(group.fields.iter().map(|field| row(group, field)));
        }
        rows
    }

    fn row(group: &FieldGroup, field: &Field) -> String {
        let code = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|text| format!("`{text}`")).collect();
            texts.join(", ")
        };
        let spellings: Vec<&str> = std::iter::once(field.path)
            .chain(field.aliases.iter().copied())
            .collect();
        let name = match (&field.values, field.condition()) {
            (Values::Keywords, _) => "a word or a phrase".to_owned(),
            (_, Some(condition)) => code(&[&condition]),
            _ => code(&spellings),
        };
        let operators = field.operators.iter().filter(|own| own.instead.is_none());
        let operators: Vec<&str> = operators.map(|own| own.comparator.as_str()).collect();
        let quoting = match field.quoting() {
            Quoting::Required => "",
            Quoting::Optional => ", quotes optional",
            Quoting::Rejected => ", without quotes",
        };
        let values = match &field.values {
            Values::Enum { values, .. } => {
                let documented = values.iter().filter(|value| value.is_documented);
                code(&documented.map(|value| value.name).collect::<Vec<_>>())
            }
            Values::Timestamp => "a timestamp of RFC 3339".to_owned(),
            Values::Name { pattern, .. } => format!("`{pattern}`{quoting}"),
            Values::Words { .. } => format!("words{quoting}"),
            Values::Text => "any text".to_owned(),
            Values::Call(_) | Values::Any | Values::Keywords => String::new(),
        };
        let access = match group.access {
            Access::Any => "",
            Access::Admin => " (admin access)",
            Access::User => " (no admin access)",
        };
        let or = if group.or { "yes" } else { "no" };
        let and = match group.and {
            And::Any => "yes",
            And::Interval => "as an interval",
            And::Unmixed => "without `OR`",
            And::Never => "no",
        };
        format!(
            "| {name}{access} | {} | {values} | {or} | {and} |",
            code(&operators)
        )
        .replace("|  |", "| |")
        .replace("|  |", "| |")
    }

    /// The documentation of each module has the table of its declaration.
    #[test]
    fn documentation_has_the_tables_of_fields() {
        let mut missing = Vec::new();
        for (method, source) in [
            (Method::SpacesList, include_str!("spaces.rs")),
            (Method::SpacesSearch, include_str!("spaces_search.rs")),
            (Method::SpacesMessagesList, include_str!("messages.rs")),
            (
                Method::SpacesMessagesSearch,
                include_str!("messages_search.rs"),
            ),
            (
                Method::SpacesMessagesReactionsList,
                include_str!("reactions.rs"),
            ),
            (
                Method::SpacesSpaceEventsList,
                include_str!("space_events.rs"),
            ),
            (Method::CustomEmojisList, include_str!("custom_emojis.rs")),
            (
                Method::UsersSectionsItemsList,
                include_str!("section_items.rs"),
            ),
        ] {
            let rows = table(method.declaration());
            let rows: Vec<String> = rows.iter().map(|row| format!("//! {row}\n")).collect();
            let table = rows.concat();
            if !source.contains(&table) {
                missing.push(format!("{method}:\n{table}"));
            }
        }
        assert!(missing.is_empty(), "{}", missing.concat());
    }
}
