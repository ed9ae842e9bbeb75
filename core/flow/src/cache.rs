//! What the cache keeps: a result under the key of all that it depends on.

use serde::{Deserialize, Serialize};

use crate::id::{FlowName, RunId, StepName, TaskId};
use crate::manifest::{Outcome, Reused, TaskDone, TaskManifest};

/// `cache/<full key>`: a result, written once by Create. Example:
///
/// ```json
/// {"schema":1,"nonce":"5f0c…","flow":"Recommend","run":"20261122T101512345-8f2c9a",
///  "step":"features","task":"0","attempt":0,"user":"ana",
///  "finished_at":"2026-11-22T10:15:53.120Z","elapsed_ms":40775,"manifest":{…}}
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CacheRecord {
    /// [`crate::manifest::SCHEMA`].
    pub schema: u32,
    /// The writer's nonce (engine rule 2).
    pub nonce: String,
    /// The flow whose task computed it.
    pub flow: FlowName,
    /// The run.
    pub run: RunId,
    /// The step.
    pub step: StepName,
    /// The task.
    pub task: TaskId,
    /// The attempt.
    pub attempt: u32,
    /// Who ran it.
    pub user: String,
    /// RFC 3339, UTC.
    pub finished_at: String,
    /// How long it took, in milliseconds.
    pub elapsed_ms: u64,
    /// What it wrote and passed on.
    pub manifest: TaskManifest,
}

impl CacheRecord {
    /// The record of a committed task; nothing for one that failed, that was itself reused,
    /// or whose failure `@catch` turned into a value: failures aren't kept.
    pub fn of(done: &TaskDone, nonce: String, elapsed_ms: u64) -> Option<Self> {
        let computed = done.reused.is_none() && done.manifest.caught.is_none();
        (done.outcome == Outcome::Ok && computed).then(|| Self {
            schema: done.schema,
            nonce,
            flow: done.flow.clone(),
            run: done.run.clone(),
            step: done.step.clone(),
            task: done.task.clone(),
            attempt: done.attempt,
            user: done.user.clone(),
            finished_at: done.finished_at.clone(),
            elapsed_ms,
            manifest: done.manifest.clone(),
        })
    }

    /// Where the result came from, for whoever takes it.
    pub fn reused(&self) -> Reused {
        Reused {
            pathspec: format!("{}/{}/{}/{}", self.flow, self.run, self.step, self.task),
            user: self.user.clone(),
            finished_at: self.finished_at.clone(),
        }
    }

    /// Whether taking the result may load a pickle. The items of a foreach aren't looked
    /// into, and may be pickles.
    pub fn may_hold_pickles(&self) -> bool {
        let mut artifacts = self.manifest.artifacts.values();
        self.manifest.items.is_some() || artifacts.any(|record| record.codec == "pickle")
    }

    /// The artifacts that two computations of one key made differently, by name. Equal
    /// values may pickle to different bytes, so pickles don't count (engine rule 22).
    pub fn disagreements(&self, other: &TaskManifest) -> Vec<String> {
        let mine = self.manifest.artifacts.iter();
        let differ = mine.filter(|(name, record)| {
            record.codec != "pickle"
                && other.artifacts.get(*name).is_none_or(|it| it.digest != record.digest)
        });
        differ.map(|(name, _)| name.clone()).collect()
    }
}

/// When results are looked up and kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CacheMode {
    /// Neither. What took long is kept all the same, so that a later run can say what it
    /// could have saved.
    #[default]
    Off,
    /// Looked up, not kept.
    Read,
    /// Both.
    ReadWrite,
}

impl CacheMode {
    /// Whether results are looked up.
    pub fn reads(self) -> bool {
        self != Self::Off
    }

    /// Whether every result is kept.
    pub fn writes(self) -> bool {
        self == Self::ReadWrite
    }
}
