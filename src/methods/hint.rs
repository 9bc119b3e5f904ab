//! Which other method an invalid filter is probably for.

use super::{AnyFilter, Method};
use crate::diagnostic::Code;
use crate::filter::{Checked, Checker};

impl Checker {
    /// Returns the other methods that an invalid filter of a method is probably for: those for which
    /// it is valid, perhaps after certain fixes; else those that have all of its unknown fields. None if
    /// the filter is valid.
    ///
    /// ```
    /// use gchat_filter::{Checker, Method};
    ///
    /// let text = r#"space_type = "GROUP_CHAT""#;
    /// let methods = Checker::new().other_methods(Method::SpacesMembersList, text);
    /// assert_eq!(methods, [Method::SpacesList]);
    /// ```
    #[must_use]
    pub fn other_methods(&self, method: Method, text: &str) -> Vec<Method> {
        let checked = self.check_method(method, text);
        if checked.is_valid() {
            return Vec::new();
        }
        let others = Method::ALL.iter().copied().filter(|own| *own != method);
        let methods: Vec<Method> = others
            .clone()
            .filter(|other| self.takes(*other, text))
            .collect();
        if !methods.is_empty() {
            return methods;
        }
        let unknown = unknown_fields(&checked);
        if unknown.is_empty() {
            return Vec::new();
        }
        others
            .filter(|other| unknown.iter().all(|name| other.has_field(name)))
            .collect()
    }

    /// Returns whether a text is a filter of a method, perhaps after certain fixes. Any words are a
    /// filter of a method with keywords, so that a field is required.
    fn takes(&self, method: Method, text: &str) -> bool {
        let checked = self.check_method(method, text);
        let filter = match (checked.filter, checked.fixed) {
            (Some(filter), _) => Some(filter),
            (None, Some(fixed)) => self.check_method(method, &fixed).filter,
            (None, None) => None,
        };
        filter.is_some_and(|filter| filter.has_fields())
    }
}

/// Returns the names that are not fields of the method.
fn unknown_fields<'c>(checked: &'c Checked<'_, AnyFilter>) -> Vec<&'c str> {
    let errors = checked.errors();
    let unknown = errors.filter(|error| error.code == Code::UnknownField);
    unknown
        .filter_map(|error| error.span.of(&checked.text))
        .collect()
}

impl Method {
    /// Returns whether a name is one of a field, in any of its accepted spellings.
    fn has_field(self, name: &str) -> bool {
        let mut fields = self.declaration().fields();
        fields.any(|field| field.path == name || field.aliases.contains(&name))
    }
}

impl AnyFilter {
    /// Returns whether the filter depends on a field, not only on words to search for.
    fn has_fields(&self) -> bool {
        let (declaration, boxes) = self.boxes();
        let mut conditions = boxes.iter().flatten();
        let keywords = declaration.keywords();
        conditions.any(|condition| keywords != Some(condition.group))
    }
}
