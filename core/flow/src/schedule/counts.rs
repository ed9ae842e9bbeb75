//! How far each step is.

use serde::{Deserialize, Serialize};

use super::Schedule;
use crate::id::StepName;

/// The tasks of one step, each counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepCounts {
    /// They wait for a worker.
    pub queued: u64,
    /// They are under way.
    pub running: u64,
    /// They committed.
    pub done: u64,
    /// They failed for good.
    pub failed: u64,
    /// They wait before a further attempt.
    pub retrying: u64,
    /// They were cancelled, or lost while the run was stopping.
    pub cancelled: u64,
}

impl Schedule {
    /// How far each step is, in the order of definition.
    pub fn counts(&self) -> impl Iterator<Item = (&StepName, StepCounts)> {
        self.graph.steps().map(|step| {
            let counts = self.state.counts.get(&step.name);
            (&step.name, counts.copied().unwrap_or_default())
        })
    }

    pub(super) fn count(&mut self, step: &StepName) -> &mut StepCounts {
        self.state.counts.entry(step.clone()).or_default()
    }
}
