//! What a run tells while it goes on: the one stream of events behind the terminal's
//! progress, `--json` lines and, later, the browser.

use flownote_flow::event::RunStatus;
use flownote_flow::id::StepName;
use flownote_flow::manifest::{Failure, Outcome, Reused};
use flownote_flow::schedule::StepCounts;
use flownote_store::Stream;
use serde::Serialize;

/// One thing that people or programs may want to see.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Progress {
    /// The run began, or was taken over.
    RunStarted {
        /// The flow.
        flow: String,
        /// The run.
        run: String,
        /// The datastore.
        store: String,
        /// Whether it continues an earlier scheduler's work.
        continued: bool,
    },
    /// A worker began an attempt.
    AttemptStarted {
        /// The step.
        step: String,
        /// The task.
        task: String,
        /// The attempt, from 0.
        attempt: u32,
        /// Its process.
        pid: u32,
    },
    /// An attempt is over.
    AttemptFinished {
        /// The step.
        step: String,
        /// The task.
        task: String,
        /// The attempt, from 0.
        attempt: u32,
        /// How it ended.
        outcome: Outcome,
        /// How long it ran, in milliseconds.
        elapsed_ms: u64,
        /// Why it failed.
        #[serde(skip_serializing_if = "Option::is_none")]
        failure: Option<Box<Failure>>,
        /// The exception that `@catch` turned into a value.
        #[serde(skip_serializing_if = "Option::is_none")]
        caught: Option<Box<Failure>>,
        /// The task whose result was taken instead of running this one.
        #[serde(skip_serializing_if = "Option::is_none")]
        reused: Option<Reused>,
    },
    /// A task runs although there is an earlier result.
    NotReused {
        /// The step.
        step: String,
        /// The task.
        task: String,
        /// Why (`code changed in clean() (features.py:31)`).
        why: String,
    },
    /// A task waits because another process computes the same.
    Waiting {
        /// The step.
        step: String,
        /// The task.
        task: String,
        /// Who computes it (`process 4711 on box`).
        holder: String,
    },
    /// Results were there that weren't looked for.
    CouldHaveReused {
        /// Of how many tasks.
        tasks: u64,
        /// How long they took when they were computed, in milliseconds.
        saved_ms: u64,
    },
    /// A kept result was computed again.
    Verified {
        /// The step.
        step: String,
        /// The task.
        task: String,
        /// The artifacts that differ.
        differs: Vec<String>,
        /// Pickles that differ: equal values may pickle to different bytes.
        pickles: Vec<String>,
    },
    /// How far each step is; sent after each attempt.
    Counts {
        /// The steps in the order of the graph.
        steps: Vec<(StepName, StepCounts)>,
    },
    /// A failed attempt is tried again after a while.
    Retrying {
        /// The step.
        step: String,
        /// The task.
        task: String,
        /// The attempt that then starts.
        attempt: u32,
        /// Milliseconds from now.
        after_ms: u64,
    },
    /// A line of a step's output, its line end included.
    Log {
        /// The step.
        step: String,
        /// The task.
        task: String,
        /// The attempt.
        attempt: u32,
        /// Which of its two streams.
        stream: Stream,
        /// The text.
        text: String,
    },
    /// Something that users should know.
    Notice {
        /// One line.
        text: String,
    },
    /// The run is being cancelled.
    Cancelling {
        /// How many attempts are under way.
        running: usize,
    },
    /// The run is over.
    RunFinished {
        /// How it ended.
        status: RunStatus,
        /// How long this scheduler worked on it, in milliseconds.
        elapsed_ms: u64,
        /// Tasks that committed, in the whole run.
        done: u64,
        /// Tasks that failed for good.
        failed: u64,
        /// Tasks whose result this scheduler took from an earlier one.
        reused: u64,
    },
}

/// Where progress goes. Called on the engine's thread: it should be quick.
pub type Reporter = Box<dyn Fn(Progress)>;
