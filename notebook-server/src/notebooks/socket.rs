//! A page's connection: `GET api/notebooks/socket?path=…`, upgraded.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{
    CloseFrame, Message as Frame, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code,
};
use axum::response::Response;
use flownote_notebook::CellId;
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt, StreamExt};
use serde::Deserialize;
use tokio::time::{Instant, timeout};

use super::folder::Relative;
use super::outbox::{Next, Outbox};
use super::room::Message;
use super::rooms::Seat;
use super::words::FromPage;
use crate::answer::Failure;
use crate::query::Asked;
use crate::state::App;

/// No word of a page is longer.
const LONGEST: usize = 16 << 20;
/// How often a page is asked whether it is still there.
const PING: Duration = Duration::from_secs(20);
/// A page that says nothing for so long is gone.
const SILENCE: Duration = Duration::from_secs(60);

/// `GET api/notebooks/socket?path=`.
pub async fn open(
    State(app): State<App>,
    asked: Asked,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Failure> {
    let rooms = super::rooms(&app)?.clone();
    let path = Relative::of_notebook(asked.one("path").unwrap_or_default())?;
    let outbox = Arc::new(Outbox::default());
    let seat = rooms.join(&path, &app.user, outbox.clone()).await?;
    let leaving = Leaving(seat);
    let mut closing = app.closing.clone();
    let upgrade = upgrade.max_message_size(LONGEST).max_frame_size(LONGEST);
    Ok(upgrade.on_upgrade(async move |socket| {
        let seat = &leaving.0;
        let (sink, stream) = socket.split();
        tokio::select! {
            () = write(sink, seat, &outbox) => {}
            () = read(stream, seat) => {}
            // The sender lives as long as the server.
            _ = closing.wait_for(|closing| *closing) => {}
        }
    }))
}

/// A page that leaves, however its connection ends: also one that never was upgraded.
struct Leaving(Seat);

impl Drop for Leaving {
    fn drop(&mut self) {
        let (room, client) = (self.0.room.clone(), self.0.client);
        tokio::spawn(async move { drop(room.send(Message::Leave(client)).await) });
    }
}

async fn write(mut sink: SplitSink<WebSocket, Frame>, seat: &Seat, outbox: &Outbox) {
    let mut ping = tokio::time::interval(PING);
    loop {
        let sent = tokio::select! {
            next = outbox.next() => match next {
                Next::Frame(frame) => sink.send(Frame::Text(frame)).await,
                Next::CatchUp => match seat.room.send(Message::CatchUp(seat.client)).await {
                    Ok(()) => Ok(()),
                    Err(_) => return,
                },
                Next::Close => {
                    let reason = Utf8Bytes::from_static("the notebook was closed");
                    let close = CloseFrame { code: close_code::AWAY, reason };
                    // It may be gone.
                    let _ = sink.send(Frame::Close(Some(close))).await;
                    return;
                }
            },
            _ = ping.tick() => sink.send(Frame::Ping(Vec::new().into())).await,
        };
        if sent.is_err() {
            return;
        }
    }
}

async fn read(mut stream: SplitStream<WebSocket>, seat: &Seat) {
    let mut heard = Instant::now();
    while heard.elapsed() < SILENCE {
        let Ok(frame) = timeout(SILENCE, stream.next()).await else { return };
        heard = Instant::now();
        let text = match frame {
            Some(Ok(Frame::Text(text))) => text,
            Some(Ok(Frame::Ping(_) | Frame::Pong(_))) => continue,
            // Bytes mean nothing here.
            _ => return,
        };
        let Some(message) = understand(seat.client, &text) else { return };
        if seat.room.send(message).await.is_err() {
            return;
        }
    }
}

/// What a page says; none for what no page of ours would say.
fn understand(client: u32, text: &str) -> Option<Message> {
    let error = match serde_json::from_str::<FromPage>(text) {
        Ok(word) => return Some(Message::Said(client, word)),
        Err(error) => error,
    };
    match serde_json::from_str::<Partly>(&without_lone_surrogates(text)).ok()? {
        Partly::Edit { cell } => Some(Message::Garbled(client, cell)),
        Partly::Ask { id } => Some(Message::Senseless(client, id, error.to_string())),
    }
}

/// As much of a word as is needed to answer it.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Partly {
    Edit { cell: CellId },
    Ask { id: u32 },
}

/// JSON in which halves of characters (`\ud83d` without the other) are replaced: no text of
/// ours can hold them.
fn without_lone_surrogates(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        clean.push_str(&rest[..at]);
        rest = &rest[at..];
        let unit = |text: &str| {
            let digits = text.strip_prefix("\\u")?.get(..4)?;
            u16::from_str_radix(digits, 16).ok()
        };
        let length = match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => {
                clean.push_str("\\ufffd");
                rest = &rest[6..];
                continue;
            }
            // Whatever is escaped goes with its backslash.
            _ => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        };
        clean.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    clean.push_str(rest);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_a_character_is_told_from_a_whole_one() {
        let check = |text: &str, clean: &str| assert_eq!(without_lone_surrogates(text), clean);
        check(r#""a\ud83d\ude00b""#, r#""a\ud83d\ude00b""#);
        check(r#""a\ud83db""#, r#""a\ufffdb""#);
        check(r#""\ude00\ud83d""#, r#""\ufffd\ufffd""#);
        check(r#""\\ud83d\n\"é""#, r#""\\ud83d\n\"é""#);
        check(r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#);
        check(r"\", r"\");
        check(r"\ud8", r"\ud8");
    }

    #[test]
    fn what_cannot_be_understood_is_answered_where_it_can() {
        let half = r#"{"edit":{"cell":"a","version":0,"updates":[{"changes":[[0,"\ud83d"]]}]}}"#;
        assert!(
            matches!(understand(1, half), Some(Message::Garbled(1, cell)) if cell.as_str() == "a")
        );
        let newer = r#"{"ask":{"id":5,"request":{"request":"fly"}}}"#;
        assert!(matches!(understand(1, newer), Some(Message::Senseless(1, 5, _))));
        let save = r#"{"save":{}}"#;
        assert!(matches!(understand(1, save), Some(Message::Said(1, FromPage::Save {}))));
        for nonsense in ["", "{}", "[]", "null", r#"{"other":1}"#, r#"{"edit":3}"#] {
            assert!(understand(1, nonsense).is_none(), "{nonsense}");
        }
    }
}
