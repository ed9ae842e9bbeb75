//! How much each logged round counts, and whether a few of them count for all.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Below this many effective rows no interval is to be believed.
pub(super) const FEW_ROWS: f64 = 100.0;
/// Below this share of the rows neither.
const FEW_SHARE: f64 = 0.01;
/// One round with more of all weight than this decides the estimate.
const ONE_ROUND: f64 = 0.1;
/// One in a hundred rounds with more of all weight than this decide it.
const TOP_HEAVY: f64 = 0.5;
/// The mean weight is one where the propensities are right; this far from it they aren't, or the
/// rows are too few.
const MEAN_OFF: f64 = 0.2;

/// What the weights of a log's rounds say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeightReport {
    /// How many rounds there are.
    pub rows: usize,
    /// Their mean weight; one is expected.
    pub mean: f64,
    /// The largest weight.
    pub max: f64,
    /// The share of all weight that the largest has.
    pub max_share: f64,
    /// The effective sample size (Kish, 1965): as many rounds of equal weight would say as much.
    pub effective: f64,
    /// The share of all weight that one in a hundred rounds have, those that weigh most.
    pub top_share: f64,
    /// What is wrong with them.
    pub warnings: Vec<WeightWarning>,
}

/// Why weights aren't to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value")]
pub enum WeightWarning {
    /// So many rounds of equal weight would say as much: below a hundred, or one in a hundred.
    FewEffective(f64),
    /// One round has this share of all weight: above a tenth.
    OneRound(f64),
    /// One in a hundred rounds have this share of all weight: above a half.
    TopHeavy(f64),
    /// The mean weight is this: a fifth or more from the one that is expected.
    Mean(f64),
}

impl fmt::Display for WeightWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FewEffective(rows) => {
                write!(f, "the rows say as much as {rows:.0} rows of equal weight")
            }
            Self::OneRound(share) => {
                write!(f, "one row has {:.0} % of all weight", 100.0 * share)
            }
            Self::TopHeavy(share) => {
                write!(f, "one in a hundred rows have {:.0} % of all weight", 100.0 * share)
            }
            Self::Mean(mean) => write!(
                f,
                "the mean weight is {mean:.2} and not about 1: too few rows, clipped weights or \
                 wrong propensities"
            ),
        }
    }
}

impl WeightReport {
    /// A report on these weights, which are finite and not negative.
    #[must_use]
    pub fn new(weights: &[f64]) -> Self {
        let rows = weights.len();
        let sum: f64 = weights.iter().sum();
        let squares: f64 = weights.iter().map(|weight| weight * weight).sum();
        let share = |part: f64| if sum > 0.0 { part / sum } else { 0.0 };
        let top = rows.div_ceil(100);
        let mut sorted = weights.to_vec();
        if top < rows {
            sorted.select_nth_unstable_by(top, |a, b| b.total_cmp(a));
        }
        let heaviest = &sorted[..top.min(rows)];
        let max = heaviest.iter().copied().fold(0.0, f64::max);
        let mut report = Self {
            rows,
            mean: if rows == 0 { 0.0 } else { sum / rows as f64 },
            max,
            max_share: share(max),
            effective: if squares > 0.0 { sum * sum / squares } else { 0.0 },
            top_share: share(heaviest.iter().sum()),
            warnings: Vec::new(),
        };
        report.warnings = report.find_warnings();
        report
    }

    fn find_warnings(&self) -> Vec<WeightWarning> {
        let few = self.effective < FEW_ROWS || self.effective < FEW_SHARE * self.rows as f64;
        let warnings = [
            few.then_some(WeightWarning::FewEffective(self.effective)),
            (self.max_share > ONE_ROUND).then_some(WeightWarning::OneRound(self.max_share)),
            (self.top_share > TOP_HEAVY).then_some(WeightWarning::TopHeavy(self.top_share)),
            ((self.mean - 1.0).abs() >= MEAN_OFF).then_some(WeightWarning::Mean(self.mean)),
        ];
        warnings.into_iter().flatten().collect()
    }
}
