//! Order, interrupts, crashes and recovery, with interpreters that do as they are told.

use std::collections::BTreeMap;

use flownote_kernel::interpreter::Launch;
use flownote_kernel::supervisor::{Event, InterpreterState, Request};
use flownote_notebook::session::{CellStatus, Group, RunRequest, Why};
use flownote_notebook::{Cell, Language};

use crate::fake;
use crate::support::{Open, Project, python, shown, shows, sql};

fn fakes() -> BTreeMap<Group, Launch> {
    BTreeMap::from([(Group::Python, fake::launch()), (Group::Tables, fake::launch())])
}

async fn open(project: &Project, cells: &[Cell]) -> Open {
    project.open(cells, fakes()).await
}

#[tokio::test]
async fn cells_run_in_order_and_a_value_crosses_to_the_other_language() {
    let project = Project::new();
    let cells = [
        python("load", "#: define frame a-long-value-in-a-file\nframe = load()"),
        python("use", "#: show frame\nprint(frame)"),
        sql("ask", "--: show frame\nselect * from frame"),
    ];
    let mut open = open(&project, &cells).await;
    let events = open.run_all().await;
    let value = "a-long-value-in-a-file\n";
    assert_eq!(shown(&events), format!("{value}{value}"));
    assert_eq!(open.text("ask").await, value);
    for cell in ["load", "use", "ask"] {
        assert_eq!(open.status(cell).await, CellStatus::Fresh { reused: None }, "{cell}");
    }
    open.close().await;
}

#[tokio::test]
async fn an_error_ends_what_waits_behind_it() {
    let project = Project::new();
    let cells = [
        python("one", "#: print 1"),
        python("two", "#: fail on purpose"),
        python("three", "#: print 3"),
    ];
    let mut open = open(&project, &cells).await;
    let events = open.run_all().await;
    assert_eq!(shown(&events), "1\nFailed: on purpose");
    assert_eq!(open.status("two").await, CellStatus::Failed);
    assert_eq!(open.status("three").await, CellStatus::NeverRun);
    open.close().await;
}

#[tokio::test]
async fn an_interrupt_stops_the_cell_and_what_waits() {
    let project = Project::new();
    let cells = [python("one", "#: print 1\n#: sleep 60000"), python("two", "#: print 2")];
    let mut open = open(&project, &cells).await;
    open.handle.run(RunRequest::All { reuse: false }).await.expect("asked");
    open.until(shows).await;
    open.handle.interrupt().await.expect("asked");
    open.until(|event| matches!(event, Event::Idle)).await;
    assert_eq!(open.status("one").await, CellStatus::Interrupted);
    assert_eq!(open.status("two").await, CellStatus::NeverRun);
    // The interpreter is the same one and works.
    assert_eq!(shown(&open.run_cell("two").await), "2\n");
    open.close().await;
}

#[tokio::test]
async fn a_cell_that_goes_on_after_an_interrupt_can_be_killed() {
    let project = Project::new();
    let cells = [python("one", "#: deaf\n#: print 1\n#: sleep 60000"), python("two", "#: print 2")];
    let mut open = project
        .open_with(&cells, fakes(), |options| {
            options.patience.interrupt = std::time::Duration::from_millis(50);
        })
        .await;
    open.handle.run(RunRequest::All { reuse: false }).await.expect("asked");
    open.until(shows).await;
    open.handle.interrupt().await.expect("asked");
    open.until(|event| matches!(event, Event::KillOffer { .. })).await;
    open.handle.kill(Language::Python).await.expect("asked");
    let events = open.until(|event| matches!(event, Event::Idle)).await;
    assert!(shown(&events).contains("was killed, as you asked"), "{}", shown(&events));
    assert_eq!(shown(&open.run_cell("two").await), "2\n");
    open.close().await;
}

#[tokio::test]
async fn however_an_interpreter_ends_the_cell_says_so_and_the_others_keep_their_values() {
    for (command, words) in [
        ("exit 3", "ended by itself (exit code 3)"),
        ("signal 9", "was killed (SIGKILL)"),
        ("signal 11", "crashed in native code (SIGSEGV"),
        ("signal 6", "SIGABRT"),
        ("nonsense", "is not a message of the protocol"),
        ("oversized", "longer than"),
        ("cut", "exit code 0"),
    ] {
        let project = Project::new();
        let cells = [
            python("load", "#: define frame a-long-value-in-a-file\nframe = load()"),
            sql("ask", "--: show frame\nselect * from frame"),
            python("crash", &format!("#: print before\n#: {command}")),
            python("after", "#: show frame\nprint(frame)"),
        ];
        let mut open = open(&project, &cells).await;
        let events = open.run_all().await;
        let text = open.text("crash").await;
        assert!(text.starts_with("before\n") && text.contains(words), "{command}: {text}");
        assert!(shown(&events).contains(words), "{command}");
        assert_eq!(open.status("crash").await, CellStatus::Failed, "{command}");
        // What crossed is still there, for SQL and for a new Python.
        assert_eq!(shown(&open.run_cell("ask").await), "a-long-value-in-a-file\n", "{command}");
        assert_eq!(shown(&open.run_cell("after").await), "a-long-value-in-a-file\n", "{command}");
        open.close().await;
    }
}

#[tokio::test]
async fn answers_that_nobody_asked_for_change_nothing() {
    let project = Project::new();
    let strange = [
        r#"{"type": "started", "execution": 999}"#,
        r#"{"type": "finished", "execution": 999, "status": "error", "elapsed_ms": 1}"#,
        r#"{"type": "exported", "request": 999, "values": {"frame": {"error": {"message": "no"}}}}"#,
        r#"{"type": "completions", "request": 999, "start": 0, "end": 0, "items": []}"#,
        r#"{"type": "modules", "request": 999, "found": {}}"#,
        r#"{"type": "ready", "version": 1, "pid": 1, "languages": ["python"],
            "runtime": {"name": "3", "version": "3", "platform": "x", "executable": "y"}}"#,
    ];
    let lines: Vec<String> =
        strange.iter().map(|it| format!("#: answer {}", it.replace('\n', " "))).collect();
    let finished =
        r#"{"type": "finished", "execution": EXECUTION, "status": "ok", "elapsed_ms": 1}"#;
    let cells = [
        python("odd", &format!("{}\n#: print odd", lines.join("\n"))),
        python("twice", &format!("#: print once\n#: answer {finished}\n#: print late")),
        python("after", "#: print after"),
    ];
    let mut open = open(&project, &cells).await;
    let events = open.run_all().await;
    assert_eq!(open.text("odd").await, "odd\n", "{events:#?}");
    // What comes behind the end of a cell is shown by it all the same, as of a thread.
    assert_eq!(open.text("twice").await, "once\nlate\n");
    assert_eq!(open.text("after").await, "after\n");
    for cell in ["odd", "twice", "after"] {
        assert_eq!(open.status(cell).await, CellStatus::Fresh { reused: None }, "{cell}");
    }
    open.close().await;
}

#[tokio::test]
async fn a_restart_is_of_one_interpreter_alone() {
    let project = Project::new();
    let cells = [
        python("a", "#: define a 1\na = 1"),
        sql("t", "--: define t 2\n-- out: t\nselect 2"),
        sql("u", "--: show t\nselect * from t"),
    ];
    let mut open = open(&project, &cells).await;
    open.run_all().await;
    open.handle.restart(Language::Python).await.expect("asked");
    let ended =
        |event: &Event| matches!(event, Event::Interpreter { language: Language::Python, .. });
    open.until(ended).await;
    let events = open.run_cell("u").await;
    assert_eq!(shown(&events), "2\n");
    let restarted = events
        .iter()
        .any(|it| matches!(&it.event, Event::Interpreter { language: Language::Sql, .. }));
    assert!(!restarted, "SQL's interpreter is another one now");
    open.close().await;
}

#[tokio::test]
async fn a_line_that_a_cell_asks_for_comes_from_whoever_watches() {
    let project = Project::new();
    let cells = [python("one", "#: ask name?")];
    let mut open = open(&project, &cells).await;
    open.handle.run(RunRequest::All { reuse: false }).await.expect("asked");
    let events = open.until(|event| matches!(event, Event::InputRequest { .. })).await;
    let Some(Event::InputRequest { prompt, .. }) = events.last().map(|it| &it.event) else {
        panic!("a request")
    };
    assert_eq!(prompt, "name?");
    open.handle.ask(Request::Input { text: "Ana".into() }).await.expect("taken");
    let events = open.until(|event| matches!(event, Event::Idle)).await;
    assert!(matches!(events[0].event, Event::InputAnswered { .. }), "{events:?}");
    assert_eq!(shown(&events), "name?Ana\nyou said Ana\n");
    open.handle.ask(Request::Input { text: "x".into() }).await.expect_err("nobody asks now");
    open.close().await;
}

#[tokio::test]
async fn a_flood_is_cut_and_a_late_reader_reads_what_was_not() {
    let project = Project::new();
    let cells = [python("one", "#: flood 30000"), python("two", "#: print still here")];
    let mut open = project
        .open_with(&cells, fakes(), |options| {
            options.limits.output = 50_000;
            options.limits.log = 10_000;
        })
        .await;
    open.run_all().await;
    let text = open.text("one").await;
    assert!(text.len() < 60_000 && text.starts_with("0\n1\n2\n"), "{} bytes", text.len());
    assert!(text.trim_end().ends_with("outputs or 0 MB."), "the end says why");
    let mut late = open.handle.subscribe(0);
    let mut seen = Vec::new();
    while let Some(event) = late.take() {
        seen.push(event);
    }
    assert!(seen.iter().zip(0..).all(|(event, seq)| event.seq == seq), "gaps");
    assert!(shown(&seen).starts_with("0\n1\n2\n") && shown(&seen).ends_with("still here\n"));
    open.close().await;
}

#[tokio::test]
async fn a_language_without_an_interpreter_says_what_to_install() {
    let project = Project::new();
    let cells = [sql("one", "select 1")];
    let mut open = project.open(&cells, BTreeMap::new()).await;
    open.run_all().await;
    assert!(open.text("one").await.contains("SQL interpreter could not be started"));
    assert_eq!(open.status("one").await, CellStatus::Failed);
    open.close().await;
}

#[tokio::test]
async fn interpreters_end_with_their_session() {
    let project = Project::new();
    let cells = [python("one", "#: print 1\n#: sleep 60000")];
    let mut open = open(&project, &cells).await;
    open.handle.run(RunRequest::All { reuse: false }).await.expect("asked");
    let events = open.until(shows).await;
    let pid = events.iter().find_map(|it| match &it.event {
        Event::Interpreter {
            state: flownote_kernel::supervisor::InterpreterState::Ready { pid, .. },
            ..
        } => Some(*pid),
        _ => None,
    });
    let stat = format!("/proc/{}/stat", pid.expect("a process"));
    assert!(std::fs::exists(&stat).expect("asked"));
    open.close().await;
    for _ in 0..500 {
        if !std::fs::exists(&stat).expect("asked") {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the interpreter outlived its session");
}

#[tokio::test]
async fn an_interpreter_that_dies_before_it_answers_is_started_again_for_the_next_cell() {
    let project = Project::new();
    let marker = project.path().join("second");
    // The first time it ends before the welcome, the second time it is the fake.
    let mut launch = fake::launch();
    launch.arguments[1] = format!(
        "test -e {0} || {{ touch {0}; exit 7; }}; {1}",
        marker.display(),
        launch.arguments[1]
    );
    let launches = BTreeMap::from([(Group::Python, launch)]);
    let mut open = project.open(&[python("a", "#: print 1")], launches).await;
    let ended = |event: &Event| {
        let ended = InterpreterState::Ended { message: String::new(), hint: None };
        matches!(event, Event::Interpreter { state, .. }
            if std::mem::discriminant(state) == std::mem::discriminant(&ended))
    };
    let events = open.until(ended).await;
    let Some(Event::Interpreter { state: InterpreterState::Ended { message, .. }, .. }) =
        events.last().map(|it| &it.event)
    else {
        panic!("an end")
    };
    assert!(message.contains("exit code 7"), "{message}");
    assert_eq!(shown(&open.run_cell("a").await), "1\n");
    open.close().await;
}

#[tokio::test]
async fn a_value_that_died_with_its_interpreter_makes_its_cell_stale() {
    let project = Project::new();
    let cells = [python("load", "#: die-on-export\n#: define frame 1\nframe = load()")];
    let mut open = open(&project, &cells).await;
    open.run_all().await;
    // The record of the run asks for the value: that is its end.
    let events = open.until(|event| matches!(event, Event::Status { .. })).await;
    assert!(!events.is_empty());
    assert!(matches!(open.status("load").await, CellStatus::Stale { why: Why::Lost }));
    open.close().await;
}
