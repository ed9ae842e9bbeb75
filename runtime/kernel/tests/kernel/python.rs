//! Sessions with the real Python interpreter. Without `FLOWNOTE_TEST_PYTHON`, which the
//! Makefile sets, there is none, and these tests say so.

use std::collections::BTreeMap;

use flownote_kernel::supervisor::{Event, InterpreterState};
use flownote_notebook::session::{CellStatus, Group, RunRequest};
use flownote_notebook::{Cell, CellId};

use crate::fake;
use crate::support::{Open, Project, python, python_launch, shown, sql};

async fn open(project: &Project, cells: &[Cell]) -> Option<Open> {
    let Some(launch) = python_launch() else {
        eprintln!("skipped: FLOWNOTE_TEST_PYTHON is not set");
        return None;
    };
    let launches = BTreeMap::from([(Group::Python, launch), (Group::Tables, fake::launch())]);
    Some(project.open(cells, launches).await)
}

#[tokio::test]
async fn two_python_cells_and_another_language_share_a_value() {
    let project = Project::new();
    let cells = [
        python("a", "words = 'one two three'\nprint(len(words))"),
        python("b", "words = words.upper()\nwords"),
        sql("c", "--: show words\nselect * from words"),
    ];
    let Some(mut open) = open(&project, &cells).await else { return };
    let events = open.run_all().await;
    assert_eq!(open.text("a").await, "13\n");
    assert_eq!(open.text("b").await, "'ONE TWO THREE'", "{events:#?}");
    assert_eq!(open.text("c").await, "ONE TWO THREE\n");
    for cell in ["a", "b", "c"] {
        assert_eq!(open.status(cell).await, CellStatus::Fresh { reused: None }, "{cell}");
    }
    // Running `b` again starts from the value of `a`, as a script would.
    assert_eq!(shown(&open.run_cell("b").await), "'ONE TWO THREE'");
    open.close().await;
}

/// `cargo test -p flownote-kernel --release -- --ignored --nocapture measures`
#[tokio::test]
#[ignore = "it measures, and asserts nothing about time"]
async fn measures_a_start_and_a_round_trip() {
    let project = Project::new();
    let began = std::time::Instant::now();
    let Some(mut open) = open(&project, &[python("a", "1+1")]).await else { return };
    let ready = |event: &Event| {
        matches!(event, Event::Interpreter { state: InterpreterState::Ready { .. }, .. })
    };
    open.until(ready).await;
    let start = began.elapsed();
    let mut times = Vec::new();
    for _ in 0..500 {
        let began = std::time::Instant::now();
        let cells = vec![CellId::new("a")];
        open.handle.run(RunRequest::Cells { cells }).await.expect("asked");
        open.until(|event| matches!(event, Event::Finished { .. })).await;
        times.push(began.elapsed());
        open.until(|event| matches!(event, Event::Idle)).await;
    }
    assert_eq!(open.text("a").await, "2");
    times.sort_unstable();
    eprintln!("start {start:?}, `1+1` {:?} (median), {:?} (p95)", times[250], times[475]);
    open.close().await;
}
