//! The loop of a process that runs cells: requests in, answers out, one cell at a time.

use std::collections::VecDeque;
use std::fmt::Display;
use std::future::Future;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use flownote_kernel::protocol::{self, Answer, Request, Welcome, receive};
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// How long a cell that was told to stop is waited for before the next may begin.
const STOPPING: Duration = Duration::from_secs(5);

/// What a broken conversation ends the process with.
const BROKEN: i32 = 1;

/// What runs the cells of one session.
pub trait Host: Sized + Send + Sync + 'static {
    /// The name of the threads that serve it.
    const THREADS: &'static str;

    /// Takes up a session.
    fn new(welcome: &Welcome, say: Say) -> Result<Self, impl Display>;

    /// The answer to the welcome.
    fn ready(&self, executable: &str) -> Answer;

    /// Answers what is answered while a cell runs; gives back what must wait its turn.
    fn at_once(&self, request: Request) -> Option<Request>;

    /// A cell is about to begin, which is to stop at once if it was interrupted before.
    fn begin(&self, interrupted: bool);

    /// Has the cell that runs stop.
    fn interrupt(&self);

    /// Performs a request that waited its turn.
    fn perform(self: Arc<Self>, request: Request) -> impl Future<Output = ()> + Send;
}

/// Where answers go. Cheap to clone; what is said after the connection closed is lost.
#[derive(Clone, Debug)]
pub struct Say {
    frames: mpsc::UnboundedSender<Vec<u8>>,
    waiting: Arc<AtomicUsize>,
}

impl Say {
    /// Says something; what is too long to be sent becomes a line in the log.
    pub fn say(&self, answer: &Answer) {
        let frame = protocol::encode(answer).or_else(|error| {
            let text = format!("an answer was left out: {error}");
            protocol::encode(&Answer::Log { level: "error".into(), text })
        });
        if let Ok(frame) = frame {
            self.waiting.fetch_add(frame.len(), Ordering::Relaxed);
            let _ = self.frames.send(frame);
        }
    }

    /// How many bytes were said and not yet sent.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

/// Serves until the supervisor says `shutdown` or goes away.
pub fn serve<H: Host>(socket: OwnedFd, executable: String) -> io::Result<i32> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().thread_name(H::THREADS).enable_all().build()?;
    let code = runtime.block_on(async {
        let socket = StdStream::from(socket);
        socket.set_nonblocking(true)?;
        let (reader, writer) = UnixStream::from_std(socket)?.into_split();
        let (frames, waiting) = mpsc::unbounded_channel();
        let (requests, heard) = mpsc::unbounded_channel();
        let say = Say { frames, waiting: Arc::default() };
        let writing = tokio::spawn(write(writer, waiting, Arc::clone(&say.waiting)));
        let reading = tokio::spawn(read(reader, requests));
        let code = converse::<H>(heard, say, executable).await;
        reading.abort();
        // The last answers are on their way.
        let _ = tokio::time::timeout(STOPPING, writing).await;
        Ok(code)
    });
    // A guest or a query that can't be stopped doesn't keep the process.
    runtime.shutdown_timeout(Duration::from_millis(100));
    code
}

async fn write(
    mut writer: OwnedWriteHalf,
    mut frames: mpsc::UnboundedReceiver<Vec<u8>>,
    waiting: Arc<AtomicUsize>,
) {
    while let Some(frame) = frames.recv().await {
        if writer.write_all(&frame).await.is_err() {
            return;
        }
        waiting.fetch_sub(frame.len(), Ordering::Relaxed);
    }
}

type Heard = Result<Request, protocol::Error>;

async fn read(mut reader: OwnedReadHalf, requests: mpsc::UnboundedSender<Heard>) {
    loop {
        let heard = match receive(&mut reader).await {
            Ok(Some(request)) => Ok(request),
            Ok(None) => return,
            Err(error) => Err(error),
        };
        let last = heard.is_err();
        if requests.send(heard).is_err() || last {
            return;
        }
    }
}

async fn converse<H: Host>(
    mut heard: mpsc::UnboundedReceiver<Heard>,
    say: Say,
    executable: String,
) -> i32 {
    let mut host: Option<Arc<H>> = None;
    let mut waiting: VecDeque<Request> = VecDeque::new();
    let mut running: Option<JoinHandle<()>> = None;
    let is_cell = |request: &Request| matches!(request, Request::Execute(_));
    // Whether what runs is a cell, and whether one that waits was interrupted.
    let (mut executes, mut interrupted) = (false, false);
    loop {
        while running.is_none() {
            let (Some(host), Some(request)) = (&host, waiting.pop_front()) else { break };
            executes = is_cell(&request);
            if executes {
                host.begin(std::mem::take(&mut interrupted));
            }
            let host = Arc::clone(host);
            running = Some(tokio::spawn(async move { host.perform(request).await }));
        }
        let request = tokio::select! {
            request = heard.recv() => request,
            () = finished(&mut running) => {
                running = None;
                continue;
            }
        };
        match request {
            // The supervisor is gone, and whatever runs with it.
            None => return 0,
            Some(Err(error)) => {
                say.say(&Answer::Log { level: "error".into(), text: error.to_string() });
                return BROKEN;
            }
            Some(Ok(Request::Shutdown {})) => {
                if let Some(host) = &host {
                    host.interrupt();
                }
                return 0;
            }
            // It is for the cell that was sent last, and for no other.
            Some(Ok(Request::Interrupt {})) => match &host {
                Some(_) if waiting.iter().any(is_cell) => interrupted = true,
                Some(host) if executes && running.is_some() => host.interrupt(),
                _ => {}
            },
            Some(Ok(Request::Welcome(welcome))) => match H::new(&welcome, say.clone()) {
                Ok(new) => {
                    say.say(&new.ready(&executable));
                    host = Some(Arc::new(new));
                }
                Err(error) => {
                    say.say(&Answer::Log { level: "error".into(), text: error.to_string() });
                    return BROKEN;
                }
            },
            Some(Ok(request)) => match &host {
                None => {
                    let text = "a request came before the welcome".into();
                    say.say(&Answer::Log { level: "error".into(), text });
                    return BROKEN;
                }
                Some(host) => {
                    if let Some(request) = host.at_once(request) {
                        waiting.push_back(request);
                    }
                }
            },
        }
    }
}

/// Waits for the end of what runs; for ever when nothing does.
async fn finished(running: &mut Option<JoinHandle<()>>) {
    match running {
        // A panic was told by whoever ran the cell.
        Some(task) => drop(task.await),
        None => std::future::pending().await,
    }
}
