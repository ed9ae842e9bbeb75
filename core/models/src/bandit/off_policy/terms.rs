//! Every estimator here as a ratio of two sums over rounds, which is what intervals need.

/// An estimate in its parts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Terms {
    /// What each round adds above the line.
    pub numerators: Vec<f64>,
    /// What each round adds below it; one each where there is nothing.
    pub denominators: Option<Vec<f64>>,
}

impl Terms {
    /// A mean over rounds.
    pub fn mean(numerators: Vec<f64>) -> Self {
        Self { numerators, denominators: None }
    }

    /// A ratio of sums over rounds.
    pub fn ratio(numerators: Vec<f64>, denominators: Vec<f64>) -> Self {
        Self { numerators, denominators: Some(denominators) }
    }

    /// The estimate.
    pub fn value(&self) -> f64 {
        let below = match &self.denominators {
            None => self.numerators.len() as f64,
            Some(denominators) => denominators.iter().sum(),
        };
        self.numerators.iter().sum::<f64>() / below
    }

    /// How much each round pulls the estimate: its mean is zero, and its variance over the number
    /// of rounds is the estimate's. Of a ratio by the delta method (Owen, *Monte Carlo theory,
    /// methods and examples*, 2013, section 9.2).
    pub fn pulls(&self) -> Vec<f64> {
        let value = self.value();
        match &self.denominators {
            None => self.numerators.iter().map(|numerator| numerator - value).collect(),
            Some(denominators) => {
                let mean = denominators.iter().sum::<f64>() / denominators.len() as f64;
                let pairs = self.numerators.iter().zip(denominators);
                pairs.map(|(above, below)| (above - value * below) / mean).collect()
            }
        }
    }
}

/// The standard error of a mean whose rounds pull like this; zero of a single round.
pub(super) fn standard_error(pulls: &[f64]) -> f64 {
    let rows = pulls.len() as f64;
    if rows < 2.0 {
        return 0.0;
    }
    let mean = pulls.iter().sum::<f64>() / rows;
    let squares: f64 = pulls.iter().map(|pull| (pull - mean).powi(2)).sum();
    (squares / (rows - 1.0) / rows).sqrt()
}
