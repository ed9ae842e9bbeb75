//! The artifacts that a task sees: its own, those passed on to it, parameters and class
//! constants.

use std::collections::BTreeMap;

use flownote_flow::id::{StepName, TaskId};
use flownote_flow::manifest::{ArtifactRecord, Digest, Outcome, TaskDone};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use super::AT_ONCE;
use crate::error::{Error, Result};
use crate::keys::RunKey;
use crate::run::decode;
use crate::store::Store;

/// One artifact as a task sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Artifact {
    /// `Flow/run/step/task/name`.
    pub pathspec: String,
    /// Its name.
    pub name: String,
    /// How it came to the task.
    pub origin: Origin,
    /// The attempt that wrote it, `step/task.attempt`; absent for what the run was
    /// started with.
    pub producer: Option<String>,
    /// The record: codec, digest, size, type, preview, and the bytes when small.
    pub record: ArtifactRecord,
}

/// How an artifact came to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The task wrote it.
    Own,
    /// An earlier task wrote it.
    Inherited,
    /// A parameter of the run.
    Parameter,
    /// A constant of the flow's class.
    Constant,
}

impl Artifact {
    /// The producer as errors name it.
    pub fn producer_name(&self) -> &str {
        self.producer.as_deref().unwrap_or("run.json")
    }
}

impl Store {
    /// Lists the artifacts that a task sees, by name.
    pub async fn artifacts(
        &self,
        run: &RunKey,
        step: &StepName,
        task: &TaskId,
    ) -> Result<Vec<Artifact>> {
        self.visible(run, step, task, None).await
    }

    /// Finds one artifact of a task; none when the task doesn't see such a name.
    pub async fn artifact(
        &self,
        run: &RunKey,
        step: &StepName,
        task: &TaskId,
        name: &str,
    ) -> Result<Option<Artifact>> {
        Ok(self.visible(run, step, task, Some(name)).await?.into_iter().next())
    }

    async fn visible(
        &self,
        run: &RunKey,
        step: &StepName,
        task: &TaskId,
        only: Option<&str>,
    ) -> Result<Vec<Artifact>> {
        let done = self.result(run, step, task).await?;
        let record = self.run_record(run).await?;
        let mut found = BTreeMap::new();
        let wanted = |name: &str| only.is_none_or(|only| only == name);
        let mut add = |name: &str, origin, producer: Option<&str>, record: &ArtifactRecord| {
            let artifact = Artifact {
                pathspec: format!("{run}/{step}/{task}/{name}"),
                name: name.to_owned(),
                origin,
                producer: producer.map(str::to_owned),
                record: record.clone(),
            };
            found.insert(name.to_owned(), artifact);
        };
        for (name, record) in record.constants.iter().filter(|(name, _)| wanted(name)) {
            add(name, Origin::Constant, None, record);
        }
        for (name, record) in record.parameters.iter().filter(|(name, _)| wanted(name)) {
            add(name, Origin::Parameter, None, record);
        }
        for (producer, records) in self.inherited(run, &done, only).await? {
            for (name, record) in &records {
                add(name, Origin::Inherited, Some(&producer), record);
            }
        }
        let own = attempt_name(&done);
        for (name, record) in done.manifest.artifacts.iter().filter(|(name, _)| wanted(name)) {
            add(name, Origin::Own, Some(&own), record);
        }
        Ok(found.into_values().collect())
    }

    /// The `done` whose artifacts a task has: of the attempt that committed, else of the
    /// last.
    pub(crate) async fn result(
        &self,
        run: &RunKey,
        step: &StepName,
        task: &TaskId,
    ) -> Result<TaskDone> {
        let mut dones = self.attempts(run, step, task).await?;
        let committed = dones.iter().position(|done| done.outcome == Outcome::Ok);
        match committed {
            Some(place) => Ok(dones.swap_remove(place)),
            None => dones.pop().ok_or_else(|| Error::Missing {
                what: format!("a result of task `{run}/{step}/{task}`"),
                store: self.url().to_string(),
            }),
        }
    }

    /// Finds the records of what a task passes on, in its producers' manifests.
    pub(crate) async fn inherited(
        &self,
        run: &RunKey,
        done: &TaskDone,
        only: Option<&str>,
    ) -> Result<Vec<(String, BTreeMap<String, ArtifactRecord>)>> {
        let named = |names: &BTreeMap<String, Digest>| -> Vec<String> {
            names.keys().filter(|name| only.is_none_or(|only| only == *name)).cloned().collect()
        };
        // Owned, so that the stream can be waited for on any thread.
        let wanted: Vec<(String, Vec<String>)> = done
            .manifest
            .inherited
            .iter()
            .map(|(producer, names)| (producer.clone(), named(names)))
            .filter(|(_, names)| !names.is_empty())
            .collect();
        stream::iter(wanted)
            .map(|(producer, names)| async move {
                let key = run.key(&format!("tasks/{producer}.done"));
                let Some(body) = self.get(&key).await? else {
                    return Err(Error::Missing {
                        what: format!("`{run}/{producer}`, which made `{}`", names.join("`, `")),
                        store: self.url().to_string(),
                    });
                };
                let mut made: TaskDone = decode(&key, &body)?;
                let mut records = BTreeMap::new();
                for name in names {
                    if let Some(record) = made.manifest.artifacts.remove(&name) {
                        records.insert(name, record);
                    }
                }
                Ok((producer, records))
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await
    }
}

/// `step/task.attempt` of a `done`.
pub(crate) fn attempt_name(done: &TaskDone) -> String {
    format!("{}/{}.{}", done.step, done.task, done.attempt)
}
