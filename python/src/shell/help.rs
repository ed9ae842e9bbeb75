//! `help [--all] [VERB]`.

use clap::{Arg, Command};
use flownote_flow::help::resembling;

use super::error::Error;
use super::{Exit, Outcome, Shell, output, tree};

/// `flownote help`.
pub fn command() -> Command {
    Command::new("help")
        .about("Show help; with --all, every verb")
        .arg(tree::all_argument())
        .arg(Arg::new("verb").value_name("VERB").help("A verb, or `exit-codes`"))
}

/// Prints help.
pub fn act(shell: &Shell<'_>) -> Outcome {
    let mut whole = tree::tree(shell.flow, shell.matches.get_flag("all"));
    let Some(verb) = shell.matches.get_one::<String>("verb") else {
        let _ = whole.print_help();
        return Exit::Success.into();
    };
    if verb == "exit-codes" {
        let lines =
            Exit::ALL.iter().map(|(exit, meaning)| format!("{:>3}  {meaning}\n", exit.code()));
        return output::finish(output::write(lines.collect::<String>()));
    }
    whole.build();
    let Some(command) = whole.find_subcommand_mut(verb) else {
        let names = tree::VERBS.iter().map(|verb| verb.name);
        let hint = match resembling(verb, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`flownote help --all` lists them".into(),
        };
        return output::finish(Err(Error::usage(format!("there is no verb `{verb}`"), hint)));
    };
    let _ = command.print_help();
    Exit::Success.into()
}
