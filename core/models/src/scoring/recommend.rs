//! The functions of recommenders, by the numbers of members and items.
//!
//! Factors are of members whom the fit knew: [`Ials`] and [`Bpr`] score a member and an item.
//! [`Ease`] and [`ItemKnn`] know items alone: the score of an item is the sum over a member's
//! events of their strength times the `weight` of the item after the event's, which a query can
//! sum itself.

use std::collections::BTreeMap;

use super::bandit::numbered;
use super::{Offer, Scores, Signature};
use crate::Result;
use crate::recommend::{Bpr, Ease, Events, Ials, ItemKnn, Popularity, Recommender};

const NUMBER: &str = "number from 0";

impl Scores for Popularity {
    fn functions(&self) -> Vec<Offer<Self>> {
        vec![Offer {
            signature: Signature::new("predict", &[("item", NUMBER)], "score"),
            answers: |model, columns| {
                let mut scores = vec![0.0; model.items()];
                model.fold_in(Events::new(&[], &[], model.items())?, &mut scores);
                let one = |&item: &f64| Ok(scores[numbered("item", item, scores.len())?]);
                columns[0].iter().map(one).collect()
            },
        }]
    }
}

impl Scores for Ials {
    fn functions(&self) -> Vec<Offer<Self>> {
        of_members()
    }
}

impl Scores for Bpr {
    fn functions(&self) -> Vec<Offer<Self>> {
        of_members()
    }
}

impl Scores for Ease {
    fn functions(&self) -> Vec<Offer<Self>> {
        of_items()
    }
}

impl Scores for ItemKnn {
    fn functions(&self) -> Vec<Offer<Self>> {
        of_items()
    }
}

fn of_members<M: Recommender<Score = f32>>() -> Vec<Offer<M>> {
    vec![Offer {
        signature: Signature::new("predict", &[("member", NUMBER), ("item", NUMBER)], "score"),
        answers: |model, columns| {
            let members = model.members();
            by_first(["member", "item"], columns, [members, model.items()], |member, scores| {
                let mut row = vec![0.0; model.items()];
                model.score_known(&[member], &mut row);
                scores.extend(row.into_iter().map(f64::from));
                Ok(())
            })
        },
    }]
}

fn of_items<M: Recommender<Score = f64>>() -> Vec<Offer<M>> {
    vec![Offer {
        signature: Signature::new("weight", &[("event", NUMBER), ("item", NUMBER)], "score"),
        answers: |model, columns| {
            let items = model.items();
            by_first(["event", "item"], columns, [items, items], |event, scores| {
                scores.resize(items, 0.0);
                let event = [i32::try_from(event).unwrap_or(i32::MAX)];
                model.fold_in(Events::new(&event, &[1.0], items)?, scores);
                Ok(())
            })
        },
    }]
}

/// The scores of pairs: those of all items after each first, which are computed once for each.
fn by_first(
    names: [&'static str; 2],
    columns: &[&[f64]],
    counts: [usize; 2],
    score: impl Fn(usize, &mut Vec<f64>) -> Result<()>,
) -> Result<Vec<f64>> {
    let mut rows: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    for (row, (&first, &item)) in columns[0].iter().zip(columns[1]).enumerate() {
        let first = numbered(names[0], first, counts[0])?;
        rows.entry(first).or_default().push((row, numbered(names[1], item, counts[1])?));
    }
    let mut found = vec![0.0; columns[0].len()];
    for (first, rows) in rows {
        let mut scores = Vec::with_capacity(counts[1]);
        score(first, &mut scores)?;
        rows.into_iter().for_each(|(row, item)| found[row] = scores[item]);
    }
    Ok(found)
}
