//! Notebook files as Jupyter, VS Code, nbclient, papermill and Polynote read and write them:
//! [`read()`] takes versions 2 to 4, [`write()`] gives 4.5 with cell ids.
//!
//! A cell that isn't in the notebook's own language is marked twice, for those who look at
//! its text and for those who look at its metadata. The mark is only in the file:
//!
//! ```json
//! {
//!  "cells": [
//!   {
//!    "cell_type": "code",
//!    "execution_count": null,
//!    "id": "7d1f0c52",
//!    "metadata": {
//!     "language": "sql"
//!    },
//!    "outputs": [],
//!    "source": [
//!     "%%sql\n",
//!     "-- out: top\n",
//!     "select * from ratings"
//!    ]
//!   }
//!  ],
//!  "metadata": {
//!   "flownote": {
//!    "id": "5f0c8a6c1b2d3e4f",
//!    "mode": "lazy"
//!   }
//!  },
//!  "nbformat": 4,
//!  "nbformat_minor": 5
//! }
//! ```
//!
//! A new file names its [`kernel`], too. What a newer or another program put into metadata, and outputs of unknown kinds, stay as
//! they are. Keys are sorted, texts are lists of lines and numbers look as Python writes
//! them, so that a file saved here and one saved by Jupyter differ in what was changed only.

mod bounds;
mod error;
mod ids;
pub mod kernel;
mod layout;
mod lenient;
mod marker;
mod old;
mod output;
mod read;
mod value;
mod write;

pub(crate) use ids::complete as complete_ids;
pub(crate) use marker::python_marks;
pub(crate) use read::decode;

pub use bounds::Bounds;
pub use error::Error;
pub use marker::python_language;
pub use read::read;
pub use write::{write, write_within};

#[cfg(test)]
mod tests;
