//! The flow as a whole: it has a `start` and an `end`, goes forward, and leaves no step out.

use std::collections::HashSet;

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::{Dfs, Walker};

use super::Problem;
use crate::description::FlowDescription;
use crate::graph::outline::Outline;

pub(super) fn check(flow: &FlowDescription, outline: &Outline<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if outline.node("start").is_none() {
        problems.push(missing(flow, outline, "missing-start", "start", "begins"));
    }
    if outline.node("end").is_none() {
        problems.push(missing(flow, outline, "missing-end", "end", "ends"));
    }
    problems.extend(end_goes_on(outline));
    problems.extend(outline.cycles.iter().map(|cycle| leads_back(outline, cycle)));
    problems.extend(unreachable(outline));
    problems
}

fn missing(
    flow: &FlowDescription,
    outline: &Outline<'_>,
    code: &'static str,
    name: &str,
    verb: &str,
) -> Problem {
    let problem =
        Problem::of_flow(flow, code, format!("flow `{}` has no step `{name}`", flow.name));
    match outline.resembling(name) {
        Some(other) => problem.advise(format!("is `{other}` meant to be `{name}`?")),
        None => problem.advise(format!("add `@step def {name}(self)`: every run {verb} there")),
    }
}

fn end_goes_on(outline: &Outline<'_>) -> Option<Problem> {
    let end = outline.graph[outline.node("end")?];
    let next = end.transitions.first()?;
    let message = "step `end` is the last one, but calls `self.next`".into();
    let problem = Problem::of_step(end, "end-goes-on", message).at(next.line);
    Some(problem.advise("remove the call, or rename the step"))
}

fn leads_back(outline: &Outline<'_>, cycle: &[NodeIndex]) -> Problem {
    let names: Vec<_> = cycle.iter().map(|node| outline.graph[*node].name.as_str()).collect();
    let (first, last) = (names[0], outline.graph[cycle[cycle.len() - 1]]);
    let way = format!("{} → {first}", names.join(" → "));
    let message = format!("step `{}` leads back to `{first}`: {way}", last.name);
    let line = outline.transition(cycle[cycle.len() - 1]).map_or(last.line, |next| next.line);
    Problem::of_step(last, "cycle", message)
        .at(line)
        .advise("a flow only goes forward: loop inside a step, or over items with `foreach`")
}

/// Steps that nothing leads to. What follows only from them is not named, and nothing is
/// when a mistake elsewhere may have cut the way.
fn unreachable(outline: &Outline<'_>) -> Vec<Problem> {
    let cut = outline.torn.iter().any(|node| outline.reachable.contains(node));
    if cut || outline.node("start").is_none() {
        return Vec::new();
    }
    let nodes = outline.graph.node_indices();
    let lost: Vec<_> = nodes.filter(|node| !outline.reachable.contains(node)).collect();
    let is_root = |node: &NodeIndex| {
        outline.graph.neighbors_directed(*node, Direction::Incoming).all(|from| from == *node)
    };
    let roots = lost.iter().filter(|node| is_root(node));
    let mut named = HashSet::new();
    let mut problems = Vec::new();
    // The roots, then steps that only lead to each other.
    for node in roots.chain(&lost) {
        if !named.contains(node) {
            named.extend(Dfs::new(&outline.graph, *node).iter(&outline.graph));
            let step = outline.graph[*node];
            let message = format!("nothing leads to step `{}`", step.name);
            let problem = Problem::of_step(step, "unreachable-step", message);
            problems.push(problem.advise("name it in a `self.next`, or remove it"));
        }
    }
    problems
}
