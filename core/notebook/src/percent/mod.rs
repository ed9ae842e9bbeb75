//! Notebooks as Python files that editors, linters and reviewers read: the percent format
//! of Jupytext, VS Code, Spyder and PyCharm.
//!
//! ```text
//! # %% [markdown] id="intro"
//! # # Ratings
//!
//! # %% Load the data id="load" tags=["parameters"]
//! path = "ratings.csv"
//! # %matplotlib inline
//!
//! # %% [sql] id="top"
//! # -- out: top
//! # select * from ratings limit 10
//! ```
//!
//! A marker has a title, the kind of the cell unless it is Python, and metadata as
//! `key=json`. The source of other languages stands in comments, and so do lines that only
//! IPython understands, so that `python file.py` runs the rest. A line that would be taken
//! for one of these gets `# ` in front, which is taken off again.
//!
//! Cells without `id=` get one from their text, and are known again by `recognise` when they
//! are edited: a file that somebody writes by hand needs no ids.
//!
//! The files have no outputs, no attachments and, but for the kernel's name, none of the
//! notebook's metadata. What stands above the first marker is kept as it is.

mod comment;
mod header;
mod marker;
mod read;
mod script;
mod write;

pub use read::read;
pub use write::{Style, write, write_and_place};

#[cfg(test)]
mod tests;
