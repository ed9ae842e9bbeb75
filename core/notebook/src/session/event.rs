//! What happens to a session: what its user asks for, and what became of what it asked for.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Execution;
use crate::document::Document;
use crate::id::CellId;
use crate::language::Language;
use crate::operation::Operation;
use crate::output::Output;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The user changed the document.
    Operation {
        /// How.
        operation: Operation,
    },
    /// The user wants cells to run.
    Run {
        /// Which, and what may be reused for it.
        run: RunRequest,
    },
    /// The user wants what runs, and what waits, to stop.
    Interrupt,
    /// The user wants a cell that waits not to run after all.
    Cancel {
        /// Which.
        cell: CellId,
    },
    /// The user wants an interpreter to begin anew.
    Restart {
        /// One of the languages that it speaks.
        language: Language,
    },
    /// An execution, or a thread that it left behind, wrote something.
    Output {
        /// Which.
        execution: Execution,
        /// What.
        output: Output,
    },
    /// An execution ended.
    Finished {
        /// Which.
        execution: Execution,
        /// How.
        finish: Finish,
    },
    /// The cache was asked.
    LookedUp {
        /// For which execution.
        execution: Execution,
        /// What it knew; nothing when the cell must run.
        hit: Option<Hit>,
    },
    /// Values were made readable to other languages, or could not be.
    Exported {
        /// The version of each name.
        values: Vec<(VersionedName, Result<Stored, Trouble>)>,
    },
    /// What modules of the project and what distributions are now, by the name that cells
    /// import: a digest or a version.
    Modules {
        /// Only those asked for, or that changed.
        found: BTreeMap<String, String>,
        /// Of those: which have files that say something else than the code that is loaded,
        /// with the digest of what they say.
        #[serde(default)]
        edited: BTreeMap<String, String>,
    },
    /// Files of modules were saved.
    Saved {
        /// The modules, as cells import them.
        modules: BTreeSet<String>,
    },
    /// An interpreter is gone, with every value that only it had.
    Lost {
        /// One of the languages that it spoke.
        language: Language,
        /// What happened, for people: `the Python interpreter was killed (signal 9)`.
        message: String,
    },
    /// The file on disk changed: it wins.
    Reloaded {
        /// What it holds now.
        document: Box<Document>,
    },
}

/// Which cells should run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "run", rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum RunRequest {
    /// These, always: the user pointed at them (rule 8).
    Cells {
        /// The cells, run in the document's order.
        cells: Vec<CellId>,
    },
    /// Every cell that isn't fresh.
    Stale,
    /// Every cell from top to bottom.
    All {
        /// Whether earlier results may be taken.
        reuse: bool,
    },
    /// The cells above one, and not itself, that aren't fresh.
    Above {
        /// The cell.
        cell: CellId,
    },
    /// A cell and all below it that aren't fresh.
    Below {
        /// The cell.
        cell: CellId,
    },
}

/// A name as one execution left it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct VersionedName {
    /// The name.
    pub name: String,
    /// The execution that produced it.
    pub version: Execution,
}

/// How an execution ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Finish {
    /// Well, with an error, or interrupted.
    pub status: FinishStatus,
    /// The names whose binding changed.
    pub defined: BTreeMap<String, Defined>,
    /// The names that it deleted.
    pub deleted: Vec<String>,
    /// Versions that it changed in place and of which there is no copy.
    pub lost: Vec<VersionedName>,
    /// Why the result may depend on more than is known (engine rule 23).
    pub unverified: Option<String>,
    /// Why the result must never be reused.
    pub uncacheable: Option<String>,
    /// Stands for what it read of the world, if it read anything.
    pub world: Option<String>,
    /// Modules that are others than was known before, as they are loaded.
    pub modules: BTreeMap<String, String>,
    /// Milliseconds.
    pub elapsed_ms: u64,
    /// Whether the interpreter was told nothing of it: bound there is what was before.
    pub unsent: bool,
}

/// How an execution ended, in a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum FinishStatus {
    /// It ran to its end.
    #[default]
    Ok,
    /// It raised.
    Error,
    /// The user stopped it.
    Interrupted,
}

/// A name that an execution defined.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Defined {
    /// The value's type as its language names it.
    #[serde(rename = "type")]
    pub type_name: String,
    /// A few words for people (`100,000 × 4`).
    pub summary: Option<String>,
    /// Whether it has no codec: it lives and dies with its interpreter.
    pub live: bool,
    /// The digest of its content, if it is known already.
    pub digest: Option<String>,
    /// Whether the form in which it is stored, if it is, can be read by other languages.
    pub common: bool,
}

/// A value that is kept outside of its interpreter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// The digest of its content.
    pub digest: String,
    /// Whether other languages can read its form.
    pub common: bool,
}

/// Why something could not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Trouble {
    /// What happened.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// A result that the cache knew.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// What it defined: names with their digests.
    pub defined: BTreeMap<String, Defined>,
    /// The names that it deleted.
    pub deleted: Vec<String>,
    /// What it showed.
    pub outputs: Vec<Output>,
    /// Stands for what it read of the world, if it read anything.
    pub world: Option<String>,
    /// Which task computed it, who and when.
    pub origin: Origin,
}

/// Where a reused result comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Origin {
    /// `Notebook/run/cell/task`.
    pub pathspec: String,
    /// Who ran it.
    pub user: String,
    /// When it ended: RFC 3339, UTC.
    pub finished_at: String,
}
