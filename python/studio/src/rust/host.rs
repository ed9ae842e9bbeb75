//! [`Host`]: answers a supervisor, and has cells run on their own thread.

use std::fmt::Display;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

use flownote_kernel::protocol::{Answer, Ready, Request, Runtime, VERSION, Welcome};
use tokio::sync::oneshot;

use super::asking::{self, Names};
use super::cells::{Cells, Shared};
use super::crash;
use super::ready::Getting;
use super::streams::Streams;
use crate::interpreter::serve::{self, Say};

/// How much stack cells have: as much as the main thread of a program, eight times over.
const STACK: usize = 64 << 20;

type Task = Box<dyn FnOnce(&mut Cells) + Send>;

/// What runs the Rust cells of one session.
pub struct Host {
    shared: Arc<Shared>,
    tasks: mpsc::Sender<Task>,
    version: Option<String>,
}

/// Stands for the cells' thread: without it nobody would answer any more. A fault of ours
/// there ends the process, and the supervisor says that it ended.
struct Lasting;

impl Drop for Lasting {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("flownote: the thread that runs cells failed");
            std::process::abort();
        }
    }
}

impl Host {
    fn open(welcome: &Welcome, say: Say) -> io::Result<Self> {
        if welcome.version != VERSION {
            return Err(io::Error::other(format!(
                "the supervisor speaks version {} of the protocol, and this is {VERSION}",
                welcome.version
            )));
        }
        // Cells run in the notebook's folder, as far as it is there.
        let _ = std::env::set_current_dir(&welcome.folder);
        let stop = Arc::new(AtomicBool::new(false));
        let getting = Getting::new(&stop);
        let version = getting.toolchain().map(|found| found.version.clone());
        let (streams, raw) = Streams::take(say.clone())?;
        crash::watch(raw)?;
        let shared = Arc::new(Shared { say, streams, stop, names: Names::default() });
        let (tasks, waiting) = mpsc::channel::<Task>();
        let (own, values) = (Arc::clone(&shared), welcome.values.clone());
        let work = move || {
            let _lasting = Lasting;
            crash::watch_stack();
            let mut cells = Cells::new(own, values, getting);
            for task in waiting {
                task(&mut cells);
            }
            // What is left is dropped with the process: user code runs in cells only.
            std::mem::forget(cells);
        };
        std::thread::Builder::new()
            .name("flownote-cell".to_owned())
            .stack_size(STACK)
            .spawn(work)?;
        Ok(Self { shared, tasks, version })
    }

    /// Has something done on the cells' thread, and waits for it.
    async fn on_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Cells) -> T + Send + 'static,
    ) -> Option<T> {
        let (sender, receiver) = oneshot::channel();
        let task = move |cells: &mut Cells| drop(sender.send(work(cells)));
        self.tasks.send(Box::new(task)).ok()?;
        receiver.await.ok()
    }
}

impl serve::Host for Host {
    const THREADS: &'static str = "flownote-rust";

    fn new(welcome: &Welcome, say: Say) -> Result<Self, impl Display> {
        Self::open(welcome, say)
    }

    fn ready(&self, executable: &str) -> Answer {
        let version = self.version.clone().unwrap_or_else(|| "none".to_owned());
        let minor: Vec<&str> = version.split('.').take(2).collect();
        Answer::Ready(Box::new(Ready {
            version: VERSION,
            pid: std::process::id(),
            languages: vec!["rust".into()],
            runtime: Runtime {
                name: format!("rust-{}", minor.join(".")),
                version,
                platform: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
                executable: executable.to_owned(),
            },
            banner: None,
        }))
    }

    fn at_once(&self, request: Request) -> Option<Request> {
        let names = &self.shared.names;
        match request {
            Request::Complete { request, code, cursor } => {
                self.shared.say.say(&asking::complete(names, request, &code, cursor));
            }
            Request::Inspect { request, code, cursor, .. } => {
                self.shared.say.say(&asking::inspect(names, request, &code, cursor));
            }
            Request::IsComplete { request, code } => {
                self.shared.say.say(&asking::is_complete(request, &code));
            }
            // No cell here asks for input or has widgets.
            Request::InputReply { .. } | Request::Comm(_) | Request::Spill { .. } => {}
            // Its compiler says more when the cell runs.
            Request::Diagnose { request, code, .. } => {
                let mistakes =
                    flownote_kernel::supervisor::diagnose(flownote_notebook::Language::Rust, &code);
                self.shared.say.say(&Answer::Diagnosed { request, mistakes });
            }
            other => return Some(other),
        }
        None
    }

    fn begin(&self, interrupted: bool) {
        self.shared.stop.store(interrupted, Ordering::Relaxed);
    }

    fn interrupt(&self) {
        self.shared.stop.store(true, Ordering::Relaxed);
    }

    async fn perform(self: Arc<Self>, request: Request) {
        let say = self.shared.say.clone();
        match request {
            Request::Execute(execute) => {
                say.say(&Answer::Started { execution: execute.execution });
                let finished = self.on_thread(move |cells| {
                    let finished = cells.execute(&execute);
                    cells.meanwhile();
                    finished
                });
                if let Some(finished) = finished.await {
                    say.say(&Answer::Finished(Box::new(finished)));
                }
            }
            Request::Define { version, values } => {
                self.on_thread(move |cells| cells.define(version, values)).await;
            }
            Request::Export { request, names, common, at_most } => {
                let values = self.on_thread(move |cells| cells.export(names, common, at_most));
                let values = values.await.unwrap_or_default();
                say.say(&Answer::Exported { request, values });
            }
            Request::Modules { request, .. } => {
                say.say(&Answer::Modules { request, found: Default::default() });
            }
            Request::Reload { request, modules } => {
                let why = "cells of Rust have no modules";
                let refused = modules.into_iter().map(|name| (name, why.to_owned())).collect();
                say.say(&Answer::Reloaded {
                    request,
                    done: vec![],
                    refused,
                    found: Default::default(),
                });
            }
            Request::Forget { versions } => {
                self.on_thread(move |cells| cells.forget(&versions)).await;
            }
            // Answered at once, or by the loop itself.
            _ => {}
        }
    }
}
