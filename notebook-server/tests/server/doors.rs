//! Links, bases, ports, restarts: how people get to the page.

use flownote_flow::help::Help;
use flownote_server::{Asked, Base, Options, Service, ask_for_link};

use crate::client::Ask;
use crate::support::Server;

#[tokio::test]
async fn a_further_link_is_had_from_the_running_server_alone() {
    let state = tempfile::tempdir().unwrap();
    let folder = state.path().join("ui");
    let server = Server::with(|options| Options { state: Some(folder.clone()), ..options }).await;
    let (state, port) = (folder.clone(), server.at.port());
    let other = tokio::task::spawn_blocking(move || {
        ask_for_link(&state, Asked::Store("memory:///another")).unwrap_err().hint().unwrap()
    });
    assert!(other.await.unwrap().contains(&format!("--port {port}")));
    let state = folder.clone();
    let link = tokio::task::spawn_blocking(move || ask_for_link(&state, Asked::Port(port))).await;
    let link = link.unwrap().unwrap();
    let path = link.strip_prefix(&server.origin()).expect("its own address").to_owned();
    assert_eq!(Ask::new("GET", &path).send(server.at).await.status, 303);
    server.stop().await;
    let gone = tokio::task::spawn_blocking(move || ask_for_link(&folder, Asked::Store("any")));
    assert!(gone.await.unwrap().is_err(), "the server has ended");
}

#[tokio::test]
async fn whoever_is_in_stays_in_when_the_server_is_started_again() {
    let state = tempfile::tempdir().unwrap();
    let folder = state.path().join("ui");
    let first = Server::with(|options| Options { state: Some(folder.clone()), ..options }).await;
    let (cookie, port) = (first.cookie().to_owned(), first.at.port());
    first.stop().await;
    let second =
        Server::with(|options| Options { state: Some(folder), port: Some(port), ..options }).await;
    let me = Ask::new("GET", "/api/me").header("Cookie", cookie).send(second.at).await;
    assert_eq!(me.status, 200);
}

#[tokio::test]
async fn everything_stands_under_the_base() {
    let base = Base::parse("/team/flow").unwrap();
    let server = Server::with(|options| Options { base, ..options }).await;
    assert_eq!(server.get("/team/flow/api/me").await["base"], "/team/flow/");
    assert_eq!(server.ask("GET", "/api/me").send(server.at).await.status, 404);
    let login = Ask::new("GET", &server.login_path()).send(server.at).await;
    assert_eq!(login.header("location"), Some("/team/flow/"));
    assert!(login.header("set-cookie").unwrap().contains("Path=/team/flow;"));
    assert_eq!(Ask::new("GET", "/team/flow/api/me").send(server.at).await.status, 401);
}

#[tokio::test]
async fn a_port_that_was_named_is_taken_or_refused() {
    let server = Server::new().await;
    let mut options = Options::new(server.store.clone(), "ana");
    options.port = Some(server.at.port());
    let Err(error) = Service::bind(options).await else { panic!("the port is taken") };
    assert!(error.to_string().contains(&server.at.port().to_string()), "{error}");
}

#[tokio::test]
async fn the_server_ends_though_a_browser_listens() {
    let server = Server::new().await;
    let listening = server.ask("GET", "/api/events").write(server.at).await;
    tokio::time::timeout(std::time::Duration::from_secs(20), server.stop()).await.expect("it ends");
    drop(listening);
}
