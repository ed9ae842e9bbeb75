//! What a run service needs to know, as values: nothing below here reads the environment.

use std::time::Duration;

use flownote_flow::run::RunRecord;
use flownote_store::{Alive, RunKey, Store};

use crate::capture::Cap;
use crate::reuse::ReuseOptions;

/// The options of a [`crate::RunService`].
pub struct Options {
    /// The datastore.
    pub store: Store,
    /// What to do.
    pub start: Start,
    /// Who does it, as the log names it (`ana@box:4711`).
    pub owner: Owner,
    /// A fresh interpreter for every attempt.
    pub spawn: bool,
    /// Where results may be taken from instead of running tasks.
    pub reuse: ReuseOptions,
    /// How much of each output stream is kept.
    pub log_cap: Cap,
    /// The waits of a cancellation.
    pub patience: Patience,
    /// How often the log is written at the latest, and the run's `alive` counter.
    pub pace: Pace,
}

/// What to do.
#[derive(Clone, Debug)]
pub enum Start {
    /// Begin this run.
    New(Box<RunRecord>),
    /// Go on with a run that its scheduler left.
    Continue(RunKey),
}

/// A scheduler's process.
#[derive(Clone, Debug)]
pub struct Owner {
    /// The user.
    pub user: String,
    /// The host.
    pub host: String,
    /// The process id there.
    pub pid: u32,
    /// Tells the process from a later one with the same id.
    pub process_start: String,
}

impl Owner {
    /// This process, on behalf of a user.
    pub fn this_process(user: String) -> Self {
        let Alive { host, pid, process_start, .. } = Alive::of_this_process(0, 0);
        Self { user, host, pid, process_start }
    }

    /// Its sign of life.
    pub fn alive(&self, epoch: u64, counter: u64) -> Alive {
        Alive {
            epoch,
            counter,
            host: self.host.clone(),
            pid: self.pid,
            process_start: self.process_start.clone(),
        }
    }
}

impl std::fmt::Display for Owner {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}@{}:{}", self.user, self.host, self.pid)
    }
}

/// How long a cancellation waits.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For attempts to finish by themselves.
    pub finish: Duration,
    /// Between SIGTERM and SIGKILL.
    pub terminate: Duration,
    /// Between the deadline of `@timeout` and SIGKILL.
    pub timeout: Duration,
    /// For output that descendants of a finished worker may still write.
    pub drain: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            finish: Duration::from_secs(5),
            terminate: Duration::from_secs(5),
            timeout: Duration::from_secs(10),
            drain: Duration::from_millis(500),
        }
    }
}

/// How often things are written.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The log, at the latest after this long.
    pub flush: Duration,
    /// The log, at the latest after this many events.
    pub batch: usize,
    /// The `alive` counter.
    pub alive: Duration,
    /// How long an unchanged `alive` counter of another host means that its owner is gone.
    pub alive_ttl: Duration,
    /// A snapshot of the schedule every so many batches.
    pub snapshot: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            flush: Duration::from_millis(200),
            batch: 256,
            alive: Duration::from_secs(5),
            alive_ttl: Duration::from_secs(30),
            snapshot: 256,
        }
    }
}
