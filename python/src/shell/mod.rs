//! The shell: one clap command tree, one file per verb.
//!
//! A command line is read in two phases, because a flow's parameters are options too.
//! [`tree::find_flow`] finds the verb and the flow's file; Python loads it; [`invoke`] then reads
//! the whole line with the parameters known. What needs the flow's code comes back to
//! Python as a request; every other verb is done here, without Python.

mod artifacts;
mod cache;
mod check;
mod completion;
pub mod door;
mod dump;
mod env;
pub mod error;
pub mod exit;
mod flow_option;
mod gc;
mod graph;
mod help;
mod logs;
mod number;
mod open;
mod order;
mod output;
mod parameters;
mod resume;
mod run;
mod runs;
mod session;
mod show;
mod store;
mod studio;
mod table;
mod tag;
mod target_option;
mod tree;
mod unknown;
mod version;
pub(crate) mod words;

use clap::ArgMatches;
use flownote_flow::description::FlowDescription;
use flownote_flow::help::Help;
use serde::Serialize;
use serde_json::{Map, Value};

pub use exit::Exit;

/// What became of a command line.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Outcome {
    /// It is done.
    Exit {
        /// The process's exit code.
        exit: u8,
        /// What to do now, where Python may know better.
        #[serde(skip_serializing_if = "Option::is_none")]
        hint: Option<String>,
    },
    /// Python must go on, since the flow's code is needed.
    Request {
        /// The verb.
        verb: &'static str,
        /// The options, by name.
        options: Map<String, Value>,
        /// The parameters that were given, as text.
        parameters: Map<String, Value>,
    },
}

impl From<Exit> for Outcome {
    fn from(exit: Exit) -> Self {
        Self::Exit { exit: exit.code(), hint: None }
    }
}

/// What a verb may use.
pub struct Shell<'a> {
    /// The flow, when the command line names one.
    pub flow: Option<&'a FlowDescription>,
    /// The options of the verb.
    pub matches: &'a ArgMatches,
}

/// Reads a whole command line, the program's name first, and does what it says.
pub fn invoke(line: &[String], flow: Option<&FlowDescription>) -> Outcome {
    let all = line.iter().any(|word| word == "--all");
    let mut tree = tree::tree(flow, all);
    let line = tree::without_context(line, flow.is_some());
    let matches = match tree.try_get_matches_from_mut(&line) {
        Ok(matches) => matches,
        Err(error) => {
            if let Some(error) = unknown::option(&error, &tree, &line, flow) {
                error::report_without_hint(&error);
                return Outcome::Exit { exit: Exit::Usage.code(), hint: error.hint() };
            }
            // Help and version go to stdout and are no error; clap knows which is which.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Success }.into();
        }
    };
    let Some((verb, matches)) = matches.subcommand() else {
        let _ = tree.print_help();
        return Exit::Success.into();
    };
    let shell = Shell { flow, matches };
    let verb = tree::VERBS.iter().find(|known| known.name == verb).expect("clap knows the verbs");
    (verb.act)(&shell)
}
