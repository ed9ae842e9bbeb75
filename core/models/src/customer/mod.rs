//! Customers: who still buys, how often, and what that is worth.
//!
//! [`rfm`] makes [`Purchases`] of transactions: the past in three numbers for each customer.
//! A [`PurchaseModel`] is fitted to them and says what is to come: [`BgNbd`] is the one to
//! begin with, [`ParetoNbd`] the one that it stands for. [`GammaGamma`] says what a purchase
//! is worth, [`lifetime_value()`] what customers are.
//! [`ShiftedBetaGeometric`] is of subscriptions, where it is seen when a customer leaves;
//! [`KaplanMeier`] is the curve of any such leaving, [`Logistic`] says who leaves from what is
//! known of them. [`KMeans`] puts customers in groups.
//!
//! Times are in whatever unit the caller has, weeks say, and answers are in that unit, too.

mod bg_nbd;
mod clusters;
mod estimates;
mod gamma_gamma;
mod kaplan_meier;
mod lifetime_value;
mod logistic;
mod pareto_nbd;
mod purchases;
mod sbg;
mod transactions;

pub use bg_nbd::BgNbd;
pub use clusters::{KMeans, Rows, Search, silhouettes};
pub use estimates::Estimates;
pub use gamma_gamma::GammaGamma;
pub use kaplan_meier::KaplanMeier;
pub use lifetime_value::{Horizon, lifetime_value};
pub use logistic::Logistic;
pub use pareto_nbd::ParetoNbd;
pub use purchases::{Customer, PurchaseModel, Purchases, check_periods};
pub use sbg::ShiftedBetaGeometric;
pub use transactions::{Rfm, Transactions, Window, rfm};
