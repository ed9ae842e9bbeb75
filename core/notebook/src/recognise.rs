//! Cells that a file doesn't name, known again after an edit.
//!
//! A hand-written percent file, and what older programs write, has no ids: cells get theirs
//! from their text, and after an edit they would be others, with nothing of their past. So
//! they are compared with the cells of the run before, as two versions of a file are: the
//! same text first, then what stands between the same neighbours. A wrong guess costs
//! nothing but a history: what a result is worth is found by its code, never by its id.

use std::collections::{HashMap, HashSet};

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::diff::{ALIKE, likeness};
use crate::{Cell, CellId, Document, Language};

/// A gap of more pairs than this is paired by order alone.
const MANY: usize = 2_500;

/// A cell as an earlier run, or an earlier version, had it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// What it was called.
    pub id: CellId,
    /// Its language.
    pub language: Language,
    /// Its text.
    pub source: String,
}

impl From<&Cell> for Earlier {
    fn from(cell: &Cell) -> Self {
        Self { id: cell.id.clone(), language: cell.language, source: cell.source.clone() }
    }
}

/// By what cells are compared: their name where the file has one, else their text.
#[derive(PartialEq, Eq, Hash, PartialOrd, Ord, Clone, Copy)]
enum Key<'a> {
    Name(&'a str),
    Text(&'static str, &'a str),
}

impl Document {
    /// Whether there are cells whose ids the file doesn't have.
    pub fn has_unnamed(&self) -> bool {
        !self.unnamed.is_empty()
    }

    /// Gives cells that the file doesn't name the ids that they had. What the file names
    /// keeps its name; a new cell gets one that no earlier cell had.
    pub fn recognise(&mut self, earlier: &[Earlier]) {
        if !self.has_unnamed() || earlier.is_empty() {
            return;
        }
        let unnamed: HashSet<&CellId> = self.unnamed.iter().collect();
        let is_named: Vec<bool> = self.cells.iter().map(|it| !unnamed.contains(&it.id)).collect();
        let found = pair(earlier, &self.cells, &is_named);
        let mut taken: HashSet<String> =
            earlier.iter().map(|it| it.id.as_str().to_owned()).collect();
        let named = self.cells.iter().zip(&is_named).filter(|(_, named)| **named);
        taken.extend(named.map(|(cell, _)| cell.id.as_str().to_owned()));
        let mut ids = Vec::new();
        for (at, cell) in self.cells.iter_mut().enumerate().filter(|(at, _)| !is_named[*at]) {
            if let Some(known) = found[at] {
                cell.id = earlier[known].id.clone();
            } else if !taken.insert(cell.id.as_str().to_owned()) {
                let parts = ["new cell", cell.language.name(), &cell.source];
                cell.id = CellId::derive(&parts, |id| taken.contains(id));
                taken.insert(cell.id.as_str().to_owned());
            }
            ids.push(cell.id.clone());
        }
        self.unnamed = ids;
    }
}

/// For each cell, which of the earlier ones it is. What the file names stands for itself.
fn pair(earlier: &[Earlier], cells: &[Cell], is_named: &[bool]) -> Vec<Option<usize>> {
    let named: HashSet<&str> = cells
        .iter()
        .zip(is_named)
        .filter(|(_, named)| **named)
        .map(|(it, _)| it.id.as_str())
        .collect();
    let old: Vec<Key<'_>> = earlier
        .iter()
        .map(|it| match named.contains(it.id.as_str()) {
            true => Key::Name(it.id.as_str()),
            false => Key::Text(it.language.name(), &it.source),
        })
        .collect();
    let new: Vec<Key<'_>> = cells
        .iter()
        .zip(is_named)
        .map(|(it, named)| match named {
            true => Key::Name(it.id.as_str()),
            false => Key::Text(it.language.name(), &it.source),
        })
        .collect();
    let mut pairs = vec![None; cells.len()];
    let mut used = vec![false; earlier.len()];
    let mut gaps = Vec::new();
    for step in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if let DiffOp::Equal { old_index, new_index, len } = step {
            for at in 0..len {
                pairs[new_index + at] = Some(old_index + at);
                used[old_index + at] = true;
            }
        } else {
            gaps.push((step.old_range(), step.new_range()));
        }
    }
    // The same text elsewhere: a cell that was moved.
    let mut free: HashMap<Key<'_>, Vec<usize>> = HashMap::new();
    for at in (0..earlier.len()).rev().filter(|at| !used[*at]) {
        free.entry(old[at]).or_default().push(at);
    }
    for at in 0..cells.len() {
        if pairs[at].is_none()
            && let Some(moved) = free.get_mut(&new[at]).and_then(Vec::pop)
        {
            pairs[at] = Some(moved);
            used[moved] = true;
        }
    }
    for (before, now) in merged(gaps) {
        let is_text = |key: &Key<'_>| matches!(key, Key::Text(..));
        let before: Vec<usize> = before.filter(|at| !used[*at] && is_text(&old[*at])).collect();
        let now: Vec<usize> = now.filter(|at| pairs[*at].is_none() && is_text(&new[*at])).collect();
        for (known, at) in within(earlier, &before, cells, &now) {
            pairs[at] = Some(known);
        }
    }
    pairs
}

type Gap = (std::ops::Range<usize>, std::ops::Range<usize>);

/// What was taken out and what was put in at one place, as one gap.
fn merged(gaps: Vec<Gap>) -> Vec<Gap> {
    let mut all: Vec<Gap> = Vec::new();
    for (before, now) in gaps {
        match all.last_mut() {
            Some(last) if last.0.end == before.start && last.1.end == now.start => {
                (last.0.end, last.1.end) = (before.end, now.end);
            }
            _ => all.push((before, now)),
        }
    }
    all
}

/// Pairs what stands between two cells that are known: what is alike, then in order.
fn within(
    earlier: &[Earlier],
    before: &[usize],
    cells: &[Cell],
    now: &[usize],
) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let mut open = before.to_vec();
    if before.len() * now.len() <= MANY {
        for &at in now {
            let same = open.iter().filter(|it| earlier[**it].language == cells[at].language);
            let alike = same.map(|it| (*it, likeness(&earlier[*it].source, &cells[at].source)));
            let best = alike.reduce(|best, next| if next.1 > best.1 { next } else { best });
            if let Some((known, _)) = best.filter(|(_, ratio)| *ratio >= ALIKE) {
                open.retain(|it| *it != known);
                pairs.push((known, at));
            }
        }
    }
    let paired: HashSet<usize> = pairs.iter().map(|(_, at)| *at).collect();
    for &at in now.iter().filter(|at| !paired.contains(at)) {
        let next = open.iter().position(|it| earlier[*it].language == cells[at].language);
        pairs.extend(next.map(|it| (open.remove(it), at)));
    }
    pairs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::percent;

    /// The ids that a file's cells have after a run of another file, by what each says.
    #[track_caller]
    fn check(before: &str, now: &str, expect: &str) {
        let read = |file: &str| {
            let cells = file.split('|').map(str::trim).filter(|it| !it.is_empty());
            let file: String = cells.map(|it| format!("# %% {it}\n\n")).collect();
            percent::read(file.replace(" ;; ", "\n").as_bytes()).unwrap()
        };
        let earlier: Vec<Earlier> = read(before).cells().iter().map(Earlier::from).collect();
        let mut document = read(now);
        document.recognise(&earlier);
        let place = |cell: &Cell| {
            let at = earlier.iter().position(|it| it.id == cell.id);
            at.map_or_else(|| "new".to_owned(), |at| (at + 1).to_string())
        };
        let found: Vec<String> = document.cells().iter().map(place).collect();
        assert_eq!(found.join(" "), expect);
    }

    #[test]
    fn a_cell_is_known_again() {
        let three = " ;; x = 1 | ;; y = x + 1 | ;; print(y)";
        check(three, three, "1 2 3");
        // Edited a little, and wholly: its neighbours stand where they stood.
        check(three, " ;; x = 1 | ;; y = x + 2 | ;; print(y)", "1 2 3");
        check(three, " ;; x = 1 | ;; import math | ;; print(y)", "1 2 3");
        check(three, " ;; a = 0 | ;; b = 0 | ;; c = 0", "1 2 3");
        // One more, one less, another order.
        check(three, " ;; import math | ;; x = 1 | ;; y = x + 1 | ;; print(y)", "new 1 2 3");
        check(three, " ;; x = 1 | ;; import math | ;; y = x + 3 | ;; print(y)", "1 new 2 3");
        check(three, " ;; x = 1 | ;; print(y)", "1 3");
        check(three, " ;; print(y) | ;; x = 1 | ;; y = x + 1", "3 1 2");
        // Moved and edited at once: nothing says which it was.
        check(three, " ;; y = x + 1 | ;; x = 7 | ;; print(y)", "2 new 3");
        // A language of its own is another cell.
        check(" ;; x = 1", " [sql] ;; # select 1", "new");
        check(" ;; 1 | [sql] ;; # select 1", " [sql] ;; # select 2 | ;; 5", "2 1");
    }

    #[test]
    fn what_the_file_names_keeps_its_name() {
        check(" id=\"a\" ;; x = 1 | ;; y = 2", " id=\"a\" ;; y = 3 | ;; y = 5", "1 2");
        check(" id=\"a\" ;; x = 1 | ;; y = 2", " ;; x = 1 | id=\"b\" ;; y = 2", "1 new");
        check(" ;; x = 1 | id=\"a\" ;; y = 2", " id=\"a\" ;; x = 1 | ;; y = 2", "2 new");
    }

    #[test]
    fn a_text_that_comes_again_is_a_cell_of_its_own() {
        let mut document = percent::read(b"# %%\nx = 1\n\n# %%\nx = 2\n").unwrap();
        let derived = percent::read(b"# %%\nx = 2\n").unwrap().cells()[0].id.clone();
        // `x = 2` was `x = 1` before, and was called by that text; another has the id that
        // the text of `x = 2` gives.
        let cell = |id: &CellId, source: &str| Earlier {
            id: id.clone(),
            language: Language::Python,
            source: source.to_owned(),
        };
        document.recognise(&[cell(&"first".into(), "x = 1"), cell(&derived, "y")]);
        let ids: Vec<&str> = document.cells().iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids, ["first", derived.as_str()]);
        let mut document = percent::read(b"# %%\nx = 1\n\n# %% [sql]\n# x\n").unwrap();
        let taken = document.cells()[0].id.clone();
        document.recognise(&[Earlier { language: Language::Rust, ..cell(&taken, "x = 1") }]);
        assert_ne!(document.cells()[0].id, taken, "it was another cell's");
    }

    proptest! {
        #[test]
        fn ids_differ_and_named_ones_stay(
            before in proptest::collection::vec(0..4u8, 0..8),
            now in proptest::collection::vec((0..4u8, any::<bool>()), 0..8),
        ) {
            let text = |cells: Vec<String>| cells.concat();
            let old = text(before.iter().map(|it| format!("# %%\nx = {it}\n\n")).collect());
            let new = text(now.iter().enumerate().map(|(at, (it, named))| match named {
                true => format!("# %% id=\"n{at}\"\nx = {it}\n\n"),
                false => format!("# %%\nx = {it}\n\n"),
            }).collect());
            let earlier = percent::read(old.as_bytes()).unwrap();
            let earlier: Vec<Earlier> = earlier.cells().iter().map(Earlier::from).collect();
            let mut document = percent::read(new.as_bytes()).unwrap();
            document.recognise(&earlier);
            let ids: HashSet<&CellId> = document.cells().iter().map(|it| &it.id).collect();
            prop_assert_eq!(ids.len(), now.len());
            for (at, (_, named)) in now.iter().enumerate() {
                if *named {
                    let expect = format!("n{at}");
                    prop_assert_eq!(document.cells()[at].id.as_str(), expect.as_str());
                }
            }
            let once = document.clone();
            document.recognise(&once.cells().iter().map(Earlier::from).collect::<Vec<_>>());
            prop_assert_eq!(document, once);
        }
    }
}
