//! [`Target`]: a run, and perhaps a step, a task and an artifact of it.

use std::collections::BTreeMap;

use crate::client::{Artifact, Origin, Task};
use crate::notebooks::{self, Cells};
use crate::{RunKey, Store};
use flownote_flow::id::{StepName, TaskId};

use super::Error;

/// What a text means. The run exists and its flow has the step; whether there is such a
/// task shows when it is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The run.
    pub run: RunKey,
    /// The step.
    pub step: Option<StepName>,
    /// The task.
    pub task: Option<TaskId>,
    /// The artifact.
    pub artifact: Option<String>,
}

impl Target {
    /// The task that is meant: the one named, or a step's only one.
    pub async fn one_task(&self, store: &Store, text: &str) -> Result<Task, Error> {
        let Some(step) = &self.step else {
            return Err(Error::TooShort { text: text.into(), what: "task" });
        };
        if let Some(task) = &self.task {
            return match store.task(&self.run, step, task).await {
                Err(crate::Error::Missing { .. }) => Err(Error::NoTask {
                    run: self.run.clone(),
                    step: step.to_string(),
                    task: task.to_string(),
                    tasks: ids(&store.tasks(&self.run, Some(step)).await?),
                }),
                other => Ok(other?),
            };
        }
        let mut tasks = store.tasks(&self.run, Some(step)).await?;
        match tasks.len() {
            1 => Ok(tasks.remove(0)),
            0 => Err(Error::NoTask {
                run: self.run.clone(),
                step: step.to_string(),
                task: "0".into(),
                tasks: vec![],
            }),
            _ => Err(Error::WhichTask {
                run: self.run.clone(),
                step: step.to_string(),
                tasks: ids(&tasks),
            }),
        }
    }

    /// The task that is meant; a run alone means what it ends with.
    pub async fn task_or_end(&self, store: &Store, text: &str) -> Result<Task, Error> {
        match &self.step {
            Some(_) => self.one_task(store, text).await,
            None if notebooks::is(&self.run.flow) => Err(self.which_cell(store).await?),
            None => {
                let end = Self { step: Some(StepName::new("end")), ..self.clone() };
                match end.one_task(store, text).await {
                    Err(Error::NoTask { run, .. }) => Err(Error::NoEnd { run }),
                    other => other,
                }
            }
        }
    }

    /// What can be named of a notebook's run.
    async fn which_cell(&self, store: &Store) -> Result<Error, Error> {
        let cells = Cells::read(store, &self.run).await?;
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        let mut tasks = store.tasks(&self.run, None).await?;
        tasks.sort_by_key(|task| task.task.to_string().parse::<u64>().unwrap_or_default());
        for task in tasks {
            let number = cells.get(&task.step).and_then(|cell| cell.number);
            let Some(number) = number else { continue };
            for own in Self::artifacts(store, &self.run, &task).await? {
                if own.origin == Origin::Own {
                    found.insert(own.name.clone(), format!("{number}/{}", own.name));
                }
            }
        }
        let values = found.into_values().collect();
        Ok(Error::WhichCell { run: self.run.clone(), cells: cells.count(), values })
    }

    /// The tasks that are meant: the one named, a step's, or the whole run's.
    pub async fn tasks(&self, store: &Store, text: &str) -> Result<Vec<Task>, Error> {
        match (&self.step, &self.task) {
            (Some(_), Some(_)) => Ok(vec![self.one_task(store, text).await?]),
            (step, _) => Ok(store.tasks(&self.run, step.as_ref()).await?),
        }
    }

    /// An artifact of a task.
    pub async fn artifact(
        store: &Store,
        run: &RunKey,
        task: &Task,
        name: &str,
    ) -> Result<Artifact, Error> {
        let found = store.artifact(run, &task.step, &task.task, name).await;
        if let Some(artifact) = absent(found)? {
            return Ok(artifact);
        }
        let others = Self::artifacts(store, run, task).await?;
        Err(Error::NoArtifact {
            task: task.pathspec.clone(),
            artifact: name.into(),
            artifacts: others.into_iter().map(|other| other.name).collect(),
        })
    }

    /// The artifacts that a task sees; none while it isn't done. What a notebook's cell showed
    /// is kept as one, and is no value of its user's.
    pub async fn artifacts(
        store: &Store,
        run: &RunKey,
        task: &Task,
    ) -> Result<Vec<Artifact>, Error> {
        let found = store.artifacts(run, &task.step, &task.task).await;
        let mut found = absent(found.map(Some))?.unwrap_or_default();
        if notebooks::is(&run.flow) {
            found.retain(|it| it.name != notebooks::OUTPUTS);
        }
        Ok(found)
    }
}

/// A task under way has no result, and so no artifacts.
fn absent<T>(found: Result<Option<T>, crate::Error>) -> Result<Option<T>, crate::Error> {
    match found {
        Err(crate::Error::Missing { .. }) => Ok(None),
        other => other,
    }
}

fn ids(tasks: &[Task]) -> Vec<String> {
    tasks.iter().map(|task| task.task.to_string()).collect()
}
