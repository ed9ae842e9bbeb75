//! Columns between Python and functions that score them: in as memory of NumPy's and Arrow's
//! ([`arguments`]), out as a [`ResultColumn`].

pub mod arguments;
mod result;

pub use result::ResultColumn;
