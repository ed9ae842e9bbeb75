//! Pareto/NBD: customers buy at a rate of their own and may stop at any moment.
//!
//! A customer's purchases are Poisson with rate λ, their lifetime exponential with rate μ.
//! Over customers, λ is Gamma(`r`, rate `alpha`) and μ Gamma(`s`, rate `beta`).
//!
//! Sources: Schmittlein, Morrison and Colombo (1987), *Counting Your Customers: Who Are They
//! and What Will They Do Next?*, Management Science 33(1); Fader and Hardie (2005), *A Note on
//! Deriving the Pareto/NBD Model and Related Expressions*.
//!
//! Both papers write the likelihood with differences of hypergeometric functions, which
//! overflow for eager customers and come in two forms, for α above and below β. Here it is
//! the integral behind them,
//!
//! ∫ₜ∞ (α+τ)⁻⁽ʳ⁺ˣ⁾ (β+τ)⁻⁽ˢ⁺¹⁾ dτ
//!   = (α+t)⁻⁽ʳ⁺ˣ⁾ (β+t)⁻ˢ ₂F₁(1, r+x; r+s+x+1; (α−β)/(α+t)) / (r+s+x)
//!
//! (their equation after Euler's transformation), whose factors are taken in logarithms and
//! whose function is near 1, whichever of α and β is larger.

use super::Estimates;
use super::purchases::{Customer, Kinds, PurchaseModel, Purchases};
use crate::optimize::{maximise, slopes};
use crate::special::{hypergeometric_1, ln_add, ln_gamma};
use crate::{Model, Result, Saved, Watch};

/// A fitted Pareto/NBD.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParetoNbd {
    /// r, α, s, β.
    pub estimates: Estimates<4>,
}

impl ParetoNbd {
    /// The names of the parameters.
    pub const NAMES: [&str; 4] = ["r", "alpha", "s", "beta"];

    /// Fits it to customers' purchases by maximum likelihood.
    ///
    /// # Errors
    /// [`ModelError`](crate::ModelError) where nobody bought again, or the customers don't
    /// tell the parameters apart.
    pub fn fit(purchases: &Purchases<'_>, watch: &dyn Watch) -> Result<Self> {
        let kinds = Kinds::of(purchases, 4)?;
        let value = |at: &[f64; 4]| likelihood(at, &kinds);
        let maximum = maximise("Pareto/NBD", [1.0; 4], kinds.customers, watch, |at| {
            (value(at), slopes(at, value))
        })?;
        let mut estimates =
            Estimates::new(&maximum, purchases.len() as u64).rescaled(&[1, 3], kinds.unit);
        // A density per unit of time to the power of the purchases changes with the unit.
        let bought: f64 = purchases.iter().map(|customer| customer.frequency).sum();
        estimates.log_likelihood -= bought * kinds.unit.ln();
        Ok(Self { estimates })
    }
}

fn likelihood(at @ &[r, alpha, s, beta]: &[f64; 4], kinds: &Kinds) -> f64 {
    let constant = r * alpha.ln() + s * beta.ln() - ln_gamma(r);
    let [sum] = kinds.sums(|kinds| {
        // Kinds come by frequency: what depends on it alone is computed once for each.
        let (mut last, mut fixed, mut sum) = (f64::NAN, 0.0, 0.0);
        for &(customer, count) in kinds {
            if customer.frequency != last {
                last = customer.frequency;
                fixed = ln_gamma(r + last);
            }
            let (alive, stopped) = fates(at, customer);
            sum += count * (fixed + ln_add(alive, stopped).0);
        }
        [sum]
    });
    kinds.customers * constant + sum
}

/// The logarithms of the two parts of a likelihood, but for their common factor: the customer
/// lives on at the end, or stopped at some time since the last purchase.
fn fates(&[r, alpha, s, beta]: &[f64; 4], customer: Customer) -> (f64, f64) {
    let Customer { frequency, recency, age } = customer;
    let (shape, all) = (r + frequency, r + frequency + s);
    let power = |t: f64| -shape * (alpha + t).ln() - s * (beta + t).ln();
    let tail = |t: f64| hypergeometric_1(shape, all + 1.0, (alpha - beta) / (alpha + t));
    let alive = power(age);
    // The tail beyond the last purchase less that beyond the end.
    let difference = tail(recency) - (alive - power(recency)).exp() * tail(age);
    (alive, power(recency) + (s / all * difference.max(0.0)).ln())
}

impl PurchaseModel for ParetoNbd {
    fn log_likelihood(&self, customer: Customer) -> f64 {
        let kinds = Kinds { kinds: vec![(customer, 1.0)], customers: 1.0, unit: 1.0 };
        likelihood(&self.estimates.values, &kinds)
    }

    fn probability_alive(&self, customer: Customer) -> f64 {
        let (alive, stopped) = fates(&self.estimates.values, customer);
        ln_add(alive, stopped).1
    }

    fn expected_purchases(&self, periods: f64) -> f64 {
        let [r, alpha, s, beta] = self.estimates.values;
        r / alpha * lifetime(s, beta, periods)
    }

    fn future_purchases(&self, customer: Customer, periods: f64) -> f64 {
        let [r, alpha, s, beta] = self.estimates.values;
        let Customer { frequency, age, .. } = customer;
        let rate = (r + frequency) / (alpha + age);
        rate * lifetime(s, beta + age, periods) * self.probability_alive(customer)
    }
}

/// The mean time that somebody who is alive lives of the next `periods`:
/// β/(s−1) · (1 − (β/(β+t))ˢ⁻¹), with its limit at s = 1.
fn lifetime(s: f64, beta: f64, periods: f64) -> f64 {
    let growth = (periods / beta).ln_1p();
    if s == 1.0 { beta * growth } else { -beta * ((1.0 - s) * growth).exp_m1() / (s - 1.0) }
}

impl Model for ParetoNbd {
    const KIND: &'static str = "customer.pareto_nbd";

    fn save(&self) -> Saved {
        self.estimates.save(Self::KIND, Self::NAMES)
    }

    fn load(saved: &Saved) -> Result<Self> {
        Ok(Self { estimates: Estimates::load(saved, Self::KIND)? })
    }
}
