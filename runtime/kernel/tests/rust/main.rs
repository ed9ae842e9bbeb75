//! The prelude of Rust cells, as a host meets it: cells that the user's compiler made, run
//! through the C functions. Without a compiler nothing here can run, and nothing passes.

mod check;
mod deps;
mod ending;
mod frames;
mod full;
mod given;
mod made;
mod shown;
mod trap;
mod world;
