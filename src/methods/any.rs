//! Filters of methods that are not known before the program runs.

use serde::de::{Deserialize, Deserializer};

use super::members::Cell;
use super::{AnyFilter, Context, EvaluationError, MethodLanguage};
use crate::filter::Filter;

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
            Self::Spaces(filter) => evaluate(filter, resource, context)?,
            Self::SpacesSearch(filter) => evaluate(filter, resource, context)?,
            Self::Messages(filter) => evaluate(filter, resource, context)?,
            Self::MessagesSearch(filter) => evaluate(filter, resource, context)?,
            Self::Reactions(filter) => evaluate(filter, resource, context)?,
            Self::SpaceEvents(filter) => evaluate(filter, resource, context)?,
            Self::CustomEmojis(filter) => evaluate(filter, resource, context)?,
            Self::SectionItems(filter) => evaluate(filter, resource, context)?,
        })
    }
}

fn evaluate<'de, L: MethodLanguage, D: Deserializer<'de>>(
    filter: &Filter<L>,
    resource: D,
    context: &Context,
) -> Result<Result<bool, EvaluationError>, D::Error> {
    let resource = L::Resource::deserialize(resource)?;
    Ok(filter.matches_in(context, &resource))
}
