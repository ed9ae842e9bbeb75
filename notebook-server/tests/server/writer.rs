//! Runs as the engine writes them, with the store's own writers.

use std::collections::BTreeMap;

use flownote_flow::description::FlowDescription;
use flownote_flow::event::{AttemptResult, Policy, RunEvent, RunStatus};
use flownote_flow::id::{AttemptKey, RunId, StepName, TaskKey};
use flownote_flow::manifest::{
    ArtifactRecord, Failure, FailureKind, ForeachItems, Next, Outcome, SCHEMA, TaskDone,
    TaskManifest,
};
use flownote_flow::run::{LogBatch, RunRecord};
use flownote_store::time::{new_nonce, now};
use flownote_store::{Alive, RunKey, Store, TaskCounts};
use serde_json::{Value, json};

/// Where tasks go.
pub fn to(step: &str) -> Next {
    Next::Steps { steps: vec![StepName::new(step)] }
}

/// `start` splits over `lambdas` into `train`, `choose` joins, `end` ends.
pub fn description() -> FlowDescription {
    let step = |name: &str, line: u32, arguments: &[&str], transition: Value| {
        json!({
            "name": name, "file": "recommend.py", "line": line, "doc": format!("Does {name}."),
            "arguments": arguments, "decorators": [], "transitions": transition,
        })
    };
    let next = |target: &str, foreach: Option<&str>| {
        json!([{"line": 1, "targets": [target], "foreach": foreach,
            "has_foreach": foreach.is_some(), "literal": true, "last": true}])
    };
    let mut flow = json!({
        "name": "Recommend", "file": "recommend.py", "line": 3, "doc": "Recommends films.",
        "steps": [
            step("start", 5, &["self"], next("train", Some("lambdas"))),
            step("train", 9, &["self"], next("choose", None)),
            step("choose", 13, &["self", "inputs"], next("end", None)),
            step("end", 17, &["self"], json!([])),
        ],
    });
    flow["steps"][1]["decorators"] = json!([{"name": "retry", "attributes": {"times": 1}}]);
    serde_json::from_value(flow).expect("a description")
}

pub fn attempt(step: &str, path: &[u32], attempt: u32) -> AttemptKey {
    AttemptKey { task: TaskKey::new(step, path), attempt }
}

/// A value that stands in its record.
pub fn inline(text: &str, codec: &str, kind: &str) -> ArtifactRecord {
    let digest = blake3::hash(text.as_bytes()).to_hex().to_string();
    serde_json::from_value(json!({
        "codec": codec, "digest": digest, "size": text.len(), "type": kind, "inline": text,
        "preview": text,
    }))
    .expect("a record")
}

pub fn number(value: impl ToString) -> ArtifactRecord {
    inline(&value.to_string(), "json", "float")
}

/// A run that is being written.
pub struct Writer {
    pub store: Store,
    pub key: RunKey,
    events: Vec<RunEvent>,
    next: u64,
    second: u32,
}

impl Writer {
    /// Begins a run of `Recommend` at a stamp; more is set on its record.
    pub async fn begin(store: &Store, stamp: &str, change: impl FnOnce(&mut RunRecord)) -> Self {
        let owner = Alive::of_this_process(1, 0);
        let run = RunId::compose(stamp, blake3::hash(stamp.as_bytes()).as_bytes()[0].into());
        let mut record: RunRecord = serde_json::from_value(json!({
            "schema": SCHEMA, "flow": "Recommend", "run": run, "nonce": new_nonce(),
            "created_at": time_of(stamp), "user": "ana", "host": owner.host, "pid": owner.pid,
            "process_start": owner.process_start, "description": description(),
            "tags": ["nightly"], "system_tags": ["user:ana"], "policy": Policy::default(),
            "environment": {"python": "3.11.7"}, "command": ["python", "flownote", "run", "recommend.py"],
        }))
        .expect("a record");
        record.parameters.insert("alpha".into(), number(0.3));
        change(&mut record);
        let key = RunKey { flow: record.flow.clone(), run: record.run.clone() };
        store.create_run(&record).await.unwrap();
        let events = vec![RunEvent::Epoch { epoch: 1, owner: "ana@box:1".into() }];
        let mut writer = Self { store: store.clone(), key, events, next: 0, second: 0 };
        writer.flush().await;
        writer
    }

    pub fn path(&self) -> String {
        format!("/api/runs/{}/{}", self.key.flow, self.key.run)
    }

    pub fn start(&mut self, attempt: &AttemptKey) -> &mut Self {
        self.events.push(RunEvent::AttemptStarted { attempt: attempt.clone() });
        self
    }

    /// What an attempt leaves that went well.
    pub fn done(&mut self, attempt: &AttemptKey) -> TaskDone {
        self.second += 1;
        let at =
            |second: u32| format!("2026-11-22T10:{:02}:{:02}.000Z", second / 60 % 60, second % 60);
        serde_json::from_value(json!({
            "schema": SCHEMA, "flow": self.key.flow, "run": self.key.run, "step": attempt.task.step,
            "task": attempt.task.id(), "attempt": attempt.attempt, "nonce": new_nonce(),
            "outcome": "ok", "started_at": at(self.second), "finished_at": at(self.second + 1),
            "user": "ana", "host": "box", "pid": 7,
            "usage": {"user_ms": 30, "system_ms": 10, "max_rss_kb": 1024},
        }))
        .expect("a result")
    }

    /// Closes an attempt with any result.
    pub async fn close(&mut self, key: &AttemptKey, done: TaskDone) {
        let result = match (done.outcome, &done.manifest.next) {
            (Outcome::Ok, Some(next)) => AttemptResult::Ok { next: next.clone() },
            _ => AttemptResult::Failed { kind: FailureKind::Exception, retryable: true },
        };
        self.store.commit_done(&self.key, &done).await.unwrap();
        self.events.push(RunEvent::AttemptFinished { attempt: key.clone(), result });
    }

    /// An attempt fails.
    pub async fn fail(&mut self, key: &AttemptKey, message: &str) {
        let mut done = self.done(key);
        done.outcome = Outcome::Failed;
        done.failure = Some(Failure {
            kind: FailureKind::Exception,
            message: format!("ValueError: {message}"),
            exception: Some("ValueError".into()),
            traceback: Some(format!(
                "Traceback (most recent call last):\n  File \"recommend.py\", line 11, in train\n    \
                 fit(self)\nValueError: {message}\n"
            )),
            hint: Some("choose another".into()),
            retryable: true,
        });
        self.close(key, done).await;
    }

    /// `start` splits over some items.
    pub async fn split(&mut self, count: u32) {
        let key = attempt("start", &[], 0);
        let mut done = self.done(&key);
        let records: Vec<ArtifactRecord> =
            (0..count).map(|it| number(f64::from(it) / 10.0)).collect();
        let text = serde_json::to_vec(&records).expect("records");
        let digest = self.store.put_blob(text.clone().into()).await.unwrap();
        let items = serde_json::from_value(json!({
            "codec": "items", "digest": digest, "size": text.len(), "type": "items",
        }))
        .expect("a record");
        let (step, over) = (StepName::new("train"), "lambdas".to_owned());
        done.manifest = TaskManifest {
            artifacts: BTreeMap::from([("films".to_owned(), number(1682))]),
            next: Some(Next::Foreach { step, count }),
            items: Some(ForeachItems { over, count, items }),
            ..TaskManifest::default()
        };
        self.start(&key);
        self.close(&key, done).await;
    }

    /// A task of `train` went well.
    pub async fn train(&mut self, index: u32, count: u32) {
        let key = attempt("train", &[index], 0);
        let mut done = self.done(&key);
        done.parents = vec!["start/0.0".into()];
        done.foreach = vec![(StepName::new("start"), index, count)];
        done.manifest = TaskManifest {
            artifacts: BTreeMap::from([("score".to_owned(), number(index))]),
            next: Some(to("choose")),
            ..TaskManifest::default()
        };
        self.start(&key);
        self.close(&key, done).await;
    }

    /// Writes what happened to the log.
    pub async fn flush(&mut self) {
        let events = std::mem::take(&mut self.events);
        let batch =
            LogBatch { schema: SCHEMA, nonce: new_nonce(), epoch: 1, written_at: now(), events };
        self.store.append_log(&self.key, self.next, &batch).await.unwrap();
        self.next += 1;
    }

    /// The run is over.
    pub async fn finish(&mut self, status: RunStatus, tasks: Option<TaskCounts>) {
        self.events.push(RunEvent::RunFinished { status });
        self.flush().await;
        self.store.finish_run(&self.key, status, &now(), tasks).await.unwrap();
    }
}

/// A whole run that went well: three items.
pub async fn succeeded(store: &Store, stamp: &str, change: impl FnOnce(&mut RunRecord)) -> Writer {
    let mut run = Writer::begin(store, stamp, change).await;
    run.split(3).await;
    for index in 0..3 {
        run.train(index, 3).await;
    }
    let (choose, end) = (attempt("choose", &[], 0), attempt("end", &[], 0));
    run.start(&choose);
    let mut done = run.done(&choose);
    done.parents = (0..3).map(|index| format!("train/{index}.0")).collect();
    done.manifest = TaskManifest {
        artifacts: BTreeMap::from([("ndcg".to_owned(), number(0.31))]),
        next: Some(to("end")),
        ..TaskManifest::default()
    };
    run.close(&choose, done).await;
    run.start(&end);
    let mut done = run.done(&end);
    done.parents = vec!["choose/0.0".into()];
    let digest = number(0.31).digest;
    done.manifest = TaskManifest {
        inherited: BTreeMap::from([(
            "choose/0.0".to_owned(),
            BTreeMap::from([("ndcg".to_owned(), digest)]),
        )]),
        next: Some(Next::End),
        ..TaskManifest::default()
    };
    run.close(&end, done).await;
    run.finish(RunStatus::Succeeded, Some(TaskCounts { done: 6, reused: 0 })).await;
    run
}

/// The time of a stamp as records have it.
fn time_of(stamp: &str) -> String {
    let part = |from: usize, to: usize| &stamp[from..to];
    format!(
        "{}-{}-{}T{}:{}:{}.{}Z",
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(9, 11),
        part(11, 13),
        part(13, 15),
        part(15, 18)
    )
}
