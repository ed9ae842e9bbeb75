//! What the cells of a notebook were called in its run before, for files that don't say.

use flownote_flow::id::FlowName;
use flownote_flow::run::RunRecord;
use flownote_notebook::recognise::Earlier;
use flownote_notebook::{CellId, Document, Language};
use flownote_store::client::RunFilter;
use flownote_store::{RunKey, Store};

/// Gives the cells that the notebook's file doesn't name the ids that they had in its newest
/// run, so that a cell keeps its past when it is edited.
///
/// # Errors
/// When the datastore can't be read.
pub async fn recognise(
    store: &Store,
    flow: &FlowName,
    document: &mut Document,
) -> Result<(), flownote_store::Error> {
    let Some(id) = document.id.clone().filter(|_| document.has_unnamed()) else { return Ok(()) };
    let filter = RunFilter {
        tags: vec![format!("notebook:{}", id.as_str())],
        limit: Some(1),
        ..RunFilter::of(flow.clone())
    };
    if let Some(run) = store.runs(&filter).await?.runs.into_iter().next() {
        let record = store.run_record(&RunKey::new(run.flow, run.run)).await?;
        document.recognise(&cells_of(&record));
    }
    Ok(())
}

/// The cells of a run, in their order. What was given is none of the file's.
fn cells_of(record: &RunRecord) -> Vec<Earlier> {
    let steps = record.description.steps.iter().filter(|step| step.line > 0);
    let cells = steps.map(|step| {
        let source = record.sources.get(step.name.as_str());
        let language = step.language.as_deref().and_then(Language::from_name);
        Earlier {
            id: CellId::new(step.name.as_str()),
            language: language.unwrap_or_default(),
            // Of a very long one the first line is known.
            source: source
                .and_then(|it| it.inline.clone())
                .or(step.doc.clone())
                .unwrap_or_default(),
        }
    });
    cells.collect()
}
