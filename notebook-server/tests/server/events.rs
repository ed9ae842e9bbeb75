//! What happens, as it happens.

use std::time::Duration;

use flownote_flow::event::RunStatus;
use flownote_store::{Alive, Stream, lines};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::Server;
use crate::writer::{Writer, attempt};

/// A browser that listens.
struct Listener(Lines<BufReader<TcpStream>>);

impl Listener {
    async fn new(server: &Server, path: &str) -> Self {
        let ask = server.ask("GET", path).header("Accept", "text/event-stream");
        Self(BufReader::new(ask.write(server.at).await).lines())
    }

    /// The next event of a name that fits.
    async fn until(&mut self, name: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let waiting = async {
            let mut event = String::new();
            while let Some(line) = self.0.next_line().await.expect("the server speaks") {
                if let Some(said) = line.strip_prefix("event: ") {
                    event = said.to_owned();
                } else if let Some(data) = line.strip_prefix("data: ") {
                    let data: Value = serde_json::from_str(data).expect("JSON");
                    if event == name && fits(&data) {
                        return data;
                    }
                }
            }
            panic!("the stream ended without `{name}`");
        };
        timeout(Duration::from_secs(30), waiting)
            .await
            .unwrap_or_else(|_| panic!("no `{name}` came"))
    }
}

#[tokio::test]
async fn a_live_run_is_followed_to_its_end() {
    let server = Server::new().await;
    let mut run = Writer::begin(&server.store, "20261122T101512345", |_| {}).await;
    server.store.touch_alive(&run.key, &Alive::of_this_process(1, 1)).await.unwrap();
    let mut listener = Listener::new(&server, &format!("{}/events?log=train/1", run.path())).await;
    let seen = listener.until("run", |_| true).await;
    assert_eq!(seen["row"]["status"], "running");
    run.split(2).await;
    run.flush().await;
    let waits = listener.until("task", |it| it["task"]["label"] == "train[1]").await;
    assert_eq!((&waits["task"]["status"], &waits["index"]), (&"queued".into(), &1.into()));
    run.start(&attempt("train", &[1], 0));
    run.flush().await;
    listener.until("task", |it| it["task"]["status"] == "running").await;
    let said = lines::encode(&[(5, "half way\n".into())]);
    let key = attempt("train", &[1], 0);
    server.store.put_log_segment(&run.key, &key, Stream::Stdout, 0, said).await.unwrap();
    let log = listener.until("log", |_| true).await;
    assert_eq!((&log["task"], &log["lines"][0]["text"]), (&"1".into(), &"half way".into()));
    // It fails, is to be tried once more, and fails for good.
    run.fail(&key, "no").await;
    run.flush().await;
    let again = listener.until("task", |it| it["task"]["attempts"][0]["outcome"] == "failed").await;
    assert_eq!(again["task"]["status"], "queued");
    let key = attempt("train", &[1], 1);
    run.start(&key);
    run.fail(&key, "no").await;
    run.finish(RunStatus::Failed, None).await;
    let over = listener.until("run", |it| it["row"]["status"] == "failed").await;
    assert_eq!(
        (&over["row"]["failed_at"], &over["steps"][1]["retries"]),
        (&"train[1]".into(), &1.into())
    );
    listener.until("end", |_| true).await;
}

#[tokio::test]
async fn the_list_hears_of_runs_that_begin_and_end() {
    let server = Server::new().await;
    let mut listener = Listener::new(&server, "/api/events").await;
    listener.until("ready", |_| true).await;
    let mut run = Writer::begin(&server.store, "20261122T101512345", |_| {}).await;
    let id = run.key.run.to_string();
    let begun = listener.until("run", |it| it["row"]["run"] == id.as_str()).await;
    assert_eq!(begun["row"]["status"], "running");
    run.finish(RunStatus::Cancelled, None).await;
    listener.until("run", |it| it["row"]["status"] == "cancelled").await;
}

#[tokio::test]
async fn a_run_that_is_not_there_has_no_events() {
    let server = Server::new().await;
    let path = "/api/runs/Recommend/20261122T101512345-ffffff/events";
    let got = server.ask("GET", path).send(server.at).await;
    assert_eq!(got.status, 404);
}
