//! What is known about a request and its caller.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::LazyLock;

use gchat_filter::Timestamp;
use gchat_filter::spaces::Space;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::resource;

/// What is known about a request and its caller: everything is optional.
///
/// Some filters depend on more than the resource: `creator("users/me")` on who is calling, `is_unread()` on
/// what the caller has read. A check uses the parent and the time for warnings.
///
/// Args:
///     caller: The name of the calling user, such as `"users/123456789"`, which `users/me` stands for.
///     aliases: Users by another name: `{"users/dana@example.com": "users/123456789"}`.
///     now: The time of the request, as text in RFC 3339 format or as an aware `datetime`.
///     parent: The parent of the request, such as `"spaces/AAAA"`.
///     spaces: The spaces of which messages only have the name, each as the API returns it.
///     unread: The names of the messages that the caller has not read. All others are read.
///     creators: Users by the name of the custom emoji that they created.
///
/// Raises:
///     ValueError: If an argument does not have this form.
///
/// >>> from gchat_filter import Context, Filter
/// >>> mine = Filter('creator("users/me")', "customEmojis.list")
/// >>> context = Context(caller="users/1", creators={"customEmojis/A": "users/1"})
/// >>> mine.matches({"name": "customEmojis/A"}, context)
/// True
#[pyclass(frozen, module = "gchat_filter", eq)]
pub(crate) struct Context {
    pub(crate) inner: gchat_filter::Context,
    /// What to create an equal one with.
    arguments: Py<PyDict>,
}

impl Context {
    /// Returns a context in which nothing is known if there is none.
    pub(crate) fn or_empty<'c>(context: Option<&'c Bound<'_, Self>>) -> &'c gchat_filter::Context {
        static EMPTY: LazyLock<gchat_filter::Context> = LazyLock::new(gchat_filter::Context::new);
        context.map_or(&EMPTY, |context| &context.get().inner)
    }
}

impl PartialEq for Context {
    fn eq(&self, other: &Self) -> bool {
        self.inner == other.inner
    }
}

#[pymethods]
impl Context {
    #[new]
    #[pyo3(signature = (
        *, caller=None, aliases=None, now=None, parent=None, spaces=None, unread=None, creators=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        py: Python<'_>,
        caller: Option<String>,
        aliases: Option<HashMap<String, String>>,
        now: Option<&Bound<'_, PyAny>>,
        parent: Option<String>,
        spaces: Option<&Bound<'_, PyAny>>,
        unread: Option<&Bound<'_, PyAny>>,
        creators: Option<HashMap<String, String>>,
    ) -> PyResult<Self> {
        let mut inner = gchat_filter::Context::new();
        let arguments = PyDict::new(py);
        if let Some(caller) = caller {
            arguments.set_item("caller", &caller)?;
            inner = inner.caller(caller);
        }
        if let Some(aliases) = aliases {
            arguments.set_item("aliases", &aliases)?;
            for (alias, name) in aliases {
                inner = inner.alias(alias, name);
            }
        }
        if let Some(now) = now {
            let now: Timestamp = resource::read_value(now)?;
            arguments.set_item("now", now.to_string())?;
            inner = inner.now(now);
        }
        if let Some(parent) = parent {
            arguments.set_item("parent", &parent)?;
            inner = inner.parent(parent);
        }
        if let Some(spaces) = spaces {
            let mut texts = Vec::new();
            for space in spaces.try_iter()? {
                let space: Space = resource::read(&space?)?;
                let text = serde_json::to_string(&space);
                texts.push(text.map_err(|error| PyValueError::new_err(error.to_string()))?);
                inner = inner.space(space);
            }
            arguments.set_item("spaces", PyTuple::new(py, texts)?)?;
        }
        if let Some(unread) = unread {
            let names = unread.try_iter()?.map(|name| name?.extract());
            let names: Vec<String> = names.collect::<PyResult<_>>()?;
            arguments.set_item("unread", PyTuple::new(py, &names)?)?;
            inner = inner.unread(names);
        }
        if let Some(creators) = creators {
            arguments.set_item("creators", &creators)?;
            for (emoji, user) in creators {
                inner = inner.creator(emoji, user);
            }
        }
        Ok(Self {
            inner,
            arguments: arguments.unbind(),
        })
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> (Bound<'py, PyTuple>, Bound<'py, PyDict>) {
        (PyTuple::empty(py), self.arguments.bind(py).clone())
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let mut text = "Context(".to_owned();
        for (index, (name, value)) in self.arguments.bind(py).iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            // Writing to a string does not fail.
            let _ = write!(text, "{comma}{name}={}", value.repr()?);
        }
        Ok(text + ")")
    }
}
