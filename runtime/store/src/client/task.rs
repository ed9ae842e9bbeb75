//! One task and its attempts, as they are shown.

use flownote_flow::graph::FlowGraph;
use flownote_flow::id::{StepName, TaskId};
use flownote_flow::manifest::{Failure, Next, Outcome, Reused, TaskDone, Usage};
use serde::{Deserialize, Serialize};

use crate::keys::RunKey;

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

impl Task {
    /// Puts a task together from the results of its attempts; none without any.
    pub fn of_dones(run: &RunKey, dones: Vec<TaskDone>) -> Option<Self> {
        let (step, task) = dones.first().map(|done| (done.step.clone(), done.task.clone()))?;
        let known = dones.into_iter().map(|done| Attempted::Done(Box::new(done))).collect();
        Some(task_of(run, step, task, known))
    }

    /// Whether it failed, and its step would have tried it again. Once the run is over, that
    /// was cut off: something else ended the run.
    pub fn has_tries_left(&self, graph: &FlowGraph) -> bool {
        let retryable = self.exception.as_ref().is_some_and(|failure| failure.retryable);
        let failed = self.attempts.iter().filter(|it| it.status == TaskStatus::Failed).count();
        let retries = graph.step(&self.step).map_or(0, |step| step.policy.retries as usize);
        self.status == TaskStatus::Failed && retryable && failed <= retries
    }

    /// Sorts failed tasks of a run that is over: what ended the run comes first, what was cut
    /// off last.
    pub fn sort_by_cause(failed: &mut [&Self], graph: Option<&FlowGraph>) {
        failed.sort_by_key(|task| {
            (graph.is_some_and(|graph| task.has_tries_left(graph)), task.finished_at.clone())
        });
    }
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

/// An attempt as a listing meets it: closed, or begun as the log says.
pub(super) enum Attempted {
    Done(Box<TaskDone>),
    Open(u32, TaskStatus),
}

impl Attempted {
    pub(super) fn number(&self) -> u32 {
        match self {
            Self::Done(done) => done.attempt,
            Self::Open(attempt, _) => *attempt,
        }
    }
}

/// Puts a task together from its attempts.
pub(super) fn task_of(
    run: &RunKey,
    step: StepName,
    task: TaskId,
    mut known: Vec<Attempted>,
) -> Task {
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
