//! A flow's parameters as options: clap knows name, arity and help, Python converts.

use std::collections::HashSet;

use clap::{Arg, ArgAction, ArgMatches, Command};
use flownote_flow::description::{FlowDescription, ParameterDescription};
use serde_json::{Map, Value, json};

/// Adds a flow's parameters to a verb that runs it; other verbs take only the file.
pub fn extend(command: Command, verb: &str, flow: &FlowDescription) -> Command {
    let command = match &flow.doc {
        Some(doc) if takes_parameters(verb) => command.before_help(doc.clone()),
        _ => command,
    };
    if !takes_parameters(verb) {
        return command;
    }
    let heading = format!("Parameters of {}", flow.name);
    // A parameter that clashes with an option is the linter's to refuse, not clap's to trip on.
    let taken: Vec<String> =
        command.get_arguments().filter_map(|it| it.get_long().map(str::to_owned)).collect();
    let mut names = HashSet::new();
    let free = flow.parameters.iter().filter(|parameter| {
        let option = parameter.name.replace('_', "-");
        !taken.contains(&option) && option != "help" && names.insert(option)
    });
    free.fold(command.next_help_heading(heading), |command, parameter| {
        command.arg(argument(parameter))
    })
}

fn takes_parameters(verb: &str) -> bool {
    matches!(verb, "run" | "resume")
}

fn argument(parameter: &ParameterDescription) -> Arg {
    let hyphened = parameter.name.replace('_', "-");
    let mut help = parameter.help.clone().unwrap_or_default();
    if let Some(default) = &parameter.default {
        help = format!("{help} [default: {default}]");
    }
    if parameter.required {
        help = format!("{help} [required]");
    }
    let argument = Arg::new(format!("parameter:{}", parameter.name))
        .long(hyphened.clone())
        .help(help.trim_start().to_owned())
        .value_name(parameter.kind.to_uppercase())
        .action(if parameter.separator.is_some() { ArgAction::Append } else { ArgAction::Set })
        .allow_hyphen_values(matches!(parameter.kind.as_str(), "int" | "float" | "json"));
    let argument = if parameter.kind == "bool" {
        argument.num_args(0..=1).default_missing_value("true").require_equals(false)
    } else {
        argument.num_args(1)
    };
    if hyphened == parameter.name { argument } else { argument.alias(parameter.name.clone()) }
}

/// `--param name=value`, which says what `--name value` says.
pub fn by_name() -> Arg {
    Arg::new("param")
        .long("param")
        .value_name("NAME=VALUE")
        .action(ArgAction::Append)
        .value_parser(|text: &str| match text.split_once('=') {
            Some((name, _)) if !name.is_empty() => Ok(text.to_owned()),
            _ => Err("write --param NAME=VALUE"),
        })
        .help("Give a parameter by its name; the same as --NAME VALUE")
}

/// The parameters that the command line gives, as text (a list where there may be several).
pub fn given(matches: &ArgMatches, flow: Option<&FlowDescription>) -> Map<String, Value> {
    let mut parameters = Map::new();
    for parameter in flow.into_iter().flat_map(|flow| &flow.parameters) {
        let id = format!("parameter:{}", parameter.name);
        let Ok(Some(values)) = matches.try_get_many::<String>(&id) else { continue };
        let values: Vec<&String> = values.collect();
        let value = match &parameter.separator {
            Some(separator) => {
                let words: Vec<&str> = values.iter().map(|value| value.as_str()).collect();
                json!(words.join(separator))
            }
            None => json!(values[0]),
        };
        parameters.insert(parameter.name.clone(), value);
    }
    let by_name = matches.try_get_many::<String>("param").ok().flatten();
    for (name, value) in by_name.into_iter().flatten().filter_map(|it| it.split_once('=')) {
        // Python says so when there is no parameter of that name.
        parameters.insert(name.to_owned(), json!(value));
    }
    parameters
}
