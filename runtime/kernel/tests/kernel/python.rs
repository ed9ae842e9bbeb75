//! Sessions with the real Python interpreter, which `FLOWNOTE_TEST_PYTHON` names, as the
//! Makefile sets it. Without one these tests say so and do nothing.

use std::collections::BTreeMap;

use flownote_kernel::supervisor::{Event, InterpreterState, Options, Reply, Request};
use flownote_notebook::session::{CellStatus, Group, RunRequest};
use flownote_notebook::{Cell, CellId, Language};

use crate::fake;
use crate::support::{Open, Project, python, python_launch, shown, sql};

async fn open(project: &Project, cells: &[Cell]) -> Option<Open> {
    open_with(project, cells, |_| {}).await
}

async fn open_with(
    project: &Project,
    cells: &[Cell],
    change: impl FnOnce(&mut Options),
) -> Option<Open> {
    let Some(launch) = python_launch() else {
        eprintln!("skipped: FLOWNOTE_TEST_PYTHON names no Python with Flownote");
        return None;
    };
    let launches = BTreeMap::from([(Group::Python, launch), (Group::Tables, fake::launch())]);
    Some(project.open_with(cells, launches, change).await)
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

#[tokio::test]
async fn a_large_array_that_a_cell_changes_in_place_is_made_again_for_whoever_needs_it() {
    let project = Project::new();
    let cells = [
        python("import", "import numpy as np, os"),
        python("make", "x = np.zeros(10_000_000)\nprint('made')"),
        python("change", "x[0] += 1\nprint(x[0])"),
        python("use", "print(x[0])"),
    ];
    let Some(mut open) = open(&project, &cells).await else { return };
    open.run_all().await;
    for cell in ["make", "change", "use"] {
        assert_eq!(open.status(cell).await, CellStatus::Fresh { reused: None }, "{cell}");
    }
    // Not 2.0: the array that it finds is the one of the cell above.
    let events = open.run_cell("change").await;
    assert_eq!(shown(&events), "made\n1.0\n");
    assert_eq!(shown(&open.run_cell("use").await), "1.0\n");
    open.close().await;
    // Nothing that was stored is the array as it was changed.
    let edited = [cells[0].clone(), cells[1].clone(), python("change", "print(x.sum())")];
    let mut open = self::open(&project, &edited).await.expect("as before");
    assert!(shown(&open.run_cell("change").await).ends_with("0.0\n"));
    open.close().await;
}

#[tokio::test]
async fn old_values_above_a_budget_leave_memory_and_come_back() {
    let project = Project::new();
    let cells = [
        python("one", "import numpy as np, weakref\nx = np.zeros(1_000_000)\na = weakref.ref(x)"),
        python("use", "print(x.sum())"),
        python("two", "x = np.ones(1_000_000)\nb = weakref.ref(x)"),
        python("three", "x = x + 1\nc = weakref.ref(x)"),
        python("look", "print(a() is None, b() is None, c() is None)"),
    ];
    // Room for one of the two that others hide.
    let room = |options: &mut Options| options.limits.shadowed = 9_000_000;
    let Some(mut open) = open_with(&project, &cells, room).await else { return };
    open.run_all().await;
    let mut seen = String::new();
    for _ in 0..100 {
        seen = shown(&open.run_cell("look").await);
        if seen.starts_with("True") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(seen, "True False False\n", "the oldest goes, the newest and what is bound stay");
    assert_eq!(shown(&open.run_cell("use").await), "0.0\n", "it is read again");
    assert_eq!(open.status("two").await, CellStatus::Fresh { reused: None });
    open.close().await;
}

#[tokio::test]
async fn names_of_one_list_are_one_list_after_a_restart() {
    let project = Project::new();
    let cells = [
        python("a", "words = ['one', 'two']"),
        python("b", "again = words"),
        python("c", "again.append('three')\nprint(words is again, words)"),
    ];
    let Some(mut open) = open(&project, &cells).await else { return };
    open.run_all().await;
    assert_eq!(open.text("c").await, "True ['one', 'two', 'three']\n");
    open.close().await;
    let mut open = self::open(&project, &cells).await.expect("as before");
    assert_eq!(shown(&open.run_cell("c").await), "True ['one', 'two', 'three']\n");
    open.close().await;
}

#[tokio::test]
async fn an_error_says_where_and_the_next_cell_runs_in_the_same_process() {
    let project = Project::new();
    let cells = [python("a", "x = 1\n1 / 0"), python("b", "import os; os.getpid()")];
    let Some(mut open) = open(&project, &cells).await else { return };
    let events = open.run_cell("a").await;
    assert!(shown(&events).contains("ZeroDivisionError: division by zero"), "{events:#?}");
    let pid = shown(&open.run_cell("b").await);
    assert_eq!(shown(&open.run_cell("b").await), pid);
    open.close().await;
}

#[tokio::test]
async fn kill_9_while_idle_and_while_running() {
    let project = Project::new();
    let cells = [
        python("load", "words = 'one two three'"),
        python("pid", "import os\nprint(os.getpid(), flush=True)"),
        python("wait", "import time\nprint('waits', flush=True)\ntime.sleep(60)"),
        python("use", "words.upper()"),
    ];
    let Some(mut open) = open(&project, &cells).await else { return };
    open.run_cell("load").await;
    let kill = async |open: &mut Open| {
        let pid = shown(&open.run_cell("pid").await);
        let pid = nix::unistd::Pid::from_raw(pid.trim().parse().expect("a number"));
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).expect("killed");
        let ended = |event: &Event| {
            matches!(event, Event::Interpreter { state: InterpreterState::Ended { .. }, .. })
        };
        open.until(ended).await;
    };
    kill(&mut open).await;
    // The value was kept when its cell ended, or its cell runs again: either way it is right.
    assert_eq!(shown(&open.run_cell("use").await), "'ONE TWO THREE'");

    let pid = shown(&open.run_cell("pid").await);
    let cells = vec![CellId::new("wait")];
    open.handle.run(RunRequest::Cells { cells }).await.expect("asked");
    open.until(|event| matches!(event, Event::Output { execution: Some(_), .. })).await;
    let pid = nix::unistd::Pid::from_raw(pid.trim().parse().expect("a number"));
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).expect("killed");
    let events = open.until(|event| matches!(event, Event::Idle)).await;
    assert!(shown(&events).contains("was killed (SIGKILL)"), "{}", shown(&events));
    assert_eq!(shown(&open.run_cell("use").await), "'ONE TWO THREE'");
    open.close().await;
}

#[tokio::test]
async fn what_only_python_reads_is_given_back_to_a_new_python() {
    let project = Project::new();
    let cells = [
        python("import", "import os"),
        python("load", "odd = {(1, 2): {os.getpid()}}"),
        python("use", "print(odd[1, 2])"),
    ];
    let Some(mut open) = open(&project, &cells).await else { return };
    open.run_all().await;
    let before = open.text("use").await;
    // Its record waits for the value, and so does this question.
    open.run_cell("use").await;
    open.handle.kill(Language::Python).await.expect("asked");
    let ended = |event: &Event| {
        matches!(event, Event::Interpreter { state: InterpreterState::Ended { .. }, .. })
    };
    open.until(ended).await;
    let events = open.run_cell("use").await;
    assert_eq!(shown(&events), before, "the value of the process that died: {events:#?}");
    open.close().await;
}

#[tokio::test]
async fn an_interrupt_is_a_keyboard_interrupt_and_values_stay() {
    let project = Project::new();
    let cells = [
        python("load", "words = ['a']"),
        python("wait", "import time\nprint('waits', flush=True)\ntime.sleep(60)"),
        python("use", "words"),
    ];
    let Some(mut open) = open(&project, &cells).await else { return };
    open.run_cell("load").await;
    let cells = vec![CellId::new("wait")];
    open.handle.run(RunRequest::Cells { cells }).await.expect("asked");
    open.until(|event| matches!(event, Event::Output { execution: Some(_), .. })).await;
    open.handle.interrupt().await.expect("asked");
    let events = open.until(|event| matches!(event, Event::Idle)).await;
    assert!(shown(&events).contains("KeyboardInterrupt"), "{}", shown(&events));
    assert_eq!(open.status("wait").await, CellStatus::Interrupted);
    assert_eq!(shown(&open.run_cell("use").await), "['a']");
    open.close().await;
}

#[tokio::test]
async fn completion_answers_while_a_cell_runs() {
    let project = Project::new();
    let cells = [python("wait", "import time\nprint('waits', flush=True)\ntime.sleep(60)")];
    let Some(mut open) = open(&project, &cells).await else { return };
    let cells = vec![CellId::new("wait")];
    open.handle.run(RunRequest::Cells { cells }).await.expect("asked");
    open.until(|event| matches!(event, Event::Output { execution: Some(_), .. })).await;
    let complete =
        Request::Complete { language: Language::Python, code: "time.sle".into(), cursor: 8 };
    let reply = open.handle.ask(complete).await.expect("an answer");
    let Reply::Completions { items, .. } = reply else { panic!("completions: {reply:?}") };
    assert!(items.iter().any(|item| item.text.contains("sleep")), "{items:?}");
    open.handle.interrupt().await.expect("asked");
    open.until(|event| matches!(event, Event::Idle)).await;
    open.close().await;
}

#[tokio::test]
async fn the_client_reads_what_a_cell_defined() {
    let project = Project::new();
    let cells = [
        python("load", "words = ['one', 'two']\nprint('loaded')"),
        python("again", "words = words + ['three']"),
    ];
    let Some(mut open) = open(&project, &cells).await else { return };
    open.run_all().await;
    open.close().await;
    let script = "\
from flownote import Flow, namespace
namespace(None)
run = Flow('Notebook').latest_run
print(run.successful, run['load'].task.data.words, run['again'].task.data.words)
print(run['load'].task.stdout)
";
    let launch = python_launch().expect("there was one");
    let mut client = std::process::Command::new(&launch.program);
    client.args(["-c", script]).envs(&launch.environment).current_dir(project.path());
    let output = client.output().expect("run");
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(text, "True ['one', 'two'] ['one', 'two', 'three']\nloaded\n\n", "{errors}");
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
