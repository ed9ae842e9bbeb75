//! Errors on their way to Python: every one becomes a class of `flownote.exceptions` with
//! the same message and the same hint.

use flownote_flow::help::Help;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The exception of class `name` in `flownote.exceptions`.
pub fn exception(py: Python<'_>, name: &str, message: &str, hint: Option<String>) -> PyErr {
    let made = || -> PyResult<PyErr> {
        let class = py.import("flownote.exceptions")?.getattr(name)?;
        let options = PyDict::new(py);
        options.set_item("hint", hint)?;
        Ok(PyErr::from_value(class.call((message,), Some(&options))?))
    };
    made().unwrap_or_else(|error| error)
}

/// An engine error as the exception that fits it.
pub fn raise(py: Python<'_>, error: &flownote_engine::Error) -> PyErr {
    let name = match error {
        flownote_engine::Error::Store(_) => "StoreError",
        flownote_engine::Error::Fenced { .. } | flownote_engine::Error::StillRunning { .. } => {
            "RunTaken"
        }
        _ => "FlownoteException",
    };
    exception(py, name, &error.to_string(), error.hint())
}
