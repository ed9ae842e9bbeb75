//! Splits and the joins that close them, as [`crate::graph::balance`] paired them.

use petgraph::graph::NodeIndex;

use super::Problem;
use crate::description::StepDescription;
use crate::graph::balance::{Balance, Fault};
use crate::graph::outline::Outline;
use crate::help::list_in_words;

pub(super) fn check(outline: &Outline<'_>, balance: &Balance) -> Vec<Problem> {
    balance.faults.iter().map(|fault| describe(outline, fault)).collect()
}

fn describe(outline: &Outline<'_>, fault: &Fault) -> Problem {
    let step = |node: NodeIndex| outline.graph[node];
    let name = |node: &NodeIndex| format!("`{}`", outline.graph[*node].name);
    match fault {
        Fault::JoinWithoutInputs { step: node } => without_inputs(step(*node)),
        Fault::InputsWithoutSplit { step: node } => without_split(step(*node)),
        Fault::DifferentSplits { step: node, sources } => {
            let sources: Vec<_> = sources
                .iter()
                .map(|(from, split)| match split {
                    Some(split) => format!("{} of the split in {}", name(from), name(split)),
                    None => format!("{} of none", name(from)),
                })
                .collect();
            different_splits(step(*node), &list_in_words(&sources))
        }
        Fault::Incomplete { join, split, missing } => {
            let missing = missing.iter().map(name).collect::<Vec<_>>();
            incomplete(step(*join), step(*split), &list_in_words(&missing))
        }
        Fault::EmptyBranch { split, join } => {
            let (split, join) = (*split, *join);
            let line = outline.transition(split).map_or(step(split).line, |next| next.line);
            empty_branch(step(split), step(join)).at(line)
        }
        Fault::Unjoined { split } => {
            let line = outline.transition(*split).map_or(step(*split).line, |next| next.line);
            unjoined(step(*split)).at(line)
        }
    }
}

fn without_inputs(step: &StepDescription) -> Problem {
    let name = &step.name;
    let message = format!("step `{name}` joins branches but takes no `inputs` argument");
    let problem = Problem::of_step(step, "join-without-inputs", message);
    problem.advise(format!("change the signature to `def {name}(self, inputs)`"))
}

fn without_split(step: &StepDescription) -> Problem {
    let name = &step.name;
    let message = format!("step `{name}` takes `inputs` but has no branches to join");
    let problem = Problem::of_step(step, "inputs-without-split", message);
    problem.advise(format!("change the signature to `def {name}(self)`, or split before it"))
}

fn different_splits(step: &StepDescription, sources: &str) -> Problem {
    let message = format!("step `{}` joins branches of different splits: {sources}", step.name);
    let problem = Problem::of_step(step, "join-of-different-splits", message);
    problem.advise("join the branches of each split in a step of its own first")
}

fn incomplete(join: &StepDescription, split: &StepDescription, missing: &str) -> Problem {
    let message =
        format!("step `{}` joins the split in `{}` without {missing}", join.name, split.name);
    let problem = Problem::of_step(join, "incomplete-join", message);
    problem.advise(format!("lead every branch of `{}` to `{}`", split.name, join.name))
}

fn empty_branch(split: &StepDescription, join: &StepDescription) -> Problem {
    let message =
        format!("step `{}` splits and leads straight to its join `{}`", split.name, join.name);
    Problem::of_step(split, "empty-branch", message).advise("put a step between them")
}

fn unjoined(split: &StepDescription) -> Problem {
    let message =
        format!("step `{}` splits, but nothing joins its branches before `end`", split.name);
    let problem = Problem::of_step(split, "unjoined-split", message);
    problem.advise("lead every branch to a step that takes `inputs`: `def join(self, inputs)`")
}
