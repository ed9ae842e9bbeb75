//! What a policy would have earned, from another policy's log: off-policy evaluation.
//!
//! A [`Log`] has what was shown, what came of it and how likely it was to be shown; a [`Target`]
//! is the policy in question. [`evaluate`] turns both into an [`Estimate`] by an [`Estimator`],
//! with an [`Interval`] and a [`WeightReport`]; [`compare`] says of two estimates which is better,
//! or that nobody can tell.
//!
//! Sources: Li, Chu, Langford and Wang (2011), *Unbiased offline evaluation of
//! contextual-bandit-based news article recommendation algorithms* (replay); Dudík, Langford and
//! Li (2011), *Doubly robust policy evaluation and learning*, and Dudík, Erhan, Langford and Li
//! (2014), *Doubly robust policy evaluation and optimization* (inverse propensities, the direct
//! method, doubly robust); Swaminathan and Joachims (2015), *The self-normalized estimator for
//! counterfactual learning*; Wang, Agarwal and Dudík (2017), *Optimal and adaptive off-policy
//! evaluation in contextual bandits* (switching); Saito, Aihara, Matsutani and Narita (2021),
//! *Open Bandit Dataset and Pipeline*, whose names and data the tests use.

mod chance;
mod cross_fit;
mod estimate;
mod estimators;
mod interval;
mod log;
mod normal;
mod reward_model;
mod rounds;
mod target;
mod terms;
mod verdict;
mod weights;

pub use cross_fit::{cross_fit, folds};
pub use estimate::{Estimate, evaluate};
pub use estimators::Estimator;
pub use interval::{Interval, Method, Options};
pub use log::Log;
pub use reward_model::{Link, RewardModel};
pub use target::{Predicted, Target};
pub use verdict::{Comparison, Verdict, compare, compare_apart};
pub use weights::{WeightReport, WeightWarning};

#[cfg(test)]
mod tests;
