//! Sessions, driven by a kernel for tests that really runs the cells.

mod languages;
mod like_a_script;
mod modules;
mod prospects;
mod runs;
mod toy;
pub(super) mod world;
