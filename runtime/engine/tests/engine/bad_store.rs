//! A datastore that misbehaves under a run: lost acknowledgements, refusals, slowness.

use std::sync::Arc;
use std::time::Duration;

use flownote_engine::Start;
use flownote_flow::event::{Policy, RunStatus};
use flownote_store::fault::{Fault, FaultStore, Faults, Op};
use flownote_store::{Store, StoreOptions, StoreUrl};
use serde_json::json;

use crate::flow::{foreach_flow, on_one_thread, options, record, run};
use crate::scripted::well;
use crate::takeover::{check_log, winners};

async fn faulty(faults: &Faults) -> Store {
    let faults = faults.clone();
    let wrap = move |objects| Arc::new(FaultStore::new(objects, faults.clone())) as _;
    Store::open_wrapped(&StoreUrl::Memory, StoreOptions::default(), wrap).await.expect("opens")
}

/// Runs once with faults on the objects whose keys have this part, and checks what is left.
async fn check(part: &str, fault: Fault, times: usize) {
    let faults = Faults::default();
    faults.add(Op::Create, part, fault).times(times);
    let store = faulty(&faults).await;
    let start = Start::New(record("r1", foreach_flow(json!([])), Policy::default()));
    let summary = run(options(&store, start, 1), well(5)).await;
    let summary = summary.unwrap_or_else(|error| panic!("{fault:?} on {part}: {error}"));
    assert_eq!(summary.status, RunStatus::Succeeded, "{fault:?} on {part}");
    assert!(faults.fired() > 0, "{part} is created in every run");
    faults.clear();
    for (task, won) in winners(&store, "r1", 5).await {
        assert_eq!(won, 1, "{task} with {fault:?} on {part}");
    }
    check_log(&store, "r1").await;
}

const CREATED: [&str; 7] = [
    "run.json",
    "log/000000000000",
    "log/000000000001",
    "start/0.0.done",
    "fit/3.0.done",
    "-created",
    "-succeeded",
];

#[test]
fn a_lost_acknowledgement_of_any_create_changes_nothing() {
    on_one_thread(async {
        for part in CREATED {
            check(part, Fault::ErrorAfter, 1).await;
        }
        check("", Fault::ErrorAfter, 40).await;
    });
}

#[test]
fn a_create_that_failed_or_was_refused_by_mistake_is_tried_again() {
    on_one_thread(async {
        for part in CREATED {
            check(part, Fault::ErrorBefore, 1).await;
            check(part, Fault::Conflict, 1).await;
        }
    });
}

#[test]
fn a_slow_store_delays_and_nothing_else() {
    on_one_thread(check("", Fault::Delay(Duration::from_millis(5)), usize::MAX));
}
