//! Every `self.next`: there is one, it comes last, and it names steps of the flow.

use std::collections::HashSet;

use super::Problem;
use crate::description::{FlowDescription, StepDescription, TransitionDescription};
use crate::graph::outline::Outline;
use crate::help::{list_in_words, resembling};
use crate::pathspec::is_name;

pub(super) fn check(flow: &FlowDescription, outline: &Outline<'_>) -> Vec<Problem> {
    let steps = outline.graph.node_weights().filter(|step| step.name.as_str() != "end");
    steps.flat_map(|step| check_step(flow, outline, step)).collect()
}

fn check_step(
    flow: &FlowDescription,
    outline: &Outline<'_>,
    step: &StepDescription,
) -> Vec<Problem> {
    if step.transitions.is_empty() {
        return vec![no_next(step)];
    }
    let mut problems = Vec::new();
    problems
        .extend(step.transitions.iter().find(|next| !next.last).map(|next| not_last(step, next)));
    for next in &step.transitions {
        problems.extend(next.keywords.iter().map(|keyword| unknown_keyword(step, next, keyword)));
        problems.extend(names_nothing(step, next));
        problems.extend(foreach(step, next));
        problems.extend(named_twice(step, next));
        problems.extend(unknown_targets(flow, outline, step, next));
    }
    problems
}

fn no_next(step: &StepDescription) -> Problem {
    let message = format!("step `{}` has no `self.next`", step.name);
    let problem = Problem::of_step(step, "missing-next", message);
    problem.advise("end it with a call such as `self.next(self.end)`; only `end` needs none")
}

fn not_last(step: &StepDescription, next: &TransitionDescription) -> Problem {
    let message = format!("`self.next` is not the last statement of step `{}`", step.name);
    let problem = Problem::of_step(step, "next-not-last", message).at(next.line);
    problem.advise("call it once, on the last line of the step, outside `if`, `for` and `with`")
}

fn unknown_keyword(step: &StepDescription, next: &TransitionDescription, keyword: &str) -> Problem {
    let message = format!("`self.next` in step `{}` takes no keyword `{keyword}`", step.name);
    let problem = Problem::of_step(step, "unknown-keyword", message).at(next.line);
    match keyword {
        "condition" => problem.advise("switches aren't supported yet: branch inside a step"),
        "num_parallel" => problem.advise("gangs aren't supported yet: use `foreach` over a range"),
        _ if resembling(keyword, ["foreach"]).is_some() => {
            problem.advise("did you mean `foreach`?")
        }
        _ => problem.advise("it takes steps and `foreach`"),
    }
}

fn names_nothing(step: &StepDescription, next: &TransitionDescription) -> Option<Problem> {
    let foreach_alone = next.has_foreach && next.foreach.is_none() && !next.targets.is_empty();
    let (code, what) = match next.literal {
        true if next.targets.is_empty() => ("next-names-nothing", "names no step"),
        false if next.keywords.is_empty() && !foreach_alone => {
            ("next-not-literal", "takes something other than steps")
        }
        _ => return None,
    };
    let message = format!("`self.next` in step `{}` {what}", step.name);
    let problem = Problem::of_step(step, code, message).at(next.line);
    Some(
        problem.advise(
            "write the steps themselves: `self.next(self.a)` or `self.next(self.a, self.b)`",
        ),
    )
}

fn foreach(step: &StepDescription, next: &TransitionDescription) -> Option<Problem> {
    let name = next.foreach.as_deref().unwrap_or_default();
    if next.has_foreach && !is_name(name) {
        let message = format!("`foreach` in step `{}` names no artifact", step.name);
        let problem = Problem::of_step(step, "foreach-over-nothing", message).at(next.line);
        return Some(problem.advise("give the name of an attribute as text: `foreach=\"items\"`"));
    }
    if next.has_foreach && next.targets.len() > 1 {
        let message = format!("`foreach` in step `{}` leads to several steps", step.name);
        let problem = Problem::of_step(step, "foreach-several-steps", message).at(next.line);
        return Some(problem.advise("lead to one step, and let that one split"));
    }
    None
}

fn named_twice(step: &StepDescription, next: &TransitionDescription) -> Option<Problem> {
    let mut seen = HashSet::new();
    let twice = next.targets.iter().find(|target| !seen.insert(*target))?;
    let message = format!("step `{}` leads to `{twice}` twice", step.name);
    let problem = Problem::of_step(step, "target-twice", message).at(next.line);
    Some(problem.advise("name each step once; `foreach` runs one step several times"))
}

fn unknown_targets(
    flow: &FlowDescription,
    outline: &Outline<'_>,
    step: &StepDescription,
    next: &TransitionDescription,
) -> Vec<Problem> {
    let mut seen = HashSet::new();
    let unknown = next.targets.iter().filter(|target| {
        // That `start` or `end` is missing is said elsewhere.
        let said = ["start", "end"].contains(&target.as_str());
        outline.node(target.as_str()).is_none() && !said && seen.insert(*target)
    });
    unknown
        .map(|target| {
            let message = format!("step `{}` leads to `{target}`, which is not a step", step.name);
            let problem = Problem::of_step(step, "unknown-target", message).at(next.line);
            match outline.resembling(target.as_str()) {
                Some(name) => problem.advise(format!("did you mean `{name}`?")),
                None => problem.advise(format!(
                    "`{}` has the steps {}",
                    flow.name,
                    list_in_words(&step_names(outline))
                )),
            }
        })
        .collect()
}

fn step_names(outline: &Outline<'_>) -> Vec<String> {
    outline.graph.node_weights().map(|step| format!("`{}`", step.name)).collect()
}
