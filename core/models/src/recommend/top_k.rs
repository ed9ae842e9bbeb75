//! The best items of each member: all are scored, none is sampled or left out.

use rayon::prelude::*;

use super::recommender::check_item;
use super::{Events, Interactions, Recommender, Score};
use crate::wide::{Wide, wide};
use crate::{ModelError, Result, Watch};

/// The item of a place that nothing is left for.
pub const NOTHING: i64 = -1;

/// How many members are scored together: their scores stay near the processor.
const TOGETHER: usize = 32;

/// How many scores are held against the bar at once.
const LANES: usize = 32;

/// What may be recommended.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Filter<'a> {
    /// Leave out what a member did something with.
    pub unseen: bool,
    /// Whether each item may be shown at all: what suits children, say.
    pub allowed: Option<&'a [bool]>,
}

/// The best items of each member.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// How many places each row has.
    pub places: usize,
    /// Items, row by row, best first; [`NOTHING`] where no item is left.
    pub items: Vec<i64>,
    /// Their scores; negative infinity where no item is left.
    pub scores: Vec<f64>,
}

impl Ranking {
    /// No item in any place.
    pub(super) fn empty(places: usize, members: usize) -> Self {
        let all = places * members;
        Self { places, items: vec![NOTHING; all], scores: vec![f64::NEG_INFINITY; all] }
    }
}

/// Ranks all items for each row of `rows` and keeps the `places` best. Of equal scores the item
/// with the smaller number comes first.
///
/// With `known`, the number of each row's member in the fit, the factors that the fit found for
/// them are used; what they did is only filtered by.
///
/// # Errors
/// [`ModelError::Input`] where rows or the filter are of other items than the fit, or members
/// aren't known; [`ModelError::Cancelled`] when `watch` says so.
pub fn top_k<M: Recommender>(
    model: &M,
    rows: &Interactions<'_>,
    known: Option<&[usize]>,
    places: usize,
    filter: Filter<'_>,
    watch: &dyn Watch,
) -> Result<Ranking> {
    let items = model.items();
    check(model, rows, known, places, filter)?;
    let mut ranking = Ranking::empty(places, rows.members());
    if places == 0 || items == 0 {
        return Ok(ranking);
    }
    let ranked = ranking.items.par_chunks_mut(places * TOGETHER);
    let scored = ranking.scores.par_chunks_mut(places * TOGETHER);
    ranked.zip(scored).enumerate().try_for_each_init(
        || (vec![M::Score::default(); TOGETHER * items], Vec::with_capacity(places)),
        |(scores, best), (number, (ranked, scored))| {
            watch.go_on()?;
            let first = number * TOGETHER;
            let some = rows.between(first..first + ranked.len() / places);
            let scores = &mut scores[..some.members() * items];
            match known {
                Some(known) => model.score_known(&known[first..first + some.members()], scores),
                None => model.score(&some, scores),
            }
            let outs = ranked.chunks_exact_mut(places).zip(scored.chunks_exact_mut(places));
            let members = some.rows().zip(scores.chunks_exact_mut(items));
            for ((events, scores), (ranked, scored)) in members.zip(outs) {
                leave_out(events, filter, scores);
                wide(Select { scores, places, best });
                for ((score, item), out) in best.iter().zip(ranked.iter_mut().zip(scored)) {
                    (*out.0, *out.1) = (i64::from(*item), (*score).into());
                }
            }
            Ok(())
        },
    )?;
    Ok(ranking)
}

/// The best items of one member, best first, and their scores: as [`top_k`], on this thread and
/// without its matrices, for those who ask one at a time. Fewer than `places` where fewer are left.
///
/// # Errors
/// [`ModelError::Input`] where events or the filter are of other items than the fit.
pub fn top_of<M: Recommender + ?Sized>(
    model: &M,
    events: Events<'_>,
    places: usize,
    filter: Filter<'_>,
) -> Result<Vec<(usize, f64)>> {
    let items = model.items();
    check_one(items, events, filter)?;
    let mut scores = vec![M::Score::default(); items];
    let mut best = Vec::new();
    if places > 0 && items > 0 {
        model.fold_in(events, &mut scores);
        leave_out(events, filter, &mut scores);
        wide(Select { scores: &scores, places: places.min(items), best: &mut best });
    }
    Ok(best.into_iter().map(|(score, item)| (item as usize, score.into())).collect())
}

/// Puts what isn't to be shown below every score.
fn leave_out<S: Score>(events: Events<'_>, filter: Filter<'_>, scores: &mut [S]) {
    if filter.unseen {
        events.items().iter().for_each(|&item| scores[item as usize] = S::NONE);
    }
    if let Some(allowed) = filter.allowed {
        let pairs = scores.iter_mut().zip(allowed);
        pairs.filter(|(_, allowed)| !**allowed).for_each(|(score, _)| *score = S::NONE);
    }
}

/// The scores of all items, row by row, nothing left out; `known` as in [`top_k`].
///
/// # Errors
/// As [`top_k`].
pub fn score_all<M: Recommender>(
    model: &M,
    rows: &Interactions<'_>,
    known: Option<&[usize]>,
) -> Result<Vec<f64>> {
    check(model, rows, known, 0, Filter::default())?;
    let items = model.items();
    let mut all = vec![0.0; items * rows.members()];
    all.par_chunks_mut((items * TOGETHER).max(1)).enumerate().for_each_init(
        || vec![M::Score::default(); TOGETHER * items],
        |scores, (number, out)| {
            let first = number * TOGETHER;
            let some = rows.between(first..first + out.len() / items);
            let scores = &mut scores[..out.len()];
            match known {
                Some(known) => model.score_known(&known[first..first + some.members()], scores),
                None => model.score(&some, scores),
            }
            out.iter_mut().zip(scores).for_each(|(to, score)| *to = (*score).into());
        },
    );
    Ok(all)
}

/// The `places` best of some scores, best first, into `best`.
struct Select<'a, S> {
    scores: &'a [S],
    places: usize,
    best: &'a mut Vec<(S, u32)>,
}

impl<S: Score> Wide for Select<'_, S> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { scores, places, best } = self;
        best.clear();
        let mut bar = S::NONE;
        for (number, chunk) in scores.chunks(LANES).enumerate() {
            // Most chunks have nothing above the bar, and are passed over at once.
            if !chunk.iter().fold(false, |above, score| above | (*score > bar)) {
                continue;
            }
            for (lane, &score) in chunk.iter().enumerate() {
                if score > bar {
                    // After its equals: they have smaller numbers.
                    let place = best.partition_point(|held| held.0 >= score);
                    best.truncate(places - 1);
                    best.insert(place, (score, (number * LANES + lane) as u32));
                    if best.len() == places {
                        bar = best[places - 1].0;
                    }
                }
            }
        }
    }
}

pub(super) fn check<M: Recommender>(
    model: &M,
    rows: &Interactions<'_>,
    known: Option<&[usize]>,
    places: usize,
    filter: Filter<'_>,
) -> Result<()> {
    rows.check_items(model.items())?;
    if places > model.items() {
        let problem = format!("is {places} of {} items", model.items());
        return Err(ModelError::input("k", problem, "ask for no more items than there are"));
    }
    check_allowed(model.items(), filter)?;
    let Some(known) = known else { return Ok(()) };
    if known.len() != rows.members() {
        let problem = format!("has {} numbers for {} rows", known.len(), rows.members());
        return Err(ModelError::input("members", problem, "give the number of each row's member"));
    }
    match known.iter().find(|member| **member >= model.members()) {
        None => Ok(()),
        Some(member) if model.members() == 0 => Err(ModelError::input(
            "members",
            format!("has {member}, and this model keeps nothing of members"),
            "leave it out: what members did is all that it needs",
        )),
        Some(member) => Err(ModelError::input(
            "members",
            format!("has {member}"),
            format!("the fit knew {} members, numbered from 0", model.members()),
        )),
    }
}

pub(super) fn check_one(items: usize, events: Events<'_>, filter: Filter<'_>) -> Result<()> {
    if let Some(&last) = events.items().last() {
        check_item(last as usize, items)?;
    }
    check_allowed(items, filter)
}

fn check_allowed(items: usize, filter: Filter<'_>) -> Result<()> {
    match filter.allowed {
        Some(allowed) if allowed.len() != items => Err(ModelError::input(
            "allowed",
            format!("has {} values for {items} items", allowed.len()),
            "say of each item whether it is",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Select, top_k, top_of, wide};
    use crate::recommend::{Events, Filter, Interactions, ItemKnn};

    #[test]
    fn one_member_is_ranked_as_among_many() {
        let (bounds, items) = ([0, 3, 5, 7, 9], [0, 1, 2, 1, 2, 0, 3, 2, 3]);
        let all = Interactions::new(&bounds, &items, &[1.0; 9], 5).unwrap();
        let model = ItemKnn::fit(&all, 5, 0.0, &|| false).unwrap();
        let allowed = [true, true, false, true, true];
        for allowed in [None, Some(allowed.as_slice())] {
            let filter = Filter { unseen: true, allowed };
            let ranking = top_k(&model, &all, None, 5, filter, &|| false).unwrap();
            for (member, ranked) in ranking.items.chunks_exact(5).enumerate() {
                let one = top_of(&model, all.row(member), 9, filter).unwrap();
                let expected: Vec<i64> = ranked.iter().copied().filter(|it| *it >= 0).collect();
                assert_eq!(one.iter().map(|it| it.0 as i64).collect::<Vec<_>>(), expected);
            }
        }
        let other = Events::new(&[7], &[1.0], 8).unwrap();
        let error = top_of(&model, other, 3, Filter::default()).unwrap_err();
        assert_eq!(error.to_string(), "`item` is 7");
    }

    #[test]
    fn the_best_come_first_and_equals_in_order() {
        let scores: Vec<f32> = (0..200).map(|i| ((i * 37) % 20) as f32).collect();
        let mut known: Vec<u32> = (0..200).collect();
        known.sort_by(|a, b| scores[*b as usize].total_cmp(&scores[*a as usize]));
        for places in [1, 7, 31, 200] {
            let mut best = Vec::new();
            wide(Select { scores: &scores, places, best: &mut best });
            let items: Vec<u32> = best.iter().map(|(_, item)| *item).collect();
            assert_eq!(items, known[..places]);
        }
    }

    #[test]
    fn what_is_left_out_is_never_chosen() {
        let mut best = Vec::new();
        let scores = &[f64::NEG_INFINITY, -1.0, f64::NEG_INFINITY];
        wide(Select { scores, places: 3, best: &mut best });
        assert_eq!(best, [(-1.0, 1)]);
    }
}
