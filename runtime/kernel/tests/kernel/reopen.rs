//! A notebook that is opened again: what is fresh, what is restored, what runs; also after
//! its supervisor was killed at any stage.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use flownote_flow::id::FlowName;
use flownote_kernel::supervisor::{Event, InterpreterState, Numbered};
use flownote_notebook::Cell;
use flownote_notebook::session::{CellStatus, Group, RunRequest};
use flownote_store::client::RunFilter;
use flownote_store::fault::{Fault, FaultStore, Faults, Op};
use flownote_store::{Store, StoreOptions, StoreUrl};

use crate::fake;
use crate::support::{Open, Project, python, python_launch, shown, shows};

const FOLDER: &str = "FLOWNOTE_TEST_REOPEN_FOLDER";
const STAGE: &str = "FLOWNOTE_TEST_REOPEN_STAGE";

fn started(events: &[Arc<Numbered>]) -> Vec<&str> {
    let started = events.iter().filter_map(|it| match &it.event {
        Event::Started { cell, .. } => Some(cell.as_str()),
        _ => None,
    });
    started.collect()
}

#[tokio::test]
async fn values_are_restored_and_definitions_run() {
    let Some(launch) = python_launch() else { return };
    let launches = || BTreeMap::from([(Group::Python, launch.clone())]);
    let project = Project::new();
    std::fs::write(project.path().join("helper.py"), "def twice(x): return 2 * x\n").expect("text");
    let cells = [
        python("import", "import os, helper\nimport numpy as np"),
        python("constants", "ROWS = 1000\nNAME = 'run'"),
        python("def", "def load(): return np.arange(ROWS)"),
        python("class", "class Pair:\n    def __init__(self, a, b): self.a, self.b = a, b"),
        python("values", "values = load()\npid = os.getpid()\nprint('computed')"),
        python("pair", "pair = Pair(helper.twice(values.sum()), NAME)"),
        python("use", "print(pair.a, pair.b, type(pair) is Pair, pid)"),
    ];
    let mut open = project.open(&cells, launches()).await;
    open.run_all().await;
    let first = open.text("use").await;
    assert!(first.starts_with("999000 run True "), "{first}");
    open.close().await;

    let mut open = project.open(&cells, launches()).await;
    let ready = |event: &Event| {
        matches!(event, Event::Interpreter { state: InterpreterState::Ready { .. }, .. })
    };
    open.until(ready).await;
    for cell in &cells {
        let status = open.status(cell.id.as_str()).await;
        assert!(matches!(status, CellStatus::Fresh { .. }), "{}: {status:?}", cell.id);
    }
    let events = open.run_cell("use").await;
    assert_eq!(started(&events), ["class", "use"], "only what `use` reads");
    assert_eq!(open.text("use").await, first, "the value of the process of before");
    let events = open.run(RunRequest::All { reuse: true }).await;
    let definitions = ["import", "constants", "def"];
    assert_eq!(started(&events), definitions, "values aren't computed again: {}", shown(&events));
    // An edit computes what depends on it, from values that were restored.
    let source = "pair = Pair(helper.twice(values.max()), NAME)".to_owned();
    let edit = flownote_notebook::Operation::Edit { cell: "pair".into(), source };
    open.handle.operate(edit).await.expect("edited");
    let events = open.run_cell("use").await;
    assert_eq!(started(&events), ["pair", "use"]);
    assert!(open.text("use").await.starts_with("1998 run True "));
    open.close().await;
}

fn cells() -> [Cell; 3] {
    [
        python("load", "#: print loading\n#: define frame a-long-value-in-a-file\nframe = load()"),
        python("use", "#: show frame\n#: define n 1\nn = len(frame)"),
        python("wait", "#: show n\n#: sleep 20\nprint(n)"),
    ]
}

fn fakes() -> BTreeMap<Group, flownote_kernel::interpreter::Launch> {
    BTreeMap::from([(Group::Python, fake::launch())])
}

/// A supervisor that goes as far as `STAGE` says, and says so: to the start, into a cell, or
/// into the writing of objects whose keys have that part.
#[tokio::test]
#[ignore = "it is a supervisor, started by the test below"]
async fn as_a_process() {
    let (Ok(folder), Ok(stage)) = (std::env::var(FOLDER), std::env::var(STAGE)) else { return };
    let project = Project::at(folder);
    let faults = Faults::default();
    if stage.contains(['/', '.', '-']) {
        faults.add(Op::Any, &stage, Fault::Delay(Duration::from_secs(60)));
    }
    let wrap = move |objects| Arc::new(FaultStore::new(objects, faults.clone())) as _;
    let url = StoreUrl::Folder(project.path().join(".flownote"));
    let store = Store::open_wrapped(&url, StoreOptions::default(), wrap).await.expect("a store");
    let mut open = project.open_with(&cells(), fakes(), |it| it.store = store).await;
    let ready = |event: &Event| {
        matches!(event, Event::Interpreter { state: InterpreterState::Ready { .. }, .. })
    };
    open.until(ready).await;
    if stage != "start" {
        open.handle.run(RunRequest::All { reuse: false }).await.expect("asked");
        open.until(shows).await;
        if stage != "cell" {
            open.until(|event| matches!(event, Event::Idle)).await;
            // The recorder is at it.
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
    println!("REACHED");
    tokio::time::sleep(Duration::from_secs(60)).await;
}

async fn killed_at(project: &Project, stage: &str) {
    let own = std::env::current_exe().expect("this binary");
    let mut supervisor = Command::new(own)
        .args(["reopen::as_a_process", "--exact", "--ignored", "--nocapture"])
        .env(FOLDER, project.path())
        .env(STAGE, stage)
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    let mut lines = BufReader::new(supervisor.stdout.take().expect("a pipe")).lines();
    assert!(lines.any(|line| line.expect("a line").contains("REACHED")), "{stage}");
    supervisor.kill().expect("killed");
    supervisor.wait().expect("reaped");
}

async fn run_and_check(mut open: Open, stage: &str) {
    let events = open.run(RunRequest::Stale).await;
    assert_eq!(open.text("use").await, "a-long-value-in-a-file\n", "{stage}: {events:#?}");
    assert_eq!(open.text("wait").await, "1\n", "{stage}");
    for cell in ["load", "use", "wait"] {
        let status = open.status(cell).await;
        assert!(matches!(status, CellStatus::Fresh { .. }), "{stage}, {cell}: {status:?}");
    }
    open.close().await;
}

#[tokio::test]
async fn a_supervisor_that_was_killed_at_any_stage_leaves_a_store_that_the_next_one_reads() {
    let stages =
        ["start", "cell", "run.json", "-created", "/log/", "load/1", "wait/3", "cache/", "alive"];
    for stage in stages {
        let project = Project::new();
        killed_at(&project, stage).await;
        let store = project.store().await;
        store.runs(&RunFilter::of(FlowName::new("Notebook"))).await.expect(stage);
        // What isn't recorded runs again; what is, is right.
        run_and_check(project.open(&cells(), fakes()).await, stage).await;
        let runs = store.runs(&RunFilter::of(FlowName::new("Notebook"))).await.expect(stage).runs;
        assert!(!runs.is_empty(), "{stage}");
        // And a third time, upon both.
        run_and_check(project.open(&cells(), fakes()).await, stage).await;
        let staging = std::fs::read_dir(project.path().join(".flownote/staging"));
        assert_eq!(
            staging.map_or(0, Iterator::count),
            0,
            "{stage}: what the dead one left is gone"
        );
    }
}
