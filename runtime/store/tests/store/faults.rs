//! What a store does when its disk or its service fails.

use std::time::Duration;

use bytes::Bytes;
use flownote_flow::event::RunStatus;
use flownote_flow::help::Help;
use flownote_store::check::Damage;
use flownote_store::fault::{Fault, Op};
use flownote_store::{Appended, Committed, Error, Store, StoreOptions, StoreUrl};

use crate::support::*;

/// A power cut leaves half of a `done`: it is told, moved aside, and written anew.
#[tokio::test]
async fn a_torn_write_is_told_and_can_be_repaired() {
    let (store, faults) = faulty_store().await;
    let record = record("Hello", &run_id("20261122T101512345", 1));
    let run = key(&record);
    store.create_run(&record).await.unwrap();
    faults.add(Op::Create, ".done", Fault::Torn).times(1);
    let start = attempt("start", &[], 0);
    let mine = done(&run, &start);
    let error = store.commit_done(&run, &mine).await.unwrap_err();
    assert!(matches!(error, Error::Undecodable { .. }), "{error}");
    assert!(error.hint().unwrap().contains("flownote store check --repair"));
    assert!(matches!(store.done(&run, &start).await, Err(Error::Undecodable { .. })));

    let report = store.check(false).await.unwrap();
    assert_eq!(report.findings.len(), 1, "{report:#?}");
    assert_eq!(report.findings[0].damage, Damage::Undecodable);
    assert!(report.findings[0].key.ends_with("tasks/start/0.0.done"));
    assert!(store.check(true).await.unwrap().findings[0].repaired);
    assert!(store.check(false).await.unwrap().is_clean());
    assert_eq!(store.done(&run, &start).await.unwrap(), None);
    assert_eq!(store.commit_done(&run, &mine).await.unwrap(), Committed::Won);
}

#[tokio::test]
async fn a_listing_that_lags_hides_nothing_that_counts() {
    let (store, faults) = faulty_store().await;
    let record = record("Hello", &run_id("20261122T101512345", 1));
    let run = key(&record);
    store.create_run(&record).await.unwrap();
    faults.add(Op::List, "", Fault::Stale(Duration::from_secs(3600)));
    for seq in 0..40 {
        assert_eq!(store.append_log(&run, seq, &batch(1, vec![])).await.unwrap(), Appended::Won);
    }
    assert!(store.list("runs/Hello").await.unwrap().is_empty() || faults.fired() > 0);
    let log = store.read_log(&run, 3).await.unwrap();
    assert_eq!(log.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), (3..40).collect::<Vec<_>>());
    assert_eq!(store.append_log(&run, 39, &batch(2, vec![])).await.unwrap(), Appended::Taken);
    let start = attempt("start", &[], 0);
    let mine = commit(&store, &run, &start, &[]).await;
    assert_eq!(store.done(&run, &start).await.unwrap(), Some(mine));
    let task = store.task(&run, &"start".into(), &task_id("0")).await.unwrap();
    assert_eq!(task.attempts.len(), 1);
}

async fn check_a_failing_disk(fault: Fault, message: &str) {
    let (store, faults) = faulty_store().await;
    let record = record("Hello", &run_id("20261122T101512345", 1));
    let run = key(&record);
    store.create_run(&record).await.unwrap();
    faults.add(Op::Any, "", fault);
    let start = attempt("start", &[], 0);
    let mine = done(&run, &start);
    let error = store.commit_done(&run, &mine).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        message.replace("KEY", &format!("creating `runs/{run}/tasks/start/0.0.done`"))
    );
    assert!(error.hint().is_some());
    assert!(store.put_blob(Bytes::from_static(b"big")).await.is_err());
    faults.clear();
    assert_eq!(store.done(&run, &start).await.unwrap(), None, "nothing is half-visible");
    assert_eq!(store.commit_done(&run, &mine).await.unwrap(), Committed::Won);
    finish(&store, &run, 0, RunStatus::Succeeded).await;
    assert!(store.check(false).await.unwrap().is_clean());
}

#[tokio::test]
async fn a_full_disk_is_told() {
    check_a_failing_disk(
        Fault::DiskFull,
        "no space left on the disk of the store, while writing KEY",
    )
    .await;
}

#[tokio::test]
async fn a_read_only_disk_is_told() {
    check_a_failing_disk(
        Fault::ReadOnly,
        "the store is on a read-only disk, so KEY can't be written",
    )
    .await;
}

/// The real thing: a file system that refuses, seen through the same error.
#[tokio::test]
async fn a_folder_that_cannot_be_made_is_told() {
    let url = StoreUrl::Folder("/proc/flownote-store".into());
    let store = Store::open(&url, StoreOptions::default()).await.unwrap();
    let error = store.create_run(&record("Hello", "r")).await.unwrap_err();
    assert!(error.to_string().contains("/proc/flownote-store"), "{error}");
    assert!(store.flows().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_slow_store_is_waited_for() {
    let (store, faults) = faulty_store().await;
    faults.add(Op::Get, "", Fault::Delay(Duration::from_millis(20)));
    store.create("leases/x/1", Bytes::from_static(b"x")).await.unwrap();
    assert_eq!(store.get("leases/x/1").await.unwrap().unwrap(), "x");
}

/// A store keeps the parts of an upload that nobody ends, and whoever owns the bucket pays
/// for them without seeing them.
#[tokio::test]
async fn an_upload_that_fails_leaves_no_parts_behind() {
    let (store, faults) = faulty_store().await;
    let large = Bytes::from(vec![7; 20 << 20]);
    for op in [Op::Part, Op::Complete] {
        faults.add(op, "blobs/", Fault::ErrorBefore).times(1);
        assert!(store.put_blob(large.clone()).await.is_err(), "{op:?}");
        assert_eq!(faults.open_uploads(), 0, "{op:?}");
    }
    assert_eq!(faults.fired(), 2);
    let digest = store.put_blob(large.clone()).await.unwrap();
    assert_eq!(faults.open_uploads(), 0);
    assert!(store.has_blob(&digest).await.unwrap());
}
