//! The notebook model: what a notebook is, what its names mean, and what should run next.
//!
//! A [`Document`] is a list of [`Cell`]s, each in one [`Language`], with the [`Output`]s of
//! its last execution. [`Document::apply`] takes an [`Operation`], the same from a browser,
//! a shell or a test, and gives a [`Change`] with its inverse. Documents are read from and
//! written to files by [`ipynb`] and [`percent`]; [`diff`] compares two.
//!
//! **Invariant:** nothing here reads a clock, a file or a socket, starts a process or draws
//! a random number: the same events give the same document, the same ids and the same plan.
//! The marks by which a file names a cell's language (`%%sql`) are known to the codecs alone.
//!
//! ```
//! use flownote_notebook::{Cell, Document, Language, Operation, diff, ipynb, percent};
//!
//! let mut document = Document::new(vec![
//!     Cell::new("load", Language::Python, "import pandas as pd\ndf = pd.read_csv('ratings.csv')"),
//!     Cell::new("top", Language::Sql, "-- out: top\nselect * from df limit 10"),
//! ])?;
//! assert_eq!(document.cells()[1].options().get("out"), Some("top"));
//!
//! // What a browser sends, and what takes it back.
//! let before = document.clone();
//! let change = document.apply(serde_json::from_str::<Operation>(
//!     r#"{"op": "splice", "cell": "top", "from": 35, "to": 37, "text": "5"}"#,
//! )?)?;
//! assert_eq!(document.cells()[1].source, "-- out: top\nselect * from df limit 5");
//! assert!(diff::render(&diff::diff(&before, &document), "a", "b").contains("-select * from df limit 10"));
//! document.apply(change.inverse)?;
//! assert_eq!(document, before);
//!
//! // In a file, the cell says what it is written in.
//! let file = ipynb::write(&document);
//! assert!(file.contains("%%sql"));
//! assert_eq!(ipynb::read(file.as_bytes())?, document);
//! let script = percent::write(&document, percent::Style::default());
//! assert!(script.contains("# %% [sql] id=\"top\"\n# -- out: top\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// What a notebook is.
pub mod cell;
pub mod document;
pub mod id;
pub mod language;
pub mod options;
pub mod output;

// What can be done to it.
mod apply;
pub mod error;
pub mod operation;
pub mod recognise;
mod strip;
pub mod text;
mod undo;

// Its files.
pub mod diff;
pub mod ipynb;
pub mod percent;

// What the shell says of them.
pub mod failure;
pub mod misspelt;
pub mod parameter;

// What its cells mean, and what happens to them.
pub mod facts;
pub mod lines;
pub mod places;
pub mod resolve;
pub mod session;
pub mod wasm;

pub use cell::Cell;
pub use document::{Document, INJECTED};
pub use error::Error;
pub use facts::{Facts, facts};
pub use id::{CellId, NotebookId};
pub use language::{Language, Mode};
pub use operation::{Change, Operation};
pub use options::Options;
pub use output::Output;

#[cfg(test)]
mod tests;
