//! A run as the datastore keeps it: `run.json` and the batches of its log.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::description::FlowDescription;
use crate::event::{Policy, RunEvent};
use crate::id::{FlowName, RunId};
use crate::manifest::ArtifactRecord;

/// `run.json`: what is known when a run begins. Written once, by Create.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// [`crate::manifest::SCHEMA`].
    pub schema: u32,
    /// The flow.
    pub flow: FlowName,
    /// The run.
    pub run: RunId,
    /// The writer's nonce (engine rule 2).
    pub nonce: String,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// Who started it.
    pub user: String,
    /// Where.
    pub host: String,
    /// The scheduler's process id there.
    pub pid: u32,
    /// Tells that process from a later one with the same id.
    #[serde(default)]
    pub process_start: String,
    /// The flow's description, from which its graph is made again.
    pub description: FlowDescription,
    /// The values of its parameters, by attribute name.
    #[serde(default)]
    pub parameters: BTreeMap<String, ArtifactRecord>,
    /// The class constants, by attribute name.
    #[serde(default)]
    pub constants: BTreeMap<String, ArtifactRecord>,
    /// The project's source files that the flow was loaded from (codec `utf8`).
    #[serde(default)]
    pub sources: BTreeMap<String, ArtifactRecord>,
    /// Python, platform, distributions, lock digest, git commit and dirty flag.
    #[serde(default)]
    pub environment: Value,
    /// The tags that it was started with.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Tags that the system gave (`user:ana`, `python:3.11`).
    #[serde(default)]
    pub system_tags: Vec<String>,
    /// The rules that its schedule follows.
    pub policy: Policy,
    /// The command line as it was typed.
    #[serde(default)]
    pub command: Vec<String>,
    /// The run that this one takes results from, when it is a resume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<RunId>,
}

/// One object of a run's log: events in the order in which they were applied.
///
/// Sequence numbers are dense and each is Created once, so the log is also the lock
/// (engine rule 10): the writer of a batch whose epoch is lower than an earlier one's is
/// never believed, since that batch can't exist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogBatch {
    /// [`crate::manifest::SCHEMA`].
    pub schema: u32,
    /// The writer's nonce (engine rule 2).
    pub nonce: String,
    /// The writer's epoch.
    pub epoch: u64,
    /// RFC 3339, UTC, when the batch was written: for people, never compared.
    pub written_at: String,
    /// The events.
    pub events: Vec<RunEvent>,
}
