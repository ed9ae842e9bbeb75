//! All that a schedule knows, in a form that can be stored.
//!
//! What is kept per task exists only while the task is under way or about to be: an
//! item of a foreach costs nothing before its launch and nothing after its end. A
//! foreach is a counter of launched items, a counter of arrived ones, and the numbers of
//! those winners that weren't their task's first attempt.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::StepCounts;
use crate::event::RunStatus;
use crate::id::{AttemptKey, StepName, TaskKey};

/// The state of a run. A snapshot of it, restored, goes on as the original would.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Who owns the run.
    pub(super) epoch: u64,
    /// What can start, the next last: a stack, so that begun branches are finished first.
    pub(super) ready: Vec<Ready>,
    /// What was launched and hasn't finished.
    #[serde(with = "pairs")]
    pub(super) running: BTreeMap<AttemptKey, Try>,
    /// What starts when its timer fires.
    #[serde(with = "pairs")]
    pub(super) waiting: BTreeMap<AttemptKey, Try>,
    /// The foreach splits that aren't joined yet, by the task that split.
    #[serde(with = "pairs")]
    pub(super) expansions: BTreeMap<TaskKey, Expansion>,
    /// The winners that joins of static splits have so far, by the task that joins.
    #[serde(with = "pairs")]
    pub(super) gathers: BTreeMap<TaskKey, Vec<Option<u32>>>,
    /// How far each step is.
    pub(super) counts: BTreeMap<StepName, StepCounts>,
    /// Why nothing more starts, when nothing does.
    pub(super) stop: Option<Stop>,
    /// Whether `end` committed.
    pub(super) ended: bool,
    /// How the run is to end: decided, not yet in the log.
    pub(super) decided: Option<RunStatus>,
    /// How the run ended.
    pub(super) finished: Option<RunStatus>,
}

/// Something that can start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ready", rename_all = "snake_case")]
pub(super) enum Ready {
    /// One attempt.
    Task {
        attempt: AttemptKey,
        #[serde(flatten)]
        this: Try,
    },
    /// The items of a foreach that are still to start.
    Items { split: TaskKey },
}

/// What must be remembered of an attempt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Try {
    /// The attempt that led here; absent for `start` and for joins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<AttemptKey>,
    /// How many attempts of the task failed before; those lost don't count.
    pub failures: u32,
    /// Whether only `@catch` is to run.
    #[serde(default)]
    pub fallback: bool,
}

/// A foreach whose items are under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Expansion {
    /// The winning attempt of the task that split.
    pub attempt: u32,
    /// How many items there are.
    pub count: u32,
    /// How many were launched.
    pub launched: u32,
    /// How many reached the join.
    pub arrived: u32,
    /// By item, the attempt that reached the join, where it wasn't the first.
    #[serde(with = "pairs", default)]
    pub winners: BTreeMap<u32, u32>,
}

/// Why nothing more starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stop {
    /// How the run will end.
    pub status: RunStatus,
    /// Whether what runs may still finish, until the timer of the grace fires.
    pub grace: bool,
}

/// Maps as lists of pairs, since keys of JSON objects are texts.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map)
    }

    pub fn deserialize<'de, K, V, D>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Ok(Vec::<(K, V)>::deserialize(deserializer)?.into_iter().collect())
    }
}
