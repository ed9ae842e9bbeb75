//! Recommenders over simulated members and over what no members should look like.

mod fits;
mod properties;
mod refused;
mod simulated;
