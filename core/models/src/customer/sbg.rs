//! Shifted beta-geometric: how long customers of a subscription stay.
//!
//! At the end of each period a customer cancels with a probability of their own, Beta(`alpha`,
//! `beta`) over customers. Those who are likely to go leave first, so retention grows with
//! tenure though no customer changes.
//!
//! Sources: Fader and Hardie (2007), *How to Project Customer Retention*, Journal of
//! Interactive Marketing 21(1), equations by its numbers; Fader and Hardie (2010),
//! *Customer-Base Valuation in a Contractual Setting*, Marketing Science 29(1), for lifetimes.

use super::Estimates;
use crate::optimize::maximise;
use crate::special::{digamma, hypergeometric_1, ln_beta};
use crate::{Model, ModelError, Result, Saved};

/// A fitted shifted beta-geometric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShiftedBetaGeometric {
    /// α, β.
    pub estimates: Estimates<2>,
}

impl ShiftedBetaGeometric {
    /// The names of the parameters.
    pub const NAMES: [&str; 2] = ["alpha", "beta"];

    /// Fits it to a cohort of `customers` of whom `losses[0]` left at the end of their first
    /// period, `losses[1]` of their second, and so on.
    ///
    /// # Errors
    /// [`ModelError`] where losses aren't counts, are more than there were customers, or don't
    /// tell the parameters apart.
    pub fn fit(losses: &[f64], customers: f64) -> Result<Self> {
        check(losses, customers)?;
        let stayed = customers - losses.iter().sum::<f64>();
        let maximum = maximise("sBG", [1.0; 2], customers, &|| false, |&[alpha, beta]| {
            let mut value = -customers * ln_beta(alpha, beta);
            let of_both = digamma(alpha + beta);
            let mut slopes =
                [alpha, beta].map(|parameter| customers * (of_both - digamma(parameter)));
            // Everybody's share is B(α + 1 if they left, β + periods they stayed).
            let mut add = |left: f64, periods: usize, count: f64| {
                let (a, b) = (alpha + left, beta + periods as f64);
                let both = digamma(a + b);
                value += count * ln_beta(a, b);
                slopes[0] += count * (digamma(a) - both);
                slopes[1] += count * (digamma(b) - both);
            };
            losses.iter().enumerate().for_each(|(periods, &lost)| add(1.0, periods, lost));
            add(0.0, losses.len(), stayed);
            (value, slopes)
        })?;
        Ok(Self { estimates: Estimates::new(&maximum, customers as u64) })
    }

    /// The share of a cohort that is still there after each of 0 … `periods` (equation 6).
    #[must_use]
    pub fn survival(&self, periods: usize) -> Vec<f64> {
        let mut share = 1.0;
        let mut shares = vec![share];
        for retention in self.retention(periods) {
            share *= retention;
            shares.push(share);
        }
        shares
    }

    /// The share of those who came so far that stays at the end of each period 1 … `periods`
    /// (equation 8).
    #[must_use]
    pub fn retention(&self, periods: usize) -> Vec<f64> {
        let [alpha, beta] = self.estimates.values;
        (0..periods as u64)
            .map(|before| (beta + before as f64) / (alpha + beta + before as f64))
            .collect()
    }

    /// How many more periods a customer who renewed `renewals` times and is about to decide
    /// again will pay for, each discounted by (1 + `discount`) to the power of its distance;
    /// the decision at hand is at distance 0 (equation 2 of the 2010 paper).
    ///
    /// # Errors
    /// [`ModelError::Input`] where `discount` isn't above 0: without it, the mean may have no
    /// bound.
    pub fn residual_lifetime(&self, renewals: usize, discount: f64) -> Result<f64> {
        if !(discount.is_finite() && discount > 0.0) {
            return Err(ModelError::input(
                "discount",
                format!("is {discount}"),
                "give a rate for each period that is above 0: 0.1 for 10 %",
            ));
        }
        let [alpha, beta] = self.estimates.values;
        let stayed = beta + renewals as f64;
        let all = alpha + stayed;
        Ok(stayed / all * hypergeometric_1(stayed + 1.0, all + 1.0, 1.0 / (1.0 + discount)))
    }
}

fn check(losses: &[f64], customers: f64) -> Result<()> {
    let count = |x: f64| x.is_finite() && x >= 0.0 && x.fract() == 0.0;
    if !count(customers) || customers == 0.0 {
        return Err(ModelError::input(
            "customers",
            format!("is {customers}"),
            "give the number of customers that the cohort began with",
        ));
    }
    if let Some(period) = losses.iter().position(|&lost| !count(lost)) {
        return Err(ModelError::input(
            "losses",
            format!("is {} at position {period}, which is no count", losses[period]),
            "give how many customers left at the end of each period",
        ));
    }
    let lost: f64 = losses.iter().sum();
    if lost > customers {
        return Err(ModelError::input(
            "losses",
            format!("sums up to {lost}, more than the {customers} customers"),
            "give how many left in each period, not how many are left",
        ));
    }
    if losses.len() < 2 || lost == 0.0 {
        return Err(ModelError::input(
            "losses",
            format!("has {lost} losses in {} periods", losses.len()),
            "watch the cohort for two periods or more: what tells the parameters apart is how \
             losses change",
        ));
    }
    Ok(())
}

impl Model for ShiftedBetaGeometric {
    const KIND: &'static str = "customer.shifted_beta_geometric";

    fn save(&self) -> Saved {
        self.estimates.save(Self::KIND, Self::NAMES)
    }

    fn load(saved: &Saved) -> Result<Self> {
        Ok(Self { estimates: Estimates::load(saved, Self::KIND)? })
    }
}
