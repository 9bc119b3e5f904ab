//! The mock server. `gchat_filter.mock` has the class for users, with JSON as Python's objects.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use gchat_filter_mock::Server;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;

/// A server that runs until it is stopped. All JSON is text.
#[pyclass(frozen, module = "gchat_filter._native")]
pub(crate) struct Mock {
    state: gchat_filter_mock::Mock,
    url: String,
    /// `None` once it is stopped.
    server: Mutex<Option<Server>>,
}

#[pymethods]
impl Mock {
    #[new]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a list of Python is converted"
    )]
    fn new(py: Python<'_>, seeds: Vec<String>, now: Option<&str>) -> PyResult<Self> {
        let mut mock = if seeds.is_empty() {
            gchat_filter_mock::Mock::sample()
        } else {
            gchat_filter_mock::Mock::from_seeds(&seeds).map_err(value_error)?
        };
        if let Some(now) = now {
            mock = mock.with_now(now).map_err(value_error)?;
        }
        let server = py.detach(|| mock.clone().serve())?;
        Ok(Self {
            state: mock,
            url: server.url(),
            server: Mutex::new(Some(server)),
        })
    }

    #[getter]
    fn url(&self) -> &str {
        &self.url
    }

    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.state.warnings().to_vec()
    }

    fn requests(&self) -> PyResult<String> {
        json(&self.state.requests())
    }

    fn clear_requests(&self) {
        self.state.clear_requests();
    }

    fn faults(&self) -> PyResult<String> {
        json(&self.state.faults())
    }

    fn add_fault(&self, fault: &str) -> PyResult<()> {
        let fault = serde_json::from_str(fault).map_err(value_error)?;
        self.state.add_fault(fault).map_err(value_error)
    }

    fn clear_faults(&self) {
        self.state.clear_faults();
    }

    fn seed(&self) -> String {
        self.state.to_seed()
    }

    fn add_seed(&self, seed: &str) -> PyResult<()> {
        self.state.add_seed(seed).map_err(value_error)
    }

    fn reset(&self) -> PyResult<()> {
        self.state.reset().map_err(value_error)
    }

    fn advance(&self, by: Duration) {
        self.state.advance(by);
    }

    /// Stops the server. Returns when its port is free again.
    fn stop(&self, py: Python<'_>) {
        py.detach(|| {
            drop(
                self.server
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .take(),
            );
        });
    }
}

fn value_error(error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}

fn json(value: &impl serde::Serialize) -> PyResult<String> {
    serde_json::to_string(value).map_err(|error| PyRuntimeError::new_err(error.to_string()))
}
