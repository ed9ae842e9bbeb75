//! A schedule that stops and goes on: replay, snapshots, events heard twice or never.

use std::sync::Arc;

use super::fixture::Run;
use crate::schedule::{Schedule, State};

const SOURCE: &str = "
    start @retry:minutes_between_retries=0 -> work each xs
    work @retry -> pick
    pick(inputs) -> end
    end";

const EVENTS: [&str; 9] = [
    "epoch 1",
    "start/0.0 raises",
    "start/0.1 ok",
    "work/1.0 raises",
    "epoch 2",
    "work/0.0 lost",
    "timer work/1.1",
    "work/1.1 ok",
    "work/0.1 ok",
];

#[test]
fn replaying_the_log_or_restoring_a_snapshot_gives_the_same_state() {
    let mut run = Run::of(SOURCE);
    let mut replayed = run.schedule.clone();
    for event in EVENTS {
        run.apply(event).expect(event);
        replayed.apply(run.log.last().expect("an event")).expect(event);
        let stored = serde_json::to_string(run.schedule.state()).expect("JSON");
        let state: State = serde_json::from_str(&stored).expect("a state");
        let graph = Arc::clone(run.schedule.graph());
        let restored = Schedule::restore(graph, run.schedule.policy().clone(), state);
        assert_eq!((&restored, &replayed), (&run.schedule, &run.schedule), "after `{event}`");
        replayed = restored;
    }
    run.check("pick/0.0 ok", &["end/0.0"]);
}

#[test]
fn what_is_heard_twice_changes_nothing() {
    let mut run = Run::of(SOURCE);
    for event in EVENTS {
        run.apply(event).expect(event);
        if event.starts_with("epoch") {
            continue;
        }
        let before = run.schedule.clone();
        run.check(event, &[]);
        assert_eq!(run.schedule, before, "after `{event}` again");
    }
}

#[test]
fn a_takeover_learns_what_to_settle() {
    let mut run = Run::of(SOURCE);
    EVENTS[..5].iter().for_each(|event| drop(run.apply(event).expect(event)));
    let running: Vec<_> = run.schedule.running().cloned().collect();
    assert_eq!(running, [run.attempt("work/0.0")]);
    let launch = run.schedule.relaunch(&running[0]).expect("it runs");
    assert_eq!((launch.parents[0].attempt, launch.foreach[0].count), (1, 2));
    assert_eq!(run.schedule.pending_timers().len(), 1);
}

#[test]
fn a_takeover_of_a_run_that_was_about_to_end_ends_it() {
    let mut run = Run::of("start -> end\n end");
    run.check("epoch 1", &["start/0.0"])
        .check("start/0.0 ok", &["end/0.0"])
        .check("end/0.0 ok", &["succeeded"])
        .check("epoch 2", &["succeeded"])
        .check("finished succeeded", &[])
        .check("cancel", &[])
        .check("end/0.0 ok", &[]);
}

#[test]
fn what_cannot_be_true_is_refused() {
    let refuse = |run: &mut Run, event: &str, message: &str| {
        let before = run.schedule.clone();
        assert_eq!(run.apply(event).expect_err(event).to_string(), message);
        assert_eq!(run.schedule, before);
    };
    let mut run = Run::of(SOURCE);
    refuse(&mut run, "cancel", "the run has no scheduler yet: its log must begin with an epoch");
    run.apply("epoch 3").expect("an epoch");
    refuse(&mut run, "epoch 3", "epoch 3 comes after epoch 3");
    refuse(&mut run, "end/0.0 ok", "attempt `end/0.0` was never launched");
    refuse(&mut run, "start/0.1 ok", "attempt `start/0.1` was never launched");
    refuse(&mut run, "finished failed", "the run isn't over (attempts under way: 1)");
    run.apply("start/0.0 ok").expect("ok");
    run.apply("work/0.0 raises").expect("a retry");
    refuse(&mut run, "work/0.1 ok", "attempt `work/0.1` was never launched");
}
