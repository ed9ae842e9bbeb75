//! What one can do to a document. A browser sends these, the server applies them and sends
//! [`Change::applied`] on, and every browser replays it.
//!
//! ```json
//! {"op":"insert","cell":{"id":"b2","language":"sql","source":"select 1"},"at":1}
//! {"op":"splice","cell":"b2","from":7,"to":8,"text":"2"}
//! {"op":"move","cell":"b2","to":0}
//! {"op":"undo"}
//! ```

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::{Cell, CellId, Language, Mode, Output};

/// A change to ask for. Positions among cells count from 0; positions in text count
/// UTF-16 units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Operation {
    /// Puts a new cell at a position.
    Insert {
        /// The cell; its id is new.
        cell: Cell,
        /// Where it will stand.
        at: usize,
    },
    /// Takes a cell out.
    Delete {
        /// Which.
        cell: CellId,
    },
    /// Gives a cell a new text.
    Edit {
        /// Which.
        cell: CellId,
        /// The text.
        source: String,
    },
    /// Replaces a range of a cell's text.
    Splice {
        /// Which.
        cell: CellId,
        /// Where the range begins.
        from: usize,
        /// Where it ends; `from` for an insertion.
        to: usize,
        /// What takes its place.
        text: String,
    },
    /// Moves a cell.
    Move {
        /// Which.
        cell: CellId,
        /// Its position afterwards.
        to: usize,
    },
    /// Makes two cells of one. The first keeps the id, the second gets the outputs, since
    /// it has the last line. The line end at the cut goes.
    Split {
        /// Which.
        cell: CellId,
        /// Where, in its text.
        at: usize,
        /// The id of the second cell; without it one is derived.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        into: Option<CellId>,
    },
    /// Makes one cell of several that follow one another, line after line. It has the
    /// first one's id and no outputs.
    Merge {
        /// Which, from top to bottom.
        cells: Vec<CellId>,
    },
    /// Says what a cell is written in. Markdown and raw cells have no outputs.
    Language {
        /// Which.
        cell: CellId,
        /// The new language.
        language: Language,
    },
    /// Says when the notebook's cells run.
    Mode {
        /// The new mode.
        mode: Mode,
    },
    /// Sets one key of the metadata, or removes it when no value is given.
    Metadata {
        /// The cell; without it, the notebook.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cell: Option<CellId>,
        /// The key.
        key: String,
        /// The value. JSON's `null` is a value.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        value: Option<Value>,
    },
    /// Removes the outputs and the number of a cell.
    Clear {
        /// The cell; without it, all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cell: Option<CellId>,
    },
    /// Gives cells the outputs that they had: takes a `clear` back.
    Restore {
        /// What each had.
        cells: Vec<Shown>,
    },
    /// Puts cells in the place of others that follow one another: takes a `split`, `merge`
    /// or `language` back.
    Replace {
        /// Which go, from top to bottom.
        cells: Vec<CellId>,
        /// What stands there instead.
        with: Vec<Cell>,
    },
    /// Takes the last operation back.
    Undo,
    /// Takes the last operation back that isn't typing ([`Operation::Splice`]): what was typed
    /// since stays, and is in the way when it would be lost.
    UndoCells,
    /// Applies again what was taken back last.
    Redo,
}

/// What a cell showed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Shown {
    /// The cell.
    pub cell: CellId,
    /// Its outputs.
    #[serde(default)]
    pub outputs: Vec<Output>,
    /// Its number.
    #[serde(default)]
    pub execution_count: Option<u32>,
}

/// What an operation did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The document's revision after it.
    pub revision: u64,
    /// What was done in fact: `undo`, `redo`, `split` and `merge` in terms of the others,
    /// so that a copy of the document that applies it is the same again.
    pub applied: Operation,
    /// What takes it back.
    pub inverse: Operation,
    /// The cells that are new or differ, from top to bottom.
    pub touched: Vec<CellId>,
    /// The cells that are gone.
    pub removed: Vec<CellId>,
    /// Whether names may resolve differently: a source, a language or the order changed.
    /// Metadata and outputs don't change what a name means.
    pub meaning: bool,
}

/// Tells an absent value (nothing) from `null` (a value).
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
