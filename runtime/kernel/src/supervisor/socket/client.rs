//! Attaches to a supervisor in another process.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::path::Path;

use tokio::io::BufReader;
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

use super::place::{Error, Holder};
use super::words::{ToClient, ToServer, VERSION};
use crate::protocol::{self, Problem, receive, send};
use crate::supervisor::{Numbered, Reply, Request};

/// A connection to a supervisor, for one task at a time.
#[derive(Debug)]
pub struct Attached {
    /// The session.
    pub session: String,
    /// The number of the next event, as of the welcome.
    pub next: u64,
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    asked: u64,
    events: VecDeque<Numbered>,
    answers: HashMap<u64, Result<Reply, Problem>>,
}

/// Attaches to the supervisor whose socket is at a path, to read events from a number on, or
/// those that are to come.
///
/// # Errors
/// When nobody serves it, or it refuses.
pub async fn attach(socket: &Path, from: Option<u64>) -> Result<Attached, Error> {
    let failed = |why: io::Error| Error::Io { path: socket.to_owned(), why };
    let broken = |error: protocol::Error| failed(io::Error::other(error.to_string()));
    let secret = Holder::of(socket)?.secret;
    let stream = UnixStream::connect(socket).await.map_err(failed)?;
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    let hello = ToServer::Hello { version: VERSION, secret, from };
    send(&mut writer, &hello).await.map_err(broken)?;
    match receive(&mut reader).await.map_err(broken)? {
        Some(ToClient::Welcome { session, next, .. }) => Ok(Attached {
            session,
            next,
            reader,
            writer,
            asked: 0,
            events: VecDeque::new(),
            answers: HashMap::new(),
        }),
        Some(ToClient::Refused { message }) => Err(Error::Refused { message }),
        _ => Err(Error::Refused { message: "it says nothing".to_owned() }),
    }
}

impl Attached {
    /// Asks something. Events that come meanwhile wait for [`Attached::event`].
    ///
    /// # Errors
    /// Why it can't be done.
    pub async fn ask(&mut self, request: Request) -> Result<Reply, Problem> {
        self.asked += 1;
        let id = self.asked;
        let sent = send(&mut self.writer, &ToServer::Ask { id, request }).await;
        sent.map_err(|error| lost(&error))?;
        loop {
            if let Some(answer) = self.answers.remove(&id) {
                return answer;
            }
            if !self.read().await.map_err(|error| lost(&error))? {
                return Err(lost(&protocol::Error::Cut));
            }
        }
    }

    /// The next event; none when the session is over.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn event(&mut self) -> Result<Option<Numbered>, protocol::Error> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(Some(event));
            }
            if !self.read().await? {
                return Ok(None);
            }
        }
    }

    /// Takes the connection apart: one task asks, another hears.
    pub fn split(self) -> (Asking, Hearing) {
        let Self { reader, writer, asked, events, .. } = self;
        (Asking { writer, asked }, Hearing { reader, events })
    }

    async fn read(&mut self) -> Result<bool, protocol::Error> {
        match receive(&mut self.reader).await? {
            Some(ToClient::Event(event)) => self.events.push_back(event),
            Some(ToClient::Answer { id, reply, problem }) => {
                self.answers.insert(id, answer_of(reply, problem));
            }
            Some(_) => {}
            None => return Ok(false),
        }
        Ok(true)
    }
}

/// The half of a connection that asks.
#[derive(Debug)]
pub struct Asking {
    writer: OwnedWriteHalf,
    asked: u64,
}

impl Asking {
    /// Asks something; gives the number of its answer.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn ask(&mut self, request: Request) -> Result<u64, protocol::Error> {
        self.asked += 1;
        send(&mut self.writer, &ToServer::Ask { id: self.asked, request }).await?;
        Ok(self.asked)
    }
}

/// The half of a connection that hears.
#[derive(Debug)]
pub struct Hearing {
    reader: BufReader<OwnedReadHalf>,
    events: VecDeque<Numbered>,
}

/// What a supervisor says to who is attached.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one exists at a time")]
pub enum Heard {
    /// Something happened.
    Event(Numbered),
    /// The answer to the question of that number.
    Answer(u64, Result<Reply, Problem>),
}

impl Hearing {
    /// What comes next; none when the session is over.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn next(&mut self) -> Result<Option<Heard>, protocol::Error> {
        if let Some(event) = self.events.pop_front() {
            return Ok(Some(Heard::Event(event)));
        }
        loop {
            return Ok(match receive(&mut self.reader).await? {
                Some(ToClient::Event(event)) => Some(Heard::Event(event)),
                Some(ToClient::Answer { id, reply, problem }) => {
                    Some(Heard::Answer(id, answer_of(reply, problem)))
                }
                Some(_) => continue,
                None => None,
            });
        }
    }
}

fn answer_of(reply: Option<Reply>, problem: Option<Problem>) -> Result<Reply, Problem> {
    let unsaid = || Problem { message: "no answer".to_owned(), hint: None };
    reply.ok_or_else(|| problem.unwrap_or_else(unsaid))
}

fn lost(error: &protocol::Error) -> Problem {
    let hint = Some("attach again; the session goes on".to_owned());
    Problem { message: format!("the kernel can't be heard: {error}"), hint }
}
