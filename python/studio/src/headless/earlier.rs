//! What `resume` takes over from the notebook's run before: its parameters.

use flownote_flow::id::FlowName;
use flownote_kernel::supervisor::FLOW;
use flownote_notebook::Document;
use flownote_store::client::{RunFilter, RunSummary};
use flownote_store::{RunKey, Store};

use super::parameters::Parameters;
use crate::shell::Error;

/// An earlier run of a notebook, and the parameters that it was given.
pub struct Earlier {
    /// Its pathspec.
    pub run: String,
    /// Values by name, as JSON text.
    pub parameters: Parameters,
}

/// The newest run of a notebook that is over: found by the notebook's id, for another may have
/// a file of the same name.
pub async fn find(store: &Store, document: &Document) -> Result<Option<Earlier>, Error> {
    let Some(id) = &document.id else { return Ok(None) };
    let Some(run) = newest(store, format!("notebook:{}", id.as_str())).await? else {
        return Ok(None);
    };
    let key = RunKey::new(run.flow, run.run);
    let given = store.run_record(&key).await?.parameters.into_iter();
    let parameters = given.filter_map(|(name, record)| Some((name.to_string(), record.inline?)));
    Ok(Some(Earlier { run: key.to_string(), parameters: parameters.collect() }))
}

async fn newest(store: &Store, tag: String) -> Result<Option<RunSummary>, Error> {
    let filter =
        RunFilter { tags: vec![tag], limit: Some(20), ..RunFilter::of(FlowName::new(FLOW)) };
    let runs = store.runs(&filter).await?.runs;
    // One that was killed is over, and never said so.
    Ok(runs.into_iter().find(|run| !run.status.is_live()))
}
