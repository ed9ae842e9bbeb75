//! The supervisor's own death: `kill -9`, and what the next one finds.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use flownote_flow::id::FlowName;
use flownote_kernel::supervisor::{Event, InterpreterState};
use flownote_notebook::Cell;
use flownote_notebook::session::{CellStatus, Group, RunRequest};
use flownote_store::client::{RunFilter, Status};

use crate::fake;
use crate::support::{Project, python, shown, shows};

const FOLDER: &str = "FLOWNOTE_TEST_FOLDER";

fn cells() -> [Cell; 2] {
    [
        python("load", "#: print loading\n#: define frame a-long-value-in-a-file\nframe = load()"),
        python("wait", "#: show frame\n#: sleep 60000\nprint(frame)"),
    ]
}

#[tokio::test]
#[ignore = "it is a supervisor, started by the test below"]
async fn as_a_process() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let project = Project::at(folder);
    let launches = BTreeMap::from([(Group::Python, fake::launch())]);
    let mut open = project.open(&cells(), launches).await;
    open.handle.run(RunRequest::All { reuse: false }).await.expect("asked");
    let mut pid = 0;
    loop {
        for event in open.until(shows).await {
            if let Event::Interpreter { state: InterpreterState::Ready { pid: it, .. }, .. } =
                &event.event
            {
                pid = *it;
            }
            if shown(std::slice::from_ref(&event)).starts_with("a-long") {
                // The first cell's record is written beside the second one.
                tokio::time::sleep(Duration::from_millis(500)).await;
                println!("INTERPRETER {pid}");
                tokio::time::sleep(Duration::from_secs(60)).await;
            }
        }
    }
}

#[tokio::test]
async fn interpreters_die_with_it_and_what_was_recorded_is_there() {
    let project = Project::new();
    let own = std::env::current_exe().expect("this binary");
    let mut supervisor = Command::new(own)
        .args(["supervisor::as_a_process", "--exact", "--ignored", "--nocapture"])
        .env(FOLDER, project.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    let lines = BufReader::new(supervisor.stdout.take().expect("a pipe")).lines();
    let pid = lines
        .map(|line| line.expect("a line"))
        .find_map(|line| Some(line.split_once("INTERPRETER ")?.1.to_owned()))
        .expect("a process");
    supervisor.kill().expect("killed");
    supervisor.wait().expect("reaped");
    let stat = format!("/proc/{pid}/stat");
    let dead = || !std::fs::read_to_string(&stat).is_ok_and(|it| !it.contains(") Z "));
    for _ in 0..500 {
        if dead() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(dead(), "the interpreter outlived its supervisor");

    let store = project.store().await;
    let runs = store.runs(&RunFilter::of(FlowName::new("Notebook"))).await.expect("runs").runs;
    assert_eq!(runs[0].status, Status::Interrupted);
    let launches = BTreeMap::from([(Group::Python, fake::launch())]);
    let open = project.open(&cells(), launches).await;
    let status = open.status("load").await;
    assert!(matches!(status, CellStatus::Fresh { reused: Some(_) }), "{status:?}");
    assert_eq!(open.status("wait").await, CellStatus::NeverRun);
    let staging = std::fs::read_dir(project.path().join(".flownote/staging")).expect("a folder");
    assert_eq!(staging.count(), 1, "only the living session has a folder");
    open.close().await;
}
