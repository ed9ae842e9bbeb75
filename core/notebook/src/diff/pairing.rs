//! Which cell of the older notebook is which of the newer one.

use std::collections::HashMap;

use similar::TextDiff;

use crate::{Cell, Document};

/// From this share of equal lines on, two texts of one language are the same cell edited.
pub(crate) const ALIKE: f32 = 0.5;
/// Above this many pairs to try, texts that differ aren't compared: a rewritten notebook
/// of thousands of cells without ids would take seconds.
const MANY: usize = 40_000;

/// For each cell of the older notebook, its position in the newer one.
pub(super) fn pair(older: &Document, newer: &Document) -> Vec<Option<usize>> {
    let (old, new) = (older.cells(), newer.cells());
    let mut pairs = vec![None; old.len()];
    let mut taken = vec![false; new.len()];

    let ids: HashMap<_, _> = new.iter().enumerate().map(|(at, cell)| (&cell.id, at)).collect();
    for (cell, pair) in old.iter().zip(&mut pairs) {
        if let Some(at) = ids.get(&cell.id) {
            *pair = Some(*at);
            taken[*at] = true;
        }
    }
    by_text(old, new, &mut pairs, &mut taken);
    by_likeness(old, new, &mut pairs, &mut taken);
    pairs
}

/// Cells with other ids and the same text: a file whose ids another program made anew.
fn by_text(old: &[Cell], new: &[Cell], pairs: &mut [Option<usize>], taken: &mut [bool]) {
    let mut free: HashMap<_, Vec<usize>> = HashMap::new();
    for (at, cell) in new.iter().enumerate().rev().filter(|(at, _)| !taken[*at]) {
        free.entry((cell.language, &*cell.source)).or_default().push(at);
    }
    for (cell, pair) in old.iter().zip(pairs).filter(|(_, pair)| pair.is_none()) {
        *pair = free.get_mut(&(cell.language, &*cell.source)).and_then(Vec::pop);
        if let Some(at) = *pair {
            taken[at] = true;
        }
    }
}

/// Cells with other ids and nearly the same text.
fn by_likeness(old: &[Cell], new: &[Cell], pairs: &mut [Option<usize>], taken: &mut [bool]) {
    let free = taken.iter().filter(|taken| !**taken).count();
    let alone = pairs.iter().filter(|pair| pair.is_none()).count();
    if free * alone > MANY {
        return;
    }
    for (cell, pair) in old.iter().zip(pairs).filter(|(_, pair)| pair.is_none()) {
        let open = new.iter().enumerate().filter(|(at, other)| {
            !taken[*at] && other.language == cell.language && other.foreign == cell.foreign
        });
        let alike = open.map(|(at, other)| (at, likeness(&cell.source, &other.source)));
        // The first of those that are equally alike: order is a hint, too.
        let best = alike.reduce(|best, next| if next.1 > best.1 { next } else { best });
        if let Some((at, _)) = best.filter(|(_, ratio)| *ratio >= ALIKE) {
            *pair = Some(at);
            taken[at] = true;
        }
    }
}

/// How much of two texts is equal, from 0 to 1: of their lines, or of the words when there
/// are few lines.
pub(crate) fn likeness(old: &str, new: &str) -> f32 {
    let few = |text: &str| text.lines().nth(3).is_none();
    if few(old) && few(new) {
        TextDiff::from_words(old, new).ratio()
    } else {
        TextDiff::from_lines(old, new).ratio()
    }
}
