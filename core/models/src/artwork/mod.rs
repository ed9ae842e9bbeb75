//! Artwork: which frames of a film make good pictures of it, and why.
//!
//! [`Frames`] are pictures as they come out of a film. [`measure`] says of each what can be
//! computed from its pixels alone (light, sharpness, composition, and a [`struct@Hash`] that like
//! pictures share), [`faces`] who is in it, [`shots`] what belongs together; [`ranking`] chooses
//! among them and gives its reasons.

pub mod faces;
pub mod ranking;
pub mod shots;

mod frame;
mod hash;
mod measures;
mod plane;
mod spectrum;

pub use frame::{Frame, Frames};
pub use hash::Hash;
pub use measures::{FrameMeasures, HISTOGRAM, Measurer, measure};
