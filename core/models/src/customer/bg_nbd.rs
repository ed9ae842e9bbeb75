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
use crate::{Model, Result, Saved, Watch};

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
    pub fn fit(purchases: &Purchases<'_>, watch: &dyn Watch) -> Result<Self> {
        let kinds = Kinds::of(purchases, 4)?;
        let maximum =
            maximise("BG/NBD", [1.0; 4], kinds.customers, watch, |at| likelihood(at, &kinds))?;
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
fn ahead(r: f64, b: f64, a: f64, z: f64) -> f64 {
    // What the past adds to r and b cancels in r − c: it is of the parameters alone.
    let alternates = r - (a + b - 1.0) > 8.0;
    let found = match (a - 1.0).abs() {
        _ if !alternates => by_euler(r, b, a, z),
        // The limit a → 1, from both sides.
        near if near < 1e-3 => {
            f64::midpoint(by_definition(r, b, 0.999, z), by_definition(r, b, 1.001, z))
        }
        _ => by_definition(r, b, a, z),
    };
    found.max(0.0)
}

/// By Euler's transformation, (1−z)ʳ ₂F₁(r, b; c; z) = (1−z)ᵃ⁻¹ ₂F₁(c−r, a−1; c; z), whose terms
/// don't grow with the purchases of the past. Its first term, taken apart, has the limit
/// a → 1 in it, and the others' factor 1/(a−1) cancels, as does c → 0.
fn by_euler(r: f64, b: f64, a: f64, z: f64) -> f64 {
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
    c * first - power * sum
}

/// By the series itself, whose terms are positive but for the first's factor c, which is taken
/// apart. Where r is far above c, the other's terms would alternate and cancel.
fn by_definition(r: f64, b: f64, a: f64, z: f64) -> f64 {
    let c = a + b - 1.0;
    let ln_power = r * (-z).ln_1p();
    // (1−z)ʳ Σ (r)ₖ (b)ₖ / ((c+1)ₖ₋₁ k!) zᵏ, each term by its logarithm: they rise far.
    let mut ln_term = ln_power + (r * b * z).ln();
    let mut sum = ln_term.exp();
    let mut k = 1.0;
    while k < 1e6 {
        let ratio = (r + k) * (b + k) / ((c + k) * (k + 1.0)) * z;
        ln_term += ratio.ln();
        let term = ln_term.exp();
        sum += term;
        if ratio < 1.0 && term <= 1e-17 * sum {
            break;
        }
        k += 1.0;
    }
    (-c * ln_power.exp_m1() - sum) / (a - 1.0)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The mean over p ~ Beta(a, b) of (1 − (1 + p w)⁻ʳ) / p, where w = z/(1−z), by Simpson's rule
    /// in ln(p/(1−p)).
    fn integral(r: f64, b: f64, a: f64, z: f64) -> f64 {
        let (low, step, steps) = (-150.0, 0.025, 12_000);
        let at = |u: f64| {
            let (ln_p, ln_rest) = (-(-u).exp().ln_1p(), -u.exp().ln_1p());
            let bought = -(-r * (ln_p.exp() * z / (1.0 - z)).ln_1p()).exp_m1();
            bought * ((a - 1.0) * ln_p + b * ln_rest - ln_beta(a, b)).exp()
        };
        let weight = |i: usize| match i {
            0 | 12_000 => 1.0,
            _ => f64::from(2 + 2 * u8::from(i % 2 == 1)),
        };
        (0..=steps).map(|i| weight(i) * at(low + step * i as f64)).sum::<f64>() * step / 3.0
    }

    #[test]
    fn what_is_ahead_is_its_integral() {
        for (r, b, a, z) in [
            (0.243, 2.426, 0.793, 0.5),
            (2.243, 4.426, 0.793, 0.4),
            (0.243, 2.426, 1.0, 0.9),
            (0.6, 0.2, 0.3, 0.7),
            (99.8, 0.108, 0.31, 0.5),
            (40.0, 3.0, 1.0, 0.3),
            (60.0, 22.0, 1.5, 0.8),
            (300.2, 302.0, 0.9, 0.5),
        ] {
            let (found, known) = (ahead(r, b, a, z), integral(r, b, a, z));
            let near = (found / known - 1.0).abs() < 2e-6;
            assert!(near, "r {r}, b {b}, a {a}, z {z}: {found} is not {known}");
        }
    }
}
