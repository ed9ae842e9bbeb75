//! `completion`: the shell's own completion script.

use clap::{Arg, Command, value_parser};
use clap_complete::Shell as Kind;

use super::{Outcome, Shell, output, tree};

/// `flownote completion`.
pub fn command() -> Command {
    Command::new("completion")
        .about("Print a completion script for your shell")
        .arg(Arg::new("shell").required(true).value_parser(value_parser!(Kind)))
        .after_help("Example:\n  flownote completion bash > ~/.local/share/bash-completion/completions/flownote")
}

/// Prints the script.
pub fn act(shell: &Shell<'_>) -> Outcome {
    let kind = *shell.matches.get_one::<Kind>("shell").expect("required");
    let mut script = Vec::new();
    clap_complete::generate(kind, &mut tree::tree(None, true), "flownote", &mut script);
    output::finish(output::write(script))
}
