//! `flownote run notebook.ipynb` and `flownote resume notebook.ipynb`.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::{Outcome, Shell, tree};
use crate::headless::{self, Headless, python};

/// `run`.
pub fn command() -> Command {
    arguments(
        Command::new("run")
            .about("Run a notebook from top to bottom, as a run like any other")
            .after_help(
                "Examples:\n  flownote run nb.ipynb --param alpha=0.3 --output done.ipynb\n  \
                 flownote run nb.ipynb --cache     take what was computed before\n  \
                 flownote resume nb.ipynb          go on from the cell that failed",
            ),
    )
    .arg(tree::switch("cache", "Take results of cells that were computed before"))
}

/// `resume`.
pub fn resume_command() -> Command {
    arguments(Command::new("resume").about(
        "Run a notebook again, with the parameters of its last run: cells whose code and inputs \
         are as they were are not computed",
    ))
}

fn arguments(command: Command) -> Command {
    command
        .arg(tree::path("notebook", "The notebook (.ipynb) or percent file (.py)").required(true))
        .arg(
            Arg::new("param")
                .long("param")
                .short('p')
                .value_name("NAME=VALUE")
                .action(ArgAction::Append)
                .help("Set a name of the cell tagged `parameters`; may be repeated"),
        )
        .arg(
            tree::path("output", "Write the executed notebook here; `-` for standard output")
                .long("output")
                .short('o'),
        )
        .arg(
            Arg::new("tag")
                .long("tag")
                .value_name("TAG")
                .action(ArgAction::Append)
                .help("Tag the run; may be repeated"),
        )
        .arg(
            Arg::new("python")
                .long("python")
                .value_name("PATH")
                .help("The Python that runs Python cells [default: this one]"),
        )
        .arg(
            tree::path("run-id-file", "Write the run's id to this file as soon as it is known")
                .long("run-id-file"),
        )
        .arg(tree::store())
        .arg(tree::switch("quiet", "Show only what cells print, and failures").short('q'))
}

/// Runs it.
pub fn act(shell: &Shell, matches: &ArgMatches, resume: bool) -> Outcome {
    let texts = |name: &str| -> Vec<String> {
        matches.get_many::<String>(name).into_iter().flatten().cloned().collect()
    };
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    headless::run(Headless {
        notebook: matches.get_one::<PathBuf>("notebook").cloned().unwrap_or_default(),
        parameters: texts("param"),
        output: matches.get_one::<PathBuf>("output").cloned(),
        tags: texts("tag"),
        run_id_file: matches.get_one::<PathBuf>("run-id-file").cloned(),
        python: text("python").map_or_else(|| shell.python.clone(), python::whole),
        is_python_given: matches.contains_id("python"),
        studio: shell.studio.clone(),
        store: text("store"),
        quiet: matches.get_flag("quiet"),
        reuse: resume || matches.get_flag("cache"),
        resume,
        line: shell.line.clone(),
    })
}
