//! The Python that a command line names for Python cells: whether cells can run in it is said
//! before there is a run.

use std::path::Path;
use std::process::{Command, Stdio};

use flownote_kernel::interpreter::python;
use flownote_notebook::{Document, Language};

use crate::shell::Error;

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
    let why = match python::said(command.output()) {
        Ok(said) => said.why,
        Err(why) => Some(why),
    };
    let Some(why) = why else { return Ok(()) };
    Err(Error::asked(
        format!("cells can't run in the Python `{program}`: {why}"),
        format!(
            "name a Python 3.10 or newer with Flownote, or leave `--python` out; install it \
             there: `{program} -m pip install flownote`"
        ),
    ))
}
