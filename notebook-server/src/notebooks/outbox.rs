//! What waits for one page. A page that reads too slowly isn't waited for: what waits is
//! dropped, and when it has read the rest it gets a snapshot instead.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::Notify;

/// What may wait for a page, in bytes.
const WAITING: usize = 8 << 20;

/// The frames that wait for one page.
#[derive(Debug, Default)]
pub struct Outbox {
    /// Written by the room, read by the page's connection; held for no longer than a push.
    waiting: Mutex<Waiting>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    frames: VecDeque<(Kind, Utf8Bytes)>,
    bytes: usize,
    /// Frames were dropped: nothing but answers is taken before a snapshot.
    behind: bool,
    /// A snapshot was asked for.
    asked: bool,
    closed: bool,
}

/// Whether a snapshot makes a frame needless.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It does.
    News,
    /// It doesn't: the page waits for it.
    Answer,
    /// It is one.
    Snapshot,
}

/// What a page's connection is to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Send this.
    Frame(Utf8Bytes),
    /// Ask for a snapshot.
    CatchUp,
    /// End.
    Close,
}

impl Outbox {
    /// Adds a frame.
    pub fn push(&self, kind: Kind, frame: Utf8Bytes) {
        let mut waiting = self.waiting();
        match kind {
            Kind::Snapshot => {
                // What it takes the place of.
                waiting.drop_news();
                waiting.behind = false;
                waiting.asked = false;
            }
            Kind::News if waiting.behind => return,
            Kind::News if waiting.bytes + frame.len() > WAITING => {
                waiting.drop_news();
                waiting.behind = true;
                drop(waiting);
                self.changed.notify_one();
                return;
            }
            Kind::News | Kind::Answer => {}
        }
        waiting.bytes += frame.len();
        waiting.frames.push_back((kind, frame));
        drop(waiting);
        self.changed.notify_one();
    }

    /// Ends the connection when what waits is sent.
    pub fn close(&self) {
        self.waiting().closed = true;
        self.changed.notify_one();
    }

    /// What to do next. To be asked by one task alone.
    pub async fn next(&self) -> Next {
        loop {
            let changed = self.changed.notified();
            if let Some(next) = self.waiting().take() {
                return next;
            }
            changed.await;
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn take(&mut self) -> Option<Next> {
        if let Some((_, frame)) = self.frames.pop_front() {
            self.bytes -= frame.len();
            return Some(Next::Frame(frame));
        }
        if self.closed {
            return Some(Next::Close);
        }
        (self.behind && !std::mem::replace(&mut self.asked, true)).then_some(Next::CatchUp)
    }

    fn drop_news(&mut self) {
        self.frames.retain(|(kind, _)| *kind == Kind::Answer);
        self.bytes = self.frames.iter().map(|(_, frame)| frame.len()).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(text: &str) -> Next {
        Next::Frame(Utf8Bytes::from(text.to_owned()))
    }

    #[tokio::test]
    async fn a_page_that_is_behind_gets_its_answers_and_a_snapshot() {
        let outbox = Outbox::default();
        let push = |kind, text: &str| outbox.push(kind, Utf8Bytes::from(text.to_owned()));
        push(Kind::News, "one");
        push(Kind::Answer, "answer");
        push(Kind::News, &"x".repeat(WAITING));
        push(Kind::News, "two");
        assert_eq!(outbox.next().await, frame("answer"));
        assert_eq!(outbox.next().await, Next::CatchUp);
        // What happens before the snapshot is in it.
        push(Kind::News, "three");
        push(Kind::Answer, "second answer");
        push(Kind::Snapshot, "all");
        push(Kind::News, "four");
        for expected in ["second answer", "all", "four"] {
            assert_eq!(outbox.next().await, frame(expected));
        }
        outbox.close();
        assert_eq!(outbox.next().await, Next::Close);
    }

    #[tokio::test]
    async fn one_that_keeps_up_gets_everything() {
        let outbox = Outbox::default();
        for number in 0..10_000 {
            outbox.push(Kind::News, Utf8Bytes::from(number.to_string()));
        }
        for number in 0..10_000 {
            assert_eq!(outbox.next().await, frame(&number.to_string()));
        }
    }
}
