//! The notebook's file: saved when nobody types, journaled until then, read again when
//! another program wrote it.

use std::io;
use std::time::Duration;

use flownote_flow::help::Help;
use flownote_kernel::protocol::Problem;
use flownote_kernel::supervisor::Request;
use flownote_notebook::{CellId, Document, Operation};
use tokio::time::Instant;

use super::{Kernel, Message, Room, Waiting, start};
use crate::notebooks::file::{self, Known, Outcome, Theirs};
use crate::notebooks::folder::Error;
use crate::notebooks::history::{self, Why};
use crate::notebooks::words::{Saved, ToPage};

/// Edits are saved when nothing was edited for so long.
const QUIET: Duration = Duration::from_secs(1);
/// Outputs are saved after so long: they come again if need be.
const OUTPUTS: Duration = Duration::from_secs(5);
/// However much is typed, it is saved after so long.
const LONGEST: Duration = Duration::from_secs(15);

/// What a look at the file found.
#[derive(Debug)]
pub struct Looked {
    /// What was known when it began.
    before: Known,
    known: Known,
    theirs: Option<Theirs>,
    /// Whether there was no file.
    gone: bool,
}

impl Room {
    /// Whether the file says what the document says.
    pub(super) fn is_saved(&self) -> bool {
        self.saved == self.changes
    }

    /// An operation was applied: it outlives this process from now on.
    pub(super) fn keep(&mut self, applied: &Operation) {
        let begun = if self.journal.is_begun() { Ok(()) } else { self.begin_journal(usize::MAX) };
        // Without a journal there is still the file, a second later.
        let _ = begun.and_then(|()| self.journal.add(applied));
        self.changes += 1;
        self.name_soon();
        self.save_within(QUIET);
    }

    /// Begins the journal anew after the file as it is known, without operations that it has.
    fn begin_journal(&mut self, done: usize) -> io::Result<()> {
        self.journal.begin(&self.known.digest.to_hex(), &self.file_cells, done)
    }

    /// Outputs changed.
    pub(super) fn touch(&mut self) {
        self.changes += 1;
        if self.save_at.is_none() {
            self.save_within(OUTPUTS);
        }
    }

    /// Saves soon, if there is something to save.
    pub(super) fn save_soon(&mut self) {
        if !self.is_saved() {
            self.save_within(QUIET / 5);
        }
    }

    fn save_within(&mut self, time: Duration) {
        let now = Instant::now();
        let first = *self.first_change.get_or_insert(now);
        self.save_at = Some((now + time).min(first + LONGEST));
    }

    /// Writes the file, in the background.
    pub(super) fn save(&mut self) {
        self.save_at = None;
        self.first_change = None;
        if self.saving || self.is_saved() {
            return;
        }
        self.saving = true;
        let (folder, path, known) = (self.ground.folder.clone(), self.path.clone(), self.known);
        let (document, myself) = (self.document.clone(), self.myself.clone());
        let (changes, lines) = (self.changes, self.journal.length());
        self.saving_cells = unnamed(&document);
        let name = path.as_str().to_owned();
        let failed =
            |error| Error::Io { path: name, done: "written", source: io::Error::other(error) };
        tokio::spawn(async move {
            let saved = tokio::task::spawn_blocking(move || {
                let outcome = file::save(&folder, &path, known, &document);
                if let Outcome::Written(..) = &outcome {
                    // A save is a save without its history, too.
                    let _ = history::keep(&folder, &path, &document, Why::Saved);
                }
                outcome
            });
            let outcome = saved.await.unwrap_or_else(|error| Outcome::Failed(failed(error)));
            // The room waits for it before it ends.
            let _ = myself.send(Message::Saved(outcome, changes, lines)).await;
        });
    }

    /// A save is done.
    pub(super) fn written(&mut self, outcome: Outcome, changes: u64, lines: usize) {
        self.saving = false;
        match outcome {
            Outcome::Written(known) => {
                self.saved = changes;
                self.known = known;
                self.times_gone = 0;
                self.file_cells = std::mem::take(&mut self.saving_cells);
                self.sign_all();
                self.save_problem = None;
                if self.journal.is_begun() || lines > 0 {
                    // The file has it.
                    let _ = self.begin_journal(lines);
                }
                if !self.is_saved() && self.save_at.is_none() {
                    self.save_within(QUIET);
                }
            }
            Outcome::Overtaken(theirs) => self.overtaken(theirs),
            Outcome::Failed(error) => {
                let problem = Problem { message: error.to_string(), hint: error.hint() };
                self.save_problem = Some(problem);
                // The disk may have room again.
                self.save_within(LONGEST);
            }
        }
        self.tell_saved();
    }

    /// Tells pages whether the file says what the document says.
    pub(super) fn tell_saved(&self) {
        self.tell_all(&self.saved_word());
    }

    /// Whether the file says what the document says, and why not.
    pub(super) fn saved_word(&self) -> ToPage {
        ToPage::Saved(Saved {
            at: flownote_store::time::now(),
            saved: self.is_saved(),
            problem: self.save_problem.clone(),
        })
    }

    /// Once a second.
    pub(super) fn beat(&mut self) {
        if let Some(file) = self.journal.unsynced_file() {
            tokio::task::spawn_blocking(move || drop(file.sync_data()));
        }
        if self.saving || self.looking || self.pages.is_empty() {
            return;
        }
        self.looking = true;
        let (folder, path, before) = (self.ground.folder.clone(), self.path.clone(), self.known);
        let myself = self.myself.clone();
        tokio::spawn(async move {
            let mut known = before;
            let looked = tokio::task::spawn_blocking(move || {
                let theirs = file::overtaken(&folder, &path, &mut known);
                let gone = theirs.is_none() && folder.stamp(&path).is_none();
                Looked { before, known, theirs, gone }
            });
            // One that can't look leaves everything as it was.
            let nothing = Looked { before, known: before, theirs: None, gone: false };
            let looked = looked.await.unwrap_or(nothing);
            let _ = myself.send(Message::Looked(looked)).await;
        });
    }

    /// A look at the file is done.
    pub(super) fn looked(&mut self, looked: Looked) {
        self.looking = false;
        if self.saving || self.known != looked.before {
            // It was written meanwhile, or is being: what was seen is of before.
            return;
        }
        self.known = looked.known;
        self.note_gone(looked.gone);
        if let Some(theirs) = looked.theirs {
            self.overtaken(theirs);
        }
    }

    /// Tells when the file is gone, and when it is back. Programs that replace a file may take
    /// it away first: so it must be gone twice.
    fn note_gone(&mut self, gone: bool) {
        let was_gone = self.is_gone();
        self.times_gone = if gone { self.times_gone.saturating_add(1) } else { 0 };
        if self.is_gone() == was_gone {
            return;
        }
        self.save_problem = self.is_gone().then(|| Problem {
            message: format!("`{}` was deleted or moved by another program", self.path.as_str()),
            hint: Some("Ctrl+S writes it again, as the next edit does".to_owned()),
        });
        self.tell_saved();
    }

    /// Whether another program took the file away.
    fn is_gone(&self) -> bool {
        self.times_gone >= 2
    }

    /// Saves now: somebody asked for it.
    pub(super) fn save_now(&mut self) {
        if self.is_gone() && self.is_saved() {
            // There is no file that says so.
            self.changes += 1;
        }
        if self.is_saved() {
            self.tell_saved();
        } else {
            self.save();
        }
    }

    /// Another program wrote the file: it wins, and what was there is kept in the history.
    fn overtaken(&mut self, theirs: Theirs) {
        let Theirs { bytes, known } = theirs;
        let mut decoded = file::decode(&self.ground.folder, &self.path, &bytes);
        if let Ok(document) = &mut decoded {
            document.recognise(&start::known(&self.document));
        }
        match decoded {
            Ok(document) if same(&document, &self.document) => {
                // Another server, or another save, with the same content.
                self.known = known;
                self.file_cells = unnamed(&self.document);
            }
            Ok(document) => {
                // The file wins all the same, and what it replaces stays.
                let (folder, path) = (&self.ground.folder, &self.path);
                let _ = history::keep(folder, path, &self.document, Why::Replaced);
                self.known = known;
                self.reload(document);
            }
            Err(error) => {
                // Half of a file, perhaps: the next look shows more. Until then it is not
                // written over.
                let problem = Problem { message: error.to_string(), hint: error.hint() };
                if self.save_problem.as_ref() != Some(&problem) {
                    self.save_problem = Some(problem);
                    self.tell_saved();
                }
            }
        }
    }

    fn reload(&mut self, document: Document) {
        self.document = document;
        self.judge();
        self.texts.all_replaced(&self.document);
        self.name_soon();
        self.statuses.retain(|cell, _| self.document.cell(cell).is_some());
        self.changes += 1;
        self.saved = self.changes;
        (self.save_at, self.first_change, self.save_problem) = (None, None, None);
        self.file_cells = unnamed(&self.document);
        // Its operations are not of this file.
        let _ = self.begin_journal(usize::MAX);
        if !matches!(self.kernel, Kernel::None) {
            self.told.clear();
            let document = Box::new(self.document.clone());
            let token = self.token(Waiting::Operation);
            self.ask_kernel(token, Request::Reload { document });
        }
        self.greet_all();
    }
}

/// The ids of a document's cells where its file doesn't name them all; else none.
pub(super) fn unnamed(document: &Document) -> Vec<CellId> {
    let cells = document.cells().iter().filter(|_| document.has_unnamed());
    cells.map(|cell| cell.id.clone()).collect()
}

/// Whether two documents are the same but for what a file doesn't keep.
fn same(one: &Document, other: &Document) -> bool {
    use flownote_notebook::ipynb;
    one == other || ipynb::write(one) == ipynb::write(other)
}
