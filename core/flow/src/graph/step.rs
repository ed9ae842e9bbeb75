//! One node of a flow, as the schedule needs it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::description::DecoratorDescription;
use crate::event::StepPolicy;
use crate::id::StepName;

/// What a step is for, as a word for people. What it *does* is in [`Step::next`] and
/// [`Step::joins`]: `start` may split, a join may split again, `end` may join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StepKind {
    /// The first step.
    Start,
    /// One step follows.
    Linear,
    /// Several steps follow, all of them.
    Split,
    /// One step follows, once for each item.
    Foreach,
    /// It closes a split or a foreach.
    Join,
    /// The last step.
    End,
}

impl StepKind {
    /// The kind in lower case, as messages have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Linear => "linear",
            Self::Split => "split",
            Self::Foreach => "foreach",
            Self::Join => "join",
            Self::End => "end",
        }
    }
}

impl fmt::Display for StepKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// Where a step leads. Choices made while running (a switch, a step that comes back to
/// itself) will be variants of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transition {
    /// Nowhere.
    End,
    /// To one step, or to several at once, in the order in which `self.next` names them.
    Steps(Vec<StepName>),
    /// To one step, once for each item of an artifact.
    Foreach {
        /// The step.
        step: StepName,
        /// The artifact.
        over: String,
    },
}

impl Transition {
    /// The steps that it names.
    pub fn targets(&self) -> &[StepName] {
        match self {
            Self::End => &[],
            Self::Steps(steps) => steps,
            Self::Foreach { step, .. } => std::slice::from_ref(step),
        }
    }

    /// Whether several tasks may follow, so that a join must close it.
    pub fn splits(&self) -> bool {
        match self {
            Self::End => false,
            Self::Steps(steps) => steps.len() > 1,
            Self::Foreach { .. } => true,
        }
    }
}

/// One step of a flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its name.
    pub name: StepName,
    /// What it is for.
    pub kind: StepKind,
    /// Where it leads.
    pub next: Transition,
    /// The steps that lead to it; for a join, in the order of the split's branches.
    pub parents: Vec<StepName>,
    /// The split or foreach that it closes, when it joins.
    pub joins: Option<StepName>,
    /// The join that closes it, when it splits.
    pub joined_by: Option<StepName>,
    /// The foreach steps around it, the outermost first: what the numbers of a task's
    /// path count.
    pub foreach: Vec<StepName>,
    /// Its retries, catch and timeout.
    pub policy: StepPolicy,
    /// Its decorators.
    pub decorators: Vec<DecoratorDescription>,
    /// Its docstring.
    pub doc: Option<String>,
    /// The file that it is in.
    pub file: String,
    /// The line of its `def`.
    pub line: u32,
}

impl Step {
    /// How many foreach levels are around it: the length of its tasks' paths.
    pub fn depth(&self) -> usize {
        self.foreach.len()
    }

    /// Whether each of its tasks is followed by one task per item.
    pub fn is_foreach(&self) -> bool {
        matches!(self.next, Transition::Foreach { .. })
    }
}
