//! Customers: who still buys, how often, and what that is worth.
//!
//! [`Purchases`] are the past in three numbers for each customer. A [`PurchaseModel`] is
//! fitted to them and says what is to come: [`BgNbd`] is the one to begin with, [`ParetoNbd`]
//! the one that it stands for. [`GammaGamma`] says what a purchase is worth.
//! [`ShiftedBetaGeometric`] is of subscriptions, where it is seen when a customer leaves.
//!
//! Times are in whatever unit the caller has, weeks say, and answers are in that unit, too.

mod bg_nbd;
mod estimates;
mod gamma_gamma;
mod pareto_nbd;
mod purchases;
mod sbg;

pub use bg_nbd::BgNbd;
pub use estimates::Estimates;
pub use gamma_gamma::GammaGamma;
pub use pareto_nbd::ParetoNbd;
pub use purchases::{Customer, PurchaseModel, Purchases, check_periods};
pub use sbg::ShiftedBetaGeometric;
