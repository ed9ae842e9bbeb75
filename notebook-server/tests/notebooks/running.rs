//! Cells run in a supervisor that the page starts by running or editing, and by nothing else.

use serde_json::json;

use crate::page::{printed, shown};
use crate::server::Project;
use crate::supervisor::python;

#[tokio::test(flavor = "multi_thread")]
async fn opening_starts_nothing_and_running_does() {
    let Some(_) = python() else { return };
    let project = Project::new();
    project.notebook("a.ipynb", &["print('hello')\n1 + 1"]);
    let before = std::fs::read(project.root().join("a.ipynb")).expect("read");
    let server = project.serve().await;
    let mut page = server.open("a.ipynb").await;
    assert_eq!(page.hello["session"], json!(null));
    assert_eq!(page.hello["statuses"]["c0"], json!({"status": "never_run"}));
    page.say(json!({"focus": {"cell": "c0"}})).await;
    assert_eq!(page.ask(json!({"request": "interrupt"})).await["reply"]["reply"], "done");
    assert_eq!(project.supervisors(), [] as [i32; 0]);
    assert_eq!(std::fs::read(project.root().join("a.ipynb")).expect("read"), before);
    assert!(!project.root().join(".flownote").exists(), "opening leaves nothing behind");

    let words = page.run("c0").await;
    assert_eq!(printed(&words), "hello\n");
    let result = words.iter().find(|word| word["event"]["output"]["kind"] == "result");
    assert_eq!(result.expect("a result")["event"]["output"]["data"]["text/plain"], "2");
    assert_eq!(project.supervisors().len(), 1);

    // Who comes later sees what was shown, and so does the file.
    let late = server.open("a.ipynb").await;
    assert_eq!(shown(late.cell(0)), "hello\n");
    assert_eq!(late.hello["statuses"]["c0"]["status"], "fresh");
    let took = words.iter().find(|word| word["event"]["event"] == "finished").expect("an end");
    assert_eq!(late.hello["elapsed_ms"]["c0"], took["event"]["elapsed_ms"]);
    assert!(late.hello["session"].is_string());
    assert_eq!(late.hello["interpreters"][0]["state"], "ready");
    project.until_saved("a.ipynb", |document| document.cells()[0].outputs.len() == 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_asks_whoever_is_there() {
    let Some(_) = python() else { return };
    let project = Project::new();
    project.notebook("a.ipynb", &["print('hi', input('name? '))"]);
    let server = project.serve().await;
    let mut first = server.open("a.ipynb").await;
    first.start("c0").await;
    first.until_event("input_request").await;
    drop(first);
    let mut second = server.open("a.ipynb").await;
    assert_eq!(second.hello["asking"]["prompt"], "name? ");
    second.begin(json!({"request": "input", "text": "Ana"})).await;
    let words = second.until_event("idle").await;
    assert!(words.iter().any(|word| word["event"]["event"] == "input_answered"), "{words:#?}");
    assert_eq!(printed(&words), "name? Ana\nhi Ana\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_password_nothing_stays() {
    let Some(_) = python() else { return };
    let project = Project::new();
    project.notebook("a.ipynb", &["import getpass\nlen(getpass.getpass('word: '))"]);
    let server = project.serve().await;
    let mut page = server.open("a.ipynb").await;
    page.start("c0").await;
    page.until_event("input_request").await;
    page.begin(json!({"request": "input", "text": "xyzzy"})).await;
    let words = page.until_event("idle").await;
    assert_eq!(printed(&words), "word: ········\n");
    project.until_saved("a.ipynb", |document| document.cells()[0].outputs.len() == 2).await;
    let file = std::fs::read_to_string(project.root().join("a.ipynb")).expect("read");
    assert!(!file.contains("xyzzy"), "{file}");
}

#[tokio::test(flavor = "multi_thread")]
async fn how_long_a_cell_ran_is_known_when_its_session_is_over() {
    let Some(_) = python() else { return };
    let project = Project::new();
    project.notebook("a.ipynb", &["import time\ntime.sleep(0.3)"]);
    let server = project.serve().await;
    let mut page = server.open("a.ipynb").await;
    page.run("c0").await;
    page.ask(json!({"request": "shutdown"})).await;
    page.until(|word| word.get("session").is_some_and(|now| now["session"].is_null())).await;
    drop((page, server));
    let page = project.serve().await.open("a.ipynb").await;
    let took = page.hello["elapsed_ms"]["c0"].as_f64().expect("a time");
    assert!((300.0..3000.0).contains(&took), "{took}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kernel_that_is_killed_is_told_and_begins_again() {
    let Some(_) = python() else { return };
    let project = Project::new();
    project.notebook(
        "a.ipynb",
        &["x = 1\nprint('one')", "import time\nprint('begun', flush=True)\ntime.sleep(60)"],
    );
    let server = project.serve().await;
    let mut page = server.open("a.ipynb").await;
    page.run("c0").await;
    page.start("c1").await;
    page.until(|word| word["event"]["output"]["text"] == "begun\n").await;
    let pid = nix::unistd::Pid::from_raw(project.supervisors()[0]);
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).expect("killed");
    let ended = |word: &serde_json::Value| {
        word.get("session").is_some_and(|now| now["session"].is_null() && now["idle"] == true)
    };
    let words = page.until(ended).await;
    let told = |word: &serde_json::Value| {
        let event = &word["event"];
        event["event"] == "status"
            && event["cell"] == "c1"
            && event["status"]["status"] == "interrupted"
    };
    assert!(words.iter().any(told), "{words:?}");
    // One who comes now sees the same.
    let other = server.open("a.ipynb").await;
    assert_eq!((&other.hello["session"], &other.hello["idle"]), (&json!(null), &json!(true)));
    assert_eq!(other.hello["statuses"]["c1"]["status"], "interrupted");
    assert_eq!(shown(other.cell(1)), "begun\n");

    let words = page.run("c0").await;
    assert_eq!(printed(&words), "one\n");
}
