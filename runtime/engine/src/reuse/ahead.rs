//! Results of the origin are read before they are asked for. The tasks of a foreach start
//! in the order of its items, so it is known which come next: their results are read many
//! at once, while those before them are compared.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use flownote_flow::event::Launch;
use flownote_flow::id::{AttemptKey, StepName, TaskKey};
use flownote_flow::manifest::TaskDone;
use tokio::sync::Mutex;
use tokio::task::{JoinHandle, spawn_local};

use super::{ResumeFrom, matching::Places};
use crate::context::Context;

/// So many tasks are read at once.
const PIECE: u32 = 256;
/// So many pieces of one step are kept: the one in use, the next, and one for stragglers.
const KEPT: usize = 3;

/// What was read ahead, by the split of this run whose items the tasks have. Never borrowed
/// across an `await`.
#[derive(Default)]
pub(super) struct Ahead(RefCell<HashMap<AttemptKey, HashMap<StepName, Pieces>>>);

/// The pieces of one step under one split, by their numbers.
#[derive(Default)]
struct Pieces {
    /// The number of the next piece to read. None is read twice.
    next: u32,
    kept: BTreeMap<u32, Rc<Mutex<Piece>>>,
}

/// The results of some tasks of the origin.
enum Piece {
    Coming(JoinHandle<HashMap<TaskKey, TaskDone>>),
    Here(HashMap<TaskKey, TaskDone>),
}

impl Ahead {
    /// How the first attempt at `there` ended, the task of the origin that `launch` stands
    /// for. Nothing when that isn't known: then the datastore is to be asked.
    pub(super) async fn take(
        &self,
        context: &Context,
        from: &ResumeFrom,
        launch: &Launch,
        places: &Places,
        there: &TaskKey,
    ) -> Option<TaskDone> {
        let piece = self.piece(context, from, launch, places, there)?;
        let mut piece = piece.lock().await;
        if let Piece::Coming(reading) = &mut *piece {
            *piece = Piece::Here(reading.await.unwrap_or_default());
        }
        match &mut *piece {
            Piece::Here(found) => found.remove(there),
            Piece::Coming(_) => None,
        }
    }

    /// The piece that the task belongs to. The next one begins to be read, too.
    fn piece(
        &self,
        context: &Context,
        from: &ResumeFrom,
        launch: &Launch,
        places: &Places,
        there: &TaskKey,
    ) -> Option<Rc<Mutex<Piece>>> {
        let frame = launch.foreach.last()?;
        let number = frame.index / PIECE;
        let mut all = self.0.borrow_mut();
        let steps = all.entry(frame.split.clone()).or_default();
        let pieces = steps.entry(launch.step().clone()).or_default();
        while pieces.next <= number + 1 && pieces.next * PIECE < frame.count {
            let asked = counterparts(there, places, pieces.next);
            let piece = Piece::Coming(read(context, from, asked));
            pieces.kept.insert(pieces.next, Rc::new(Mutex::new(piece)));
            pieces.next += 1;
        }
        while pieces.kept.len() > KEPT {
            pieces.kept.pop_first();
        }
        pieces.kept.get(&number).cloned()
    }

    /// Forgets what was read of a foreach that is over.
    pub(super) fn forget(&self, split: &AttemptKey) {
        self.0.borrow_mut().remove(split);
    }
}

/// The tasks of the origin that the tasks of a piece stand for.
fn counterparts(there: &TaskKey, places: &Places, number: u32) -> Vec<AttemptKey> {
    let begin = (number * PIECE) as usize;
    let items = places.iter().skip(begin).take(PIECE as usize).flatten();
    let mut path = there.path.to_vec();
    items
        .filter_map(|place| {
            *path.last_mut()? = *place;
            Some(AttemptKey { task: TaskKey::new(there.step.clone(), &path), attempt: 0 })
        })
        .collect()
}

/// Begins to read. What can't be read is none of this: whoever needs it asks again, and is
/// told why.
fn read(
    context: &Context,
    from: &ResumeFrom,
    asked: Vec<AttemptKey>,
) -> JoinHandle<HashMap<TaskKey, TaskDone>> {
    let (store, origin) = (context.store.clone(), from.origin.clone());
    spawn_local(async move {
        let found = store.dones_of(&origin, &asked).await.unwrap_or_default();
        let known = asked.into_iter().zip(found);
        known.filter_map(|(attempt, done)| Some((attempt.task, done?))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_asks_for_the_equals_of_its_items() {
        let places: Places = (0..PIECE + 3).map(|at| (at != PIECE + 1).then_some(at + 1)).collect();
        let there = TaskKey::new("fit", &[7, 4]);
        let paths = |number| -> Vec<String> {
            counterparts(&there, &places, number).iter().map(ToString::to_string).collect()
        };
        assert_eq!(paths(0).len(), PIECE as usize);
        assert_eq!(paths(0)[0], "fit/7-1.0");
        assert_eq!(paths(1), ["fit/7-257.0", "fit/7-259.0"], "the new item has no equal");
        assert!(paths(2).is_empty());
    }
}
