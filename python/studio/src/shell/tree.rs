//! The tree of the studio's commands.

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use std::path::PathBuf;

use super::{Outcome, Shell, kernel, notebook, run, rust};
use crate::{serve, ui};

/// The whole tree.
pub fn tree() -> Command {
    Command::new("flownote")
        .about("Notebooks: run them, compare them, open them in Jupyter.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(run::command())
        .subcommand(run::resume_command())
        .subcommand(notebook::command())
        .subcommand(kernel::command())
        .subcommand(ui::command())
        .subcommand(serve::command())
        .subcommand(rust::command())
}

/// Does what a command line says.
pub fn act(shell: &Shell, matches: &ArgMatches) -> Outcome {
    match matches.subcommand() {
        Some(("run", matches)) => run::act(shell, matches, false),
        Some(("resume", matches)) => run::act(shell, matches, true),
        Some(("notebook", matches)) => notebook::act(shell, matches),
        Some(("kernel", matches)) => kernel::act(shell, matches),
        Some(("ui", matches)) => ui::act(shell, matches),
        Some(("serve", matches)) => serve::act(shell, matches),
        Some(("rust", matches)) => rust::act(shell, matches),
        // clap asks for one of the above.
        _ => Ok(super::exit::USAGE),
    }
}

/// A file's path.
pub fn path(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).value_name("FILE").value_parser(value_parser!(PathBuf)).help(help)
}

/// A switch.
pub fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

/// `--store`.
pub fn store() -> Arg {
    Arg::new("store").long("store").value_name("URL").help(
        "The datastore: a folder, file://… or s3://… [default: as `flownote store info` says]",
    )
}
