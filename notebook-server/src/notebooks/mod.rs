//! Notebooks in the browser: the served folder, documents that several people edit, and the
//! relay between them and the supervisors that run cells.
//!
//! Each open notebook is a [`room`]; pages come in by a [`socket`], say what [`words`] has and
//! wait for nobody ([`outbox`]). A room has the document and its file; cells run in a
//! supervisor, a process of its own behind a [`link`]. Opening a notebook runs nothing.

mod changes;
pub mod check;
mod choice;
mod entry;
pub mod export;
mod file;
pub(crate) mod folder;
mod history;
mod html;
mod journal;
mod kernels;
mod link;
mod outbox;
pub mod past;
pub mod processes;
pub mod pythons;
mod room;
pub mod rooms;
pub mod run;
pub mod serve;
pub mod socket;
mod texts;
mod tree;
mod trust;
#[cfg(test)]
mod typescript;
mod words;

use std::path::Path;

use axum::http::StatusCode;
use flownote_notebook::{Document, ipynb, percent};

use crate::Error;
use crate::answer::Failure;
use crate::options::Options;
use crate::security::key::Key;
use crate::state::App;
use choice::Choices;
use folder::Folder;
use kernels::Kernels;
use room::Ground;
use rooms::Rooms;
use trust::Trust;

/// Makes ready to serve the notebooks that the options name.
pub fn open(options: &Options, key: &Key) -> Result<Option<Rooms>, Error> {
    let Some(root) = &options.notebooks else { return Ok(None) };
    let folder =
        Folder::open(root).map_err(|source| Error::State { path: root.clone(), source })?;
    let command = if options.supervisor.is_empty() {
        vec![options.python.clone(), "-m".to_owned(), "flownote_studio.supervisor".to_owned()]
    } else {
        options.supervisor.clone()
    };
    let sockets = Kernels::usual_folder(options.runtime.as_deref(), &std::env::temp_dir());
    let kernels = Kernels {
        choices: Choices::of(options.state.as_deref().unwrap_or(&sockets)),
        folder: sockets,
        command,
        python: options.python.clone(),
        store: options.store.url().to_string(),
    };
    let trust = Trust::new(key.clone(), options.state.as_ref().map(|state| state.join("trust")));
    Ok(Some(Rooms::new(Ground { folder, kernels, store: options.store.clone(), trust })))
}

/// The document of a notebook's file, wherever it is.
pub fn document_at(path: &Path) -> Result<Document, Failure> {
    let unread = |why: String| {
        Failure::refused(
            format!("`{}` can't be read: {why}", path.display()),
            "open it, and see what is wrong with it",
        )
    };
    let bytes = std::fs::read(path).map_err(|error| unread(error.to_string()))?;
    let read = match path.extension().is_some_and(|ending| ending == "py") {
        true => percent::read(&bytes),
        false => ipynb::read(&bytes),
    };
    read.map_err(|error| unread(error.to_string()))
}

/// The rooms, where notebooks are served.
pub(crate) fn rooms(app: &App) -> Result<&Rooms, Failure> {
    app.notebooks.as_ref().ok_or_else(|| {
        Failure::missing("no folder of notebooks is served", "start `flownote ui` in one")
    })
}

/// Whether there is a notebook, as far as can be told without opening it.
pub async fn is_there(app: &App, path: &str) -> bool {
    let Ok(rooms) = rooms(app) else { return true };
    let folder = rooms.ground.folder.clone();
    let path = path.to_owned();
    let look = move || Ok(folder.canonical(&folder::Relative::of_notebook(&path)?)?);
    match serve::blocking(look).await {
        Ok(_) => true,
        Err(failure) => {
            !matches!(failure.status(), StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST)
        }
    }
}
