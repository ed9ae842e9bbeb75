//! Kaplan–Meier: the share that is still there after a time, where some are still watched.
//!
//! Sources: Kaplan and Meier (1958), *Nonparametric Estimation from Incomplete Observations*;
//! Greenwood (1926) for the variance; Kalbfleisch and Prentice (1980) for intervals on the
//! scale of ln(−ln S), which stay between 0 and 1.

use crate::{Model, ModelError, Result, Saved};

/// A survival curve: a step at each time that somebody left.
#[derive(Debug, Clone, PartialEq)]
pub struct KaplanMeier {
    /// The times, ascending.
    pub times: Vec<f64>,
    /// How many were watched until each.
    pub at_risk: Vec<f64>,
    /// How many left at each.
    pub events: Vec<f64>,
    /// The share that is there after each.
    pub survival: Vec<f64>,
    /// Greenwood's standard error of each share.
    pub errors: Vec<f64>,
}

impl KaplanMeier {
    /// The curve of customers who were watched for `durations`, after which they left
    /// (`observed` 1) or were still there (0). Who leaves at a time is counted before those
    /// who are watched no longer.
    ///
    /// # Errors
    /// [`ModelError::Input`] where a row is none, or nobody was watched.
    pub fn fit(durations: &[f64], observed: &[f64]) -> Result<Self> {
        check(durations, observed)?;
        let mut rows: Vec<(f64, bool)> =
            durations.iter().zip(observed).map(|(&time, &left)| (time, left != 0.0)).collect();
        rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut curve = Self {
            times: Vec::new(),
            at_risk: Vec::new(),
            events: Vec::new(),
            survival: Vec::new(),
            errors: Vec::new(),
        };
        let (mut watched, mut share, mut variance) = (rows.len() as f64, 1.0, 0.0);
        for group in rows.chunk_by(|a, b| a.0 == b.0) {
            let left = group.iter().filter(|row| row.1).count() as f64;
            if left > 0.0 {
                share *= 1.0 - left / watched;
                variance += left / (watched * (watched - left));
                curve.times.push(group[0].0);
                curve.at_risk.push(watched);
                curve.events.push(left);
                curve.survival.push(share);
                // Nobody is left: the share is 0 and its variance has no estimate.
                let error = if watched == left { 0.0 } else { share * variance.sqrt() };
                curve.errors.push(error);
            }
            watched -= group.len() as f64;
        }
        Ok(curve)
    }

    /// The share that is there after each of `times`.
    ///
    /// # Errors
    /// [`ModelError::Input`] where one is no time.
    pub fn survival_at(&self, times: &[f64]) -> Result<Vec<f64>> {
        let one = |&time: &f64| {
            if time.is_nan() || time < 0.0 {
                let hint = "give times since the beginning, in the unit of `durations`";
                return Err(ModelError::input("times", format!("has {time}"), hint));
            }
            let steps = self.times.partition_point(|&step| step <= time);
            Ok(if steps == 0 { 1.0 } else { self.survival[steps - 1] })
        };
        times.iter().map(one).collect()
    }

    /// The interval of each share, `deviations` standard deviations to each side (1.96 for
    /// 95 %); NaN where the share is 0.
    #[must_use]
    pub fn interval(&self, deviations: f64) -> (Vec<f64>, Vec<f64>) {
        let bound = |side: f64| {
            let one = |(&share, &error): (&f64, &f64)| {
                let ln = f64::ln(share);
                share.powf((side * deviations * error / (share * ln)).exp())
            };
            self.survival.iter().zip(&self.errors).map(one).collect()
        };
        // ln S is negative: the plus is the lower bound's exponent.
        (bound(-1.0), bound(1.0))
    }

    /// The first time by which half had left; infinite where more than half are still there.
    #[must_use]
    pub fn median(&self) -> f64 {
        let half = self.survival.iter().position(|&share| share <= 0.5);
        half.map_or(f64::INFINITY, |step| self.times[step])
    }
}

fn check(durations: &[f64], observed: &[f64]) -> Result<()> {
    if durations.is_empty() || durations.len() != observed.len() {
        return Err(ModelError::input(
            "observed",
            format!("has {} rows and `durations` {}", observed.len(), durations.len()),
            "give one row for each customer in both columns",
        ));
    }
    if let Some(row) = durations.iter().position(|time| !time.is_finite() || *time < 0.0) {
        return Err(ModelError::input(
            "durations",
            format!("is {} at row {row}", durations[row]),
            "give how long each customer was watched",
        ));
    }
    if let Some(row) = observed.iter().position(|&left| left != 0.0 && left != 1.0) {
        return Err(ModelError::input(
            "observed",
            format!("is {} at row {row}", observed[row]),
            "give 1 for who left, 0 for who was still there",
        ));
    }
    Ok(())
}

impl Model for KaplanMeier {
    const KIND: &'static str = "customer.kaplan_meier";

    fn save(&self) -> Saved {
        let steps = [self.times.len()];
        Saved::new(Self::KIND, &serde_json::json!({}))
            .with("times", &steps, self.times.clone())
            .with("at_risk", &steps, self.at_risk.clone())
            .with("events", &steps, self.events.clone())
            .with("survival", &steps, self.survival.clone())
            .with("errors", &steps, self.errors.clone())
    }

    fn load(saved: &Saved) -> Result<Self> {
        let _: serde_json::Value = saved.parameters(Self::KIND)?;
        let column = |name| saved.array(name).map(|array| array.values.clone());
        let curve = Self {
            times: column("times")?,
            at_risk: column("at_risk")?,
            events: column("events")?,
            survival: column("survival")?,
            errors: column("errors")?,
        };
        let others = [&curve.at_risk, &curve.events, &curve.survival, &curve.errors];
        if others.iter().any(|other| other.len() != curve.times.len()) {
            let problem = "its columns differ in length".to_owned();
            return Err(ModelError::Saved { kind: Self::KIND.to_owned(), problem });
        }
        Ok(curve)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Remission in weeks of 21 patients under 6-MP (Freireich et al. 1963), with what
    /// textbooks print of it: S(6) .857, S(10) .753, S(23) .448; se .0764, .0963, .1346.
    #[test]
    fn the_classic_remissions_are_as_printed() {
        let left = [6, 6, 6, 7, 10, 13, 16, 22, 23].map(|time| (f64::from(time), 1.0));
        let kept =
            [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map(|time| (f64::from(time), 0.0));
        let (durations, observed): (Vec<f64>, Vec<f64>) = left.into_iter().chain(kept).unzip();
        let curve = KaplanMeier::fit(&durations, &observed).unwrap();
        let near = |found: f64, printed: f64, digits: f64| {
            assert!((found - printed).abs() <= 0.5 * digits, "{found} is not {printed}");
        };
        let at = curve.survival_at(&[5.9, 6.0, 10.0, 23.0, 99.0]).unwrap();
        for (found, printed) in at.into_iter().zip([1.0, 0.857, 0.753, 0.448, 0.448]) {
            near(found, printed, 1e-3);
        }
        for (step, printed) in [(0, 0.0764), (2, 0.0963), (6, 0.1346)] {
            near(curve.errors[step], printed, 1e-4);
        }
        assert_eq!((curve.median(), curve.at_risk[0]), (23.0, 21.0));
        let (low, high) = curve.interval(1.959_964);
        near(low[0], 0.620, 1e-3);
        near(high[0], 0.952, 1e-3);
        let saved = Saved::from_bytes(&curve.save().to_bytes()).unwrap();
        assert_eq!(KaplanMeier::load(&saved).unwrap(), curve);
    }

    #[test]
    fn what_is_no_duration_is_told() {
        let check = |durations: &[f64], observed: &[f64], expected: &str| {
            let error = KaplanMeier::fit(durations, observed).unwrap_err();
            assert_eq!(error.to_string(), expected);
        };
        check(&[], &[], "`observed` has 0 rows and `durations` 0");
        check(&[-1.0], &[1.0], "`durations` is -1 at row 0");
        check(&[1.0], &[0.5], "`observed` is 0.5 at row 0");
        assert_eq!(KaplanMeier::fit(&[3.0], &[0.0]).unwrap().median(), f64::INFINITY);
    }
}
