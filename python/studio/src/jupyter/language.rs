//! Which language a request is in: its first line says so, as in a file.

use flownote_notebook::ipynb::python_language;
use flownote_notebook::{Cell, Language};

/// Code and what it is written in.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The language.
    pub language: Language,
    /// The code without the line that names it.
    pub source: String,
    /// How many code points that line has, its end included.
    pub removed: usize,
}

impl Code {
    /// Takes a request's code apart.
    pub fn of(code: &str) -> Self {
        let mut cell = Cell::new("request", Language::Python, code);
        let whole = cell.source.chars().count();
        python_language(&mut cell);
        let removed = whole - cell.source.chars().count();
        Self { language: cell.language, source: cell.source, removed }
    }

    /// A place in the request as a place in the code; none within the line that is gone.
    pub fn cursor(&self, of_request: usize) -> Option<u32> {
        of_request.checked_sub(self.removed).and_then(|at| u32::try_from(at).ok())
    }
}
