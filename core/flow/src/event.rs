//! The vocabulary between the schedule and whoever performs it: [`RunEvent`]s in,
//! [`Action`]s out. Events are what the log keeps; actions are never stored.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::id::{AttemptKey, StepName};
use crate::manifest::{FailureKind, Next};

/// What happened to a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum RunEvent {
    /// A scheduler took the run: epoch 1 begins it, a higher one takes it over.
    Epoch {
        /// The epoch, one above the last.
        epoch: u64,
        /// Who took it (`ana@box:4711`).
        owner: String,
    },
    /// A worker began an attempt.
    AttemptStarted {
        /// The attempt.
        attempt: AttemptKey,
    },
    /// An attempt's `done` object exists.
    AttemptFinished {
        /// The attempt.
        attempt: AttemptKey,
        /// What it says.
        result: AttemptResult,
    },
    /// Time passed.
    TimerFired {
        /// The timer that an action started.
        timer: Timer,
    },
    /// Somebody asked the run to stop.
    CancelRequested,
    /// The run is over. The last event of every finished run.
    RunFinished {
        /// How.
        status: RunStatus,
    },
}

/// How an attempt ended, as far as scheduling goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum AttemptResult {
    /// It committed.
    Ok {
        /// Where the flow goes.
        next: Next,
    },
    /// It failed.
    Failed {
        /// Why.
        kind: FailureKind,
        /// Whether another attempt could help.
        retryable: bool,
    },
    /// It was cancelled.
    Cancelled,
    /// It was closed by a tombstone. Another attempt starts; it doesn't count as a retry.
    Lost,
}

/// A timer's name. A timer fires at most once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "timer", rename_all = "snake_case")]
pub enum Timer {
    /// The wait before a further attempt.
    Retry {
        /// The attempt that then starts.
        attempt: AttemptKey,
    },
    /// The grace for the siblings of a failed task, then they are cancelled.
    Grace,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Start an attempt. Never more than `max_workers` are under way.
    Launch(Launch),
    /// Call back with [`RunEvent::TimerFired`] after a while.
    StartTimer {
        /// The timer.
        timer: Timer,
        /// Milliseconds from now.
        after_ms: u64,
    },
    /// End an attempt; it answers with [`RunEvent::AttemptFinished`] as ever.
    CancelAttempt {
        /// The attempt.
        attempt: AttemptKey,
    },
    /// Nothing is left to do: log [`RunEvent::RunFinished`] and stop.
    FinishRun {
        /// How the run ended.
        status: RunStatus,
    },
}

/// An attempt to start.
#[derive(Clone, Debug, PartialEq)]
pub struct Launch {
    /// The attempt.
    pub attempt: AttemptKey,
    /// The committed attempts whose results it is given: one for most steps, all the
    /// branches in order for a join, none for `start`.
    pub parents: Arc<[AttemptKey]>,
    /// How to run it.
    pub mode: LaunchMode,
    /// The foreach levels from the outermost in.
    pub foreach: Vec<ForeachFrame>,
    /// `@timeout`, in milliseconds.
    pub timeout_ms: Option<u64>,
}

/// How to run an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaunchMode {
    /// Run the step.
    Normal,
    /// Run the step; no retry follows, so `@catch` turns an exception into a value.
    Last,
    /// The last retry's process died: don't run the step, only let `@catch` do its work.
    Fallback,
}

/// One level of foreach around a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeachFrame {
    /// The attempt that split.
    pub split: AttemptKey,
    /// Which item this is, from 0.
    pub index: u32,
    /// How many there are.
    pub count: u32,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// `end` committed.
    Succeeded,
    /// A task failed for good.
    Failed,
    /// It was cancelled.
    Cancelled,
}

/// The rules that a schedule follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// How many attempts may be under way at once; at least 1.
    pub max_workers: u32,
    /// What a task's final failure means for the others.
    pub on_failure: OnFailure,
    /// Decorators added on the command line, `--with retry:times=3`; merged into the
    /// description's before the graph is made, kept here for the record.
    #[serde(default)]
    pub with: Vec<String>,
    /// The step after which the run ends: only what leads to it runs. The run succeeds when
    /// every task of it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<StepName>,
}

/// What a task's final failure means for the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OnFailure {
    /// Start nothing more; give what runs `grace_ms` to finish, then cancel it.
    FailFast {
        /// Milliseconds.
        grace_ms: u64,
    },
    /// Go on with every branch that doesn't need the failed task.
    KeepGoing,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_workers: 2,
            on_failure: OnFailure::FailFast { grace_ms: 10_000 },
            with: Vec::new(),
            until: None,
        }
    }
}

/// The retries, catch and timeout of one step, as its decorators give them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StepPolicy {
    /// Attempts after the first.
    pub retries: u32,
    /// Milliseconds before the first retry.
    pub retry_after_ms: u64,
    /// Each further wait is this many times the one before; 1 is a constant wait.
    pub backoff: f64,
    /// Whether `@catch` turns the final failure into a value.
    pub catch: bool,
    /// `@timeout`, in milliseconds.
    pub timeout_ms: Option<u64>,
}

/// Kept for readers of the log who only want names.
impl Launch {
    /// The step to run.
    pub fn step(&self) -> &StepName {
        &self.attempt.task.step
    }
}
