//! Bandits: policies that learn what to show, and what a policy would have earned from the log of
//! another.
//!
//! A [`Policy`] learns from [`Rounds`] and says the exact probability of each action, which a log
//! has to keep: [`off_policy`] needs it to say what other policies are worth.

pub mod off_policy;

mod checks;
mod definite;
mod policy;

pub use policy::{Contexts, EpsilonGreedy, LinTs, LinUcb, Policy, Rounds, Softmax, Thompson, Ucb1};
