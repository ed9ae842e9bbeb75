//! What `flownote serve` does when a store fails, a request can't be read, or two flows are at odds.

use std::time::Duration;

use flownote_flow::run::LogBatch;
use flownote_server::Error;
use flownote_server::serve::{Options, Server, Unservable};
use flownote_store::client::RunFilter;
use flownote_store::fault::{Fault, FaultStore, Faults, Op};
use flownote_store::serve_log::FLOW;
use flownote_store::{Appended, RunKey, Store, StoreOptions, StoreUrl};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::Ask;
use crate::models::{recommender, run, same_for_all};
use crate::serve::{FIRST, SECOND, Served, THIRD, rows, serve, source, store, texts_of, until};
use crate::writer::inline;

async fn failing() -> (TempDir, Store, Faults) {
    let folder = tempfile::tempdir().unwrap();
    let faults = Faults::default();
    let shared = faults.clone();
    let wrap = move |objects| std::sync::Arc::new(FaultStore::new(objects, shared.clone())) as _;
    let url = StoreUrl::Folder(folder.path().join("store"));
    let store = Store::open_wrapped(&url, StoreOptions::default(), wrap).await.unwrap();
    run(&store, "Recommend", FIRST, "live", recommender(&store).await).await;
    (folder, store, faults)
}

async fn serve_often(store: &Store) -> Served {
    serve(store, |it| {
        it.recommend = Some(source("Recommend", None));
        it.write = Duration::from_millis(50);
    })
    .await
}

/// Asks for a recommendation; says how its row is called.
async fn decide(server: &Served) -> String {
    server.get("/recommend/a1").await["request"].as_str().unwrap().to_owned()
}

/// Waits until health is as it should be.
async fn healthy(server: &Served, is: impl Fn(&Value) -> bool) -> Value {
    until(async || Some(server.get("/health").await).filter(&is)).await
}

/// The requests in all logs, in order.
async fn logged(store: &Store) -> Vec<String> {
    let mut found = Vec::new();
    for run in store.runs(&RunFilter::of(FLOW)).await.unwrap().runs {
        let tables = rows(store, &RunKey::new(run.flow, run.run), "decisions").await;
        found.extend(tables.iter().flat_map(|it| texts_of(it, "request")));
    }
    found.sort();
    found
}

#[tokio::test]
async fn a_store_that_fails_for_a_while_costs_no_row() {
    let (_folder, store, faults) = failing().await;
    let server = serve_often(&store).await;
    let mut requests = vec![decide(&server).await];
    healthy(&server, |it| it["log"].is_string() && it["unwritten"] == 0).await;
    faults.add(Op::Any, "runs/Serve/", Fault::DiskFull);
    for _ in 0..3 {
        requests.push(decide(&server).await);
    }
    server.hear("the log can't be written, and waits").await;
    let health = server.get("/health").await;
    assert_eq!((&health["status"], &health["unwritten"]), (&json!("behind"), &json!(3)));
    requests.push(decide(&server).await);
    faults.clear();
    let health = healthy(&server, |it| it["unwritten"] == 0).await;
    assert_eq!((&health["status"], &health["lost"]), (&json!("ok"), &json!(0)));
    let told = server.told.lock().unwrap().len();
    assert_eq!(told, 1, "it is told of once");
    let told = server.told.clone();
    server.end().await;
    let last = told.lock().unwrap().pop().unwrap();
    assert!(last.starts_with("the log is written: `Serve/"), "{last}");
    requests.sort();
    assert_eq!(logged(&store).await, requests);
}

#[tokio::test]
async fn a_server_whose_log_cannot_be_ended_says_what_is_lost() {
    let (_folder, store, faults) = failing().await;
    let server = serve(&store, |it| it.recommend = Some(source("Recommend", None))).await;
    faults.add(Op::Any, "runs/Serve/", Fault::DiskFull);
    for _ in 0..2 {
        decide(&server).await;
    }
    let error = server.ended().await.unwrap_err().to_string();
    assert!(error.starts_with("2 rows of the log are lost: "), "{error}");
}

#[tokio::test]
async fn a_run_whose_number_is_taken_is_followed_by_another() {
    let (_folder, store) = store().await;
    run(&store, "Recommend", FIRST, "live", recommender(&store).await).await;
    let server = serve_often(&store).await;
    let mut requests = vec![decide(&server).await];
    let written = |it: &Value| it["log"].is_string() && it["unwritten"] == 0;
    let first = healthy(&server, written).await["log"].clone();
    let (flow, id) = first.as_str().unwrap().split_once('/').unwrap();
    let key = RunKey::new(flow, id);
    let next = store.read_log(&key, 0).await.unwrap().len() as u64;
    let batch = LogBatch {
        schema: 1,
        nonce: "another".into(),
        epoch: 2,
        written_at: "2026-11-22T10:15:00Z".into(),
        events: vec![],
    };
    assert_eq!(store.append_log(&key, next, &batch).await.unwrap(), Appended::Won);
    // The row by which the loss is noticed is kept as well.
    for _ in 0..2 {
        requests.push(decide(&server).await);
        healthy(&server, written).await;
    }
    assert_ne!(server.get("/health").await["log"], first);
    server.end().await;
    requests.sort();
    assert_eq!(logged(&store).await, requests);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_in_json_and_decides_nothing() {
    let (_folder, store) = store().await;
    run(&store, "Recommend", FIRST, "live", recommender(&store).await).await;
    run(&store, "Artwork", SECOND, "live", same_for_all(&store, 0.0).await).await;
    let server = serve(&store, |it| {
        it.recommend = Some(source("Recommend", None));
        it.artwork = vec![source("Artwork", None)];
    })
    .await;
    let check = async |ask: Ask, status: u16, place: Value, what: &str| {
        let got = ask.send(server.at).await;
        assert_eq!(got.status, status, "{got:?}");
        let error = &got.json()["error"];
        assert_eq!((error["what"].as_str().unwrap(), &error["where"]), (what, &place), "{error}");
        assert!(error["hint"].is_string(), "{error}");
    };
    let get = |path: &str| Ask::new("GET", path);
    let long = "x".repeat(501);
    let is_long = "a name of 501 bytes is too long";
    let path = || json!("path");
    check(get("/recommend/%FF"), 400, path(), "the name in the path is no text").await;
    check(get(&format!("/recommend/{long}")), 400, path(), is_long).await;
    check(get(&format!("/artwork/{long}")), 400, path(), is_long).await;
    check(get(&format!("/artwork/Alien?member={long}")), 400, json!("member"), is_long).await;
    let unknown = |name: &str| format!("there is no parameter `{name}`");
    check(get("/recommend/a1?K=5"), 400, json!("K"), &unknown("K")).await;
    check(get("/artwork/Alien?member=a1&k=5"), 400, json!("k"), &unknown("k")).await;
    let dry = Ask::new("POST", "/events?dry=1").header("Content-Type", "application/json");
    check(dry.body("[]"), 400, json!("dry"), &unknown("dry")).await;
    let large = Ask::new("POST", "/events").header("Content-Type", "application/json");
    let large = large.body(" ".repeat((1 << 20) + 1));
    check(large, 413, Value::Null, "the body is larger than 1024 KiB").await;
    for path in ["/recommend/a1", "/artwork/Alien"] {
        assert_eq!(Ask::new("HEAD", path).send(server.at).await.status, 405, "{path}");
    }
    assert_eq!(server.get("/health").await["decisions"], 0);
    assert_eq!(server.get("/artwork/Alien").await["picture"], "a cat");
    server.end().await;
}

#[tokio::test]
async fn the_pictures_of_a_title_are_one_policys() {
    let (_folder, store) = store().await;
    run(&store, "Artwork", FIRST, "live", same_for_all(&store, 0.0).await).await;
    let again = run(&store, "Again", FIRST, "live", same_for_all(&store, 0.0).await).await;
    let both = |it: &mut Options| {
        it.port = 0;
        it.artwork = vec![source("Artwork", None), source("Again", None)];
    };
    let mut options = Options::new(store.clone(), "ana");
    both(&mut options);
    let Err(Error::Unservable(error)) = Server::bind(options).await else { panic!("both") };
    assert!(matches!(&*error, Unservable::Twice { title, artifact, .. }
        if title == "Alien" && artifact.starts_with(&again.to_string())));

    // One of another title may be served beside it, and not become one of the same.
    let mut heat = same_for_all(&store, 0.0).await;
    heat.insert("title".to_owned(), inline("Heat", "utf8", "str"));
    let heat = run(&store, "Again", SECOND, "live", heat).await;
    let server = serve(&store, both).await;
    let third = run(&store, "Again", THIRD, "live", same_for_all(&store, 0.0).await).await;
    let told = server.hear(&format!("`{third}` is not served, `{heat}` stays")).await;
    assert!(told.contains("chooses pictures of `Alien`, and so does `Artwork/"), "{told}");
    let answer = server.get("/artwork/Heat").await;
    assert_eq!(answer["model"]["artifact"], format!("{heat}/end/0/policy"));
    server.end().await;
}
