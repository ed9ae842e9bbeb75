//! What the document promises, over documents and operations of every kind.

pub(crate) mod generator;

mod inverse;
mod operations;
