//! Finding what differs.

use serde_json::{Map, Value, json};
use similar::{Algorithm, ChangeTag, DiffOp, TextDiff, capture_diff_slices};

use super::difference::{CellDifference, Change, Difference, Hunk, Line, LineKind};
use super::pairing::pair;
use super::summary::summary;
use crate::cell::INCIDENTAL;
use crate::ipynb::kernel::is_usual;
use crate::{Cell, Document, Output};

/// How many equal lines stand around those that differ.
const CONTEXT: usize = 3;

/// What differs between two versions of a notebook.
pub fn diff(older: &Document, newer: &Document) -> Difference {
    let (old, new) = (older.cells(), newer.cells());
    let pairs = pair(older, newer);
    let mut partners = vec![None; new.len()];
    for (at, partner) in pairs.iter().enumerate() {
        if let Some(partner) = partner {
            partners[*partner] = Some(at);
        }
    }
    // Cells that keep their order among each other stay; the fewest others are moved.
    let names: Vec<_> = pairs.iter().enumerate().map(|(at, pair)| pair.ok_or(at)).collect();
    let others: Vec<_> = partners
        .iter()
        .enumerate()
        .map(|(at, partner)| partner.map(|_| at).ok_or(usize::MAX - at))
        .collect();
    let mut cells = Vec::new();
    for step in capture_diff_slices(Algorithm::Myers, &names, &others) {
        if !matches!(step, DiffOp::Equal { .. }) {
            let gone = step.old_range().filter(|at| pairs[*at].is_none());
            cells.extend(gone.map(|at| removed(&old[at], at + 1)));
        }
        for at in step.new_range() {
            let moved = !matches!(step, DiffOp::Equal { .. });
            cells.extend(match partners[at] {
                Some(from) => changed(&old[from], &new[at], at + 1, moved.then_some(from + 1)),
                None => Some(added(&new[at], at + 1)),
            });
        }
    }
    let mut metadata = notebook_changes(older, newer);
    if older.mode() != newer.mode() {
        let (before, after) = (Some(json!(older.mode())), Some(json!(newer.mode())));
        metadata.push(Change { key: "mode".into(), before, after });
    }
    Difference { cells, metadata }
}

fn summaries(outputs: &[Output]) -> Vec<String> {
    outputs.iter().map(summary).collect()
}

fn added(cell: &Cell, number: usize) -> CellDifference {
    let Cell { id, language, source, outputs, .. } = cell;
    CellDifference::Added {
        cell: id.clone(),
        number,
        language: *language,
        source: source.clone(),
        outputs: summaries(outputs),
    }
}

fn removed(cell: &Cell, number: usize) -> CellDifference {
    let Cell { id, language, source, outputs, .. } = cell;
    CellDifference::Removed {
        cell: id.clone(),
        number,
        language: *language,
        source: source.clone(),
        outputs: summaries(outputs),
    }
}

/// How a cell of both differs, if it does.
fn changed(
    old: &Cell,
    new: &Cell,
    number: usize,
    moved_from: Option<usize>,
) -> Option<CellDifference> {
    let mut metadata = changes(&old.metadata, &new.metadata);
    metadata.retain(|change| !INCIDENTAL.contains(&change.key.as_str()));
    if old.attachments != new.attachments {
        let names = |cell: &Cell| cell.attachments.keys().cloned().collect::<Vec<_>>();
        let (before, after) = (Some(json!(names(old))), Some(json!(names(new))));
        metadata.push(Change { key: "attachments".into(), before, after });
    }
    let outputs = (old.outputs != new.outputs).then(|| Change {
        key: "outputs".into(),
        before: Some(summaries(&old.outputs)),
        after: Some(summaries(&new.outputs)),
    });
    let was_language = (old.language != new.language).then_some(old.language);
    let hunks = hunks(&old.source, &new.source);
    let same = moved_from.is_none()
        && was_language.is_none()
        && hunks.is_empty()
        && outputs.is_none()
        && metadata.is_empty();
    (!same).then(|| CellDifference::Changed {
        cell: new.id.clone(),
        was: (old.id != new.id).then(|| old.id.clone()),
        number,
        moved_from,
        language: new.language,
        was_language,
        hunks,
        outputs,
        metadata,
    })
}

/// Where two texts differ.
fn hunks(old: &str, new: &str) -> Vec<Hunk> {
    if old == new {
        return vec![];
    }
    let lines = |text: &'_ str| -> Vec<String> {
        if text.is_empty() { vec![] } else { text.split('\n').map(str::to_owned).collect() }
    };
    let (old, new) = (lines(old), lines(new));
    let (old, new): (Vec<&str>, Vec<&str>) =
        (old.iter().map(|l| &**l).collect(), new.iter().map(|l| &**l).collect());
    let difference = TextDiff::from_slices(&old, &new);
    let hunk = |group: &Vec<DiffOp>| {
        let lines = || group.iter().flat_map(|step| difference.iter_changes(step));
        // Counted by the lines: of a step that only inserts, the place in the older text
        // may be off by lines that are equal.
        let before: Vec<usize> = lines().filter_map(|line| line.old_index()).collect();
        let after: Vec<usize> = lines().filter_map(|line| line.new_index()).collect();
        let span = |at: Vec<usize>| (at.first().map_or(0, |first| first + 1), at.len());
        let lines = lines().map(|change| Line {
            kind: match change.tag() {
                ChangeTag::Equal => LineKind::Same,
                ChangeTag::Delete => LineKind::Removed,
                ChangeTag::Insert => LineKind::Added,
            },
            text: change.value().to_owned(),
        });
        Hunk { before: span(before), after: span(after), lines: lines.collect() }
    };
    difference.grouped_ops(CONTEXT).iter().map(hunk).collect()
}

/// What differs in the metadata of two notebooks. What a kernel says of itself is no matter of
/// the notebook, nor whether a file names the usual one; the head of a percent file is, of two such files.
fn notebook_changes(older: &Document, newer: &Document) -> Vec<Change<Value>> {
    let header = |document: &Document| document.metadata().get("flownote")?.get("header").cloned();
    let both = header(older).is_some() && header(newer).is_some();
    let usual = is_usual(older) && is_usual(newer);
    let known = |document: &Document| {
        let mut metadata = document.metadata().clone();
        metadata.shift_remove("language_info");
        if usual {
            metadata.shift_remove("kernelspec");
        }
        if let Some(own) = metadata.get_mut("flownote").and_then(Value::as_object_mut)
            && !both
        {
            own.shift_remove("header");
            if own.is_empty() {
                metadata.shift_remove("flownote");
            }
        }
        metadata
    };
    changes(&known(older), &known(newer))
}

/// The keys whose values differ.
fn changes(old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<Change<Value>> {
    let mut keys: Vec<&String> = old.keys().chain(new.keys()).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter()
        .filter(|key| old.get(*key) != new.get(*key))
        .map(|key| Change {
            key: key.clone(),
            before: old.get(key).cloned(),
            after: new.get(key).cloned(),
        })
        .collect()
}
