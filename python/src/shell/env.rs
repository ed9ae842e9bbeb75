//! `env`: the environment that a run had, and how two runs' differ.

use std::collections::BTreeMap;

use clap::{Arg, Command};
use console::style;
use flownote_store::Store;
use serde_json::{Value, json};

use super::error::Error;
use super::session::with_store;
use super::table::{Table, flexible, text};
use super::target_option::{given, json as json_flag, run};
use super::{Exit, Outcome, Shell, flow_option, output};
use flownote_store::reference::resolve_run;

const AFTER_HELP: &str = "\
Examples:
  flownote env latest
  flownote env latest --json | jq .distributions
  flownote env 8f2c9a --diff latest";

/// `flownote env`.
pub fn command() -> Command {
    Command::new("env")
        .about("Show the environment that a run had: Python, platform, packages, git")
        .arg(run())
        .arg(Arg::new("diff").long("diff").value_name("RUN").help("Only what differs in this run"))
        .arg(json_flag())
        .arg(flow_option::store())
        .after_help(AFTER_HELP)
}

/// Shows it.
pub fn act(shell: &Shell<'_>) -> Outcome {
    with_store(shell.matches, async |store| {
        let (name, one) = environment(shell, store, "run").await?;
        let json = shell.matches.get_flag("json");
        if given(shell.matches, "diff").is_some() {
            let (other_name, other) = environment(shell, store, "diff").await?;
            difference((&name, &one), (&other_name, &other), json)?;
        } else if json {
            output::json(&one)?;
        } else {
            show(&name, &one)?;
        }
        Ok(Exit::Success.into())
    })
}

async fn environment(
    shell: &Shell<'_>,
    store: &Store,
    option: &str,
) -> Result<(String, Value), Error> {
    let text = given(shell.matches, option).unwrap_or_default();
    let run = resolve_run(store, text, shell.within()).await?;
    Ok((run.to_string(), store.run_record(&run).await?.environment))
}

fn show(name: &str, environment: &Value) -> Result<(), Error> {
    let entries = flat(environment);
    if entries.is_empty() {
        output::talk(&format!("{name} has no record of its environment."));
        return Ok(());
    }
    let mut table = Table::new(&[text("WHAT"), flexible("VALUE")]);
    entries.into_iter().for_each(|(key, value)| table.row([key, value]));
    output::write(table.render(output::width()))
}

fn difference(one: (&str, &Value), other: (&str, &Value), json: bool) -> Result<(), Error> {
    let (entries, others) = (flat(one.1), flat(other.1));
    let mut keys: Vec<&String> = entries.keys().chain(others.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.retain(|key| entries.get(*key) != others.get(*key));
    if json {
        let pair = |key: &String| (key.clone(), json!([entries.get(key), others.get(key)]));
        return output::json(&keys.into_iter().map(pair).collect::<serde_json::Map<_, _>>());
    }
    if keys.is_empty() {
        return output::write(format!("{} and {} had the same environment.\n", one.0, other.0));
    }
    let mut text = format!("- {}\n+ {}\n", one.0, other.0);
    for key in keys {
        for (mark, value) in [("-", entries.get(key)), ("+", others.get(key))] {
            let Some(value) = value else { continue };
            let line = format!("{mark} {key} {value}");
            let line = if mark == "-" { style(line).red() } else { style(line).green() };
            text.push_str(&format!("{line}\n"));
        }
    }
    output::write(text)
}

/// Nested values as `outer.inner` → text.
fn flat(value: &Value) -> BTreeMap<String, String> {
    fn add(key: &str, value: &Value, found: &mut BTreeMap<String, String>) {
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| {
                let name = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                add(&name, value, found);
            }),
            Value::String(text) => drop(found.insert(key.to_owned(), text.clone())),
            Value::Null => {}
            other => drop(found.insert(key.to_owned(), other.to_string())),
        }
    }
    let mut found = BTreeMap::new();
    add("", value, &mut found);
    found
}
