//! `help [--all] [VERB]`.

use clap::{Arg, Command};

use super::{Exit, Outcome, Shell, tree};

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
        for (exit, meaning) in Exit::ALL {
            println!("{:>3}  {meaning}", exit.code());
        }
        return Exit::Success.into();
    }
    whole.build();
    let Some(command) = whole.find_subcommand_mut(verb) else {
        eprintln!("error: there is no verb `{verb}`\n\nhint: `flownote help --all` lists them");
        return Exit::Usage.into();
    };
    let _ = command.print_help();
    Exit::Success.into()
}
