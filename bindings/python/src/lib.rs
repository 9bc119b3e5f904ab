//! The extension module of the Python package `gchat_filter`.
//!
//! No rule of the filter languages is here: it converts between Python's objects and the library.

mod checked;
mod context;
mod filter;
mod mock;
mod named;
mod offsets;
mod resource;

use pyo3::prelude::*;

/// The native part of `gchat_filter`.
#[pymodule(gil_used = false)]
mod _native {
    use std::ffi::OsString;

    use gchat_filter::Method;
    use pyo3::prelude::*;
    use pyo3::types::PyTuple;

    #[pymodule_export]
    use super::checked::{Checked, check};
    #[pymodule_export]
    use super::context::Context;
    #[pymodule_export]
    use super::filter::{Filter, Selection, restore};
    #[pymodule_export]
    use super::mock::Mock;

    /// Runs the command `gchat-filter` with its arguments, of which the first is its name. Returns the exit
    /// status.
    #[pyfunction]
    fn main(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
        py.detach(|| gchat_filter_cli::main(arguments))
    }

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        let methods = Method::ALL.iter().map(|method| method.name());
        module.add("METHODS", PyTuple::new(module.py(), methods)?)
    }
}
