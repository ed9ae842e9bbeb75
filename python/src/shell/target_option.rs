//! Options of the verbs that look at what ran.

use clap::{Arg, ArgAction, ArgMatches};
use flownote_flow::id::FlowName;

use super::{Shell, number};

/// What to look at.
pub fn target() -> Arg {
    Arg::new("target").value_name("PATHSPEC").help(
        "RUN, RUN/STEP, RUN/STEP/TASK…, where RUN is `latest`, an id, its beginning or end, \
         Flow/RUN, or a notebook's file, whose latest run is meant",
    )
}

/// A run.
pub fn run() -> Arg {
    Arg::new("run")
        .value_name("RUN")
        .required(true)
        .help("`latest`, an id, its beginning or end, Flow/RUN, a flow's name or a notebook's file")
}

/// `--json`.
pub fn json() -> Arg {
    flag("json", "Write JSON to stdout")
}

/// An option without a value.
pub fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

/// An option with a number that isn't negative.
pub fn number(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("N").value_parser(number::number).help(help)
}

/// The text of an option.
pub fn given<'a>(matches: &'a ArgMatches, name: &str) -> Option<&'a str> {
    matches.get_one::<String>(name).map(String::as_str)
}

impl Shell<'_> {
    /// The flow whose runs are meant when a name says none: that of `python flow.py VERB`.
    pub fn within(&self) -> Option<&FlowName> {
        self.flow.map(|flow| &flow.name)
    }
}
