//! The shell's verbs as processes: `python -m flownote …`.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use axum::http::StatusCode;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::answer::Failure;
use crate::state::App;

/// A verb that only looks or writes a file is done by then.
const PATIENCE: Duration = Duration::from_secs(60);
/// The end of what a process said is shown.
const SAID: usize = 2_000;

/// A verb to start in a folder.
pub fn verb(app: &App, folder: &Path, words: &[String]) -> Command {
    let mut command = Command::new(&app.python);
    command.args(["-m", "flownote"]).args(words).current_dir(folder);
    command.env("FLOWNOTE_STORE", app.store.url().to_string());
    command.stdin(Stdio::null());
    command
}

/// Runs a verb to its end and returns what it wrote to standard output.
pub async fn run(mut command: Command, what: &str) -> Result<String, Failure> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let child = command.spawn().map_err(|error| no_python(&error))?;
    let output = match timeout(PATIENCE, child.wait_with_output()).await {
        Ok(output) => output.map_err(|error| no_python(&error))?,
        Err(_) => {
            let hint = "try the same in a shell, which shows what takes so long";
            return Err(Failure::new(
                StatusCode::GATEWAY_TIMEOUT,
                format!("{what} takes too long"),
                hint,
            ));
        }
    };
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(said(what, &String::from_utf8_lossy(&output.stderr)))
}

/// Starts a process that outlives the server: a session of its own, its output in a file.
pub fn detach(mut command: Command, output: std::fs::File) -> Result<Child, Failure> {
    let errors = output.try_clone().map_err(|error| no_python(&error))?;
    command.stdout(output).stderr(errors).process_group(0).kill_on_drop(false);
    command.spawn().map_err(|error| no_python(&error))
}

/// What a verb said as it failed: its `error:` and its `hint:`.
pub fn said(what: &str, text: &str) -> Failure {
    let line = |mark: &str| {
        let found = text.lines().find_map(|line| line.trim().strip_prefix(mark));
        found.map(|rest| rest.trim().to_owned())
    };
    let message = line("error:").unwrap_or_else(|| {
        let start = text.len().saturating_sub(SAID);
        let start = (start..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
        text[start..].trim().to_owned()
    });
    let hint = line("hint:").unwrap_or_else(|| "try the same in a shell".to_owned());
    Failure::refused(format!("{what} failed: {message}"), hint)
}

fn no_python(error: &std::io::Error) -> Failure {
    let hint = "start `flownote ui` from the environment that has Flownote";
    Failure::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        format!("Python can't be started: {error}"),
        hint,
    )
}
