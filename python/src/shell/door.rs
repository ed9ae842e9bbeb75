//! The shell's door to Python: the functions that `flownote.shell` calls.

use flownote_flow::description::FlowDescription;
use flownote_flow::lint;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::{order, tree};

/// The flow's file in a command line whose verb takes one, before its options are known.
#[pyfunction]
pub fn find_flow(line: Vec<String>) -> Option<String> {
    tree::find_flow(&line)
}

/// The line with its verb first: options may stand before it.
#[pyfunction]
pub fn verb_first(line: Vec<String>) -> Vec<String> {
    order::verb_first(line)
}

/// Reads a whole command line and does what it says, or answers what Python must do, as
/// JSON: `{"exit": code}` or `{"verb", "options", "parameters"}`.
#[pyfunction]
#[pyo3(signature = (line, description=None))]
pub fn invoke(py: Python<'_>, line: Vec<String>, description: Option<&str>) -> PyResult<String> {
    let flow = description.map(read).transpose()?;
    let outcome = py.detach(|| super::invoke(&line, flow.as_ref()));
    Ok(serde_json::to_string(&outcome).expect("an outcome is JSON"))
}

/// Every problem of a flow, as the shell prints it.
#[pyfunction]
pub fn lint_flow(description: &str) -> PyResult<Vec<String>> {
    Ok(lint::lint(&read(description)?).iter().map(ToString::to_string).collect())
}

fn read(json: &str) -> PyResult<FlowDescription> {
    serde_json::from_str(json)
        .map_err(|error| PyValueError::new_err(format!("not a flow description: {error}")))
}
