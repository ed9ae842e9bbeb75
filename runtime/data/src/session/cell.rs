//! [`Cell`]: what is to be run; [`Answer`]: what came of it.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use super::Table;
use crate::export::Written;
use crate::preview::Preview;

/// Rows that are shown unless a cell says otherwise.
const SHOWN: usize = 1000;

/// Where all rows of a result go.
pub(super) type Out = Box<dyn Write + Send>;

/// The text of a cell and what it asks for.
pub struct Cell {
    pub(super) sql: String,
    pub(super) limit: usize,
    pub(super) memory: Option<u64>,
    pub(super) out: Option<Out>,
}

impl Cell {
    /// A cell whose result is only shown.
    pub fn new(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), limit: SHOWN, memory: None, out: None }
    }

    /// Keeps so many rows to show.
    #[must_use]
    pub fn limit(self, rows: usize) -> Self {
        Self { limit: rows, ..self }
    }

    /// Lets it take so many bytes.
    #[must_use]
    pub fn memory(self, bytes: u64) -> Self {
        Self { memory: Some(bytes), ..self }
    }

    /// Writes all rows of its last statement there, as an Arrow IPC file.
    #[must_use]
    pub fn out(self, out: impl Write + Send + 'static) -> Self {
        Self { out: Some(Box::new(out)), ..self }
    }
}

/// What came of a cell.
#[derive(Debug, Default)]
pub struct Answer {
    /// The first rows of its last statement, when that is a query.
    pub preview: Option<Preview>,
    /// What was written of it.
    pub written: Option<Written>,
    /// All that its last statement gives, when that is a query whose rows went nowhere: the
    /// rows themselves when they are few, else the query.
    pub whole: Option<Made>,
    /// Tables and views that it made, in order.
    pub made: Vec<Made>,
    /// Tables and views that it dropped.
    pub dropped: Vec<String>,
    /// The files that it read, and the folders that it searched for them.
    pub files: Vec<PathBuf>,
    /// The artifacts that it read, by pathspec.
    pub artifacts: Vec<String>,
    /// Functions that it called which give something else each time: `random`, `now`.
    pub unstable: BTreeSet<String>,
    /// The files that it wrote (`COPY … TO`).
    pub wrote: Vec<String>,
}

/// A table or a view that a statement made.
#[derive(Clone, Debug)]
pub struct Made {
    /// What it is called.
    pub name: String,
    /// The Arrow file that holds a table; none for a view.
    pub file: Option<PathBuf>,
    /// What was written into it.
    pub written: Option<Written>,
    pub(super) table: Table,
}

impl Made {
    /// Whether it is computed anew whenever it is read.
    pub fn is_view(&self) -> bool {
        self.file.is_none()
    }
}
