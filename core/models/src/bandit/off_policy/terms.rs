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

/// How far a mean whose rounds pull like this may be off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spread {
    /// Its standard error; zero of a single round.
    pub error: f64,
    /// How well that error itself is known, as Student's degrees of freedom.
    ///
    /// Where a few clicks of great weight make an estimate, its error is small when they happen to
    /// be missing, and a normal interval is too narrow. The relative variance of the squared error
    /// is (κ − 1) / n of kurtosis κ, that of Student's is 2 / freedom (Satterthwaite, 1946).
    pub freedom: f64,
}

impl Spread {
    pub fn of(pulls: &[f64]) -> Self {
        let rows = pulls.len() as f64;
        if rows < 2.0 {
            return Self { error: 0.0, freedom: f64::INFINITY };
        }
        let mean = pulls.iter().sum::<f64>() / rows;
        let (mut squares, mut fourths) = (0.0, 0.0);
        for pull in pulls {
            let square = (pull - mean).powi(2);
            squares += square;
            fourths += square * square;
        }
        let kurtosis = rows * fourths / (squares * squares);
        let freedom = if kurtosis > 1.0 { 2.0 * rows / (kurtosis - 1.0) } else { f64::INFINITY };
        let error = (squares / (rows - 1.0) / rows).sqrt();
        Self { error, freedom: freedom.min(rows - 1.0) }
    }

    /// Of the difference of two independent means (Welch, 1947).
    pub fn apart(first: Self, second: Self) -> Self {
        let error = first.error.hypot(second.error);
        let part = |it: Self| it.error.powi(4) / it.freedom;
        let sum = part(first) + part(second);
        let freedom = if sum > 0.0 { error.powi(4) / sum } else { f64::INFINITY };
        Self { error, freedom }
    }
}
