//! What a session leaves behind, and what the next one makes of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use flownote_flow::id::{FlowName, StepName, TaskId};
use flownote_kernel::interpreter::Launch;
use flownote_kernel::supervisor::{Event, Numbered};
use flownote_notebook::session::{CellStatus, Group, RunRequest};
use flownote_store::client::{RunFilter, Status, TaskStatus};
use flownote_store::{RunKey, Store};

use crate::fake;
use crate::support::{Project, python, shown};

fn fakes() -> BTreeMap<Group, Launch> {
    BTreeMap::from([(Group::Python, fake::launch())])
}

async fn runs(store: &Store) -> Vec<flownote_store::client::RunSummary> {
    store.runs(&RunFilter::of(FlowName::new("Notebook"))).await.expect("runs").runs
}

fn restored(events: &[Arc<Numbered>]) -> Vec<&str> {
    let restored = events.iter().filter_map(|it| match &it.event {
        Event::Restored { cell, .. } => Some(cell.as_str()),
        _ => None,
    });
    restored.collect()
}

fn started(events: &[Arc<Numbered>]) -> Vec<&str> {
    let started = events.iter().filter_map(|it| match &it.event {
        Event::Started { cell, .. } => Some(cell.as_str()),
        _ => None,
    });
    started.collect()
}

const LONG: &str = "a-long-value-in-a-file";

#[tokio::test]
async fn each_execution_is_a_task_of_the_sessions_run() {
    let project = Project::new();
    let cells = [
        python("load-it", &format!("#: print hello\n#: define frame {LONG}\nframe = load()")),
        python("2nd", "#: fail on purpose\nprint(frame)"),
    ];
    let mut open = project.open(&cells, fakes()).await;
    open.run_all().await;
    open.run_cell("load-it").await;
    open.close().await;

    let store = project.store().await;
    let [run] = &runs(&store).await[..] else { panic!("one run") };
    assert_eq!((run.status, run.user.as_str()), (Status::Failed, "ana"));
    assert!(run.system_tags.contains(&"notebook:n1".to_owned()), "{:?}", run.system_tags);
    let key = RunKey::new(run.flow.clone(), run.run.clone());
    let tasks = store.tasks(&key, None).await.expect("tasks");
    let seen: Vec<_> = tasks.iter().map(|it| (it.step.as_str(), it.status)).collect();
    let ok = ("load-it", TaskStatus::Succeeded);
    assert_eq!(seen, [ok, ok, ("2nd", TaskStatus::Failed)]);
    let failure = tasks[2].exception.as_ref().expect("a failure");
    assert_eq!(failure.message, "Failed: on purpose");

    let (step, task) = (StepName::new("load-it"), tasks[0].task.clone());
    let artifact = store.artifact(&key, &step, &task, "frame").await.expect("read");
    let bytes = store.read_record(&artifact.expect("`frame`").record).await.expect("bytes");
    assert_eq!(bytes, LONG);
    let lines = store.log_lines(&key, &step, &task, None, None).await.expect("lines");
    assert_eq!(lines.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), ["hello\n"]);
}

#[tokio::test]
async fn looking_leaves_nothing() {
    let project = Project::new();
    let open = project.open(&[python("a", "#: print 1")], fakes()).await;
    open.handle.look().await.expect("seen");
    open.close().await;
    assert!(runs(&project.store().await).await.is_empty());
    let staging = project.path().join(".flownote/staging");
    let left = std::fs::read_dir(staging).map(|it| it.count()).unwrap_or(0);
    assert_eq!(left, 0, "the folder of values is gone");
}

#[tokio::test]
async fn a_notebook_that_is_opened_again_shows_what_is_fresh_and_gives_values_out() {
    let project = Project::new();
    let cells = [
        python("load", &format!("#: print loading\n#: define frame {LONG}\nframe = load()")),
        python("use", "#: show frame\n#: define n 1\nn = len(frame)"),
    ];
    let mut open = project.open(&cells, fakes()).await;
    open.run_all().await;
    open.close().await;

    let mut open = project.open(&cells, fakes()).await;
    for cell in ["load", "use"] {
        let status = open.status(cell).await;
        assert!(matches!(status, CellStatus::Fresh { reused: Some(_) }), "{cell}: {status:?}");
    }
    // Only what the user points at runs; it is given the stored value of the cell above.
    let events = open.run_cell("use").await;
    assert_eq!((started(&events), shown(&events)), (vec!["use"], format!("{LONG}\n")));
    open.close().await;
}

#[tokio::test]
async fn a_result_is_restored_with_its_outputs_wherever_the_same_was_computed() {
    let project = Project::new();
    let cells = [
        python("load", &format!("#: print loading\n#: define frame {LONG}\nframe = load()")),
        python("use", "#: show frame\n#: define n 1\nn = len(frame)"),
    ];
    let mut open = project.open(&cells, fakes()).await;
    open.run_all().await;
    open.close().await;

    // Another notebook with the same cells: nothing is remembered, all is in the cache.
    let mut open = project.open_with(&cells, fakes(), |options| options.remember = false).await;
    let events = open.run(RunRequest::All { reuse: true }).await;
    assert_eq!((restored(&events), started(&events)), (vec!["load", "use"], vec![]));
    assert_eq!(open.text("load").await, "loading\n");
    assert_eq!(open.text("use").await, format!("{LONG}\n"));
    let status = open.status("use").await;
    let CellStatus::Fresh { reused: Some(origin) } = status else { panic!("{status:?}") };
    assert!(origin.user == "ana" && origin.pathspec.contains("/use/"), "{origin:?}");
    open.close().await;

    let store = project.store().await;
    let runs = runs(&store).await;
    let key = RunKey::new(runs[0].flow.clone(), runs[0].run.clone());
    let tasks = store.tasks(&key, None).await.expect("tasks");
    assert!(tasks.len() == 2 && tasks.iter().all(|task| task.reused.is_some()), "{tasks:?}");
    let load = (StepName::new("load"), tasks[0].task.clone());
    let frame = store.artifact(&key, &load.0, &load.1, "frame").await.expect("read");
    assert!(frame.is_some(), "a reused task has its values");
}

#[tokio::test]
async fn other_code_other_data_and_what_is_unverified_run_again() {
    let project = Project::new();
    let data = project.path().join("data.csv");
    std::fs::write(&data, "1").expect("written");
    let reads = |define: &str| {
        python(
            "reads",
            &format!("#: reads {}\n#: define a {define}\na = {define}()", data.display()),
        )
    };
    let doubtful = python("doubtful", "#: unverified opened a socket\n#: define b 1\nb = ask()");
    let all = RunRequest::All { reuse: true };
    let session = async |cells: &[flownote_notebook::Cell]| {
        let mut open = project.open_with(cells, fakes(), |it| it.remember = false).await;
        let events = open.run(all.clone()).await;
        open.close().await;
        (restored(&events).len(), started(&events).len())
    };
    assert_eq!(session(&[reads("f"), doubtful.clone()]).await, (0, 2), "nothing is known");
    assert_eq!(session(&[reads("f"), doubtful]).await, (1, 1), "the doubtful one runs");
    assert_eq!(session(&[reads("g")]).await, (0, 1), "other code");
    std::fs::write(&data, "2").expect("written");
    assert_eq!(session(&[reads("f")]).await, (0, 1), "other data");
    std::fs::write(&data, "1").expect("written");
    assert_eq!(session(&[reads("f")]).await, (1, 0), "the data of before");
}

#[tokio::test]
async fn a_long_log_is_read_whole() {
    let project = Project::new();
    let mut open = project.open(&[python("a", "#: flood 20000")], fakes()).await;
    open.run_all().await;
    open.close().await;
    let store = project.store().await;
    let run = runs(&store).await.remove(0);
    let key = RunKey::new(run.flow, run.run);
    let step = StepName::new("a");
    let lines = store.log_lines(&key, &step, &TaskId::new("1"), None, None).await.expect("lines");
    assert_eq!(lines.len(), 20_000);
    assert_eq!(lines[19_999].text, "19999\n");
}

#[tokio::test]
async fn a_run_in_which_a_cell_was_refused_did_not_succeed() {
    let project = Project::new();
    let cells = [
        python("manual", "# flownote: manual\n#: define a 1\na = 1"),
        python("first", "#: print 1"),
        python("needs", "#: show a\nprint(a)"),
    ];
    let mut open = project.open(&cells, fakes()).await;
    open.run_cell("first").await;
    let events = open.run_cell("needs").await;
    assert!(events.iter().any(|it| matches!(it.event, Event::Refused { .. })), "{events:#?}");
    open.close().await;
    assert_eq!(runs(&project.store().await).await[0].status, Status::Failed);
}

#[tokio::test]
async fn a_run_that_ends_while_cells_run_and_wait_did_not_succeed() {
    for interrupts in [false, true] {
        let project = Project::new();
        let cells = [
            python("first", "#: print 1"),
            python("long", "#: print two\n#: sleep 20000"),
            python("last", "#: print 3"),
        ];
        let mut open = project.open(&cells, fakes()).await;
        open.run_cell("first").await;
        let ids = vec!["long".into(), "last".into()];
        open.handle.run(RunRequest::Cells { cells: ids }).await.expect("asked");
        open.until(crate::support::shows).await;
        if interrupts {
            open.handle.interrupt().await.expect("asked");
            open.until(|event| matches!(event, Event::Idle)).await;
            // What was stopped may still run, and then all is well but for what waited.
            open.run_cell("first").await;
        }
        open.close().await;
        let store = project.store().await;
        let run = &runs(&store).await[0];
        assert_eq!(run.status, Status::Cancelled, "{interrupts}");
        let key = RunKey::new(run.flow.clone(), run.run.clone());
        let tasks = store.tasks(&key, None).await.expect("tasks");
        let long = tasks.iter().find(|it| it.step.as_str() == "long").expect("a task");
        assert!(long.finished_at.is_some(), "{long:?}");
    }
}

#[tokio::test]
async fn what_a_cell_showed_is_recorded_whatever_becomes_of_the_document() {
    let project = Project::new();
    let cells = [python("a", "#: print one\n#: sleep 300\n#: print two")];
    let mut open = project.open(&cells, fakes()).await;
    let ids = vec!["a".into()];
    open.handle.run(RunRequest::Cells { cells: ids }).await.expect("asked");
    open.until(crate::support::shows).await;
    // The file on disk changed: its outputs are those of the file.
    let document = flownote_notebook::Document::new(cells.to_vec()).expect("a document");
    let reload = flownote_kernel::supervisor::Request::Reload { document: Box::new(document) };
    open.handle.ask(reload).await.expect("taken");
    open.until(|event| matches!(event, Event::Idle)).await;
    open.close().await;

    let store = project.store().await;
    let run = runs(&store).await.remove(0);
    let key = RunKey::new(run.flow, run.run);
    let (step, task) = (StepName::new("a"), TaskId::new("1"));
    let outputs = store.artifact(&key, &step, &task, "__outputs__").await.expect("read");
    let bytes = store.read_record(&outputs.expect("outputs").record).await.expect("bytes");
    let text = String::from_utf8(bytes.to_vec()).expect("text");
    assert!(text.contains("one\\ntwo\\n"), "{text}");
}
