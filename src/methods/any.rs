//! Filters of methods that are not known before the program runs.

use serde::de::{Deserialize, Deserializer};

use super::custom_emojis::CustomEmoji;
use super::members::Cell;
use super::messages::Message;
use super::reactions::Reaction;
use super::section_items::SectionItem;
use super::space_events::SpaceEvent;
use super::spaces::Space;
use super::{AnyFilter, Context, EvaluationError};
use crate::filter::IntersectionError;

/// Evaluates an expression over two filters of the same method: `None` if their methods differ. Filters of
/// memberships are passed by value.
macro_rules! of_same_method {
    ($one:expr, $other:expr, |$a:ident, $b:ident| $result:expr) => {
        of_same_method!(
            @ $one, $other, $a, $b, $result,
            Spaces, SpacesSearch, Messages, MessagesSearch, Reactions, SpaceEvents, CustomEmojis, SectionItems
        )
    };
    (@ $one:expr, $other:expr, $a:ident, $b:ident, $result:expr, $($language:ident),+) => {
        match ($one, $other) {
            (AnyFilter::Members($a), AnyFilter::Members($b)) => {
                let ($a, $b) = (*$a, *$b);
                Some($result)
            }
            $((AnyFilter::$language($a), AnyFilter::$language($b)) => Some($result),)+
            _ => None,
        }
    };
}

impl AnyFilter {
    /// Returns whether the filter matches a resource of its method, such as a message, in any format that
    /// serde supports. The context has what some filters depend on besides the resource.
    ///
    /// Only what filters can depend on is read of a membership. The filter of a method that is known has a
    /// `matches` for other types of resources.
    ///
    /// ```
    /// use gchat_filter::{AnyFilter, Context, Method};
    /// use serde_json::json;
    ///
    /// let filter = AnyFilter::parse(Method::SpacesList, r#"space_type = "SPACE""#)?;
    /// assert!(filter.matches(json!({"name": "spaces/AAAA", "spaceType": "SPACE"}), &Context::new())??);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The outer error is that of the deserializer: the resource has a value of the wrong type. The inner
    /// one is that of the filter, if the context does not have what it depends on.
    pub fn matches<'de, D: Deserializer<'de>>(
        &self,
        resource: D,
        context: &Context,
    ) -> Result<Result<bool, EvaluationError>, D::Error> {
        Ok(match self {
            Self::Members(filter) => Ok(filter.matches(&Cell::deserialize(resource)?)),
            Self::Spaces(filter) => Ok(filter.matches(&Space::deserialize(resource)?)),
            Self::SpacesSearch(filter) => Ok(filter.matches(&Space::deserialize(resource)?)),
            Self::Messages(filter) => Ok(filter.matches(&Message::deserialize(resource)?)),
            Self::MessagesSearch(filter) => {
                filter.matches(&Message::deserialize(resource)?, context)
            }
            Self::Reactions(filter) => Ok(filter.matches(&Reaction::deserialize(resource)?)),
            Self::SpaceEvents(filter) => Ok(filter.matches(&SpaceEvent::deserialize(resource)?)),
            Self::CustomEmojis(filter) => {
                filter.matches(&CustomEmoji::deserialize(resource)?, context)
            }
            Self::SectionItems(filter) => Ok(filter.matches(&SectionItem::deserialize(resource)?)),
        })
    }

    /// Returns whether `other` matches everything that this filter matches; `None` if it is a filter of
    /// another method.
    #[must_use]
    pub fn implies(&self, other: &Self) -> Option<bool> {
        of_same_method!(self, other, |one, other| one.implies(other))
    }

    /// Returns whether nothing matches both filters, whoever their aliases of users stand for; `None` if
    /// they are of different methods.
    #[must_use]
    pub fn is_disjoint(&self, other: &Self) -> Option<bool> {
        of_same_method!(self, other, |one, other| one.is_disjoint(other))
    }

    /// Returns the filter that matches what both filters match: `self AND other`.
    ///
    /// # Errors
    ///
    /// [`IntersectionError::DifferentMethods`], or as for the method's own filter.
    pub fn intersection(&self, other: &Self) -> Result<Self, IntersectionError> {
        let both = of_same_method!(self, other, |one, other| one
            .intersection(other)
            .map(Self::from));
        both.unwrap_or(Err(IntersectionError::DifferentMethods))
    }
}
