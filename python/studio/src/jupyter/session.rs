//! The session behind the door, in a thread of its own: a heartbeat doesn't wait for it.

use std::future::pending;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread::{Builder, JoinHandle};

use flownote_kernel::supervisor::{Handle, Options, Service};
use flownote_notebook::Document;
use flownote_notebook::session::Order;
use tokio::task::LocalSet;

use super::Start;
use crate::headless::{interpreters, open_store, runtime, settings, user};
use crate::shell::Error;

/// Where a session runs.
pub struct Place {
    folder: PathBuf,
    file: String,
    python: String,
}

impl Place {
    /// In the current folder, which is the notebook's.
    pub fn here(start: &Start) -> Result<Self, Error> {
        let failed = |source| Error::Io { what: "looking up the current folder", source };
        let folder = std::env::current_dir().map_err(failed)?;
        let file = start.file.clone().unwrap_or_else(|| "Jupyter".to_owned());
        Ok(Self { folder, file, python: start.python.clone() })
    }
}

/// A session that runs.
pub struct Session {
    /// The way in.
    pub handle: Handle,
    /// Ends with the session.
    pub thread: JoinHandle<()>,
}

/// Starts a session without cells.
pub fn start(place: Place) -> Result<Session, Error> {
    let (sender, opened) = mpsc::channel();
    let serve = move || {
        let service = runtime().map(|runtime| {
            let local = LocalSet::new();
            local.block_on(&runtime, async {
                match open(place).await {
                    Ok((service, handle)) => {
                        // Somebody waits for it below.
                        let _ = sender.send(Ok(handle));
                        service.run(pending()).await;
                    }
                    Err(error) => drop(sender.send(Err(error))),
                }
            });
        });
        service.unwrap_or_else(|error| error.print());
    };
    let failed = |source| Error::Io { what: "starting the session's thread", source };
    let thread = Builder::new().name("session".to_owned()).spawn(serve).map_err(failed)?;
    let over = std::io::Error::other("it ended at once");
    let gone = |_| Error::Io { what: "starting the session", source: over };
    Ok(Session { handle: opened.recv().map_err(gone)??, thread })
}

async fn open(place: Place) -> Result<(Service, Handle), Error> {
    let store = open_store(None).await?;
    let mut options = Options::new(Document::default(), place.folder, store);
    options.order = Order::Prompt;
    options.file = place.file;
    options.user = user();
    // What comes in over Jupyter always runs: there is nothing to look up.
    options.remember = false;
    options.interpreters = interpreters(&place.python, &place.python);
    options.settings = settings(&place.python, &options.store);
    Ok(Service::new(options)?)
}
