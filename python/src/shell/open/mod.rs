//! `open`: a task to work on, its inputs loaded and its step's body, or its cell, in a notebook
//! or a script. Python writes it (`flownote.script`, `flownote.cell_script`).

mod cells;

use clap::{Arg, Command};
use flownote_store::notebooks;
use serde_json::{Map, json};

use super::session::with_store;
use super::target_option::{flag, given, target};
use super::{Outcome, Shell, flow_option};
use flownote_store::reference::resolve;

const AFTER_HELP: &str = "\
The file loads what the task was given through the client, each value when the code asks for
it, and goes through the step's body as it was when the task ran. Nothing is stored: find
the bug there, fix the flow, then `flownote resume`. At a terminal a notebook opens in the
browser once it is written, as `flownote ui FILE` does.

Of a notebook's cell, the notebook has the values that the cell read, the cells above that
define what can't be kept (imports, functions, classes), and the cell as it was.

Examples:
  flownote open latest/train/3
  flownote open latest/3                    cell 3 of a notebook
  flownote open 8f2c9a/train/3 --script -o debug.py && python -i debug.py";

/// `flownote open`.
pub fn command() -> Command {
    Command::new("open")
        .about("Open a task as a notebook, or write it as a script, to find out why it failed")
        .arg(target().required(true).help(
            "RUN/STEP/TASK, or RUN/CELL of a notebook; the task may be left out if there is one",
        ))
        .arg(flag("script", "Write a Python script instead of a notebook"))
        .arg(
            Arg::new("output")
                .long("output")
                .short('o')
                .value_name("FILE")
                .help("The file to write, `-` for stdout [default: STEP_TASK_RUN.ipynb, or .py]"),
        )
        .arg(flag("no-browser", "Only write the file"))
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
        if notebooks::is(&target.run.flow) {
            let cells = cells::up_to(store, &target.run, &task).await?;
            options.insert("cells".into(), json!(cells));
        }
        options.insert("pathspec".into(), json!(task.pathspec));
        options.insert("store".into(), json!(store.url().to_string()));
        options.insert("output".into(), json!(given(shell.matches, "output")));
        options.insert("script".into(), json!(shell.matches.get_flag("script")));
        options.insert("browser".into(), json!(!shell.matches.get_flag("no-browser")));
        Ok(Outcome::Request { verb: "open", options, parameters: Map::new() })
    })
}
