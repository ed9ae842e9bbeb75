//! The tidy test: what the design promises about the source tree itself.
//!
//! Dependencies point up the list of layers and never down; every crate states its
//! invariant; no module is forgotten; nothing names the machine it was written on.

mod arrows;
mod sources;
mod workspace;
