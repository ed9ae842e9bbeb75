//! Of many writers one wins, whatever happens to the store's answers (engine rules 1, 2).

use std::sync::Barrier;

use bytes::Bytes;
use flownote_flow::event::{RunEvent, RunStatus};
use flownote_store::fault::{Fault, Op};
use flownote_store::{Appended, Committed, Created, Error, Store, StoreOptions, StoreUrl};

use crate::support::*;

const WRITERS: usize = 16;

/// Sixteen writers, each with a store and a runtime of its own, create one object at once.
#[test]
fn of_sixteen_creators_one_wins() {
    let folder = tempfile::tempdir().unwrap();
    let url = StoreUrl::Folder(folder.path().join("store"));
    for round in 0..20 {
        let barrier = Barrier::new(WRITERS);
        let create = |writer: usize| {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let store = Store::open(&url, StoreOptions::default()).await.unwrap();
                let body = Bytes::from(format!("writer {writer}"));
                barrier.wait();
                let created = store.create(&format!("leases/x/{round}"), body.clone()).await;
                (body, created.unwrap())
            })
        };
        let outcomes: Vec<(Bytes, Created)> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..WRITERS).map(|writer| scope.spawn(move || create(writer))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let winners: Vec<&Bytes> =
            outcomes.iter().filter(|(_, o)| *o == Created::Won).map(|(body, _)| body).collect();
        assert_eq!(winners.len(), 1, "round {round}: {outcomes:?}");
        for (_, outcome) in &outcomes {
            if let Created::Lost(body) = outcome {
                assert_eq!(body, winners[0], "a loser sees the winner");
            }
        }
    }
}

/// A whole run, in which every answer to a Create is lost or every second one fails first.
async fn check_a_run_goes_through(fault: Fault, times: Option<usize>) {
    let (store, faults) = faulty_store().await;
    let added = faults.add(Op::Create, "", fault);
    if let Some(times) = times {
        added.times(times);
    }
    let record = record("Hello", &run_id("20261122T101512345", 1));
    let run = key(&record);
    store.create_run(&record).await.unwrap();
    let epoch = RunEvent::Epoch { epoch: 1, owner: "ana@box:1".into() };
    let first = batch(1, vec![epoch]);
    assert_eq!(store.append_log(&run, 0, &first).await.unwrap(), Appended::Won);
    store.save_state(&run, 1, Bytes::from_static(b"{}")).await.unwrap();
    let start = attempt("start", &[], 0);
    let mine = done(&run, &start);
    assert_eq!(store.commit_done(&run, &mine).await.unwrap(), Committed::Won);
    let tags = flownote_store::client::TagChange { add: vec!["a".into()], remove: vec![] };
    store.change_tags(&run, &tags).await.unwrap();
    finish(&store, &run, 1, RunStatus::Succeeded).await;

    assert!(faults.fired() > 0, "the fault struck");
    let other = done(&run, &start);
    let lost = store.commit_done(&run, &other).await.unwrap();
    assert_eq!(lost, Committed::Lost(Box::new(mine)));
    let taken = batch(2, vec![]);
    assert_eq!(store.append_log(&run, 0, &taken).await.unwrap(), Appended::Taken);
    assert_eq!(store.read_log(&run, 0).await.unwrap().len(), 2);
    assert_eq!(store.load_state(&run).await.unwrap().unwrap().0, 1);
    assert_eq!(store.tags(&run).await.unwrap().user, ["a", "nightly"]);
}

#[tokio::test]
async fn an_acknowledgement_lost_on_every_create_loses_nothing() {
    check_a_run_goes_through(Fault::ErrorAfter, None).await;
}

#[tokio::test]
async fn an_error_before_the_effect_is_tried_again() {
    check_a_run_goes_through(Fault::ErrorBefore, Some(3)).await;
}

#[tokio::test]
async fn a_conflict_without_an_object_is_tried_again() {
    check_a_run_goes_through(Fault::Conflict, Some(2)).await;
}

#[tokio::test]
async fn an_error_that_stays_is_told() {
    let (store, faults) = faulty_store().await;
    store.create("leases/a/1", Bytes::from_static(b"x")).await.unwrap();
    faults.add(Op::Create, "/b/", Fault::ErrorBefore);
    let error = store.create("leases/b/1", Bytes::from_static(b"x")).await.unwrap_err();
    assert!(matches!(error, Error::Backend { .. }), "{error}");
    assert_eq!(store.get("leases/b/1").await.unwrap(), None);
}

#[tokio::test]
async fn a_store_that_overwrites_is_refused() {
    let (store, faults) = faulty_store().await;
    faults.add(Op::Create, "", Fault::Overwrites);
    let error = store.create("leases/a/1", Bytes::from_static(b"x")).await.unwrap_err();
    assert!(error.to_string().ends_with("this store cannot exclude two writers"), "{error}");
    assert_eq!(store.get("leases/a/1").await.unwrap(), None);
    assert_eq!(store.get("format.json").await.unwrap(), None);
}
