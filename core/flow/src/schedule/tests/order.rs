//! Which task comes when.

use super::fixture::Run;
use crate::event::{OnFailure, Policy};

const FOREACH: &str = "
    start -> train each models
    train -> score
    score -> pick
    pick(inputs) -> end
    end";

#[test]
fn steps_follow_each_other_and_the_run_succeeds() {
    let mut run = Run::of("start -> middle\n middle -> end\n end");
    run.check("epoch 1", &["start/0.0"])
        .check("started start/0.0", &[])
        .check("start/0.0 ok", &["middle/0.0"])
        .check("middle/0.0 ok", &["end/0.0"])
        .check("end/0.0 ok", &["succeeded"])
        .check("finished succeeded", &[]);
}

#[test]
fn begun_items_are_finished_before_others_begin() {
    let policy = Policy { max_workers: 2, ..Policy::default() };
    let mut run = Run::new(FOREACH, policy).width("start", 4);
    run.check("epoch 1", &["start/0.0"])
        .check("start/0.0 ok", &["train/0.0", "train/1.0"])
        .check("train/1.0 ok", &["score/1.0"])
        .check("score/1.0 ok", &["train/2.0"])
        .check("train/0.0 ok", &["score/0.0"])
        .check("train/2.0 ok", &["score/2.0"])
        .check("score/0.0 ok", &["train/3.0"])
        .check("score/2.0 ok", &[])
        .check("train/3.0 ok", &["score/3.0"])
        .check("score/3.0 ok", &["pick/0.0"]);
}

#[test]
fn branches_start_in_the_order_of_self_next() {
    let mut run = Run::of("start -> b a\n a -> join\n b -> join\n join(inputs) -> end\n end");
    run.check("epoch 1", &["start/0.0"]).check("start/0.0 ok", &["b/0.0", "a/0.0"]);
}

#[test]
fn counts_tell_each_task_once() {
    let mut run =
        Run::new(FOREACH, Policy { max_workers: 2, ..Policy::default() }).width("start", 5);
    run.check("epoch 1", &["start/0.0"]).check("start/0.0 ok", &["train/0.0", "train/1.0"]);
    run.check("train/0.0 ok", &["score/0.0"]);
    let counts: Vec<_> = run
        .schedule
        .counts()
        .map(|(step, counts)| (step.to_string(), [counts.queued, counts.running, counts.done]))
        .collect();
    let expect =
        [("start", [0, 0, 1]), ("train", [3, 1, 1]), ("score", [0, 1, 0]), ("pick", [0; 3])];
    let expect: Vec<_> = expect.iter().map(|(step, counts)| (step.to_string(), *counts)).collect();
    assert_eq!(counts[..4], expect);
}

#[test]
fn a_million_items_cost_nothing_before_they_start() {
    let policy = Policy { max_workers: 4, ..Policy::default() };
    let mut run = Run::new(FOREACH, policy).width("start", 1_000_000);
    run.check("epoch 1", &["start/0.0"]);
    run.launches("start/0.0 ok");
    for item in 0..10_000 {
        run.launches(&format!("train/{item}.0 ok"));
        run.launches(&format!("score/{item}.0 ok"));
    }
    let stored = serde_json::to_string(run.schedule.state()).expect("JSON");
    assert!(stored.len() < 4_000, "the state has {} bytes", stored.len());
}

/// A run that is to end after a step, with a foreach that has three items.
fn until(source: &str, step: &str) -> Run {
    let policy = Policy { max_workers: 10, until: Some(step.into()), ..Policy::default() };
    Run::new(source, policy).width("start", 3)
}

#[test]
fn a_run_until_a_step_ends_when_every_task_of_it_has() {
    until(FOREACH, "train")
        .check("epoch 1", &["start/0.0"])
        .check("start/0.0 ok", &["train/0.0", "train/1.0", "train/2.0"])
        .check("train/1.0 ok", &[])
        .check("train/0.0 ok", &[])
        .check("train/2.0 ok", &["succeeded"])
        .check("finished succeeded", &[]);
    until(FOREACH, "start").check("epoch 1", &["start/0.0"]).check("start/0.0 ok", &["succeeded"]);
}

#[test]
fn a_run_until_a_step_runs_only_what_leads_to_it() {
    let split = "start -> a b\n a -> c\n c -> join\n b -> join\n join(inputs) -> end\n end";
    until(split, "c")
        .check("epoch 1", &["start/0.0"])
        .check("start/0.0 ok", &["a/0.0"])
        .check("a/0.0 ok", &["c/0.0"])
        .check("c/0.0 ok", &["succeeded"]);
    until(split, "join")
        .check("epoch 1", &["start/0.0"])
        .check("start/0.0 ok", &["a/0.0", "b/0.0"])
        .check("a/0.0 ok", &["c/0.0"])
        .check("b/0.0 ok", &[])
        .check("c/0.0 ok", &["join/0.0"])
        .check("join/0.0 ok", &["succeeded"]);
}

#[test]
fn a_run_until_a_step_that_fails_has_failed() {
    let policy = Policy {
        max_workers: 10,
        on_failure: OnFailure::KeepGoing,
        until: Some("train".into()),
        ..Policy::default()
    };
    Run::new(FOREACH, policy)
        .width("start", 2)
        .check("epoch 1", &["start/0.0"])
        .check("start/0.0 ok", &["train/0.0", "train/1.0"])
        .check("train/0.0 raises", &[])
        .check("train/1.0 ok", &["failed"]);
}
