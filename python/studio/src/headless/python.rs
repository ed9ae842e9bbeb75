//! The Python that a command line names for Python cells: whether cells can run in it is said
//! before there is a run.

use std::path::Path;
use std::process::{Command, Stdio};

use flownote_kernel::interpreter::python::{self, PythonSaid};
use flownote_notebook::{Document, Language};

use crate::shell::Error;

/// What to do about a program that is no Python, or none at all.
const NAMES: &str =
    "name the program of a Python in which Flownote is installed, or leave `--python` out";

/// A program as it is called from any folder: a path is looked up from the current one, a name
/// where the system looks programs up.
pub fn whole(python: String) -> String {
    if !python.contains('/') {
        return python;
    }
    let whole = std::path::absolute(&python).ok();
    whole.and_then(|whole| whole.to_str().map(str::to_owned)).unwrap_or(python)
}

/// Checks that a notebook's Python cells can run in a Python.
///
/// # Errors
/// When it can't be started, or has no Flownote.
pub fn check(program: &str, document: &Document) -> Result<(), Error> {
    if document.cells().iter().all(|cell| cell.language != Language::Python) {
        return Ok(());
    }
    let mut command = Command::new(program);
    // Not what lies in the current folder: what is installed.
    command.args(python::arguments()).current_dir(Path::new("/")).stdin(Stdio::null());
    let (why, hint) = match python::said(command.output()) {
        Ok(PythonSaid { why: None, .. }) => return Ok(()),
        Ok(PythonSaid { why: Some(why), .. }) => {
            let install = format!("install it there: `{program} -m pip install flownote`");
            (why, format!("name a Python 3.10 or newer with Flownote; {install}"))
        }
        Err(why) => (why, NAMES.to_owned()),
    };
    Err(Error::asked(format!("cells can't run in the Python `{program}`: {why}"), hint))
}
