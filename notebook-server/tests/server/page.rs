//! The page's files, from a folder as `--dev` has it.

use flownote_server::{Base, Options};

use crate::support::Server;

#[tokio::test]
async fn the_page_is_served_under_its_base() {
    let dist = tempfile::tempdir().unwrap();
    std::fs::create_dir(dist.path().join("assets")).unwrap();
    let index = r#"<link href="/icon.svg"><script src="/assets/main-1.js"></script><a href="x">"#;
    std::fs::write(dist.path().join("index.html"), index).unwrap();
    std::fs::write(dist.path().join("assets/main-1.js"), "let x = 1;").unwrap();
    let (base, folder) = (Base::parse("/x").unwrap(), dist.path().to_owned());
    let server = Server::with(|options| Options { base, dev: Some(folder), ..options }).await;
    for place in ["/x", "/x/", "/x/runs", "/x/runs/Flow/1", "/x/compare", "/x/notebooks/a.ipynb"] {
        let got = server.ask("GET", place).send(server.at).await;
        assert_eq!(got.status, 200, "{place}");
        assert!(got.body.contains(r#"src="/x/assets/main-1.js""#), "{got:?}");
        assert!(got.body.contains(r#"href="/x/icon.svg""#) && got.body.contains(r#"href="x""#));
    }
    let script = server.ask("GET", "/x/assets/main-1.js").send(server.at).await;
    assert_eq!((script.status, script.body.as_str()), (200, "let x = 1;"));
    assert!(script.header("content-type").unwrap().contains("javascript"));
    let tag = script.header("etag").unwrap().to_owned();
    let again = server.ask("GET", "/x/assets/main-1.js").header("If-None-Match", tag);
    assert_eq!(again.send(server.at).await.status, 304);
    assert_eq!(server.ask("GET", "/x/assets/none.js").send(server.at).await.status, 404);
}

#[tokio::test]
async fn people_who_are_lost_get_the_page_and_programs_an_error() {
    let dist = tempfile::tempdir().unwrap();
    std::fs::write(dist.path().join("index.html"), "<p>the page</p>").unwrap();
    let (base, folder) = (Base::parse("/x").unwrap(), dist.path().to_owned());
    let server = Server::with(|options| Options { base, dev: Some(folder), ..options }).await;
    let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
    for (path, accept, is_page) in [
        ("/x/nope", browser, true),
        ("/x/nope/deeper", browser, true),
        ("/x/nope", "*/*", false),
        ("/x/nope", "application/json", false),
        ("/x/api/nope", browser, false),
        ("/x/assets/nope.js", browser, false),
        ("/nope", browser, false),
    ] {
        let got = server.ask("GET", path).header("Accept", accept).send(server.at).await;
        assert_eq!(got.status, 404, "{path}");
        assert_eq!(got.body.contains("<p>the page</p>"), is_page, "{path} {accept}: {got:?}");
        assert_eq!(got.body.contains("\"hint\""), !is_page, "{path} {accept}: {got:?}");
    }
    let posted = server.ask("POST", "/x/nope").header("Accept", browser).send(server.at).await;
    assert!(!posted.body.contains("<p>the page</p>"), "{posted:?}");
}

#[tokio::test]
async fn a_page_that_is_not_built_says_how() {
    let empty = tempfile::tempdir().unwrap();
    let folder = empty.path().to_owned();
    let server = Server::with(|options| Options { dev: Some(folder), ..options }).await;
    let got = server.ask("GET", "/").send(server.at).await;
    assert_eq!(got.status, 503);
    assert!(got.body.contains("npm run build"), "{got:?}");
}
