//! Arguments that are names.

use std::str::FromStr;

use gchat_filter::UnknownName;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// Returns the value of an enum with a name.
pub(crate) fn named<T: FromStr<Err = UnknownName>>(name: &str) -> PyResult<T> {
    name.parse()
        .map_err(|error: UnknownName| PyValueError::new_err(error.to_string()))
}
