//! The file wins when another program writes it, and what it takes the place of is kept.

use serde_json::json;

use crate::server::Project;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_another_program_writes_is_what_pages_see() {
    let project = Project::new();
    project.notebook("a.ipynb", &["old"]);
    let server = project.serve().await;
    let mut page = server.open("a.ipynb").await;
    let version = page.version("c0");
    project.notebook("a.ipynb", &["new", "more"]);
    page.until(|word| word.get("hello").is_some()).await;
    assert_eq!(page.cell(0)["source"], "new");
    assert_eq!(page.cell(1)["source"], "more");
    assert!(page.version("c0") > version);
    // An edit of the text before is of no text that there is.
    page.edit("c0", version, json!([3, [0, "!"]])).await;
    page.until(|word| word["resync"]["source"] == "new").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_that_a_file_replaced_are_in_the_history() {
    let project = Project::new();
    project.notebook("a.ipynb", &["old"]);
    let server = project.serve().await;
    let mut page = server.open("a.ipynb").await;
    let version = page.version("c0");
    page.edit("c0", version, json!([[3, "mine"]])).await;
    page.edited().await;
    // Before a second of quiet has passed, so before it is saved.
    project.notebook("a.ipynb", &["theirs"]);
    page.until(|word| word["hello"]["document"]["cells"][0]["source"] == "theirs").await;
    let history = server.get("/api/notebooks/history?path=a.ipynb").await.json();
    let replaced =
        history["saves"].as_array().expect("a list").iter().find(|it| it["why"] == "replaced");
    let save = replaced.expect("it is kept")["save"].as_str().expect("a name");
    let path = format!("/api/notebooks/history/diff?path=a.ipynb&save={save}");
    let difference = server.get(&path).await.json();
    let lines = difference["cells"][0]["hunks"][0]["lines"].clone();
    assert_eq!(
        lines,
        json!([{"kind": "removed", "text": "mine"}, {"kind": "added", "text": "theirs"}])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn half_of_a_file_is_neither_shown_nor_written_over() {
    let project = Project::new();
    project.notebook("a.ipynb", &["old"]);
    let server = project.serve().await;
    let mut page = server.open("a.ipynb").await;
    let file = project.root().join("a.ipynb");
    std::fs::write(&file, "{\"cells\": [").expect("written");
    page.until(|word| word["saved"]["problem"].is_object()).await;
    // Who comes later is told, too.
    server.open("a.ipynb").await.until(|word| word["saved"]["problem"].is_object()).await;
    let version = page.version("c0");
    page.edit("c0", version, json!([3, [0, "!"]])).await;
    page.edited().await;
    page.say(json!({"save": {}})).await;
    page.until(|word| word["saved"]["problem"].is_object()).await;
    assert_eq!(std::fs::read_to_string(&file).expect("read"), "{\"cells\": [");
    // The other half.
    project.notebook("a.ipynb", &["whole"]);
    page.until(|word| word["hello"]["document"]["cells"][0]["source"] == "whole").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_s_saves_at_once_and_the_server_saves_when_it_ends() {
    let project = Project::new();
    project.notebook("a.ipynb", &["1"]);
    let server = project.serve().await;
    let mut page = server.open("a.ipynb").await;
    let version = page.version("c0");
    page.edit("c0", version, json!([1, [0, "2"]])).await;
    page.edited().await;
    page.say(json!({"save": {}})).await;
    page.until(|word| word["saved"]["saved"] == true).await;
    assert_eq!(project.saved("a.ipynb").cells()[0].source, "12");
    page.edit("c0", version + 1, json!([2, [0, "3"]])).await;
    page.edited().await;
    drop(server);
    project.until_saved("a.ipynb", |document| document.cells()[0].source == "123").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_another_program_deletes_is_told_and_written_again_when_asked() {
    let project = Project::new();
    project.notebook("a.ipynb", &["1"]);
    let server = project.serve().await;
    let mut page = server.open("a.ipynb").await;
    let file = project.root().join("a.ipynb");
    std::fs::remove_file(&file).expect("deleted");
    page.until(|word| word["saved"]["problem"]["message"].is_string()).await;
    assert!(!file.exists());
    page.say(json!({"save": {}})).await;
    page.until(|word| word["saved"]["saved"] == true && word["saved"]["problem"].is_null()).await;
    assert_eq!(project.saved("a.ipynb").cells()[0].source, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_percent_file_stays_one() {
    let project = Project::new();
    let file = project.root().join("a.py");
    std::fs::write(&file, "# %% id=\"c0\"\nx = 1\n").expect("written");
    let server = project.serve().await;
    let mut page = server.open("a.py").await;
    let version = page.version("c0");
    page.edit("c0", version, json!([5, [0, "0"]])).await;
    page.edited().await;
    page.say(json!({"save": {}})).await;
    page.until(|word| word["saved"]["saved"] == true).await;
    assert_eq!(std::fs::read_to_string(&file).expect("read"), "# %% id=\"c0\"\nx = 10\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_ran_is_trusted_when_its_user_says_so() {
    let project = Project::new();
    project.notebook("a.ipynb", &["1"]);
    let file = project.root().join("a.ipynb");
    let mut document = project.saved("a.ipynb");
    let shown = flownote_notebook::Output::display("text/html", "<script>1</script>");
    document.push_output(&"c0".into(), shown).expect("the cell");
    std::fs::write(&file, flownote_notebook::ipynb::write(&document)).expect("written");
    let server = project.serve().await;
    let mut page = server.open("a.ipynb").await;
    assert_eq!(page.hello["trusted"], false);
    page.say(json!({"trust": {}})).await;
    page.until(|word| word["trusted"] == json!(["c0"])).await;
    drop((page, server));
    // The next server knows.
    let server = project.serve().await;
    assert_eq!(server.open("a.ipynb").await.hello["trusted"], true);
    // Another's file in its place is another's again.
    let shown = flownote_notebook::Output::display("text/html", "<script>2</script>");
    document.push_output(&"c0".into(), shown).expect("the cell");
    std::fs::write(&file, flownote_notebook::ipynb::write(&document)).expect("written");
    let mut page = server.open("a.ipynb").await;
    while page.hello["trusted"] == true {
        page.until(|word| word.get("hello").is_some()).await;
    }
}
