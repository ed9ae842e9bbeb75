//! What earlier sessions left: the newest execution of each cell.

use std::collections::BTreeMap;

use flownote_flow::exact;
use flownote_flow::id::{FlowName, StepName};
use flownote_flow::manifest::{ArtifactRecord, Outcome, TaskDone};
use flownote_flow::provenance::{External, Provenance};
use flownote_notebook::session::{FinishStatus, Origin, Past};
use flownote_notebook::{CellId, Document, Output};
use flownote_store::client::RunFilter;
use flownote_store::{RunKey, Store};
use serde::Deserialize;

use super::done::OfCell;
use crate::cache::World;
use crate::values::is_common;

/// How many sessions are looked through for a cell's newest execution.
const SESSIONS: usize = 20;

/// The newest execution of a cell, and its values.
#[derive(Clone, Debug)]
pub struct Remembered {
    /// What the session wants to know.
    pub past: Past,
    /// The values that are stored, by name.
    pub artifacts: BTreeMap<String, ArtifactRecord>,
    /// What it read of the world.
    pub externals: Vec<External>,
    /// When it began, if it ran itself: RFC 3339.
    pub started_at: Option<String>,
    /// When it ended.
    pub finished_at: String,
}

impl Remembered {
    /// Trusts the result no more if something that it read is another now.
    pub async fn compare(&mut self, world: &World) {
        let thing = |it: &External| (it.kind.clone(), it.name.clone());
        let now = world.versions(&self.externals.iter().map(thing).collect()).await;
        let changed = |it: &&External| {
            let now = now.get(&thing(it)).and_then(Option::as_ref);
            now.is_some_and(|now| *now != it.version)
        };
        if let Some(changed) = self.externals.iter().find(changed) {
            let why = format!("read {} `{}`, which changed", changed.kind, changed.name);
            self.past.unverified.get_or_insert(why);
        }
    }
}

/// Finds the newest execution of each cell of a notebook.
///
/// # Errors
/// When the datastore can't be read.
pub async fn remembered(
    store: &Store,
    flow: &FlowName,
    document: &Document,
) -> Result<Vec<Remembered>, flownote_store::Error> {
    let Some(id) = &document.id else { return Ok(Vec::new()) };
    let code = document.cells().iter().filter(|cell| cell.language.is_code());
    let mut open: Vec<CellId> = code.map(|cell| cell.id.clone()).collect();
    let filter = RunFilter {
        tags: vec![format!("notebook:{}", id.as_str())],
        limit: Some(SESSIONS),
        ..RunFilter::of(flow.clone())
    };
    let mut found = Vec::new();
    for run in store.runs(&filter).await?.runs {
        if open.is_empty() {
            break;
        }
        let key = RunKey::new(run.flow, run.run);
        let tasks = store.tasks(&key, None).await?;
        let mut left = Vec::new();
        for cell in open {
            // Tasks come in the order of their numbers.
            let mut of_cell = tasks.iter().rev().filter(|it| it.step.as_str() == cell.as_str());
            let newest = of_cell.find(|task| task.finished_at.is_some());
            let Some(newest) = newest else {
                left.push(cell);
                continue;
            };
            let step = StepName::new(cell.as_str());
            let done = store.attempts(&key, &step, &newest.task).await?.pop();
            let Some(done) = done else { continue };
            let outputs = outputs_of(store, &done).await;
            found.extend(remember(cell, done, outputs));
        }
        open = left;
    }
    // From top to bottom, whichever session each is from.
    found.sort_by_key(|it| document.position(&it.past.cell));
    Ok(found)
}

/// What a task showed; nothing where that is gone.
async fn outputs_of(store: &Store, done: &TaskDone) -> Vec<Output> {
    let Some(record) = done.manifest.artifacts.get(super::OUTPUTS) else { return Vec::new() };
    let text = store.read_record(record).await;
    text.ok().and_then(|text| exact::from_slice(&text).ok()).unwrap_or_default()
}

fn remember(cell: CellId, done: TaskDone, outputs: Vec<Output>) -> Option<Remembered> {
    let provenance = Provenance::deserialize(&done.manifest.provenance).ok()?;
    let of_cell = OfCell::deserialize(done.manifest.provenance.get("cell")?).ok()?;
    let started_at = done.started_at.filter(|_| done.reused.is_none());
    let finished_at = done.finished_at.clone();
    let mut artifacts = done.manifest.artifacts;
    artifacts.remove(super::OUTPUTS);
    let mut defined = of_cell.defined;
    for (name, it) in &mut defined {
        let stored = artifacts.get(name);
        it.digest = stored.map(|record| record.digest.to_string());
        it.common = stored.is_some_and(is_common);
    }
    let origin = match done.reused {
        Some(reused) => {
            Origin { pathspec: reused.pathspec, user: reused.user, finished_at: reused.finished_at }
        }
        None => Origin {
            pathspec: format!("{}/{}/{}/{}", done.flow, done.run, done.step, done.task),
            user: done.user,
            finished_at: done.finished_at,
        },
    };
    let past = Past {
        cell,
        code: provenance.code.digest.to_string(),
        inputs: of_cell.inputs,
        modules: provenance.environment.distributions,
        recipe: of_cell.recipe,
        status: match done.outcome {
            Outcome::Ok => FinishStatus::Ok,
            Outcome::Cancelled => FinishStatus::Interrupted,
            Outcome::Failed | Outcome::Lost => FinishStatus::Error,
        },
        defined,
        deleted: provenance.deleted.into_iter().collect(),
        // What mustn't be kept for others isn't to be trusted from an earlier session either.
        unverified: provenance.unverified.or(provenance.uncacheable),
        unkept: of_cell.unkept,
        outputs,
        origin,
    };
    Some(Remembered { past, artifacts, externals: provenance.externals, started_at, finished_at })
}
