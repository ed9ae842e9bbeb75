//! `flownote_models::customer` for Python.

mod estimated;
mod groups;
mod leaving;
mod purchase_model;
mod transactions;

pub use estimated::{GammaGamma, ShiftedBetaGeometric};
pub use groups::{KMeans, silhouettes};
pub use leaving::{KaplanMeier, Logistic};
pub use purchase_model::PurchaseModel;
pub use transactions::rfm;

use flownote_models::customer::Estimates;

/// Each parameter's name, value and standard error.
fn named<const N: usize>(
    names: &[&'static str; N],
    estimates: &Estimates<N>,
) -> Vec<(&'static str, f64, f64)> {
    (0..N).map(|i| (names[i], estimates.values[i], estimates.standard_errors[i])).collect()
}

/// The fit: its log-likelihood, its customers, its steps.
fn facts<const N: usize>(estimates: &Estimates<N>) -> (f64, u64, usize) {
    (estimates.log_likelihood, estimates.customers, estimates.iterations)
}
