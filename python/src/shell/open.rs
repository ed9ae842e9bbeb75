//! `open`: a task to work on, its inputs loaded and its step's body in a notebook or a
//! script. Python
//! writes it (`flownote.script`).

use clap::{Arg, Command};
use serde_json::{Map, json};

use super::session::with_store;
use super::target_option::{flag, given, target};
use super::{Outcome, Shell, flow_option};
use crate::reference::resolve;

const AFTER_HELP: &str = "\
The file loads what the task was given through the client, each value when the code asks for
it, and goes through the step's body as it was when the task ran. Nothing is stored: find
the bug there, fix the flow, then `flownote resume`.

Examples:
  flownote open latest/train/3
  flownote open 8f2c9a/train/3 --script -o debug.py && python -i debug.py";

/// `flownote open`.
pub fn command() -> Command {
    Command::new("open")
        .about("Write a task as a notebook or a script, to find out why it failed")
        .arg(
            target().required(true).help("RUN/STEP/TASK; the task may be left out if there is one"),
        )
        .arg(flag("script", "Write a Python script instead of a notebook"))
        .arg(
            Arg::new("output")
                .long("output")
                .short('o')
                .value_name("FILE")
                .help("The file to write, `-` for stdout [default: STEP_TASK_RUN.ipynb, or .py]"),
        )
        .arg(flow_option::store())
        .after_help(AFTER_HELP)
}

/// Finds the task and asks Python to write it.
pub fn act(shell: &Shell<'_>) -> Outcome {
    with_store(shell.matches, async |store| {
        let name = given(shell.matches, "target").unwrap_or_default();
        let target = resolve(store, name, shell.within()).await?;
        let task = target.one_task(store, name).await?;
        let mut options = Map::new();
        options.insert("pathspec".into(), json!(task.pathspec));
        options.insert("store".into(), json!(store.url().to_string()));
        options.insert("output".into(), json!(given(shell.matches, "output")));
        options.insert("script".into(), json!(shell.matches.get_flag("script")));
        Ok(Outcome::Request { verb: "open", options, parameters: Map::new() })
    })
}
