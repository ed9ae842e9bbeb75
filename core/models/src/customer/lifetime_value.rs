//! What customers will be worth: purchases to come, times their value, discounted.

use rayon::prelude::*;

use super::purchases::{Customer, PurchaseModel, Purchases};
use crate::{ModelError, Result};

/// How far to look, and what the future is worth today.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Horizon {
    /// How many steps to look ahead.
    pub steps: usize,
    /// A step's length, in the unit of customers' ages.
    pub step: f64,
    /// The discount for each step: 0.01 for 1 %.
    pub discount: f64,
}

/// The value today of what each customer buys in the horizon's steps, whose purchases are worth
/// `value` each on average: what is bought in step k is worth (1 + discount)⁻ᵏ.
///
/// Source: Fader, Hardie and Lee (2005), *RFM and CLV: Using Iso-Value Curves for Customer
/// Base Analysis*, Journal of Marketing Research 42(4), with the sum over steps for their
/// integral.
///
/// # Errors
/// [`ModelError::Input`] where `value` isn't of the same length or the horizon is none.
pub fn lifetime_value(
    model: &dyn PurchaseModel,
    purchases: &Purchases<'_>,
    value: &[f64],
    horizon: Horizon,
) -> Result<Vec<f64>> {
    if value.len() != purchases.len() {
        return Err(ModelError::input(
            "value",
            format!("has {} rows and `frequency` {}", value.len(), purchases.len()),
            "give one row for each customer in every column",
        ));
    }
    for (name, number, least) in
        [("step", horizon.step, f64::MIN_POSITIVE), ("discount", horizon.discount, 0.0)]
    {
        if !(number.is_finite() && number >= least) {
            let hint = "a step is a time above 0, a discount 0 or above: 0.01 for 1 % a step";
            return Err(ModelError::input(name, format!("is {number}"), hint));
        }
    }
    let customers: Vec<(Customer, f64)> = purchases.iter().zip(value.iter().copied()).collect();
    Ok(customers
        .par_iter()
        .map(|&(customer, value)| {
            // Nobody's purchases of no value: 0 rather than 0 · ∞.
            if value == 0.0 { 0.0 } else { value * discounted(model, customer, horizon) }
        })
        .collect())
}

fn discounted(model: &dyn PurchaseModel, customer: Customer, horizon: Horizon) -> f64 {
    let (mut sum, mut before, mut worth) = (0.0, 0.0, 1.0);
    for step in 1..=horizon.steps {
        let until = model.future_purchases(customer, horizon.step * step as f64);
        worth /= 1.0 + horizon.discount;
        sum += worth * (until - before).max(0.0);
        before = until;
    }
    sum
}
