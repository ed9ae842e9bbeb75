//! Parameters become options of `flownote run`, so their names must be free there.

use std::collections::HashMap;

use super::Problem;
use super::names::is_reserved;
use crate::description::{FlowDescription, ParameterDescription};

/// The long options of `flownote run` and `resume`: no parameter can be called so. An option
/// added to the command line is added here.
pub const COMMAND_OPTIONS: &[&str] = &[
    "cache",
    "cache-mode",
    "continue",
    "durable",
    "help",
    "in-process",
    "json",
    "keep-going",
    "max-workers",
    "origin-run-id",
    "param",
    "plain",
    "quiet",
    "run-id-file",
    "spawn",
    "store",
    "tag",
    "trust-code",
    "trust-pickles",
    "until",
    "version",
    "with",
];

pub(super) fn check(flow: &FlowDescription) -> Vec<Problem> {
    let mut first: HashMap<String, &ParameterDescription> = HashMap::new();
    let mut problems = Vec::new();
    for parameter in &flow.parameters {
        let option = parameter.name.replace('_', "-");
        if let Some((code, message, advice)) = wrong_name(parameter, &option, first.get(&option)) {
            problems.push(Problem::of_parameter(flow, parameter, code, message).advise(advice));
        }
        if is_reserved(&parameter.attribute) {
            let name = &parameter.attribute;
            let message =
                format!("`{name}` can't be a parameter's attribute: every flow has it already");
            let problem = Problem::of_parameter(flow, parameter, "reserved-name", message);
            problems.push(problem.advise("rename the attribute"));
        }
        first.entry(option).or_insert(parameter);
    }
    problems
}

fn wrong_name(
    parameter: &ParameterDescription,
    option: &str,
    first: Option<&&ParameterDescription>,
) -> Option<(&'static str, String, String)> {
    let name = &parameter.name;
    if !is_option(name) {
        let message = format!("`{name}` can't be the name of a parameter");
        return Some((
            "bad-parameter-name",
            message,
            "begin with a letter, go on with letters, digits, `-` and `_`".into(),
        ));
    }
    if COMMAND_OPTIONS.contains(&option) {
        let message =
            format!("parameter `{name}` clashes with the option `--{option}` of `flownote run`");
        return Some((
            "reserved-parameter",
            message,
            format!("rename it, for instance to `my-{option}`"),
        ));
    }
    let first = first?;
    let message = format!(
        "parameters `{}` and `{name}` are both `--{option}` on the command line",
        first.name
    );
    Some((
        "duplicate-parameter",
        message,
        format!("rename one of them; the first is on line {}", first.line),
    ))
}

fn is_option(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter))
}
