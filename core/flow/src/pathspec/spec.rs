//! [`Pathspec`]: the way to a thing in the datastore.

use std::fmt;
use std::str::FromStr;

use super::names::is_run;
use super::{Error, parse_artifact, parse_flow, parse_run, parse_step, parse_task};
use crate::id::{FlowName, RunId, StepName, TaskId};

/// `Flow/run/step/task/artifact`, cut off anywhere on the right.
///
/// Run ids are unique and look like nothing else, so the flow may be left out before one:
/// `20261122T101512345-8f2c9a/train/3`.
///
/// ```
/// use flownote_flow::pathspec::Pathspec;
///
/// let spec: Pathspec = "Recommend/20261122T101512345-8f2c9a/train/3".parse()?;
/// assert_eq!(spec.step.as_ref().map(|step| step.as_str()), Some("train"));
/// assert_eq!(spec.artifact, None);
/// # Ok::<(), flownote_flow::pathspec::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pathspec {
    /// The flow.
    pub flow: Option<FlowName>,
    /// The run.
    pub run: Option<RunId>,
    /// The step.
    pub step: Option<StepName>,
    /// The task.
    pub task: Option<TaskId>,
    /// The artifact.
    pub artifact: Option<String>,
}

impl FromStr for Pathspec {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.trim().is_empty() {
            return Err(Error::Empty);
        }
        let mut parts = text.split('/').peekable();
        if text.split('/').any(str::is_empty) {
            return Err(Error::EmptyPart { text: text.into() });
        }
        let flow = parts.next_if(|first| !is_run(first));
        let spec = Self {
            flow: flow.map(parse_flow).transpose()?,
            run: parts.next().map(parse_run).transpose()?,
            step: parts.next().map(parse_step).transpose()?,
            task: parts.next().map(parse_task).transpose()?,
            artifact: parts.next().map(parse_artifact).transpose()?,
        };
        match parts.next() {
            Some(_) => Err(Error::TooLong { text: text.into() }),
            None => Ok(spec),
        }
    }
}

impl fmt::Display for Pathspec {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            self.flow.as_ref().map(FlowName::as_str),
            self.run.as_ref().map(RunId::as_str),
            self.step.as_ref().map(StepName::as_str),
            self.task.as_ref().map(TaskId::as_str),
            self.artifact.as_deref(),
        ];
        out.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::help::Help;

    const RUN: &str = "20261122T101512345-8f2c9a";

    #[test]
    fn pathspecs_survive_reading_and_printing() {
        let full = format!("Recommend/{RUN}/train/3-0/model");
        for parts in 1..=5 {
            let text = full.split('/').take(parts).collect::<Vec<_>>().join("/");
            let spec: Pathspec = text.parse().expect("a pathspec");
            assert_eq!(spec.to_string(), text);
            let given = [
                spec.run.is_some(),
                spec.step.is_some(),
                spec.task.is_some(),
                spec.artifact.is_some(),
            ];
            assert_eq!(given.iter().filter(|given| **given).count(), parts - 1);
        }
    }

    #[test]
    fn a_cell_of_a_notebook_is_a_step() {
        for cell in ["load-it", "2nd", "8f2c9a1b", "-"] {
            let text = format!("Notebook/{RUN}/{cell}/3/frame");
            let spec: Pathspec = text.parse().expect("a pathspec");
            assert_eq!((spec.to_string(), spec.step), (text, Some(cell.into())));
        }
    }

    #[test]
    fn a_run_names_itself() {
        let spec: Pathspec = format!("{RUN}/train").parse().expect("a pathspec");
        assert_eq!(
            (spec.flow, spec.run, spec.step),
            (None, Some(RUN.into()), Some("train".into()))
        );
    }

    #[test]
    fn wrong_pathspecs_are_explained() {
        let check = |text: &str, message: &str, hint: &str| {
            let error = text.parse::<Pathspec>().expect_err(text);
            assert_eq!(error.to_string(), message);
            assert!(error.hint().expect("a hint").contains(hint), "{:?}", error.hint());
        };
        check("", "the pathspec is empty", "Flow/run/step/task/artifact");
        check("Flow//train", "the pathspec `Flow//train` has an empty part", "leave out parts");
        check("Flow/12", "`12` can't be the id of a run", "20261122T101512345-8f2c9a");
        check("my flow", "`my flow` can't be the name of a flow", "letters");
        check(&format!("F/{RUN}/2.x"), "`2.x` can't be the name of a step", "letters");
        check(&format!("F/{RUN}/x/1-"), "`1-` can't be the id of a task", "`3-0`");
        check(&format!("F/{RUN}/x/01"), "`01` can't be the id of a task", "`3-0`");
        check(&format!("F/{RUN}/x/0/y-z"), "`y-z` can't be the name of an artifact", "letters");
        check(
            &format!("F/{RUN}/x/0/y/z"),
            &format!("the pathspec `F/{RUN}/x/0/y/z` has too many parts"),
            "Flow/run",
        );
    }
}
