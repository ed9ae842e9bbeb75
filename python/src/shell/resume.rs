//! `resume`: a new run that takes what is still valid from an old one.

use clap::{Arg, ArgAction, Command};

use super::{Outcome, Shell, flow_option, parameters, run};

const AFTER_HELP: &str = "\
`resume` starts a NEW run: each finished task of the origin run is taken over when its
code and everything that it read are the same, and runs again when they aren't. It says
which, and why. `run --continue RUN` goes on with the SAME run after its scheduler died.

Examples:
  flownote resume flow.py                        after fixing the step that failed
  flownote resume flow.py --alpha 0.5            another parameter: only what read it runs
  flownote resume flow.py train                  `train` and what depends on it, anew
  flownote resume flow.py --origin-run-id 8f2c9a --trust-code";

/// `flownote resume`.
pub fn command() -> Command {
    run::options(Command::new("resume"))
        .about("Run a flow again, taking what is still valid from an earlier run")
        .arg(flow_option::flow())
        .arg(Arg::new("step").value_name("STEP").help("Run this step again whatever is the case"))
        .arg(
            Arg::new("origin-run-id")
                .long("origin-run-id")
                .value_name("RUN")
                .default_value("latest")
                .help("The run to take results from (`latest`, an id or its end)"),
        )
        .arg(
            Arg::new("trust-code")
                .long("trust-code")
                .action(ArgAction::SetTrue)
                .help("Take results even where the code has changed"),
        )
        .after_help(AFTER_HELP)
}

/// Hands the line over to Python.
pub fn act(shell: &Shell<'_>) -> Outcome {
    Outcome::Request {
        verb: "resume",
        options: flow_option::to_json(shell.matches, run::NAMES),
        parameters: parameters::given(shell.matches, shell.flow),
    }
}
