//! Modules of the project that are saved while a session is open (notebook rule 10).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use flownote_kernel::supervisor::{Event, InterpreterState, Numbered};
use flownote_notebook::Cell;
use flownote_notebook::session::{CellStatus, Group, RunRequest};

use crate::support::{Open, Project, python, python_launch, shown};

async fn open(project: &Project, cells: &[Cell]) -> Option<Open> {
    let Some(launch) = python_launch() else {
        eprintln!("skipped: FLOWNOTE_TEST_PYTHON names no Python with Flownote");
        return None;
    };
    let launches = BTreeMap::from([(Group::Python, launch)]);
    Some(project.open(cells, launches).await)
}

fn save(folder: &Path, module: &str, text: &str) {
    std::fs::write(folder.join(format!("{module}.py")), text).expect("written");
}

fn cells() -> [Cell; 4] {
    [
        python("import", "import one, two\nfrom two import f as g"),
        python("a", "a = one.f()\na"),
        python("b", "b = two.f()\nb"),
        python("c", "c = g() + a\nc"),
    ]
}

fn started(events: &[Arc<Numbered>]) -> Vec<&str> {
    let started = events.iter().filter_map(|it| match &it.event {
        Event::Started { cell, .. } => Some(cell.as_str()),
        _ => None,
    });
    started.collect()
}

async fn stale(open: &Open) -> Vec<String> {
    let seen = open.handle.look().await.expect("a session");
    let mut stale = Vec::new();
    for cell in seen.document.cells() {
        if matches!(seen.statuses[&cell.id], CellStatus::Stale { .. }) {
            stale.push(cell.id.to_string());
        }
    }
    stale
}

#[tokio::test]
async fn a_saved_helper_is_loaded_again_and_only_its_users_run_again() {
    let project = Project::new();
    save(project.path(), "one", "def f(): return 1\n");
    save(project.path(), "two", "def f(): return 2\n");
    let Some(mut open) = open(&project, &cells()).await else { return };
    open.run_all().await;
    assert_eq!((open.text("b").await, open.text("c").await), ("2".into(), "3".into()));

    save(project.path(), "two", "def f(): return 20\n");
    let events = open.run(RunRequest::Stale).await;
    assert_eq!(started(&events), ["import", "b", "c"], "{}", shown(&events));
    assert_eq!((open.text("b").await, open.text("c").await), ("20".into(), "21".into()));
    assert_eq!(stale(&open).await, Vec::<String>::new());
    open.close().await;

    // The next session knows what each result was computed with.
    let mut open = self::open(&project, &cells()).await.expect("as before");
    let ready = |event: &Event| {
        matches!(event, Event::Interpreter { state: InterpreterState::Ready { .. }, .. })
    };
    open.until(ready).await;
    assert_eq!(stale(&open).await, Vec::<String>::new());
    open.close().await;
}

#[tokio::test]
async fn a_helper_that_nobody_asks_about_is_noticed_by_itself() {
    let project = Project::new();
    save(project.path(), "one", "def f(): return 1\n");
    let cells = [python("a", "import one\none.f()")];
    let Some(launch) = python_launch() else { return };
    let launches = BTreeMap::from([(Group::Python, launch)]);
    let quickly = |it: &mut flownote_kernel::supervisor::Options| {
        it.patience.alive = std::time::Duration::from_millis(50);
    };
    let mut open = project.open_with(&cells, launches, quickly).await;
    open.run_all().await;
    save(project.path(), "one", "def f(): return 10\n");
    let stale =
        |event: &Event| matches!(event, Event::Status { status: CellStatus::Stale { .. }, .. });
    open.until(stale).await;
    open.close().await;
}

#[tokio::test]
async fn a_helper_that_cannot_be_loaded_again_offers_a_restart_which_restores() {
    let project = Project::new();
    let helper = "class A:\n    n = {}\ndef f(): return {}\n";
    save(project.path(), "one", &helper.replace("{}", "1"));
    save(project.path(), "two", "def f(): return 2\n");
    let cells = [
        python("import", "import one, two, os"),
        python("held", "held = one.A()"),
        python("kept", "kept = [two.f(), os.getpid()]"),
        python("use", "print(kept, one.f(), held.n)"),
    ];
    let Some(mut open) = open(&project, &cells).await else { return };
    open.run_all().await;
    let first = open.text("use").await;
    let pid = first.split(']').next().expect("a list").to_owned();
    assert!(first.ends_with("] 1 1\n"), "{first}");
    save(project.path(), "one", &helper.replace("{}", "10"));
    let events = open.run_cell("use").await;
    assert!(shown(&events).ends_with("] 1 1\n"), "the old code: {}", shown(&events));
    let offer = events.iter().find_map(|it| match &it.event {
        Event::RestartOffer { message, hint, .. } => Some((message.clone(), hint.clone())),
        _ => None,
    });
    let (message, hint) = offer.expect("an offer");
    assert!(message.contains("`one`") && message.contains("class `A` are in use"), "{message}");
    assert!(hint.contains("restart"), "{hint}");
    assert!(stale(&open).await.contains(&"use".to_owned()), "what ran is the old code");

    open.handle.restart(flownote_notebook::Language::Python).await.expect("asked");
    let events = open.run_cell("use").await;
    let text = open.text("use").await;
    assert!(text.starts_with(&pid) && text.ends_with("] 10 10\n"), "{text}: {events:#?}");
    assert_eq!(started(&events), ["import", "held", "use"], "`kept` was restored");
    assert_eq!(stale(&open).await, Vec::<String>::new());
    open.close().await;
}

#[tokio::test]
async fn the_old_codes_result_is_never_given_out_as_the_new_codes() {
    let project = Project::new();
    let cells = [
        python("import", "import one, time, os"),
        python(
            "a",
            "x = one.f()\nwhile not os.path.exists('saved'): time.sleep(0.01)\ny = one.f()\n(x, y)",
        ),
    ];
    save(project.path(), "one", "def f(): return 1\n");
    let Some(mut open) = open(&project, &cells).await else { return };
    open.run_cell("import").await;
    let cells_to_run = vec!["a".into()];
    open.handle.run(RunRequest::Cells { cells: cells_to_run }).await.expect("asked");
    open.until(|event| matches!(event, Event::Started { .. })).await;
    save(project.path(), "one", "def f(): return 10\n");
    std::fs::write(project.path().join("saved"), "").expect("written");
    open.until(|event| matches!(event, Event::Idle)).await;
    assert_eq!(open.text("a").await, "(1, 1)");
    open.close().await;

    let all = RunRequest::All { reuse: true };
    let mut open = self::open(&project, &cells).await.expect("as before");
    open.run(all.clone()).await;
    assert_eq!(open.text("a").await, "(10, 10)");
    open.close().await;
    save(project.path(), "one", "def f(): return 1\n");
    let mut open = self::open(&project, &cells).await.expect("as before");
    open.run(all).await;
    assert_eq!(open.text("a").await, "(1, 1)");
    open.close().await;
}

#[tokio::test]
async fn a_helper_that_is_saved_between_the_question_and_its_import_counts_as_it_was_loaded() {
    let project = Project::new();
    save(project.path(), "one", "def f(): return 1\n");
    // The cell itself saves the helper before it loads it: no watch could be quick enough.
    let cells = [python(
        "a",
        "if True:\n    # flownote: cache\n    open('one.py', 'w').write('def f(): return 10\\n')\n\
         import one\na = one.f()\na",
    )];
    let Some(mut open) = open(&project, &cells).await else { return };
    open.run_all().await;
    assert_eq!(open.text("a").await, "10");
    open.close().await;
    save(project.path(), "one", "def f(): return 1\n");
    let mut open = self::open(&project, &cells).await.expect("as before");
    open.run(RunRequest::Stale).await;
    assert_eq!(stale(&open).await, ["a"], "what ran then was another module");
    open.close().await;
}
