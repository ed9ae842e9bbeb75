//! The Python that a command line names for Python cells: whether cells can run in it is said
//! before there is a run.

use std::path::Path;
use std::process::{Command, Stdio};

use flownote_notebook::{Document, Language};

use crate::shell::Error;

/// What a Python says that can run cells.
const READY: &str = "ready";

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
pub fn check(python: &str, document: &Document) -> Result<(), Error> {
    if document.cells().iter().all(|cell| cell.language != Language::Python) {
        return Ok(());
    }
    let mut command = Command::new(python);
    // Not what lies in the current folder: what is installed.
    command.current_dir(Path::new("/")).stdin(Stdio::null());
    let program = format!("import flownote.kernel; print({READY:?})");
    let done = command.args(["-c", &program]).output().map_err(|source| {
        Error::asked(
            format!("the Python `{python}` can't be started: {source}"),
            "name the program of a Python in which Flownote is installed, or leave `--python` out",
        )
    })?;
    // Another program may take anything for an argument.
    if done.status.success() && done.stdout.trim_ascii() == READY.as_bytes() {
        return Ok(());
    }
    let told = String::from_utf8_lossy(&done.stderr);
    let last = told.trim_end().lines().last().unwrap_or("it is no Python").trim();
    let install = format!("install it there: `{python} -m pip install flownote`");
    Err(match last.contains("No module named 'flownote'") {
        true => Error::asked(format!("the Python `{python}` has no Flownote"), install),
        false => Error::asked(
            format!("the Python `{python}` can't run cells: {last}"),
            format!("name a Python 3.10 or newer with Flownote; {install}"),
        ),
    })
}
