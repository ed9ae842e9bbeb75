//! Names of steps and class attributes, and the arguments of steps.

use std::collections::HashMap;

use super::Problem;
use crate::description::{FlowDescription, StepDescription};

/// What `FlowSpec` has itself: neither step, parameter nor artifact can be called so.
pub const RESERVED_NAMES: &[&str] =
    &["foreach_stack", "index", "input", "inputs", "merge_artifacts", "next"];

pub(super) fn check(flow: &FlowDescription) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut first: HashMap<&str, &StepDescription> = HashMap::new();
    for step in &flow.steps {
        match first.get(step.name.as_str()) {
            Some(first) => problems.push(defined_twice(first, step)),
            None => {
                first.insert(step.name.as_str(), step);
                problems.extend(reserved_step(step));
                problems.extend(signature(step));
            }
        }
    }
    problems.extend(flow.constants.iter().filter_map(|name| reserved_constant(flow, name)));
    problems
}

/// Whether a name belongs to `FlowSpec`.
pub(super) fn is_reserved(name: &str) -> bool {
    RESERVED_NAMES.contains(&name) || name.starts_with("_flownote") || name.starts_with("__")
}

fn defined_twice(first: &StepDescription, second: &StepDescription) -> Problem {
    let message = format!("step `{}` is defined twice", second.name);
    let problem = Problem::of_step(second, "duplicate-step", message);
    problem.advise(format!("rename one of them; the first is at {}:{}", first.file, first.line))
}

fn reserved_step(step: &StepDescription) -> Option<Problem> {
    let message = format!("`{}` can't be the name of a step: every flow has it already", step.name);
    let problem = Problem::of_step(step, "reserved-name", message);
    let advice =
        format!("rename it, for instance to `{}_step`", step.name.as_str().trim_matches('_'));
    is_reserved(step.name.as_str()).then(|| problem.advise(advice))
}

fn reserved_constant(flow: &FlowDescription, name: &str) -> Option<Problem> {
    let message = format!("`{name}` can't be an attribute of a flow: every flow has it already");
    let problem = Problem::of_flow(flow, "reserved-name", message);
    is_reserved(name).then(|| problem.advise("rename the attribute"))
}

fn signature(step: &StepDescription) -> Option<Problem> {
    let name = &step.name;
    let what = match step.arguments.len() {
        0 => "takes no `self`",
        1 | 2 => return None,
        _ => "takes more than `self` and `inputs`",
    };
    let problem = Problem::of_step(step, "bad-signature", format!("step `{name}` {what}"));
    Some(problem.advise(format!(
        "write `def {name}(self)`, or `def {name}(self, inputs)` if it joins; values reach a step as artifacts"
    )))
}
