//! What goes over a notebook's socket, `api/notebooks/socket?path=…`: one JSON object a
//! frame. The first frame is a `hello`, and a further one is a snapshot that takes the place
//! of all that was known.
//!
//! ```text
//! > {"focus":{"cell":"b2"}}
//! > {"edit":{"cell":"b2","version":4,"updates":[{"changes":[3,[0,"x"],2]}]}}
//! < {"edited":{"cell":"b2","version":4,"updates":[{"client":7,"changes":[3,[0,"x"],2]}]}}
//! > {"ask":{"id":1,"request":{"request":"run","run":{"run":"cells","cells":["b2"]}}}}
//! < {"answer":{"id":1,"reply":{"reply":"done"}}}
//! < {"event":{"seq":12,"event":"busy"}}
//! ```

use std::collections::{BTreeMap, BTreeSet};

use flownote_kernel::protocol::Problem;
use flownote_kernel::supervisor::{Numbered, Prompt, Reply, Request, Standing};
use flownote_notebook::session::{CellLinks, CellStatus};
use flownote_notebook::{CellId, Document};
use serde::{Deserialize, Serialize};

use super::changes::ChangeSet;

/// What the server says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ToPage {
    /// Everything, first and whenever the page must start over.
    Hello(Box<Hello>),
    /// Something happened. Numbers follow one another without gaps from [`Hello::next`] on.
    /// Changes of text come as [`ToPage::Edited`], all others of the document as `changed`.
    Event(Numbered),
    /// A kernel began or ended: what of [`Hello`] is its own. Statuses that differ came as
    /// events before.
    Session(SessionNow),
    /// What cells make and use: of those whose names are others now.
    Names(Names),
    /// Text was edited: by this page too, which so learns that its edit was taken.
    Edited(Edited),
    /// The text of a cell, when it can't be told by changes. Pending edits of the cell are
    /// lost.
    Resync(Resync),
    /// The answer to an `ask`.
    Answer(Answer),
    /// The file was written, or couldn't be.
    Saved(Saved),
    /// Who is here now.
    People(Vec<Person>),
    /// The cells whose outputs are trusted are others now: [`Hello::trusted_cells`].
    Trusted(BTreeSet<CellId>),
}

/// A notebook as it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Hello {
    /// The number of this page among those that look at the notebook.
    pub client: u32,
    /// The notebook's path below the served folder.
    pub path: String,
    /// The session, which is the run's id; none while no kernel runs.
    pub session: Option<String>,
    /// The document with its outputs.
    pub document: Document,
    /// What each code cell is worth.
    pub statuses: BTreeMap<CellId, CellStatus>,
    /// The milliseconds that each cell ran when it last did, or has run by now.
    pub elapsed_ms: BTreeMap<CellId, f64>,
    /// What each code cell makes and uses, as far as that is known yet.
    pub names: BTreeMap<CellId, CellLinks>,
    /// The version of each cell's text: one more with each update.
    pub versions: BTreeMap<CellId, u32>,
    /// The number of the first event that isn't in the above.
    pub next: u64,
    /// Whether nothing runs and nothing waits.
    pub idle: bool,
    /// The interpreters that were started.
    pub interpreters: Vec<Standing>,
    /// The cell that waits for a line, if one does.
    pub asking: Option<Prompt>,
    /// Who is here, this page included.
    pub people: Vec<Person>,
    /// Whether the file says what the document says.
    pub saved: bool,
    /// Whether all outputs are trusted.
    pub trusted: bool,
    /// The cells whose outputs may have scripts that run: this user's own runs made them, or
    /// the user trusts them.
    pub trusted_cells: BTreeSet<CellId>,
}

/// What runs for a notebook.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SessionNow {
    /// As [`Hello::session`].
    pub session: Option<String>,
    /// As [`Hello::idle`].
    pub idle: bool,
    /// As [`Hello::interpreters`].
    pub interpreters: Vec<Standing>,
    /// As [`Hello::asking`].
    pub asking: Option<Prompt>,
}

/// What cells make and use.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Names {
    /// By cell; those that aren't here are as they were.
    pub cells: BTreeMap<CellId, CellLinks>,
}

/// Who looks at the notebook.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Person {
    /// The page's number.
    pub client: u32,
    /// Their name.
    pub name: String,
    /// The cell that they are in.
    pub cell: Option<CellId>,
}

/// Changes of a cell's text, in order.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Edited {
    /// The cell.
    pub cell: CellId,
    /// The version that the first update applies to; a page that is further leaves out as
    /// many updates as it knows already.
    pub version: u32,
    /// What was changed.
    pub updates: Vec<Update>,
}

/// One change of a text.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Update {
    /// Whose it is: [`Hello::client`]; 0 for the server's (undo).
    pub client: u32,
    /// What, as CodeMirror's `ChangeSet.toJSON()` says it.
    #[cfg_attr(test, ts(type = "unknown"))]
    pub changes: ChangeSet,
}

/// A text that takes the place of what a page has.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Resync {
    /// The cell.
    pub cell: CellId,
    /// Its version.
    pub version: u32,
    /// Its text.
    pub source: String,
}

/// An answer: one of the two.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Answer {
    /// The question's number.
    pub id: u32,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reply>,
    /// Why nothing came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// The file was written, or couldn't be.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Saved {
    /// When, RFC 3339 UTC.
    pub at: String,
    /// Whether the file says what the document says: edits may have come meanwhile.
    pub saved: bool,
    /// Why it couldn't be written.
    pub problem: Option<Problem>,
}

/// What the page says.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
#[expect(clippy::large_enum_variant, reason = "one exists at a time")]
pub enum FromPage {
    /// Asks something.
    Ask(Ask),
    /// Changes a text.
    Edit(Edit),
    /// Says where its user is.
    Focus(Focus),
    /// Asks to write the file now. `saved` answers.
    Save {},
    /// Says that the notebook's outputs are trusted. `trusted` answers.
    Trust {},
}

/// A question.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Ask {
    /// The number that the answer will have.
    pub id: u32,
    /// What is asked.
    pub request: Request,
}

/// A change of a text.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Edit {
    /// The cell.
    pub cell: CellId,
    /// The version that the first update applies to. When it isn't the current one, nothing
    /// is done, and `edited` says what the page didn't know.
    pub version: u32,
    /// What is changed.
    pub updates: Vec<Typed>,
}

/// One change of a text by a page.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Typed {
    /// What, as CodeMirror's `ChangeSet.toJSON()` says it.
    #[cfg_attr(test, ts(type = "unknown"))]
    pub changes: ChangeSet,
}

/// Where a user is.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Focus {
    /// The cell; none for the notebook as a whole.
    pub cell: Option<CellId>,
}
