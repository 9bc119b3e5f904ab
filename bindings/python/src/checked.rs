//! The result of a check.

use gchat_filter::diagnostic::{Diagnostic, Span};
use gchat_filter::{AnyFilter, Checker, Method, Report};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyMapping, PyString, PyTuple, PyType};

use crate::context::Context;
use crate::filter::Filter;
use crate::named::named;
use crate::offsets::Offsets;
use crate::resource::LONG;

/// The result of a check: what is wrong with a filter, and the filter if it is valid.
///
/// It is true if the filter is valid. What is reported is computed on first use.
#[pyclass(frozen, module = "gchat_filter")]
pub(crate) struct Checked {
    inner: gchat_filter::Checked<'static, AnyFilter>,
    diagnostics: PyOnceLock<Py<PyTuple>>,
    /// The arguments of the check, to repeat it.
    arguments: Py<PyTuple>,
}

#[pymethods]
impl Checked {
    /// The text that was checked.
    #[getter]
    fn text(&self) -> &str {
        &self.inner.text
    }

    /// Whether the filter is valid. A valid filter can have warnings.
    #[getter]
    fn valid(&self) -> bool {
        self.inner.is_valid()
    }

    /// The filter; `None` if it is invalid.
    #[getter]
    fn filter(&self) -> Option<Filter> {
        self.inner.filter.clone().map(Filter)
    }

    /// Errors and warnings, in the order of the text. All errors are of the same stage.
    #[getter]
    fn diagnostics<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let diagnostics = self.diagnostics.get_or_try_init(py, || {
            let classes = Classes::import(py)?;
            let offsets = Offsets::new(&self.inner.text);
            let diagnostics = self.inner.diagnostics.iter();
            let diagnostics = diagnostics.map(|own| classes.diagnostic(&offsets, own));
            let diagnostics: Vec<_> = diagnostics.collect::<PyResult<_>>()?;
            PyTuple::new(py, diagnostics).map(Bound::unbind)
        })?;
        Ok(diagnostics.bind(py).clone())
    }

    /// The text with all certain fixes applied; `None` if there are none.
    #[getter]
    fn fixed(&self) -> Option<&str> {
        self.inner.fixed.as_deref()
    }

    /// A drawing of the diagnostics for people, of several lines: each with the text, carets, help and the
    /// corrected text. Empty if there are none.
    #[getter]
    fn report(&self) -> String {
        Report::from(&self.inner).to_string()
    }

    fn __bool__(&self) -> bool {
        self.valid()
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let check = py
            .import(intern!(py, "gchat_filter"))?
            .getattr(intern!(py, "check"))?;
        Ok((check, self.arguments.bind(py).clone()))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let text = PyString::new(py, &self.inner.text);
        let text = text.repr()?;
        let verdict = if self.valid() { "valid" } else { "invalid" };
        Ok(format!("<Checked {text}, {verdict}>"))
    }
}

/// Check a filter, and report all errors and warnings.
///
/// Args:
///     text: The filter, such as `member.type = "HUMAN"`.
///     method: The method of the API, one of `METHODS`.
///     admin_access: Whether the request has `useAdminAccess`, which has rules of its own.
///     preset: The levels of the lints, for what AIP-160 allows and the reference does not mention:
///         `"default"`, `"strict"` (all are errors) or `"aip160"` (all are allowed).
///     levels: The levels of single lints, `"allow"`, `"warn"` or `"deny"`, by name:
///         `{"single-quotes": "deny"}`.
///     context: What is known about the request, for warnings such as `foreign-thread`.
///
/// Returns:
///     The result, whether the filter is valid or not.
///
/// Raises:
///     ValueError: If the method, the preset, a lint or a level is unknown, or if the text has a surrogate
///         that is not part of a pair.
///
/// The rules are those of the API's reference, and AIP-160, https://google.aip.dev/160.
///
/// >>> from gchat_filter import check
/// >>> checked = check("member.type = 'HUMAN'")
/// >>> checked.valid, [warning.code for warning in checked.diagnostics]
/// (True, ['single-quotes'])
#[pyfunction]
#[pyo3(signature = (
    text, method="spaces.members.list", admin_access=false, preset="default", levels=None, context=None
))]
pub(crate) fn check(
    text: &Bound<'_, PyString>,
    method: &str,
    admin_access: bool,
    preset: &str,
    levels: Option<&Bound<'_, PyMapping>>,
    context: Option<&Bound<'_, Context>>,
) -> PyResult<Checked> {
    let py = text.py();
    let api_method: Method = named(method)?;
    let mut checker = Checker::new()
        .preset(named(preset)?)
        .admin_access(admin_access);
    // A copy, which its owner cannot change.
    let own_levels = levels.map(|_| PyDict::new(py));
    if let (Some(own), Some(levels)) = (&own_levels, levels) {
        own.update(levels)?;
        for (lint, level) in own {
            let [lint, level] = [lint.extract::<String>()?, level.extract::<String>()?];
            checker = checker.level(named(&lint)?, named(&level)?);
        }
    }
    let arguments = (text, method, admin_access, preset, own_levels, context);
    let arguments = arguments.into_pyobject(py)?.unbind();
    let text = text.to_str()?;
    let context = Context::or_empty(context);
    let run = || {
        let mut checked = checker.check_method_in(context, api_method, text);
        // It is not needed, and would be copied.
        checked.tree = None;
        checked.into_owned()
    };
    let inner = if text.len() < LONG {
        run()
    } else {
        py.detach(run)
    };
    Ok(Checked {
        inner,
        diagnostics: PyOnceLock::new(),
        arguments,
    })
}

impl Checked {
    /// Returns the filter.
    ///
    /// # Errors
    ///
    /// The `FilterError`, if the filter is invalid.
    pub(crate) fn into_filter(self, py: Python<'_>) -> PyResult<AnyFilter> {
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let error = match self.inner.clone().into_result() {
            Ok(filter) => return Ok(filter),
            Err(error) => error,
        };
        let line = error.line_with(|span| {
            let index = Offsets::new(&self.inner.text).index(span.start);
            format!("at index {index}")
        });
        let class = CLASS.import(py, "gchat_filter", "FilterError")?;
        Err(PyErr::from_value(class.call1((line, self))?))
    }
}

/// The classes of what is reported, which are written in Python.
struct Classes<'py> {
    diagnostic: Bound<'py, PyAny>,
    label: Bound<'py, PyAny>,
    edit: Bound<'py, PyAny>,
    fix: Bound<'py, PyAny>,
}

impl<'py> Classes<'py> {
    fn import(py: Python<'py>) -> PyResult<Self> {
        let module = py.import(intern!(py, "gchat_filter"))?;
        Ok(Self {
            diagnostic: module.getattr(intern!(py, "Diagnostic"))?,
            label: module.getattr(intern!(py, "Label"))?,
            edit: module.getattr(intern!(py, "Edit"))?,
            fix: module.getattr(intern!(py, "Fix"))?,
        })
    }

    fn diagnostic(&self, offsets: &Offsets, own: &Diagnostic) -> PyResult<Bound<'py, PyAny>> {
        let py = self.diagnostic.py();
        let labels = own.labels.iter();
        let labels = labels.map(|label| spanned(&self.label, offsets, label.span, &label.text));
        let labels: Vec<_> = labels.collect::<PyResult<_>>()?;
        let fix = own.fix.as_ref().map(|fix| {
            let edits = fix.edits.iter();
            let edits = edits.map(|edit| spanned(&self.edit, offsets, edit.span, &edit.text));
            let edits: Vec<_> = edits.collect::<PyResult<_>>()?;
            self.fix.call1((fix.certain, PyTuple::new(py, edits)?))
        });
        self.diagnostic.call1((
            own.severity.as_str(),
            own.stage().as_str(),
            own.code.as_str(),
            &own.message,
            offsets.index(own.span.start),
            offsets.index(own.span.end),
            PyTuple::new(py, labels)?,
            &own.help,
            fix.transpose()?,
        ))
    }
}

/// Creates an object of a class with a span and a text.
fn spanned<'py>(
    class: &Bound<'py, PyAny>,
    offsets: &Offsets,
    span: Span,
    text: &str,
) -> PyResult<Bound<'py, PyAny>> {
    class.call1((offsets.index(span.start), offsets.index(span.end), text))
}
