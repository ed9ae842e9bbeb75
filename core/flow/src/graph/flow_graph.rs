//! [`FlowGraph`]: the steps of a flawless flow.

use std::collections::HashMap;

use petgraph::Direction;
use petgraph::algo::has_path_connecting;
use petgraph::graph::{DiGraph, NodeIndex};

use super::balance::Balance;
use super::outline::Outline;
use super::{Step, StepKind, Transition};
use crate::decorators;
use crate::description::FlowDescription;
use crate::id::{FlowName, StepName};
use crate::lint::{self, Problem};

/// The steps of a flow and how they follow each other. It has one `start` and one `end`,
/// no cycle, and every split is closed by exactly one join.
#[derive(Clone, Debug)]
pub struct FlowGraph {
    name: FlowName,
    steps: DiGraph<Step, ()>,
    by_name: HashMap<StepName, NodeIndex>,
}

impl FlowGraph {
    /// Makes the graph of a description.
    ///
    /// # Errors
    /// All problems that [`crate::lint`] finds.
    pub fn new(description: &FlowDescription) -> Result<Self, Vec<Problem>> {
        let problems = lint::lint(description);
        if !problems.is_empty() {
            return Err(problems);
        }
        let outline = Outline::new(description);
        let balance = Balance::new(&outline);
        let steps = outline.graph.map(|node, _| describe_step(&outline, &balance, node), |_, _| ());
        let by_name = steps.node_indices().map(|node| (steps[node].name.clone(), node)).collect();
        Ok(Self { name: description.name.clone(), steps, by_name })
    }

    /// The flow's name.
    pub fn name(&self) -> &FlowName {
        &self.name
    }

    /// The step of a name.
    pub fn step(&self, name: &StepName) -> Option<&Step> {
        self.by_name.get(name).map(|node| &self.steps[*node])
    }

    /// Whether a run that is at `from` can come to `to`; a step leads to itself.
    pub fn leads_to(&self, from: &StepName, to: &StepName) -> bool {
        match (self.by_name.get(from), self.by_name.get(to)) {
            (Some(from), Some(to)) => has_path_connecting(&self.steps, *from, *to, None),
            _ => false,
        }
    }

    /// All steps, in the order of their definition.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.steps.node_weights()
    }

    /// The steps in an order in which each comes after those that lead to it; among equals
    /// the order of their definition.
    pub fn ordered(&self) -> Vec<&Step> {
        let mut missing: Vec<_> = self
            .steps
            .node_indices()
            .map(|node| self.steps.neighbors_directed(node, Direction::Incoming).count())
            .collect();
        let mut ready: std::collections::BTreeSet<_> =
            self.steps.node_indices().filter(|node| missing[node.index()] == 0).collect();
        let mut order = Vec::with_capacity(missing.len());
        while let Some(node) = ready.pop_first() {
            order.push(&self.steps[node]);
            for next in self.steps.neighbors(node) {
                missing[next.index()] -= 1;
                if missing[next.index()] == 0 {
                    ready.insert(next);
                }
            }
        }
        order
    }
}

fn describe_step(outline: &Outline<'_>, balance: &Balance, node: NodeIndex) -> Step {
    let source = outline.graph[node];
    let name_of = |node: &NodeIndex| outline.graph[*node].name.clone();
    let targets: Vec<_> = outline.targets(node).iter().map(name_of).collect();
    let over = outline.transition(node).and_then(|transition| transition.foreach.clone());
    let next = match (over, targets.as_slice()) {
        (_, []) => Transition::End,
        (Some(over), [step, ..]) => Transition::Foreach { step: step.clone(), over },
        (None, _) => Transition::Steps(targets),
    };
    let open = balance.open.get(&node).map(Vec::as_slice).unwrap_or_default();
    let foreach = open.iter().map(|open| open.split).filter(|split| {
        outline.transition(*split).is_some_and(|transition| transition.has_foreach)
    });
    let parents = match balance.parents.get(&node) {
        Some(parents) => parents.iter().map(name_of).collect(),
        None => outline.sources(node).iter().map(name_of).collect(),
    };
    let joined_by = balance.joins.iter().find(|(_, split)| **split == node);
    let joins = balance.joins.get(&node);
    Step {
        name: source.name.clone(),
        kind: kind(source.name.as_str(), &next, joins.is_some()),
        next,
        parents,
        joins: joins.map(name_of),
        joined_by: joined_by.map(|(join, _)| name_of(join)),
        foreach: foreach.map(|split| name_of(&split)).collect(),
        policy: decorators::policy(&source.decorators),
        decorators: source.decorators.clone(),
        doc: source.doc.clone(),
        file: source.file.clone(),
        line: source.line,
    }
}

fn kind(name: &str, next: &Transition, joins: bool) -> StepKind {
    match next {
        Transition::End => StepKind::End,
        _ if joins => StepKind::Join,
        Transition::Foreach { .. } => StepKind::Foreach,
        Transition::Steps(steps) if steps.len() > 1 => StepKind::Split,
        _ if name == "start" => StepKind::Start,
        _ => StepKind::Linear,
    }
}
