//! What a store does before and at its first write.

use bytes::Bytes;
use flownote_flow::help::Help;
use flownote_store::client::RunFilter;
use flownote_store::gc::GcOptions;
use flownote_store::{Error, RunKey, StoreUrl};

use crate::support::*;

#[tokio::test]
async fn a_reader_of_a_missing_store_finds_it_empty_and_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let run = RunKey::new("Hello", "20261122T101512345-000001");
    assert!(store.flows().await.unwrap().is_empty());
    assert!(store.runs(&RunFilter::of("Hello")).await.unwrap().runs.is_empty());
    assert!(store.latest_run(&"Hello".into()).await.unwrap().is_none());
    assert!(store.read_log(&run, 0).await.unwrap().is_empty());
    assert!(store.load_state(&run).await.unwrap().is_none());
    assert!(store.alive(&run).await.unwrap().is_none());
    assert!(store.check(false).await.unwrap().is_clean());
    assert_eq!(store.info().await.unwrap().total.count, 0);
    assert!(store.doctor().await.unwrap().is_healthy());
    store.gc(&GcOptions::default()).await.unwrap();
    let error = store.run_record(&run).await.unwrap_err();
    assert!(matches!(error, Error::Missing { .. }), "{error}");
    assert!(tree(folder.path()).is_empty());
    assert!(!folder.path().join("store").exists());
}

#[tokio::test]
async fn the_first_write_makes_a_folder_that_git_ignores() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    store.create_run(&record("Hello", &run_id("20261122T101512345", 1))).await.unwrap();
    let files = tree(store.local_root().unwrap());
    assert_eq!(files[".gitignore"], b"*\n");
    assert!(files["format.json"].starts_with(b"{\"format\":1,"));
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            ".gitignore",
            "format.json",
            "index/Hello/20261122/101512345-20261122T101512345-000001-created",
            "runs/Hello/20261122T101512345-000001/run.json",
        ]
    );
}

#[tokio::test]
async fn a_newer_store_is_refused_with_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    std::fs::create_dir(store.files_root()).unwrap();
    std::fs::write(store.files_root().join("format.json"), "{\"format\":2,\"more\":[]}").unwrap();
    let read = store.flows().await.unwrap_err();
    let write = store.put("x", Bytes::new()).await.unwrap_err();
    for error in [read, write] {
        assert!(error.to_string().ends_with("has format 2; this version reads up to format 1"));
        assert_eq!(error.hint().unwrap(), "install a newer Flownote, or use another store");
    }
}

#[tokio::test]
async fn a_run_is_created_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let id = run_id("20261122T101512345", 1);
    store.create_run(&record("Hello", &id)).await.unwrap();
    let error = store.create_run(&record("Hello", &id)).await.unwrap_err();
    assert_eq!(error.to_string(), format!("`Hello/{id}` is refused: a run of this id exists"));
}

#[tokio::test]
async fn a_durable_store_works_alike() {
    let folder = tempfile::tempdir().unwrap();
    let options = flownote_store::StoreOptions { durable: true, ..Default::default() };
    let url = StoreUrl::Folder(folder.path().join("store"));
    let store = flownote_store::Store::open(&url, options).await.unwrap();
    let record = record("Hello", &run_id("20261122T101512345", 1));
    store.create_run(&record).await.unwrap();
    let x = blob(&store, b"durable").await;
    commit(&store, &key(&record), &attempt("start", &[], 0), &[("x", x.clone())]).await;
    assert_eq!(store.read_record(&x).await.unwrap(), "durable");
}

#[tokio::test]
async fn a_doctor_finds_a_local_store_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    store.create_run(&record("Hello", &run_id("20261122T101512345", 1))).await.unwrap();
    let before = tree(folder.path());
    let report = store.doctor().await.unwrap();
    assert!(report.is_healthy(), "{report:#?}");
    let names: Vec<&str> = report.tests.iter().map(|test| test.name.as_str()).collect();
    for name in ["reachable", "format", "exclusion", "latency", "disk", "leftovers"] {
        assert!(names.contains(&name), "{names:?}");
    }
    assert_eq!(tree(folder.path()), before, "the doctor leaves nothing behind");
}
