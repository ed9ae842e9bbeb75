//! What every recommender can do.

use super::{Events, Index, Interactions};
use crate::Result;

/// What says which items suit a member.
pub trait Recommender: Sync {
    /// What scores are: 64 bits where weights are summed, 32 where factors are multiplied.
    type Score: Score;

    /// How many items there are.
    fn items(&self) -> usize;

    /// How many members the fit keeps factors of; none where what they did is all.
    fn members(&self) -> usize {
        0
    }

    /// The scores of all items for a member who did this, known to the fit or not.
    ///
    /// # Panics
    /// Where events are of items that the fit doesn't have: [`top_k`](super::top_k()) checks that.
    fn fold_in(&self, events: Events<'_>, scores: &mut [Self::Score]);

    /// The scores of all items for several members, row by row.
    fn score(&self, members: &Interactions<'_>, scores: &mut [Self::Score]) {
        let rows = scores.chunks_exact_mut(self.items().max(1));
        members.rows().zip(rows).for_each(|(events, row)| self.fold_in(events, row));
    }

    /// The scores of all items for members that the fit knew, by their numbers, from the factors
    /// that it found for them. They are below [`members`](Self::members).
    fn score_known(&self, _members: &[usize], scores: &mut [Self::Score]) {
        scores.fill(Self::Score::default());
    }

    /// The index of the items, where there are very many: [`near_top_k`](super::near_top_k()) asks
    /// it.
    fn index(&self) -> Option<&Index> {
        None
    }

    /// What an index is asked for a member who did this, or whom the fit knew: their factors.
    fn member(&self, _events: Events<'_>, _known: Option<usize>) -> Vec<f32> {
        Vec::new()
    }

    /// What each event adds to the score of `item`, the most first; together they are the score,
    /// but for what is the same for everybody. Nothing where a model can't tell.
    ///
    /// # Errors
    /// [`ModelError::Input`](crate::ModelError::Input) where there is no such item.
    fn explain(&self, events: Events<'_>, item: usize) -> Result<Option<Vec<Reason>>>;

    /// What [`explain`](Self::explain) says of several items, one after another: faster where
    /// a model has to find out the same of the events for each.
    ///
    /// # Errors
    /// As [`explain`](Self::explain).
    fn explain_all(&self, events: Events<'_>, items: &[usize]) -> Result<Vec<Option<Vec<Reason>>>> {
        items.iter().map(|item| self.explain(events, *item)).collect()
    }
}

/// A part of a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    /// The item of the event that it comes from.
    pub item: usize,
    /// How much it adds.
    pub adds: f64,
}

/// A number that items are ranked by.
pub trait Score: Copy + Default + PartialOrd + Into<f64> + Send + Sync {
    /// Below every score: of an item that isn't ranked.
    const NONE: Self;
}

impl Score for f32 {
    const NONE: Self = Self::NEG_INFINITY;
}

impl Score for f64 {
    const NONE: Self = Self::NEG_INFINITY;
}

/// The largest part first; of equal ones the earlier item's.
pub(super) fn sorted(mut reasons: Vec<Reason>) -> Vec<Reason> {
    reasons.sort_by(|a, b| b.adds.total_cmp(&a.adds).then(a.item.cmp(&b.item)));
    reasons
}

/// Says that there is no such item.
pub(super) fn check_item(item: usize, items: usize) -> Result<()> {
    if item < items {
        return Ok(());
    }
    Err(crate::ModelError::input(
        "item",
        format!("is {item}"),
        format!("items are numbered from 0, and there are {items}"),
    ))
}
