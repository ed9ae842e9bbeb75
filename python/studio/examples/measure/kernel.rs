//! A kernel on a thread of its own, and a connection to its socket.

use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use flownote_kernel::supervisor::socket::{Attached, Claim, Server, attach};
use flownote_kernel::supervisor::{
    Event, InterpreterState, Manner, Numbered, Options, Request, Service,
};
use flownote_notebook::session::{FinishStatus, RunRequest};
use flownote_notebook::{Cell, CellId, Document, Language, NotebookId, Output};
use flownote_store::{Store, StoreOptions, StoreUrl};

use crate::{Interpreters, Outcome};

/// A notebook that is open.
pub struct Kernel {
    attached: Attached,
    thread: JoinHandle<()>,
}

/// What came of running cells.
pub struct Ran {
    /// From the request to the end of the last cell, as the server sees it.
    pub took: Duration,
    /// How many bytes of text were shown.
    pub shown: usize,
    /// How many results were taken instead of computed, and when the first was.
    pub restored: Vec<Duration>,
}

/// A code cell.
pub fn cell(id: &str, language: Language, source: &str) -> Cell {
    Cell::new(id, language, source)
}

impl Kernel {
    /// Opens a notebook in a folder, whose datastore is kept.
    pub async fn open(
        folder: &Path,
        interpreters: &Interpreters,
        cells: &[Cell],
        remember: bool,
    ) -> Outcome<Self> {
        let mut document = Document::new(cells.to_vec())?;
        document.id = Some(NotebookId::new("bench"));
        let interpreters = interpreters.0.clone();
        let (place, socket) = (folder.to_owned(), folder.join("kernel.sock"));
        let (sender, listening) = mpsc::channel();
        let at = socket.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let serve = async move {
                let url = StoreUrl::Folder(place.join("store"));
                let store = Store::open(&url, StoreOptions::default()).await.expect("a store");
                let mut options = Options::new(document, place, store);
                options.interpreters = interpreters;
                options.user = "bench".to_owned();
                options.remember = remember;
                let (service, handle) = Service::new(options).expect("a session");
                let claim = Claim::take(&at, "bench").expect("a socket that is free");
                let orphaned = Duration::from_secs(600);
                let server = Server::new(claim, handle, orphaned).expect("a socket");
                let serving = tokio::task::spawn_local(server.run());
                // Who waits for it is below.
                let _ = sender.send(());
                service.run(std::future::pending()).await;
                let _ = serving.await;
            };
            tokio::task::LocalSet::new().block_on(&runtime.expect("a runtime"), serve);
        });
        listening.recv()?;
        Ok(Self { attached: attach(&socket, Some(0)).await?, thread })
    }

    /// Waits until the interpreter of a language answers.
    pub async fn ready(&mut self, language: Language) -> Outcome<()> {
        self.attached.ask(Request::Runtime { language }).await.map_err(|it| it.message)?;
        let ready = |event: &Event| {
            matches!(event, Event::Interpreter { language: it, state: InterpreterState::Ready { .. } }
                if *it == language)
        };
        self.until(ready).await.map(drop)
    }

    /// Runs cells until nothing runs any more. They must end well.
    pub async fn run(&mut self, cells: &[&str]) -> Outcome<Ran> {
        let cells = cells.iter().map(|cell| CellId::new(*cell)).collect();
        self.request(RunRequest::Cells { cells }).await
    }

    /// Runs cells until nothing runs any more. They must end well.
    pub async fn request(&mut self, run: RunRequest) -> Outcome<Ran> {
        let began = Instant::now();
        self.ask(run).await?;
        let mut ran = Ran { took: Duration::ZERO, shown: 0, restored: Vec::new() };
        loop {
            let event = self.next().await?;
            match &event.event {
                Event::Finished { status: FinishStatus::Ok, .. } => ran.took = began.elapsed(),
                Event::Finished { .. } | Event::Refused { .. } => {
                    return Err(format!("a cell failed: {event:?}").into());
                }
                Event::Restored { .. } => ran.restored.push(began.elapsed()),
                Event::Output { output: Output::Stream { text, .. }, .. } => {
                    ran.shown += text.len();
                }
                Event::Output { output: error @ Output::Error { .. }, .. } => {
                    return Err(format!("{error:?}").into());
                }
                Event::Idle => return Ok(ran),
                _ => {}
            }
        }
    }

    /// Begins to run a cell that doesn't end by itself; waits until it shows something.
    pub async fn begin(&mut self, cell: &str) -> Outcome<()> {
        self.ask(RunRequest::Cells { cells: vec![CellId::new(cell)] }).await?;
        self.until(|event| matches!(event, Event::Output { execution: Some(_), .. })).await
    }

    /// Interrupts what runs; returns how long it took to end.
    pub async fn interrupt(&mut self) -> Outcome<Duration> {
        let began = Instant::now();
        self.attached.ask(Request::Interrupt).await.map_err(|it| it.message)?;
        let ended = |event: &Event| {
            matches!(event, Event::Finished { status: FinishStatus::Interrupted, .. })
        };
        self.until(ended).await?;
        let took = began.elapsed();
        self.until(|event| matches!(event, Event::Idle)).await?;
        Ok(took)
    }

    /// Ends the session.
    pub async fn close(mut self) -> Outcome<()> {
        self.attached.ask(Request::Shutdown).await.map_err(|it| it.message)?;
        while self.attached.event().await.is_ok_and(|event| event.is_some()) {}
        self.thread.join().map_err(|_| "the session panicked".into())
    }

    async fn ask(&mut self, run: RunRequest) -> Outcome<()> {
        let request = Request::Run { run, manner: Manner::default() };
        self.attached.ask(request).await.map(drop).map_err(|problem| problem.message.into())
    }

    async fn until(&mut self, stop: impl Fn(&Event) -> bool) -> Outcome<()> {
        while !stop(&self.next().await?.event) {}
        Ok(())
    }

    async fn next(&mut self) -> Outcome<Numbered> {
        Ok(self.attached.event().await?.ok_or("the session is over")?)
    }
}
