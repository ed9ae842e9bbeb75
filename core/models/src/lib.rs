//! Models of members and titles, over slices.
//!
//! [`artwork`] says what is in a film's frames and which of them make good pictures,
//! [`customer`] who still buys and what that is worth, [`recommend`] what to show next.
//! [`scoring`] has what a fitted model says of a row as functions, for queries.
//! `error` says what is wrong with an input and what to do; `saved` is what a fitted model is
//! outside a process: named numbers and arrays in one safetensors file. [`Watch`] is who waits
//! for a long fit: asked whether to end, told how far it is.
//!
//! **Invariant:** nothing here reads a clock, a file or a socket or starts a process. Chance
//! comes from a seed that the caller gives: the same inputs and seed give the same numbers,
//! bit for bit, on however many threads.

pub mod artwork;
pub mod bandit;
pub mod customer;
pub mod recommend;
pub mod scoring;

mod error;
mod optimize;
mod saved;
mod special;
mod watch;
mod wide;

pub use error::{ModelError, Result};
pub use saved::{Array, Model, Saved};
pub use watch::Watch;
