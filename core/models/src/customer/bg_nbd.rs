//! BG/NBD: customers buy at a rate of their own and may stop after any purchase.
//!
//! A customer's purchases are Poisson with rate λ; after each the customer stops for good
//! with probability p. Over customers, λ is Gamma(`r`, rate `alpha`) and p Beta(`a`, `b`).
//!
//! Source: Fader, Hardie and Lee (2005), *"Counting Your Customers" the Easy Way: An
//! Alternative to the Pareto/NBD Model*, Marketing Science 24(2); equations by its numbers.

use super::Estimates;
use super::purchases::{Customer, Kinds, PurchaseModel, Purchases};
use crate::optimize::maximise;
use crate::special::{digamma, ln_add, ln_beta, ln_gamma};
use crate::{Model, Result, Saved};

/// A fitted BG/NBD.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BgNbd {
    /// r, α, a, b.
    pub estimates: Estimates<4>,
}

impl BgNbd {
    /// The names of the parameters.
    pub const NAMES: [&str; 4] = ["r", "alpha", "a", "b"];

    /// Fits it to customers' purchases by maximum likelihood.
    ///
    /// # Errors
    /// [`ModelError`](crate::ModelError) where nobody bought again, or the customers don't
    /// tell the parameters apart.
    pub fn fit(purchases: &Purchases<'_>) -> Result<Self> {
        let kinds = Kinds::of(purchases, 4)?;
        let maximum = maximise("BG/NBD", [1.0; 4], kinds.customers, |at| likelihood(at, &kinds))?;
        let mut estimates =
            Estimates::new(&maximum, purchases.len() as u64).rescaled(&[1], kinds.unit);
        // A density per unit of time to the power of the purchases changes with the unit.
        let bought: f64 = purchases.iter().map(|customer| customer.frequency).sum();
        estimates.log_likelihood -= bought * kinds.unit.ln();
        Ok(Self { estimates })
    }
}

/// The log-likelihood of all customers and its slopes (equation 6, by Γ and B in logarithms).
fn likelihood(at @ &[r, alpha, a, b]: &[f64; 4], kinds: &Kinds) -> (f64, [f64; 4]) {
    let of_both = digamma(a + b);
    let constant = [
        r * alpha.ln() - ln_gamma(r) - ln_beta(a, b),
        alpha.ln() - digamma(r),
        r / alpha,
        of_both,
        of_both - digamma(b),
    ];
    let sums = kinds.sums(|kinds| of_some(at, kinds));
    let total: [f64; 5] = std::array::from_fn(|i| kinds.customers * constant[i] + sums[i]);
    (total[0], [total[1], total[2], total[3], total[4]])
}

/// What the purchases of some customers add: to the log-likelihood, then to each slope.
fn of_some(&[r, alpha, a, b]: &[f64; 4], kinds: &[(Customer, f64)]) -> [f64; 5] {
    let mut sums = [0.0; 5];
    // Kinds come by frequency: what depends on it alone is computed once for each.
    let mut last = f64::NAN;
    let [mut fixed, mut in_r, mut in_b, mut in_both] = [0.0; 4];
    for &(Customer { frequency, recency, age }, count) in kinds {
        if frequency != last {
            last = frequency;
            fixed = ln_gamma(r + frequency) + ln_beta(a, b + frequency);
            in_r = digamma(r + frequency);
            in_b = digamma(b + frequency);
            in_both = digamma(a + b + frequency);
        }
        let shape = r + frequency;
        let (ln_age, ln_recency) = ((alpha + age).ln(), (alpha + recency).ln());
        // Who never bought again had no occasion to stop.
        let (chance, before) =
            if frequency > 0.0 { (a.ln(), b + frequency - 1.0) } else { (f64::NEG_INFINITY, 1.0) };
        let (sum, alive, stopped) =
            ln_add(-shape * ln_age, chance - before.ln() - shape * ln_recency);
        let terms = [
            fixed + sum,
            in_r - alive * ln_age - stopped * ln_recency,
            -shape * (alive / (alpha + age) + stopped / (alpha + recency)),
            stopped / a - in_both,
            in_b - in_both - stopped / before,
        ];
        (0..5).for_each(|i| sums[i] += count * terms[i]);
    }
    sums
}

impl PurchaseModel for BgNbd {
    fn log_likelihood(&self, customer: Customer) -> f64 {
        let kinds = Kinds { kinds: vec![(customer, 1.0)], customers: 1.0, unit: 1.0 };
        likelihood(&self.estimates.values, &kinds).0
    }

    /// Fader, Hardie and Lee (2008), *Computing P(alive) Using the BG/NBD Model*: 1 for a
    /// customer without a second purchase, who had no occasion to stop.
    fn probability_alive(&self, Customer { frequency, recency, age }: Customer) -> f64 {
        let [r, alpha, a, b] = self.estimates.values;
        if frequency == 0.0 {
            return 1.0;
        }
        let odds = (a / (b + frequency - 1.0)).ln()
            + (r + frequency) * ((alpha + age).ln() - (alpha + recency).ln());
        1.0 / (1.0 + odds.exp())
    }

    /// Equation 9.
    fn expected_purchases(&self, periods: f64) -> f64 {
        let [r, alpha, a, b] = self.estimates.values;
        ahead(r, b, a, periods / (alpha + periods))
    }

    /// Equation 10.
    fn future_purchases(&self, customer: Customer, periods: f64) -> f64 {
        let [r, alpha, a, b] = self.estimates.values;
        let Customer { frequency, age, .. } = customer;
        let z = periods / (alpha + age + periods);
        ahead(r + frequency, b + frequency, a, z) * self.probability_alive(customer)
    }
}

/// The purchases to come of somebody who is alive:
/// c/(a−1) · (1 − (1−z)ʳ ₂F₁(r, b; c; z)) with c = a + b − 1.
///
/// Euler's transformation turns it into (1−z)ᵃ⁻¹ ₂F₁(c−r, a−1; c; z), whose terms don't grow
/// with the purchases of the past; its first term, taken apart, has the limit a → 1 in it,
/// and the others' factor 1/(a−1) cancels, as does c → 0.
fn ahead(r: f64, b: f64, a: f64, z: f64) -> f64 {
    let c = a + b - 1.0;
    let ln_rest = (-z).ln_1p();
    let power = ((a - 1.0) * ln_rest).exp();
    let first = if a == 1.0 { -ln_rest } else { -((a - 1.0) * ln_rest).exp_m1() / (a - 1.0) };
    // Σ (c−r)ₖ (a)ₖ₋₁ / ((c+1)ₖ₋₁ k!) zᵏ
    let mut term = (c - r) * z;
    let mut sum = term;
    let mut k = 1.0;
    while term.abs() > 1e-17 * sum.abs() && k < 1e6 {
        term *= (c - r + k) * (a + k - 1.0) / ((c + k) * (k + 1.0)) * z;
        sum += term;
        k += 1.0;
    }
    (c * first - power * sum).max(0.0)
}

impl Model for BgNbd {
    const KIND: &'static str = "customer.bg_nbd";

    fn save(&self) -> Saved {
        self.estimates.save(Self::KIND, Self::NAMES)
    }

    fn load(saved: &Saved) -> Result<Self> {
        Ok(Self { estimates: Estimates::load(saved, Self::KIND)? })
    }
}
