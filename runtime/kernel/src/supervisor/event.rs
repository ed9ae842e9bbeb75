//! What a supervisor tells those who watch, numbered without gaps.

use std::collections::BTreeMap;

use flownote_notebook::session::{CellStatus, Execution, FinishStatus, Trouble};
use flownote_notebook::{CellId, Document, Language, Operation, Output};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::protocol::{Comm, Defined, Exit, Runtime};

/// An event and its number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Numbered {
    /// Its number: one more than that of the event before.
    pub seq: u64,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Event {
    /// A cell's status is another.
    Status {
        /// The cell.
        cell: CellId,
        /// What it is now.
        status: CellStatus,
    },
    /// A cell was given to its interpreter. It shows this number now.
    Started {
        /// The cell.
        cell: CellId,
        /// Which execution.
        execution: Execution,
        /// The number that people see.
        count: u32,
        /// The code as the user wrote it.
        source: String,
    },
    /// A cell ended. All its outputs came before, save those of threads.
    Finished {
        /// The cell.
        cell: CellId,
        /// Which execution.
        execution: Execution,
        /// The number that people see.
        count: u32,
        /// How.
        status: FinishStatus,
        /// Milliseconds.
        elapsed_ms: f64,
        /// What it defined.
        #[serde(default)]
        defined: BTreeMap<String, Defined>,
        /// Jupyter's payloads.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        payload: Vec<Json>,
        /// It asked for the end of the session (`quit()`), with this code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exit: Option<Exit>,
    },
    /// A cell shows these outputs now, instead of those before.
    Outputs {
        /// The cell.
        cell: CellId,
        /// All that it shows.
        outputs: Vec<Output>,
    },
    /// Something more was shown.
    Output {
        /// The cell; none when no cell can be told.
        #[serde(default)]
        cell: Option<CellId>,
        /// Which execution.
        #[serde(default)]
        execution: Option<Execution>,
        /// What.
        output: Output,
    },
    /// A cell waits for a line from the user: [`super::Request::Input`].
    InputRequest {
        /// The cell.
        cell: Option<CellId>,
        /// Which execution.
        execution: Option<Execution>,
        /// What to ask.
        prompt: String,
        /// Whether the line is not to be shown.
        password: bool,
    },
    /// The line that a cell waited for was given: it waits no more.
    InputAnswered {
        /// The cell.
        cell: Option<CellId>,
    },
    /// A widget says something.
    Comm {
        /// The execution that it belongs to.
        execution: Option<Execution>,
        /// What.
        comm: Comm,
    },
    /// The document is another.
    Changed {
        /// Its revision.
        revision: u64,
        /// What was done; a copy that applies it is the same again.
        applied: Operation,
        /// The cells that are new or differ.
        touched: Vec<CellId>,
        /// The cells that are gone.
        removed: Vec<CellId>,
    },
    /// The file on disk won: this is the document now.
    Reloaded {
        /// All of it.
        document: Box<Document>,
    },
    /// A request couldn't be followed.
    Refused {
        /// The cell that was to run.
        cell: CellId,
        /// Why, and what to do.
        trouble: Trouble,
    },
    /// An interpreter begins, is there, or is gone.
    Interpreter {
        /// One of its languages.
        language: Language,
        /// How it stands.
        #[serde(flatten)]
        state: InterpreterState,
    },
    /// A cell was to stop seconds ago and goes on: [`super::Request::Kill`] ends it.
    KillOffer {
        /// The language of what runs.
        language: Language,
        /// Which execution.
        execution: Execution,
    },
    /// A result was taken instead of computed.
    Restored {
        /// The cell.
        cell: CellId,
        /// `Notebook/run/cell/task` of the task that computed it.
        pathspec: String,
        /// Who ran that.
        user: String,
        /// When it ended: RFC 3339, UTC.
        finished_at: String,
    },
    /// A module of the project was saved and can't be loaded again while it is in use: a
    /// restart ([`super::Request::Restart`]) loads it, and values are restored.
    RestartOffer {
        /// The language.
        language: Language,
        /// What happened.
        message: String,
        /// What a restart does.
        hint: String,
    },
    /// For the log.
    Log {
        /// `debug`, `info`, `warning`, `error`.
        level: String,
        /// What.
        text: String,
    },
    /// Something runs or waits again.
    Busy,
    /// Nothing runs and nothing waits any more.
    Idle,
    /// The session is over. The last event.
    Ended,
}

/// How an interpreter stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum InterpreterState {
    /// Its process was started.
    Starting,
    /// It answers.
    Ready {
        /// Its process.
        pid: u32,
        /// What runs its languages.
        runtime: Runtime,
    },
    /// It is gone.
    Ended {
        /// What happened.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
}
