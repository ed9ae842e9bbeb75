//! The cache of results for cells: what steps have, by the same keys (engine rules 19–23).
//!
//! A result is kept twice. Under what it *read*: the digests of its inputs, where they are
//! known, so that an edit above which changes nothing costs nothing. And under its *recipe*:
//! how its inputs were made, which is known although nothing was hashed. A look-up tries
//! both.

mod keep;
mod look_up;
mod world;

pub use keep::{By, Lately, keep, provenance_of, world_of};
pub use look_up::{Found, look_up};
pub use world::{Look, World};
