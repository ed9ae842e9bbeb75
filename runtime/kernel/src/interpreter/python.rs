//! Whether cells can run in a Python: what it is asked, and what its answer means.
//!
//! Whoever starts it does so in their own way, with [`arguments`], in a folder where nothing
//! lies that it could import.

use std::io;
use std::process::Output;

use serde::Deserialize;

/// What a Python of any version is asked.
const ASKED: &str = "\
import json, platform, sys
why = None
if sys.version_info < (3, 10):
    why = 'cells need Python 3.10 or newer'
else:
    try:
        import flownote.kernel
    except ImportError as error:
        is_absent = error.name == 'flownote'
        why = 'it has no Flownote' if is_absent else str(error)
print(json.dumps({'version': platform.python_version(), 'prefix': sys.prefix, 'why': why}))";

/// A Python, as it says itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PythonSaid {
    /// `3.12.4`.
    pub version: String,
    /// The folder of its environment.
    pub prefix: String,
    /// Why cells can't run in it; none when they can.
    pub why: Option<String>,
}

/// What a Python is started with.
pub fn arguments() -> [&'static str; 2] {
    ["-c", ASKED]
}

/// What it said.
///
/// # Errors
/// When it isn't one, or broke: in words.
pub fn said(output: io::Result<Output>) -> Result<PythonSaid, String> {
    let output = output.map_err(|error| format!("it can't be started: {error}"))?;
    // Another program may take anything for an argument.
    serde_json::from_slice(&output.stdout).map_err(|_| {
        let told = String::from_utf8_lossy(&output.stderr);
        told.trim().lines().last().unwrap_or("it is no Python").to_owned()
    })
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn asked(program: &str) -> Result<PythonSaid, String> {
        said(Command::new(program).args(arguments()).current_dir("/").output())
    }

    #[test]
    fn what_is_no_python_says_why() {
        assert_eq!(asked("/bin/true").expect_err("no Python"), "it is no Python");
        let missing = asked("/nowhere/python").expect_err("nothing");
        assert!(missing.contains("can't be started: No such file"), "{missing}");
    }
}
