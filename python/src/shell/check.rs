//! `check`: is the flow right?

use clap::Command;
use flownote_flow::lint;

use super::{Exit, Outcome, Shell, flow_option, output, words};

/// `flownote check`.
pub fn command() -> Command {
    Command::new("check")
        .about("Check a flow without running it: all problems at once")
        .arg(flow_option::flow())
        .after_help("Example:\n  flownote check flow.py")
}

/// Prints every problem, or what the flow consists of.
pub fn act(shell: &Shell<'_>) -> Outcome {
    let Some(flow) = shell.flow else { return Exit::Usage.into() };
    let problems = lint::lint(flow);
    for problem in &problems {
        eprintln!("{problem}\n");
    }
    if !problems.is_empty() {
        let word = if problems.len() == 1 { "problem" } else { "problems" };
        eprintln!("{} {word} in {}", problems.len(), flow.file);
        return Exit::Usage.into();
    }
    output::finish(output::write(format!(
        "{}: {}, {}, no problems\n",
        flow.name,
        words::count(flow.steps.len() as u64, "step"),
        words::count(flow.parameters.len() as u64, "parameter"),
    )))
}
