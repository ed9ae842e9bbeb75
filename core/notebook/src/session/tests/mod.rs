//! Sessions, driven by a kernel for tests that really runs the cells.

mod runs;
mod toy;
mod world;
