//! Why a memoised call would be computed although something like it was kept.

use flownote_flow::cache::CacheRecord;
use flownote_flow::provenance::{Difference, Provenance, nearest};
use flownote_store::Store;
use serde::Deserialize;

use crate::error::Failure;
use crate::shell::words;

/// How many kept results are compared, the newest first.
const NEWEST: usize = 500;

/// Says what differs between a call of a function and the nearest that was kept.
pub async fn why(store: &Store, call: &Provenance, name: &str) -> Result<String, Failure> {
    let mut known: Vec<(CacheRecord, Provenance)> = Vec::new();
    for entry in store.cache_entries().await?.into_iter().take(NEWEST) {
        let Some(record) = store.kept(&entry.slot).await? else { continue };
        let Ok(kept) = Provenance::deserialize(&record.manifest.provenance) else { continue };
        if record.flow.as_str() == "memo" && record.step.as_str() == name || kept.shares_code(call)
        {
            known.push((record, kept));
        }
    }
    let Some(near) = nearest(call, known.iter().map(|(_, kept)| kept)) else {
        return Ok(format!("no value of `{name}` is kept"));
    };
    let record = &known[near.place].0;
    let (user, at) = (&record.user, words::time(&record.finished_at));
    Ok(match near.differences.first() {
        Some(difference) => format!("{}; the nearest is by {user}, {at}", word(difference)),
        // It is there, and isn't to be had.
        None => format!("the value is {user}'s and a pickle; `trust_pickles=True` takes it"),
    })
}

fn word(difference: &Difference) -> String {
    match difference {
        Difference::Item => "the arguments differ".into(),
        other => other.to_string(),
    }
}
