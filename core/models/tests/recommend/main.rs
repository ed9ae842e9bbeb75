//! Recommenders over simulated members and over what no members should look like.

mod fits;
mod many;
mod properties;
mod refused;
mod simulated;
