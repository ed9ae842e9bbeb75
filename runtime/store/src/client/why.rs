//! Why a task ran although something like it was kept: the first thing that differs from
//! the nearest kept result.

use std::collections::HashMap;

use flownote_flow::cache::CacheRecord;
use flownote_flow::id::TaskId;
use flownote_flow::manifest::{Digest, Reused, TaskDone};
use flownote_flow::provenance::{Code, Difference, Provenance, Unusable, nearest};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::keys::RunKey;
use crate::store::Store;

/// Where a task's provenance says why it ran although a result was looked for. The engine
/// writes it; what `resume` found in its origin is told nowhere else.
pub const NOT_REUSED: &str = "not_reused";

/// How many kept results are compared where nobody asked for a comparison.
const NEWEST: usize = 500;

/// What is said of a task that looked for no kept result, before what differs all the same.
const UNASKED: &str = "no kept result was looked for: `flownote run --cache` and `@cache` do";

/// What is said of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Why {
    /// The first thing that differs, or why there is nothing to compare.
    pub why: String,
    /// The task that made the nearest kept result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest: Option<Reused>,
    /// What else differs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
}

impl Why {
    fn said(why: impl Into<String>) -> Self {
        Self { why: why.into(), nearest: None, also: Vec::new() }
    }
}

impl Store {
    /// Tells why a task ran that looked for a result; nothing for one that didn't look, or
    /// took what it found. Of many kept results only the newest are compared.
    pub async fn why_briefly(&self, run: &RunKey, done: &TaskDone) -> Result<Option<Why>> {
        if let Some(why) = recorded(done) {
            return Ok(Some(why));
        }
        let known = Provenance::deserialize(&done.manifest.provenance).ok();
        let looked = known.is_some_and(|known| known.seed.is_some());
        if !looked || done.reused.is_some() {
            return Ok(None);
        }
        self.why(run, done, NEWEST).await.map(Some)
    }

    /// Tells why a task ran: how the nearest of the newest kept results differs.
    pub async fn why(&self, run: &RunKey, done: &TaskDone, newest: usize) -> Result<Why> {
        if let Some(reused) = &done.reused {
            let Reused { pathspec, user, finished_at } = reused;
            return Ok(Why::said(format!(
                "it didn't run: reused from {pathspec} by {user}, {finished_at}"
            )));
        }
        if let Some(why) = recorded(done) {
            return Ok(why);
        }
        let Ok(mut asked) = Provenance::deserialize(&done.manifest.provenance) else {
            return Ok(Why::said("never kept: there is no record of what it depends on"));
        };
        let cell = OfCell::of(done);
        if let Err(why) = asked.reusable() {
            return Ok(Why::said(match (&cell, why) {
                (Some(_), Unusable::Unverified { reason } | Unusable::Uncacheable { reason }) => {
                    format!("never kept: it {reason}")
                }
                (_, why) => format!("never kept: {why}"),
            }));
        }
        if let Some(why) = cell.as_ref().and_then(|cell| cell.unkept.as_ref()) {
            return Ok(Why::said(format!("never kept: {why}")));
        }
        if let Some(why) = cell.as_ref().and_then(|cell| cell.unasked.as_ref()) {
            return Ok(Why::said(format!("never taken from the cache: {why}")));
        }
        if asked.code.parts.is_empty() {
            asked.code = code_of_first(self, run, done).await?.unwrap_or(asked.code);
        }
        let (records, own) = earlier(self, done, &asked, newest).await?;
        let Some(near) = nearest(&asked, records.iter().map(|(_, known)| known)) else {
            let step = &done.step;
            return Ok(Why::said(match own {
                _ if cell.is_some() => "no earlier result of this cell is kept".to_owned(),
                true => format!("it was the first: no earlier result of `{step}` is kept"),
                false => format!(
                    "no result of `{step}` is kept; `flownote run --cache` and `@cache` keep them, \
                     other runs keep what takes a second or more"
                ),
            }));
        };
        let record = &records[near.place].0;
        let mut told = Vec::new();
        for difference in &near.differences {
            told.push(word(self, run, done, record, difference).await?);
        }
        let nearest = Some(record.reused());
        if told.is_empty() {
            let why = match &cell {
                // It was looked for, or it wasn't: nothing tells.
                Some(_) => {
                    "nothing differs: a run with `--cache` takes it, and what is run by itself always runs"
                }
                None => "nothing differs: `--cache` would have reused it",
            };
            let why = why.to_owned();
            return Ok(Why { why, nearest, also: told });
        }
        if cell.is_none() && asked.seed.is_none() {
            return Ok(Why { why: UNASKED.into(), nearest, also: told });
        }
        Ok(Why { why: told.remove(0), nearest, also: told })
    }
}

/// What the engine said when the task ran. One that took a result has its maker's record.
fn recorded(done: &TaskDone) -> Option<Why> {
    let why = done.manifest.provenance.get(NOT_REUSED)?.as_str()?;
    done.reused.is_none().then(|| Why::said(why))
}

/// What notebooks record of a cell beside its provenance (`flownote-kernel`, `record`).
#[derive(Debug, Deserialize)]
struct OfCell {
    /// Why its result isn't kept.
    #[serde(default)]
    unkept: Option<String>,
    /// Why the cache wasn't asked although earlier results were to be taken.
    #[serde(default)]
    unasked: Option<String>,
}

impl OfCell {
    fn of(done: &TaskDone) -> Option<Self> {
        Self::deserialize(done.manifest.provenance.get("cell")?).ok()
    }
}

/// The kept results of the same work that were there before, newest first, and whether the
/// task's own result is kept.
async fn earlier(
    store: &Store,
    done: &TaskDone,
    asked: &Provenance,
    newest: usize,
) -> Result<(Vec<(CacheRecord, Provenance)>, bool)> {
    let (mut found, mut own) = (Vec::new(), false);
    let mut codes: HashMap<Digest, Code> = HashMap::new();
    for entry in store.cache_entries().await?.into_iter().take(newest) {
        let Some(record) = store.kept(&entry.slot).await? else { continue };
        let Ok(known) = Provenance::deserialize(&record.manifest.provenance) else { continue };
        if !known.code.parts.is_empty() {
            codes.insert(known.code.digest.clone(), known.code.clone());
        }
        let begun = done.started_at.as_deref().unwrap_or(&done.finished_at);
        let is_own = record.run == done.run && record.step == done.step && record.task == done.task;
        own |= is_own;
        let alike = record.step == done.step || known.shares_code(asked);
        if !is_own && alike && record.finished_at.as_str() <= begun {
            found.push((record, known));
        }
    }
    // Of a foreach only the first task's record has the parts of the code.
    for (_, known) in &mut found {
        if let Some(code) = codes.get(&known.code.digest).filter(|_| known.code.parts.is_empty()) {
            known.code = code.clone();
        }
    }
    Ok((found, own))
}

/// The code of the step's first task, if it is the same.
async fn code_of_first(store: &Store, run: &RunKey, done: &TaskDone) -> Result<Option<Code>> {
    let first = TaskId::of_path(&vec![0; done.foreach.len()]);
    let dones = store.attempts(run, &done.step, &first).await?;
    let records = dones.iter().map(|it| Provenance::deserialize(&it.manifest.provenance));
    let codes = records.flatten().map(|known| known.code);
    let same = Provenance::deserialize(&done.manifest.provenance).map(|own| own.code.digest);
    Ok(codes.filter(|code| same.as_ref().is_ok_and(|same| *same == code.digest)).last())
}

/// A difference as this command words it: with values and whoever made them.
async fn word(
    store: &Store,
    run: &RunKey,
    done: &TaskDone,
    record: &CacheRecord,
    difference: &Difference,
) -> Result<String> {
    Ok(match difference {
        Difference::Code(Some(part)) => format!("code: {part} changed"),
        Difference::Code(None) => "code: changed".into(),
        Difference::Parameter(name) => {
            let there = RunKey { flow: record.flow.clone(), run: record.run.clone() };
            let values = [value(store, &there, name).await, value(store, run, name).await];
            match values {
                [Some(before), Some(after)] => format!("parameter {name}: {before} → {after}"),
                _ => format!("parameter {name} changed"),
            }
        }
        Difference::Artifact(name) | Difference::Input(name) => {
            match maker(store, run, done, name).await {
                Some(step) => format!("input `{name}` changed, made by `{step}`"),
                None => format!("input `{name}` changed"),
            }
        }
        // Both versions are known here.
        Difference::External(name) => format!("{name} changed"),
        other => other.to_string(),
    })
}

/// The value of a parameter as its record shows it. A run that is gone has none.
async fn value(store: &Store, run: &RunKey, name: &str) -> Option<String> {
    let record = store.run_record(run).await.ok()?;
    let found = record.parameters.get(name).or_else(|| record.constants.get(name));
    found.and_then(|record| record.preview.clone())
}

/// The step that made what a task was given under a name.
async fn maker(store: &Store, run: &RunKey, done: &TaskDone, name: &str) -> Option<String> {
    for parent in &done.parents {
        let (step, task) = parent.split_once('/')?;
        let task = task.rsplit_once('.').map_or(task, |(task, _)| task);
        let found = store.artifact(run, &step.into(), &task.into(), name).await.ok().flatten();
        if let Some(producer) = found.and_then(|artifact| artifact.producer) {
            return producer.split('/').next().map(str::to_owned);
        }
    }
    None
}
