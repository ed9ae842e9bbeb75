//! Which cell defines a name that another one reads (notebook rules 4–7).
//!
//! [`resolve`] takes the facts of all cells in the order of the document and sweeps over
//! them once, from top to bottom. A name means the nearest definition above. A definition
//! that may not happen (one side of an `if`) leaves those before it standing, until the
//! cell has run and its [`Delta`] is known.
//!
//! Who reads a name also reads, at its own place, what the code behind it reads late: the
//! function of that name, the class of that object, the closure in that list. Which code
//! may be behind a value is followed from definition to definition; see [`version`].
//!
//! What one cell can't know of itself is settled here too: whether `cfg.x = 1` changes a
//! value or a module, and whether a function that is called does more than compute.
mod answer;
mod sweep;
#[cfg(test)]
mod tests;
mod version;

pub use answer::{CellNames, Delta, Resolution, Source};
pub use sweep::resolve;
