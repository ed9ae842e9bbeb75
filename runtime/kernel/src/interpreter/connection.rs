//! A running interpreter and the conversation with it.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nix::sys::signal::Signal;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::net::unix::pipe;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::end::{End, Ending, oom_kills};
use super::launch::Launch;
use super::process::Process;
use crate::protocol::{Answer, Error, Request, encode, receive};

/// How long a process may go on after its connection closed.
const LINGER: Duration = Duration::from_secs(2);
/// How long what a dead process wrote is waited for: a child of it may hold the pipes open.
const DRAIN: Duration = Duration::from_millis(200);
/// How much of its last words is kept.
const LAST_WORDS: usize = 4096;

/// Tells a process from the one before it and the one after it.
pub type Instance = u64;

/// Something that came from an interpreter.
#[derive(Debug)]
pub struct Heard {
    /// From which.
    pub instance: Instance,
    /// What.
    pub said: Said,
}

/// What an interpreter says or does.
#[derive(Debug)]
pub enum Said {
    /// A message.
    Answer(Answer),
    /// Something printed past the interpreter: by native code, or while it began.
    Printed {
        /// Whether to standard error.
        error: bool,
        /// What, cut at line ends where there are some.
        text: String,
    },
    /// It is gone. Nothing follows.
    Ended(End),
}

/// An interpreter that was started. It is killed when this is dropped.
#[derive(Debug)]
pub struct Interpreter {
    /// Its number.
    pub instance: Instance,
    process: Process,
    frames: mpsc::UnboundedSender<Vec<u8>>,
    why: Arc<Mutex<Option<Ending>>>,
}

impl Interpreter {
    /// Starts one. What it says goes to `heard`, which when full makes it wait.
    ///
    /// # Errors
    /// When the program can't be started.
    pub fn start(
        launch: &Launch,
        folder: &Path,
        instance: Instance,
        heard: mpsc::Sender<Heard>,
    ) -> io::Result<Self> {
        let before = oom_kills();
        let launched = launch.start(folder)?;
        launched.socket.set_nonblocking(true)?;
        let (reader, writer) = UnixStream::from_std(launched.socket)?.into_split();
        let (process, exited) = Process::watch(launched.child);
        let (frames, waiting) = mpsc::unbounded_channel();
        tokio::spawn(write(writer, waiting));
        let sender = Sender { instance, heard };
        let printed = [(launched.stdout, false), (launched.stderr, true)]
            .map(|(pipe, error)| tokio::spawn(read_pipe(pipe, error, sender.clone())));
        let reading = tokio::spawn(read(reader, sender.clone()));
        let why = Arc::new(Mutex::new(None));
        let interpreter = Self { instance, process: process.clone(), frames, why: why.clone() };
        let watch = Watch { process, exited, reading, printed, why, oom_before: before };
        tokio::spawn(watch.until_the_end(sender));
        Ok(interpreter)
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Says something. What is said to one that is gone is lost; its end is told anyway.
    ///
    /// # Errors
    /// When the message is too long to be sent.
    pub fn send(&self, request: &Request) -> Result<(), Error> {
        let _ = self.frames.send(encode(request)?);
        Ok(())
    }

    /// Sends SIGINT to it and to what it started, as a terminal does.
    pub fn signal_interrupt(&self) {
        self.process.signal(Signal::SIGINT);
    }

    /// Kills it because the user wants so.
    pub fn kill(&self) {
        self.end(Ending::Killed);
    }

    /// Asks it to end, and kills it when it doesn't within a while.
    pub fn shut_down(self, patience: Duration) {
        *self.why.lock().unwrap_or_else(PoisonError::into_inner) = Some(Ending::Asked);
        let _ = self.send(&Request::Shutdown {});
        tokio::spawn(async move {
            sleep(patience).await;
            drop(self);
        });
    }

    fn end(&self, why: Ending) {
        self.why.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
        self.process.signal(Signal::SIGKILL);
    }
}

impl Drop for Interpreter {
    fn drop(&mut self) {
        self.end(Ending::Asked);
    }
}

#[derive(Clone)]
struct Sender {
    instance: Instance,
    heard: mpsc::Sender<Heard>,
}

impl Sender {
    /// Tells; false when nobody listens any more.
    async fn tell(&self, said: Said) -> bool {
        self.heard.send(Heard { instance: self.instance, said }).await.is_ok()
    }
}

async fn write(mut writer: OwnedWriteHalf, mut waiting: mpsc::UnboundedReceiver<Vec<u8>>) {
    while let Some(frame) = waiting.recv().await {
        // The reader's side notices the end.
        if writer.write_all(&frame).await.is_err() {
            return;
        }
    }
}

async fn read(reader: OwnedReadHalf, sender: Sender) -> Result<(), Error> {
    let mut reader = tokio::io::BufReader::with_capacity(64 << 10, reader);
    while let Some(answer) = receive(&mut reader).await? {
        if !sender.tell(Said::Answer(answer)).await {
            break;
        }
    }
    Ok(())
}

/// Reads what is printed past the interpreter; returns the last of it.
async fn read_pipe(pipe: OwnedFd, error: bool, sender: Sender) -> String {
    let mut last = String::new();
    let Ok(mut pipe) = pipe::Receiver::from_owned_fd(pipe) else { return last };
    let (mut buffer, mut have) = (vec![0; 8192], 0);
    loop {
        let read = pipe.read(&mut buffer[have..]).await.unwrap_or(0);
        have += read;
        let cut = match buffer[..have].iter().rposition(|byte| *byte == b'\n') {
            Some(at) if read > 0 => at + 1,
            // Half a line waits for the rest, unless it fills the buffer or nothing follows.
            None if read > 0 && have < buffer.len() => 0,
            _ => have,
        };
        if cut > 0 {
            let text = String::from_utf8_lossy(&buffer[..cut]).into_owned();
            last.push_str(&text);
            let mut from = last.len().saturating_sub(LAST_WORDS);
            while !last.is_char_boundary(from) {
                from += 1;
            }
            last.drain(..from);
            buffer.copy_within(cut..have, 0);
            have -= cut;
            sender.tell(Said::Printed { error, text }).await;
        }
        if read == 0 {
            return last;
        }
    }
}

/// Waits for the end of one process.
struct Watch {
    process: Process,
    exited: oneshot::Receiver<i32>,
    reading: JoinHandle<Result<(), Error>>,
    printed: [JoinHandle<String>; 2],
    why: Arc<Mutex<Option<Ending>>>,
    oom_before: u64,
}

impl Watch {
    async fn until_the_end(mut self, sender: Sender) {
        let mut status = None;
        let read = tokio::select! {
            read = &mut self.reading => Some(read),
            exited = &mut self.exited => {
                status = exited.ok();
                // What it said before it went is still in the socket.
                timeout(DRAIN, &mut self.reading).await.ok()
            }
        };
        let nonsense = match read {
            Some(Ok(Err(error))) => Some(error),
            _ => None,
        };
        if status.is_none() {
            // A connection that ends in order is followed by the process; nonsense isn't.
            if nonsense.is_none() {
                status = timeout(LINGER, &mut self.exited).await.ok().and_then(Result::ok);
            }
            if status.is_none() {
                self.process.signal(Signal::SIGKILL);
                status = self.exited.await.ok();
            }
        }
        let [stdout, stderr] = self.printed;
        let (_, words) = tokio::join!(timeout(DRAIN, stdout), timeout(DRAIN, stderr));
        let last_words = words.ok().and_then(Result::ok).unwrap_or_default();
        let why = self.why.lock().unwrap_or_else(PoisonError::into_inner).take();
        let out_of_memory = self.oom_before < oom_kills();
        let ending = why
            // A process that dies in the middle of a word has died, not spoken nonsense.
            .or(nonsense
                .filter(|it| !matches!(it, Error::Cut | Error::Io(_)))
                .map(Ending::Nonsense))
            .unwrap_or(Ending::Status { status: status.unwrap_or(-1), out_of_memory });
        sender.tell(Said::Ended(End { ending, last_words })).await;
    }
}
