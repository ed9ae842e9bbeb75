//! What can be asked of a supervisor, and what it answers.

use std::collections::BTreeMap;

use flownote_notebook::places::{DefinedAt, Mistake};
use flownote_notebook::session::{CellLinks, CellStatus, RunRequest};
use flownote_notebook::{CellId, Document, Language, Operation};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::event::InterpreterState;
use crate::protocol::{Comm, Completeness, Completion, Runtime, ValueRef};

/// Something to ask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Request {
    /// The document, its cells' statuses, and the number of the next event.
    Look,
    /// Change the document.
    Operate {
        /// How.
        operation: Operation,
    },
    /// Take the document as it is on disk.
    Reload {
        /// All of it.
        document: Box<Document>,
    },
    /// Run cells. Answered at once; events tell the rest.
    Run {
        /// Which.
        run: RunRequest,
        /// How.
        #[serde(default)]
        manner: Manner,
    },
    /// Stop what runs and what waits.
    Interrupt,
    /// Let a cell that waits not run after all.
    Cancel {
        /// Which.
        cell: CellId,
    },
    /// Kill the interpreter of a language, with what only it holds.
    Kill {
        /// The language.
        language: Language,
    },
    /// Begin an interpreter anew.
    Restart {
        /// One of its languages.
        language: Language,
    },
    /// What could stand at the cursor?
    Complete {
        /// The cell's language.
        language: Language,
        /// The cell.
        code: String,
        /// Where in it, in Unicode code points.
        cursor: u32,
    },
    /// What stands at the cursor?
    Inspect {
        /// The cell's language.
        language: Language,
        /// The cell.
        code: String,
        /// Where in it, in Unicode code points.
        cursor: u32,
        /// 1 for more than the signature.
        #[serde(default)]
        detail: u8,
    },
    /// Does the code end a statement?
    IsComplete {
        /// The cell's language.
        language: Language,
        /// The code.
        code: String,
    },
    /// What runs a language? Its interpreter is started if need be.
    Runtime {
        /// The language.
        language: Language,
    },
    /// What makes each cell's names, and who uses them?
    Links,
    /// Where is the name defined that stands in a cell?
    Definition {
        /// The cell.
        cell: CellId,
        /// Where in it, in UTF-16 units.
        at: usize,
    },
    /// What is wrong with a cell, as far as can be told without running it?
    Diagnose {
        /// The cell.
        cell: CellId,
    },
    /// Where is the value, to be read as a table, that a cell made, read or showed? It is put
    /// where others can map it, if it isn't there. Not for pages: they have no files.
    #[cfg_attr(feature = "typescript", ts(skip))]
    Table {
        /// The cell.
        cell: CellId,
        /// The name, or that of a shown value (`table 1`).
        name: String,
    },
    /// The line that a cell waits for.
    Input {
        /// The line, without its end.
        text: String,
    },
    /// A message to a widget.
    Comm {
        /// What.
        comm: Comm,
    },
    /// Answered when an interpreter has done what it was told before.
    Settle {
        /// One of its languages.
        language: Language,
    },
    /// End the session.
    Shutdown,
}

/// How cells are run, beside what the document says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Manner {
    /// Show nothing, count nothing.
    pub silent: bool,
    /// Whether they enter the history of inputs.
    pub store_history: bool,
    /// Whether somebody is there to answer `input()`.
    pub allow_stdin: bool,
    /// The number that the interpreter shows, when whoever asks counts too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}

impl Default for Manner {
    fn default() -> Self {
        Self { silent: false, store_history: true, allow_stdin: true, count: None }
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Reply {
    /// It was done, or will be.
    Done,
    /// To [`Request::Look`].
    Seen(Box<Seen>),
    /// To [`Request::Operate`].
    Changed {
        /// The document's revision after it.
        revision: u64,
    },
    /// To [`Request::Complete`].
    Completions {
        /// Where the text begins that an item replaces, in code points.
        start: u32,
        /// Where it ends.
        end: u32,
        /// The likeliest first.
        items: Vec<Completion>,
    },
    /// To [`Request::Inspect`].
    Inspected {
        /// Whether anything is known.
        found: bool,
        /// By MIME type.
        data: Map<String, Json>,
    },
    /// To [`Request::IsComplete`].
    Completeness {
        /// What it is.
        status: Completeness,
        /// What to begin the next line with.
        indent: String,
    },
    /// To [`Request::Links`].
    Links {
        /// By code cell.
        cells: BTreeMap<CellId, CellLinks>,
    },
    /// To [`Request::Definition`].
    DefinedAt {
        /// Where; none when no cell defines it.
        place: Option<DefinedAt>,
    },
    /// To [`Request::Diagnose`].
    Diagnosed {
        /// What is wrong.
        problems: Vec<Mistake>,
    },
    /// To [`Request::Table`].
    #[cfg_attr(feature = "typescript", ts(skip))]
    Table {
        /// What it is, and its file.
        value: Box<ValueRef>,
    },
    /// To [`Request::Runtime`].
    Runtime {
        /// What runs the language.
        runtime: Runtime,
    },
}

/// A session as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Seen {
    /// The session's id, which is that of its run.
    pub session: String,
    /// The document, with its outputs.
    pub document: Document,
    /// What each code cell is worth.
    pub statuses: BTreeMap<CellId, CellStatus>,
    /// The number of the first event that isn't in the above.
    pub next: u64,
    /// Whether nothing runs and nothing waits.
    pub idle: bool,
    /// The interpreters that were started.
    #[serde(default)]
    pub interpreters: Vec<Standing>,
    /// What a cell waits for, if one does.
    #[serde(default)]
    pub asking: Option<Prompt>,
    /// The milliseconds that each cell ran when it last did, or has run by now.
    #[serde(default)]
    pub elapsed_ms: BTreeMap<CellId, f64>,
}

/// An interpreter and how it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Standing {
    /// One of its languages.
    pub language: Language,
    /// How it stands.
    #[serde(flatten)]
    pub state: InterpreterState,
}

/// A cell that waits for a line of text: [`Request::Input`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Prompt {
    /// The cell, if it can be told.
    pub cell: Option<CellId>,
    /// What it asks.
    pub prompt: String,
    /// Whether the line is not to be shown.
    pub password: bool,
}
