//! What the supervisor says to an interpreter.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::value::{Binding, ValueRef};

/// A message to an interpreter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Request {
    /// The first message.
    Welcome(Welcome),
    /// Run a cell.
    Execute(Box<Execute>),
    /// Know these values as versions of names; nothing is decoded yet.
    Define {
        /// The version: the execution that made them.
        version: u64,
        /// The values by name.
        values: BTreeMap<String, ValueRef>,
    },
    /// Encode values. Answered by [`super::Answer::Exported`].
    Export {
        /// The number of the request, returned in the answer.
        request: u64,
        /// Names and their versions.
        names: BTreeMap<String, u64>,
        /// Whether other languages are to read them: a pandas frame whose exact form is a
        /// pickle is then converted.
        #[serde(default)]
        common: bool,
        /// Values that would take more bytes than this are errors: they aren't worth it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<u64>,
    },
    /// Find modules without importing them. Answered by [`super::Answer::Modules`].
    Modules {
        /// The number of the request.
        request: u64,
        /// Names of top-level modules.
        names: Vec<String>,
    },
    /// Load what was saved of modules, and of those that they import, again where that is
    /// safe. Answered by [`super::Answer::Reloaded`].
    Reload {
        /// The number of the request.
        request: u64,
        /// Their names, as cells import them.
        modules: Vec<String>,
    },
    /// What could stand at the cursor? Answered by [`super::Answer::Completions`], also while
    /// a cell runs, as the two after it.
    Complete {
        /// The number of the request.
        request: u64,
        /// The cell.
        code: String,
        /// Where in it, in Unicode code points.
        cursor: u32,
    },
    /// What stands at the cursor? Answered by [`super::Answer::Inspected`].
    Inspect {
        /// The number of the request.
        request: u64,
        /// The cell.
        code: String,
        /// Where in it, in Unicode code points.
        cursor: u32,
        /// 1 for more than the signature, as Jupyter has it.
        #[serde(default)]
        detail: u8,
    },
    /// Does the code end a statement? Answered by [`super::Answer::Completeness`].
    IsComplete {
        /// The number of the request.
        request: u64,
        /// The code.
        code: String,
    },
    /// What is wrong with the code, without running it? Answered by
    /// [`super::Answer::Diagnosed`].
    Diagnose {
        /// The number of the request.
        request: u64,
        /// The code.
        code: String,
        /// Names of the notebook that may not be bound yet.
        known: Vec<String>,
    },
    /// What the user typed, in answer to [`super::Answer::InputRequest`].
    InputReply {
        /// The line, without its end.
        text: String,
    },
    /// A message between a widget here and one in the page.
    Comm(Comm),
    /// Old values that nobody refers to any more.
    Forget {
        /// Which.
        versions: Vec<NameVersion>,
    },
    /// Old values that are files, too: those that no name is bound to may stay in memory up to
    /// so many bytes, the newest; the others are read again when they are asked for.
    Spill {
        /// Bytes.
        at_most: u64,
        /// Which, the oldest first.
        values: Vec<Spilled>,
    },
    /// Stop the cell that was sent last, whether it has begun or not.
    Interrupt {},
    /// End.
    Shutdown {},
}

/// The first message: what a process is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Welcome {
    /// [`super::VERSION`].
    pub version: u32,
    /// The session's id.
    pub session: String,
    /// The folder for files of values; the name of a file is the interpreter's choice.
    pub values: PathBuf,
    /// The working folder: the notebook's own.
    pub folder: PathBuf,
    /// Settings of the notebook and its languages.
    #[serde(default)]
    pub options: Map<String, Json>,
}

/// A cell to run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Execute {
    /// The number of the execution, unique within the session.
    pub execution: u64,
    /// `python`, `sql`, `wasm`, `rust`.
    pub language: String,
    /// The cell's id.
    pub cell: String,
    /// How people name it: `cell 3`.
    pub label: String,
    /// The code, language marker removed, magics rewritten.
    pub code: String,
    /// The difference between the names that are bound and those that are to be.
    #[serde(default)]
    pub rebind: Rebind,
    /// Names that the cell changes in place: their old values are to be kept.
    #[serde(default)]
    pub snapshot: Vec<String>,
    /// Names to export when it ends well.
    #[serde(default)]
    pub exports: Vec<String>,
    /// Show nothing, count nothing.
    #[serde(default)]
    pub silent: bool,
    /// Whether it enters the history of inputs.
    #[serde(default)]
    pub store_history: bool,
    /// Whether somebody is there to answer `input()`.
    #[serde(default)]
    pub allow_stdin: bool,
    /// The number that the cell shows, `[3]`.
    #[serde(default)]
    pub count: Option<u32>,
    /// Whether results of the cache may stand for calls.
    #[serde(default)]
    pub reuse: bool,
}

/// What to bind and unbind before a cell runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rebind {
    /// Names to bind.
    pub set: BTreeMap<String, Binding>,
    /// Names to unbind.
    pub unset: Vec<String>,
}

/// A version of a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NameVersion {
    /// The name.
    pub name: String,
    /// The execution that made it.
    pub version: u64,
}

/// A version of a name that is a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spilled {
    /// The name.
    pub name: String,
    /// The execution that made it.
    pub version: u64,
    /// Its value.
    pub value: ValueRef,
}

/// A message of a widget, in either direction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Comm {
    /// The id of the pair.
    pub id: String,
    /// What happens.
    pub kind: CommKind,
    /// The kind of widget, when it opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The message.
    #[serde(default)]
    pub data: Json,
    /// Binary parts, base64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buffers: Vec<String>,
    /// What Jupyter's message carries beside.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    pub metadata: Json,
}

/// What happens to a pair of widgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum CommKind {
    /// It begins.
    Open,
    /// It speaks.
    Message,
    /// It ends.
    Close,
}
