//! The tree of commands, and how a flow's file is found in a command line.

use clap::{Arg, ArgAction, Command};
use flownote_flow::description::FlowDescription;

use super::{
    Outcome, Shell, artifacts, cache, check, completion, dump, env, gc, graph, help, logs, open,
    resume, run, runs, show, store, studio, tag, version,
};

/// A verb: how it looks and what it does.
pub struct Verb {
    /// Its name.
    pub name: &'static str,
    /// Where `help --all` shows it. Plain `--help` shows the first group alone.
    pub group: Group,
    /// What a flow's file is to it.
    pub flow: Use,
    /// Its options.
    pub command: fn() -> Command,
    /// What it does.
    pub act: fn(&Shell<'_>) -> Outcome,
}

/// The groups of `help --all`, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// What plain `--help` shows.
    EveryDay,
    /// What ran and what it made.
    Look,
    /// A flow, before it runs.
    Flow,
    /// The datastore.
    Store,
    /// The command itself.
    Shell,
}

impl Group {
    const ALL: [(Self, &'static str); 5] = [
        (Self::EveryDay, "Every day"),
        (Self::Look, "Look at what ran"),
        (Self::Flow, "Look at a flow"),
        (Self::Store, "Look after the datastore"),
        (Self::Shell, "This command"),
    ];
}

/// What a flow's file is to a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Its argument.
    Needed,
    /// It may stand before the arguments, and says whose runs are meant.
    Context,
    /// The same, wherever it stands, and after `--flow`.
    Anywhere,
    /// Nothing.
    None,
}

macro_rules! verb {
    ($name:literal, $group:ident, $flow:ident, $module:ident) => {
        verb!($name, $group, $flow, $module::command, $module::act)
    };
    ($name:literal, $group:ident, $flow:ident, $command:path, $act:path) => {
        Verb { name: $name, group: Group::$group, flow: Use::$flow, command: $command, act: $act }
    };
}

/// Every verb, in the order in which help shows them.
pub const VERBS: &[Verb] = &[
    verb!("demo", EveryDay, None, run::demo, run::act_demo),
    verb!("run", EveryDay, Needed, run),
    verb!("resume", EveryDay, Needed, resume),
    verb!("show", EveryDay, Context, show),
    verb!("notebook", EveryDay, None, studio::notebook, studio::act),
    verb!("ui", EveryDay, None, studio::ui, studio::act),
    verb!("serve", EveryDay, None, studio::serve, studio::act),
    verb!("runs", Look, Context, runs),
    verb!("logs", Look, Context, logs),
    verb!("artifacts", Look, Context, artifacts),
    verb!("dump", Look, Context, dump),
    verb!("open", Look, Context, open),
    verb!("tag", Look, Context, tag),
    verb!("env", Look, Context, env),
    verb!("check", Flow, Needed, check),
    verb!("graph", Flow, Needed, graph),
    verb!("store", Store, None, store),
    verb!("cache", Store, Anywhere, cache),
    verb!("gc", Store, None, gc),
    verb!("kernel", Shell, None, studio::kernel, studio::act),
    verb!("rust", Shell, None, studio::rust, studio::act),
    verb!("completion", Shell, None, completion),
    verb!("version", Shell, None, version),
    verb!("help", Shell, None, help),
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
        if let (Use::Needed, Some(flow)) = (verb.flow, flow) {
            command = super::parameters::extend(command, verb.name, flow);
        }
        tree = tree.subcommand(command.hide(verb.group != Group::EveryDay && !all));
    }
    if all { tree.help_template(whole_help()) } else { tree }
}

/// Help with every verb in its group, which clap has no form for.
fn whole_help() -> String {
    let mut help = "{about-with-newline}\n{usage-heading} {usage}\n".to_owned();
    for (group, heading) in Group::ALL {
        help.push_str(&format!("\n{heading}:\n"));
        for verb in VERBS.iter().filter(|verb| verb.group == group) {
            let about = (verb.command)().get_about().map(ToString::to_string).unwrap_or_default();
            help.push_str(&format!("  {:<11} {about}\n", verb.name));
        }
    }
    help + "\nOptions:\n{options}{after-help}"
}

/// `--all`, which makes help show every verb.
pub fn all_argument() -> Arg {
    Arg::new("all").long("all").action(ArgAction::SetTrue).help("Show every verb")
}

/// The flow's file in a command line, when its verb takes one. This is the first phase:
/// the flow's own options aren't known yet.
pub fn find_flow(line: &[String]) -> Option<String> {
    let verb_at = verb_at(line)?;
    let verb = VERBS.iter().find(|verb| verb.name == line[verb_at])?;
    match verb.flow {
        Use::Needed => {
            let words = line[verb_at + 1..].iter().take_while(|word| *word != "--");
            words.into_iter().find(|word| is_flow(word)).cloned()
        }
        Use::Context => context_at(line, verb_at).map(|at| line[at].clone()),
        Use::Anywhere => flow_after(line, verb_at).map(|at| line[at].clone()),
        Use::None => None,
    }
}

/// The line without the file of the flow whose runs are meant.
pub fn without_context(line: &[String], has_flow: bool) -> Vec<String> {
    let mut line = line.to_vec();
    let Some(verb_at) = verb_at(&line).filter(|_| has_flow) else { return line };
    let verb = VERBS.iter().find(|verb| verb.name == line[verb_at]);
    match verb.map_or(Use::Context, |verb| verb.flow) {
        Use::Needed => {}
        Use::Anywhere => {
            if let Some(at) = flow_after(&line, verb_at) {
                line.remove(at);
                if line[at - 1] == "--flow" {
                    line.remove(at - 1);
                }
            }
        }
        Use::Context | Use::None => {
            if let Some(at) = context_at(&line, verb_at) {
                line.remove(at);
            }
        }
    }
    line
}

fn verb_at(line: &[String]) -> Option<usize> {
    Some(line.iter().skip(1).position(|word| !word.starts_with('-'))? + 1)
}

fn flow_after(line: &[String], verb_at: usize) -> Option<usize> {
    Some(line[verb_at + 1..].iter().position(|word| is_flow(word))? + verb_at + 1)
}

/// The place of a flow's file that is a verb's first argument. Options may stand before it.
fn context_at(line: &[String], verb_at: usize) -> Option<usize> {
    let command = VERBS.iter().find(|verb| verb.name == line[verb_at]).map(|verb| (verb.command)());
    let takes_value = |word: &str| {
        let (long, short) = (word.strip_prefix("--"), word.strip_prefix('-'));
        command.iter().flat_map(Command::get_arguments).any(|option| {
            let short = option.get_short().is_some_and(|name| short == Some(&*name.to_string()));
            (short || (long.is_some() && option.get_long() == long))
                && option.get_action().takes_values()
        })
    };
    let mut at = verb_at + 1;
    while line.get(at)?.starts_with('-') {
        at += if takes_value(&line[at]) { 2 } else { 1 };
    }
    is_flow(line.get(at)?).then_some(at)
}

/// Whether a word names a flow: `flow.py` or `flow.py:Class`.
pub fn is_flow(word: &str) -> bool {
    let file = word.rsplit_once(':').map_or(word, |(file, _)| file);
    !word.starts_with('-') && (file.ends_with(".py") || word.ends_with(".py"))
}
