//! The connection to a notebook's supervisor: found or started, then asked and heard.

use std::collections::HashMap;

use flownote_kernel::protocol::Problem;
use flownote_kernel::supervisor::socket::{Attached, Heard, Hearing, attach};
use flownote_kernel::supervisor::{Numbered, Reply, Request, Seen};
use flownote_notebook::Document;
use tokio::sync::mpsc;

use super::kernels::{Kernels, Place};
use super::room::Message;

/// So many words of a supervisor wait for the room; then the supervisor waits.
const HEARD: usize = 64;

/// What becomes of a link.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "most are events, and each is passed on at once")]
pub enum News {
    /// It is there. `started` says whether for this room, with its document.
    Up {
        /// The session as it stands.
        seen: Box<Seen>,
        /// Whether the supervisor was started just now.
        started: bool,
    },
    /// Something happened.
    Event(Numbered),
    /// The answer to the question with this token.
    Answer(u64, Result<Reply, Problem>),
    /// It is over: the session ended, or could not begin.
    Down(Option<Problem>),
}

/// The way to a supervisor. Dropped, the connection ends and the supervisor goes on.
#[derive(Debug)]
pub struct Link {
    /// Tells its news from those of links before it.
    pub number: u64,
    commands: mpsc::UnboundedSender<(u64, Request)>,
}

impl Link {
    /// Looks for a notebook's supervisor; starts one when there is none and a document is
    /// given. News go to the room.
    pub fn open(
        number: u64,
        kernels: Kernels,
        place: Place,
        document: Option<Box<Document>>,
        room: mpsc::Sender<Message>,
    ) -> Self {
        let (commands, asked) = mpsc::unbounded_channel();
        let relay = Relay { number, room, waiting: HashMap::new() };
        tokio::spawn(async move {
            let (relay, problem) = relay.run(kernels, place, document, asked).await;
            // The room may be gone.
            let _ = relay.room.send(Message::News(number, News::Down(problem))).await;
        });
        Self { number, commands }
    }

    /// Asks something; the answer comes with the token.
    pub fn ask(&self, token: u64, request: Request) {
        // A link that went down says so by itself.
        let _ = self.commands.send((token, request));
    }
}

struct Relay {
    number: u64,
    room: mpsc::Sender<Message>,
    /// Whose answer each question's is.
    waiting: HashMap<u64, u64>,
}

impl Relay {
    async fn run(
        mut self,
        kernels: Kernels,
        place: Place,
        document: Option<Box<Document>>,
        asked: mpsc::UnboundedReceiver<(u64, Request)>,
    ) -> (Self, Option<Problem>) {
        let socket = kernels.socket(&place.file);
        let mut started = false;
        let attached = match attach(&socket, None).await {
            Ok(attached) => attached,
            Err(_) => {
                let Some(document) = document else { return (self, None) };
                if let Err(problem) = kernels.start(&place, &document).await {
                    return (self, Some(problem));
                }
                started = true;
                match attach(&socket, None).await {
                    Ok(attached) => attached,
                    Err(error) => {
                        let hint = flownote_flow::help::Help::hint(&error);
                        return (self, Some(Problem { message: error.to_string(), hint }));
                    }
                }
            }
        };
        let problem = self.relay(attached, started, asked).await;
        (self, problem)
    }

    /// Carries words in both directions until one side ends.
    async fn relay(
        &mut self,
        mut attached: Attached,
        started: bool,
        mut asked: mpsc::UnboundedReceiver<(u64, Request)>,
    ) -> Option<Problem> {
        // Events that come meanwhile wait in the connection.
        let seen = match attached.ask(Request::Look).await {
            Ok(Reply::Seen(seen)) => seen,
            Ok(_) => return None,
            Err(problem) => return Some(problem),
        };
        let next = seen.next;
        self.tell(News::Up { seen, started }).await?;
        let (mut asking, hearing) = attached.split();
        let (heard_sender, mut heard) = mpsc::channel(HEARD);
        let reader = tokio::spawn(hear(hearing, heard_sender));
        let problem = loop {
            tokio::select! {
                command = asked.recv() => {
                    let Some((token, request)) = command else { break None };
                    match asking.ask(request).await {
                        Ok(id) => drop(self.waiting.insert(id, token)),
                        Err(_) => break None,
                    }
                }
                word = heard.recv() => {
                    let news = match word {
                        Some(Heard::Event(event)) if event.seq < next => continue,
                        Some(Heard::Event(event)) => News::Event(event),
                        Some(Heard::Answer(id, answer)) => match self.waiting.remove(&id) {
                            Some(token) => News::Answer(token, answer),
                            None => continue,
                        },
                        None => break None,
                    };
                    if self.tell(news).await.is_none() {
                        break None;
                    }
                }
            }
        };
        reader.abort();
        problem
    }

    /// None when nobody listens.
    async fn tell(&self, news: News) -> Option<()> {
        self.room.send(Message::News(self.number, news)).await.ok()
    }
}

/// Reading is not to be broken off within a frame: it has a task of its own.
async fn hear(mut hearing: Hearing, heard: mpsc::Sender<Heard>) {
    while let Ok(Some(word)) = hearing.next().await {
        if heard.send(word).await.is_err() {
            return;
        }
    }
}
