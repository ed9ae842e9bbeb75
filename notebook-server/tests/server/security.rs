//! Who gets in: nobody without a login, from no other page, by no other name.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use flownote_server::routes::ROUTES;
use flownote_server::{Error, Options, Service};
use serde_json::json;

use crate::client::{Ask, Got};
use crate::support::{Server, cookie_of, store_in};

/// Every route there is. Whoever adds one says here what a stranger may do with it:
/// `behind` a login, or `open`.
const KNOWN: &[(&str, &str, &str)] = &[
    ("open", "get", "/login"),
    ("open", "post", "/login"),
    ("behind", "post", "/logout"),
    ("behind", "get", "/api/me"),
    ("behind", "get", "/api/flows"),
    ("behind", "get", "/api/runs"),
    ("behind", "get", "/api/events"),
    ("behind", "get", "/api/compare"),
    ("behind", "get", "/api/runs/{flow}/{run}"),
    ("behind", "get", "/api/runs/{flow}/{run}/tasks"),
    ("behind", "get", "/api/runs/{flow}/{run}/heat"),
    ("behind", "get", "/api/runs/{flow}/{run}/why"),
    ("behind", "get", "/api/runs/{flow}/{run}/code"),
    ("behind", "get", "/api/runs/{flow}/{run}/events"),
    ("behind", "get", "/api/runs/{flow}/{run}/{step}/{task}"),
    ("behind", "get", "/api/runs/{flow}/{run}/{step}/{task}/logs"),
    ("behind", "get", "/api/runs/{flow}/{run}/{step}/{task}/logs/download"),
    ("behind", "get", "/api/runs/{flow}/{run}/{step}/{task}/code"),
    ("behind", "get", "/api/runs/{flow}/{run}/{step}/{task}/artifacts/{name}"),
    ("behind", "post", "/api/runs/{flow}/{run}/tags"),
    ("behind", "post", "/api/runs/{flow}/{run}/resume"),
    ("behind", "get", "/api/runs/{flow}/{run}/parameters"),
    ("behind", "post", "/api/runs/{flow}/{run}/stop"),
    ("behind", "get", "/api/notebooks/parameters"),
    ("behind", "post", "/api/notebooks/run"),
    ("behind", "post", "/api/health/check"),
    ("behind", "post", "/api/health/gc"),
    ("behind", "post", "/api/health/kernels/end"),
    ("behind", "post", "/api/tasks/open"),
    ("behind", "get", "/api/health"),
    ("behind", "get", "/api/data/catalog"),
    ("behind", "get", "/api/data/search"),
    ("behind", "get", "/api/data/table"),
    ("behind", "get", "/api/data/page"),
    ("behind", "get", "/api/data/statistics"),
    ("behind", "post", "/api/data/query"),
    ("behind", "get", "/api/notebooks"),
    ("behind", "post", "/api/notebooks"),
    ("behind", "post", "/api/notebooks/rename"),
    ("behind", "post", "/api/notebooks/copy"),
    ("behind", "post", "/api/notebooks/delete"),
    ("behind", "post", "/api/notebooks/upload"),
    ("behind", "get", "/api/notebooks/history"),
    ("behind", "get", "/api/notebooks/history/save"),
    ("behind", "get", "/api/notebooks/history/diff"),
    ("behind", "post", "/api/notebooks/history/restore"),
    ("behind", "get", "/api/notebooks/kernel"),
    ("behind", "get", "/api/notebooks/kernel/packages"),
    ("behind", "post", "/api/notebooks/kernel/pythons"),
    ("behind", "post", "/api/notebooks/kernel/python"),
    ("behind", "get", "/api/notebooks/check"),
    ("behind", "get", "/api/notebooks/export"),
    ("behind", "get", "/api/notebooks/socket"),
    ("behind", "get", "/"),
    ("behind", "get", "/notebooks"),
    ("behind", "get", "/notebooks/{*path}"),
    ("behind", "get", "/runs"),
    ("behind", "get", "/runs/{*path}"),
    ("behind", "get", "/compare"),
    ("behind", "get", "/data"),
    ("behind", "get", "/data/{*path}"),
    ("behind", "get", "/health"),
    ("behind", "get", "/sandbox"),
    ("behind", "get", "/assets/{*path}"),
    ("behind", "get", "/icon.svg"),
    ("behind", "get", "/theme.js"),
];

fn filled(path: &str) -> String {
    path.replace("{*path}", "a/b").replace(['{', '}'], "")
}

#[tokio::test]
async fn every_route_is_listed_and_refuses_strangers() {
    let table: BTreeSet<_> = ROUTES.iter().map(|route| (route.method, route.path)).collect();
    let known: BTreeSet<_> = KNOWN.iter().map(|(_, method, path)| (*method, *path)).collect();
    assert_eq!(table, known, "a route is new or gone: say in KNOWN who may use it");
    let server = Server::new().await;
    for (who, method, path) in KNOWN.iter().filter(|(who, ..)| *who == "behind") {
        let ask = Ask::new(&method.to_uppercase(), &filled(path)).header("Origin", server.origin());
        let got = ask.header("Content-Type", "application/json").body("{}").send(server.at).await;
        assert_eq!(got.status, 401, "{who} {method} {path}: {got:?}");
    }
    // Nor is anything said of what doesn't exist, or of other methods.
    for (method, path) in [("GET", "/nothing"), ("DELETE", "/api/runs"), ("OPTIONS", "/api/me")] {
        let ask = Ask::new(method, path).header("Origin", server.origin());
        assert_eq!(ask.send(server.at).await.status, 401, "{method} {path}");
    }
}

/// The gate is around every route because the table is the only place where routes are made.
#[test]
fn routes_are_made_in_one_place() {
    fn look(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                look(&entry, found);
            } else if entry.file_name().is_none_or(|name| name != "routes.rs") {
                let text = fs::read_to_string(&entry).unwrap();
                let makes = [
                    ".route(",
                    ".route_service(",
                    ".nest(",
                    ".nest_service(",
                    ".merge(",
                    "Router::new(",
                ];
                if makes.iter().any(|make| text.contains(make)) {
                    found.push(entry.display().to_string());
                }
            }
        }
    }
    let mut found = Vec::new();
    look(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.is_empty(), "routes are made outside the table: {found:?}");
}

#[tokio::test]
async fn a_link_is_worth_one_login() {
    let server = Server::new().await;
    let path = server.login_path();
    let got = Ask::new("GET", &path).send(server.at).await;
    assert_eq!((got.status, got.header("location")), (303, Some("/")));
    let set = got.header("set-cookie").unwrap();
    assert!(set.starts_with(&format!("flownote-{}=", server.at.port())), "{set}");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(set.contains(part), "{set}");
    }
    let cookie = cookie_of(&got);
    let me = Ask::new("GET", "/api/me").header("Cookie", &cookie).send(server.at).await;
    assert_eq!(me.status, 200);
    let again = Ask::new("GET", &path).send(server.at).await;
    assert_eq!(again.status, 401);
    assert!(again.header("set-cookie").is_none());
    let token = path.split_once("token=").unwrap().1;
    assert!(!again.body.contains(token), "the page repeats the token");
    for wrong in ["/login?token=", "/login?token=x", "/login?token=x&token=y"] {
        let got = Ask::new("GET", wrong).send(server.at).await;
        assert!(got.header("set-cookie").is_none(), "{wrong}: {got:?}");
    }
    let out = server.post("/logout", &json!({})).await;
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(server.ask("GET", "/api/me").send(server.at).await.status, 401);
}

#[tokio::test]
async fn a_cookie_is_not_forged() {
    let server = Server::new().await;
    let (name, value) = server.cookie().split_once('=').unwrap();
    let (body, signature) = value.split_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    for cookie in [
        String::new(),
        format!("{name}="),
        format!("{name}={body}"),
        format!("{name}={body}."),
        format!("{name}={body}.{flipped}{}", &signature[1..]),
        format!("flownote-1={value}"),
        format!("x{name}={value}"),
    ] {
        let got = Ask::new("GET", "/api/me").header("Cookie", &cookie).send(server.at).await;
        assert_eq!(got.status, 401, "{cookie}");
    }
    let other = Server::new().await;
    let there = Ask::new("GET", "/api/me").header("Cookie", server.cookie()).send(other.at).await;
    assert_eq!(there.status, 401);
}

#[tokio::test]
async fn another_name_is_refused_before_anything_else() {
    let server = Server::new().await;
    let port = server.at.port();
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        "127.0.0.1".into(),
        String::new(),
    ] {
        for path in ["/", "/api/me", "/login", &server.login_path()] {
            let got = server.ask("GET", path).header("Host", &host).send(server.at).await;
            assert!(matches!(got.status, 400 | 421), "{host} {path}: {got:?}");
            assert!(got.header("set-cookie").is_none());
        }
    }
    for host in [format!("localhost:{port}"), format!("127.0.0.1:{port}")] {
        let got = server.ask("GET", "/api/me").header("Host", host).send(server.at).await;
        assert_eq!(got.status, 200);
    }
}

#[tokio::test]
async fn changes_come_from_our_own_page_as_json() {
    let server = Server::new().await;
    let post = |origin: Option<&str>, kind: Option<&str>| {
        let mut ask = server.ask("POST", "/api/tasks/open").body("{}");
        ask = origin.into_iter().fold(ask, |ask, it| ask.header("Origin", it));
        kind.into_iter().fold(ask, |ask, it| ask.header("Content-Type", it)).send(server.at)
    };
    let own = server.origin();
    let json = Some("application/json");
    let port = server.at.port();
    for origin in [
        None,
        Some("null"),
        Some("http://evil.example"),
        Some(&*format!("https://127.0.0.1:{port}")),
        Some(&*format!("http://127.0.0.1:{port}.evil.example")),
        Some(&*format!("{own}/")),
        Some("http://127.0.0.1"),
    ] {
        let got = post(origin, json).await;
        assert_eq!(got.status, 403, "{origin:?}: {got:?}");
    }
    for kind in [
        None,
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("text/plain"),
        Some("text/plain; application/json"),
    ] {
        let got = post(Some(&own), kind).await;
        assert_eq!(got.status, 415, "{kind:?}: {got:?}");
    }
    // Let through, it is what it says that counts.
    let got = post(Some(&own), Some("application/json; charset=utf-8")).await;
    assert_eq!(got.status, 400, "{got:?}");
    // A page elsewhere that merely reads is refused, too, and so is an upgrade.
    let read = server.ask("GET", "/api/me").header("Origin", "http://evil.example");
    assert_eq!(read.send(server.at).await.status, 403);
    let upgrade = || server.ask("GET", "/api/me").header("Upgrade", "websocket");
    assert_eq!(upgrade().send(server.at).await.status, 403);
    let foreign = upgrade().header("Origin", "http://evil.example");
    assert_eq!(foreign.send(server.at).await.status, 403);
}

#[tokio::test]
async fn every_answer_keeps_to_itself() {
    let server = Server::new().await;
    let asks = [
        Ask::new("GET", "/api/me"),
        Ask::new("GET", "/").header("Accept", "text/html"),
        Ask::new("GET", "/login"),
        Ask::new("GET", "/nothing").header("Host", "evil.example"),
        server.ask("GET", "/"),
        server.ask("GET", "/api/me"),
        server.ask("GET", "/nothing"),
        server.ask("DELETE", "/api/me").header("Origin", server.origin()),
    ];
    for ask in asks {
        let name = format!("{} {}", ask.method, ask.path);
        let got: Got = ask.send(server.at).await;
        let policy =
            got.header("content-security-policy").unwrap_or_else(|| panic!("{name}: {got:?}"));
        for part in [
            "default-src 'self'",
            "script-src 'self';",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{name}: {policy}");
        }
        assert_eq!(got.header("x-content-type-options"), Some("nosniff"), "{name}");
        assert_eq!(got.header("referrer-policy"), Some("no-referrer"), "{name}");
        assert!(got.header("access-control-allow-origin").is_none(), "{name}");
        assert!(got.header("cache-control").is_some(), "{name}");
    }
}

/// Outputs run scripts in a frame that has no origin and no network.
#[tokio::test]
async fn the_sandbox_is_shut_on_all_sides() {
    let server = Server::new().await;
    let got = server.ask("GET", "/sandbox").send(server.at).await;
    let policy = got.header("content-security-policy").expect("a policy");
    for part in [
        "default-src 'none'",
        "connect-src data: blob:;",
        "frame-src 'none'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
    ] {
        assert!(policy.contains(part), "{part} in {policy}");
    }
    assert!(policy.ends_with("sandbox allow-scripts"), "{policy}");
    assert_eq!(got.header("x-frame-options"), Some("SAMEORIGIN"));
}

#[tokio::test]
async fn strangers_see_how_to_log_in_and_nothing_else() {
    let server = Server::new().await;
    let page =
        Ask::new("GET", "/runs/Secret/x").header("Accept", "text/html").send(server.at).await;
    assert_eq!(page.status, 401);
    assert!(page.body.contains("flownote ui --url") && !page.body.contains("Secret"), "{page:?}");
    assert!(!page.body.contains("<script") && !page.body.contains("<form"), "{page:?}");
    assert!(!page.body.contains("http-equiv"), "{page:?}");
    // Whoever follows a link from elsewhere comes without the strict cookie: once more, from
    // here, brings it.
    let ask = Ask::new("GET", "/runs/Secret/x").header("Accept", "text/html");
    let linked = ask.header("Sec-Fetch-Site", "cross-site").send(server.at).await;
    assert!(linked.body.contains("http-equiv=\"refresh\""), "{linked:?}");
}

#[tokio::test]
async fn a_server_for_others_wants_a_password() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_in(folder.path()).await;
    let open = |change: fn(&mut Options)| {
        let mut options = Options::new(store.clone(), "ana");
        (options.host, options.port) = ([0, 0, 0, 0].into(), Some(0));
        change(&mut options);
        Service::bind(options)
    };
    assert!(matches!(open(|_| {}).await, Err(Error::Open { .. })));
    let short = open(|it| it.password = Some("short".into())).await;
    assert!(matches!(short, Err(Error::Password)));
}

#[tokio::test]
async fn a_password_opens_and_a_wrong_one_does_not() {
    let server =
        Server::with(|options| Options { password: Some("correct horse".into()), ..options }).await;
    let form = |password: &str| {
        let ask = Ask::new("POST", "/login").header("Origin", server.origin());
        ask.header("Content-Type", "application/x-www-form-urlencoded")
            .body(format!("password={password}"))
            .send(server.at)
    };
    let page = Ask::new("GET", "/").header("Accept", "text/html").send(server.at).await;
    assert!(page.body.contains("type=\"password\""), "{page:?}");
    let wrong = form("correct+hors").await;
    assert_eq!(wrong.status, 401);
    assert!(wrong.header("set-cookie").is_none() && !wrong.body.contains("hors"));
    let right = form("correct+horse").await;
    assert_eq!(right.status, 303);
    let me = Ask::new("GET", "/api/me").header("Cookie", cookie_of(&right)).send(server.at).await;
    assert_eq!(me.status, 200);
    let elsewhere = Ask::new("POST", "/login").header("Origin", "http://evil.example");
    assert_eq!(elsewhere.body("password=correct+horse").send(server.at).await.status, 403);
}

#[tokio::test]
async fn paths_lead_nowhere_else() {
    let server = Server::new().await;
    for path in [
        "/assets/../../Cargo.toml",
        "/assets/..%2f..%2fCargo.toml",
        "/assets/%2e%2e/%2e%2e/Cargo.toml",
        "/assets/%00",
        "/assets//etc/passwd",
        "/assets/.hidden",
        "/api/runs/..%2f..%2fx/20261122T101512345-8f2c9a",
        "/api/runs/Flow/..",
        "/api/runs/F/20261122T101512345-8f2c9a/..%2f..%2fx/0",
        "/api/runs/F/20261122T101512345-8f2c9a/start/0%2f..%2f1",
        "/api/runs/F/20261122T101512345-8f2c9a/start/0%00",
    ] {
        let got = server.ask("GET", path).send(server.at).await;
        assert!(matches!(got.status, 400 | 404), "{path}: {got:?}");
    }
}
