//! Why a file can't be read as a notebook.

use flownote_flow::help::Help;

/// A file that isn't a notebook that can be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is nothing in it.
    #[error("the notebook's file is empty")]
    Empty,
    /// Bytes that aren't UTF-8.
    #[error("the notebook isn't UTF-8 text: line {line} has the byte 0x{byte:02x}")]
    Encoding {
        /// The line, from 1.
        line: usize,
        /// The first byte that can't stand there.
        byte: u8,
    },
    /// Git left both sides of a merge in the file.
    #[error("the notebook has {count} unresolved Git conflict{s}, the first at line {line}", s = if *count == 1 { "" } else { "s" })]
    Conflict {
        /// Where the first begins.
        line: usize,
        /// How many there are.
        count: usize,
    },
    /// The JSON ends too early.
    #[error("the notebook is cut off at line {line}")]
    CutOff {
        /// The last line.
        line: usize,
    },
    /// It isn't JSON.
    #[error("the notebook is broken JSON at line {line}, column {column}: {reason}")]
    Json {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What the parser says.
        reason: String,
    },
    /// It is JSON, but of something else.
    #[error("the file is JSON, but not a notebook: {reason}")]
    NotANotebook {
        /// What is missing.
        reason: String,
    },
    /// A newer major version of the format.
    #[error("the notebook has format {major}, newer than 4, the newest that is known here")]
    Newer {
        /// The version.
        major: u64,
    },
    /// The first version of the format, of 2011.
    #[error("the notebook has format {major}, older than 2, the oldest that is known here")]
    Older {
        /// The version.
        major: u64,
    },
    /// A field that isn't what the format says.
    #[error("{place} is {found}, where the format has {expected}")]
    Shape {
        /// `` `source` of cell 3 ``.
        place: String,
        /// `text`.
        expected: &'static str,
        /// `a number`.
        found: &'static str,
    },
}

impl Help for Error {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Empty => "delete it and make a new notebook, or restore it from version control".into(),
            Self::Encoding { .. } => {
                "convert it: `iconv -f latin1 -t utf-8 in.ipynb > out.ipynb`".into()
            }
            Self::Conflict { .. } => {
                "take one side with `git checkout --ours` or `--theirs`, or edit the file so that each cell is there once".into()
            }
            Self::CutOff { .. } => {
                "a write was interrupted: restore the file from `.ipynb_checkpoints` or version control".into()
            }
            Self::Json { .. } => {
                "restore the file from `.ipynb_checkpoints` or version control, or mend that line".into()
            }
            Self::NotANotebook { .. } => {
                "notebooks have `nbformat` and `cells`; was the file renamed to `.ipynb`?".into()
            }
            Self::Newer { .. } => {
                "upgrade Flownote, or save the notebook as version 4 in the program that wrote it".into()
            }
            Self::Older { .. } => "convert it: `jupyter nbconvert --to notebook`".into(),
            Self::Shape { .. } => {
                "mend the file by hand, or restore it from version control".into()
            }
        })
    }
}
