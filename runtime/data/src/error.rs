//! What can be wrong with a query: where, what, and what to do now.

mod from_plan;
mod place;

use std::path::PathBuf;

use flownote_flow::help::{Help, list_in_words, resembling};

use crate::memory::size;

pub(crate) use from_plan::Source;
pub use place::Place;

/// Why a cell failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text isn't SQL.
    #[error("{message}")]
    Syntax {
        /// What was expected and what stands there.
        message: String,
        /// Where.
        place: Option<Place>,
    },
    /// A table that nobody knows.
    #[error("there is no table `{name}`")]
    UnknownTable {
        /// What it was called.
        name: String,
        /// The tables that there are.
        known: Vec<String>,
        /// Where.
        place: Option<Place>,
    },
    /// A column that no table in sight has.
    #[error("there is no column `{name}`")]
    UnknownColumn {
        /// What it was called.
        name: String,
        /// The columns in sight.
        known: Vec<String>,
        /// Where.
        place: Option<Place>,
    },
    /// A function that nobody knows.
    #[error("there is no function `{name}`")]
    UnknownFunction {
        /// What it was called.
        name: String,
        /// The functions that there are.
        known: Vec<String>,
        /// Where.
        place: Option<Place>,
    },
    /// A column that several tables in sight have.
    #[error("`{name}` could be a column of several tables")]
    Ambiguous {
        /// What it was called.
        name: String,
        /// Where.
        place: Option<Place>,
    },
    /// The text is SQL, and makes no sense.
    #[error("{message}")]
    Meaning {
        /// Why not.
        message: String,
        /// What to do now.
        hint: Option<String>,
        /// Where.
        place: Option<Place>,
    },
    /// SQL that is not done here.
    #[error("{what}")]
    Unsupported {
        /// What.
        what: String,
        /// What to do instead.
        hint: Option<String>,
    },
    /// The query needs more memory than it may take.
    #[error("the query needs more than {}, the memory that queries may take", size(*limit))]
    Memory {
        /// The limit in bytes.
        limit: u64,
        /// Who held how much.
        holders: Vec<String>,
    },
    /// There is no room to put aside what doesn't fit in memory.
    #[error("the query's temporary files in {} could not be written: {message}", folder.display())]
    Scratch {
        /// Where they are.
        folder: PathBuf,
        /// Why not.
        message: String,
    },
    /// A function of another language failed.
    #[error("`{function}`: {message}")]
    Function {
        /// Which.
        function: String,
        /// What it said.
        message: String,
        /// What to do now.
        hint: Option<String>,
    },
    /// A file can't be read as a table.
    #[error("{path}: {message}")]
    File {
        /// Which, as the query names it.
        path: String,
        /// Why not.
        message: String,
        /// What to do now.
        hint: Option<String>,
    },
    /// A value can't be seen as a table.
    #[error("{message}")]
    Value {
        /// Why not.
        message: String,
        /// What to do now.
        hint: Option<String>,
    },
    /// The query failed while it ran.
    #[error("{message}")]
    Run {
        /// Why.
        message: String,
    },
    /// The result could not be written.
    #[error("the result could not be written: {message}")]
    Write {
        /// Why not.
        message: String,
    },
}

impl Error {
    /// The name of its kind, as a traceback begins.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "SqlSyntaxError",
            Self::UnknownTable { .. } => "UnknownTable",
            Self::UnknownColumn { .. } => "UnknownColumn",
            Self::UnknownFunction { .. } => "UnknownFunction",
            Self::Ambiguous { .. } => "AmbiguousColumn",
            Self::Memory { .. } => "MemoryLimit",
            Self::File { .. } => "FileError",
            Self::Function { .. } => "FunctionError",
            Self::Value { .. } => "ValueError",
            _ => "SqlError",
        }
    }

    /// Where in the cell it is, when that is known.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Syntax { place, .. }
            | Self::UnknownTable { place, .. }
            | Self::UnknownColumn { place, .. }
            | Self::UnknownFunction { place, .. }
            | Self::Ambiguous { place, .. }
            | Self::Meaning { place, .. } => place.as_ref(),
            _ => None,
        }
    }

    /// Where in a cell's text it is: where it says so, or else where what it is about is named.
    pub fn place_in(&self, sql: &str) -> Option<Place> {
        let named = match self {
            Self::File { path, .. } => Place::of_word(sql, path),
            Self::Function { function, .. } => Place::of_word(sql, function),
            _ => None,
        };
        self.place().cloned().or(named)
    }
}

impl Help for Error {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Syntax { .. } => None,
            Self::UnknownTable { name, known, .. } => Some(hint_for_table(name, known)),
            Self::UnknownColumn { name, known, .. } => hint_for_column(name, known),
            Self::UnknownFunction { name, known, .. } => {
                nearest(name, known).map(|near| format!("did you mean `{near}`?"))
            }
            Self::Ambiguous { name, .. } => {
                Some(format!("say which: `table.{name}`, with the table's name or alias"))
            }
            Self::Meaning { hint, .. }
            | Self::Unsupported { hint, .. }
            | Self::Function { hint, .. }
            | Self::File { hint, .. }
            | Self::Value { hint, .. } => hint.clone(),
            Self::Memory { limit, holders } => {
                let more = size(limit.saturating_mul(2));
                let held = match holders.as_slice() {
                    [] => String::new(),
                    holders => format!(" ({} took most)", list_in_words(holders)),
                };
                Some(format!(
                    "read fewer rows or columns, or allow more with a first line \
                     `-- memory: {more}`{held}"
                ))
            }
            Self::Scratch { .. } => Some("free some space on that disk".into()),
            Self::Run { .. } => None,
            Self::Write { .. } => Some("see whether the disk is full".into()),
        }
    }
}

fn hint_for_table(name: &str, known: &[String]) -> String {
    if let Some(near) = nearest(name, known) {
        return format!("did you mean `{near}`?");
    }
    let looks_like_file = name.rsplit_once('.').is_some_and(|(_, end)| crate::file::is_known(end));
    if looks_like_file {
        return format!("put names of files in quotes: FROM '{name}'");
    }
    match known {
        [] => "run a cell above that defines it, or read a file: FROM 'file.parquet'".into(),
        _ => format!("in sight are {}", short_list(known)),
    }
}

fn hint_for_column(name: &str, known: &[String]) -> Option<String> {
    if let Some(near) = nearest(name, known) {
        return Some(format!("did you mean `{near}`?"));
    }
    (!known.is_empty()).then(|| format!("in sight are {}", short_list(known)))
}

/// The nearest name; one that differs only in case is always near.
fn nearest<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    let same = |other: &&String| other.to_lowercase() == name.to_lowercase();
    match known.iter().find(same) {
        Some(other) => Some(other),
        None => resembling(name, known.iter().map(String::as_str)),
    }
}

fn short_list(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut quoted: Vec<String> =
        names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    if names.len() > SHOWN {
        quoted.push(format!("{} more", names.len() - SHOWN));
    }
    list_in_words(&quoted)
}
