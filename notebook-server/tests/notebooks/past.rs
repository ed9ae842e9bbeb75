//! What a notebook was is seen, compared and restored; restoring is an edit like any other.

use serde_json::json;

use crate::page::shown;
use crate::server::Project;
use crate::supervisor::python;

#[tokio::test(flavor = "multi_thread")]
async fn a_save_is_seen_restored_by_everybody_and_taken_back() {
    let Some(_) = python() else { return };
    let project = Project::new();
    project.notebook("a.ipynb", &["print('first')", "x = 1"]);
    let server = project.serve().await;
    let mut page = server.open("a.ipynb").await;
    let mut other = server.open("a.ipynb").await;
    page.run("c0").await;
    page.say(json!({"save": {}})).await;
    project.until_saved("a.ipynb", |it| !it.cells()[0].outputs.is_empty()).await;
    // The copy is written after the file.
    let list = loop {
        let list = server.get("/api/notebooks/history?path=a.ipynb").await.json();
        if list["saves"].as_array().is_some_and(|saves| !saves.is_empty()) {
            project.age_history();
            break server.get("/api/notebooks/history?path=a.ipynb").await.json();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    let save = list["saves"][0]["save"].as_str().expect("a save").to_owned();

    page.operate(json!({"op": "delete", "cell": "c1"})).await;
    page.operate(json!({"op": "insert", "cell": {"id": "n", "source": "y = 2"}, "at": 0})).await;
    other.until(|word| word["event"]["applied"]["op"] == "insert").await;

    let at = format!("path=a.ipynb&save={save}");
    let old = server.get(&format!("/api/notebooks/history/save?{at}")).await.json();
    assert_eq!(old["document"]["cells"][1]["source"], "x = 1");
    assert!(old["document"]["cells"][0].get("outputs").is_none_or(|it| it == &json!([])));
    let differs = server.get(&format!("/api/notebooks/history/diff?{at}")).await;
    assert_eq!(differs.status, 200);
    assert!(String::from_utf8_lossy(&differs.body).contains("y = 2"));

    let body = json!({"path": "a.ipynb", "save": save});
    let restored = server.post("/api/notebooks/history/restore", body.clone()).await;
    assert_eq!(restored.json(), json!({"changed": true}));
    other.until(|word| word["event"]["applied"]["op"] == "replace").await;
    let sources = |document: &flownote_notebook::Document| -> Vec<String> {
        document.cells().iter().map(|cell| cell.source.clone()).collect()
    };
    project.until_saved("a.ipynb", |it| sources(it) == ["print('first')", "x = 1"]).await;
    // What the text made is still shown, and the kernel has the same cells.
    let late = server.open("a.ipynb").await;
    assert_eq!(shown(late.cell(0)), "first\n");
    let words = page.run("c1").await;
    assert!(words.iter().any(|word| word["event"]["status"] == "ok"), "{words:#?}");
    assert_eq!(
        server.post("/api/notebooks/history/restore", body).await.json(),
        json!({"changed": false})
    );

    page.operate(json!({"op": "undo"})).await;
    project.until_saved("a.ipynb", |it| sources(it) == ["y = 2", "print('first')"]).await;
    let list = server.get("/api/notebooks/history?path=a.ipynb").await.json();
    let whys: Vec<_> =
        list["saves"].as_array().expect("saves").iter().map(|it| &it["why"]).collect();
    assert!(whys.contains(&&json!("restored")), "{whys:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_said_to_be_missing() {
    let project = Project::new();
    project.notebook("a.ipynb", &["1"]);
    let server = project.serve().await;
    for (path, missing) in [
        ("history?path=none.ipynb", "`none.ipynb` is not there"),
        ("history?path=sub/none.ipynb", "`sub/none.ipynb` is not there"),
        ("history/save?path=none.ipynb&save=1", "`none.ipynb` is not there"),
        ("history/save?path=a.ipynb&save=1", "there is no save `1`"),
        ("history/diff?path=a.ipynb&save=1", "there is no save `1`"),
        ("kernel?path=none.ipynb", "`none.ipynb` is not there"),
    ] {
        let answer = server.get(&format!("/api/notebooks/{path}")).await;
        assert_eq!(answer.status, 404, "{path}: {answer:?}");
        assert_eq!(answer.json()["error"]["what"], missing);
        assert!(answer.json()["error"]["hint"].is_string(), "{path}");
    }
    let body = json!({"path": "a.ipynb", "save": "1"});
    assert_eq!(server.post("/api/notebooks/history/restore", body).await.status, 404);
}
