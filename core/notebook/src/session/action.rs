//! What a session wants done.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Execution;
use super::event::VersionedName;
use super::status::CellStatus;
use crate::id::CellId;
use crate::language::Language;
use crate::operation::Change;

/// Something to do, in the order given.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    /// Execute a cell; answered by [`super::Event::Finished`], or by
    /// [`super::Event::Lost`].
    Execute(Box<Execute>),
    /// Ask the cache; answered by [`super::Event::LookedUp`].
    LookUp(Box<Question>),
    /// Make values readable outside of their interpreter; answered by
    /// [`super::Event::Exported`].
    Export {
        /// Whose values they are.
        language: Language,
        /// Which.
        names: Vec<VersionedName>,
    },
    /// Say what these modules are; answered by [`super::Event::Modules`].
    FindModules {
        /// Their names, as cells import them.
        names: BTreeSet<String>,
    },
    /// Load these modules again where that is safe, for their files were saved; answered by
    /// [`super::Event::Modules`]. Nothing is executed until then.
    Reload {
        /// Their names, as cells import them.
        modules: BTreeSet<String>,
    },
    /// Stop what runs.
    Interrupt {
        /// The language of what runs.
        language: Language,
    },
    /// End an interpreter; the next execution starts another.
    Restart {
        /// One of its languages.
        language: Language,
    },
    /// Nobody will ask for these versions again.
    Forget {
        /// Whose they are.
        language: Language,
        /// Which.
        names: Vec<VersionedName>,
    },
    /// A cell's status is another now. The supervisor tells those who watch.
    Status {
        /// The cell.
        cell: CellId,
        /// What it is now.
        status: CellStatus,
    },
    /// A cell's outputs were emptied, because it runs again or because its result was
    /// taken from the cache: these stand there now.
    Outputs {
        /// The cell.
        cell: CellId,
        /// What it shows.
        outputs: Vec<crate::output::Output>,
    },
    /// A result was taken instead of computed: to be recorded as a task that was reused.
    Restored {
        /// What the cache was asked by.
        question: Box<Question>,
        /// Where it comes from.
        origin: super::event::Origin,
    },
    /// The document is another now: to be told to those who watch, and saved.
    Changed {
        /// How.
        change: Box<Change>,
    },
    /// A request could not be followed (`needs cell 3`).
    Refused {
        /// The cell that was to run.
        cell: CellId,
        /// Why, and what to do.
        trouble: super::event::Trouble,
    },
    /// Nothing runs and nothing waits any more.
    Idle,
}

/// An execution of a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Execute {
    /// Its number, which is also the version of what it defines.
    pub execution: Execution,
    /// The cell.
    pub cell: CellId,
    /// `cell 3`: its place among the code cells, for people.
    pub label: String,
    /// Its language.
    pub language: Language,
    /// What to evaluate.
    pub code: String,
    /// What must be bound first: the difference to what is bound there now. Where a
    /// version was made by another language, or is not in the interpreter any more, the
    /// supervisor adds the stored value.
    pub set: BTreeMap<String, Execution>,
    /// Of `set`: what the interpreter doesn't have and must be given as a stored value.
    pub given: BTreeSet<String>,
    /// What must not be bound.
    pub unset: Vec<String>,
    /// Names of which the version above is kept before the cell changes them (rule 5).
    pub snapshot: Vec<String>,
    /// Names that another language's cell reads.
    pub exports: Vec<String>,
    /// The number that people see: how many cells ran in this session.
    pub count: u32,
    /// What the result depends on, as far as it is known before it ran. For the record.
    pub question: Question,
    /// Why it fails before it begins: the interpreter is told nothing.
    #[serde(default)]
    pub trouble: Option<super::event::Trouble>,
}

/// What a result depends on: what the cache is asked by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The execution that waits for the answer.
    pub execution: Execution,
    /// The cell.
    pub cell: CellId,
    /// Its language.
    pub language: Language,
    /// The digest of its code, without layout and comments.
    pub code: String,
    /// What it reads: name to identity, which is the digest of the content where it is
    /// known, and otherwise stands for the producer and the name (rule 10).
    pub reads: BTreeMap<String, String>,
    /// The same with all that is known of each: what a later session compares.
    #[serde(default)]
    pub inputs: BTreeMap<String, super::Input>,
    /// Stands for the same computation wherever and whenever it is done: code, how the
    /// inputs were made, modules. Unlike `reads` it never depends on which digests happen to
    /// be known.
    pub recipe: String,
    /// What it imports: digests or versions.
    pub modules: BTreeMap<String, String>,
    /// Whether the result may be kept for others; why not, if not.
    pub unkeepable: Option<String>,
    /// Why the cache wasn't asked although earlier results were to be taken. For the record.
    #[serde(default)]
    pub unasked: Option<String>,
}
