//! The read side for Python: `flownote.client` asks, JSON comes back.
//!
//! [`Reader`] has one method a question; [`runtime`] keeps what they share in a process.

mod reader;
mod runtime;

pub use reader::Reader;
pub use runtime::{ask, rest};
