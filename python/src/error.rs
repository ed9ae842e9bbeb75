//! Errors on their way to Python: every one becomes a class of `flownote.exceptions` with
//! the same message and the same hint.

use flownote_flow::help::Help;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::shell::Exit;
use flownote_store::reference;

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

/// Why something that Python asked for can't be done.
#[derive(Debug)]
pub enum Failure {
    /// The engine's word.
    Engine(flownote_engine::Error),
    /// The datastore's word.
    Store(flownote_store::Error),
    /// A name means nothing, or too much.
    Reference(reference::Error),
    /// Python's own word: Ctrl-C.
    Python(PyErr),
}

impl Failure {
    /// The exception that fits it.
    pub fn raise(self, py: Python<'_>) -> PyErr {
        match self {
            Self::Engine(error) => raise(py, &error),
            Self::Store(error) => raise_store(py, &error),
            Self::Reference(reference::Error::Store(error)) => raise_store(py, &error),
            Self::Reference(error) => raise_reference(py, &error),
            Self::Python(error) => error,
        }
    }
}

impl From<flownote_engine::Error> for Failure {
    fn from(error: flownote_engine::Error) -> Self {
        Self::Engine(error)
    }
}

impl From<flownote_store::Error> for Failure {
    fn from(error: flownote_store::Error) -> Self {
        Self::Store(error)
    }
}

impl From<reference::Error> for Failure {
    fn from(error: reference::Error) -> Self {
        Self::Reference(error)
    }
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}

/// A datastore error as the exception that fits it.
pub fn raise_store(py: Python<'_>, error: &flownote_store::Error) -> PyErr {
    use flownote_store::Error;
    let name = match error {
        Error::Missing { .. } => "NotFound",
        Error::Damaged { .. } | Error::MissingBlob { .. } => "DamagedArtifact",
        Error::Url { .. } | Error::Name { .. } => "UsageError",
        _ => "StoreError",
    };
    exception(py, name, &error.to_string(), error.hint())
}

fn raise_reference(py: Python<'_>, error: &reference::Error) -> PyErr {
    use reference::Error;
    let name = match error {
        Error::Form(_) | Error::TooShort { .. } => "UsageError",
        _ => "NotFound",
    };
    exception(py, name, &error.to_string(), error.hint())
}

/// An engine error as the exception that fits it, with its exit code.
pub fn raise(py: Python<'_>, error: &flownote_engine::Error) -> PyErr {
    use flownote_engine::Error;
    let exit = match error {
        Error::Store(error) => return raise_store(py, error),
        Error::Fenced { .. } | Error::StillRunning { .. } => Exit::Fenced,
        Error::AlreadyFinished { .. } => Exit::Usage,
        _ => Exit::Failure,
    };
    let raised = exception(py, "FlownoteException", &error.to_string(), error.hint());
    let _ = raised.value(py).setattr("exit_code", exit.code());
    raised
}
