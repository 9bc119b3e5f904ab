//! The resources of any method in a dump.

use gchat_filter::{Context, EvaluationError, Filter, Method, MethodLanguage, ResourceList};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::description::{fields, not_a, resource};
use super::{Kind, Remark, Resource, of_parser};

/// The resources that match a filter, or those that do not.
pub(crate) struct Resources<'c, L: MethodLanguage> {
    filter: Filter<L>,
    context: &'c Context,
    invert: bool,
    /// What a resource is, such as `message`.
    noun: &'static str,
}

impl<'c, L: MethodLanguage> Resources<'c, L> {
    /// Creates the resources of a method that a filter matches.
    ///
    /// # Errors
    ///
    /// If the filter depends on something else that the context does not have, for any resource.
    pub(crate) fn new(
        method: Method,
        filter: Filter<L>,
        context: &'c Context,
        invert: bool,
    ) -> Result<Self, EvaluationError> {
        match filter.matches_in(context, &L::Resource::default()) {
            Ok(_) | Err(EvaluationError::UnknownCreator(_)) => Ok(Self {
                filter,
                context,
                invert,
                noun: method.resource(),
            }),
            Err(error) => Err(error),
        }
    }
}

/// A resource of a method, with the fields that filters need.
pub(crate) struct Fields<L: MethodLanguage>(L::Resource);

impl<'de, L: MethodLanguage> Deserialize<'de> for Fields<L> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        L::Resource::deserialize(deserializer).map(Self)
    }
}

impl<L: MethodLanguage> Fields<L> {
    /// Returns whether the object has no field of such a resource with a value.
    fn is_empty(&self) -> bool {
        self.0 == L::Resource::default()
    }

    /// Returns whether the object is another resource.
    fn is_other(&self, noun: &str) -> bool {
        resource(L::name(&self.0)).is_some_and(|own| own != noun)
    }
}

impl<L: MethodLanguage> Resource for Resources<'_, L> {
    const LISTS: &'static [ResourceList] = L::LISTS;
    type Fields<'r> = Fields<L>;

    fn selects(&self, fields: &Fields<L>) -> Option<bool> {
        let matches = self.filter.matches_in(self.context, &fields.0).ok()?;
        Some(matches != self.invert)
    }

    fn is_doubtful(&self, fields: &Fields<L>) -> bool {
        fields.is_empty() || fields.is_other(self.noun)
    }

    fn remarks(
        &self,
        record: &str,
        resource: Result<&Fields<L>, &serde_json::Error>,
        path: &str,
    ) -> Vec<Remark> {
        let Ok(object) = serde_json::from_str::<&RawValue>(record) else {
            return Vec::new();
        };
        let (kind, at, message) = match resource {
            Err(error) => {
                let (at, message) = of_parser(record.as_bytes(), error);
                (Kind::Invalid, at, message)
            }
            Ok(resource)
                if resource.is_other(self.noun)
                    || resource.is_empty() && !fields(object).is_empty() =>
            {
                (Kind::Other, 0, not_a(self.noun, object, path, &[]))
            }
            Ok(resource) => match self.filter.matches_in(self.context, &resource.0) {
                Ok(_) => return Vec::new(),
                Err(error) => (Kind::Undecided, 0, error.to_string()),
            },
        };
        vec![Remark { kind, at, message }]
    }
}
