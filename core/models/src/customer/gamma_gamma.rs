//! Gamma-Gamma: what a customer's purchases are worth on average.
//!
//! A purchase's value is Gamma(`p`, rate ν) with a ν of the customer's own, Gamma(`q`, rate
//! `v`) over customers: the mean of few purchases is drawn towards that of all customers.
//! It assumes that how much customers spend has nothing to do with how often they buy.
//!
//! Source: Fader and Hardie (2013), *The Gamma-Gamma Model of Monetary Value*; equations by
//! its numbers. The model is of Colombo and Jiang (1999).

use super::Estimates;
use crate::optimize::maximise;
use crate::special::{digamma, ln_gamma};
use crate::{Model, ModelError, Result, Saved, Watch};

/// A fitted Gamma-Gamma.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GammaGamma {
    /// p, q, v.
    pub estimates: Estimates<3>,
}

/// What a customer paid.
#[derive(Debug, Clone, Copy)]
struct Paid {
    /// For how many purchases.
    purchases: f64,
    /// On average.
    value: f64,
}

impl GammaGamma {
    /// The names of the parameters.
    pub const NAMES: [&str; 3] = ["p", "q", "v"];

    /// Fits it to customers' mean value of `frequency` purchases. Customers with none say
    /// nothing and are left out.
    ///
    /// # Errors
    /// [`ModelError`] where too few bought, a value isn't positive, or all purchases of all
    /// customers are worth the same.
    pub fn fit(frequency: &[f64], value: &[f64], watch: &dyn Watch) -> Result<Self> {
        let mut paid = paid(frequency, value)?;
        paid.retain(|customer| customer.purchases > 0.0);
        if paid.len() < Self::NAMES.len() {
            return Err(ModelError::input(
                "frequency",
                format!("is above 0 for {} customers, too few for 3 parameters", paid.len()),
                "give the purchases of hundreds of customers",
            ));
        }
        let customers = paid.len() as f64;
        // In a unit that makes the mean 1, a fit goes the same way in every currency.
        let unit = paid.iter().map(|customer| customer.value).sum::<f64>() / customers;
        paid.iter_mut().for_each(|customer| customer.value /= unit);
        let maximum = maximise("Gamma-Gamma", [1.0, 2.0, 1.0], customers, watch, |at| {
            let mut sum = (0.0, [0.0; 3]);
            for &customer in &paid {
                let (value, slopes) = likelihood(at, customer);
                sum.0 += value;
                (0..3).for_each(|i| sum.1[i] += slopes[i]);
            }
            sum
        })?;
        let mut estimates = Estimates::new(&maximum, paid.len() as u64).rescaled(&[2], unit);
        estimates.log_likelihood -= customers * unit.ln();
        Ok(Self { estimates })
    }

    /// The log-likelihood of each customer's mean value; NaN for those without purchases.
    ///
    /// # Errors
    /// [`ModelError::Input`] for a row that no customer can have.
    pub fn log_likelihood(&self, frequency: &[f64], value: &[f64]) -> Result<Vec<f64>> {
        let one = |customer: &Paid| match customer.purchases {
            0.0 => f64::NAN,
            _ => likelihood(&self.estimates.values, *customer).0,
        };
        Ok(paid(frequency, value)?.iter().map(one).collect())
    }

    /// What each customer's purchases will be worth on average (equation 5): between the mean
    /// of their own and that of all customers, the nearer their own the more they bought.
    ///
    /// # Errors
    /// [`ModelError::Input`] for a row that no customer can have.
    pub fn expected_value(&self, frequency: &[f64], value: &[f64]) -> Result<Vec<f64>> {
        let [p, q, v] = self.estimates.values;
        let one = |customer: &Paid| match customer.purchases {
            0.0 => self.mean_value(),
            x => p * (v + x * customer.value) / (p * x + q - 1.0),
        };
        Ok(paid(frequency, value)?.iter().map(one).collect())
    }

    /// The mean value of all customers' purchases; infinite where q ≤ 1.
    #[must_use]
    pub fn mean_value(&self) -> f64 {
        let [p, q, v] = self.estimates.values;
        if q <= 1.0 { f64::INFINITY } else { p * v / (q - 1.0) }
    }
}

/// A customer's log-likelihood and its slopes (equation 1a).
fn likelihood(&[p, q, v]: &[f64; 3], Paid { purchases: x, value }: Paid) -> (f64, [f64; 3]) {
    let shape = p * x;
    let ln_total = (v + x * value).ln();
    let density = ln_gamma(shape + q) - ln_gamma(shape) - ln_gamma(q)
        + q * v.ln()
        + (shape - 1.0) * value.ln()
        + shape * x.ln()
        - (shape + q) * ln_total;
    let of_both = digamma(shape + q);
    let slopes = [
        x * (of_both - digamma(shape) + value.ln() + x.ln() - ln_total),
        of_both - digamma(q) + v.ln() - ln_total,
        q / v - (shape + q) / (v + x * value),
    ];
    (density, slopes)
}

fn paid(frequency: &[f64], value: &[f64]) -> Result<Vec<Paid>> {
    if frequency.len() != value.len() {
        return Err(ModelError::input(
            "value",
            format!("has {} rows and `frequency` {}", value.len(), frequency.len()),
            "give one row for each customer in every column",
        ));
    }
    let rows = frequency.iter().zip(value).enumerate();
    rows.map(|(row, (&purchases, &value))| {
        if !purchases.is_finite() || purchases < 0.0 || purchases.fract() != 0.0 {
            return Err(ModelError::input(
                "frequency",
                format!("is {purchases} at row {row}, which is no count"),
                "give the number of purchases that `value` is the mean of",
            ));
        }
        if purchases > 0.0 && !(value.is_finite() && value > 0.0) {
            return Err(ModelError::input(
                "value",
                format!("is {value} at row {row}, whose customer bought"),
                "leave out free and returned purchases: the model is of positive values",
            ));
        }
        Ok(Paid { purchases, value })
    })
    .collect()
}

impl Model for GammaGamma {
    const KIND: &'static str = "customer.gamma_gamma";

    fn save(&self) -> Saved {
        self.estimates.save(Self::KIND, Self::NAMES)
    }

    fn load(saved: &Saved) -> Result<Self> {
        Ok(Self { estimates: Estimates::load(saved, Self::KIND)? })
    }
}
