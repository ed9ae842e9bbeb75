//! The likely best items of each member, by an index where a model has one.
//!
//! Links lead to the few best of very many; on the way to the hundredth there are holes. So the
//! index is asked for few places of items most of which may be shown; what a member did is left out
//! of what it finds, and where too little is left, all items are scored.

use rayon::prelude::*;

use super::index::{Near, Scratch};
use super::top_k::{Filter, Ranking, check, check_one, top_of};
use super::{Events, Index, Interactions, Recommender};
use crate::{Result, Watch};

/// How many places an index is asked for at most.
const PLACES: usize = 20;

/// So many members are scored faster together than one after another by an index, of up to so many
/// items: measured with 32 and 64 factors.
const TOGETHER: usize = 10;
const FASTER: usize = 200_000;

/// How many times as many are looked for where too few are left.
const MORE: usize = 4;

/// To look for so large a share of the items takes longer than to score all.
const SHARE: usize = 256;

/// As [`top_k`](super::top_k()), but for a model with an index by that where it is faster, at most
/// 20 places are asked for and at least half of the items may be shown: it finds nearly all of the
/// best items, and what it finds is scored as ever.
///
/// # Errors
/// As [`top_k`](super::top_k()).
pub fn near_top_k<M: Recommender>(
    model: &M,
    rows: &Interactions<'_>,
    known: Option<&[usize]>,
    places: usize,
    filter: Filter<'_>,
    watch: &dyn Watch,
) -> Result<Ranking> {
    let is_faster = |index: &&Index| rows.members() < TOGETHER || index.items() > FASTER;
    let Some(index) = model.index().filter(is_faster).filter(|_| fits(places, filter)) else {
        return super::top_k(model, rows, known, places, filter, watch);
    };
    check(model, rows, known, places, filter)?;
    let mut ranking = Ranking::empty(places, rows.members());
    if places == 0 {
        return Ok(ranking);
    }
    let ranked = ranking.items.par_chunks_mut(places);
    let scored = ranking.scores.par_chunks_mut(places);
    ranked.zip(scored).enumerate().with_min_len(16).try_for_each_init(
        || Scratch::new(index.items()),
        |scratch, (row, (ranked, scored))| {
            watch.go_on()?;
            let (events, known) = (rows.row(row), known.map(|known| known[row]));
            let member = model.member(events, known);
            let found = by_index(index, &member, events, places, filter, scratch);
            let Some(found) = found else {
                let row = rows.between(row..row + 1);
                let known = known.as_ref().map(std::slice::from_ref);
                let one = super::top_k(model, &row, known, places, filter, watch)?;
                ranked.copy_from_slice(&one.items);
                scored.copy_from_slice(&one.scores);
                return Ok(());
            };
            for (near, (item, score)) in found.iter().zip(ranked.iter_mut().zip(scored)) {
                (*item, *score) = (i64::from(near.item), near.product.into());
            }
            Ok(())
        },
    )?;
    Ok(ranking)
}

/// As [`top_of`], but for a model with an index by that.
///
/// # Errors
/// As [`top_of`].
pub fn near_top_of<M: Recommender + ?Sized>(
    model: &M,
    events: Events<'_>,
    places: usize,
    filter: Filter<'_>,
) -> Result<Vec<(usize, f64)>> {
    check_one(model.items(), events, filter)?;
    let found = model.index().filter(|_| places > 0 && fits(places, filter)).and_then(|index| {
        let (member, mut scratch) = (model.member(events, None), Scratch::new(index.items()));
        by_index(index, &member, events, places, filter, &mut scratch)
    });
    match found {
        Some(found) => {
            Ok(found.iter().map(|near| (near.item as usize, near.product.into())).collect())
        }
        None => top_of(model, events, places, filter),
    }
}

/// Whether what is asked for is among what an index finds.
fn fits(places: usize, filter: Filter<'_>) -> bool {
    let most = |allowed: &[bool]| 2 * allowed.iter().filter(|it| **it).count() >= allowed.len();
    places <= PLACES && filter.allowed.is_none_or(most)
}

/// The best that may be shown; nothing where it takes less to score all.
fn by_index(
    index: &Index,
    member: &[f32],
    events: Events<'_>,
    places: usize,
    filter: Filter<'_>,
    scratch: &mut Scratch,
) -> Option<Vec<Near>> {
    let shown = |near: &Near| {
        let item = near.item as usize;
        !(filter.unseen && events.contains(item))
            && filter.allowed.is_none_or(|allowed| allowed[item])
    };
    let seen = if filter.unseen { events.items().len() } else { 0 };
    let mut count = places + seen;
    while count <= index.items() / SHARE {
        let mut found = index.best(member, count, scratch);
        found.retain(shown);
        if found.len() >= places {
            found.truncate(places);
            return Some(found);
        }
        count *= MORE;
    }
    None
}
