//! The notebook model.
pub mod wasm;

mod apply;
pub mod cell;
pub mod document;
pub mod error;
pub mod id;
pub mod ipynb;
pub mod language;
pub mod operation;
pub mod options;
pub mod output;

pub mod text;
mod undo;

pub mod facts;
pub mod lines;
pub mod resolve;
pub mod session;

pub use cell::Cell;
pub use document::Document;
pub use error::Error;
pub use facts::{Facts, facts};
pub use id::{CellId, NotebookId};
pub use language::{Language, Mode};
pub use operation::{Change, Operation};
pub use options::Options;
pub use output::Output;

#[cfg(test)]
mod tests;
