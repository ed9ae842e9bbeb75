//! The names of things: newtypes for every id, so that none is taken for another.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes the name as it is; [`crate::pathspec`] checks what users type.
            pub fn new(name: impl AsRef<str>) -> Self {
                Self(Arc::from(name.as_ref()))
            }

            /// Returns the name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(out, "{:?}", &*self.0)
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self::new(name)
            }
        }
    };
}

name_type!(
    /// The name of a flow: its Python class.
    FlowName
);
name_type!(
    /// The name of a step: its Python method.
    StepName
);
name_type!(
    /// The id of a run, `20261122T101512345-8f2c9a`: UTC to the millisecond, then
    /// 24 random bits. It sorts by time as text and is unique across machines.
    RunId
);
name_type!(
    /// The id of a task within its step: the foreach indices from the outermost to
    /// the innermost joined by `-`, or `0` outside every foreach (engine rule 9).
    TaskId
);

impl RunId {
    /// Composes an id from UTC time (`YYYYMMDDTHHMMSSmmm`) and 24 random bits.
    pub fn compose(utc_millis: &str, random: u32) -> Self {
        Self::new(format!("{utc_millis}-{:06x}", random & 0xff_ffff))
    }
}

impl TaskId {
    /// The id of the task at a foreach path.
    pub fn of_path(path: &[u32]) -> Self {
        if path.is_empty() {
            return Self::new("0");
        }
        let parts: Vec<String> = path.iter().map(u32::to_string).collect();
        Self::new(parts.join("-"))
    }

    /// The foreach path of a task whose step is in `depth` foreach levels; nothing when
    /// the id doesn't fit. The depth is needed since `0` is the task outside every
    /// foreach as well as the first item of one: see [`crate::graph::FlowGraph::task_key`].
    pub fn path(&self, depth: usize) -> Option<Vec<u32>> {
        if depth == 0 {
            return (self.as_str() == "0").then(Vec::new);
        }
        let path = self.as_str().split('-').map(index).collect::<Option<Vec<_>>>()?;
        (path.len() == depth).then_some(path)
    }
}

/// A number as ids have it: digits without a leading zero.
fn index(text: &str) -> Option<u32> {
    let canonical = text == "0" || !text.starts_with(['0', '+']);
    canonical.then(|| text.parse().ok()).flatten()
}

/// One task of a run: a step and the foreach path that leads to it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct TaskKey {
    /// The step that the task executes.
    pub step: StepName,
    /// The foreach indices, outermost first; empty outside every foreach.
    #[serde(default, skip_serializing_if = "<[u32]>::is_empty")]
    pub path: Arc<[u32]>,
}

impl TaskKey {
    /// The task of `step` at `path`.
    pub fn new(step: impl Into<StepName>, path: &[u32]) -> Self {
        Self { step: step.into(), path: Arc::from(path) }
    }

    /// The id of the task within its step.
    pub fn id(&self) -> TaskId {
        TaskId::of_path(&self.path)
    }
}

impl fmt::Display for TaskKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.step, self.id())
    }
}

/// One attempt at a task. It prints as `step/task.attempt`, the name that manifests,
/// objects and messages use.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct AttemptKey {
    /// The task.
    #[serde(flatten)]
    pub task: TaskKey,
    /// The number of the try, from 0.
    pub attempt: u32,
}

impl fmt::Display for AttemptKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.task, self.attempt)
    }
}
