//! What every handler may use.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use flownote_store::Store;
use tokio::sync::{Mutex, watch};

use crate::health::{Jobs, Measured};
use crate::notebooks::rooms::Rooms;
use crate::options::Base;
use crate::runs::Runs;
use crate::security::host::Hosts;
use crate::security::session::Sessions;
use crate::security::token::Tokens;
use crate::tables::Tables;

/// The server's state. Clones share it.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// What is shared.
pub struct Shared {
    /// What is shown.
    pub store: Store,
    /// Runs and their tasks, as far as they were looked at.
    pub runs: Runs,
    /// Who runs the server.
    pub user: String,
    /// Under which address it is reached.
    pub base: Base,
    /// The folder of the page's files, instead of the bundle.
    pub dev: Option<PathBuf>,
    /// The Python that has the `flownote` package.
    pub python: String,
    /// Under which names it is asked.
    pub hosts: Hosts,
    /// Links that wait.
    pub tokens: Tokens,
    /// Who is in.
    pub sessions: Sessions,
    /// The digest of the password.
    pub password: Option<blake3::Hash>,
    /// Held by whoever tries a password.
    pub guessing: Mutex<()>,
    /// How large the store was.
    pub measured: Measured,
    /// Checks of the store.
    pub jobs: Jobs,
    /// Notebooks, if a folder of them is served.
    pub notebooks: Option<Rooms>,
    /// Who opens tables, if anybody does.
    pub tables: Option<Arc<dyn Tables>>,
    /// True when the server is about to end: streams end, too.
    pub closing: watch::Receiver<bool>,
}

impl App {
    /// Shares the state.
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl Shared {
    /// The path that needs no login.
    pub fn login_path(&self) -> String {
        format!("{}/login", self.base.path)
    }
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
