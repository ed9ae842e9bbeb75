//! Item-kNN: each item speaks for the items nearest to it.

use rayon::prelude::*;

use super::interactions::{Events, Interactions};
use super::recommender::{Reason, Recommender, check_item, sorted};
use super::together::Together;
use crate::{Model, ModelError, Result, Saved, Watch};

/// The nearest items of each, with the shrunk cosine as the weight:
/// `Σ xy / (√Σx² √Σy² + shrinkage)`, so that a pair that few members had together isn't trusted.
///
/// A score is the sum of what a member's events say. Of equal weights the earlier item is kept.
///
/// Source: Deshpande and Karypis (2004), *Item-Based Top-N Recommendation Algorithms*, ACM
/// TOIS 22(1).
#[derive(Debug, Clone, PartialEq)]
pub struct ItemKnn {
    /// Where the neighbours of each item begin, and after the last one, their number.
    bounds: Vec<usize>,
    neighbours: Vec<u32>,
    weights: Vec<f64>,
}

impl ItemKnn {
    /// Keeps the `k` nearest of each item that any member had together with it.
    ///
    /// # Errors
    /// [`ModelError::Input`] where there are no events, `k` is 0 or `shrinkage` is below 0;
    /// [`ModelError::Cancelled`] when `watch` says so.
    pub fn fit(
        events: &Interactions<'_>,
        k: usize,
        shrinkage: f64,
        watch: &dyn Watch,
    ) -> Result<Self> {
        events.check_fit()?;
        if k == 0 {
            return Err(ModelError::input("k", "is 0", "keep one neighbour or more"));
        }
        if !(shrinkage >= 0.0 && shrinkage.is_finite()) {
            let hint = "0 trusts every pair; 10 is a good beginning";
            return Err(ModelError::input("shrinkage", format!("is {shrinkage}"), hint));
        }
        let together = Together::new(events);
        let sizes: Vec<f64> = together.squares().into_iter().map(f64::sqrt).collect();
        let near = |row: &mut Vec<f64>, item: usize| {
            watch.go_on()?;
            together.row(item, row);
            watch.made(1);
            let others =
                row.iter().enumerate().filter(|(other, sum)| *other != item && **sum > 0.0);
            let weight = |(other, sum): (usize, &f64)| {
                (other as u32, sum / (sizes[item] * sizes[other] + shrinkage))
            };
            Ok(nearest(others.map(weight).collect(), k))
        };
        let width = events.items();
        watch.begins(Some(width));
        let rows: Vec<Vec<(u32, f64)>> = (0..width)
            .into_par_iter()
            .map_init(|| vec![0.0; width], near)
            .collect::<Result<_>>()?;
        Ok(Self::of_rows(&rows))
    }

    fn of_rows(rows: &[Vec<(u32, f64)>]) -> Self {
        let mut bounds = vec![0];
        bounds.extend(rows.iter().scan(0, |sum, row| {
            *sum += row.len();
            Some(*sum)
        }));
        let (neighbours, weights) = rows.iter().flatten().copied().unzip();
        Self { bounds, neighbours, weights }
    }

    /// The neighbours of an item, by number, with their weights.
    #[must_use]
    pub fn neighbours(&self, item: usize) -> (&[u32], &[f64]) {
        let range = self.bounds[item]..self.bounds[item + 1];
        (&self.neighbours[range.clone()], &self.weights[range])
    }

    /// Where each item's neighbours begin, the neighbours, and their weights: a matrix in
    /// compressed rows.
    #[must_use]
    pub fn matrix(&self) -> (&[usize], &[u32], &[f64]) {
        (&self.bounds, &self.neighbours, &self.weights)
    }
}

/// The `k` nearest, in order of their numbers.
fn nearest(mut others: Vec<(u32, f64)>, k: usize) -> Vec<(u32, f64)> {
    if others.len() > k {
        others.select_nth_unstable_by(k, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        others.truncate(k);
        others.sort_unstable_by_key(|(other, _)| *other);
    }
    others
}

impl Recommender for ItemKnn {
    type Score = f64;

    fn items(&self) -> usize {
        self.bounds.len() - 1
    }

    fn fold_in(&self, events: Events<'_>, scores: &mut [f64]) {
        scores.fill(0.0);
        for (item, strength) in events.iter() {
            let (others, weights) = self.neighbours(item);
            others.iter().zip(weights).for_each(|(&it, w)| scores[it as usize] += strength * w);
        }
    }

    fn explain(&self, events: Events<'_>, item: usize) -> Result<Option<Vec<Reason>>> {
        check_item(item, self.items())?;
        let said = events.iter().filter_map(|(event, strength)| {
            let (others, weights) = self.neighbours(event);
            let place = others.binary_search(&(item as u32)).ok()?;
            Some(Reason { item: event, adds: strength * weights[place] })
        });
        Ok(Some(sorted(said.collect())))
    }
}

impl Model for ItemKnn {
    const KIND: &'static str = "recommend.item_knn";

    fn save(&self) -> Saved {
        let counts: Vec<f64> =
            self.bounds.windows(2).map(|pair| (pair[1] - pair[0]) as f64).collect();
        let neighbours: Vec<f64> = self.neighbours.iter().copied().map(f64::from).collect();
        Saved::new(Self::KIND, &serde_json::json!({}))
            .with("counts", &[counts.len()], counts)
            .with("neighbours", &[neighbours.len()], neighbours)
            .with("weights", &[self.weights.len()], self.weights.clone())
    }

    fn load(saved: &Saved) -> Result<Self> {
        let _: serde_json::Value = saved.parameters(Self::KIND)?;
        let counts = &saved.array("counts")?.values;
        let neighbours = &saved.array("neighbours")?.values;
        let weights = saved.array("weights")?.values.clone();
        let wrong = |problem: &str| ModelError::Saved {
            kind: Self::KIND.to_owned(),
            problem: problem.to_owned(),
        };
        let items = counts.len() as f64;
        let below = |values: &[f64], end: f64| {
            values.iter().all(|it| it.fract() == 0.0 && (0.0..end).contains(it))
        };
        if !below(counts, items.max(1.0)) || !below(neighbours, items) {
            return Err(wrong("its `counts` or `neighbours` aren't numbers of items"));
        }
        if counts.iter().sum::<f64>() != neighbours.len() as f64
            || neighbours.len() != weights.len()
            || !weights.iter().all(|weight| weight.is_finite())
        {
            return Err(wrong("its `weights` aren't of its `neighbours`"));
        }
        let mut pairs = neighbours.iter().map(|it| *it as u32).zip(weights);
        let rows: Vec<Vec<(u32, f64)>> =
            counts.iter().map(|count| pairs.by_ref().take(*count as usize).collect()).collect();
        if rows.iter().any(|row| !row.is_sorted_by(|a, b| a.0 < b.0)) {
            return Err(wrong("its `neighbours` aren't in order"));
        }
        Ok(Self::of_rows(&rows))
    }
}
