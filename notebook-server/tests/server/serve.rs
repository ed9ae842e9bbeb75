//! `flownote serve` over real sockets, with models that were really fitted.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Float64Type;
use arrow::ipc::reader::FileReader;
use flownote_server::Error;
use flownote_server::serve::{Options, Server, Source, Unservable};
use flownote_store::client::{RunFilter, Status};
use flownote_store::serve_log::FLOW;
use flownote_store::{RunKey, Store};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::client::{Ask, Got};
use crate::models::{TITLES, for_each, recommender, run, same_for_all, texts};
use crate::support::store_in;

pub struct Served {
    pub at: SocketAddr,
    pub told: Arc<Mutex<Vec<String>>>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), Error>>,
}

pub fn source(name: &str, tag: Option<&str>) -> Source {
    Source { name: name.to_owned(), tag: tag.map(str::to_owned) }
}

pub async fn serve(store: &Store, change: impl FnOnce(&mut Options)) -> Served {
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let hears = told.clone();
    let mut options = Options::new(store.clone(), "ana");
    options.port = 0;
    options.look = Duration::from_millis(50);
    options.tell = Arc::new(move |what| hears.lock().unwrap().push(what));
    change(&mut options);
    let server = Server::bind(options).await.unwrap();
    let at = server.at();
    let (stop, stopped) = oneshot::channel();
    let serving = tokio::spawn(async move {
        let shutdown = async {
            let _ = stopped.await;
        };
        server.run(shutdown).await
    });
    Served { at, told, stop, serving }
}

impl Served {
    pub async fn get(&self, path: &str) -> Value {
        let got = Ask::new("GET", path).send(self.at).await;
        assert_eq!(got.status, 200, "{path}: {got:?}");
        got.json()
    }

    async fn post(&self, events: &Value) -> Got {
        let ask = Ask::new("POST", "/events").header("Content-Type", "application/json");
        ask.body(events.to_string()).send(self.at).await
    }

    async fn tell(&self, events: &Value) -> Value {
        let got = self.post(events).await;
        assert_eq!(got.status, 200, "{got:?}");
        got.json()
    }

    /// Waits until something was told.
    pub async fn hear(&self, part: &str) -> String {
        until(async || self.told.lock().unwrap().iter().find(|it| it.contains(part)).cloned()).await
    }

    pub async fn end(self) {
        self.ended().await.unwrap();
    }

    /// Ends it; says how that went.
    pub async fn ended(self) -> Result<(), Error> {
        self.stop.send(()).unwrap();
        self.serving.await.unwrap()
    }
}

pub async fn until<T, F: Future<Output = Option<T>>>(mut look: impl FnMut() -> F) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), looking).await.expect("it comes")
}

fn titles(answer: &Value) -> Vec<&str> {
    answer["titles"].as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap()).collect()
}

pub async fn store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = store_in(folder.path()).await;
    (folder, store)
}

pub const FIRST: &str = "20261122T101500000";
pub const SECOND: &str = "20261122T111500000";
pub const THIRD: &str = "20261122T121500000";

#[tokio::test]
async fn a_member_is_shown_what_suits_what_they_watched() {
    let (_folder, store) = store().await;
    let key = run(&store, "Recommend", FIRST, "live", recommender(&store).await).await;
    let server = serve(&store, |it| it.recommend = Some(source("Recommend", Some("live")))).await;

    let answer = server.get("/recommend/a3?k=5").await;
    assert_eq!(answer["personalized"], true, "{answer}");
    assert_eq!(answer["model"]["artifact"], format!("{key}/end/0/recommender"));
    let shown = titles(&answer);
    assert!(!shown.iter().any(|it| ["Alien", "Aliens", "Heat"].contains(it)), "seen: {answer}");

    // Of a stranger nothing is known: what most watched, in order, and said so.
    let answer = server.get("/recommend/stranger").await;
    assert_eq!(answer["personalized"], false);
    assert!(answer["why"].as_str().unwrap().contains("`stranger`"), "{answer}");
    let scores: Vec<f64> = answer["titles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["score"].as_f64().unwrap())
        .collect();
    assert_eq!(scores, [3.0, 3.0, 3.0, 3.0, 2.0], "how many watched each");

    // One event, and it is known: the other title of the same kind, because of the one played.
    let event = json!({"kind": "play", "member": "stranger", "title": "Emma", "id": "e-1"});
    assert_eq!(server.tell(&event).await, json!({"taken": 1, "repeated": 0, "learnt": 0}));
    let answer = server.get("/recommend/stranger?k=2").await;
    assert_eq!(answer["personalized"], true, "{answer}");
    assert_eq!(
        (titles(&answer)[0], &answer["titles"][0]["because"]),
        ("Persuasion", &json!("Emma"))
    );
    // Told again it counts once.
    assert_eq!(server.tell(&event).await, json!({"taken": 0, "repeated": 1, "learnt": 0}));
    let both = json!([event, {"kind": "play", "member": "stranger", "title": "Persuasion"}]);
    assert_eq!(server.tell(&both).await, json!({"taken": 1, "repeated": 1, "learnt": 0}));
    let shown = server.get("/recommend/stranger").await;
    assert_eq!(titles(&shown).len(), TITLES.len() - 2, "{shown}");

    for query in ["k=0", "k=abc"] {
        let none = Ask::new("GET", &format!("/recommend/a1?{query}")).send(server.at).await;
        assert_eq!((none.status, none.json()["error"]["where"].clone()), (400, json!("k")));
    }
    server.end().await;
}

#[tokio::test]
async fn a_picture_is_chosen_and_clicks_change_the_choice() {
    let (_folder, store) = store().await;
    run(&store, "Artwork", FIRST, "live", same_for_all(&store, 0.0).await).await;
    let server = serve(&store, |it| {
        it.artwork = vec![source("Artwork", None)];
        it.explore = 0.5;
        it.patience = Duration::from_millis(200);
    })
    .await;
    // Half of the choices are any picture: 0.5 / 2 for each, and the rest is the better one's.
    let chosen = |answer: &Value| answer["picture"].as_str().unwrap().to_owned();
    let check = |answer: &Value, best: &str| {
        let expect = if chosen(answer) == best { 0.75 } else { 0.25 };
        assert_eq!(answer["propensity"], expect, "{answer}");
    };
    let mut ships = Vec::new();
    for _ in 0..60 {
        let answer = server.get("/artwork/Alien?member=a1").await;
        check(&answer, "a cat");
        if chosen(&answer) == "a ship" {
            ships.push(json!({"kind": "click", "request": answer["request"]}));
        }
    }
    assert!(ships.len() > 2, "one in four: {}", ships.len());
    // Four clicks in as many rounds more than half of two: the ship is the better one now.
    let count = ships.len();
    let taken = server.tell(&Value::from(ships.clone())).await;
    assert_eq!(taken, json!({"taken": count, "repeated": 0, "learnt": count}));
    check(&server.get("/artwork/Alien").await, "a ship");
    // A second click on the same answer teaches nothing.
    assert_eq!(server.tell(&ships[0]).await["learnt"], 0);

    // What is seen and not clicked is learnt, too: after so many the cat is better again.
    let mut seen = Vec::new();
    while seen.len() < 4 * count + 8 {
        let answer = server.get("/artwork/Alien").await;
        if chosen(&answer) == "a ship" {
            seen.push(json!({"kind": "impression", "request": answer["request"]}));
        }
    }
    server.tell(&Value::from(seen)).await;
    until(async || {
        let answer = server.get("/artwork/Alien").await;
        let expect = if chosen(&answer) == "a cat" { 0.75 } else { 0.25 };
        (answer["propensity"] == expect).then_some(())
    })
    .await;
    server.end().await;
}

#[tokio::test]
async fn a_policy_looks_at_the_member_as_far_as_it_is_known() {
    let (_folder, store) = store().await;
    run(&store, "Artwork", FIRST, "live", for_each(&store).await).await;
    let server = serve(&store, |it| it.artwork = vec![source("Artwork", None)]).await;
    let propensities = async |member: &str| {
        let answer = server.get(&format!("/artwork/Alien?member={member}")).await;
        let (action, propensity) = (answer["action"].as_u64().unwrap(), &answer["propensity"]);
        let propensity = propensity.as_f64().unwrap();
        let first = if action == 0 { propensity } else { 1.0 - propensity };
        (first, answer["personalized"].as_bool().unwrap(), answer["why"].clone())
    };
    let ((one, is_known, _), (other, ..)) = (propensities("a1").await, propensities("e1").await);
    assert!(is_known && one > 0.99 && other < 0.01, "{one} {other}");
    let (average, is_known, why) = propensities("stranger").await;
    assert!(!is_known && (0.05..0.95).contains(&average), "{average}");
    assert!(why.as_str().unwrap().contains("`stranger`"), "{why}");
    let missing = Ask::new("GET", "/artwork/Heat").send(server.at).await;
    assert_eq!(missing.status, 404);
    assert_eq!(missing.json()["error"]["hint"], "there are pictures of `Alien`");
    server.end().await;
}

#[tokio::test]
async fn a_wrong_event_is_told_and_nothing_of_its_list_is_taken() {
    let (_folder, store) = store().await;
    run(&store, "Recommend", FIRST, "live", recommender(&store).await).await;
    let server = serve(&store, |it| it.recommend = Some(source("Recommend", None))).await;
    let right = json!({"kind": "play", "member": "stranger", "title": "Emma"});
    let check = async |events: Value, place: &str, what: &str, hint: &str| {
        let got = server.post(&events).await;
        let error = got.json()["error"].clone();
        assert_eq!(got.status, 422, "{got:?}");
        assert_eq!(error, json!({"what": what, "where": place, "hint": hint}));
    };
    check(
        json!([right, {"kind": "play", "member": "a1", "title": "Emna"}]),
        "events[1].title",
        "the model knows no title `Emna`",
        "did you mean `Emma`?",
    )
    .await;
    check(
        json!([right, {"kind": "click", "request": "0123"}]),
        "events[1].request",
        "no picture was chosen by a request `0123`, or it is forgotten",
        "give the `request` of an answer of /artwork; one is forgotten after an hour, or after \
         200,000 later ones",
    )
    .await;
    assert_eq!(server.get("/recommend/stranger").await["personalized"], false);
    server.end().await;
}

#[tokio::test]
async fn a_newer_run_takes_over_and_a_broken_one_does_not() {
    let (_folder, store) = store().await;
    let first = run(&store, "Recommend", FIRST, "live", recommender(&store).await).await;
    // Newer, and without the tag: it isn't asked for.
    run(&store, "Recommend", SECOND, "try", recommender(&store).await).await;
    let server = serve(&store, |it| it.recommend = Some(source("Recommend", Some("live")))).await;
    let served = async || server.get("/health").await["models"][0]["artifact"].clone();
    assert_eq!(served().await, format!("{first}/end/0/recommender"));
    let play = json!({"kind": "play", "member": "stranger", "title": "Emma"});
    server.tell(&play).await;

    let mut broken = recommender(&store).await;
    broken.insert("titles".to_owned(), texts(&TITLES[1..]));
    let refused = run(&store, "Recommend", "20261122T113000000", "live", broken).await;
    let said = server.hear(&refused.to_string()).await;
    let expect =
        format!("`{refused}` is not served, `{first}` stays: `{refused}/end/0/titles` names");
    assert!(said.starts_with(&expect), "{said}");
    assert_eq!(served().await, format!("{first}/end/0/recommender"));

    let third = run(&store, "Recommend", THIRD, "live", recommender(&store).await).await;
    server.hear(&format!("serving `{third}` instead of `{first}`")).await;
    assert_eq!(served().await, format!("{third}/end/0/recommender"));
    // What happened since is still known, and the broken one was told of once.
    assert_eq!(server.get("/recommend/stranger").await["personalized"], true);
    let told = server.told.lock().unwrap().iter().filter(|it| it.contains("not served")).count();
    assert_eq!(told, 1);
    server.end().await;
}

#[tokio::test]
async fn every_decision_is_a_row_of_a_run() {
    let (_folder, store) = store().await;
    run(&store, "Recommend", FIRST, "live", recommender(&store).await).await;
    run(&store, "Artwork", SECOND, "live", for_each(&store).await).await;
    let server = serve(&store, |it| {
        it.recommend = Some(source("Recommend", None));
        it.artwork = vec![source("Artwork", None)];
        it.write = Duration::from_millis(100);
    })
    .await;
    let mut requests = Vec::new();
    let mut propensities = 0.0;
    for number in 0..30 {
        let path = match number % 3 {
            0 => "/recommend/a1",
            1 => "/artwork/Alien?member=a1",
            _ => "/artwork/Alien",
        };
        let answer = server.get(path).await;
        requests.push(answer["request"].as_str().unwrap().to_owned());
        propensities += answer["propensity"].as_f64().unwrap();
        if number == 15 {
            // The first rows are in the store while it goes on.
            until(async || server.get("/health").await["log"].as_str().map(str::to_owned)).await;
        }
    }
    server.tell(&json!({"kind": "click", "request": requests[1], "id": "c"})).await;
    server.end().await;

    let filter = RunFilter { status: vec![Status::Succeeded], ..RunFilter::of(FLOW) };
    let runs = store.runs(&filter).await.unwrap().runs;
    assert_eq!(runs.len(), 1, "{runs:?}");
    let key = RunKey::new(runs[0].flow.clone(), runs[0].run.clone());
    let decisions = rows(&store, &key, "decisions").await;
    assert!(decisions.len() > 1, "it was written on the way");
    let kept: Vec<String> = decisions.iter().flat_map(|it| texts_of(it, "request")).collect();
    assert_eq!(kept, requests);
    let sum: f64 = decisions
        .iter()
        .flat_map(|it| it["propensity"].as_primitive::<Float64Type>().values().to_vec())
        .sum();
    assert!((sum - propensities).abs() < 1e-9, "{sum} {propensities}");
    let artwork = &decisions[0];
    let (context, known) =
        (artwork["context"].as_list::<i32>(), artwork["propensities"].as_list::<i32>());
    assert_eq!(context.value(1).as_primitive::<Float64Type>().values(), &[1.0, 0.0]);
    assert_eq!(known.value(1).len(), 2);
    assert!(context.is_null(0), "a list of titles has none");
    let events = rows(&store, &key, "events").await;
    assert_eq!(
        (texts_of(&events[0], "kind"), texts_of(&events[0], "id")),
        (vec!["click".into()], vec!["c".into()])
    );
}

pub fn texts_of(rows: &RecordBatch, name: &str) -> Vec<String> {
    rows[name].as_string::<i32>().iter().map(|it| it.unwrap_or_default().to_owned()).collect()
}

/// The tables of a step's tasks.
pub async fn rows(store: &Store, run: &RunKey, step: &str) -> Vec<RecordBatch> {
    let mut found = Vec::new();
    for task in store.tasks(run, Some(&step.into())).await.unwrap() {
        let artifact = store.artifact(run, &task.step, &task.task, "rows").await.unwrap().unwrap();
        let bytes = store.read_record(&artifact.record).await.unwrap();
        let reader = FileReader::try_new(std::io::Cursor::new(bytes), None).unwrap();
        found.extend(reader.map(Result::unwrap));
    }
    found
}

#[tokio::test]
async fn strangers_and_pages_are_refused() {
    let (_folder, store) = store().await;
    run(&store, "Recommend", FIRST, "live", recommender(&store).await).await;
    let with = |options: &mut Options| options.recommend = Some(source("Recommend", None));
    let server = serve(&store, |it| {
        with(it);
        it.token = Some("0123456789abcdef".to_owned());
    })
    .await;
    let ask = |method: &str, path: &str| {
        Ask::new(method, path).header("Authorization", "Bearer 0123456789abcdef")
    };
    let check = async |ask: Ask, status: u16| {
        let what = format!("{} {} {:?}", ask.method, ask.path, ask.headers);
        let got = ask.send(server.at).await;
        assert_eq!(got.status, status, "{what}: {got:?}");
        assert_eq!(got.header("cache-control"), Some("no-store"), "{what}");
        if status != 200 {
            let error = &got.json()["error"];
            assert!(error["what"].is_string() && error["hint"].is_string(), "{what}: {error}");
        }
    };
    check(ask("GET", "/recommend/a1"), 200).await;
    check(ask("GET", "/recommend/a1").header("Sec-Fetch-Site", "none"), 200).await;
    check(Ask::new("GET", "/recommend/a1"), 401).await;
    check(Ask::new("GET", "/openapi.json"), 401).await;
    check(Ask::new("GET", "/health").header("Authorization", "Bearer 0123456789abcdeX"), 401).await;
    check(ask("GET", "/recommend/a1").header("Host", "evil.example"), 421).await;
    check(ask("GET", "/recommend/a1").header("Origin", "https://evil.example"), 403).await;
    check(ask("GET", "/recommend/a1").header("Sec-Fetch-Site", "cross-site"), 403).await;
    check(ask("POST", "/events").header("Content-Type", "text/plain").body("[]"), 415).await;
    check(ask("POST", "/events").header("Content-Type", "application/json").body("[]"), 200).await;
    check(ask("GET", "/api/runs"), 404).await;
    check(ask("POST", "/health").header("Content-Type", "application/json"), 405).await;
    check(ask("POST", "/recommend/a1"), 405).await;
    check(ask("POST", "/api/runs"), 404).await;
    server.end().await;

    let mut open = Options::new(store.clone(), "ana");
    with(&mut open);
    open.host = [0, 0, 0, 0].into();
    assert!(matches!(Server::bind(open).await, Err(Error::NoToken { .. })));
}

#[tokio::test]
async fn what_cannot_be_served_is_told_before_anything_is() {
    let (_folder, store) = store().await;
    let bind = async |source: Source| {
        let mut options = Options::new(store.clone(), "ana");
        (options.port, options.recommend) = (0, Some(source));
        match Server::bind(options).await {
            Err(Error::Unservable(error)) => *error,
            other => panic!("it is served: {:?}", other.map(|it| it.at())),
        }
    };
    assert!(matches!(bind(source("Recommend", None)).await, Unservable::NoRun { .. }));
    let mut without = recommender(&store).await;
    without.remove("recommender");
    let key = run(&store, "Recommend", FIRST, "live", without).await;
    let said = bind(source("Recommend", None)).await.to_string();
    assert_eq!(said, format!("`{key}` ends without the artifact `recommender`"));
    let said = bind(source("Recommend", Some("best"))).await.to_string();
    assert!(said.ends_with("succeeded and is tagged `best`"), "{said}");
    // A policy is no recommender, whatever it is called.
    let mut other = same_for_all(&store, 0.1).await;
    let policy = other.remove("policy").unwrap();
    other.insert("recommender".to_owned(), policy);
    let key = run(&store, "Recommend", SECOND, "live", other).await;
    let said = bind(source(&key.to_string(), None)).await.to_string();
    assert!(said.contains("it is a `bandit.epsilon_greedy`"), "{said}");
}

#[tokio::test]
async fn answers_are_as_the_document_says() {
    let (_folder, store) = store().await;
    run(&store, "Recommend", FIRST, "live", recommender(&store).await).await;
    run(&store, "Artwork", SECOND, "live", for_each(&store).await).await;
    let server = serve(&store, |it| {
        it.recommend = Some(source("Recommend", None));
        it.artwork = vec![source("Artwork", None)];
    })
    .await;
    let document = server.get("/openapi.json").await;
    let schema = |path: &str, method: &str, status: &str| {
        let answer = &document["paths"][path][method]["responses"][status];
        answer["content"]["application/json"]["schema"].clone()
    };
    for (path, asked) in [
        ("/recommend/{member}", "/recommend/a1"),
        ("/recommend/{member}", "/recommend/stranger"),
        ("/artwork/{title}", "/artwork/Alien?member=e1"),
        ("/artwork/{title}", "/artwork/Alien"),
        ("/health", "/health"),
    ] {
        fits(&document, &schema(path, "get", "200"), &server.get(asked).await, asked);
    }
    let event = json!({"kind": "play", "member": "x", "title": "Emma"});
    fits(&document, &schema("/events", "post", "200"), &server.tell(&event).await, "events");
    let got = server.post(&json!({"kind": "plya"})).await;
    fits(&document, &schema("/events", "post", &got.status.to_string()), &got.json(), "a failure");
    server.end().await;
}

/// Holds a value against a schema: types, and every property that is said, and no other.
fn fits(document: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return fits(document, &document["components"]["schemas"][name], value, place);
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => vec![kind.as_str().unwrap_or_else(|| panic!("{place}: {schema}"))],
    };
    let is = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("{place}: {other}"),
    };
    assert!(kinds.iter().any(|kind| is(kind)), "{place}: {value} is no {kinds:?}");
    if let Some(items) = value.as_array() {
        items.iter().for_each(|item| fits(document, &schema["items"], item, place));
    }
    let Some(object) = value.as_object() else { return };
    for (name, inner) in object {
        let property = &schema["properties"][name];
        assert!(property.is_object(), "{place}: `{name}` isn't said");
        fits(document, property, inner, &format!("{place}.{name}"));
    }
    for name in schema["required"].as_array().unwrap() {
        assert!(object.contains_key(name.as_str().unwrap()), "{place}: {name} is missing");
    }
}
