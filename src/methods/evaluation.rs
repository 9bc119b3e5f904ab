//! Evaluation of the filters of any method against the API's resource.

use serde::de::DeserializeOwned;

use super::{Context, EvaluationError};
use crate::filter::{Filter, Language};

/// The language of a method: with the resource that its filters are evaluated against.
pub trait MethodLanguage: Language {
    /// The API's resource.
    type Resource: DeserializeOwned + Default + PartialEq;

    /// Where a response of the method has its resources.
    const LISTS: &'static [ResourceList];

    /// Returns the resource's name; empty if absent.
    #[doc(hidden)]
    fn name(resource: &Self::Resource) -> &str;

    #[doc(hidden)]
    fn evaluate(
        filter: &Filter<Self>,
        resource: &Self::Resource,
        context: &Context,
    ) -> Result<bool, EvaluationError>;
}

/// Where a response has resources: in an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ResourceList {
    /// The key of the array, such as `messages`.
    pub key: &'static str,
    /// The key of the resource in an element of the array, such as `message`; `None` if the elements
    /// are the resources.
    pub item: Option<&'static str>,
}

/// Implements [`MethodLanguage`]: the language, the resource, the keys of lists of resources, and how
/// to evaluate a filter.
macro_rules! method_language {
    (
        $language:ident,
        $resource:ident,
        [$($key:literal $(/ $item:literal)?),+],
        |$filter:ident, $value:ident, $context:pat_param| $evaluation:expr $(,)?
    ) => {
        impl crate::methods::evaluation::MethodLanguage for $language {
            type Resource = $resource;

            const LISTS: &'static [crate::methods::evaluation::ResourceList] = &[
                $(crate::methods::evaluation::ResourceList {
                    key: $key,
                    item: method_language!(@item $($item)?),
                },)+
            ];

            fn name(resource: &$resource) -> &str {
                &resource.name
            }

            fn evaluate(
                $filter: &crate::Filter<Self>,
                $value: &$resource,
                $context: &crate::Context,
            ) -> Result<bool, crate::EvaluationError> {
                $evaluation
            }
        }
    };
    (@item) => {
        None
    };
    (@item $item:literal) => {
        Some($item)
    };
}

pub(super) use method_language;

impl<L: MethodLanguage> Filter<L> {
    /// Returns whether the filter matches a resource of the API. It works alike for all methods; the
    /// `matches` function of a method's filter also takes other types.
    ///
    /// ```
    /// use gchat_filter::{Context, EvaluationError, MethodLanguage, Filter};
    ///
    /// fn matching<'r, L: MethodLanguage>(
    ///     filter: &Filter<L>,
    ///     resources: &'r [L::Resource],
    /// ) -> Result<Vec<&'r L::Resource>, EvaluationError> {
    ///     let mut found = Vec::new();
    ///     for resource in resources {
    ///         if filter.matches_in(&Context::new(), resource)? {
    ///             found.push(resource);
    ///         }
    ///     }
    ///     Ok(found)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// If the filter depends on something that the context does not have, such as `users/me` on the
    /// caller.
    pub fn matches_in(
        &self,
        context: &Context,
        resource: &L::Resource,
    ) -> Result<bool, EvaluationError> {
        L::evaluate(self, resource, context)
    }
}

/// A function for a filter of any language.
pub trait FilterVisitor {
    /// What the function returns.
    type Output;

    /// Visits a filter.
    fn visit<L: MethodLanguage>(self, filter: Filter<L>) -> Self::Output;
}
