//! WASM functions as a cell's user meets them, one behaviour a module.

mod support;

mod bounds;
mod hostile;
mod languages;
mod mistakes;
mod nulls;
mod rows;
mod signatures;
mod stored;
