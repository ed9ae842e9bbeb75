//! A policy's value as estimated, and how far to trust it.

use super::{
    estimators::Estimator,
    interval::{Interval, Options},
    log::Log,
    rounds::Rounds,
    target::{Predicted, Target},
    terms::{Spread, Terms},
    weights::{WeightReport, WeightWarning},
};
use crate::{Result, Watch};

/// What a policy would have earned per round.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// How it was estimated.
    pub estimator: Estimator,
    /// The estimate.
    pub value: f64,
    /// Its standard error, by the central limit theorem.
    pub error: f64,
    /// From where to where the truth may be.
    pub interval: Interval,
    /// How many rounds there were.
    pub rows: usize,
    /// Of replay, the share of rounds in which the policy did what was logged.
    pub taken: Option<f64>,
    /// Of estimators that weigh rounds, what the weights say.
    pub weights: Option<WeightReport>,
    /// How the interval was asked for.
    pub options: Options,
    pub(super) spread: Spread,
    pub(super) terms: Terms,
}

/// Estimates what the policy `target` would have earned per round of `log`.
///
/// # Errors
/// [`ModelError::Input`](crate::ModelError::Input) where the log can't say: the policy isn't a
/// distribution over the log's actions, takes none of them, or `predicted` is missing or of
/// another shape; [`ModelError::Cancelled`](crate::ModelError::Cancelled) when `watch` says so,
/// which is told of each resample.
pub fn evaluate(
    log: &Log<'_>,
    target: &Target<'_>,
    estimator: Estimator,
    predicted: Option<&Predicted<'_>>,
    options: Options,
    watch: &dyn Watch,
) -> Result<Estimate> {
    options.check()?;
    let parts = estimator.parts(log, Rounds::of(log, target, predicted)?)?;
    let spread = Spread::of(&parts.terms.pulls());
    Ok(Estimate {
        estimator,
        value: parts.terms.value(),
        error: spread.error,
        interval: Interval::of(&parts.terms, None, spread, &options, watch)?,
        rows: log.rows(),
        taken: parts.taken,
        weights: parts.weights.map(|weights| report(estimator, &weights)),
        options,
        spread,
        terms: parts.terms,
    })
}

/// What the weights say. That those above a threshold were set to nothing is no news.
fn report(estimator: Estimator, weights: &[f64]) -> WeightReport {
    let mut report = WeightReport::new(weights);
    if matches!(estimator, Estimator::SwitchDoublyRobust { .. }) {
        report.warnings.retain(|warning| !matches!(warning, WeightWarning::Mean(_)));
    }
    report
}

impl Estimate {
    /// What the logging policy earned per round: the mean of its rewards.
    ///
    /// # Errors
    /// [`ModelError::Input`](crate::ModelError::Input) where the options make no interval;
    /// [`ModelError::Cancelled`](crate::ModelError::Cancelled) when `watch` says so.
    pub fn logged(log: &Log<'_>, options: Options, watch: &dyn Watch) -> Result<Self> {
        let probabilities = log.propensities();
        evaluate(log, &Target::Logged(probabilities), Estimator::Logged, None, options, watch)
    }
}
