//! Retries, `@catch`, failing fast, going on, cancelling.

use super::fixture::Run;
use crate::event::{OnFailure, Policy};
use crate::help::Help;

const SIBLINGS: &str = "
    start -> work each xs
    work -> more
    more -> pick
    pick(inputs) -> end
    end";

fn run(on_failure: OnFailure) -> Run {
    Run::new(SIBLINGS, Policy { max_workers: 2, on_failure, ..Policy::default() }).width("start", 3)
}

#[test]
fn retries_wait_longer_each_time_then_the_run_fails() {
    let source = "start @retry:times=2,minutes_between_retries=0.1,backoff=2 -> end\n end";
    let mut run = Run::of(source);
    run.check("epoch 1", &["start/0.0"])
        .check("start/0.0 raises", &["timer start/0.1 6000"])
        .check("timer start/0.1", &["start/0.1"])
        .check("start/0.1 dies", &["timer start/0.2 12000"]);
    assert_eq!(run.schedule.pending_timers().len(), 1);
    assert_eq!(run.schedule.pending_timers()[0].1, 12_000);
    run.check("timer start/0.2", &["start/0.2"]).check("start/0.2 raises", &["failed"]);
}

#[test]
fn what_fails_the_same_way_each_time_is_not_retried() {
    let mut run = Run::of("start @retry -> end\n end");
    run.check("epoch 1", &["start/0.0"]).check("start/0.0 unstorable", &["failed"]);
}

#[test]
fn a_lost_attempt_does_not_count_as_a_retry() {
    let mut run = Run::of("start @retry:times=1,minutes_between_retries=0 -> end\n end");
    run.check("epoch 1", &["start/0.0"])
        .check("start/0.0 lost", &["start/0.1"])
        .check("start/0.1 raises", &["start/0.2"])
        .check("start/0.2 lost", &["start/0.3"])
        .check("start/0.3 raises", &["failed"]);
}

#[test]
fn catch_works_on_the_last_attempt() {
    let mut run = Run::of("start @catch @retry:times=1,minutes_between_retries=0 -> end\n end");
    run.check("epoch 1", &["start/0.0"])
        .check("start/0.0 raises", &["start/0.1 last"])
        .check("start/0.1 ok", &["end/0.0"]);
}

#[test]
fn catch_still_works_when_the_process_died() {
    let mut run = Run::of("start @catch -> end\n end");
    run.check("epoch 1", &["start/0.0 last"])
        .check("start/0.0 dies", &["start/0.1 fallback"])
        .check("start/0.1 lost", &["start/0.2 fallback"])
        .check("start/0.2 ok", &["end/0.0"]);
    let mut run = Run::of("start @catch -> end\n end");
    run.check("epoch 1", &["start/0.0 last"])
        .check("start/0.0 dies", &["start/0.1 fallback"])
        .check("start/0.1 dies", &["failed"]);
    let mut run = Run::of("start @catch -> end\n end");
    run.check("epoch 1", &["start/0.0 last"]).check("start/0.0 unstorable", &["failed"]);
}

#[test]
fn failing_fast_gives_siblings_a_grace() {
    let mut run = run(OnFailure::FailFast { grace_ms: 500 });
    run.check("epoch 1", &["start/0.0"])
        .check("start/0.0 ok", &["work/0.0", "work/1.0"])
        .check("work/0.0 raises", &["grace 500"])
        .check("grace", &["cancel work/1.0"])
        .check("grace", &[])
        .check("work/1.0 cancelled", &["failed"]);
}

#[test]
fn a_sibling_that_finishes_within_the_grace_starts_nothing() {
    let mut run = run(OnFailure::FailFast { grace_ms: 500 });
    run.check("epoch 1", &["start/0.0"])
        .check("start/0.0 ok", &["work/0.0", "work/1.0"])
        .check("work/0.0 raises", &["grace 500"])
        .check("work/1.0 ok", &["failed"])
        .check("grace", &[]);
}

#[test]
fn going_on_does_all_that_does_not_need_the_failed_task() {
    let mut run = run(OnFailure::KeepGoing);
    run.check("epoch 1", &["start/0.0"])
        .check("start/0.0 ok", &["work/0.0", "work/1.0"])
        .check("work/0.0 raises", &["work/2.0"])
        .check("work/1.0 ok", &["more/1.0"])
        .check("more/1.0 ok", &[])
        .check("work/2.0 ok", &["more/2.0"])
        .check("more/2.0 ok", &["failed"]);
}

#[test]
fn cancelling_ends_what_runs_and_starts_nothing() {
    let mut run = run(OnFailure::KeepGoing);
    run.check("epoch 1", &["start/0.0"])
        .check("start/0.0 ok", &["work/0.0", "work/1.0"])
        .check("cancel", &["cancel work/0.0", "cancel work/1.0"])
        .check("cancel", &[])
        .check("work/1.0 ok", &[])
        .check("work/0.0 raises", &["cancelled"])
        .check("finished cancelled", &[]);
}

#[test]
fn cancelling_while_a_retry_waits_is_heeded_at_once() {
    let mut run = Run::of("start @retry -> end\n end");
    run.check("epoch 1", &["start/0.0"])
        .check("start/0.0 raises", &["timer start/0.1 120000"])
        .check("cancel", &["cancelled"])
        .check("timer start/0.1", &[]);
}

#[test]
fn a_run_that_failed_and_is_cancelled_has_failed() {
    let mut run = run(OnFailure::FailFast { grace_ms: 500 });
    run.check("epoch 1", &["start/0.0"])
        .check("start/0.0 ok", &["work/0.0", "work/1.0"])
        .check("work/0.0 raises", &["grace 500"])
        .check("cancel", &["cancel work/1.0"])
        .check("work/1.0 cancelled", &["failed"]);
}

#[test]
fn a_task_that_goes_where_its_step_does_not_lead_is_refused() {
    let mut run = run(OnFailure::KeepGoing);
    run.check("epoch 1", &["start/0.0"]);
    let next = crate::manifest::Next::Steps { steps: vec!["end".into()] };
    let event = crate::event::RunEvent::AttemptFinished {
        attempt: run.attempt("start/0.0"),
        result: crate::event::AttemptResult::Ok { next },
    };
    let before = run.schedule.clone();
    let error = run.schedule.apply(&event).expect_err("a wrong transition");
    assert_eq!(
        error.to_string(),
        "step `start` leads to `work` for each of `xs`, but its task went to `end`"
    );
    assert!(error.hint().is_some());
    assert_eq!(run.schedule, before);
}
