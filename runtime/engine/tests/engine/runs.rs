//! Runs by one service, from beginning to end.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use flownote_engine::{Cancel, Progress, Start};
use flownote_flow::event::{OnFailure, Policy, RunEvent, RunStatus};
use flownote_flow::id::{AttemptKey, TaskKey};
use flownote_flow::manifest::{FailureKind, Outcome};
use flownote_store::{Store, StoreOptions, StoreUrl};
use serde_json::json;

use crate::flow::{foreach_flow, key, on_one_thread, options, record, run, service};
use crate::scripted::{Act, Script, manifest, well};

async fn memory() -> Store {
    Store::open(&StoreUrl::Memory, StoreOptions::default()).await.expect("opens")
}

fn attempt(step: &str, path: &[u32], attempt: u32) -> AttemptKey {
    AttemptKey { task: TaskKey::new(step, path), attempt }
}

#[test]
fn a_foreach_runs_each_item_once_and_joins_them_all() {
    on_one_thread(async {
        let store = memory().await;
        let start = Start::New(record("r1", foreach_flow(json!([])), Policy::default()));
        let summary = run(options(&store, start, 1), well(20)).await.expect("runs");
        assert_eq!((summary.status, summary.done), (RunStatus::Succeeded, 23));
        let log = store.read_log(&key("r1"), 0).await.expect("reads");
        let last = log.last().expect("a log").1.events.last();
        assert_eq!(last, Some(&RunEvent::RunFinished { status: RunStatus::Succeeded }));
        let numbers: Vec<u64> = log.iter().map(|(seq, _)| *seq).collect();
        assert_eq!(numbers, (0..numbers.len() as u64).collect::<Vec<_>>(), "dense");
    });
}

#[test]
fn a_failure_is_tried_again_and_its_reason_kept() {
    on_one_thread(async {
        let store = memory().await;
        let retry = json!([{"name":"retry","attributes":{"times":2,"minutes_between_retries":0}}]);
        let start = Start::New(record("r1", foreach_flow(retry), Policy::default()));
        let script: Script =
            Rc::new(|spec| match (spec["step"].as_str(), spec["attempt"].as_u64()) {
                (Some("fit"), Some(0)) if spec["task"] == "1" => Act::Die(11),
                (Some("fit"), Some(1)) if spec["task"] == "1" => Act::Die(7 << 8),
                _ => Act::Report(manifest(spec, 3)),
            });
        let summary = run(options(&store, start, 1), script).await.expect("runs");
        assert_eq!(summary.status, RunStatus::Succeeded);
        for (number, kind) in [(0, FailureKind::Signal), (1, FailureKind::Exit)] {
            let done = store.done(&key("r1"), &attempt("fit", &[1], number)).await.expect("reads");
            assert_eq!(done.expect("done").failure.expect("a failure").kind, kind);
        }
        let third = store.done(&key("r1"), &attempt("fit", &[1], 2)).await.expect("reads");
        assert_eq!(third.expect("done").outcome, Outcome::Ok);
    });
}

#[test]
fn a_wrong_next_fails_the_task_before_anything_is_committed() {
    on_one_thread(async {
        let store = memory().await;
        let start = Start::New(record("r1", foreach_flow(json!([])), Policy::default()));
        let script: Script = Rc::new(|_| Act::Report(json!({"next": {"kind":"end"}})));
        let summary = run(options(&store, start, 1), script).await.expect("runs");
        assert_eq!(summary.status, RunStatus::Failed);
        let done = store.done(&key("r1"), &attempt("start", &[], 0)).await.expect("reads");
        let failure = done.expect("done").failure.expect("a failure");
        assert!(failure.message.contains("leads to"), "{}", failure.message);
        assert!(!failure.retryable);
    });
}

#[test]
fn output_is_shown_while_it_comes_and_kept_with_the_attempt() {
    on_one_thread(async {
        let store = memory().await;
        let start = Start::New(record("r1", foreach_flow(json!([])), Policy::default()));
        let script: Script = Rc::new(|spec| Act::Print("a\nb".into(), manifest(spec, 1)));
        let (service, _, heard) = service(options(&store, start, 1), script);
        service.run().await.expect("runs");
        let lines: Vec<String> = heard
            .borrow()
            .iter()
            .filter_map(|progress| match progress {
                Progress::Log { step, text, .. } => Some(format!("{step}:{text}")),
                _ => None,
            })
            .collect();
        assert_eq!(lines[..2], ["start:a\n", "start:b"]);
        let done = store.done(&key("r1"), &attempt("end", &[], 0)).await.expect("reads");
        let logs = done.expect("done").logs;
        assert_eq!((logs.stdout.bytes, logs.stdout.inline.len()), (3, 2));
    });
}

#[test]
fn a_cancelled_run_ends_its_workers_and_says_so() {
    on_one_thread(async {
        let store = memory().await;
        let policy = Policy { max_workers: 4, ..Policy::default() };
        let start = Start::New(record("r1", foreach_flow(json!([])), policy));
        let script: Script = Rc::new(|spec| match spec["step"].as_str() {
            Some("fit") => Act::Hang,
            _ => Act::Report(manifest(spec, 8)),
        });
        let (service, handle, _) = service(options(&store, start, 1), script);
        let cancelling = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            handle.cancel(Cancel::Graceful);
        };
        let (summary, ()) = tokio::join!(service.run(), cancelling);
        assert_eq!(summary.expect("ends").status, RunStatus::Cancelled);
        let done = store.done(&key("r1"), &attempt("fit", &[0], 0)).await.expect("reads");
        assert_eq!(done.expect("done").outcome, Outcome::Cancelled);
    });
}

#[test]
fn a_step_that_ignores_its_timeout_is_killed_and_reported_as_late() {
    on_one_thread(async {
        let store = memory().await;
        let timeout = json!([{"name":"timeout","attributes":{"seconds":1,"minutes":0,"hours":0}}]);
        let start = Start::New(record("r1", foreach_flow(timeout), Policy::default()));
        let script: Script = Rc::new(|spec| match spec["step"].as_str() {
            Some("fit") => Act::Hang,
            _ => Act::Report(manifest(spec, 1)),
        });
        let summary = run(options(&store, start, 1), script).await.expect("ends");
        assert_eq!(summary.status, RunStatus::Failed);
        let done = store.done(&key("r1"), &attempt("fit", &[0], 0)).await.expect("reads");
        assert_eq!(done.expect("done").failure.expect("a failure").kind, FailureKind::Timeout);
    });
}

#[test]
fn keep_going_finishes_what_does_not_need_the_failed_task() {
    on_one_thread(async {
        let store = memory().await;
        let policy = Policy { on_failure: OnFailure::KeepGoing, ..Policy::default() };
        let start = Start::New(record("r1", foreach_flow(json!([])), policy));
        let ran = Rc::new(Cell::new(0));
        let counting = Rc::clone(&ran);
        let script: Script = Rc::new(move |spec| {
            if spec["step"] != "fit" {
                return Act::Report(manifest(spec, 6));
            }
            counting.set(counting.get() + 1);
            if spec["task"] == "0" { Act::Die(1 << 8) } else { Act::Report(manifest(spec, 6)) }
        });
        let summary = run(options(&store, start, 1), script).await.expect("ends");
        assert_eq!((summary.status, ran.get()), (RunStatus::Failed, 6));
    });
}
