//! Whether what a task says about its continuation agrees with the graph, and names of
//! tasks turned into keys.

use super::{FlowGraph, Step, Transition};
use crate::help::Help;
use crate::id::{AttemptKey, StepName, TaskId, TaskKey};
use crate::manifest::Next;
use crate::pathspec::AttemptName;

/// A task went where its step doesn't lead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("step `{step}` leads to {expected}, but its task went to {found}")]
pub struct WrongNext {
    /// The step.
    pub step: StepName,
    /// Where the source says it leads.
    pub expected: String,
    /// Where the task said it goes.
    pub found: String,
}

impl Help for WrongNext {
    fn hint(&self) -> Option<String> {
        Some(
            "call `self.next` once, as the last statement of the step, with the steps themselves"
                .into(),
        )
    }
}

/// A name that no task of this flow can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownTask {
    /// The flow has no such step.
    #[error("flow `{flow}` has no step `{step}`")]
    Step {
        /// The flow.
        flow: crate::id::FlowName,
        /// The step.
        step: StepName,
        /// What was probably meant.
        resembling: Option<StepName>,
    },
    /// The step is in another number of foreach levels.
    #[error("`{task}` can't be a task of step `{step}`, which is in {depth} foreach levels")]
    Task {
        /// The step.
        step: StepName,
        /// The task.
        task: TaskId,
        /// How many foreach levels are around the step.
        depth: usize,
    },
    /// The text isn't `step/task.attempt`.
    #[error(transparent)]
    Name(#[from] crate::pathspec::Error),
}

impl Help for UnknownTask {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Step { resembling, .. } => {
                resembling.as_ref().map(|name| format!("did you mean `{name}`?"))
            }
            Self::Task { depth: 0, .. } => Some("its only task is `0`".into()),
            Self::Task { .. } => {
                Some("join one number for each level by `-`, the outermost first".into())
            }
            Self::Name(error) => error.hint(),
        }
    }
}

impl FlowGraph {
    /// Checks where a task of `step` says it goes. Ask before its result is committed.
    ///
    /// # Errors
    /// When the step is unknown or leads elsewhere.
    pub fn check_next(&self, step: &StepName, next: &Next) -> Result<(), WrongNext> {
        let known = self.step(step);
        let agrees = known.is_some_and(|step| match (&step.next, next) {
            (Transition::End, Next::End) => true,
            (Transition::Steps(expected), Next::Steps { steps }) => expected == steps,
            (Transition::Foreach { step: expected, .. }, Next::Foreach { step, .. }) => {
                expected == step
            }
            _ => false,
        });
        if agrees {
            return Ok(());
        }
        Err(WrongNext {
            step: step.clone(),
            expected: known.map_or("nothing (there is no such step)".into(), expectation),
            found: match next {
                Next::End => "nothing".into(),
                Next::Steps { steps } => in_words(steps),
                Next::Foreach { step, count } => format!("`{step}` for each of {count} items"),
            },
        })
    }

    /// The task of `step` that `id` names.
    ///
    /// # Errors
    /// When there is no such step, or its tasks have ids of another form.
    pub fn task_key(&self, step: &StepName, id: &TaskId) -> Result<TaskKey, UnknownTask> {
        let found = self.step(step).ok_or_else(|| UnknownTask::Step {
            flow: self.name().clone(),
            step: step.clone(),
            resembling: crate::help::resembling(
                step.as_str(),
                self.steps().map(|step| step.name.as_str()),
            )
            .map(StepName::from),
        })?;
        let path = id.path(found.depth()).ok_or_else(|| UnknownTask::Task {
            step: step.clone(),
            task: id.clone(),
            depth: found.depth(),
        })?;
        Ok(TaskKey { step: found.name.clone(), path: path.into() })
    }

    /// The attempt that `step/task.attempt` names.
    ///
    /// # Errors
    /// When the text has another form or no task of this flow is called so.
    pub fn attempt_key(&self, name: &str) -> Result<AttemptKey, UnknownTask> {
        let name: AttemptName = name.parse()?;
        Ok(AttemptKey { task: self.task_key(&name.step, &name.task)?, attempt: name.attempt })
    }
}

fn expectation(step: &Step) -> String {
    match &step.next {
        Transition::End => "nothing".into(),
        Transition::Steps(steps) => in_words(steps),
        Transition::Foreach { step, over } => format!("`{step}` for each of `{over}`"),
    }
}

fn in_words(steps: &[StepName]) -> String {
    let quoted: Vec<_> = steps.iter().map(|step| format!("`{step}`")).collect();
    crate::help::list_in_words(&quoted)
}
