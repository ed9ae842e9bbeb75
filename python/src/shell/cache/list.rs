//! `cache list`: what is kept, newest first.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use clap::{Arg, Command, value_parser};
use flownote_flow::cache::CacheRecord;
use flownote_flow::provenance::Key;
use flownote_store::{RunKey, Store};
use serde_json::json;

use super::super::error::Error;
use super::super::session::with_store;
use super::super::table::{Table, flexible, number, text};
use super::super::target_option::{given, json as json_flag};
use super::super::{Exit, Outcome, Shell, flow_option, output, words};
use crate::report::text::duration;
use flownote_store::notebooks::{self, Cells};

/// What the columns mean, and what may come next.
const NEXT: &str = "\
TOOK is what taking a result saves. `flownote show FROM` shows who made it,
`flownote cache clear --older-than 2w` forgets old ones, `flownote gc` frees their space.";
/// How much of a key is shown.
const SHORT: usize = 10;

/// `flownote cache list`.
pub fn command() -> Command {
    let text = |name: &'static str| Arg::new(name).long(name).value_name("NAME");
    Command::new("list")
        .about("List kept results, newest first")
        .arg(text("step").help("Only results of this step"))
        .arg(text("user").help("Only results that NAME computed"))
        .arg(
            Arg::new("limit")
                .long("limit")
                .value_name("N")
                .value_parser(value_parser!(u32).range(1..))
                .default_value("20")
                .help("How many to show"),
        )
        .arg(json_flag())
        .arg(flow_option::store())
}

/// Lists them.
pub fn act(shell: &Shell<'_>) -> Outcome {
    let matches = shell.matches;
    with_store(matches, async |store| {
        let limit = matches.get_one::<u32>("limit").map_or(20, |limit| *limit as usize);
        let (step, user) = (given(matches, "step"), given(matches, "user"));
        let mut found: Vec<(Key, CacheRecord)> = Vec::new();
        let mut more = false;
        let mut seen = HashSet::new();
        for entry in store.cache_entries().await? {
            let Some(record) = store.kept(&entry.slot).await? else { continue };
            // A cell's result is kept under what it read, and under how that was made.
            if !seen.insert(record.reused().pathspec) {
                continue;
            }
            let wanted = step.is_none_or(|step| record.step.as_str() == step)
                && user.is_none_or(|user| record.user == user);
            if wanted && found.len() == limit {
                more = true;
                break;
            }
            if wanted {
                found.push((entry.slot.key().clone(), record));
            }
        }
        if matches.get_flag("json") {
            output::json(&found.iter().map(as_json).collect::<Vec<_>>())?;
        } else if found.is_empty() {
            output::talk(&nothing(store, step.is_some() || user.is_some()));
        } else {
            output::write(render(&found, &cells_of(store, &found).await))?;
            if more {
                output::talk(&format!("more: --limit {}", limit * 5));
            }
            output::talk(NEXT);
        }
        Ok::<_, Error>(Exit::Success.into())
    })
}

fn size(record: &CacheRecord) -> u64 {
    record.manifest.artifacts.values().map(|artifact| artifact.size).sum()
}

fn as_json((key, record): &(Key, CacheRecord)) -> serde_json::Value {
    json!({
        "key": key,
        "step": record.step,
        "pathspec": record.reused().pathspec,
        "user": record.user,
        "finished_at": record.finished_at,
        "elapsed_ms": record.elapsed_ms,
        "size": size(record),
        "artifacts": record.manifest.artifacts.keys().collect::<Vec<_>>(),
    })
}

/// How the cells of notebooks are called that made results; their runs may be gone.
async fn cells_of(store: &Store, found: &[(Key, CacheRecord)]) -> HashMap<RunKey, Cells> {
    let mut cells = HashMap::new();
    for (_, record) in found.iter().filter(|(_, record)| notebooks::is(&record.flow)) {
        let run = RunKey::new(record.flow.clone(), record.run.clone());
        if let Entry::Vacant(place) = cells.entry(run) {
            let known = Cells::read(store, place.key()).await.unwrap_or_default();
            place.insert(known);
        }
    }
    cells
}

fn render(found: &[(Key, CacheRecord)], cells: &HashMap<RunKey, Cells>) -> String {
    let mut table = Table::new(&[
        text("KEY"),
        text("STEP"),
        flexible("FROM"),
        flexible("USER"),
        number("AGE"),
        number("TOOK"),
        number("SIZE"),
    ]);
    for (key, record) in found {
        let run = RunKey::new(record.flow.clone(), record.run.clone());
        let cell = cells.get(&run).and_then(|cells| cells.name(&record.step));
        table.row([
            key.as_str()[..SHORT].to_owned(),
            cell.unwrap_or_else(|| record.step.to_string()),
            record.reused().pathspec,
            record.user.clone(),
            words::elapsed(Some(&record.finished_at), None),
            duration(record.elapsed_ms),
            words::size(size(record)),
        ]);
    }
    table.render(output::width())
}

fn nothing(store: &Store, filtered: bool) -> String {
    if filtered {
        return "No such results. `flownote cache list` without options lists all.".into();
    }
    let store = store.url();
    format!("No results are kept in {store} yet.\nKeep some: flownote run flow.py --cache")
}
