//! The run that `resume` takes results from.

use std::collections::HashMap;

use flownote_engine::{Resume, StepNow};
use flownote_flow::id::{FlowName, RunId, StepName};
use flownote_store::RunKey;
use pyo3::prelude::*;
use serde::Deserialize;

use crate::error::Failure;
use crate::place;
use crate::reference::resolve_run;

/// What Python asks for.
#[derive(Deserialize)]
pub struct Request {
    origin: RunId,
    steps: HashMap<StepName, StepNow>,
    trust_code: bool,
}

impl Request {
    /// The engine's option for a run of `flow`.
    pub fn option(self, flow: FlowName) -> Resume {
        let Self { origin, steps, trust_code } = self;
        Resume { origin: RunKey { flow, run: origin }, steps, trust_code }
    }
}

/// The run that `reference` means among a flow's, with the records of its parameters, as
/// JSON: `{"run", "parameters"}`.
#[pyfunction]
#[pyo3(signature = (flow, reference, store=None))]
pub fn origin_run(
    py: Python<'_>,
    flow: &str,
    reference: &str,
    store: Option<&str>,
) -> PyResult<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let found = runtime.block_on(async {
        let store = place::open(store, false).await?;
        let run = resolve_run(&store, reference, Some(&FlowName::new(flow))).await?;
        let record = store.run_record(&run).await?;
        let origin = serde_json::json!({"run": record.run, "parameters": record.parameters});
        Ok::<_, Failure>(origin.to_string())
    });
    found.map_err(|error| error.raise(py))
}
