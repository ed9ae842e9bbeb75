//! The order of steps as a description has it, mistakes forgiven, so that one mistake
//! doesn't hide the others and doesn't bring up new ones.

use std::collections::{HashMap, HashSet};

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{DfsEvent, EdgeRef, depth_first_search};

use crate::description::{FlowDescription, StepDescription, TransitionDescription};

/// Steps as nodes, named transitions as edges weighted with the position of the target.
pub(crate) struct Outline<'a> {
    /// The first definition of every name, in order.
    pub graph: DiGraph<&'a StepDescription, usize>,
    /// Names to nodes.
    pub by_name: HashMap<&'a str, NodeIndex>,
    /// Steps that should lead somewhere, and it isn't known where.
    pub torn: HashSet<NodeIndex>,
    /// Cycles, each from its first step round to the one that leads back. The edge back
    /// is not in `graph`.
    pub cycles: Vec<Vec<NodeIndex>>,
    /// The steps that `start` leads to, itself included.
    pub reachable: HashSet<NodeIndex>,
}

impl<'a> Outline<'a> {
    /// Reads a description. A misspelt target is taken for the step that it resembles.
    pub fn new(description: &'a FlowDescription) -> Self {
        let mut outline = Self {
            graph: DiGraph::new(),
            by_name: HashMap::new(),
            torn: HashSet::new(),
            cycles: Vec::new(),
            reachable: HashSet::new(),
        };
        for step in &description.steps {
            if !outline.by_name.contains_key(step.name.as_str()) {
                let node = outline.graph.add_node(step);
                outline.by_name.insert(step.name.as_str(), node);
            }
        }
        for node in outline.graph.node_indices() {
            outline.connect(node);
        }
        outline.walk();
        outline
    }

    /// The node of a step.
    pub fn node(&self, name: &str) -> Option<NodeIndex> {
        self.by_name.get(name).copied()
    }

    /// The node that a target means: its name, or the one name that resembles it.
    pub fn resolve(&self, target: &str) -> Option<NodeIndex> {
        self.node(target).or_else(|| self.node(self.resembling(target)?))
    }

    /// The step whose name resembles a word most, if any does. Nobody means `start`, since
    /// nothing can lead there.
    pub fn resembling(&self, word: &str) -> Option<&'a str> {
        let names = self.graph.node_weights().map(|step| step.name.as_str());
        crate::help::resembling(word, names.filter(|name| *name != "start"))
    }

    /// The transition of a step that counts: the last statement, or else the first found.
    pub fn transition(&self, node: NodeIndex) -> Option<&'a TransitionDescription> {
        let all = &self.graph[node].transitions;
        all.iter().find(|transition| transition.last).or(all.first())
    }

    /// Whether a step leads to several tasks.
    pub fn splits(&self, node: NodeIndex) -> bool {
        self.graph.edges(node).count() > 1
            || self.transition(node).is_some_and(|transition| transition.has_foreach)
    }

    /// The steps that lead to a node and are reachable, in the order of their definition.
    pub fn sources(&self, node: NodeIndex) -> Vec<NodeIndex> {
        let incoming = self.graph.neighbors_directed(node, Direction::Incoming);
        let mut sources: Vec<_> = incoming.filter(|from| self.reachable.contains(from)).collect();
        sources.sort();
        sources
    }

    /// Where in the transition of `from` the step `to` is named.
    pub fn branch(&self, from: NodeIndex, to: NodeIndex) -> usize {
        self.graph.edges_connecting(from, to).next().map_or(0, |edge| *edge.weight())
    }

    /// The steps named by a node's transition, in order.
    pub fn targets(&self, node: NodeIndex) -> Vec<NodeIndex> {
        let mut edges: Vec<_> = self.graph.edges(node).collect();
        edges.sort_by_key(|edge| *edge.weight());
        edges.iter().map(|edge| edge.target()).collect()
    }

    fn connect(&mut self, node: NodeIndex) {
        if self.graph[node].name.as_str() == "end" {
            return;
        }
        let Some(transition) = self.transition(node) else {
            self.torn.insert(node);
            return;
        };
        if transition.targets.is_empty() || (!transition.literal && !transition.has_foreach) {
            self.torn.insert(node);
        }
        for (branch, target) in transition.targets.iter().enumerate() {
            match self.resolve(target.as_str()) {
                Some(to) if self.graph.contains_edge(node, to) => {}
                Some(to) => drop(self.graph.add_edge(node, to, branch)),
                None => drop(self.torn.insert(node)),
            }
        }
    }

    /// Finds what `start` reaches, and cuts cycles where they close.
    fn walk(&mut self) {
        let Some(start) = self.node("start") else { return };
        let mut trail = Vec::new();
        let (mut cycles, mut reachable) = (Vec::new(), HashSet::new());
        depth_first_search(&self.graph, [start], |event| match event {
            DfsEvent::Discover(node, _) => {
                reachable.insert(node);
                trail.push(node);
            }
            DfsEvent::Finish(..) => drop(trail.pop()),
            DfsEvent::BackEdge(_, to) => {
                let begin = trail.iter().position(|node| *node == to).unwrap_or(0);
                cycles.push(trail[begin..].to_vec());
            }
            _ => {}
        });
        for cycle in &cycles {
            let (Some(first), Some(last)) = (cycle.first(), cycle.last()) else { continue };
            if let Some(edge) = self.graph.find_edge(*last, *first) {
                self.graph.remove_edge(edge);
                self.torn.insert(*last);
            }
        }
        (self.cycles, self.reachable) = (cycles, reachable);
    }
}
