//! Flows to run, and services that run them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use flownote_engine::{
    Cap, Error, Handle, Options, Owner, Pace, Patience, Progress, ReuseOptions, RunService, Start,
    Summary,
};
use flownote_flow::description::FlowDescription;
use flownote_flow::event::Policy;
use flownote_flow::id::RunId;
use flownote_flow::run::RunRecord;
use flownote_store::{RunKey, Store, time};
use serde_json::{Value, json};

use crate::scripted::{Script, Scripted};

/// `start` splits over `items`, `fit` does the work, `choose` joins, `end` ends.
pub fn foreach_flow(decorators: Value) -> FlowDescription {
    let step = |name: &str, arguments: Value, decorators: Value, transition: Value| {
        json!({
            "name": name, "file": "flow.py", "line": 1, "arguments": arguments,
            "decorators": decorators, "transitions": transition,
        })
    };
    let next = |target: &str, foreach: Value| {
        json!([{ "line": 2, "targets": [target], "foreach": foreach,
            "has_foreach": !foreach.is_null(), "literal": true, "last": true }])
    };
    serde_json::from_value(json!({
        "name": "Scripted", "file": "flow.py", "line": 1,
        "steps": [
            step("start", json!(["self"]), json!([]), next("fit", json!("items"))),
            step("fit", json!(["self"]), decorators, next("choose", Value::Null)),
            step("choose", json!(["self", "inputs"]), json!([]), next("end", Value::Null)),
            step("end", json!(["self"]), json!([]), json!([])),
        ],
    }))
    .expect("a description")
}

/// The record of a run that a process on another host started.
pub fn record(run: &str, flow: FlowDescription, policy: Policy) -> Box<RunRecord> {
    Box::new(RunRecord {
        schema: 1,
        flow: flow.name.clone(),
        run: RunId::new(run),
        nonce: time::new_nonce(),
        created_at: time::now(),
        user: "ana".into(),
        host: "elsewhere".into(),
        pid: 1,
        process_start: String::new(),
        description: flow,
        parameters: BTreeMap::new(),
        constants: BTreeMap::new(),
        sources: BTreeMap::new(),
        environment: Value::Null,
        tags: Vec::new(),
        system_tags: Vec::new(),
        policy,
        command: Vec::new(),
        origin: None,
    })
}

/// The key of a run that [`record`] describes.
pub fn key(run: &str) -> RunKey {
    RunKey::new("Scripted", run)
}

/// Options with waits that tests can afford. The owner is on another host, so that takeovers
/// watch its counter rather than its process.
pub fn options(store: &Store, start: Start, pid: u32) -> Options {
    Options {
        store: store.clone(),
        start,
        owner: Owner {
            user: "ana".into(),
            host: "elsewhere".into(),
            pid,
            process_start: String::new(),
        },
        spawn: false,
        reuse: ReuseOptions::default(),
        log_cap: Cap::default(),
        patience: Patience {
            finish: Duration::from_millis(20),
            terminate: Duration::from_millis(20),
            timeout: Duration::from_millis(20),
            // On a busy machine the end of a worker may be heard long before its report.
            drain: Duration::from_secs(5),
        },
        pace: Pace {
            flush: Duration::from_millis(1),
            batch: 4,
            alive: Duration::from_secs(60),
            alive_ttl: Duration::from_millis(1),
            snapshot: 4,
        },
    }
}

/// What a service said while it ran.
pub type Heard = Rc<RefCell<Vec<Progress>>>;

/// A service over scripted workers.
pub fn service(options: Options, script: Script) -> (RunService, Handle, Heard) {
    let heard = Heard::default();
    let hearing = Rc::clone(&heard);
    let reporter = Box::new(move |progress| hearing.borrow_mut().push(progress));
    let (service, handle) = RunService::new(options, Box::new(Scripted::new(script)), reporter);
    (service, handle, heard)
}

/// Runs to the end.
pub async fn run(options: Options, script: Script) -> Result<Summary, Error> {
    service(options, script).0.run().await
}

/// Runs a test body where services can run.
pub fn on_one_thread(body: impl Future<Output = ()>) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("builds");
    tokio::task::LocalSet::new().block_on(&runtime, body);
}
