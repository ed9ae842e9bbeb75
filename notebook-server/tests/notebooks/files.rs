//! Notebooks as files: listed, made, renamed, copied, deleted, uploaded and exported, within
//! the served folder and nowhere else.

use serde_json::json;

use crate::server::{Project, escaped};

/// A notebook without cells, base64.
const EMPTY: &str =
    "eyJjZWxscyI6W10sIm1ldGFkYXRhIjp7fSwibmJmb3JtYXQiOjQsIm5iZm9ybWF0X21pbm9yIjo1fQ==";

#[tokio::test(flavor = "multi_thread")]
async fn a_notebook_is_made_renamed_copied_and_deleted() {
    let project = Project::new();
    let server = project.serve().await;
    let made = server.post("/api/notebooks", json!({"path": "new/first.ipynb"})).await;
    assert_eq!((made.status, made.json()), (200, json!({"path": "new/first.ipynb"})));
    let again = server.post("/api/notebooks", json!({"path": "new/first.ipynb"})).await;
    assert_eq!(again.status, 409);
    assert_eq!(again.json()["error"]["what"], "`new/first.ipynb` is there already");
    let body = json!({"path": "new/first.ipynb", "to": "second.ipynb"});
    assert_eq!(server.post("/api/notebooks/rename", body).await.status, 200);
    let body = json!({"path": "second.ipynb", "to": "third.ipynb"});
    assert_eq!(server.post("/api/notebooks/copy", body).await.status, 200);
    assert_ne!(project.saved("second.ipynb").id, project.saved("third.ipynb").id);
    let body = json!({"path": "second.ipynb"});
    let trash = server.post("/api/notebooks/delete", body).await.json();
    assert!(project.root().join(trash["path"].as_str().expect("a path")).exists());
    let listed = server.get("/api/notebooks").await.json();
    let paths: Vec<_> =
        listed["entries"].as_array().expect("a list").iter().map(|it| &it["path"]).collect();
    assert_eq!(paths, [&json!("third.ipynb")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_notebook_is_closed_when_it_moves_and_its_edits_go_along() {
    let project = Project::new();
    project.notebook("a.ipynb", &["1"]);
    let server = project.serve().await;
    let mut page = server.open("a.ipynb").await;
    page.say(json!({"focus": {"cell": "c0"}})).await;
    let body = json!({"path": "a.ipynb", "to": "b.ipynb"});
    assert_eq!(server.post("/api/notebooks/rename", body).await.status, 200);
    assert!(!project.root().join("a.ipynb").exists());
    assert_eq!(server.open("b.ipynb").await.cell(0)["source"], "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_path_leads_out_of_the_folder() {
    let project = Project::new();
    project.notebook("a.ipynb", &["1"]);
    let beside = project.root().with_file_name("work-secret");
    std::fs::create_dir(&beside).expect("made");
    std::fs::copy(project.root().join("a.ipynb"), beside.join("s.ipynb")).expect("copied");
    std::os::unix::fs::symlink(&beside, project.root().join("out")).expect("linked");
    std::os::unix::fs::symlink(beside.join("s.ipynb"), project.root().join("s.ipynb"))
        .expect("linked");
    let server = project.serve().await;
    let secret = beside.join("s.ipynb").display().to_string();
    let ways = [
        "../work-secret/s.ipynb",
        "a/../../work-secret/s.ipynb",
        "./../work-secret/s.ipynb",
        "out/s.ipynb",
        "s.ipynb",
        "..\\work-secret\\s.ipynb",
        "a.ipynb\0/../../work-secret/s.ipynb",
        ".flownote/x.ipynb",
        "//work-secret/s.ipynb",
        "",
        "/",
        "..",
        &secret,
    ];
    for way in ways {
        for query in [escaped(way), escaped(&escaped(way))] {
            for route in ["export?as=ipynb&path", "history?path", "socket?path"] {
                let got = server.get(&format!("/api/notebooks/{route}={query}")).await;
                assert!(matches!(got.status, 400 | 404 | 426), "{way:?} by {route}: {got:?}");
            }
        }
        for (route, body) in [
            ("", json!({"path": way})),
            ("/delete", json!({"path": way})),
            ("/rename", json!({"path": way, "to": "stolen.ipynb"})),
            ("/copy", json!({"path": way, "to": "stolen.ipynb"})),
            ("/rename", json!({"path": "a.ipynb", "to": way})),
            ("/copy", json!({"path": "a.ipynb", "to": way})),
            ("/upload", json!({"path": way, "content": EMPTY})),
        ] {
            let got = server.post(&format!("/api/notebooks{route}"), body.clone()).await;
            // 409: the name of a link is taken, wherever it leads.
            assert!(matches!(got.status, 400 | 404 | 409), "{route} {body}: {got:?}");
        }
        assert_eq!(std::fs::read_dir(&beside).expect("listed").count(), 1, "{way:?}");
        assert!(beside.join("s.ipynb").exists(), "{way:?}");
        assert!(!project.root().join("stolen.ipynb").exists(), "{way:?}");
    }
    // A link to a file outside is a name within, which may go; what it leads to isn't read.
    let link = json!({"path": "s.ipynb", "to": "stolen.ipynb"});
    for route in ["copy", "rename", "delete"] {
        let got = server.post(&format!("/api/notebooks/{route}"), link.clone()).await;
        assert!(matches!(got.status, 400 | 404), "{route}: {got:?}");
    }
    assert_eq!(
        std::fs::read(beside.join("s.ipynb")).expect("read"),
        std::fs::read(project.root().join("a.ipynb")).expect("read")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_uploaded_and_taken_home() {
    let project = Project::new();
    project.notebook("é 1.ipynb", &["print('x') # <script>"]);
    let server = project.serve().await;
    let body = json!({"path": "data/a.csv", "content": "YSxiCjEsMgo="});
    assert_eq!(server.post("/api/notebooks/upload", body.clone()).await.status, 200);
    assert_eq!(std::fs::read(project.root().join("data/a.csv")).expect("read"), b"a,b\n1,2\n");
    assert_eq!(server.post("/api/notebooks/upload", body).await.status, 409);
    for wrong in [json!({"path": "x.csv", "content": "!"}), json!({"path": "x.csv"})] {
        assert_eq!(server.post("/api/notebooks/upload", wrong).await.status, 400);
    }
    let broken = json!({"path": "broken.ipynb", "content": "e30"});
    assert!(server.post("/api/notebooks/upload", broken).await.status >= 400);

    let name = escaped("é 1.ipynb");
    let html = server.get(&format!("/api/notebooks/export?path={name}&as=html")).await;
    assert!(
        html.head.contains("attachment; filename=\"__1.html\"; filename*=UTF-8''%C3%A9%201.html"),
        "{}",
        html.head
    );
    let text = String::from_utf8(html.body).expect("text");
    assert!(
        text.contains("print(&#39;x&#39;) # &lt;script&gt;") && !text.contains("<script"),
        "{text}"
    );
    let py = server.get(&format!("/api/notebooks/export?path={name}&as=py")).await;
    assert!(String::from_utf8(py.body).expect("text").contains("print('x') # <script>"));
    let ipynb = server.get(&format!("/api/notebooks/export?path={name}&as=ipynb")).await;
    assert_eq!(ipynb.json()["nbformat"], 4);
    assert_eq!(server.get(&format!("/api/notebooks/export?path={name}&as=exe")).await.status, 400);
}
