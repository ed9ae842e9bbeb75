//! What the graph knows of a flow with everything in it.

use crate::fixture::flow;
use crate::graph::{FlowGraph, StepKind};
use crate::help::Help;

const EVERYTHING: &str = "
    start -> left right
    left -> item each xs
    item -> p q
    p @retry:times=1 -> pq
    q -> pq
    pq(inputs) -> inner each ys
    inner -> close
    close(inputs) -> collect
    collect(inputs) -> both
    right -> both
    both(inputs) -> end
    end";

fn graph() -> FlowGraph {
    FlowGraph::new(&flow(EVERYTHING)).expect("no problems")
}

#[test]
fn every_join_knows_its_split_and_every_step_its_foreaches() {
    let graph = graph();
    let check = |name: &str, kind: StepKind, joins: Option<&str>, foreach: &[&str]| {
        let step = graph.step(&name.into()).expect(name);
        let own: Vec<_> = step.foreach.iter().map(|split| split.as_str()).collect();
        assert_eq!(
            (step.kind, step.joins.as_ref().map(|s| s.as_str()), own.as_slice()),
            (kind, joins, foreach),
            "{name}"
        );
        if let Some(split) = joins {
            let split = graph.step(&split.into()).expect(split);
            assert_eq!(split.joined_by.as_ref().map(|s| s.as_str()), Some(name));
        }
    };
    check("start", StepKind::Split, None, &[]);
    check("left", StepKind::Foreach, None, &[]);
    check("item", StepKind::Split, None, &["left"]);
    check("p", StepKind::Linear, None, &["left"]);
    check("pq", StepKind::Join, Some("item"), &["left"]);
    check("inner", StepKind::Linear, None, &["left", "pq"]);
    check("close", StepKind::Join, Some("pq"), &["left"]);
    check("collect", StepKind::Join, Some("left"), &[]);
    check("both", StepKind::Join, Some("start"), &[]);
    check("end", StepKind::End, None, &[]);
    let both = graph.step(&"both".into()).expect("both");
    assert_eq!(
        both.parents.iter().map(|step| step.as_str()).collect::<Vec<_>>(),
        ["collect", "right"]
    );
    assert_eq!(graph.step(&"p".into()).expect("p").policy.retries, 1);
}

#[test]
fn steps_come_after_those_that_lead_to_them() {
    let graph = FlowGraph::new(&flow("end\n b -> end\n start -> b")).expect("no problems");
    let names: Vec<_> = graph.ordered().iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["start", "b", "end"]);
}

#[test]
fn names_of_attempts_become_keys_by_the_depth_of_their_step() {
    let graph = graph();
    assert_eq!(&*graph.attempt_key("right/0.1").expect("a key").task.path, &[] as &[u32]);
    assert_eq!(&*graph.attempt_key("item/0.1").expect("a key").task.path, &[0]);
    assert_eq!(&*graph.attempt_key("inner/0-7.0").expect("a key").task.path, &[0, 7]);
    let check = |name: &str, message: &str, hint: &str| {
        let error = graph.attempt_key(name).expect_err(name);
        assert_eq!((error.to_string().as_str(), error.hint().as_deref()), (message, Some(hint)));
    };
    check("rihgt/0.0", "flow `Test` has no step `rihgt`", "did you mean `right`?");
    check(
        "right/1.0",
        "`1` can't be a task of step `right`, which is in 0 foreach levels",
        "its only task is `0`",
    );
    check(
        "inner/3.0",
        "`3` can't be a task of step `inner`, which is in 2 foreach levels",
        "join one number for each level by `-`, the outermost first",
    );
    check(
        "right",
        "`right` can't be the name of an attempt",
        "attempts are named `step/task.attempt`, as `train/3.0`",
    );
}

#[test]
fn a_flow_is_drawn_in_dot() {
    insta::assert_snapshot!(graph().dot());
}

#[test]
fn a_flow_is_drawn_in_mermaid() {
    insta::assert_snapshot!(graph().mermaid());
}
