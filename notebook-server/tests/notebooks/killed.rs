//! `kill -9` of the server while a cell runs: the supervisor goes on, the next server attaches
//! to it, and no output is missing or doubled.

use serde_json::json;

use crate::page::{printed, shown};
use crate::server::Project;
use crate::supervisor::python;

const COUNTS: &str = "\
import time
for number in range(200):
    print(number, flush=True)
    time.sleep(0.02)";

fn lines(count: usize) -> String {
    (0..count).map(|number| format!("{number}\n")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_outlives_its_server_and_no_line_is_missing() {
    let Some(_) = python() else { return };
    let project = Project::new();
    project.notebook("a.ipynb", &[COUNTS, "number"]);
    let server = project.serve_apart().await;
    let mut page = server.open("a.ipynb").await;
    page.start("c0").await;
    page.until(|word| {
        word["event"]["output"]["text"].as_str().is_some_and(|it| it.contains("20\n"))
    })
    .await;
    let pids = project.supervisors();
    server.kill();
    // Cells go on while nobody is there.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;

    let server = project.serve_apart().await;
    let mut page = server.open("a.ipynb").await;
    assert_eq!(project.supervisors(), pids, "the same supervisor");
    assert_eq!(page.hello["idle"], false);
    assert_eq!(page.hello["statuses"]["c0"]["status"], "running");
    let elapsed = page.hello["elapsed_ms"]["c0"].as_f64().expect("a time");
    assert!(elapsed > 500.0, "the cell's clock goes on: {elapsed}");
    assert_eq!(page.hello["interpreters"][0]["state"], "ready");
    let before = shown(page.cell(0));
    assert!(before.lines().count() > 20, "what was printed is shown: {before:?}");
    let words = page.until_event("idle").await;
    assert_eq!(before + &printed(&words), lines(200));
    project.until_saved("a.ipynb", |document| {
        matches!(&document.cells()[0].outputs[..], [flownote_notebook::Output::Stream { text, .. }] if *text == lines(200))
    })
    .await;
    // The values are there, too.
    let words = page.run("c1").await;
    let result = words.iter().find(|word| word["event"]["output"]["kind"] == "result");
    assert_eq!(result.expect("a result")["event"]["output"]["data"]["text/plain"], "199");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_interrupted_by_the_next_server() {
    let Some(_) = python() else { return };
    let project = Project::new();
    project.notebook("a.ipynb", &["import time\nprint('begun', flush=True)\ntime.sleep(600)"]);
    let server = project.serve_apart().await;
    let mut page = server.open("a.ipynb").await;
    page.start("c0").await;
    page.until(|word| word["event"]["output"]["text"] == "begun\n").await;
    server.kill();
    let server = project.serve_apart().await;
    let mut page = server.open("a.ipynb").await;
    page.begin(json!({"request": "interrupt"})).await;
    let words = page.until_event("idle").await;
    assert!(words.iter().any(|word| word["event"]["status"] == "interrupted"), "{words:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_that_no_file_had_are_there_after_a_kill() {
    let project = Project::new();
    project.notebook("a.ipynb", &["ab"]);
    let server = project.serve_apart().await;
    let mut page = server.open("a.ipynb").await;
    let version = page.version("c0");
    page.edit("c0", version, json!([2, [0, "c"]])).await;
    page.edited().await;
    page.operate(json!({"op": "insert", "cell": {"id": "n", "source": "new"}, "at": 1})).await;
    server.kill();
    // Not even the supervisor remembers.
    for pid in project.supervisors() {
        let _ = nix::sys::signal::kill(
            nix::unistd::Pid::from_raw(pid),
            nix::sys::signal::Signal::SIGKILL,
        );
    }
    let server = project.serve_apart().await;
    let page = server.open("a.ipynb").await;
    assert_eq!(page.cell(0)["source"], "abc");
    assert_eq!(page.cell(1)["source"], "new");
    project.until_saved("a.ipynb", |document| document.cells().len() == 2).await;
}

/// The cells of such a file go by their text, or by what an earlier version calls them: not by
/// what the journal calls them.
#[tokio::test(flavor = "multi_thread")]
async fn edits_of_cells_without_names_are_there_after_a_kill() {
    let project = Project::new();
    let file = project.root().join("a.py");
    std::fs::write(&file, "# %%\na = 1\n\n# %%\nb = 2\n").expect("written");
    let server = project.serve_apart().await;
    let mut page = server.open("a.py").await;
    let cell = page.cell(0)["id"].as_str().expect("an id").to_owned();
    let version = page.version(&cell);
    page.edit(&cell, version, json!([5, [0, "0"]])).await;
    page.edited().await;
    let written = || std::fs::read_to_string(&file).expect("read").contains("a = 10");
    page.until(|word| word["saved"]["saved"] == true && written()).await;
    page.edit(&cell, version + 1, json!([6, [0, "0"]])).await;
    page.edited().await;
    server.kill();

    let server = project.serve_apart().await;
    let page = server.open("a.py").await;
    assert_eq!(page.cell(0)["source"], "a = 100");
    assert_eq!(page.cell(1)["source"], "b = 2");
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_that_cannot_be_applied_are_kept_and_told() {
    let project = Project::new();
    project.notebook("a.ipynb", &["ab"]);
    let server = project.serve_apart().await;
    let mut page = server.open("a.ipynb").await;
    let version = page.version("c0");
    page.edit("c0", version, json!([2, [0, "c"]])).await;
    page.edited().await;
    server.kill();
    let strange = json!({"op": "splice", "cell": "gone", "from": 0, "to": 0, "text": "precious"});
    project.journal("a.ipynb", &strange.to_string());

    let server = project.serve_apart().await;
    let mut page = server.open("a.ipynb").await;
    assert_eq!(page.cell(0)["source"], "abc", "what fits is there");
    let said = page.until_event("log").await;
    let text = said.last().expect("words")["event"]["text"].as_str().expect("text").to_owned();
    let place = text.split('`').nth(1).expect("a place");
    let kept = std::fs::read_to_string(project.root().join(place)).expect("kept");
    assert!(kept.contains("precious"), "{text}: {kept}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_only_the_journal_has_is_told_to_the_kernel() {
    let Some(_) = python() else { return };
    let project = Project::new();
    project.notebook("a.ipynb", &["x = 5", "print('one')"]);
    let server = project.serve_apart().await;
    let mut page = server.open("a.ipynb").await;
    page.run("c0").await;
    page.run("c1").await;
    project.until_saved("a.ipynb", |document| !document.cells()[1].outputs.is_empty()).await;
    let version = page.version("c1");
    page.edit("c1", version, json!([12, [0, " "]])).await;
    page.edited().await;
    server.kill();
    // The server ended after it wrote this, and before it told anybody.
    let lost = json!({"op": "splice", "cell": "c1", "from": 6, "to": 11, "text": "x + 1"});
    project.journal("a.ipynb", &lost.to_string());

    let server = project.serve_apart().await;
    let mut page = server.open("a.ipynb").await;
    assert_eq!(page.cell(1)["source"], "print(x + 1) ");
    assert_eq!(shown(page.cell(1)), "one\n", "what it showed is there");
    // The kernel has the text and the values.
    page.start("c1").await;
    page.until(|word| word["event"]["output"]["text"] == "6\n").await;
    project.until_saved("a.ipynb", |document| document.cells()[1].source == "print(x + 1) ").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_kernel_for_a_notebook_is_refused_and_told_who_has_it() {
    let Some(python) = python() else { return };
    if !crate::supervisor::is_shipped(&python) {
        return;
    }
    let project = Project::new();
    project.notebook("a.ipynb", &["x = 1", "x"]);
    let server = project.serve().await;
    let mut page = server.open("a.ipynb").await;
    page.run("c0").await;
    let [pid] = project.supervisors()[..] else { panic!("one supervisor") };

    // Another server, which looks for sockets elsewhere.
    let other = project.serve_elsewhere().await;
    let mut second = other.open("a.ipynb").await;
    second.start("c1").await;
    let said = second.until_event("log").await;
    let text = said.last().expect("words")["event"]["text"].as_str().expect("text").to_owned();
    assert!(text.contains(&format!("process {pid}")), "{text}");
    assert!(text.contains("hint: "), "{text}");
    // The first goes on.
    let words = page.run("c1").await;
    assert!(words.iter().any(|word| word["event"]["status"] == "ok"), "{words:#?}");
}
