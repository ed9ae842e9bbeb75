//! `flownote_studio._studio.models`: a thin border over `flownote_models`, a file for each of
//! its folders.
//!
//! What Python's classes in `flownote.models` call: columns come in as contiguous arrays of
//! NumPy that are read where they lie, other threads run meanwhile, and a fitted model is
//! bytes ([`keep`], [`read`]). Checks and words for people are `flownote_models`'.

mod artwork;
mod bandit;
mod customer;
mod off_policy;
mod recommend;
mod threads;

use flownote_flow::help::Help;
use flownote_models::{Model, ModelError, Result, Saved, Watch};
use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

/// A column of numbers from Python.
type Column<'py> = PyReadonlyArray1<'py, f64>;

/// A column of numbers for Python.
type Numbers<'py> = Bound<'py, PyArray1<f64>>;

/// What shows how far a fit is: a function of Python's, or nothing.
type Progress = Option<Py<PyAny>>;

/// The entry of a saved model's parameters that holds what its Python class was made with.
const OPTIONS: &str = "options";

/// The native half of `flownote.models`.
#[pymodule(submodule)]
pub mod models {
    #[pymodule_export]
    use super::artwork::{FaceNetwork, ShotDetector, cluster_faces, detect_faces, measure, rank};
    #[pymodule_export]
    use super::bandit::Policy;
    #[pymodule_export]
    use super::customer::{
        GammaGamma, KMeans, KaplanMeier, Logistic, PurchaseModel, ShiftedBetaGeometric, rfm,
        silhouettes,
    };
    #[pymodule_export]
    use super::off_policy::{Estimate, cross_fit};
    #[pymodule_export]
    use super::recommend::{Catalogue, Recommender, coverage, measure_ranking, novelty};
    #[pymodule_export]
    use super::{read_parameters, unfitted};
}

/// Runs `work` while other threads of Python's run.
fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> Result<T> + Send) -> PyResult<T> {
    threads::run(py, work)?.map_err(|error| raise(py, &error))
}

/// As [`detached`], for what takes long: `work` asks now and then whether to stop, and does
/// when Python has a signal, Ctrl-C say, whose exception is then raised. `progress` is called
/// with how many steps were made, and of how many, where that is known.
pub(crate) fn interruptible<T: Send>(
    py: Python<'_>,
    progress: Progress,
    work: impl FnOnce(&dyn Watch) -> Result<T> + Send,
) -> PyResult<T> {
    let (result, signal) = threads::run_until_signal(py, progress, work)?;
    result.map_err(|error| signal.unwrap_or_else(|| raise(py, &error)))
}

/// A column as a slice; `name` is the argument's.
fn slice<'a>(name: &'static str, column: &'a Column<'_>) -> PyResult<&'a [f64]> {
    column.as_slice().map_err(|_| {
        let problem = "doesn't lie in one piece";
        raise(column.py(), &ModelError::input(name, problem, "call numpy.ascontiguousarray on it"))
    })
}

/// A column of results.
fn numbers(py: Python<'_>, values: Vec<f64>) -> Numbers<'_> {
    PyArray1::from_vec(py, values)
}

/// A model as one file, with the `options` (a JSON object) of its Python class.
fn keep<'py>(py: Python<'py>, model: &impl Model, options: &str) -> PyResult<Bound<'py, PyBytes>> {
    let saved = with_options(model.save(), options).map_err(|error| raise(py, &error))?;
    Ok(PyBytes::new(py, &saved.to_bytes()))
}

/// What [`keep`] wrote.
fn read<M: Model>(py: Python<'_>, data: &[u8]) -> PyResult<M> {
    let model = Saved::from_bytes(data).and_then(|saved| M::load(&saved));
    model.map_err(|error| raise(py, &error))
}

fn with_options(mut saved: Saved, options: &str) -> Result<Saved> {
    let wrong = |problem: String| ModelError::Saved { kind: saved.kind.clone(), problem };
    let options: serde_json::Value =
        serde_json::from_str(options).map_err(|error| wrong(error.to_string()))?;
    let problem = "its parameters aren't named".to_owned();
    let parameters = saved.parameters.as_object_mut();
    let Some(parameters) = parameters else { return Err(wrong(problem)) };
    parameters.insert(OPTIONS.to_owned(), options);
    Ok(saved)
}

/// A model before its fit: nothing but its kind and the `options` of its class.
#[pyfunction]
fn unfitted<'py>(py: Python<'py>, kind: &str, options: &str) -> PyResult<Bound<'py, PyBytes>> {
    let saved = Saved::new(kind, &serde_json::json!({ "fitted": false }));
    let saved = with_options(saved, options).map_err(|error| raise(py, &error))?;
    Ok(PyBytes::new(py, &saved.to_bytes()))
}

/// A saved model's kind, its parameters as JSON, and whether it was fitted. Among the parameters
/// stand the `options` of its Python class, if such a one wrote it.
#[pyfunction]
fn read_parameters(py: Python<'_>, data: &[u8]) -> PyResult<(String, String, bool)> {
    let saved = Saved::from_bytes(data).map_err(|error| raise(py, &error))?;
    let fitted = saved.parameters.get("fitted") != Some(&serde_json::Value::Bool(false));
    Ok((saved.kind, saved.parameters.to_string(), fitted))
}

/// An error as the exception of `flownote.models`, with its hint.
pub(crate) fn raise(py: Python<'_>, error: &ModelError) -> PyErr {
    let made = || -> PyResult<PyErr> {
        let class = py.import("flownote.models.base")?.getattr("ModelError")?;
        let options = PyDict::new(py);
        options.set_item("hint", error.hint())?;
        Ok(PyErr::from_value(class.call((error.to_string(),), Some(&options))?))
    };
    made().unwrap_or_else(|error| error)
}
