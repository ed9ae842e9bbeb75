//! A browser's page as the server meets it: a WebSocket, and a document that is kept as the
//! frames say.

use std::collections::HashMap;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value as Json, json};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::server::escaped;

/// A test that waits longer has hung.
const HUNG: Duration = Duration::from_secs(90);

/// A page.
pub struct Page {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The last hello.
    pub hello: Json,
    /// The number of the next event.
    next: u64,
    asked: u64,
    answers: HashMap<u64, Json>,
    /// How often everything was told.
    pub hellos: usize,
}

impl Page {
    pub async fn open(port: u16, cookie: &str, notebook: &str) -> Self {
        let url = format!("ws://127.0.0.1:{port}/api/notebooks/socket?path={}", escaped(notebook));
        let mut request = url.into_client_request().expect("a request");
        let headers = request.headers_mut();
        headers.insert("cookie", cookie.parse().expect("a value"));
        headers.insert("origin", format!("http://127.0.0.1:{port}").parse().expect("a value"));
        let mut config = WebSocketConfig::default();
        // A browser has no limit either.
        (config.max_message_size, config.max_frame_size) = (None, None);
        let connected = connect_async_with_config(request, Some(config), false).await;
        let (socket, _) = connected.expect("upgraded");
        let mut page = Self {
            socket,
            hello: Json::Null,
            next: 0,
            asked: 0,
            answers: HashMap::new(),
            hellos: 0,
        };
        page.until(|word| word.get("hello").is_some()).await;
        page
    }

    pub fn client(&self) -> u64 {
        self.hello["client"].as_u64().expect("a number")
    }

    pub async fn say(&mut self, word: Json) {
        self.say_text(word.to_string()).await;
    }

    pub async fn say_text(&mut self, text: String) {
        self.socket.send(Message::Text(text.into())).await.expect("sent");
    }

    /// The next word. Events are checked to follow one another without gaps.
    pub async fn word(&mut self) -> Json {
        let hangs = Instant::now() + HUNG;
        loop {
            let frame = timeout_at(hangs, self.socket.next()).await.expect("it hung");
            let text = match frame.expect("connected").expect("a frame") {
                Message::Text(text) => text,
                Message::Ping(_) | Message::Pong(_) => continue,
                other => panic!("{other:?}"),
            };
            let word: Json = serde_json::from_str(&text).expect("json");
            if let Some(hello) = word.get("hello") {
                self.hello = hello.clone();
                self.next = hello["next"].as_u64().expect("a number");
                self.hellos += 1;
            } else if let Some(event) = word.get("event") {
                assert_eq!(event["seq"].as_u64(), Some(self.next), "a gap before {event}");
                self.next += 1;
            } else if let Some(answer) = word.get("answer") {
                self.answers.insert(answer["id"].as_u64().expect("a number"), answer.clone());
            }
            return word;
        }
    }

    /// Words up to one of a sort.
    pub async fn until(&mut self, stop: impl Fn(&Json) -> bool) -> Vec<Json> {
        let mut words = Vec::new();
        loop {
            let word = self.word().await;
            let last = stop(&word);
            words.push(word);
            if last {
                return words;
            }
        }
    }

    pub async fn until_event(&mut self, name: &str) -> Vec<Json> {
        self.until(|word| word["event"]["event"] == name).await
    }

    /// Asks, without waiting.
    pub async fn begin(&mut self, request: Json) -> u64 {
        self.asked += 1;
        let id = self.asked;
        self.say(json!({"ask": {"id": id, "request": request}})).await;
        id
    }

    /// Waits for an answer.
    pub async fn answer(&mut self, id: u64) -> Json {
        while !self.answers.contains_key(&id) {
            self.word().await;
        }
        self.answers.remove(&id).expect("an answer")
    }

    pub async fn ask(&mut self, request: Json) -> Json {
        let id = self.begin(request).await;
        self.answer(id).await
    }

    /// Runs a cell until nothing runs any more; what was told meanwhile.
    pub async fn run(&mut self, cell: &str) -> Vec<Json> {
        self.start(cell).await;
        self.until_event("idle").await
    }

    /// Begins to run a cell.
    pub async fn start(&mut self, cell: &str) {
        self.begin(json!({"request": "run", "run": {"run": "cells", "cells": [cell]}})).await;
    }

    /// Does something with cells.
    pub async fn operate(&mut self, operation: Json) -> Json {
        self.ask(json!({"request": "operate", "operation": operation})).await
    }

    /// Edits a text.
    pub async fn edit(&mut self, cell: &str, version: u64, changes: Json) {
        let updates = json!([{"changes": changes}]);
        self.say(json!({"edit": {"cell": cell, "version": version, "updates": updates}})).await;
    }

    /// The next change of a text.
    pub async fn edited(&mut self) -> Json {
        let words = self.until(|word| word.get("edited").is_some()).await;
        words.last().expect("one")["edited"].clone()
    }

    /// A cell's version, as of the last hello.
    pub fn version(&self, cell: &str) -> u64 {
        self.hello["versions"][cell].as_u64().expect("a version")
    }

    pub fn cell(&self, at: usize) -> &Json {
        &self.hello["document"]["cells"][at]
    }
}

/// The text that cells printed, of all words.
pub fn printed(words: &[Json]) -> String {
    let outputs = words.iter().filter(|word| word["event"]["event"] == "output");
    outputs.filter_map(|word| word["event"]["output"]["text"].as_str()).collect()
}

/// The text that a cell shows.
pub fn shown(cell: &Json) -> String {
    let outputs = cell["outputs"].as_array().cloned().unwrap_or_default();
    outputs.iter().filter_map(|output| output["text"].as_str()).collect()
}
