//! Ids for the cells of files that have none, or wrong ones. They follow from the cells'
//! text, so that two who open the same file see the same ids.

use std::collections::{HashMap, HashSet};

use crate::{Cell, CellId};

/// Gives a new id to each cell whose id in the file is missing, invalid or taken by a
/// cell above; says which they are.
pub(crate) fn complete(cells: &mut [Cell], given: &[Option<String>]) -> Vec<CellId> {
    let mut made = Vec::new();
    let valid = |id: &&String| CellId::is_valid(id);
    let mut taken: HashSet<String> = given.iter().flatten().filter(valid).cloned().collect();
    let mut kept = HashSet::new();
    let mut times: HashMap<(&'static str, String), usize> = HashMap::new();
    for (cell, given) in cells.iter_mut().zip(given) {
        if let Some(id) = given.as_ref().filter(valid)
            && kept.insert(id)
        {
            cell.id = CellId::new(id);
            continue;
        }
        // Cells of equal text are told apart by their order among each other alone: an
        // edit elsewhere leaves their ids.
        let time = times.entry((cell.language.name(), cell.source.clone())).or_default();
        *time += 1;
        let parts = ["cell", cell.language.name(), &cell.source, &time.to_string()];
        cell.id = CellId::derive(&parts, |id| taken.contains(id));
        taken.insert(cell.id.as_str().to_owned());
        made.push(cell.id.clone());
    }
    made
}
