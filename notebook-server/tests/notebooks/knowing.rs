//! What is known of a notebook without running it: names, definitions, mistakes, processes.

use serde_json::{Value as Json, json};

use crate::server::Project;
use crate::supervisor::python;

fn used(names: &Json, cell: &str) -> Json {
    names[cell]["used"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_told_when_a_notebook_opens_and_when_they_change() {
    let Some(_) = python() else { return };
    let project = Project::new();
    project.notebook("a.ipynb", &["x = 1", "def f(): return x", "f()"]);
    let server = project.serve().await;
    let mut page = server.open("a.ipynb").await;
    assert_eq!(page.hello["names"]["c0"]["defined"][0]["name"], "x");
    assert_eq!(page.hello["names"]["c1"]["defined"][0]["kind"], "function");
    // By way of the function, too.
    assert_eq!(used(&page.hello["names"], "c2"), json!({"f": "c1", "x": "c0"}));
    assert_eq!(project.supervisors(), [] as [i32; 0]);

    let version = page.version("c0");
    page.edit("c0", version, json!([[1, "y"], 4])).await;
    let told = page.until(|word| word["names"]["cells"]["c0"]["defined"][0]["name"] == "y").await;
    let names = &told.last().expect("names")["names"]["cells"];
    assert_eq!(used(names, "c2"), json!({"f": "c1"}));

    // The interpreter's words outlast a page.
    page.run("c0").await;
    page.until(|word| word["names"]["cells"]["c0"]["defined"][0]["type"] == "int").await;
    let late = server.open("a.ipynb").await;
    assert_eq!(late.hello["names"]["c0"]["defined"][0]["type"], "int");
}

#[tokio::test(flavor = "multi_thread")]
async fn definitions_and_mistakes_are_told_without_a_kernel() {
    let project = Project::new();
    project.notebook("a.ipynb", &["total = 1", "print(total)", "x = = 1"]);
    let server = project.serve().await;
    let mut page = server.open("a.ipynb").await;
    let found = page.ask(json!({"request": "definition", "cell": "c1", "at": 8})).await;
    assert_eq!(found["reply"]["place"], json!({"cell": "c0", "from": 0, "to": 5, "name": "total"}));
    let found = page.ask(json!({"request": "definition", "cell": "c1", "at": 2})).await;
    assert_eq!(found["reply"]["place"], Json::Null);
    let found = page.ask(json!({"request": "diagnose", "cell": "c2"})).await;
    let problem = &found["reply"]["problems"][0];
    assert_eq!((&problem["from"], &problem["severity"]), (&json!(4), &json!("error")));
    let found = page.ask(json!({"request": "diagnose", "cell": "c0"})).await;
    assert_eq!(found["reply"]["problems"], json!([]));
    assert_eq!(project.supervisors(), [] as [i32; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sql_is_planned_and_not_run() {
    let Some(_) = python() else { return };
    let project = Project::new();
    project.notebook("a.ipynb", &["x = 1", "", "", ""]);
    let server = project.serve().await;
    let mut page = server.open("a.ipynb").await;
    for cell in ["c1", "c2", "c3"] {
        page.operate(json!({"op": "language", "cell": cell, "language": "sql"})).await;
    }
    let texts =
        [("c1", "-- out: t\nselect 1 as a"), ("c2", "select b from t"), ("c3", "select a from t")];
    for (cell, text) in texts {
        let version = page.version(cell);
        page.edit(cell, version, json!([text_change(text)])).await;
        page.edited().await;
    }
    page.run("c1").await;
    let diagnosed = |cell: &str| json!({"request": "diagnose", "cell": cell});
    // A cell that ran has what it reads; the table is bound where it was made.
    let found = page.ask(diagnosed("c2")).await;
    let problem = &found["reply"]["problems"][0];
    assert!(problem["message"].as_str().is_some_and(|it| it.contains("`b`")), "{found}");
    assert_eq!((&problem["from"], &problem["to"]), (&json!(7), &json!(8)));
    let found = page.ask(diagnosed("c3")).await;
    assert_eq!(found["reply"]["problems"], json!([]));
    let late = server.open("a.ipynb").await;
    assert_eq!(late.hello["statuses"]["c2"]["status"], "never_run");
}

/// An insertion into an empty text, as CodeMirror writes it.
fn text_change(text: &str) -> Json {
    let mut change = vec![json!(0)];
    change.extend(text.split('\n').map(|line| json!(line)));
    Json::Array(change)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_processes_of_a_notebook_are_told() {
    let Some(_) = python() else { return };
    let project = Project::new();
    project.notebook("a.ipynb", &["x = 1"]);
    let server = project.serve().await;
    let told = server.get("/api/notebooks/kernel?path=a.ipynb").await.json();
    assert_eq!((&told["running"], &told["pid"]), (&json!(false), &Json::Null));
    let mut page = server.open("a.ipynb").await;
    page.run("c0").await;
    let told = server.get("/api/notebooks/kernel?path=a.ipynb").await.json();
    assert_eq!(told["pid"].as_i64(), project.supervisors().first().map(|pid| i64::from(*pid)));
    assert!(told["resident"].as_u64().is_some_and(|bytes| bytes > 1 << 20), "{told}");
    let interpreter = &told["interpreters"][0];
    assert_eq!(
        (&interpreter["language"], &interpreter["state"]),
        (&json!("python"), &json!("ready"))
    );
    assert!(interpreter["resident"].as_u64().is_some_and(|bytes| bytes > 1 << 20), "{told}");
    let packages = server.get("/api/notebooks/kernel/packages?path=a.ipynb").await.json();
    assert_eq!(packages["executable"], interpreter["executable"]);
    assert!(packages["packages"].is_array(), "{packages}");
}
