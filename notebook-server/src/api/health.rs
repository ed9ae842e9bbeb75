//! The state of store and machine: the page that an operator opens first.

use serde::{Deserialize, Serialize};

use super::{ApiError, RunRow, TaskError};

/// `GET api/health`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Health {
    /// What fills the store; null while it is measured, which takes a while the first time.
    pub store: Option<StoreSize>,
    /// The disk under the store, or under its local cache.
    pub disk: Option<DiskRoom>,
    /// The machine's memory.
    pub memory: Option<MemoryRoom>,
    /// The runs that go on.
    pub running: Vec<RunRow>,
    /// Their processes on this machine.
    pub processes: Vec<RunProcess>,
    /// Who computes something that others wait for.
    pub leases: Vec<LeaseRow>,
    /// The kernels of this user's notebooks on this machine.
    pub kernels: Vec<KernelRow>,
    /// The check of the store.
    pub check: Job<Checking, CheckResult>,
    /// What gc would free.
    pub gc: Job<Checking, FreedByGc>,
    /// Why tasks of the latest failed runs did.
    pub errors: Vec<RecentError>,
    /// The latest runs that failed, at most ten.
    pub failed: Vec<RunRow>,
    /// What stands badly, worst first: empty when all is well.
    pub troubles: Vec<ApiError>,
}

/// What fills a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StoreSize {
    /// When it was measured.
    pub measured_at: String,
    /// Everything together.
    pub total_bytes: u64,
    /// Each flow, the largest first.
    pub flows: Vec<FlowSize>,
    /// All blobs, each once.
    pub blob_bytes: u64,
    /// Blobs that no run refers to: `flownote gc` takes them away.
    pub unreferenced_bytes: u64,
    /// Blobs in the trash.
    pub trash_bytes: u64,
}

/// What a flow keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FlowSize {
    /// The flow.
    pub flow: String,
    /// Its runs.
    pub runs: u64,
    /// Records, logs, results.
    pub object_bytes: u64,
    /// The blobs that it refers to; what several flows share counts for each.
    pub blob_bytes: u64,
}

/// A disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DiskRoom {
    /// A folder on it.
    pub path: String,
    /// Its size.
    pub total_bytes: u64,
    /// What may still be written.
    pub free_bytes: u64,
}

/// Memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MemoryRoom {
    /// Its size.
    pub total_bytes: u64,
    /// What may still be used.
    pub available_bytes: u64,
}

/// The process of a run, with those that it started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RunProcess {
    /// `Flow/run`.
    pub run: String,
    /// The process that owns the run.
    pub pid: u32,
    /// How many there are with it: workers, tasks.
    pub processes: u64,
    /// The memory of all of them.
    pub memory_bytes: u64,
}

/// A lease that somebody holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LeaseRow {
    /// What is computed: the key of its result in the cache.
    pub key: String,
    /// On which machine.
    pub host: String,
    /// By which process there.
    pub pid: u32,
    /// When they said last that they work on it.
    pub seen_at: String,
}

/// The kernel of a notebook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct KernelRow {
    /// Its session, which is the id of its run.
    pub session: String,
    /// The notebook's file.
    pub file: String,
    /// The same from the served folder, if it is in there.
    pub path: Option<String>,
    /// Its process.
    pub pid: u32,
    /// How many processes there are with it: its interpreters.
    pub processes: u64,
    /// The memory of all of them.
    pub memory_bytes: u64,
    /// Whether nothing runs; null when it doesn't answer.
    pub idle: Option<bool>,
    /// The interpreters that it started, by a language of each.
    pub interpreters: Vec<String>,
    /// When a cell of it ended last; null when none has.
    pub last_ran_at: Option<String>,
}

/// The body of `POST api/health/kernels/end`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct EndKernel {
    /// Its session.
    pub session: String,
}

/// Something that is done beside the answers, when it is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Job<P, R> {
    /// How far it is, while it is done.
    pub running: Option<P>,
    /// What came of it the last time.
    pub last: Option<R>,
    /// Why the last time nothing did.
    pub problem: Option<ApiError>,
}

/// How far a look through the store is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Checking {
    /// When it began.
    pub begun_at: String,
    /// Runs looked at.
    pub runs: u64,
    /// Of so many; 0 where nobody counted.
    pub runs_in_all: u64,
    /// Blobs read.
    pub blobs: u64,
    /// Of so many; 0 until they are listed.
    pub blobs_in_all: u64,
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CheckResult {
    /// When it ended.
    pub ended_at: String,
    /// Runs looked at.
    pub runs: u64,
    /// Blobs read in full.
    pub blobs: u64,
    /// Their bytes.
    pub blob_bytes: u64,
    /// How many things are wrong.
    pub damaged: u64,
    /// They, at most a hundred.
    pub findings: Vec<Damaged>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Damaged {
    /// In a sentence.
    pub what: String,
    /// The object.
    pub key: String,
    /// The run that it belongs to, `Flow/run`.
    pub run: Option<String>,
}

/// What gc would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FreedByGc {
    /// When it was found out.
    pub ended_at: String,
    /// Blobs that would move to the trash.
    pub trashed: u64,
    /// Their bytes.
    pub trashed_bytes: u64,
    /// Blobs that would go from the trash.
    pub deleted: u64,
    /// Their bytes: they would be free at once.
    pub deleted_bytes: u64,
    /// Bytes of blobs that nothing refers to, but too young to go.
    pub young_bytes: u64,
    /// Leftovers of runs that are over.
    pub leftovers: u64,
    /// Cached results that would be forgotten.
    pub results: u64,
}

/// Why a task failed lately.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RecentError {
    /// `Flow/run/step/task`.
    pub pathspec: String,
    /// What people call it: `train[11]`.
    pub label: String,
    /// Who started the run.
    pub user: String,
    /// When the task ended.
    pub at: Option<String>,
    /// Why.
    pub error: TaskError,
}
