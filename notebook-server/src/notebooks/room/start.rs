//! How a room begins: with the document of the supervisor that runs already, else with that of
//! the file and its journal. Nothing runs, and no process is started.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use flownote_flow::id::FlowName;
use flownote_kernel::record::remembered;
use flownote_kernel::supervisor::{FLOW, Request, Seen};
use flownote_notebook::session::{CellStatus, Order, Session};
use flownote_notebook::{CellId, Document, ipynb};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::{Ground, INBOX, Kernel, Message, Room, Waiting};
use crate::notebooks::file::{self, Known};
use crate::notebooks::folder::{self, Relative};
use crate::notebooks::history::{self, Why};
use crate::notebooks::journal::{Found, Journal};
use crate::notebooks::kernels::Place;
use crate::notebooks::link::{Link, News};
use crate::notebooks::texts::Texts;

/// Opening doesn't wait longer for a store that is far away.
const REMEMBER: Duration = Duration::from_secs(3);

/// Why a notebook can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Its file can't be read.
    #[error(transparent)]
    Folder(#[from] folder::Error),
    /// Its file holds no notebook.
    #[error("`{path}` holds no notebook: {source}")]
    Notebook {
        /// Which.
        path: String,
        /// What is wrong with it.
        source: ipynb::Error,
    },
}

impl flownote_flow::help::Help for Refusal {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Folder(error) => error.hint(),
            Self::Notebook { source, .. } => source.hint(),
        }
    }
}

impl Room {
    /// Opens a notebook.
    ///
    /// # Errors
    /// When its file can't be read.
    pub async fn open(
        ground: Ground,
        path: Relative,
    ) -> Result<(Self, mpsc::Sender<Message>), Refusal> {
        let (folder, wanted) = (ground.folder.clone(), path.clone());
        let read = tokio::task::spawn_blocking(move || folder.read(&wanted));
        let bytes = read.await.map_err(|error| folder::Error::Io {
            path: path.as_str().to_owned(),
            done: "read",
            source: std::io::Error::other(error),
        })??;
        let document = file::decode(&ground.folder, &path, &bytes)
            .map_err(|source| Refusal::Notebook { path: path.as_str().to_owned(), source })?;
        let known = Known::of(&ground.folder, &path, &bytes);
        let journal = Journal::new(&ground.folder.root().join(".flownote/journal"), &path);
        let place = Place { file: ground.folder.whole(&path), name: path.as_str().to_owned() };
        let (myself, inbox) = mpsc::channel(INBOX);
        let mut room = Self {
            trusted: BTreeSet::new(),
            path,
            place,
            ground,
            document,
            statuses: BTreeMap::new(),
            texts: Texts::default(),
            pages: BTreeMap::new(),
            last_client: 0,
            next: 0,
            session: None,
            idle: true,
            interpreters: BTreeMap::new(),
            asking: None,
            kernel: Kernel::None,
            gave_up: false,
            last_link: 0,
            waiting: HashMap::new(),
            last_token: 0,
            told: VecDeque::new(),
            known,
            journal,
            changes: 0,
            saved: 0,
            saving: false,
            save_at: None,
            first_change: None,
            save_problem: None,
            alone_since: Some(tokio::time::Instant::now()),
            myself: myself.clone(),
            inbox,
            ending: Vec::new(),
        };
        let found = room.journal.read();
        match room.attach().await {
            Some(seen) => room.go_on(seen, &found),
            None => {
                room.recover(found);
                room.statuses = room.remembered_statuses().await.into_iter().collect();
            }
        }
        room.judge();
        room.texts.all_replaced(&room.document);
        Ok((room, myself))
    }

    /// Attaches to the supervisor that another server left, if there is one.
    async fn attach(&mut self) -> Option<Box<Seen>> {
        let (sender, mut told) = mpsc::channel(INBOX);
        self.last_link += 1;
        let (kernels, place) = (self.ground.kernels.clone(), self.place.clone());
        let link = Link::open(self.last_link, kernels, place, None, sender);
        let seen = match told.recv().await {
            Some(Message::News(_, News::Up { seen, .. })) => seen,
            _ => return None,
        };
        self.kernel = Kernel::Up(link);
        // What it says from now on goes the usual way.
        let myself = self.myself.clone();
        tokio::spawn(async move {
            while let Some(message) = told.recv().await {
                if myself.send(message).await.is_err() {
                    return;
                }
            }
        });
        Some(seen)
    }

    /// Goes on with a session. Its document has every edit; unless the file is none that a
    /// server of ours left.
    fn go_on(&mut self, mut seen: Box<Seen>, found: &Found) {
        let ours = found.base.as_deref() == Some(self.known.digest.to_hex().as_str());
        let document = std::mem::take(&mut seen.document);
        if ours || says_the_same(&document, &self.document) {
            self.document = document;
            self.changes += 1;
            let _ = self.journal.begin(&self.known.digest.to_hex(), usize::MAX);
        } else {
            // The file wins all the same.
            let _ = history::keep(&self.ground.folder, &self.path, &document, Why::Replaced);
            let token = self.token(Waiting::Operation);
            let document = Box::new(self.document.clone());
            self.ask_kernel(token, Request::Reload { document });
        }
        self.adopt_session(*seen);
        self.save_soon();
    }

    /// Applies what the journal has and the file has not.
    fn recover(&mut self, found: Found) {
        let Some(base) = found.base else { return };
        if found.operations.is_empty() {
            return;
        }
        if base != self.known.digest.to_hex().as_str() {
            return self.journal.put_aside();
        }
        for operation in found.operations {
            // What doesn't fit was cut by the end of the power: what follows doesn't either.
            let Ok(change) = self.document.apply(operation) else { break };
            self.keep(&change.applied);
        }
    }

    /// What earlier sessions say of the cells, without any process.
    pub(super) async fn remembered_statuses(&self) -> Vec<(CellId, CellStatus)> {
        let flow = FlowName::new(FLOW);
        // A store that can't be read is told of elsewhere: here nothing was ever run.
        let looked = remembered(&self.ground.store, &flow, &self.document);
        let past = timeout(REMEMBER, looked).await.ok().and_then(Result::ok).unwrap_or_default();
        let mut document = self.document.clone();
        document.strip();
        let mut session = Session::new(document, Order::Document, "open");
        session.remember(past.into_iter().map(|it| it.past).collect());
        session.statuses()
    }
}

/// Whether two documents have the same cells with the same text.
fn says_the_same(one: &Document, other: &Document) -> bool {
    let said = |document: &Document| -> Vec<_> {
        let cells = document.cells().iter();
        cells.map(|cell| (cell.id.clone(), cell.language, cell.source.clone())).collect()
    };
    said(one) == said(other)
}
