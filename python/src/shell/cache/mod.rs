//! `cache`: the results that later runs may take, one file a subverb.

mod clear;
mod list;
mod verify;
pub(super) mod why;

use clap::Command;

use super::{Outcome, Shell};

const AFTER_HELP: &str = "\
`flownote run --cache` and `@cache` keep results and look them up; whatever takes a second
or more is kept in any run, so that it can say what `--cache` would have saved. What cells of
notebooks give is kept in every run.

Examples:
  flownote cache list --step features
  flownote cache why latest/train/3       why it ran although something alike was there
  flownote cache verify flow.py --sample 20%
  flownote cache clear --older-than 2w";

/// `flownote cache`.
pub fn command() -> Command {
    Command::new("cache")
        .about("Look at kept results: what there is, why one wasn't taken, whether it is right")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([list::command(), why::command(), verify::command(), clear::command()])
        .after_help(AFTER_HELP)
}

/// Does what the subverb says.
pub fn act(shell: &Shell<'_>) -> Outcome {
    let (name, matches) = shell.matches.subcommand().expect("clap requires one");
    let shell = Shell { flow: shell.flow, matches };
    match name {
        "list" => list::act(&shell),
        "why" => why::act(&shell),
        "verify" => verify::act(&shell),
        _ => clear::act(&shell),
    }
}
