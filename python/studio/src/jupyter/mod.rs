//! Jupyter's door: the kernel as JupyterLab, VS Code, nbclient and papermill speak to one
//! (messaging protocol 5.3, notebook rule 20).
//!
//! [`sockets`] takes messages off the wire and puts them on it; the [`door`] answers them
//! one after another. Requests carry no document, so each becomes a new cell below all
//! others of a [`session`] whose cells see whatever ran before them; what the session's
//! supervisor tells is turned into what Jupyter calls it ([`said`]).
//!
//! **Invariant:** `idle` follows everything that a request led to, and each message names
//! the request that it belongs to.

mod asking;
mod comms;
mod door;
mod events;
mod execute;
mod history;
mod language;
mod said;
mod session;
mod sockets;

use std::path::{Path, PathBuf};

use jupyter_protocol::ConnectionInfo;
use pyo3::prelude::*;
use tokio::task::LocalSet;

use crate::headless;
use crate::shell::{Error, exit};
use door::Door;
use session::Place;

/// What whoever starts the kernel says about it.
pub struct Start {
    /// The file that names the ports and the key.
    pub connection: PathBuf,
    /// The Python of all processes.
    pub python: String,
    /// Its version.
    pub version: String,
    /// The notebook's file, if it is known.
    pub file: Option<String>,
    /// The process without which nobody needs this one.
    pub parent: Option<u32>,
}

/// Serves Jupyter until it says to end; returns the exit code.
#[pyfunction]
#[pyo3(signature = (connection, python, version, file=None, parent=None))]
pub fn serve_jupyter(
    py: Python<'_>,
    connection: PathBuf,
    python: String,
    version: String,
    file: Option<String>,
    parent: Option<u32>,
) -> i32 {
    py.detach(|| {
        let start = Start { connection, python, version, file, parent };
        serve(&start).map(|()| exit::OK).unwrap_or_else(|error| {
            error.print();
            error.exit_code()
        })
    })
}

fn serve(start: &Start) -> Result<(), Error> {
    let connection = read(&start.connection)?;
    let place = Place::here(start)?;
    let runtime = headless::runtime()?;
    let local = LocalSet::new();
    local.block_on(&runtime, async {
        // First: a front end may knock before the session is there.
        let (wires, asked) = sockets::open(&connection).await.map_err(|error| {
            Error::asked(
                format!("the kernel's ports can't be opened: {error}"),
                "another kernel may use the same connection file; start it once only",
            )
        })?;
        let session = session::start(place)?;
        let door = Door::new(start, wires, asked, session.handle);
        door.serve(start.parent).await;
        // It ends when its service does; a panic in it has been printed.
        let _ = session.thread.join();
        Ok(())
    })
}

fn read(file: &Path) -> Result<ConnectionInfo, Error> {
    let failed = |source| Error::File { path: file.to_owned(), done: "read", source };
    let text = std::fs::read(file).map_err(failed)?;
    let wrong = |why: String| {
        let message = format!("`{}` is no connection file of Jupyter: {why}", file.display());
        Error::asked(message, "Jupyter writes one for each kernel that it starts")
    };
    let connection: ConnectionInfo =
        serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
    if !connection.key.is_empty() && connection.signature_scheme != "hmac-sha256" {
        return Err(wrong(format!("`{}` is no known signature", connection.signature_scheme)));
    }
    Ok(connection)
}
