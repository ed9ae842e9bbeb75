//! A session: an open notebook, what of it has run, and what should happen next.
//!
//! [`Session::apply`] turns an [`Event`] into [`Action`]s. The kernel performs them and
//! reports back; a browser or a shell sends what its user wants. Every execution has a
//! number, which is also the *version* of each name that it defined. A cell sees the names
//! of the cells above it at their newest versions ([`environment`]); whether its result is
//! still worth something is found by going down the document ([`survey`]); what must run
//! before it, or cross from another language, is found by [`plan`].
//!
//! What the user points at always runs. Only what comes along with it (cells above, "run
//! stale", a notebook reopened) may be taken from an earlier result (notebook rule 8).

pub mod action;
pub mod event;
pub mod result;
pub mod status;

mod environment;
mod identity;
mod links;
mod machine;
mod meant;
mod modules;
mod names;
mod outcome;
mod plan;
mod prospect;
mod queue;
mod start;
mod survey;
mod values;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

pub use action::{Action, Execute, Question};
pub use event::{
    Defined, Event, Finish, FinishStatus, Hit, Origin, RunRequest, Stored, Trouble, VersionedName,
};
pub use identity::recipe_of_result;
pub use links::{CellLinks, DefinedName, NameKind};
pub use meant::Meant;
pub use prospect::Prospect;
pub use result::{Input, Past};
pub use status::{CellStatus, Why};
pub use values::Group;

use crate::cell::Cell;
use crate::document::Document;
use crate::id::CellId;
use crate::language::Mode;
use environment::Environment;
use names::Names;
use queue::{Job, Queue};
use result::CellResult;
use values::Values;

/// The number of an execution: unique in its session, and the version of what it defines.
pub type Execution = u64;

/// In which order cells see each other's names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// A cell sees those above it in the document.
    #[default]
    Document,
    /// A cell sees all that ran before it, as at a prompt: who asks sends no document.
    Prompt,
}

/// An open notebook.
pub struct Session {
    document: Document,
    /// What the text of each cell says, in the light of the cells above.
    names: Names,
    results: HashMap<CellId, CellResult>,
    values: Values,
    /// What each interpreter has bound just now.
    bound: HashMap<Group, BTreeMap<String, Execution>>,
    /// Cells that ran in the interpreters that live now.
    executed: HashSet<CellId>,
    /// Modules and distributions as they are loaded, or would be.
    modules: BTreeMap<String, String>,
    /// Of those: what the files say of which something else is loaded.
    edited: BTreeMap<String, String>,
    /// Modules whose files were saved, to be loaded again before anything runs.
    saved: BTreeSet<String>,
    /// Whether the modules of earlier results were asked for, since Python began.
    looked: bool,
    /// Requests that wait until it is known what modules are.
    held: Vec<RunRequest>,
    queue: Queue,
    doing: Doing,
    /// Cells above that were put before another cell, by request: once is enough.
    tried: HashSet<(u64, CellId)>,
    /// The status of each cell as it was told last.
    told: HashMap<CellId, CellStatus>,
    /// The names in sight at the prompt, where there is no document.
    repl: Option<Environment>,
    told_idle: bool,
    next_execution: Execution,
    next_request: u64,
    count: u32,
    /// Tells this session's live values from another's.
    nonce: String,
}

/// What is going on. One thing at a time: so a run is what a script would do.
#[derive(Debug, Default)]
enum Doing {
    #[default]
    Nothing,
    /// Modules are being found.
    Finding(Job),
    /// Modules are being found or loaded again for nobody in particular. For those who watch
    /// that is no work.
    Modules,
    /// Values are being made readable.
    Exporting(Job),
    /// The cache is being asked.
    Asking(Box<Started>),
    /// A cell runs.
    Running(Box<Started>),
}

/// A cell whose execution has a number.
#[derive(Debug)]
struct Started {
    job: Job,
    question: Question,
    inputs: BTreeMap<String, Input>,
    /// What was bound in its interpreter before, once it runs.
    bound_before: Option<BTreeMap<String, Execution>>,
}

impl Session {
    /// Opens a document. `nonce` is any text that no other session has.
    pub fn new(document: Document, order: Order, nonce: impl Into<String>) -> Self {
        let mut session = Self {
            document,
            names: Names::default(),
            results: HashMap::new(),
            values: Values::default(),
            bound: HashMap::new(),
            executed: HashSet::new(),
            modules: BTreeMap::new(),
            edited: BTreeMap::new(),
            saved: BTreeSet::new(),
            looked: false,
            held: Vec::new(),
            queue: Queue::default(),
            doing: Doing::Nothing,
            tried: HashSet::new(),
            told: HashMap::new(),
            repl: (order == Order::Prompt).then(Environment::default),
            told_idle: true,
            next_execution: 1,
            next_request: 1,
            count: 0,
            nonce: nonce.into(),
        };
        session.names.refresh(&session.document, &session.results);
        session
    }

    /// What an interpreter holds and has no name bound to: values that later ones hide.
    pub fn hidden(&self, group: Group) -> HashSet<VersionedName> {
        let bound = self.bound.get(&group);
        let is_bound =
            |it: &VersionedName| bound.and_then(|them| them.get(&it.name)) == Some(&it.version);
        self.values.held_by(group).filter(|it| !is_bound(it)).cloned().collect()
    }

    /// The document as it is now.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// What every code cell is worth now, those that wait and run included.
    pub fn statuses(&self) -> Vec<(CellId, CellStatus)> {
        let mut survey = self.survey(self.document.cells().len());
        let cells = self.document.cells().iter().filter(|cell| cell.language.is_code());
        cells
            .map(|cell| (cell.id.clone(), self.overlay(&cell.id, survey.statuses.remove(&cell.id))))
            .collect()
    }

    /// Whether nothing runs and nothing waits.
    pub fn is_idle(&self) -> bool {
        let rests = matches!(self.doing, Doing::Nothing | Doing::Modules);
        rests && self.queue.is_empty() && self.held.is_empty()
    }

    /// The versions of all names in sight below the last cell.
    pub fn visible_versions(&self) -> BTreeMap<String, Execution> {
        let survey = self.survey(self.document.cells().len());
        let entries = survey.environment.iter();
        let version = |entry: &environment::Entry| entry.all().find_map(|entry| entry.version);
        entries.filter_map(|(name, entry)| Some((name.clone(), version(entry)?))).collect()
    }

    /// How people name a cell: `cell 3`, counting the file's code cells from the top.
    pub fn label(&self, cell: &CellId) -> String {
        if self.repl.is_some() {
            // Whoever stands at a prompt names the cells.
            return format!("cell {cell}");
        }
        let found = self.document.numbered().find(|(_, it)| it.id == *cell);
        match found {
            Some((Some(number), _)) => format!("cell {number}"),
            Some((None, _)) => "the given parameters".to_owned(),
            None => format!("cell `{cell}`"),
        }
    }

    /// Takes over what earlier sessions left: results whose values are stored can be given
    /// out again, the others show whether they would still be right. A cell that shows
    /// nothing, because its file wasn't saved, shows what it showed then.
    pub fn remember(&mut self, past: Vec<Past>) -> Vec<Action> {
        let mut actions = Vec::new();
        for past in past {
            let execution = self.number();
            for (name, defined) in &past.defined {
                let cell = self.document.cell(&past.cell);
                let value = self.values.entry(name, execution);
                value.home = cell.and_then(|cell| Group::of(cell.language));
                value.digest = defined.digest.clone();
                let stored = |digest| Stored { digest, common: defined.common };
                value.stored = defined.digest.clone().filter(|_| !defined.live).map(stored);
            }
            let same = self.names.get(&past.cell).is_some_and(|names| names.code == past.code);
            let empty = self.document.cell(&past.cell).is_some_and(|it| it.outputs.is_empty());
            if same && empty && !past.outputs.is_empty() {
                let (cell, outputs) = (past.cell.clone(), past.outputs.clone());
                // It is there, and runs code: it has names.
                let _ = self.document.show(&cell, outputs.clone(), None);
                actions.push(Action::Outputs { cell, outputs });
            }
            let cell = past.cell.clone();
            let result = self.identified(&cell, CellResult::of_past(past, execution));
            self.results.insert(cell, result);
        }
        self.names.refresh(&self.document, &self.results);
        actions
    }

    /// When a cell runs.
    fn mode_of(&self, cell: &Cell) -> Mode {
        cell.options().mode().unwrap_or(self.document.mode())
    }

    fn overlay(&self, cell: &CellId, status: Option<CellStatus>) -> CellStatus {
        match &self.doing {
            Doing::Running(started) if started.job.cell == *cell => return CellStatus::Running,
            Doing::Asking(started) if started.job.cell == *cell => return CellStatus::Queued,
            Doing::Finding(job) | Doing::Exporting(job) if job.cell == *cell => {
                return CellStatus::Queued;
            }
            _ => {}
        }
        if self.queue.holds(cell) {
            CellStatus::Queued
        } else {
            status.unwrap_or(CellStatus::NeverRun)
        }
    }

    fn number(&mut self) -> Execution {
        let number = self.next_execution;
        self.next_execution += 1;
        number
    }
}
