//! The tasks of a run, each with its attempts.

use std::collections::{BTreeMap, BTreeSet};

use flownote_flow::event::RunEvent;
use flownote_flow::id::{StepName, TaskId};
use flownote_flow::manifest::{Failure, Next, Outcome, Reused, TaskDone, Usage};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use super::{AT_ONCE, Status};
use crate::error::{Error, Result};
use crate::keys::{self, RunKey};
use crate::run::decode;
use crate::store::Store;

/// One task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// `Flow/run/step/task`.
    pub pathspec: String,
    /// The step.
    pub step: StepName,
    /// The task within the step.
    pub task: TaskId,
    /// How it stands: how its last attempt does.
    pub status: TaskStatus,
    /// The foreach indices from the outermost in: `(step that split, index, count)`.
    pub foreach: Vec<(StepName, u32, u32)>,
    /// When its first attempt began, RFC 3339.
    pub created_at: Option<String>,
    /// When its last attempt ended, RFC 3339; absent while it isn't over.
    pub finished_at: Option<String>,
    /// The tasks whose results it was given, `step/task`.
    pub parents: Vec<String>,
    /// Why it failed, or the exception that `@catch` turned into a value.
    pub exception: Option<Failure>,
    /// The task whose result it took, when nothing ran.
    pub reused: Option<Reused>,
    /// Where it went.
    pub next: Option<Next>,
    /// Its attempts, from the first.
    pub attempts: Vec<Attempt>,
}

/// How a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// It committed.
    Succeeded,
    /// It failed.
    Failed,
    /// It was cancelled.
    Cancelled,
    /// A tombstone closed its last attempt.
    Lost,
    /// It is at work.
    Running,
    /// It was at work when the run's owner went.
    Interrupted,
}

/// One attempt at a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// From 0.
    pub attempt: u32,
    /// How it ended or stands.
    pub status: TaskStatus,
    /// RFC 3339.
    pub started_at: Option<String>,
    /// RFC 3339; absent while it isn't over.
    pub finished_at: Option<String>,
    /// Where it ran.
    pub host: String,
    /// The worker's process id there.
    pub pid: u32,
    /// What it used.
    pub usage: Usage,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// Bytes that it wrote to standard output.
    pub stdout_bytes: u64,
    /// Bytes that it wrote to standard error.
    pub stderr_bytes: u64,
    /// What a user should see once.
    pub notices: Vec<String>,
}

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
        let dones = stream::iter(names).map(async |key| match self.get(&key).await? {
            Some(body) => decode(&key, &body).map(Some),
            None => Ok(None),
        });
        let dones: Vec<Option<TaskDone>> = dones.buffered(AT_ONCE).try_collect().await?;
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

enum Attempted {
    Done(Box<TaskDone>),
    Open(u32, TaskStatus),
}

impl Attempted {
    fn number(&self) -> u32 {
        match self {
            Self::Done(done) => done.attempt,
            Self::Open(attempt, _) => *attempt,
        }
    }
}

fn task_of(run: &RunKey, step: StepName, task: TaskId, mut known: Vec<Attempted>) -> Task {
    known.sort_by_key(Attempted::number);
    let dones = || {
        known.iter().filter_map(|known| match known {
            Attempted::Done(done) => Some(&**done),
            Attempted::Open(..) => None,
        })
    };
    let last = match known.last() {
        Some(Attempted::Done(done)) => Some(&**done),
        _ => None,
    };
    let parents = dones().next_back().map(|done| done.parents.as_slice()).unwrap_or_default();
    let attempts: Vec<Attempt> = known.iter().map(attempt_of).collect();
    Task {
        pathspec: format!("{run}/{step}/{task}"),
        status: attempts.last().map_or(TaskStatus::Running, |attempt| attempt.status),
        foreach: dones().next_back().map(|done| done.foreach.clone()).unwrap_or_default(),
        created_at: attempts.iter().find_map(|attempt| attempt.started_at.clone()),
        finished_at: last.map(|done| done.finished_at.clone()),
        parents: parents.iter().map(|parent| without_attempt(parent).to_owned()).collect(),
        exception: last.and_then(|done| done.failure.clone().or(done.manifest.caught.clone())),
        reused: last.and_then(|done| done.reused.clone()),
        next: last.and_then(|done| done.manifest.next.clone()),
        step,
        task,
        attempts,
    }
}

/// `step/task` of `step/task.attempt`.
fn without_attempt(key: &str) -> &str {
    key.rsplit_once('.').map_or(key, |(task, _)| task)
}

fn attempt_of(known: &Attempted) -> Attempt {
    match known {
        Attempted::Open(attempt, status) => Attempt {
            attempt: *attempt,
            status: *status,
            started_at: None,
            finished_at: None,
            host: String::new(),
            pid: 0,
            usage: Usage::default(),
            failure: None,
            stdout_bytes: 0,
            stderr_bytes: 0,
            notices: Vec::new(),
        },
        Attempted::Done(done) => Attempt {
            attempt: done.attempt,
            status: match done.outcome {
                Outcome::Ok => TaskStatus::Succeeded,
                Outcome::Failed => TaskStatus::Failed,
                Outcome::Cancelled => TaskStatus::Cancelled,
                Outcome::Lost => TaskStatus::Lost,
            },
            started_at: done.started_at.clone(),
            finished_at: Some(done.finished_at.clone()),
            host: done.host.clone(),
            pid: done.pid,
            usage: done.usage,
            failure: done.failure.clone(),
            stdout_bytes: done.logs.stdout.bytes,
            stderr_bytes: done.logs.stderr.bytes,
            notices: done.manifest.notices.clone(),
        },
    }
}
