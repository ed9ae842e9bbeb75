//! A page that reads slowly keeps nobody waiting: it is dropped back to a snapshot.

use serde_json::json;

use crate::page::shown;
use crate::server::Project;
use crate::supervisor::python;

/// More than a connection and what waits for a page can hold.
const FLOOD: &str = "\
for number in range(40_000):
    print(number, 'x' * 1000)
print('the last line')";

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_page_gets_a_snapshot_and_a_quick_one_everything() {
    let Some(_) = python() else { return };
    let project = Project::new();
    project.notebook("a.ipynb", &[FLOOD]);
    let server = project.serve().await;
    let mut slow = server.open("a.ipynb").await;
    let mut quick = server.open("a.ipynb").await;
    let asked = slow.begin(json!({"request": "interrupt"})).await;
    quick.start("c0").await;
    // All of it, though another page reads nothing.
    quick.until_event("idle").await;
    assert_eq!(quick.hellos, 2, "everything was told once, and again when the kernel was there");

    slow.until(|word| shown(&word["hello"]["document"]["cells"][0]).ends_with("the last line\n"))
        .await;
    assert_eq!(slow.hello["idle"], true);
    assert!(slow.answer(asked).await["reply"].is_object(), "answers are not dropped");
    // From here on it is like any other.
    slow.operate(json!({"op": "clear", "cell": "c0"})).await;
    slow.until_event("changed").await;
}
