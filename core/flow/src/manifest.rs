//! What a task leaves behind: the manifest of its artifacts and the `done` object
//! around it.
//!
//! The worker writes a [`TaskManifest`]; the engine adds what it alone knows (outcome,
//! times, logs, resources) and Creates the [`TaskDone`]. Example of a `done` object:
//!
//! ```json
//! {"schema":1,"flow":"Hello","run":"20261122T101512345-8f2c9a","step":"start","task":"0",
//!  "attempt":0,"nonce":"5f0c…","outcome":"ok","started_at":"2026-11-22T10:15:12.345Z",
//!  "finished_at":"2026-11-22T10:15:12.401Z","user":"ana","host":"box","pid":4711,
//!  "usage":{"user_ms":3,"system_ms":1,"max_rss_kb":30100},
//!  "parents":[],
//!  "manifest":{
//!    "artifacts":{"x":{"codec":"json","digest":"<64 hex>","size":1,"type":"int","inline":"1"}},
//!    "inherited":{"start/0.0":{"y":"<64 hex>"}},
//!    "next":{"kind":"steps","steps":["end"]}},
//!  "logs":{"stdout":{"bytes":3,"lines":1,"inline":[…]},"stderr":{"bytes":0,"lines":0}}}
//! ```

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::{FlowName, RunId, StepName, TaskId};

/// The newest schema of manifests that this version writes and reads.
pub const SCHEMA: u32 = 1;

/// The BLAKE3 digest of an artifact's uncompressed encoding, 64 lower-case hex digits.
pub type Digest = Arc<str>;

/// One artifact as a manifest records it.
///
/// Small encodings stand in the record itself (`inline` when they are UTF-8,
/// `inline_base64` otherwise); larger ones are blobs under `digest`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArtifactRecord {
    /// The name of the codec: `json`, `utf8`, `bytes`, `npy`, `csr`, `arrow`, `pickle`….
    pub codec: String,
    /// The digest of the encoding.
    pub digest: Digest,
    /// The size of the encoding in bytes.
    pub size: u64,
    /// The value's type as its language names it (`int`, `numpy.ndarray`).
    #[serde(rename = "type")]
    pub type_name: String,
    /// The encoding itself, when small and UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inline: Option<String>,
    /// The encoding itself, when small and not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inline_base64: Option<String>,
    /// What the codec needs to decode, and what a listing may show (`shape`, `dtype`).
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub meta: Map<String, Value>,
    /// A short text for people, made when the value was written: reading it never
    /// decodes the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<String>,
}

impl ArtifactRecord {
    /// Whether the bytes are a blob of their own rather than part of the record.
    pub fn is_blob(&self) -> bool {
        self.inline.is_none() && self.inline_base64.is_none()
    }
}

/// Where a task goes when it has finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Next {
    /// Nowhere: the `end` step.
    End,
    /// To one step, or to several at once (a split).
    Steps {
        /// The steps, in the order in which `self.next` names them.
        steps: Vec<StepName>,
    },
    /// To `count` tasks of one step.
    Foreach {
        /// The step.
        step: StepName,
        /// How many items there are. Zero goes straight to the join with no inputs.
        count: u32,
    },
}

/// The items of a foreach: one JSON array of [`ArtifactRecord`]s, as a value of its own,
/// so that the manifest stays small and a child loads only its own item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ForeachItems {
    /// The artifact that was iterated over.
    pub over: String,
    /// How many items there are.
    pub count: u32,
    /// The array of records, inline or as a blob (codec `items`).
    pub items: ArtifactRecord,
}

/// What the worker reports about a finished attempt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskManifest {
    /// The artifacts that the task itself wrote.
    pub artifacts: BTreeMap<String, ArtifactRecord>,
    /// The artifacts that it passes on: producer (`step/task.attempt`) → name → digest.
    /// The record itself is in the producer's manifest. Parameters and constants are in
    /// `run.json` and visible everywhere; they are not repeated here.
    pub inherited: BTreeMap<String, BTreeMap<String, Digest>>,
    /// Where the flow goes from here; absent when the attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Next>,
    /// The items, when `next` is a foreach.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<ForeachItems>,
    /// What the result depends on, as observed (engine rules 19–23).
    #[serde(skip_serializing_if = "Value::is_null")]
    pub provenance: Value,
    /// Why the attempt failed, when user code failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// The exception that `@catch` turned into a value, for the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caught: Option<Failure>,
    /// Lines that a user should see once ("step `train`: NumPy threads set to 1").
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
}

/// Why an attempt failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// What kind of end it was.
    pub kind: FailureKind,
    /// One line: what happened (`ValueError: alpha must be positive`).
    pub message: String,
    /// The exception's class, when there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<String>,
    /// The traceback, from the first line of user code on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceback: Option<String>,
    /// What to do now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Whether another attempt could help. False for what fails the same way each time
    /// (an unstorable artifact, a wrong `self.next`).
    #[serde(default = "yes")]
    pub retryable: bool,
}

fn yes() -> bool {
    true
}

/// The kinds of failure, each reported as what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// An exception left the step.
    Exception,
    /// `sys.exit` or `os._exit` ended the process before the step did.
    Exit,
    /// A signal ended the process (a segmentation fault, `kill`).
    Signal,
    /// The kernel ended the process because memory ran out.
    OutOfMemory,
    /// `@timeout` struck.
    Timeout,
    /// Attributes of `self` that no codec can store.
    Unstorable,
    /// The run was cancelled.
    Cancelled,
    /// The scheduler or the worker vanished; a tombstone closed the attempt.
    Lost,
    /// The datastore failed (disk full, read-only, unreachable).
    Store,
    /// A stored input is damaged or missing.
    Input,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It committed its artifacts.
    Ok,
    /// It failed.
    Failed,
    /// It was cancelled.
    Cancelled,
    /// A tombstone: nobody knows how it ended, and it can't commit any more.
    Lost,
}

/// Processor time and memory of an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Processor time in user mode, milliseconds.
    pub user_ms: u64,
    /// Processor time in the kernel, milliseconds.
    pub system_ms: u64,
    /// Peak resident memory, KiB.
    pub max_rss_kb: u64,
}

/// One stream of an attempt's output.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StreamLog {
    /// Bytes that the step wrote, those cut out included.
    pub bytes: u64,
    /// Lines that the step wrote, those cut out included.
    pub lines: u64,
    /// The lines, when they are few: `[milliseconds since started_at, text]`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inline: Vec<(u64, String)>,
    /// How many segment objects hold the lines, when they are many.
    #[serde(skip_serializing_if = "is_zero")]
    pub segments: u32,
    /// Bytes that the cap cut out of the middle.
    #[serde(skip_serializing_if = "is_zero_u64")]
    pub cut_bytes: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero_u64(n: &u64) -> bool {
    *n == 0
}

/// The streams of an attempt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Logs {
    /// Standard output.
    pub stdout: StreamLog,
    /// Standard error.
    pub stderr: StreamLog,
}

/// The `done` object of an attempt: written once, by Create, by whoever closes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskDone {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The flow.
    pub flow: FlowName,
    /// The run.
    pub run: RunId,
    /// The step.
    pub step: StepName,
    /// The task within the step.
    pub task: TaskId,
    /// The attempt, from 0.
    pub attempt: u32,
    /// The writer's nonce (engine rule 2).
    pub nonce: String,
    /// How it ended.
    pub outcome: Outcome,
    /// RFC 3339, UTC; absent on a tombstone of an attempt whose start nobody saw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// RFC 3339, UTC.
    pub finished_at: String,
    /// Who ran it.
    #[serde(default)]
    pub user: String,
    /// Where.
    #[serde(default)]
    pub host: String,
    /// The worker's process id there.
    #[serde(default)]
    pub pid: u32,
    /// What it used.
    #[serde(default)]
    pub usage: Usage,
    /// The attempts whose results it was given, `step/task.attempt`.
    #[serde(default)]
    pub parents: Vec<String>,
    /// The foreach indices from the outermost in: `(step that split, index, count)`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreach: Vec<(StepName, u32, u32)>,
    /// What the worker reported.
    #[serde(default)]
    pub manifest: TaskManifest,
    /// Why it failed: the worker's report, or what the engine saw of its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Its output.
    #[serde(default)]
    pub logs: Logs,
    /// The task whose result this is, when nothing ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reused: Option<Reused>,
}

/// The task whose result another task took instead of computing it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reused {
    /// `Flow/run/step/task` of the task that computed it.
    pub pathspec: String,
    /// Who ran that.
    pub user: String,
    /// When it finished: RFC 3339, UTC.
    pub finished_at: String,
}
