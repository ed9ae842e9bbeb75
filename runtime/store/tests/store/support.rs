//! Runs and tasks as the engine writes them, in few words.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use flownote_flow::description::FlowDescription;
use flownote_flow::event::{Policy, RunEvent, RunStatus};
use flownote_flow::id::{AttemptKey, RunId, StepName, TaskId, TaskKey};
use flownote_flow::manifest::{ArtifactRecord, Next, SCHEMA, TaskDone, TaskManifest};
use flownote_flow::run::{LogBatch, RunRecord};
use flownote_store::fault::{FaultStore, Faults};
use flownote_store::time::{new_nonce, now};
use flownote_store::{Alive, RunKey, Store, StoreOptions, StoreUrl};
use serde_json::json;

/// A store in a folder of its own.
pub async fn folder_store(folder: &Path) -> Store {
    let url = StoreUrl::Folder(folder.join("store"));
    Store::open(&url, StoreOptions::default()).await.unwrap()
}

/// A store in memory, and the faults around it.
pub async fn faulty_store() -> (Store, Faults) {
    let faults = Faults::default();
    let around = faults.clone();
    let wrap = move |inner| Arc::new(FaultStore::new(inner, around.clone())) as _;
    let store =
        Store::open_wrapped(&StoreUrl::Memory, StoreOptions::default(), wrap).await.unwrap();
    (store, faults)
}

/// A flow of these steps, one after another.
pub fn description(name: &str, steps: &[&str]) -> FlowDescription {
    let step =
        |name: &&str| json!({"name": name, "file": "flow.py", "line": 1, "arguments": ["self"]});
    let steps: Vec<_> = steps.iter().map(step).collect();
    serde_json::from_value(json!({"name": name, "file": "flow.py", "line": 1, "steps": steps}))
        .unwrap()
}

/// A run's record; `run` is its id.
pub fn record(flow: &str, run: &str) -> RunRecord {
    let owner = Alive::of_this_process(1, 0);
    serde_json::from_value(json!({
        "schema": SCHEMA, "flow": flow, "run": run, "nonce": new_nonce(), "created_at": now(),
        "user": "ana", "host": owner.host, "pid": owner.pid,
        "process_start": owner.process_start,
        "description": description(flow, &["start", "train", "end"]),
        "tags": ["nightly"], "system_tags": ["user:ana"], "policy": Policy::default(),
    }))
    .unwrap()
}

pub fn key(record: &RunRecord) -> RunKey {
    RunKey { flow: record.flow.clone(), run: record.run.clone() }
}

/// The id of a run that began at a time (`20261122T101512345`).
pub fn run_id(stamp: &str, number: u32) -> String {
    RunId::compose(stamp, number).as_str().to_owned()
}

pub fn attempt(step: &str, path: &[u32], attempt: u32) -> AttemptKey {
    AttemptKey { task: TaskKey::new(step, path), attempt }
}

/// An attempt that committed nothing yet.
pub fn done(run: &RunKey, key: &AttemptKey) -> TaskDone {
    serde_json::from_value(json!({
        "schema": SCHEMA, "flow": run.flow, "run": run.run, "step": key.task.step,
        "task": key.task.id(), "attempt": key.attempt, "nonce": new_nonce(), "outcome": "ok",
        "started_at": "2026-11-22T10:15:12.000Z", "finished_at": "2026-11-22T10:15:13.000Z",
        "user": "ana", "host": "box", "pid": 1,
    }))
    .unwrap()
}

/// A record with its bytes inline.
pub fn inline(text: &str) -> ArtifactRecord {
    let digest = blake3::hash(text.as_bytes()).to_hex().to_string();
    serde_json::from_value(json!({
        "codec": "json", "digest": digest, "size": text.len(), "type": "int", "inline": text,
    }))
    .unwrap()
}

/// A record of a blob that is stored on the way.
pub async fn blob(store: &Store, bytes: &[u8]) -> ArtifactRecord {
    let digest = store.put_blob(Bytes::copy_from_slice(bytes)).await.unwrap();
    let size = bytes.len();
    serde_json::from_value(json!({
        "codec": "bytes", "digest": digest, "size": size, "type": "bytes",
    }))
    .unwrap()
}

/// A manifest of these artifacts.
pub fn manifest(artifacts: &[(&str, ArtifactRecord)], next: Next) -> TaskManifest {
    let artifacts = artifacts.iter().map(|(name, record)| ((*name).to_owned(), record.clone()));
    TaskManifest { artifacts: artifacts.collect(), next: Some(next), ..TaskManifest::default() }
}

pub fn to(step: &str) -> Next {
    Next::Steps { steps: vec![StepName::new(step)] }
}

pub fn batch(epoch: u64, events: Vec<RunEvent>) -> LogBatch {
    LogBatch { schema: SCHEMA, nonce: new_nonce(), epoch, written_at: now(), events }
}

/// Commits an attempt with these artifacts.
pub async fn commit(
    store: &Store,
    run: &RunKey,
    key: &AttemptKey,
    artifacts: &[(&str, ArtifactRecord)],
) -> TaskDone {
    let done = TaskDone { manifest: manifest(artifacts, to("end")), ..done(run, key) };
    store.commit_done(run, &done).await.unwrap();
    done
}

/// Ends a run in its log and in the index.
pub async fn finish(store: &Store, run: &RunKey, seq: u64, status: RunStatus) {
    let events = vec![RunEvent::RunFinished { status }];
    store.append_log(run, seq, &batch(1, events)).await.unwrap();
    store.finish_run(run, status, &now(), None).await.unwrap();
}

/// Makes this process the owner of a run.
pub async fn own(store: &Store, run: &RunKey) {
    store.touch_alive(run, &Alive::of_this_process(1, 1)).await.unwrap();
}

/// Says that the owner of a run is a process that has ended.
pub async fn orphan(store: &Store, run: &RunKey) {
    let own = Alive::of_this_process(1, 1);
    let boot = own.process_start.rsplit_once('/').unwrap().0.to_owned();
    let gone = Alive { process_start: format!("{boot}/1"), ..own };
    store.touch_alive(run, &gone).await.unwrap();
}

pub fn task_id(text: &str) -> TaskId {
    TaskId::new(text)
}

/// Every file of a folder with its content.
pub fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(at).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                files.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    files
}
