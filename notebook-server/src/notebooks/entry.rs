//! Notebooks and their folders as the page lists them.

use crate::api::MemoryRoom;
use flownote_notebook::places::Mistake;
use flownote_notebook::{CellId, Document, Language};
use serde::{Deserialize, Serialize};

/// `GET api/notebooks`: what is in the served folder.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookTree {
    /// The served folder, as its user knows it.
    pub root: String,
    /// What is in it.
    pub entries: Vec<NotebookEntry>,
    /// Whether there is more than is told.
    pub cut: bool,
}

/// A folder, or a notebook.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum NotebookEntry {
    /// A folder that has notebooks somewhere below.
    Folder {
        /// Its name.
        name: String,
        /// Its path below the served folder, with `/`.
        path: String,
        /// What is in it.
        entries: Vec<NotebookEntry>,
    },
    /// An `.ipynb`, or a `.py` with cells.
    Notebook {
        /// Its name.
        name: String,
        /// Its path below the served folder, with `/`.
        path: String,
        /// When it was written: RFC 3339, UTC.
        modified: String,
        /// Bytes.
        size: u64,
        /// Whether a kernel runs for it.
        running: bool,
    },
}

/// The body of `POST api/notebooks` and `POST api/notebooks/delete`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookAt {
    /// The path below the served folder.
    pub path: String,
}

/// The body of `POST api/notebooks/rename` and `POST api/notebooks/copy`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookFromTo {
    /// The path of the notebook.
    pub path: String,
    /// Its new path, or that of the copy.
    pub to: String,
}

/// The body of `POST api/notebooks/upload`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookUpload {
    /// The path of the new file, of any kind.
    pub path: String,
    /// Its content, base64.
    pub content: String,
    /// Whether it may take the place of a file that is there; notebooks never do.
    #[serde(default)]
    pub replace: bool,
}

/// What was made or moved.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookPlace {
    /// Its path below the served folder.
    pub path: String,
}

/// `GET api/notebooks/history?path=`: what was saved, the newest first.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookHistory {
    /// The saves.
    pub saves: Vec<NotebookSave>,
}

/// A notebook as it was once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookSave {
    /// Its name in this history: `GET api/notebooks/history/diff?path=&save=` tells what
    /// differs between it and the notebook now.
    pub save: String,
    /// When: RFC 3339, UTC.
    pub at: String,
    /// Bytes.
    pub size: u64,
    /// Why it is kept: `saved`, `replaced` for what another program's file or an earlier save
    /// took the place of, `restored` for an earlier save that was restored.
    pub why: String,
}

/// `GET api/notebooks/history/save?path=&save=`: a notebook as it was once.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookSaved {
    /// Which save.
    pub save: String,
    /// When: RFC 3339, UTC.
    pub at: String,
    /// Why it is kept; see [`NotebookSave::why`].
    pub why: String,
    /// The notebook, without outputs.
    pub document: Document,
}

/// The body of `POST api/notebooks/history/restore`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookRestore {
    /// The path of the notebook.
    pub path: String,
    /// Which save.
    pub save: String,
}

/// What became of it: browsers see the change as they see any other, and undo takes it back.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookRestored {
    /// Whether the notebook was another than that save.
    pub changed: bool,
}

/// `GET api/notebooks/kernel?path=`: the processes of a notebook.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookKernel {
    /// Whether a supervisor runs.
    pub running: bool,
    /// The session, which is the run's id.
    pub session: Option<String>,
    /// The supervisor's process.
    pub pid: Option<u32>,
    /// The memory that it has, in bytes.
    pub resident: Option<u64>,
    /// The interpreters that were started.
    pub interpreters: Vec<NotebookInterpreter>,
    /// The Python that Python cells run with, or would.
    pub python: String,
    /// The machine's memory.
    pub memory: Option<MemoryRoom>,
}

/// An interpreter's process.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookInterpreter {
    /// One of its languages.
    pub language: Language,
    /// `starting`, `ready` or `ended`.
    pub state: String,
    /// Its process.
    pub pid: Option<u32>,
    /// The memory that it has, in bytes.
    pub resident: Option<u64>,
    /// What runs the language, with its version.
    pub version: Option<String>,
    /// The program.
    pub executable: Option<String>,
    /// The folder of the virtual environment that the program is of.
    pub environment: Option<String>,
}

/// `GET api/notebooks/kernel/packages?path=`: what is installed for Python cells.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookPackages {
    /// The Python.
    pub executable: String,
    /// The packages that it finds, by name.
    pub packages: Vec<NotebookPackage>,
}

/// `POST api/notebooks/kernel/pythons`: what the notebook's Python cells may run in.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookPythons {
    /// The one that was chosen, or the server's.
    pub chosen: String,
    /// The server's.
    pub usual: String,
    /// All that were found, the chosen one first.
    pub pythons: Vec<NotebookPython>,
}

/// A Python.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookPython {
    /// The program.
    pub executable: String,
    /// The folder of the virtual environment that it is of.
    pub environment: Option<String>,
    /// Its version, if it says one.
    pub version: Option<String>,
    /// Why cells can't run in it.
    pub problem: Option<String>,
}

/// The body of `POST api/notebooks/kernel/python`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ChoosePython {
    /// The notebook.
    pub path: String,
    /// The program; the server's own where there is none.
    pub python: Option<String>,
}

/// `GET api/notebooks/check?path=&with=`: what a program finds in the cells' text.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookChecked {
    /// The program.
    pub program: String,
    /// The cells that it read, and what it found in each.
    pub cells: Vec<CheckedCell>,
}

/// What is found in a cell.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CheckedCell {
    /// Its id.
    pub cell: CellId,
    /// The text that was read: with another, places mean nothing.
    pub source: String,
    /// What was found.
    pub problems: Vec<Mistake>,
}

/// One that is installed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NotebookPackage {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}
