//! What is wrong with a flow: every problem at once, none that only follows from another.
//!
//! Each file holds the rules about one thing. They look at an outline of the flow that
//! forgives mistakes (a misspelt target is taken for the step that it resembles, a cycle
//! is cut where it closes), so that a rule sees the flow that was meant.

mod decorators;
mod names;
mod pairing;
mod parameters;
mod problem;
mod shape;
mod transitions;

#[cfg(test)]
mod tests;

pub use names::RESERVED_NAMES;
pub use parameters::COMMAND_OPTIONS;
pub use problem::{CODES, Problem};

use crate::description::FlowDescription;
use crate::graph::balance::Balance;
use crate::graph::outline::Outline;

/// All problems of a flow: the flow's own first, then in the order of its source.
///
/// ```
/// let flow = serde_json::from_str(r#"{"name": "Empty", "file": "flow.py", "line": 3, "steps": []}"#)?;
/// let problems = flownote_flow::lint::lint(&flow);
/// assert_eq!(problems[0].to_string(), "\
/// error: flow `Empty` has no step `start`
///   --> flow.py:3
/// hint: add `@step def start(self)`: every run begins there");
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn lint(flow: &FlowDescription) -> Vec<Problem> {
    let outline = Outline::new(flow);
    let balance = Balance::new(&outline);
    let mut problems = shape::check(flow, &outline);
    problems.extend(names::check(flow));
    problems.extend(parameters::check(flow));
    problems.extend(transitions::check(flow, &outline));
    problems.extend(pairing::check(&outline, &balance));
    problems.extend(decorators::check(&outline));
    problems.sort_by(|a, b| place(flow, a).cmp(&place(flow, b)));
    problems
}

fn place<'a>(flow: &FlowDescription, problem: &'a Problem) -> (bool, &'a str, u32) {
    (problem.file != flow.file, &problem.file, problem.line)
}
