//! `run` and `demo`: what Python then does with `flownote.shell`.

use clap::{Arg, ArgAction, Command};

use super::{Outcome, Shell, flow_option, parameters};

const AFTER_HELP: &str = "\
Two ways to go on:
  run FLOW --continue RUN  the SAME run after its scheduler was killed: same code, same
                           parameters, only what isn't done yet.
  resume FLOW              a NEW run from an old one that is over: takes what is still
                           valid, runs what you have changed and what depends on it.

Notebooks (.ipynb, or .py in cells) run from top to bottom. Beside the options of both they
have `--output FILE` (the executed notebook) and `--python PATH`; parameters are given with
`--param` alone. They need the package flownote-studio.

Exit codes: 0 done, 1 a step failed, 2 wrong command line or flow, 3 datastore,
            4 the run has another scheduler, 5 not found, 130 cancelled.

Examples:
  flownote run flow.py --alpha 0.3 --max-workers 4
  flownote run flow.py --with retry:times=3 --tag nightly
  flownote run flow.py --json | jq 'select(.event==\"run_finished\")'
  flownote run flow.py --in-process           # breakpoint() works
  flownote run flow.py --continue latest
  flownote run nb.ipynb --param alpha=0.3 --output done.ipynb";

/// The options that only say how to run, so that `run` and `demo` share them: those that
/// notebooks have as well under the first heading.
pub(super) fn options(command: Command) -> Command {
    let command = command
        .next_help_heading("For flows and notebooks")
        .arg(flow_option::store())
        .arg(
            Arg::new("tag")
                .long("tag")
                .value_name("TAG")
                .action(ArgAction::Append)
                .help("Tag the run; may be given several times"),
        )
        .arg(parameters::by_name())
        .arg(flag("cache", "Take valid results from the cache and keep new ones (other runs of flows keep what took a second)"))
        .arg(flag("quiet", "Show only what steps print, and failures").short('q'));
    command
        .next_help_heading("For flows")
        .arg(flow_option::max_workers())
        .arg(flow_option::with())
        .arg(
            Arg::new("until")
                .long("until")
                .value_name("STEP")
                .help("Run only what leads to this step, and end after it"),
        )
        .arg(flag("keep-going", "After a failure, go on with every branch that doesn't need it"))
        .arg(
            Arg::new("cache-mode")
                .long("cache-mode")
                .value_parser(["read", "readwrite", "off"])
                .conflicts_with("cache")
                .help("Look results up, keep them too, or neither, whatever `@cache` says"),
        )
        .arg(flag("trust-pickles", "Take results of other users even if they have pickles"))
        .arg(flag("spawn", "A fresh Python for each attempt instead of a fork"))
        .arg(flag("in-process", "Run the steps in this process, one after another, for debuggers"))
        .arg(flag("durable", "Flush commits and log to the disk before they count"))
        .arg(flag("json", "Write events as JSON lines to stdout").conflicts_with("quiet"))
        .arg(flag("plain", "Plain lines even on a terminal").conflicts_with_all(["json", "quiet"]))
        .arg(
            Arg::new("run-id-file")
                .long("run-id-file")
                .value_name("FILE")
                .help("Write the run's id to this file as soon as it is known"),
        )
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

pub(super) const NAMES: &[&str] = &[
    "flow",
    "store",
    "max-workers",
    "tag",
    "with",
    "keep-going",
    "spawn",
    "in-process",
    "durable",
    "json",
    "quiet",
    "plain",
    "run-id-file",
    "continue",
    "step",
    "origin-run-id",
    "trust-code",
    "cache",
    "cache-mode",
    "trust-pickles",
    "until",
];

/// `flownote run`.
pub fn command() -> Command {
    options(Command::new("run").about("Run a flow or a notebook").arg(
        flow_option::flow().help("The flow's file, `file.py:Class`, or a notebook's (.ipynb)"),
    ))
    .arg(
        Arg::new("continue")
            .long("continue")
            .value_name("RUN")
            .help("Go on with a run whose scheduler was killed (`latest`, an id or its end)"),
    )
    .after_help(AFTER_HELP)
}

/// Hands the line over to Python.
pub fn act(shell: &Shell<'_>) -> Outcome {
    Outcome::Request {
        verb: "run",
        options: flow_option::to_json(shell.matches, NAMES),
        parameters: parameters::given(shell.matches, shell.flow),
    }
}

/// `flownote demo`.
pub fn demo() -> Command {
    options(
        Command::new("demo").about("Recommend films on MovieLens-100K: the main job on real data"),
    )
}

/// Hands the line over to Python, which knows where the examples are.
pub fn act_demo(shell: &Shell<'_>) -> Outcome {
    Outcome::Request {
        verb: "demo",
        options: flow_option::to_json(shell.matches, NAMES),
        parameters: serde_json::Map::new(),
    }
}
