//! Options that a verb doesn't have, and what there is instead. What runs flows has many that
//! mean nothing for notebooks.

use std::path::Path;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use flownote_flow::help::resembling;
use flownote_notebook::facts;

use super::Error;
use crate::files;

/// Options of flows' runs, and what to do with a notebook instead.
const OF_FLOWS: [(&str, &str); 13] = [
    ("--max-workers", "leave it out: cells run one after another"),
    ("--with", "leave it out: cells have no decorators"),
    ("--until", "leave it out, or run single cells in `flownote ui`"),
    ("--keep-going", "leave it out: a notebook ends at the first cell that fails"),
    ("--cache-mode", "use `--cache` to take what was computed before; new results are always kept"),
    ("--trust-pickles", "leave it out: pickles of other users are never taken"),
    ("--spawn", "leave it out: each notebook has interpreters of its own"),
    ("--in-process", "leave it out, or open the notebook with `flownote ui`"),
    ("--durable", "leave it out"),
    ("--json", "run it, then ask: `flownote show latest --json`"),
    ("--plain", "leave it out: a notebook's run is told in plain lines"),
    ("--run-id-file", "tag the run with `--tag NAME`, and find it with `flownote runs --tag NAME`"),
    ("--continue", "use `flownote resume NOTEBOOK`, which goes on from the cell that failed"),
];

/// Says what clap says of an unknown option as every error is said. Nothing for other errors.
pub fn option(error: &clap::Error, tree: &Command, line: &[String]) -> Option<Error> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(given)) = error.get(ContextKind::InvalidArg) else { return None };
    if !given.starts_with('-') {
        return Some(word(given, line));
    }
    let given = given.split(['=', ' ']).next()?;
    let mut words = line.iter().skip(1);
    let mut verb = tree.find_subcommand(words.find(|word| !word.starts_with('-'))?)?;
    let mut name = verb.get_name().to_owned();
    while let Some(inner) = words.next().and_then(|word| verb.find_subcommand(word)) {
        name = format!("{name} {}", inner.get_name());
        verb = inner;
    }
    let runs = matches!(name.as_str(), "run" | "resume");
    let message = match runs {
        true => format!("`{name}` has no option `{given}` for notebooks"),
        false => format!("`{name}` has no option `{given}`"),
    };
    let known = verb.get_arguments().filter_map(|it| it.get_long());
    let bare = given.trim_start_matches('-');
    let of_flows = OF_FLOWS.iter().find(|(option, _)| *option == given).filter(|_| runs);
    let hint = if let Some((_, instead)) = of_flows {
        (*instead).to_owned()
    } else if runs && is_parameter(line, bare) {
        format!("parameters are given by name: `--param {bare}=VALUE`")
    } else if let Some(near) = resembling(bare, known) {
        format!("did you mean `--{near}`?")
    } else if runs {
        let notebook = line.iter().find(|word| word.ends_with(".ipynb") || word.ends_with(".py"));
        let notebook = notebook.map_or("NOTEBOOK", String::as_str);
        format!("`flownote {name} {notebook} --help` lists them")
    } else {
        format!("`flownote {name} --help` lists them")
    };
    Some(Error::asked(message, hint))
}

/// A word that a verb has no use for: the name of a cell, as flows have steps.
fn word(given: &str, line: &[String]) -> Error {
    let verb = line.iter().skip(1).find(|word| !word.starts_with('-'));
    let verb = verb.map_or("", String::as_str);
    let notebook = line.iter().find(|word| word.ends_with(".ipynb") || word.ends_with(".py"));
    let notebook = notebook.map_or("NOTEBOOK", String::as_str);
    let message = format!("`{verb}` takes one notebook, and nothing behind it: `{given}`");
    let hint = match verb {
        "resume" => format!(
            "`flownote resume {notebook}` finds by itself which cells must run; single cells run \
             in `flownote ui {notebook}`"
        ),
        "run" => {
            let name = if given.contains('=') { "" } else { "NAME=" };
            format!(
                "parameters are given by name: `--param {name}{given}`; single cells run in \
                 `flownote ui {notebook}`"
            )
        }
        _ => {
            let message = format!("`{verb}` has no use for `{given}`");
            return Error::asked(message, format!("`flownote {verb} --help` says what it takes"));
        }
    };
    Error::asked(message, hint)
}

/// Whether the notebook of a command line has a parameter of that name.
fn is_parameter(line: &[String], name: &str) -> bool {
    let read = |word: &String| files::read(Path::new(word)).ok();
    let notebook = line.iter().skip(2).find_map(read);
    let cells = notebook.iter().flat_map(|it| it.cells());
    let defaults = cells.filter(|cell| cell.has_tag("parameters"));
    let name = name.replace('-', "_");
    defaults.flat_map(|cell| facts(cell.language, &cell.source).defs).any(|(it, _)| *it == *name)
}
