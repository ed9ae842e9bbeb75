//! The tree of commands, and how a flow's file is found in a command line.

use clap::{Arg, ArgAction, Command};
use flownote_flow::description::FlowDescription;

use super::{Outcome, Shell, check, completion, graph, help, run, version};

/// A verb: how it looks and what it does.
pub struct Verb {
    /// Its name.
    pub name: &'static str,
    /// Whether plain `--help` shows it.
    pub everyday: bool,
    /// Whether it needs a flow's file.
    pub flow: bool,
    /// Its options.
    pub command: fn() -> Command,
    /// What it does.
    pub act: fn(&Shell<'_>) -> Outcome,
}

/// Every verb, in the order in which help shows them.
pub const VERBS: &[Verb] = &[
    Verb { name: "demo", everyday: true, flow: false, command: run::demo, act: run::act_demo },
    Verb { name: "run", everyday: true, flow: true, command: run::command, act: run::act },
    Verb { name: "check", everyday: false, flow: true, command: check::command, act: check::act },
    Verb { name: "graph", everyday: false, flow: true, command: graph::command, act: graph::act },
    Verb {
        name: "completion",
        everyday: false,
        flow: false,
        command: completion::command,
        act: completion::act,
    },
    Verb {
        name: "version",
        everyday: false,
        flow: false,
        command: version::command,
        act: version::act,
    },
    Verb { name: "help", everyday: false, flow: false, command: help::command, act: help::act },
];

const AFTER_HELP: &str = "\
Examples:
  flownote demo                      recommend films on MovieLens-100K
  flownote run flow.py --alpha 0.3   run a flow
  python flow.py run --alpha 0.3     the same
  flownote show                      look at the latest run

More verbs: flownote help --all";

/// The whole tree. A flow adds its parameters to the verbs that take one.
pub fn tree(flow: Option<&FlowDescription>, all: bool) -> Command {
    let mut tree = Command::new("flownote")
        .about("Flows and notebooks over one store: what was computed once is not computed again.")
        .version(env!("CARGO_PKG_VERSION"))
        .disable_help_subcommand(true)
        .subcommand_required(false)
        .after_help(AFTER_HELP)
        .arg(all_argument().hide(true));
    for verb in VERBS {
        let mut command = (verb.command)();
        if let (true, Some(flow)) = (verb.flow, flow) {
            command = super::parameters::extend(command, verb.name, flow);
        }
        tree = tree.subcommand(command.hide(!verb.everyday && !all));
    }
    tree
}

/// `--all`, which makes help show every verb.
pub fn all_argument() -> Arg {
    Arg::new("all").long("all").action(ArgAction::SetTrue).help("Show every verb")
}

/// The flow's file in a command line, when its verb takes one. This is the first phase:
/// the flow's own options aren't known yet.
pub fn find_flow(line: &[String]) -> Option<String> {
    let verb_at = line.iter().skip(1).position(|word| !word.starts_with('-'))? + 1;
    let verb = VERBS.iter().find(|verb| verb.name == line[verb_at])?;
    if !verb.flow {
        return None;
    }
    line[verb_at + 1..].iter().take_while(|word| *word != "--").find(|word| is_flow(word)).cloned()
}

/// Whether a word names a flow: `flow.py` or `flow.py:Class`.
pub fn is_flow(word: &str) -> bool {
    let file = word.rsplit_once(':').map_or(word, |(file, _)| file);
    !word.starts_with('-') && (file.ends_with(".py") || word.ends_with(".py"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, flow: Option<&str>) {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        assert_eq!(find_flow(&words).as_deref(), flow, "{line}");
    }

    #[test]
    fn finds_the_flow_before_its_options_are_known() {
        check("flownote run flow.py --alpha 0.3", Some("flow.py"));
        check("flownote run --max-workers 4 a/flow.py:Train", Some("a/flow.py:Train"));
        check("flownote run --help", None);
        check("flownote version flow.py", None);
        check("flownote", None);
    }

    #[test]
    fn the_tree_is_sound() {
        tree(None, true).debug_assert();
    }
}
