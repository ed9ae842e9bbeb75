//! What the cells of a notebook's run were and left, for a notebook that begins at one of
//! them.

use std::collections::BTreeMap;

use flownote_flow::manifest::TaskDone;
use flownote_store::client::Task;
use flownote_store::{RunKey, Store};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use flownote_store::notebooks;

/// An execution of a cell.
#[derive(Debug, Serialize)]
pub struct Executed {
    pathspec: String,
    number: u32,
    language: String,
    source: String,
    /// The names that it read.
    inputs: Vec<String>,
    /// The names that it defined.
    defined: Vec<String>,
    /// Those whose values are kept.
    kept: BTreeMap<String, Kept>,
}

/// How a value is kept.
#[derive(Debug, Serialize)]
struct Kept {
    codec: String,
    #[serde(rename = "type")]
    type_name: String,
}

/// What the record of an execution says of its cell (the kernel's `record/done.rs`).
#[derive(Deserialize)]
struct OfCell {
    source: String,
    language: String,
    inputs: BTreeMap<String, IgnoredAny>,
    defined: BTreeMap<String, IgnoredAny>,
}

/// The executions up to a task, in their order; the task's is the last.
pub async fn up_to(
    store: &Store,
    run: &RunKey,
    task: &Task,
) -> Result<Vec<Executed>, flownote_store::Error> {
    let Ok(last) = task.task.as_str().parse::<u32>() else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for one in store.tasks(run, None).await? {
        let Some(number) = one.task.as_str().parse().ok().filter(|number| *number <= last) else {
            continue;
        };
        if one.step.as_str() == notebooks::EXECUTED {
            continue;
        }
        let done = store.attempts(run, &one.step, &one.task).await?.pop();
        all.extend(done.and_then(|done| executed(done, one.pathspec, number)));
    }
    all.sort_by_key(|one| one.number);
    Ok(all)
}

fn executed(done: TaskDone, pathspec: String, number: u32) -> Option<Executed> {
    let cell = OfCell::deserialize(done.manifest.provenance.get("cell")?).ok()?;
    let kept = done.manifest.artifacts.into_iter().filter(|(name, _)| name != notebooks::OUTPUTS);
    Some(Executed {
        pathspec,
        number,
        language: cell.language,
        source: cell.source,
        inputs: cell.inputs.into_keys().collect(),
        defined: cell.defined.into_keys().collect(),
        kept: kept
            .map(|(name, record)| (name, Kept { codec: record.codec, type_name: record.type_name }))
            .collect(),
    })
}
