//! WASM functions for Python and SQL: a thin border over `flownote_kernel::wasm`.
//!
//! `flownote_studio.columns` knows pandas, Polars and NumPy, [`columns`](crate::columns) their
//! memory; here is the function that Python calls, and the one that a query calls ([`sql`]).

mod sql;

pub use sql::SqlFunction;

use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use flownote_flow::help::Help;
use flownote_kernel::wasm::{self, Engine, Error, Function, Interrupt, Options};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

use crate::columns::{ResultColumn, arguments};

/// One engine for the process: modules are compiled once, and time is kept by one thread.
static ENGINE: LazyLock<Result<Engine, String>> =
    LazyLock::new(|| Engine::new().map_err(|error| error.to_string()));

/// The process's engine.
pub fn engine() -> PyResult<&'static Engine> {
    ENGINE.as_ref().map_err(|reason| PyRuntimeError::new_err(reason.clone()))
}

/// A WASM function.
#[pyclass(frozen, module = "flownote_studio._studio")]
pub struct WasmFunction(Function);

impl WasmFunction {
    /// The function itself, for SQL's door.
    pub fn function(&self) -> &Function {
        &self.0
    }
}

#[pymethods]
impl WasmFunction {
    /// A stored function: the module's bytes, and the record's `meta` as JSON.
    #[new]
    fn new(py: Python<'_>, data: &[u8], meta: &str) -> PyResult<Self> {
        let meta = serde_json::from_str(meta)
            .map_err(|error| raise(py, &Error::Stored { reason: error.to_string() }))?;
        let engine = engine()?;
        let read = py.detach(|| Function::from_stored(engine, data, &meta));
        read.map(Self).map_err(|error| raise(py, &error))
    }

    /// The module's bytes and the record's `meta` as JSON.
    fn stored<'py>(&self, py: Python<'py>) -> (Bound<'py, PyBytes>, String) {
        let stored = self.0.to_stored();
        (PyBytes::new(py, &stored.bytes), serde_json::Value::Object(stored.meta).to_string())
    }

    /// The signature as the header gives it.
    #[getter]
    fn signature(&self) -> String {
        self.0.signature().to_string()
    }

    /// The export's name.
    #[getter]
    fn name(&self) -> String {
        self.0.signature().name.clone()
    }

    /// The names of the inputs, in order.
    #[getter]
    fn inputs(&self) -> Vec<String> {
        self.0.signature().inputs.iter().map(|input| input.name.clone()).collect()
    }

    /// Calls the function. Each argument is a number, truth value or None, which stand for
    /// all rows; an array of NumPy; or anything that speaks Arrow's C data interface.
    /// Other threads run meanwhile.
    fn call(&self, py: Python<'_>, arguments: &Bound<'_, PyList>) -> PyResult<ResultColumn> {
        let arguments: Vec<wasm::Argument> =
            arguments.iter().map(|value| arguments::read(&value)).collect::<PyResult<_>>()?;
        let signal: Arc<Mutex<Option<PyErr>>> = Arc::default();
        let asked = signal.clone();
        let interrupt: Interrupt = Arc::new(move || {
            let signal = Python::attach(|py| py.check_signals()).err();
            let stop = signal.is_some();
            *asked.lock().unwrap_or_else(PoisonError::into_inner) = signal;
            stop
        });
        let result = py.detach(|| self.0.call_with(&arguments, Some(interrupt)));
        result.map(ResultColumn::new).map_err(|error| {
            let signal = signal.lock().unwrap_or_else(PoisonError::into_inner).take();
            signal.unwrap_or_else(|| raise(py, &error))
        })
    }
}

/// Compiles a WASM cell: its functions, in the order of its header.
#[pyfunction]
#[pyo3(signature = (source, *, folder, python, label))]
pub fn wasm_compile(
    py: Python<'_>,
    source: &str,
    folder: PathBuf,
    python: PathBuf,
    label: &str,
) -> PyResult<Vec<WasmFunction>> {
    let options = Options { folder: &folder, python: &python, label };
    let engine = engine()?;
    let module = py.detach(|| wasm::compile(engine, source, &options));
    let module = module.map_err(|error| raise(py, &error))?;
    Ok(module.functions().iter().cloned().map(WasmFunction).collect())
}

/// An error as the exception of `flownote_studio.wasm`, with its hint.
fn raise(py: Python<'_>, error: &Error) -> PyErr {
    let made = || -> PyResult<PyErr> {
        let class = py.import("flownote_studio.wasm")?.getattr("WasmError")?;
        let options = PyDict::new(py);
        options.set_item("hint", error.hint())?;
        Ok(PyErr::from_value(class.call((error.to_string(),), Some(&options))?))
    };
    made().unwrap_or_else(|error| error)
}
