//! A datastore that fails for a while: what ran meanwhile is recorded all the same.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use flownote_flow::id::FlowName;
use flownote_kernel::interpreter::Launch;
use flownote_kernel::supervisor::Event;
use flownote_notebook::session::Group;
use flownote_store::client::{RunFilter, Status, TaskStatus};
use flownote_store::fault::{Fault, FaultStore, Faults, Op};
use flownote_store::{RunKey, Store, StoreOptions, StoreUrl};

use crate::fake;
use crate::support::{Project, python};

fn fakes() -> BTreeMap<Group, Launch> {
    BTreeMap::from([(Group::Python, fake::launch())])
}

async fn failing(project: &Project, faults: &Faults) -> Store {
    let faults = faults.clone();
    let wrap = move |objects| Arc::new(FaultStore::new(objects, faults.clone())) as _;
    let url = StoreUrl::Folder(project.path().join(".flownote"));
    Store::open_wrapped(&url, StoreOptions::default(), wrap).await.expect("a store")
}

async fn check(part: &str, fault: Fault, times: usize) {
    let project = Project::new();
    let faults = Faults::default();
    let store = failing(&project, &faults).await;
    faults.add(Op::Any, part, fault).times(times);
    let cells = [python("a", "#: print one"), python("b", "#: print two")];
    let mut open = project.open_with(&cells, fakes(), |it| it.store = store).await;
    open.run_all().await;
    open.close().await;
    assert!(faults.fired() > 0, "{part} is written");
    let store = project.store().await;
    let runs = store.runs(&RunFilter::of(FlowName::new("Notebook"))).await.expect("runs").runs;
    let [run] = &runs[..] else { panic!("{} runs with {fault:?} on {part}", runs.len()) };
    assert_eq!(run.status, Status::Succeeded, "{fault:?} on {part}");
    let key = RunKey::new(run.flow.clone(), run.run.clone());
    let tasks = store.tasks(&key, None).await.expect("tasks");
    let seen: Vec<_> = tasks.iter().map(|it| (it.step.as_str(), it.status)).collect();
    let ok = TaskStatus::Succeeded;
    assert_eq!(seen, [("a", ok), ("b", ok)], "{fault:?} on {part}");
}

#[tokio::test]
async fn what_ran_during_an_outage_is_recorded_when_it_is_over() {
    for part in ["run.json", "-created", "/log/", ".done", "-succeeded", "alive"] {
        for fault in [Fault::ErrorBefore, Fault::ErrorAfter] {
            // More often than the store asks again by itself.
            check(part, fault, 25).await;
        }
    }
}

#[tokio::test]
async fn a_datastore_that_stays_away_is_told_once_and_holds_nobody_up() {
    let project = Project::new();
    let faults = Faults::default();
    let store = failing(&project, &faults).await;
    faults.add(Op::Any, ".done", Fault::ErrorBefore);
    let cells = [python("a", "#: print one"), python("b", "#: print two")];
    let change = |it: &mut flownote_kernel::supervisor::Options| {
        it.store = store;
        it.patience.record = Duration::from_millis(100);
    };
    let mut open = project.open_with(&cells, fakes(), change).await;
    open.run_all().await;
    let mut events = open.handle.subscribe(0);
    open.close().await;
    let mut told = 0;
    while let Some(event) = events.next().await {
        if let Event::Log { text, .. } = &event.event {
            told += usize::from(text.contains("can't be recorded"));
        }
    }
    assert_eq!(told, 1);
}
