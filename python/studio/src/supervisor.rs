//! The process of one open notebook: its supervisor, behind a socket (notebook rule 14).
//!
//! The browser's server starts it and may end before it; who attaches later is told what it
//! missed. The document comes on standard input, so that edits that no file has yet are in it;
//! `ready` on standard output says that the socket is there.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::time::Duration;

use flownote_kernel::supervisor::socket::{Claim, Server, Sole};
use flownote_kernel::supervisor::{Options, Service};
use flownote_notebook::Document;
use pyo3::prelude::*;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::LocalSet;

use crate::headless::{folder_of, interpreters, open_store, runtime, settings, user};
use crate::shell::{Error, exit};

/// The word that says that the socket is there.
const READY: &str = "ready";

/// Which notebook, and with what.
struct Start {
    /// Where the socket is to be.
    socket: PathBuf,
    /// The notebook's file.
    notebook: PathBuf,
    /// Its name, as people know it.
    file: String,
    /// The datastore.
    store: Option<String>,
    /// The Python of Python cells.
    python: String,
    /// The Python of the studio's own processes.
    studio: String,
    /// How long it stays when it is idle and nobody is attached.
    orphaned: Duration,
}

/// Serves a notebook's session until it is told to end or nobody needs it any more; returns
/// the exit code.
#[pyfunction]
#[pyo3(signature = (socket, notebook, file, store, python, studio, orphaned))]
#[expect(clippy::too_many_arguments, reason = "each is an option of the command line")]
pub fn serve_supervisor(
    py: Python<'_>,
    socket: PathBuf,
    notebook: PathBuf,
    file: String,
    store: Option<String>,
    python: String,
    studio: String,
    orphaned: f64,
) -> i32 {
    py.detach(|| {
        // More than a year is for ever; less than nothing is now.
        let orphaned = Duration::try_from_secs_f64(orphaned.clamp(0.0, 4e7)).unwrap_or_default();
        let start = Start { socket, notebook, file, store, python, studio, orphaned };
        serve(start).map(|()| exit::OK).unwrap_or_else(|error| {
            error.print();
            error.exit_code()
        })
    })
}

fn serve(start: Start) -> Result<(), Error> {
    let document = given()?;
    let runtime = runtime()?;
    let local = LocalSet::new();
    local.block_on(&runtime, async {
        let store = open_store(start.store.as_deref()).await?;
        let mut options = Options::new(document, folder_of(&start.notebook)?, store);
        options.file = start.file;
        options.user = user();
        options.keep_document = true;
        options.interpreters = interpreters(&start.python, &start.studio);
        options.settings = settings(&start.python, &options.store);
        let (service, handle) = Service::new(options)?;
        // Another server's folder for sockets may be another.
        let _sole = Sole::take(&start.notebook, service.id().as_str())?;
        let claim = Claim::take(&start.socket, service.id().as_str())?;
        let server = Server::new(claim, handle, start.orphaned)?;
        let failed = |source| Error::Io { what: "waiting for signals", source };
        let mut end = signal(SignalKind::terminate()).map_err(failed)?;
        say_ready();
        let serving = tokio::task::spawn_local(server.run());
        let told = async {
            let _ = end.recv().await;
        };
        service.run(told).await;
        // It ends with the session, after its last words; a panic in it has been printed.
        let _ = tokio::time::timeout(Duration::from_secs(2), serving).await;
        Ok(())
    })
}

/// The document on standard input.
fn given() -> Result<Document, Error> {
    let failed = |source| Error::Io { what: "reading the notebook", source };
    let mut text = Vec::new();
    std::io::stdin().read_to_end(&mut text).map_err(failed)?;
    serde_json::from_slice(&text).map_err(|error| failed(error.into()))
}

fn say_ready() {
    let mut out = std::io::stdout();
    // Whoever started it may be gone already: the socket is there all the same.
    let _ = writeln!(out, "{READY}").and_then(|()| out.flush());
}
