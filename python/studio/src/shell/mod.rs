//! The studio's part of the shell: verbs about notebooks. `flownote` hands over command
//! lines that name a notebook; the words, the exit codes and the way errors look are its own.

pub mod colours;
mod error;
mod kernel;
mod notebook;
pub mod output;
mod run;
mod rust;
mod status;
pub mod tree;
mod unknown;
pub mod words;

pub use error::Error;

use pyo3::prelude::*;

/// What the surroundings say, read once.
pub struct Shell {
    /// The Python that runs Python cells, unless the command line names another.
    pub python: String,
    /// The Python that runs the studio's own processes.
    pub studio: String,
    /// The command line.
    pub line: Vec<String>,
}

/// The outcome of a verb: an exit code.
pub type Outcome = Result<i32, Error>;

/// Exit codes, the same as `flownote`'s.
pub mod exit {
    /// It went well.
    pub const OK: i32 = 0;
    /// What was run failed.
    pub const FAILED: i32 = 1;
    /// The command line is wrong.
    pub const USAGE: i32 = 2;
    /// The datastore can't be used.
    pub const STORE: i32 = 3;
    /// What was asked for doesn't exist.
    pub const MISSING: i32 = 5;
    /// The user stopped it.
    pub const INTERRUPTED: i32 = 130;
}

/// Runs a command line; the first word is the program's name. Returns the exit code.
#[pyfunction]
pub fn invoke(py: Python<'_>, line: Vec<String>, executable: String) -> i32 {
    py.detach(|| {
        let matches = match tree::tree().try_get_matches_from(&line) {
            Ok(matches) => matches,
            Err(error) => {
                if let Some(error) = unknown::option(&error, &tree::tree(), &line) {
                    error.print();
                    return error.exit_code();
                }
                // Nothing can be said when the terminal is gone.
                let _ = error.print();
                return error.exit_code();
            }
        };
        let shell = Shell { python: executable.clone(), studio: executable, line };
        tree::act(&shell, &matches).unwrap_or_else(|error| {
            error.print();
            error.exit_code()
        })
    })
}
