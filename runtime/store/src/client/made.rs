//! What the tasks of a run wrote: names and digests, for those who look where a value is.

use flownote_flow::id::{StepName, TaskId};
use flownote_flow::manifest::{ArtifactRecord, Digest, Outcome};

use crate::error::Result;
use crate::keys::RunKey;
use crate::store::Store;

/// An artifact that a task wrote, or took with another's result.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// The step.
    pub step: StepName,
    /// The task.
    pub task: TaskId,
    /// The artifact.
    pub name: String,
    /// Its digest.
    pub digest: Digest,
    /// What it is.
    pub record: ArtifactRecord,
    /// Who ran the task.
    pub user: String,
    /// When it ended.
    pub finished_at: String,
    /// Whether it took the result rather than computing it.
    pub reused: bool,
}

impl Store {
    /// Lists every artifact that tasks of a run wrote. It reads all results of the run.
    pub async fn made(&self, run: &RunKey) -> Result<Vec<Made>> {
        let mut found = Vec::new();
        let dones = self.dones(run, None).await?;
        for done in dones.into_iter().filter(|done| done.outcome == Outcome::Ok) {
            for (name, record) in done.manifest.artifacts {
                found.push(Made {
                    step: done.step.clone(),
                    task: done.task.clone(),
                    name,
                    digest: record.digest.clone(),
                    record,
                    user: done.user.clone(),
                    finished_at: done.finished_at.clone(),
                    reused: done.reused.is_some(),
                });
            }
        }
        Ok(found)
    }
}
