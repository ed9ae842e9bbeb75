//! Which cells of a notebook read what others made. Each execution records the names that it
//! read, with the digests of their values, and those that it defined. Who made what was read
//! the digest says where it is one cell's; else the name does, as it does in a notebook.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use flownote_flow::id::{AttemptKey, StepName};
use flownote_flow::manifest::TaskDone;
use flownote_store::{Error, RunKey, Store};
use serde::Deserialize;
use tokio::sync::RwLock;

use super::Tasks;
use super::damage::results;

/// What executions read and made, as far as they were asked: a record never changes.
pub type Wires = HashMap<AttemptKey, Option<Wire>>;

/// What one execution read and made: names, with the digests that are known.
#[derive(Clone, Debug, Default)]
pub struct Wire {
    read: BTreeMap<String, Option<String>>,
    made: BTreeMap<String, Option<String>>,
}

/// What the recorder of notebooks keeps of an execution (`flownote-kernel`, `record`).
#[derive(Deserialize)]
struct OfCell {
    #[serde(default)]
    inputs: BTreeMap<String, Known>,
    #[serde(default)]
    defined: BTreeMap<String, Known>,
}

#[derive(Deserialize)]
struct Known {
    #[serde(default)]
    digest: Option<String>,
}

impl Wire {
    fn of(done: &TaskDone) -> Option<Self> {
        let cell = OfCell::deserialize(done.manifest.provenance.get("cell")?).ok()?;
        let digests = |known: BTreeMap<String, Known>| -> BTreeMap<_, _> {
            known.into_iter().map(|(name, it)| (name, it.digest)).collect()
        };
        let mut made = digests(cell.defined);
        for (name, record) in &done.manifest.artifacts {
            if let Some(digest) = made.get_mut(name) {
                digest.get_or_insert_with(|| record.digest.to_string());
            }
        }
        Some(Self { read: digests(cell.inputs), made })
    }
}

/// Reads what the newest execution of each cell says, where that isn't known yet.
pub async fn read(store: &Store, run: &RunKey, tasks: &RwLock<Tasks>) -> Result<(), Error> {
    let unknown: Vec<AttemptKey> = {
        let tasks = tasks.read().await;
        if tasks.graph.is_some() {
            return Ok(());
        }
        let newest = newest(&tasks).into_values();
        newest.filter(|attempt| !tasks.wires.contains_key(attempt)).collect()
    };
    if unknown.is_empty() {
        return Ok(());
    }
    let found = results(store, run, &unknown).await?;
    let wires = found.into_iter().map(|done| Wire::of(&done.ok()??));
    tasks.write().await.wires.extend(unknown.into_iter().zip(wires));
    Ok(())
}

/// A cell, where it stands in the notebook, and what its newest execution says.
type Wired<'a> = (StepName, usize, &'a Wire);

/// The cells that read what a cell made, by the cell.
pub fn readers(tasks: &Tasks) -> BTreeMap<StepName, BTreeSet<StepName>> {
    let known = newest(tasks).into_iter().filter_map(|(step, attempt)| {
        let wire = tasks.wires.get(&attempt)?.as_ref()?;
        let place = tasks.cell_place(&step);
        Some((step, place, wire))
    });
    join(&known.collect::<Vec<_>>())
}

fn join(cells: &[Wired<'_>]) -> BTreeMap<StepName, BTreeSet<StepName>> {
    let mut found: BTreeMap<StepName, BTreeSet<StepName>> = BTreeMap::new();
    for reader in cells {
        for (name, digest) in &reader.2.read {
            if let Some(maker) = maker(cells, reader, name, digest.as_deref()) {
                found.entry(maker.clone()).or_default().insert(reader.0.clone());
            }
        }
    }
    found
}

fn maker<'a>(
    cells: &'a [Wired<'_>],
    (reader, place, _): &Wired<'_>,
    name: &str,
    digest: Option<&str>,
) -> Option<&'a StepName> {
    let makers: Vec<(&StepName, usize, Option<&str>)> = cells
        .iter()
        .filter(|(step, _, _)| step != reader)
        .filter_map(|(step, at, wire)| Some((step, *at, wire.made.get(name)?.as_deref())))
        .collect();
    let same = |made: Option<&str>| digest.is_some() && made == digest;
    let fitting: Vec<&StepName> =
        makers.iter().filter(|(_, _, made)| same(*made)).map(|(step, _, _)| *step).collect();
    match (fitting.as_slice(), makers.as_slice()) {
        ([step], _) | (_, [(step, _, _)]) => Some(step),
        // What a name means is the nearest definition above.
        _ => makers.iter().filter(|(_, at, _)| at < place).max_by_key(|it| it.1).map(|it| it.0),
    }
}

/// The newest execution of each cell that is over.
fn newest(tasks: &Tasks) -> BTreeMap<StepName, AttemptKey> {
    let cells = tasks.steps().iter().filter_map(|step| {
        let over = step.rows.iter().rposition(|row| row.finished_at.is_some())?;
        let attempt = AttemptKey { task: step.keys[over].clone(), attempt: 0 };
        Some((step.name.clone(), attempt))
    });
    cells.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cells as `id: read > made`, a name with its digest behind `@`.
    fn check(cells: &[&str], expected: &[&str]) {
        let names = |text: &str| -> BTreeMap<String, Option<String>> {
            let name = |word: &str| match word.split_once('@') {
                Some((name, digest)) => (name.to_owned(), Some(digest.to_owned())),
                None => (word.to_owned(), None),
            };
            text.split_whitespace().map(name).collect()
        };
        let read = |text: &&str| {
            let (id, rest) = text.split_once(':').unwrap();
            let (read, made) = rest.split_once('>').unwrap();
            (StepName::new(id), Wire { read: names(read), made: names(made) })
        };
        let wires: Vec<(StepName, Wire)> = cells.iter().map(read).collect();
        let placed = wires.iter().zip(0..).map(|((step, wire), at)| (step.clone(), at, wire));
        let joined = join(&placed.collect::<Vec<_>>());
        let edges = joined.iter().flat_map(|(from, to)| to.iter().map(move |to| (from, to)));
        let edges: Vec<String> = edges.map(|(from, to)| format!("{from}>{to}")).collect();
        assert_eq!(edges, expected);
    }

    #[test]
    fn whoever_made_what_was_read_leads_to_the_reader() {
        check(&["a:>x@1 f", "b:x@1 f@9>y@2", "c:y@2 x@1>"], &["a>b", "a>c", "b>c"]);
    }

    #[test]
    fn of_several_the_one_whose_value_it_was() {
        check(&["a:>x@1", "b:x@1>x@2", "c:x@2>"], &["a>b", "b>c"]);
        check(&["a:>x", "b:>x", "c:x>", "d:>x"], &["b>c"]);
        check(&["a:x>", "b:>x", "c:>x"], &[]);
    }
}
