//! All tasks of a run in a few bytes each, so that thousands paint at once.

use serde::{Deserialize, Serialize};

use super::TaskState;

/// `GET api/runs/{flow}/{run}/heat`. Tasks stand in the order of
/// [`super::TaskList`]; the numbers are little-endian.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Heat {
    /// How many tasks there are.
    pub total: u64,
    /// What the bytes of `states` mean: byte 0 is the first of these.
    pub legend: Vec<TaskState>,
    /// A byte each, base64.
    pub states: String,
    /// When each began, milliseconds since the run did: u32, base64. 2³²-1 is "not yet".
    pub started_ms: String,
    /// How long each took, milliseconds: u32, base64. 2³²-1 is "not over".
    pub elapsed_ms: String,
    /// How many attempts each had: a byte, base64.
    pub attempts: String,
}
