//! EASE: each item told from all others by ridge regression, in closed form.

use rayon::prelude::*;

use super::interactions::{Events, Interactions};
use super::inverse;
use super::recommender::{Reason, Recommender, check_item, sorted};
use super::together::Together;
use crate::wide::{Wide, wide};
use crate::{Model, ModelError, Result, Saved, Watch};

/// Weights between items: with `P = (XᵀX + λI)⁻¹`, they are `−P[i, j] / P[j, j]`, and 0 on the
/// diagonal, so that no item recommends itself.
///
/// Needs memory for two matrices of items × items while it is fitted, and one afterwards.
///
/// Source: Steck (2019), *Embarrassingly Shallow Autoencoders for Sparse Data*, WWW, equation 8.
#[derive(Debug, Clone, PartialEq)]
pub struct Ease {
    items: usize,
    /// `weights[i * items + j]` is what an event with item i says for item j.
    weights: Vec<f64>,
}

impl Ease {
    /// Fits the weights with the penalty `l2`, above 0.
    ///
    /// # Errors
    /// [`ModelError::Input`] where there are no events, or `l2` isn't above 0, or too small for
    /// the matrix to be inverted; [`ModelError::Cancelled`] when `watch` says so.
    pub fn fit(events: &Interactions<'_>, l2: f64, watch: &dyn Watch) -> Result<Self> {
        events.check_fit()?;
        let hint = "the penalty is above 0; 100 to 1000 suit most data";
        let wrong = |problem: String| ModelError::input("l2", problem, hint);
        if !(l2 > 0.0 && l2.is_finite()) {
            return Err(wrong(format!("is {l2}")));
        }
        let items = events.items();
        let together = Together::new(events);
        let mut matrix = vec![0.0; items * items];
        watch.begins(Some(items * items + inverse::steps(items)));
        matrix.par_chunks_exact_mut(items).enumerate().try_for_each(|(item, row)| {
            watch.go_on()?;
            together.row(item, row);
            row[item] += l2;
            watch.made(items);
            Ok(())
        })?;
        let mut weights = vec![0.0; items * items];
        let unfit = || wrong(format!("is {l2}, too small for these events"));
        if !inverse::invert(&mut matrix, &mut weights, items, watch)? {
            return Err(unfit());
        }
        let diagonal: Vec<f64> = matrix.iter().step_by(items + 1).copied().collect();
        // The inverse is symmetric and was computed below its diagonal, column by column.
        weights.par_chunks_exact_mut(items).enumerate().for_each(|(item, row)| {
            for (other, weight) in row.iter_mut().enumerate() {
                let (column, below) = (item.min(other), item.max(other));
                *weight = -matrix[column * items + below] / diagonal[other];
            }
            row[item] = 0.0;
        });
        if weights.iter().all(|weight| weight.is_finite()) {
            return Ok(Self { items, weights });
        }
        Err(unfit())
    }

    /// What an event with `item` says for each item.
    #[must_use]
    pub fn row(&self, item: usize) -> &[f64] {
        &self.weights[item * self.items..(item + 1) * self.items]
    }

    /// All weights, row by row.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }
}

/// The sum of what events say, into `scores`.
struct Said<'a> {
    ease: &'a Ease,
    events: Events<'a>,
    scores: &'a mut [f64],
}

impl Wide for Said<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.scores.fill(0.0);
        for (item, strength) in self.events.iter() {
            let row = self.ease.row(item);
            self.scores.iter_mut().zip(row).for_each(|(sum, weight)| *sum += strength * weight);
        }
    }
}

impl Recommender for Ease {
    type Score = f64;

    fn items(&self) -> usize {
        self.items
    }

    fn fold_in(&self, events: Events<'_>, scores: &mut [f64]) {
        wide(Said { ease: self, events, scores });
    }

    fn explain(&self, events: Events<'_>, item: usize) -> Result<Option<Vec<Reason>>> {
        check_item(item, self.items)?;
        let said =
            |(event, strength)| Reason { item: event, adds: strength * self.row(event)[item] };
        Ok(Some(sorted(events.iter().map(said).collect())))
    }
}

impl Model for Ease {
    const KIND: &'static str = "recommend.ease";

    fn save(&self) -> Saved {
        let shape = [self.items, self.items];
        Saved::new(Self::KIND, &serde_json::json!({})).with("weights", &shape, self.weights.clone())
    }

    fn load(saved: &Saved) -> Result<Self> {
        let _: serde_json::Value = saved.parameters(Self::KIND)?;
        let weights = saved.array("weights")?;
        match weights.shape.as_slice() {
            &[items, width]
                if items == width && weights.values.iter().all(|weight| weight.is_finite()) =>
            {
                Ok(Self { items, weights: weights.values.clone() })
            }
            _ => Err(ModelError::Saved {
                kind: Self::KIND.to_owned(),
                problem: "its `weights` aren't numbers of items × items".to_owned(),
            }),
        }
    }
}
