//! The state of store and machine: the page that an operator opens first.

use serde::{Deserialize, Serialize};

use super::RunRow;

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
    /// The latest runs that failed, at most ten.
    pub failed: Vec<RunRow>,
    /// What stands badly, worst first: empty when all is well.
    pub troubles: Vec<super::ApiError>,
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
