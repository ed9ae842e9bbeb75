//! Options that neither the verb nor the flow has.

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use flownote_flow::description::FlowDescription;
use flownote_flow::help::resembling;

use super::error::Error;

/// Says what clap says of an unknown option as every error is said, and knows the flow's
/// parameters. Nothing for other errors.
pub fn option(
    error: &clap::Error,
    tree: &Command,
    line: &[String],
    flow: Option<&FlowDescription>,
) -> Option<Error> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(given)) = error.get(ContextKind::InvalidArg) else { return None };
    let given = given.split('=').next().filter(|name| name.starts_with("--"))?;
    let verb = line.iter().skip(1).find_map(|word| tree.find_subcommand(word))?;
    let options = verb.get_arguments().filter_map(|it| it.get_long());
    let options: Vec<&str> = options.collect();
    let (name, words) = (verb.get_name(), given.trim_start_matches('-').replace('_', "-"));
    let message = match flow {
        Some(flow) if matches!(name, "run" | "resume") => {
            format!("`{given}` is neither an option of `{name}` nor a parameter of `{}`", flow.name)
        }
        _ => format!("`{name}` has no option `{given}`"),
    };
    let hint = match resembling(&words, options.iter().copied()) {
        Some(near) => format!("did you mean `--{near}`?"),
        None => match flow.filter(|_| matches!(name, "run" | "resume")) {
            Some(flow) => format!("`flownote {name} {} --help` lists them", flow.file),
            None => format!("`flownote {name} --help` lists them"),
        },
    };
    Some(Error::usage(message, hint))
}
