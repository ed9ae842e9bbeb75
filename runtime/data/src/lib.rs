//! Tables: SQL over named frames, files and artifacts.
//!
//! A [`SqlSession`] knows tables by name: [`Frame`]s (Arrow batches, mapped from the files
//! that interpreters exchange), the views and tables that its own statements made, and
//! functions of other languages ([`BatchFunction`]). What isn't a name is a file (`FROM
//! 'ratings/*.parquet'`) or a pathspec that an [`Artifacts`] finds.
//!
//! [`SqlSession::run`] executes the statements of a [`Cell`] one after the other and gives
//! the [`Answer`] of the last: the first rows as a [`Preview`], and all rows written as an
//! Arrow IPC file when the cell names its result.
//!
//! [`Sheets`] are tables that people look at page by page: queries of theirs only read, and
//! of files only those below one folder.
//!
//! Pictures are data too: [`video`] reads the frames of films.
//!
//! ```
//! use std::sync::Arc;
//! use arrow::array::{Int64Array, RecordBatch};
//! use flownote_data::{Cell, Frame, Options, SqlSession};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let numbers = RecordBatch::try_from_iter([("n", Arc::new(Int64Array::from(vec![1, 2, 3])) as _)])?;
//! let session = SqlSession::new(Options::default())?;
//! session.bind("numbers", Frame::from(numbers));
//!
//! let runtime = tokio::runtime::Builder::new_current_thread().build()?;
//! let answer = runtime.block_on(session.run(Cell::new("SELECT sum(n) AS total FROM numbers")))?;
//! assert_eq!(answer.preview.expect("rows").json()["rows"], serde_json::json!([[6]]));
//! # Ok(())
//! # }
//! ```
//!
//! **Invariant:** DataFusion is known here and nowhere else; what crosses the border is
//! Arrow. Nothing here knows cells' order, other languages or the datastore: a frame is
//! bound by whoever decided that it is visible.

mod artifacts;
mod case;
mod contained;
mod error;
mod export;
mod file;
mod frame;
mod function;
mod memory;
mod names;
mod options;
mod plan;
mod preview;
mod read;
mod session;
mod sheet;
mod sheets;
mod types;
pub mod video;

pub use arrow;

/// The version of the engine that runs queries: results may depend on it.
pub const ENGINE_VERSION: &str = datafusion::DATAFUSION_VERSION;

pub use artifacts::{Artifact, Artifacts};
pub use error::{Error, Place};
pub use export::Written;
pub use file::is_known as is_table_ending;
pub use frame::Frame;
pub use function::BatchFunction;
pub use memory::{default_limit, parse_size};
pub use names::Opener;
pub use options::Options;
pub use plan::is_complete;
pub use preview::{Preview, TABLE_TYPE};
pub use read::{Bytes, read};
pub use session::{Answer, Cell, Made, SqlSession};
pub use sheet::{Column, Histogram, Page, Sheet, SortBy, Statistics, Top, View, Window};
pub use sheets::{Opened, Query, Ran, Sheets};
