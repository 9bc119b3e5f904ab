//! Evaluation of filters of a method that is known only when the program runs.

use serde::de::{Deserialize, Deserializer, Error};

use super::AnyFilter;
use super::context::Context;
use super::custom_emojis::CustomEmoji;
use super::members::Membership;
use super::messages::Message;
use super::reactions::Reaction;
use super::section_items::SectionItem;
use super::space_events::SpaceEvent;
use super::spaces::Space;

impl AnyFilter {
    /// Returns whether the filter matches a resource of its method, which is read with serde.
    ///
    /// ```
    /// use gchat_filter::{Context, Method};
    ///
    /// let filter = Method::SpacesList.parse(r#"space_type = "SPACE""#)?;
    /// let space = serde_json::json!({"name": "spaces/AAAA", "spaceType": "SPACE"});
    /// assert!(filter.matches(space, &Context::new())?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the value is not a resource of the method, such as `[]`, or if the filter depends on
    /// something that the context does not have ([`EvaluationError`](crate::EvaluationError)).
    pub fn matches<'de, D: Deserializer<'de>>(
        &self,
        resource: D,
        context: &Context,
    ) -> Result<bool, D::Error> {
        Ok(match self {
            Self::Members(filter) => filter.matches(&Membership::deserialize(resource)?),
            Self::Spaces(filter) => filter.matches(&Space::deserialize(resource)?),
            Self::SpacesSearch(filter) => filter.matches(&Space::deserialize(resource)?),
            Self::Messages(filter) => filter.matches(&Message::deserialize(resource)?),
            Self::MessagesSearch(filter) => {
                let matches = filter.matches(&Message::deserialize(resource)?, context);
                matches.map_err(D::Error::custom)?
            }
            Self::Reactions(filter) => filter.matches(&Reaction::deserialize(resource)?),
            Self::SpaceEvents(filter) => filter.matches(&SpaceEvent::deserialize(resource)?),
            Self::CustomEmojis(filter) => {
                let matches = filter.matches(&CustomEmoji::deserialize(resource)?, context);
                matches.map_err(D::Error::custom)?
            }
            Self::SectionItems(filter) => filter.matches(&SectionItem::deserialize(resource)?),
        })
    }
}
