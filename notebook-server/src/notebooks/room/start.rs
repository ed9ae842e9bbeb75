//! How a room begins: with the document of the supervisor that runs already, else with that of
//! the file and its journal. Nothing runs, and no process is started.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use flownote_kernel::supervisor::{Clocks, Request, Seen};
use flownote_notebook::recognise::Earlier;
use flownote_notebook::{Cell, CellId, Document, ipynb};
use tokio::sync::mpsc;

use super::disk::unnamed;
use super::{Ground, INBOX, Kernel, Message, Room, Waiting, names};
use crate::notebooks::file::{self, Known};
use crate::notebooks::folder::{self, Relative};
use crate::notebooks::history::{self, Why};
use crate::notebooks::journal::{Found, Journal};
use crate::notebooks::kernels::Place;
use crate::notebooks::link::{Link, News};
use crate::notebooks::texts::Texts;

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
        let read = tokio::task::spawn_blocking(move || folder.look(&wanted));
        let (bytes, stamp) = read.await.map_err(|error| folder::Error::Io {
            path: path.as_str().to_owned(),
            done: "read",
            source: std::io::Error::other(error),
        })??;
        let document = file::decode(&ground.folder, &path, &bytes)
            .map_err(|source| Refusal::Notebook { path: path.as_str().to_owned(), source })?;
        let known = Known::new(&bytes, stamp);
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
            clocks: Clocks::default(),
            names: BTreeMap::new(),
            name_at: None,
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
            file_cells: Vec::new(),
            saving_cells: Vec::new(),
            journal,
            lost: None,
            changes: 0,
            saved: 0,
            saving: false,
            looking: false,
            save_at: None,
            first_change: None,
            save_problem: None,
            times_gone: 0,
            alone_since: Some(tokio::time::Instant::now()),
            myself: myself.clone(),
            inbox,
            ending: Vec::new(),
        };
        let found = room.journal.read();
        match room.attach().await {
            Some(seen) => room.go_on(seen, found),
            None => {
                // The journal's operations name the cells as they were called then.
                if !room.is_journaled(&found) || !room.call_as(&found) {
                    names::recognise(&room.ground.store, &mut room.document).await;
                }
                room.file_cells = unnamed(&room.document);
                room.recover(found);
                let known = names::Known::of(&room.ground.store, &room.document).await;
                (room.statuses, room.names) = (known.statuses, known.links);
                known.took.into_iter().for_each(|(cell, took)| room.clocks.took(cell, took));
                room.name_at = None;
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

    /// Goes on with a session. Its outputs are the newest; its text may lack what a server of
    /// ours journaled and couldn't tell it any more, or be older than another program's file.
    fn go_on(&mut self, mut seen: Box<Seen>, found: Found) {
        let theirs = std::mem::take(&mut seen.document);
        let ours = self.is_journaled(&found);
        if !ours || !self.call_as(&found) {
            self.document.recognise(&known(&theirs));
        }
        self.file_cells = unnamed(&self.document);
        if ours {
            self.recover(found);
        } else if !found.operations.is_empty() {
            // The session has them, and the history below.
            self.journal.put_aside();
        }
        let same = if ours { is_the_same } else { says_the_same };
        if same(&theirs, &self.document) {
            self.document = theirs;
            self.changes += 1;
        } else {
            self.changes += 1;
            if ours {
                self.show_outputs_of(&theirs);
            } else {
                // The file wins all the same.
                let _ = history::keep(&self.ground.folder, &self.path, &theirs, Why::Replaced);
            }
            let token = self.token(Waiting::Operation);
            let document = Box::new(self.document.clone());
            self.ask_kernel(token, Request::Reload { document });
        }
        self.adopt_session(*seen);
        self.save_soon();
    }

    /// Shows what the cells of another document show.
    fn show_outputs_of(&mut self, other: &Document) {
        for cell in other.cells().iter().filter(|cell| !cell.outputs.is_empty()) {
            // One that was deleted shows nothing.
            let _ = self.document.show(&cell.id, cell.outputs.clone(), cell.execution_count);
        }
    }

    /// Whether the journal is of the file as it is.
    fn is_journaled(&self, found: &Found) -> bool {
        found.base.as_deref() == Some(self.known.digest.to_hex().as_str())
    }

    /// Calls cells that the file doesn't name as the journal does. Returns whether it can tell.
    fn call_as(&mut self, found: &Found) -> bool {
        let cells = self.document.cells();
        if found.cells.is_empty() || found.cells.len() != cells.len() {
            return false;
        }
        let called = |(cell, id): (&Cell, &CellId)| Earlier { id: id.clone(), ..cell.into() };
        let called: Vec<Earlier> = cells.iter().zip(&found.cells).map(called).collect();
        self.document.recognise(&called);
        true
    }

    /// Applies what the journal has and the file has not. What can't be applied is put aside
    /// whole, and the first page is told where.
    fn recover(&mut self, found: Found) {
        if found.operations.is_empty() && !found.damaged {
            return;
        }
        if found.base.is_none() {
            return self.lose("their file can't be read");
        }
        if !self.is_journaled(&found) {
            return self.lose("the file was changed by another program meanwhile");
        }
        let mut changed = self.document.clone();
        let fitting = found.operations.iter().map_while(|it| changed.apply(it.clone()).ok());
        let whole = fitting.count() == found.operations.len() && !found.damaged;
        if !whole {
            // Before it is begun anew.
            self.lose("not all of them fit the notebook's cells");
        }
        for operation in found.operations {
            let Ok(change) = self.document.apply(operation) else { break };
            self.keep(&change.applied);
        }
    }

    /// Puts the journal aside.
    fn lose(&mut self, why: &str) {
        let Some(place) = self.journal.put_aside() else { return };
        self.lost = Some(format!(
            "edits that were not saved could not be applied: {why}; they are kept in `{}`",
            place.strip_prefix(self.ground.folder.root()).unwrap_or(&place).display()
        ));
    }
}

/// The cells of a document, for one that has them without their names.
pub(super) fn known(document: &Document) -> Vec<Earlier> {
    document.cells().iter().map(Earlier::from).collect()
}

/// Whether two documents have the same cells with the same text.
fn says_the_same(one: &Document, other: &Document) -> bool {
    let said = |document: &Document| -> Vec<_> {
        let cells = document.cells().iter();
        cells.map(|cell| (cell.id.clone(), cell.language, cell.source.clone())).collect()
    };
    said(one) == said(other)
}

/// Whether two documents differ in nothing that an operation of the journal may have changed.
fn is_the_same(one: &Document, other: &Document) -> bool {
    let bare = |document: &Document| {
        let mut document = document.clone();
        document.strip();
        document
    };
    bare(one) == bare(other)
}
