//! A page that reads slowly keeps nobody waiting: it is dropped back to a snapshot.

use serde_json::json;

use crate::page::{Page, shown};
use crate::server::Project;
use crate::supervisor::python;

/// More than a connection and what waits for a page can hold.
const FLOOD: &str = "\
for number in range(40_000):
    print(number, 'x' * 1000)
print('the last line')";

/// Reads until nothing runs any more; what the cell shows by then, as a browser would have it.
async fn read(page: &mut Page) -> String {
    let mut text = String::new();
    loop {
        let word = page.word().await;
        if word.get("hello").is_some() {
            text = shown(page.cell(0));
        } else if let Some(more) = word["event"]["output"]["text"].as_str() {
            text.push_str(more);
        }
        let idle = word["event"]["event"] == "idle" || word["hello"]["idle"] == true;
        if idle && text.ends_with("the last line\n") {
            return text;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_page_keeps_nobody_waiting_and_misses_nothing() {
    let Some(_) = python() else { return };
    let project = Project::new();
    project.notebook("a.ipynb", &[FLOOD]);
    let server = project.serve().await;
    let mut slow = server.open("a.ipynb").await;
    let mut quick = server.open("a.ipynb").await;
    // Its answer waits behind all of it, and nothing comes of it whenever it is done.
    let note = json!({"op": "metadata", "key": "read", "value": "slowly"});
    let asked = slow.begin(json!({"request": "operate", "operation": note})).await;
    quick.start("c0").await;
    let padding = "x".repeat(1000);
    let mut expected: String = (0..40_000).map(|number| format!("{number} {padding}\n")).collect();
    expected.push_str("the last line\n");
    // All of it, though another page reads nothing.
    assert!(read(&mut quick).await == expected, "a line is missing or doubled");

    let hellos = slow.hellos;
    assert!(read(&mut slow).await == expected, "a line is missing or doubled");
    assert!(slow.hellos > hellos, "it was dropped back to a snapshot");
    assert!(slow.answer(asked).await["reply"].is_object(), "answers are not dropped");
    // From here on it is like any other.
    let clear = json!({"op": "clear", "cell": "c0"});
    slow.begin(json!({"request": "operate", "operation": clear})).await;
    slow.until_event("changed").await;
}
