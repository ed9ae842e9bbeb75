//! Flows at random, nearly all of them wrong: the rules never stumble, say nothing twice,
//! and what they let pass runs to its end.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use proptest::prelude::*;

use crate::description::FlowDescription;
use crate::event::{Action, AttemptResult, Policy, RunEvent, RunStatus};
use crate::fixture::flow;
use crate::graph::{FlowGraph, Step, Transition};
use crate::lint::lint;
use crate::manifest::Next;
use crate::schedule::Schedule;

const NAMES: [&str; 6] = ["a", "b", "c", "d", "end", "strat"];

fn any_step(name: &'static str) -> impl Strategy<Value = String> {
    let targets = proptest::collection::vec(proptest::sample::select(&NAMES[..]), 0..3);
    let shape = (targets, any::<bool>(), proptest::bool::weighted(0.2));
    shape.prop_map(move |(targets, inputs, foreach)| {
        let inputs = if inputs && name != "start" { "(inputs)" } else { "" };
        let each = if foreach { " each xs" } else { "" };
        match targets.join(" ").as_str() {
            _ if name == "end" => format!("end{inputs}"),
            "" => format!("{name}{inputs}"),
            targets => format!("{name}{inputs} -> {targets}{each}"),
        }
    })
}

fn any_flow() -> impl Strategy<Value = FlowDescription> {
    let names = proptest::sample::subsequence(vec!["start", "a", "b", "c", "d", "end"], 1..=6);
    let steps = names.prop_flat_map(|names| names.into_iter().map(any_step).collect::<Vec<_>>());
    steps.prop_map(|steps| flow(&steps.join("\n")))
}

fn next(step: &Step) -> Next {
    match &step.next {
        Transition::End => Next::End,
        Transition::Steps(steps) => Next::Steps { steps: steps.clone() },
        Transition::Foreach { step, .. } => Next::Foreach { step: step.clone(), count: 2 },
    }
}

/// Runs a flow in which nothing fails.
fn run(graph: FlowGraph) -> Option<RunStatus> {
    let graph = Arc::new(graph);
    let mut schedule = Schedule::new(Arc::clone(&graph), Policy::default());
    let mut events = VecDeque::from([RunEvent::Epoch { epoch: 1, owner: "test".into() }]);
    while let Some(event) = events.pop_front() {
        for action in schedule.apply(&event).expect("a true event") {
            match action {
                Action::Launch(launch) => {
                    let step = graph.step(launch.step()).expect("a step");
                    let result = AttemptResult::Ok { next: next(step) };
                    events.push_back(RunEvent::AttemptFinished { attempt: launch.attempt, result });
                }
                Action::FinishRun { status } => return Some(status),
                other => panic!("nothing failed, and yet {other:?}"),
            }
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_flow_has_problems_or_runs_to_its_end(flow in any_flow()) {
        let problems = lint(&flow);
        let texts: BTreeSet<_> = problems.iter().map(ToString::to_string).collect();
        prop_assert_eq!(texts.len(), problems.len(), "a problem is named twice");
        match FlowGraph::new(&flow) {
            Ok(graph) => prop_assert_eq!(run(graph), Some(RunStatus::Succeeded)),
            Err(found) => prop_assert_eq!(found, problems),
        }
    }
}
