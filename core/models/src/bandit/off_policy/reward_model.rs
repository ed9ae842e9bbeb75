//! What each action earns in each context, learnt from a log: a small regression per action.

use serde::{Deserialize, Serialize};

use super::log::Log;
use crate::{
    ModelError, Result, Watch,
    bandit::{
        Contexts,
        checks::{check_actions, same_length},
        definite::{Factor, dot},
    },
};

/// How a linear score becomes an expected reward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// It is the reward: ridge regression.
    Identity,
    /// Its logistic function is: regression of rewards between 0 and 1.
    Logit,
}

/// A regression per action, on a constant and the context.
///
/// Each is about how far the action is from the mean of all rewards, and all its coefficients
/// are penalised, the constant's too: an action that was seldom logged is expected to earn the
/// mean. With `l2` of 1 and no context, an action seen `m` times is `m / (m + 1)` of the way from
/// that mean to its own.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RewardModel {
    /// What the regression is of.
    pub link: Link,
    /// The penalty: half the squared length of an action's coefficients times this is added to
    /// the negative log-likelihood (of the squared error, all of it).
    pub l2: f64,
}

impl Default for RewardModel {
    fn default() -> Self {
        Self { link: Link::Identity, l2: 1.0 }
    }
}

/// A fitted regression.
pub(super) struct Fitted {
    link: Link,
    /// The score of the mean.
    base: f64,
    /// Per action: the constant, then a coefficient for each number of the context.
    coefficients: Vec<f64>,
}

impl RewardModel {
    /// Checks a log and its contexts.
    pub(super) fn check(
        &self,
        log: &Log<'_>,
        contexts: &Contexts<'_>,
        actions: usize,
    ) -> Result<()> {
        if !(self.l2 > 0.0 && self.l2.is_finite()) {
            let problem = format!("is {}", self.l2);
            return Err(ModelError::input("l2", problem, "a penalty is above zero, such as 1.0"));
        }
        same_length("contexts", contexts.rows(), log.rows())?;
        check_actions("actions", log.actions(), Some(actions))?;
        let outside = |reward: &f64| !(0.0..=1.0).contains(reward);
        if let (Link::Logit, Some(row)) = (self.link, log.rewards().iter().position(outside)) {
            return Err(ModelError::input(
                "rewards",
                format!("has {} at row {row}", log.rewards()[row]),
                "a logistic regression is of rewards between 0 and 1: use the ridge regression",
            ));
        }
        Ok(())
    }

    /// Fits it on some rows of a log. `watch` is told of each action, and asked in each step.
    pub(super) fn fit(
        &self,
        log: &Log<'_>,
        contexts: &Contexts<'_>,
        actions: usize,
        rows: &[usize],
        watch: &dyn Watch,
    ) -> Result<Fitted> {
        let sum: f64 = rows.iter().map(|&row| log.rewards()[row]).sum();
        let base = match self.link {
            Link::Identity => sum / rows.len().max(1) as f64,
            Link::Logit => {
                // Half a click more and half a miss more: a log without clicks has a score too.
                let share = (sum + 0.5) / (rows.len() as f64 + 1.0);
                (share / (1.0 - share)).ln()
            }
        };
        let mut of_action = vec![Vec::new(); actions];
        rows.iter().for_each(|&row| of_action[log.action(row)].push(row));
        let size = contexts.dimensions() + 1;
        let mut coefficients = Vec::with_capacity(actions * size);
        for rows in &of_action {
            coefficients.extend(self.fit_action(log, contexts, base, rows, watch)?);
            watch.made(1);
        }
        Ok(Fitted { link: self.link, base, coefficients })
    }

    /// Newton's method; one step of it is the ridge regression.
    fn fit_action(
        &self,
        log: &Log<'_>,
        contexts: &Contexts<'_>,
        base: f64,
        rows: &[usize],
        watch: &dyn Watch,
    ) -> Result<Vec<f64>> {
        const STEPS: usize = 100;
        // The error that is left is about the square of the last step's.
        const SHORT: f64 = 1e-7;
        let size = contexts.dimensions() + 1;
        let mut coefficients = vec![0.0; size];
        let mut loss = self.loss(log, contexts, base, rows, &coefficients);
        let mut features = vec![1.0; size];
        for _ in 0..STEPS {
            watch.go_on()?;
            let mut gradient: Vec<f64> = coefficients.iter().map(|it| self.l2 * it).collect();
            let mut curvature = vec![0.0; size * size];
            (0..size).for_each(|place| curvature[place * size + place] = self.l2);
            for &row in rows {
                features[1..].copy_from_slice(contexts.row(row));
                let (mean, slope) = self.link.mean(base + dot(&coefficients, &features));
                let residual = mean - log.rewards()[row];
                for (i, feature) in features.iter().enumerate() {
                    gradient[i] += residual * feature;
                    let line = &mut curvature[i * size..][..=i];
                    line.iter_mut().zip(&features).for_each(|(it, other)| {
                        *it += slope * feature * other;
                    });
                }
            }
            let step = Factor::new(&curvature, size).ok_or_else(too_large)?.solve(&gradient);
            // Halved until it leads down: from far away a whole step may lead up.
            let mut share = 1.0;
            let (next, lower) = loop {
                let moved = coefficients.iter().zip(&step).map(|(it, by)| it - share * by);
                let next: Vec<f64> = moved.collect();
                let lower = self.loss(log, contexts, base, rows, &next);
                if lower <= loss || share < 1e-9 {
                    break (next, lower);
                }
                share /= 2.0;
            };
            let moved = step.iter().map(|by| by.abs()).fold(0.0, f64::max);
            let longest = next.iter().map(|it| it.abs()).fold(1e-3, f64::max);
            if !lower.is_finite() {
                return Err(too_large());
            }
            // What doesn't lead down however short it is, is rounding.
            let is_least = share < 1e-9 || (share == 1.0 && moved <= SHORT * longest);
            (coefficients, loss) = (next, lower.min(loss));
            if self.link == Link::Identity || is_least {
                break;
            }
        }
        Ok(coefficients)
    }

    fn loss(
        &self,
        log: &Log<'_>,
        contexts: &Contexts<'_>,
        base: f64,
        rows: &[usize],
        coefficients: &[f64],
    ) -> f64 {
        let errors = rows.iter().map(|&row| {
            let score = base + coefficients[0] + dot(&coefficients[1..], contexts.row(row));
            let reward = log.rewards()[row];
            match self.link {
                Link::Identity => 0.5 * (reward - score).powi(2),
                Link::Logit => score.max(0.0) + (-score.abs()).exp().ln_1p() - reward * score,
            }
        });
        errors.sum::<f64>() + 0.5 * self.l2 * dot(coefficients, coefficients)
    }
}

impl Link {
    /// The expected reward of a score, and how fast it grows with it.
    fn mean(self, score: f64) -> (f64, f64) {
        match self {
            Self::Identity => (score, 1.0),
            Self::Logit => {
                let small = (-score.abs()).exp();
                let mean = if score < 0.0 { small / (1.0 + small) } else { 1.0 / (1.0 + small) };
                (mean, small / (1.0 + small).powi(2))
            }
        }
    }
}

impl Fitted {
    /// What it expects of each action in a context.
    pub fn predict(&self, context: &[f64]) -> impl Iterator<Item = f64> {
        self.coefficients.chunks_exact(context.len() + 1).map(move |coefficients| {
            self.link.mean(self.base + coefficients[0] + dot(&coefficients[1..], context)).0
        })
    }
}

fn too_large() -> ModelError {
    ModelError::input(
        "contexts",
        "has numbers too large for a regression",
        "scale the columns to about one",
    )
}
