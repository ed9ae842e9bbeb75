//! What a run may take from earlier ones, as Python asks for it.

use std::collections::HashMap;
use std::rc::Rc;

use flownote_engine::{ResumeFrom, ReuseOptions, StepNow, World};
use flownote_flow::id::{FlowName, RunId, StepName};
use flownote_store::RunKey;
use pyo3::prelude::*;
use serde::Deserialize;

use crate::error::Failure;
use crate::place;
use crate::reference::resolve_run;

/// What Python asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Request {
    steps: HashMap<StepName, StepNow>,
    resume: Option<Resume>,
    trust_pickles: bool,
}

#[derive(Deserialize)]
struct Resume {
    flow: FlowName,
    origin: RunId,
    trust_code: bool,
}

impl Request {
    /// The engine's options.
    pub fn options(self) -> ReuseOptions {
        let resume = self.resume.map(|Resume { flow, origin, trust_code }| ResumeFrom {
            origin: RunKey { flow, run: origin },
            trust_code,
        });
        let world: World = Rc::new(version_of);
        let (steps, trust_pickles) = (self.steps, self.trust_pickles);
        ReuseOptions { steps, resume, trust_pickles, world: Some(world) }
    }
}

/// Asks Python for the version of something of the world. What raises can't be told.
fn version_of(kind: &str, name: &str) -> Option<Option<String>> {
    Python::attach(|py| {
        let look = py.import("flownote.provenance.world")?.getattr("version_of")?;
        let (known, version): (bool, Option<String>) = look.call1((kind, name))?.extract()?;
        Ok::<_, PyErr>(known.then_some(version))
    })
    .ok()
    .flatten()
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
