//! What a run may take from earlier ones, as Python asks for it.

use std::collections::HashMap;

use flownote_engine::{ResumeFrom, ReuseOptions, StepNow, World};
use flownote_flow::id::{FlowName, RunId, StepName};
use flownote_store::client::{RunFilter, Status};
use flownote_store::{RunKey, Store};
use pyo3::prelude::*;
use serde::Deserialize;

use crate::error::Failure;
use crate::place;
use flownote_store::reference::{self, resolve_run};

/// What Python asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Request {
    steps: HashMap<StepName, StepNow>,
    resume: Option<Resume>,
    trust_pickles: bool,
    verify: Option<f64>,
}

#[derive(Deserialize)]
struct Resume {
    flow: FlowName,
    origin: RunId,
    trust_code: bool,
}

impl Request {
    /// The engine's options.
    pub fn options(mut self) -> ReuseOptions {
        let resume = self.resume.take().map(|Resume { flow, origin, trust_code }| ResumeFrom {
            origin: RunKey { flow, run: origin },
            trust_code,
        });
        let world = World::new(version_of, may_move);
        let Self { steps, trust_pickles, verify, .. } = self;
        ReuseOptions { steps, resume, trust_pickles, world: Some(world), verify }
    }
}

/// Asks Python for the version of something of the world. What raises can't be told.
pub fn version_of(kind: &str, name: &str) -> Option<Option<String>> {
    Python::attach(|py| {
        let look = py.import("flownote.provenance.world")?.getattr("version_of")?;
        let (known, version): (bool, Option<String>) = look.call1((kind, name))?.extract()?;
        Ok::<_, PyErr>(known.then_some(version))
    })
    .ok()
    .flatten()
}

/// Whether the version of something may be asked for on another thread: what users wrote
/// themselves to tell it may not.
fn may_move(kind: &str, name: &str) -> bool {
    Python::attach(|py| {
        let moves = py.import("flownote.provenance.world")?.getattr("may_move")?;
        moves.call1((kind, name))?.extract()
    })
    .unwrap_or(false)
}

/// The run that `resume` takes results from, as JSON: `{"run", "parameters"}`. `latest` is
/// the flow's newest run that isn't still going on.
#[pyfunction]
#[pyo3(signature = (flow, reference, file, store=None))]
pub fn origin_run(
    py: Python<'_>,
    flow: &str,
    reference: &str,
    file: &str,
    store: Option<&str>,
) -> PyResult<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let found = runtime.block_on(async {
        let store = place::open(store, false).await?;
        let flow = FlowName::new(flow);
        if store.latest_run(&flow).await?.is_none() {
            let store = store.url().to_string();
            return Err(reference::Error::NoOrigin { flow, store, file: file.into() }.into());
        }
        let run = match reference {
            "latest" => latest_over(&store, &flow).await?,
            name => resolve_run(&store, name, Some(&flow)).await?,
        };
        let record = store.run_record(&run).await?;
        let origin = serde_json::json!({"run": record.run, "parameters": record.parameters});
        Ok::<_, Failure>(origin.to_string())
    });
    found.map_err(|error| error.raise(py))
}

async fn latest_over(store: &Store, flow: &FlowName) -> Result<RunKey, Failure> {
    use Status::{Cancelled, Failed, Interrupted, Succeeded};
    let status = vec![Succeeded, Failed, Cancelled, Interrupted];
    let filter = RunFilter { status, limit: Some(1), ..RunFilter::of(flow.clone()) };
    match store.runs(&filter).await?.runs.pop() {
        Some(run) => Ok(RunKey { flow: run.flow, run: run.run }),
        None => Err(reference::Error::StillRunning { flow: flow.clone() }.into()),
    }
}
