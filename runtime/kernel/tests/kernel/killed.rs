//! `kill -9` of the real interpreters at each stage: while one starts, binds what it is given,
//! runs, and exports what it made. The cell says so, and the next one runs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use flownote_kernel::supervisor::{Event, InterpreterState};
use flownote_notebook::session::{CellStatus, Group, RunRequest};
use flownote_notebook::{Cell, CellId, Language};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::{Open, Project, python, python_launch, shown, shows, sql, tables_launch};

/// Values whose encoding, and whose decoding, wait where a file says so.
const MODULE: &str = "\
import os, time

def wait(stage):
    if os.path.exists('hold-' + stage):
        os.remove('hold-' + stage)
        print('holds', flush=True)
        open('holds-' + stage, 'w').write(str(os.getpid()))
        time.sleep(60)

class Held:
    def __init__(self):
        self.word = 'kept'
    def __getstate__(self):
        wait('export')
        return {'word': self.word}
    def __setstate__(self, state):
        wait('bind')
        self.__dict__ |= state
";

async fn open(project: &Project, cells: &[Cell]) -> Option<Open> {
    let (Some(python), Some(tables)) = (python_launch(), tables_launch()) else {
        eprintln!("skipped: FLOWNOTE_TEST_PYTHON has no flownote_studio with pandas");
        return None;
    };
    fs::write(project.path().join("held.py"), MODULE).expect("written");
    let launches = BTreeMap::from([(Group::Python, python), (Group::Tables, tables)]);
    Some(project.open(cells, launches).await)
}

fn is_end(language: Language) -> impl Fn(&Event) -> bool {
    move |event| {
        matches!(event, Event::Interpreter { language: it, state: InterpreterState::Ended { .. } }
            if *it == language)
    }
}

/// Waits until a file says a process's number.
async fn pid_in(file: &Path) -> Pid {
    for _ in 0..6000 {
        let text = fs::read_to_string(file).unwrap_or_default();
        if let Ok(pid) = text.parse() {
            return Pid::from_raw(pid);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nothing wrote {}", file.display());
}

/// The children of this process whose command line has a word, and whose folder is this.
fn children(word: &str, folder: &Path) -> Vec<Pid> {
    let folder = folder.canonicalize().expect("a folder");
    let processes = fs::read_dir("/proc").expect("a list").flatten().map(|it| it.path());
    let ours = processes.filter(|process| {
        let line = fs::read_to_string(process.join("cmdline")).unwrap_or_default();
        line.contains(word) && fs::read_link(process.join("cwd")).is_ok_and(|it| it == folder)
    });
    let number = |process: std::path::PathBuf| process.file_name()?.to_str()?.parse().ok();
    ours.filter_map(number).map(Pid::from_raw).collect()
}

#[tokio::test]
async fn while_it_starts() {
    for (language, module) in
        [(Language::Python, "flownote.kernel"), (Language::Sql, "flownote_studio.interpreter")]
    {
        let project = Project::new();
        let cells = [python("a", "print(6 * 7)"), sql("b", "select 6 * 7 as answer")];
        let Some(mut open) = open(&project, &cells).await else { return };
        let cell = if language == Language::Python { "a" } else { "b" };
        let run = RunRequest::Cells { cells: vec![CellId::new(cell)] };
        open.handle.run(run).await.expect("asked");
        let mut killed = Vec::new();
        while killed.is_empty() {
            killed = children(module, project.path());
            killed.iter().for_each(|pid| kill(*pid, Signal::SIGKILL).expect("killed"));
            tokio::task::yield_now().await;
        }
        open.until(is_end(language)).await;
        open.until(|event| matches!(event, Event::Idle)).await;
        let events = open.run_cell(cell).await;
        assert_eq!(open.status(cell).await, CellStatus::Fresh { reused: None }, "{events:#?}");
        assert!(shown(&events).contains("42"), "{language:?}: {}", shown(&events));
        open.close().await;
    }
}

#[tokio::test]
async fn while_it_binds_what_it_is_given() {
    let project = Project::new();
    let cells = [
        python("import", "import held"),
        python("make", "value = held.Held()"),
        python("use", "print(value.word)"),
    ];
    let Some(mut open) = open(&project, &cells).await else { return };
    open.run_all().await;
    // Its record waits for the value, and so does this.
    open.run_cell("use").await;
    open.handle.kill(Language::Python).await.expect("asked");
    open.until(is_end(Language::Python)).await;
    fs::write(project.path().join("hold-bind"), "").expect("written");
    let run = RunRequest::Cells { cells: vec![CellId::new("use")] };
    open.handle.run(run).await.expect("asked");
    let pid = pid_in(&project.path().join("holds-bind")).await;
    kill(pid, Signal::SIGKILL).expect("killed");
    let events = open.until(|event| matches!(event, Event::Idle)).await;
    assert!(shown(&events).contains("was killed (SIGKILL)"), "{}", shown(&events));
    assert_eq!(open.status("use").await, CellStatus::Failed);
    assert!(open.text("use").await.contains("was killed (SIGKILL)"), "the document says so too");
    // The value is still where it was kept.
    let events = open.run_cell("use").await;
    assert_eq!(shown(&events), "kept\n", "{events:#?}");
    open.close().await;
}

#[tokio::test]
async fn while_it_exports_what_a_cell_made() {
    let project = Project::new();
    let cells = [
        python("import", "import held"),
        python("make", "value = held.Held()\nprint('made')"),
        python("use", "print(value.word)"),
    ];
    let Some(mut open) = open(&project, &cells).await else { return };
    open.run_cell("import").await;
    fs::write(project.path().join("hold-export"), "").expect("written");
    let run = RunRequest::Cells { cells: vec![CellId::new("make")] };
    open.handle.run(run).await.expect("asked");
    let pid = pid_in(&project.path().join("holds-export")).await;
    kill(pid, Signal::SIGKILL).expect("killed");
    open.until(is_end(Language::Python)).await;
    // The value went with the process: nothing claims that it is there, half-written or whole.
    let events = open.run(RunRequest::Stale).await;
    assert_eq!(open.text("make").await, "made\n", "{events:#?}");
    assert_eq!(open.status("make").await, CellStatus::Fresh { reused: None });
    let blobs = walk(&project.path().join(".flownote/staging"));
    assert!(blobs.iter().all(|path| !path.contains("tmp-")), "left behind: {blobs:?}");
    open.close().await;
}

#[tokio::test]
async fn while_a_query_runs() {
    let project = Project::new();
    let cells = [
        python("load", "import os, pandas as pd\nframe = pd.DataFrame({'n': range(2000)})"),
        sql(
            "long",
            "select count(*) from frame a, frame b, frame c, frame d where a.n+b.n<c.n+d.n",
        ),
        sql("short", "select count(*) as rows from frame"),
    ];
    let Some(mut open) = open(&project, &cells).await else { return };
    open.run_cell("load").await;
    open.run_cell("short").await;
    let run = RunRequest::Cells { cells: vec![CellId::new("long")] };
    open.handle.run(run).await.expect("asked");
    open.until(|event| matches!(event, Event::Started { .. })).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    for pid in children("flownote_studio.interpreter", project.path()) {
        kill(pid, Signal::SIGKILL).expect("killed");
    }
    let events = open.until(|event| matches!(event, Event::Idle)).await;
    assert!(shown(&events).contains("the SQL interpreter was killed (SIGKILL)"), "{events:#?}");
    // Python goes on in its process, and the frame is given to the new one.
    let events = open.run_cell("short").await;
    assert!(shown(&events).contains("2000"), "{events:#?}");
    let restarted =
        |event: &Event| matches!(event, Event::Interpreter { language: Language::Python, .. });
    assert!(!events.iter().any(|it| restarted(&it.event)), "Python is another one now");
    open.close().await;
}

#[tokio::test]
async fn a_hundred_thousand_outputs_are_cut_and_the_next_cell_runs() {
    let project = Project::new();
    let cells = [
        python("flood", "for number in range(100_000):\n    display(number)"),
        python("after", "print('still here')"),
    ];
    let Some(mut open) = open(&project, &cells).await else { return };
    open.handle.run(RunRequest::Cells { cells: vec![CellId::new("flood")] }).await.expect("asked");
    open.until(shows).await;
    open.until(|event| matches!(event, Event::Idle)).await;
    let outputs = open.outputs("flood").await;
    assert_eq!(outputs.len(), 20_001, "the bound, and a word that says so");
    let text = open.text("flood").await;
    assert!(text.trim_end().ends_with("20000 outputs or 64 MB."), "{}", &text[text.len() - 200..]);
    assert_eq!(shown(&open.run_cell("after").await), "still here\n");
    open.close().await;
}

/// The files below a folder.
fn walk(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let below = |path: std::path::PathBuf| {
        if path.is_dir() { walk(&path) } else { vec![path.display().to_string()] }
    };
    entries.flatten().map(|it| it.path()).flat_map(below).collect()
}
