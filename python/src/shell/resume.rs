//! `resume`: a new run that takes what is still valid from an old one.

use clap::{Arg, ArgAction, Command};

use super::{Outcome, Shell, flow_option, parameters, run};

const AFTER_HELP: &str = "\
Two ways to go on:
  resume FLOW              a NEW run from an old one that is over. Each finished task is
                           taken when its code and all that it read are the same, and runs
                           again when they aren't; it says which, and why. For when you
                           have changed something.
  run FLOW --continue RUN  the SAME run after its scheduler was killed: same code, same
                           parameters, only what isn't done yet. For when nothing changed.

Examples:
  flownote resume flow.py                        after fixing the step that failed
  flownote resume flow.py --alpha 0.5            another parameter: only what read it runs
  flownote resume flow.py --param alpha=0.5      the same
  flownote resume flow.py train                  `train` anew, and what its result changes
  flownote resume flow.py --until train          no further than `train`
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
                .help("The run to take results from (`latest` that is over, an id or its end)"),
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
