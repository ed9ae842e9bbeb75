//! Which join closes which split: a walk in topological order with a stack of open
//! splits, as brackets are paired.

use std::collections::{HashMap, HashSet};

use petgraph::graph::NodeIndex;
use petgraph::visit::{DfsPostOrder, Walker};

use super::outline::Outline;

/// An open split, and the branch of it that a step is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Open {
    pub split: NodeIndex,
    pub branch: usize,
}

/// What is wrong with the pairing. Steps downstream of a fault are not judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Several branches meet at a step that takes no `inputs`.
    JoinWithoutInputs { step: NodeIndex },
    /// A step takes `inputs` where nothing is split.
    InputsWithoutSplit { step: NodeIndex },
    /// Branches of different splits meet.
    DifferentSplits { step: NodeIndex, sources: Vec<(NodeIndex, Option<NodeIndex>)> },
    /// A join leaves branches out.
    Incomplete { join: NodeIndex, split: NodeIndex, missing: Vec<NodeIndex> },
    /// A split leads straight to its join.
    EmptyBranch { split: NodeIndex, join: NodeIndex },
    /// `end` comes before a split is joined.
    Unjoined { split: NodeIndex },
}

/// The pairing of a flow's splits and joins.
#[derive(Default)]
pub(crate) struct Balance {
    /// The splits open at each step, the outermost first; absent where a fault is upstream.
    pub open: HashMap<NodeIndex, Vec<Open>>,
    /// Join to split.
    pub joins: HashMap<NodeIndex, NodeIndex>,
    /// The parents of each join, in the order of the split's branches.
    pub parents: HashMap<NodeIndex, Vec<NodeIndex>>,
    /// What is wrong.
    pub faults: Vec<Fault>,
    blamed: HashSet<NodeIndex>,
}

impl Balance {
    /// Pairs the splits and joins of everything that `start` reaches.
    pub fn new(outline: &Outline<'_>) -> Self {
        let mut balance = Self::default();
        let Some(start) = outline.node("start") else { return balance };
        let last_first: Vec<_> =
            DfsPostOrder::new(&outline.graph, start).iter(&outline.graph).collect();
        for node in last_first.into_iter().rev() {
            balance.visit(outline, node);
        }
        balance.forgive_torn(outline);
        balance
    }

    fn visit(&mut self, outline: &Outline<'_>, node: NodeIndex) {
        let sources = outline.sources(node);
        let takes_inputs = outline.graph[node].arguments.len() > 1;
        let mut incoming = Vec::with_capacity(sources.len());
        for source in &sources {
            let Some(open) = self.open.get(source) else { return };
            let mut open = open.clone();
            if outline.splits(*source) {
                open.push(Open { split: *source, branch: outline.branch(*source, node) });
            }
            incoming.push((*source, open));
        }
        let own = match incoming.as_slice() {
            [] => Some(Vec::new()),
            [(_, open)] if !takes_inputs => Some(open.clone()),
            _ => {
                if !takes_inputs {
                    self.faults.push(Fault::JoinWithoutInputs { step: node });
                }
                self.join(outline, node, incoming)
            }
        };
        let signature_is_right = outline.graph[node].arguments.len() == 2;
        if signature_is_right && !self.joins.contains_key(&node) && own.is_some() {
            self.faults.push(Fault::InputsWithoutSplit { step: node });
        }
        if let Some(own) = own {
            if outline.graph[node].name.as_str() == "end" {
                own.iter()
                    .for_each(|open| self.blame(open.split, |split| Fault::Unjoined { split }));
            }
            self.open.insert(node, own);
        }
    }

    /// Closes a split; returns what is still open, or nothing after a fault.
    fn join(
        &mut self,
        outline: &Outline<'_>,
        node: NodeIndex,
        mut incoming: Vec<(NodeIndex, Vec<Open>)>,
    ) -> Option<Vec<Open>> {
        let innermost = |open: &[Open]| open.last().map(|open| open.split);
        let split = innermost(&incoming[0].1);
        if incoming.iter().any(|(_, open)| innermost(open) != split) {
            let sources = incoming.iter().map(|(from, open)| (*from, innermost(open))).collect();
            self.faults.push(Fault::DifferentSplits { step: node, sources });
            return None;
        }
        let Some(split) = split else { return Some(Vec::new()) };
        if incoming.iter().any(|(from, _)| *from == split) {
            self.faults.push(Fault::EmptyBranch { split, join: node });
        }
        incoming.sort_by_key(|(_, open)| open.last().map(|open| open.branch));
        let branches: Vec<_> =
            incoming.iter().filter_map(|(_, open)| open.last()).map(|open| open.branch).collect();
        let missing: Vec<_> = outline
            .targets(split)
            .into_iter()
            .filter(|target| !branches.contains(&outline.branch(split, *target)))
            .collect();
        self.joins.insert(node, split);
        if !missing.is_empty() {
            self.blame(split, |split| Fault::Incomplete { join: node, split, missing });
            return None;
        }
        let mut open = incoming[0].1.clone();
        open.pop();
        self.parents.insert(node, incoming.into_iter().map(|(from, _)| from).collect());
        Some(open)
    }

    /// Speaks of each split once.
    fn blame(&mut self, split: NodeIndex, fault: impl FnOnce(NodeIndex) -> Fault) {
        if self.blamed.insert(split) {
            self.faults.push(fault(split));
        }
    }

    /// Drops faults of splits that a step with an unknown continuation may yet join.
    fn forgive_torn(&mut self, outline: &Outline<'_>) {
        let torn: Vec<_> = outline.torn.intersection(&outline.reachable).copied().collect();
        let open = &self.open;
        let may_join = |split: NodeIndex| {
            torn.iter().any(|node| {
                *node == split
                    || open.get(node).is_none_or(|open| open.iter().any(|open| open.split == split))
            })
        };
        self.faults.retain(|fault| match fault {
            Fault::Incomplete { split, .. } | Fault::Unjoined { split } => !may_join(*split),
            _ => true,
        });
    }
}
