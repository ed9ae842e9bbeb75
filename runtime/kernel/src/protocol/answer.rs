//! What an interpreter says to the supervisor.

use std::collections::BTreeMap;

use flownote_flow::manifest::Usage;
use flownote_flow::provenance::External;
use flownote_notebook::Output;
use flownote_notebook::places::Mistake;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::request::{Comm, NameVersion};
use super::value::Exported;

/// A message from an interpreter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Answer {
    /// The first message, in answer to the welcome.
    Ready(Box<Ready>),
    /// A cell begins.
    Started {
        /// Which execution.
        execution: u64,
    },
    /// A cell shows something.
    Output {
        /// Which execution; none when no cell can be told.
        #[serde(default)]
        execution: Option<u64>,
        /// What it shows.
        output: Output,
    },
    /// A cell asks for a line and waits.
    InputRequest {
        /// Which execution.
        #[serde(default)]
        execution: Option<u64>,
        /// What to ask.
        prompt: String,
        /// Whether the line is not to be shown.
        #[serde(default)]
        password: bool,
    },
    /// A cell ended: one for each execution, after its outputs.
    Finished(Box<Finished>),
    /// Something for the log.
    Log {
        /// `debug`, `info`, `warning`, `error`.
        level: String,
        /// What.
        text: String,
    },
    /// The values of an export.
    Exported {
        /// The request.
        request: u64,
        /// By name.
        values: BTreeMap<String, Exported>,
    },
    /// Where modules come from.
    Modules {
        /// The request.
        request: u64,
        /// By name.
        found: BTreeMap<String, FoundModule>,
    },
    /// What was loaded again.
    Reloaded {
        /// The request.
        request: u64,
        /// Which were.
        #[serde(default)]
        done: Vec<String>,
        /// Which weren't, and why.
        #[serde(default)]
        refused: BTreeMap<String, String>,
        /// What they are now, and others with them.
        #[serde(default)]
        found: BTreeMap<String, FoundModule>,
    },
    /// What could stand there.
    Completions {
        /// The request.
        request: u64,
        /// Where the text begins that an item replaces, in code points.
        start: u32,
        /// Where it ends.
        end: u32,
        /// The likeliest first.
        items: Vec<Completion>,
    },
    /// What stands there.
    Inspected {
        /// The request.
        request: u64,
        /// Whether anything is known.
        found: bool,
        /// By MIME type.
        #[serde(default)]
        data: Map<String, Json>,
    },
    /// Whether code ends a statement.
    Completeness {
        /// The request.
        request: u64,
        /// What it is.
        status: Completeness,
        /// What to begin the next line with.
        #[serde(default)]
        indent: String,
    },
    /// What is wrong with code.
    Diagnosed {
        /// The request.
        request: u64,
        /// What.
        mistakes: Vec<Mistake>,
    },
    /// A message of a widget.
    Comm(Comm),
}

/// What a process is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ready {
    /// [`super::VERSION`].
    pub version: u32,
    /// Its process id.
    pub pid: u32,
    /// The languages that it runs.
    pub languages: Vec<String>,
    /// What runs them.
    #[serde(default)]
    pub runtime: Runtime,
    /// A line for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub banner: Option<String>,
}

/// What runs a language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Runtime {
    /// The version without its patch level, `3.11`: it is part of cache keys.
    pub name: String,
    /// The whole version.
    pub version: String,
    /// `x86_64-linux`.
    pub platform: String,
    /// The program.
    pub executable: String,
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finished {
    /// Which execution.
    pub execution: u64,
    /// How.
    pub status: FinishedStatus,
    /// Names whose binding changed.
    #[serde(default)]
    pub defined: BTreeMap<String, Defined>,
    /// Names that are gone.
    #[serde(default)]
    pub deleted: Vec<String>,
    /// Versions that are no longer there: the cell changed them in place, and they were too
    /// large for a copy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<NameVersion>,
    /// The values that were to be exported.
    #[serde(default)]
    pub exports: BTreeMap<String, Exported>,
    /// What it read of the world.
    #[serde(default)]
    pub externals: Vec<External>,
    /// Why the result may depend on more than is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unverified: Option<String>,
    /// Why the result must never be reused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncacheable: Option<String>,
    /// Modules that were imported meanwhile.
    #[serde(default)]
    pub modules: Vec<String>,
    /// Modules that are others than was told before: loaded just now, from files that were
    /// saved since.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub edited: BTreeMap<String, FoundModule>,
    /// What it used.
    #[serde(default)]
    pub usage: Usage,
    /// How long it took, milliseconds.
    #[serde(default)]
    pub elapsed_ms: f64,
    /// Jupyter's payloads: `page`, `set_next_input`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payload: Vec<Json>,
    /// The cell asked the process to end (`sys.exit`, `quit`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<Exit>,
}

/// How an execution ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishedStatus {
    /// Well.
    Ok,
    /// With an error, which was shown.
    Error,
    /// Because the user stopped it.
    Interrupted,
}

/// A name that an execution bound.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Defined {
    /// The value's type as its language names it (`pandas.DataFrame`).
    #[serde(rename = "type")]
    pub type_name: String,
    /// A few words (`100,000 × 4`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Whether the value can't be stored: it lives in its process only.
    pub live: bool,
    /// The digest of its encoding, where it is known without effort.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// A cell that asked its process to end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Exit {
    /// What it gave to `sys.exit`: a number, a text, or nothing.
    pub code: Json,
}

/// Where a module comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FoundModule {
    /// Something installed.
    Distribution {
        /// What it is called there.
        name: String,
        /// Its version.
        version: String,
    },
    /// A file of the project, with the project's modules that it imports.
    Project {
        /// Of its code and theirs, as it is loaded if it is.
        digest: String,
        /// The same of what the files say, where that is something else.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        saved: Option<String>,
        /// The files, each with its time of change in nanoseconds, its length and its inode
        /// as they were before it was read: `1732269000123456789-120-9921`.
        #[serde(default)]
        files: BTreeMap<String, String>,
        /// Why it can't be seen what else it reaches.
        #[serde(default)]
        coarse: Option<String>,
    },
    /// It comes with the language.
    Standard,
    /// There is none.
    Missing,
}

impl FoundModule {
    /// What stands for it in keys.
    pub fn version(&self) -> String {
        match self {
            Self::Distribution { name, version } => format!("{name} {version}"),
            Self::Project { digest, .. } => digest.clone(),
            Self::Standard => "standard".to_owned(),
            Self::Missing => "missing".to_owned(),
        }
    }
}

/// Something that could stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Completion {
    /// The text.
    pub text: String,
    /// `function`, `module`, `keyword`….
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub type_name: Option<String>,
    /// The signature of a function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

/// Whether code ends a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Completeness {
    /// It does.
    Complete,
    /// More must follow.
    Incomplete,
    /// It can't be right, whatever follows.
    Invalid,
    /// It can't be told.
    Unknown,
}
