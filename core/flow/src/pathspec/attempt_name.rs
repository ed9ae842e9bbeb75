//! [`AttemptName`]: `step/task.attempt`, as objects and messages have it.

use std::fmt;
use std::str::FromStr;

use super::{Error, parse_step, parse_task};
use crate::id::{AttemptKey, StepName, TaskId};

/// The name of an attempt, as text has it: the task is an id, not yet a path.
/// [`crate::graph::FlowGraph::attempt_key`] makes a key of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttemptName {
    /// The step.
    pub step: StepName,
    /// The task.
    pub task: TaskId,
    /// The number of the try, from 0.
    pub attempt: u32,
}

impl FromStr for AttemptName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parts = text.split_once('/').and_then(|(step, rest)| {
            let (task, attempt) = rest.split_once('.')?;
            let attempt = TaskId::new(attempt).path(1)?[0];
            Some(Self { step: parse_step(step).ok()?, task: parse_task(task).ok()?, attempt })
        });
        parts.ok_or_else(|| Error::Attempt { text: text.into() })
    }
}

impl From<&AttemptKey> for AttemptName {
    fn from(key: &AttemptKey) -> Self {
        Self { step: key.task.step.clone(), task: key.task.id(), attempt: key.attempt }
    }
}

impl fmt::Display for AttemptName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}.{}", self.step, self.task, self.attempt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::TaskKey;

    #[test]
    fn names_of_attempts_survive_printing_and_reading() {
        for path in [&[][..], &[0], &[3, 12]] {
            let key = AttemptKey { task: TaskKey::new("train", path), attempt: 2 };
            let name: AttemptName = key.to_string().parse().expect("a name");
            assert_eq!((name.to_string(), &name), (key.to_string(), &AttemptName::from(&key)));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in
            ["", "train", "train/3", "train/.0", "train/3.", "train/3.-1", "train/03.0", "a b/0.0"]
        {
            assert_eq!(text.parse::<AttemptName>(), Err(Error::Attempt { text: text.into() }));
        }
    }
}
