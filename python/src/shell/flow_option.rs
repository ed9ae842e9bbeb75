//! Options that several verbs share.

use clap::{Arg, ArgMatches};
use serde_json::{Map, Value, json};

use super::number::count;

/// The flow's file.
pub fn flow() -> Arg {
    Arg::new("flow")
        .value_name("FLOW.py")
        .help("The flow's file, or `file.py:Class`")
        .required(true)
}

/// `--store`.
pub fn store() -> Arg {
    Arg::new("store").long("store").value_name("URL").help(
        "The datastore: a folder or s3://bucket/prefix [env: FLOWNOTE_STORE] [default: .flownote]",
    )
}

/// `--with`.
pub fn with() -> Arg {
    Arg::new("with")
        .long("with")
        .value_name("DECORATOR")
        .action(clap::ArgAction::Append)
        .help("Add a decorator to every step: retry:times=3")
}

/// `--max-workers`.
pub fn max_workers() -> Arg {
    Arg::new("max-workers")
        .long("max-workers")
        .short('j')
        .value_name("N")
        .value_parser(count)
        .help("Tasks at once [default: the machine's cores]")
}

/// The options that were given or have a default, as JSON.
pub fn to_json(matches: &ArgMatches, names: &[&str]) -> Map<String, Value> {
    let mut options = Map::new();
    for &name in names {
        let value = if let Ok(Some(flag)) = matches.try_get_one::<bool>(name) {
            json!(flag)
        } else if let Ok(Some(number)) = matches.try_get_one::<u32>(name) {
            json!(number)
        } else if let Ok(Some(words)) = matches.try_get_many::<String>(name) {
            let words: Vec<&String> = words.collect();
            if matches!(name, "tag" | "with") { json!(words) } else { json!(words[0]) }
        } else {
            continue;
        };
        options.insert(name.replace('-', "_"), value);
    }
    options
}
