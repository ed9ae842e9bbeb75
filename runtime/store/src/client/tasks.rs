//! Which tasks a run has, from their `done` objects and, while it goes on, from its log.

use std::collections::{BTreeMap, BTreeSet};

use flownote_flow::event::RunEvent;
use flownote_flow::id::{StepName, TaskId};
use flownote_flow::manifest::{Next, Outcome, TaskDone};
use futures::TryStreamExt;

use super::Status;
use super::task::{Attempted, Task, TaskStatus, task_of};
use crate::error::{Error, Result};
use crate::keys::{self, RunKey};
use crate::run::decode;
use crate::store::Store;

impl Store {
    /// Lists the tasks of a run, or of one of its steps: steps in the order of the flow's
    /// source, tasks by their foreach indices.
    pub async fn tasks(&self, run: &RunKey, step: Option<&StepName>) -> Result<Vec<Task>> {
        let record = self.run_record(run).await?;
        let order: Vec<&StepName> =
            record.description.steps.iter().map(|step| &step.name).collect();
        let place = |step: &StepName| order.iter().position(|known| *known == step);
        let mut attempts: BTreeMap<TaskPlace, Vec<Attempted>> = BTreeMap::new();
        let wanted = |found: &StepName| step.is_none_or(|step| step == found);
        for done in self.dones(run, step).await? {
            let key = TaskPlace::new(place(&done.step), &done.step, &done.task);
            attempts.entry(key).or_default().push(Attempted::Done(Box::new(done)));
        }
        for (step, task, attempt, status) in self.open_attempts(run).await? {
            let known = attempts.entry(TaskPlace::new(place(&step), &step, &task)).or_default();
            if wanted(&step) && known.iter().all(|known| known.number() != attempt) {
                known.push(Attempted::Open(attempt, status));
            }
        }
        attempts.retain(|_, known| !known.is_empty());
        Ok(attempts.into_iter().map(|(at, known)| task_of(run, at.step, at.task, known)).collect())
    }

    /// Describes one task. It costs the same however many tasks the run has.
    pub async fn task(&self, run: &RunKey, step: &StepName, task: &TaskId) -> Result<Task> {
        let dones = self.attempts(run, step, task).await?;
        let count = u32::try_from(dones.len()).unwrap_or(u32::MAX);
        let closed = dones.last().is_some_and(|done| done.outcome == Outcome::Ok);
        let mut known: Vec<Attempted> =
            dones.into_iter().map(|done| Attempted::Done(Box::new(done))).collect();
        if !closed {
            let open = self.open_attempts(run).await?.into_iter();
            known.extend(
                open.filter(|open| open.0 == *step && open.1 == *task && open.2 >= count)
                    .map(|open| Attempted::Open(open.2, open.3)),
            );
        }
        if known.is_empty() {
            self.run_record(run).await?;
            return Err(Error::Missing {
                what: format!("task `{run}/{step}/{task}`"),
                store: self.url().to_string(),
            });
        }
        Ok(task_of(run, step.clone(), task.clone(), known))
    }

    /// Reads the `done` objects of a task: attempts are dense, so they are asked for one
    /// after another.
    pub async fn attempts(
        &self,
        run: &RunKey,
        step: &StepName,
        task: &TaskId,
    ) -> Result<Vec<TaskDone>> {
        let mut found = Vec::new();
        for attempt in 0.. {
            let key = run.key(&format!("tasks/{step}/{task}.{attempt}.done"));
            match self.get(&key).await? {
                Some(body) => found.push(decode(&key, &body)?),
                None => break,
            }
        }
        Ok(found)
    }

    /// Lists the tasks that were given a task's results.
    pub async fn child_tasks(&self, run: &RunKey, of: &Task) -> Result<Vec<Task>> {
        let name = format!("{}/{}", of.step, of.task);
        let steps: Vec<Option<&StepName>> = match &of.next {
            Some(Next::Steps { steps }) => steps.iter().map(Some).collect(),
            Some(Next::Foreach { step, count: 1.. }) => vec![Some(step)],
            // A foreach over nothing goes on at its join, wherever that is.
            Some(Next::Foreach { .. }) => vec![None],
            Some(Next::End) | None => vec![],
        };
        let mut children = Vec::new();
        for step in steps {
            let tasks = self.tasks(run, step).await?;
            children.extend(tasks.into_iter().filter(|task| task.parents.contains(&name)));
        }
        Ok(children)
    }

    /// Reads all `done` objects of a run or of one step.
    pub(crate) async fn dones(
        &self,
        run: &RunKey,
        step: Option<&StepName>,
    ) -> Result<Vec<TaskDone>> {
        let steps = match step {
            Some(step) => vec![format!("{step}/")],
            None => self.list(&run.key("tasks")).await?,
        };
        let mut names = Vec::new();
        for step in steps.iter().filter(|name| name.ends_with('/')) {
            let folder = run.key(&format!("tasks/{}", step.trim_end_matches('/')));
            let found = self.list(&folder).await?;
            let dones = found.iter().filter(|name| keys::parse_done_name(name).is_some());
            names.extend(dones.map(|name| format!("{folder}/{name}")));
        }
        let dones = self.read_all(names, decode).try_concat().await?;
        Ok(dones.into_iter().flatten().collect())
    }

    /// The attempts that the log of an unfinished run began and didn't end.
    async fn open_attempts(
        &self,
        run: &RunKey,
    ) -> Result<BTreeSet<(StepName, TaskId, u32, TaskStatus)>> {
        let (status, finished) = self.run_status(run).await?;
        if finished.is_some() {
            return Ok(BTreeSet::new());
        }
        let status = match status {
            Status::Running => TaskStatus::Running,
            _ => TaskStatus::Interrupted,
        };
        let mut open = BTreeSet::new();
        for (_, batch) in self.read_log(run, 0).await? {
            for event in batch.events {
                let of = |attempt: &flownote_flow::id::AttemptKey| {
                    (attempt.task.step.clone(), attempt.task.id(), attempt.attempt, status)
                };
                match event {
                    RunEvent::AttemptStarted { attempt } => {
                        open.insert(of(&attempt));
                    }
                    RunEvent::AttemptFinished { attempt, .. } => {
                        open.remove(&of(&attempt));
                    }
                    _ => {}
                }
            }
        }
        Ok(open)
    }
}

/// Where a task stands in a listing.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct TaskPlace {
    place: usize,
    step: StepName,
    path: Vec<u32>,
    task: TaskId,
}

impl TaskPlace {
    fn new(place: Option<usize>, step: &StepName, task: &TaskId) -> Self {
        let path = task.as_str().split('-').map_while(|part| part.parse().ok()).collect();
        let place = place.unwrap_or(usize::MAX);
        Self { place, step: step.clone(), path, task: task.clone() }
    }
}
