//! A ridge regression of rewards on contexts, per action: what both linear policies know.

use std::ops::Range;

use rayon::prelude::*;

use crate::{
    ModelError, Result, Saved,
    bandit::{
        Contexts, Rounds,
        definite::{Factor, LANES, dots},
    },
    wide::{Wide, wide},
};

/// Per action `A = l2 I + Σ x xᵀ` and `b = Σ r x`, and what follows from them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ridge {
    pub l2: f64,
    dimensions: usize,
    moments: Vec<f64>,
    products: Vec<f64>,
    arms: Vec<Arm>,
}

/// What is expected of an action: the coefficients, and the factor of `A`.
#[derive(Debug, Clone, PartialEq)]
struct Arm {
    coefficients: Vec<f64>,
    factor: Factor,
}

/// What is expected of an action in a context.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Score {
    /// The expected reward.
    pub mean: f64,
    /// Its standard error, had rewards a variance of one.
    pub error: f64,
}

/// The scores of some contexts that follow each other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scores<'a> {
    /// The row of the first.
    pub first: usize,
    actions: usize,
    scores: &'a [Score],
}

impl<'a> Scores<'a> {
    /// Those of all actions, context by context.
    pub fn rows(&self) -> impl Iterator<Item = &'a [Score]> {
        self.scores.chunks_exact(self.actions)
    }
}

/// Contexts that are scored side by side, one in a lane each.
struct Block<'a> {
    ridge: &'a Ridge,
    contexts: &'a Contexts<'a>,
    rows: Range<usize>,
    /// Each number of the contexts in question, the lanes of which are rows.
    block: &'a mut [[f64; LANES]],
    scores: &'a mut [Score],
}

impl Wide for Block<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { ridge, contexts, rows, block, scores } = self;
        let actions = ridge.arms.len();
        for (number, scores) in scores.chunks_mut(LANES * actions).enumerate() {
            let first = rows.start + number * LANES;
            let count = scores.len() / actions;
            for lane in 0..count {
                let x = contexts.row(first + lane);
                block.iter_mut().zip(x).for_each(|(lanes, value)| lanes[lane] = *value);
            }
            for (action, arm) in ridge.arms.iter().enumerate() {
                let (means, forms) = (dots(&arm.coefficients, block), arm.factor.forms(block));
                for lane in 0..count {
                    scores[lane * actions + action] =
                        Score { mean: means[lane], error: forms[lane].sqrt() };
                }
            }
        }
    }
}

impl Ridge {
    pub fn new(actions: usize, dimensions: usize, l2: f64) -> Result<Self> {
        if actions == 0 {
            return Err(ModelError::input("n_actions", "is 0", "a policy chooses from 1 or more"));
        }
        if dimensions == 0 {
            let hint = "give at least one number per round; a column of ones is a constant";
            return Err(ModelError::input("contexts", "has no columns", hint));
        }
        if !(l2 > 0.0 && l2.is_finite()) {
            let problem = format!("is {l2}");
            return Err(ModelError::input("l2", problem, "a penalty is above zero, such as 1.0"));
        }
        let mut moment = vec![0.0; dimensions * dimensions];
        (0..dimensions).for_each(|place| moment[place * dimensions + place] = l2);
        let (moments, products) = (moment.repeat(actions), vec![0.0; actions * dimensions]);
        Self { l2, dimensions, moments, products, arms: Vec::new() }.derived()
    }

    pub fn actions(&self) -> usize {
        self.products.len() / self.dimensions
    }

    pub fn learn(&mut self, rounds: &Rounds<'_>) -> Result<()> {
        rounds.check(self.actions())?;
        self.check(&rounds.contexts)?;
        let size = self.dimensions;
        let mut seen = vec![false; self.actions()];
        rounds.iter().for_each(|(_, action, _)| seen[action] = true);
        let seen: Vec<usize> = (0..seen.len()).filter(|&action| seen[action]).collect();
        let before: Vec<_> = seen
            .iter()
            .map(|&action| (self.moment(action).to_vec(), self.product(action).to_vec()))
            .collect();
        for (row, action, reward) in rounds.iter() {
            let x = rounds.contexts.row(row);
            let moment = &mut self.moments[action * size * size..][..size * size];
            for (place, (line, left)) in moment.chunks_exact_mut(size).zip(x).enumerate() {
                let lower = line[..=place].iter_mut().zip(&x[..=place]);
                lower.for_each(|(it, right)| *it += left * right);
            }
            let product = &mut self.products[action * size..][..size];
            product.iter_mut().zip(x).for_each(|(it, x)| *it += reward * x);
        }
        for &action in &seen {
            let moment = &mut self.moments[action * size * size..][..size * size];
            for row in 0..size {
                for column in row + 1..size {
                    moment[row * size + column] = moment[column * size + row];
                }
            }
        }
        let arms: Result<Vec<Arm>> = seen.iter().map(|&action| self.arm(action)).collect();
        match arms {
            Ok(arms) => {
                seen.iter().zip(arms).for_each(|(&action, arm)| self.arms[action] = arm);
                Ok(())
            }
            Err(error) => {
                for (action, (moment, product)) in seen.into_iter().zip(before) {
                    self.moments[action * size * size..][..size * size].copy_from_slice(&moment);
                    self.products[action * size..][..size].copy_from_slice(&product);
                }
                Err(error)
            }
        }
    }

    fn moment(&self, action: usize) -> &[f64] {
        let size = self.dimensions * self.dimensions;
        &self.moments[action * size..][..size]
    }

    fn product(&self, action: usize) -> &[f64] {
        &self.products[action * self.dimensions..][..self.dimensions]
    }

    /// Calls `each` with the scores of some contexts and their part of `out`, of which each
    /// context has `width` values. A thread has `together` contexts at a time; where there are no
    /// more, they are scored by the one that asks: to choose for one round after the other says no
    /// word to other threads.
    pub fn for_scores<T: Send>(
        &self,
        contexts: &Contexts<'_>,
        (width, together): (usize, usize),
        each: impl Fn(Scores<'_>, &mut [T]) + Sync,
        out: &mut [T],
    ) {
        let piece = |number: usize, out: &mut [T]| {
            let first = number * together;
            let rows = first..first + out.len() / width;
            let mut scores = vec![Score::default(); rows.len() * self.actions()];
            let mut block = vec![[0.0; LANES]; self.dimensions];
            wide(Block { ridge: self, contexts, rows, block: &mut block, scores: &mut scores });
            each(Scores { first, actions: self.actions(), scores: &scores }, out);
        };
        if contexts.rows() <= together {
            piece(0, out);
        } else {
            let pieces = out.par_chunks_mut(together * width).enumerate();
            pieces.for_each(|(number, out)| piece(number, out));
        }
    }

    pub fn coefficients(&self) -> Vec<f64> {
        self.arms.iter().flat_map(|arm| arm.coefficients.iter().copied()).collect()
    }

    pub fn check(&self, contexts: &Contexts<'_>) -> Result<()> {
        if contexts.dimensions() == self.dimensions || contexts.rows() == 0 {
            return Ok(());
        }
        Err(ModelError::input(
            "contexts",
            format!("has {} columns, and the policy {}", contexts.dimensions(), self.dimensions),
            "give the columns that it learnt from",
        ))
    }

    pub fn save(&self, saved: Saved) -> Saved {
        let (actions, size) = (self.actions(), self.dimensions);
        saved.with("moments", &[actions, size, size], self.moments.clone()).with(
            "products",
            &[actions, size],
            self.products.clone(),
        )
    }

    pub fn load(saved: &Saved, l2: f64) -> Result<Self> {
        let damaged = |problem: &str| ModelError::Saved {
            kind: saved.kind.clone(),
            problem: problem.to_owned(),
        };
        let (moments, products) = (saved.array("moments")?, saved.array("products")?);
        let [actions, dimensions] = products.shape[..] else {
            return Err(damaged("its `products` have no two dimensions"));
        };
        if moments.shape != [actions, dimensions, dimensions] || dimensions == 0 {
            return Err(damaged("its `moments` are of another shape than its `products`"));
        }
        let (moments, products) = (moments.values.clone(), products.values.clone());
        Self { l2, dimensions, moments, products, arms: Vec::new() }
            .derived()
            .map_err(|_| damaged("its `moments` aren't positive definite"))
    }

    fn derived(mut self) -> Result<Self> {
        self.arms = (0..self.actions()).map(|action| self.arm(action)).collect::<Result<_>>()?;
        Ok(self)
    }

    fn arm(&self, action: usize) -> Result<Arm> {
        let factor = Factor::new(self.moment(action), self.dimensions).ok_or_else(|| {
            let hint = "scale the columns to about one, or give a larger `l2`";
            ModelError::input("contexts", "has numbers too large for a regression", hint)
        })?;
        let coefficients = factor.solve(self.product(action));
        Ok(Arm { coefficients, factor })
    }
}
