//! Valid filters.

use std::hash::{DefaultHasher, Hash, Hasher};

use gchat_filter::members;
use gchat_filter::sql::{Columns, Dialect};
use gchat_filter::{AnyFilter, IntersectionError, Method, Preset};
use pyo3::basic::CompareOp;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyMapping, PyString};
use serde::de::{DeserializeSeed, IntoDeserializer, value};

use crate::checked;
use crate::context::Context;
use crate::named::named;
use crate::resource;

/// A valid filter of a method of the API: what it matches.
///
/// Filters of a method are equal if they match the same, however they were written. `str` is the shortest
/// text with the meaning. `a <= b` holds if `b` matches everything that `a` matches, and `a & b` matches what
/// both match. Filters of `spaces.members.list` also have `a | b` and `a - b`. They can be pickled.
///
/// Args:
///     text: The filter, such as `member.type = "HUMAN"`.
///     method: The method of the API, one of `METHODS`.
///     admin_access: Whether the request has `useAdminAccess`, which has rules of its own.
///     preset: The levels of the lints, for what AIP-160 allows and the reference does not mention:
///         `"default"`, `"strict"` (all are errors) or `"aip160"` (all are allowed).
///     levels: The levels of single lints, `"allow"`, `"warn"` or `"deny"`, by name:
///         `{"single-quotes": "deny"}`.
///     context: What is known about the request.
///
/// Raises:
///     FilterError: If the filter is invalid.
///     ValueError: If the method, the preset, a lint or a level is unknown, or if the text has a surrogate
///         that is not part of a pair.
///
/// The rules are those of the API's reference, such as
/// https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.members/list, and AIP-160,
/// https://google.aip.dev/160.
///
/// >>> from gchat_filter import Filter
/// >>> humans, managers = Filter('member.type = "HUMAN"'), Filter('role = "ROLE_MANAGER"')
/// >>> humans & managers
/// Filter('member.type = "HUMAN" AND role = "ROLE_MANAGER"')
/// >>> humans & managers <= humans
/// True
#[pyclass(frozen, module = "gchat_filter")]
pub(crate) struct Filter(pub(crate) AnyFilter);

#[pymethods]
impl Filter {
    #[new]
    #[pyo3(signature = (
        text, method="spaces.members.list", admin_access=false, preset="default", levels=None, context=None
    ))]
    fn new(
        text: &Bound<'_, PyString>,
        method: &str,
        admin_access: bool,
        preset: &str,
        levels: Option<&Bound<'_, PyMapping>>,
        context: Option<&Bound<'_, Context>>,
    ) -> PyResult<Self> {
        if named::<Preset>(preset)? == Preset::Default
            && !(admin_access || levels.is_some() || context.is_some())
            && let Ok(filter) = AnyFilter::parse(named(method)?, text.to_str()?)
        {
            return Ok(Self(filter));
        }
        let checked = checked::check(text, method, admin_access, preset, levels, context)?;
        checked.into_filter(text.py()).map(Self)
    }

    /// The method of the API that the filter is for, such as `spaces.members.list`.
    #[getter]
    fn method(&self) -> &'static str {
        self.0.method().name()
    }

    /// Return whether the filter matches a resource of its method, such as a membership or a message.
    ///
    /// Args:
    ///     resource: A dict as the API returns it, a message of google-apps-chat, or JSON text. What is absent
    ///         or `None` has its default. Enums are names or integers. Keys that filters do not depend on are
    ///         ignored.
    ///     context: What some filters depend on besides the resource.
    ///
    /// Raises:
    ///     TypeError: If it is not a resource: `3`.
    ///     ValueError: If a value has another type than in the API: `{"role": []}`; or if the filter
    ///         depends on what the context does not have.
    ///
    /// >>> from gchat_filter import Filter
    /// >>> people = Filter('member.type = "HUMAN"')
    /// >>> people.matches({"member": {"name": "users/1", "type": "HUMAN"}})
    /// True
    /// >>> people.matches({"groupMember": {"name": "groups/1"}})
    /// False
    #[pyo3(signature = (resource, context=None))]
    fn matches(
        &self,
        resource: &Bound<'_, PyAny>,
        context: Option<&Bound<'_, Context>>,
    ) -> PyResult<bool> {
        matches(&self.0, resource, context)
    }

    /// Return an iterator over the resources that match, for example those of a list's pages.
    ///
    /// Args:
    ///     resources: Resources as `matches` takes them. They are read one at a time.
    ///     context: What some filters depend on besides the resource.
    ///
    /// >>> from gchat_filter import Filter
    /// >>> members = [{"role": "ROLE_MEMBER"}, {"role": "ROLE_MANAGER"}]
    /// >>> list(Filter('role = "ROLE_MANAGER"').select(members))
    /// [{'role': 'ROLE_MANAGER'}]
    #[pyo3(signature = (resources, context=None))]
    fn select(
        slf: Bound<'_, Self>,
        resources: &Bound<'_, PyAny>,
        context: Option<Bound<'_, Context>>,
    ) -> PyResult<Selection> {
        Ok(Selection {
            filter: slf.unbind(),
            resources: resources.try_iter()?.unbind(),
            context: context.map(Bound::unbind),
        })
    }

    /// Return whether nothing matches both filters.
    ///
    /// Raises:
    ///     TypeError: If they are filters of different methods.
    fn isdisjoint(&self, other: &Self) -> PyResult<bool> {
        let disjoint = self.0.is_disjoint(&other.0);
        disjoint.ok_or_else(|| intersection_error(IntersectionError::DifferentMethods))
    }

    /// Return the filter as a predicate of SQL, for the WHERE clause of an engine that has the resources in a
    /// table.
    ///
    /// Args:
    ///     dialect: `"duckdb"`, `"sqlite"`, `"postgres"`, `"spark"` or `"bigquery"`.
    ///     layout: `"flat"`, a column for each property with `_` for dots: `member_type`; `"nested"`, structs
    ///         with the keys of the API's JSON: `member.type`; or `"json"`, a document in a column.
    ///     columns: SQL expressions for single properties: `{"member.type": "m.kind"}`. They are copied
    ///         into the predicate: do not take them from others.
    ///     document: The column of the document, or an expression for it, if the layout is `"json"`.
    ///     caller: The name of the calling user, such as `"users/123456789"`, which `users/me` stands for.
    ///     value: Whether to return an expression that is never NULL, for SELECT, NOT and CHECK.
    ///
    /// Raises:
    ///     ValueError: If the filter depends on what the table does not have or SQL cannot express.
    ///
    /// >>> from gchat_filter import Filter
    /// >>> Filter('member.type != "BOT"').to_sql("duckdb", "nested")
    /// "(member.type <> 'BOT' OR member.type IS NULL)"
    #[pyo3(signature = (
        dialect, layout="flat", *, columns=None, document="document", caller=None, value=false
    ))]
    fn to_sql(
        &self,
        dialect: &str,
        layout: &str,
        columns: Option<&Bound<'_, PyMapping>>,
        document: &str,
        caller: Option<&str>,
        value: bool,
    ) -> PyResult<String> {
        let dialect: Dialect = named(dialect)?;
        let mut places = match layout {
            "flat" => Columns::flat(),
            "nested" => Columns::nested(),
            "json" => Columns::json(document),
            _ => {
                let message = format!(
                    "unknown layout `{}`, expected one of `flat`, `nested`, `json`",
                    layout.escape_debug()
                );
                return Err(PyValueError::new_err(message));
            }
        };
        if let Some(columns) = columns {
            for item in columns.items()? {
                let (property, sql): (String, String) = item.extract()?;
                places = places.column(property, sql);
            }
        }
        if let Some(caller) = caller {
            places = places.caller(caller);
        }
        let sql = if value {
            self.0.to_sql_value(dialect, &places)
        } else {
            self.0.to_sql(dialect, &places)
        };
        sql.map_err(|error| PyValueError::new_err(error.to_string()))
    }

    fn __and__(&self, other: &Self) -> PyResult<Self> {
        let both = self.0.intersection(&other.0);
        both.map(Self).map_err(intersection_error)
    }

    fn __or__(&self, other: &Self) -> PyResult<Self> {
        let [one, other] = [self.of_members("|")?, other.of_members("|")?];
        Ok(Self(one.union(other).into()))
    }

    fn __sub__(&self, other: &Self) -> PyResult<Self> {
        let [one, other] = [self.of_members("-")?, other.of_members("-")?];
        let rest = one.difference(other);
        let rest =
            rest.ok_or_else(|| PyValueError::new_err("the filters leave nothing to match"))?;
        Ok(Self(rest.into()))
    }

    fn __richcmp__(&self, other: &Self, operator: CompareOp) -> PyResult<bool> {
        let implies = |one: &Self, other: &Self| {
            let implies = one.0.implies(&other.0);
            implies.ok_or_else(|| intersection_error(IntersectionError::DifferentMethods))
        };
        Ok(match operator {
            CompareOp::Eq => self.0 == other.0,
            CompareOp::Ne => self.0 != other.0,
            CompareOp::Le => implies(self, other)?,
            CompareOp::Ge => implies(other, self)?,
            CompareOp::Lt => implies(self, other)? && self.0 != other.0,
            CompareOp::Gt => implies(other, self)? && self.0 != other.0,
        })
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.0.hash(&mut hasher);
        hasher.finish()
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let text = PyString::new(py, &self.0.to_string());
        let text = text.repr()?;
        Ok(match self.0.method() {
            Method::SpacesMembersList => format!("Filter({text})"),
            method => format!("Filter({text}, '{method}')"),
        })
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, (&'static str, String))> {
        let module = py.import(intern!(py, "gchat_filter._native"))?;
        let restore = module.getattr(intern!(py, "_restore"))?;
        Ok((restore, (self.method(), self.__str__())))
    }
}

impl Filter {
    /// Returns the filter of memberships.
    ///
    /// # Errors
    ///
    /// A `TypeError`, if it is a filter of another method.
    fn of_members(&self, operator: &str) -> PyResult<members::Filter> {
        match &self.0 {
            AnyFilter::Members(filter) => Ok(*filter),
            other => Err(PyTypeError::new_err(format!(
                "`{operator}` is only for filters of spaces.members.list, not of {}",
                other.method()
            ))),
        }
    }
}

fn intersection_error(error: IntersectionError) -> PyErr {
    match error {
        IntersectionError::DifferentMethods => PyTypeError::new_err(error.to_string()),
        _ => PyValueError::new_err(error.to_string()),
    }
}

/// Returns the filter of which a text is the shortest one.
#[pyfunction]
#[pyo3(name = "_restore")]
pub(crate) fn restore(method: &str, text: &str) -> PyResult<Filter> {
    let method: Method = named(method)?;
    let text = IntoDeserializer::<value::Error>::into_deserializer(text);
    let filter = method.deserialize(text);
    filter
        .map(Filter)
        .map_err(|error| PyValueError::new_err(error.to_string()))
}

fn matches(
    filter: &AnyFilter,
    resource: &Bound<'_, PyAny>,
    context: Option<&Bound<'_, Context>>,
) -> PyResult<bool> {
    resource::matches(filter, resource, Context::or_empty(context))
}

/// An iterator over the resources that a filter matches.
#[pyclass(frozen, module = "gchat_filter", name = "_Selection")]
pub(crate) struct Selection {
    filter: Py<Filter>,
    resources: Py<PyIterator>,
    context: Option<Py<Context>>,
}

#[pymethods]
impl Selection {
    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let filter = &self.filter.get().0;
        let context = self.context.as_ref().map(|context| context.bind(py));
        for resource in self.resources.bind(py).clone() {
            let resource = resource?;
            if matches(filter, &resource, context)? {
                return Ok(Some(resource));
            }
        }
        Ok(None)
    }
}
