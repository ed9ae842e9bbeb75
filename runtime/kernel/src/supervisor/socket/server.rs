//! Serves a [`Handle`] to whoever says the secret.

use std::io;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncWriteExt, BufReader, BufWriter};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::place::{Claim, Error};
use super::words::{ToClient, ToServer, VERSION};
use crate::protocol::{self, receive, send};
use crate::supervisor::{Handle, Subscription};

/// How long somebody may take to say the first word.
const HELLO: Duration = Duration::from_secs(5);
/// Answers that wait for a slow reader, before who asks is made to wait.
const ANSWERS: usize = 64;

/// Serves a session's socket.
pub struct Server {
    claim: Rc<Claim>,
    listener: UnixListener,
    handle: Handle,
    orphaned: Duration,
}

impl Server {
    /// Begins to listen. The session is ended when it is idle and nobody was attached for
    /// the time that `orphaned` says.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn new(claim: Claim, handle: Handle, orphaned: Duration) -> Result<Self, Error> {
        let listener = claim.listen()?;
        Ok(Self { claim: Rc::new(claim), listener, handle, orphaned })
    }

    /// Serves until the session is over. To be run in a [`tokio::task::LocalSet`].
    pub async fn run(self) {
        let mut over = std::pin::pin!(self.handle.commands.closed());
        // Each connection holds one end; when all are gone nobody is attached.
        let attached = Rc::new(());
        let mut alone_since = Instant::now();
        let mut look = tokio::time::interval(self.orphaned.min(Duration::from_secs(60)) / 2);
        loop {
            tokio::select! {
                () = &mut over => return,
                accepted = self.listener.accept() => {
                    let Ok((stream, _)) = accepted else { continue };
                    let connection = Connection {
                        claim: Rc::clone(&self.claim),
                        handle: self.handle.clone(),
                        _attached: Rc::clone(&attached),
                    };
                    tokio::task::spawn_local(connection.serve(stream));
                }
                _ = look.tick() => {
                    let busy = Rc::strong_count(&attached) > 1
                        || !self.handle.look().await.is_ok_and(|seen| seen.idle);
                    if busy {
                        alone_since = Instant::now();
                    } else if alone_since.elapsed() >= self.orphaned {
                        self.handle.shut_down().await;
                    }
                }
            }
        }
    }
}

/// One that is attached.
struct Connection {
    claim: Rc<Claim>,
    handle: Handle,
    _attached: Rc<()>,
}

impl Connection {
    /// Whoever breaks off, or speaks nonsense, is let go.
    async fn serve(self, stream: UnixStream) {
        let (reader, mut writer) = stream.into_split();
        let mut reader = BufReader::new(reader);
        let Ok(hello) = timeout(HELLO, receive::<_, ToServer>(&mut reader)).await else { return };
        let from = match self.admit(hello) {
            Ok(from) => from,
            Err(message) => {
                let _ = send(&mut writer, &ToClient::Refused { message }).await;
                return;
            }
        };
        let next = self.handle.log.next();
        let session = self.claim.holder.session.clone();
        let welcome = ToClient::Welcome { version: VERSION, session, next };
        if send(&mut writer, &welcome).await.is_err() {
            return;
        }
        let events = self.handle.subscribe(from.unwrap_or(next));
        let (answers_sender, answers) = mpsc::channel(ANSWERS);
        tokio::select! {
            _ = write(writer, events, answers) => {}
            _ = self.read(reader, answers_sender) => {}
        }
    }

    fn admit(
        &self,
        hello: Result<Option<ToServer>, protocol::Error>,
    ) -> Result<Option<u64>, String> {
        match hello {
            Ok(Some(ToServer::Hello { version, .. })) if version != VERSION => {
                Err(format!("this kernel speaks version {VERSION}, not {version}"))
            }
            Ok(Some(ToServer::Hello { secret, from, .. })) => {
                // Digests take the same time to compare wherever they differ.
                let digest = |text: &str| blake3::hash(text.as_bytes());
                let known = digest(&secret) == digest(&self.claim.holder.secret);
                if known { Ok(from) } else { Err("the secret is wrong".to_owned()) }
            }
            _ => Err("the first word is `hello`".to_owned()),
        }
    }

    async fn read(
        &self,
        mut reader: BufReader<OwnedReadHalf>,
        answers: mpsc::Sender<ToClient>,
    ) -> Result<(), protocol::Error> {
        while let Some(word) = receive(&mut reader).await? {
            let ToServer::Ask { id, request } = word else { continue };
            let (asked, answers) = (self.handle.begin(request), answers.clone());
            // An answer may take long, and the next question may be an interrupt.
            tokio::task::spawn_local(async move {
                let (reply, problem) = match asked.await {
                    Ok(reply) => (Some(reply), None),
                    Err(problem) => (None, Some(problem)),
                };
                // Who asked may have gone.
                let _ = answers.send(ToClient::Answer { id, reply, problem }).await;
            });
        }
        Ok(())
    }
}

/// Words that are there together go together: each write wakes who reads.
async fn write(
    writer: OwnedWriteHalf,
    mut events: Subscription,
    mut answers: mpsc::Receiver<ToClient>,
) -> io::Result<()> {
    let mut writer = BufWriter::new(writer);
    loop {
        let word = tokio::select! {
            // An answer tells what is so after the events before it.
            biased;
            event = events.next() => match event {
                Some(event) => ToClient::Event((*event).clone()),
                None => break,
            },
            Some(answer) = answers.recv() => answer,
            flushed = writer.flush(), if !writer.buffer().is_empty() => {
                flushed?;
                continue;
            }
        };
        send(&mut writer, &word).await.map_err(io::Error::other)?;
    }
    writer.flush().await?;
    // The session is over: its last answers are on their way.
    while let Ok(Some(answer)) = timeout(Duration::from_millis(100), answers.recv()).await {
        send(&mut writer, &answer).await.map_err(io::Error::other)?;
        writer.flush().await?;
    }
    Ok(())
}
