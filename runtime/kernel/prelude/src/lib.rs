//! What Rust cells of a notebook find at hand: tables, arrays, displays, errors.
//!
//! A [`Frame`] is a table: its columns are slices that nobody copied. An [`Array`] is NumPy's
//! array, a [`Csr`] SciPy's sparse matrix. What a cell's last line gives is shown; so is what
//! [`display`] is called with, and wrappers such as [`Html`] and [`Vega`] say how. Any error
//! may be passed on with `?`, and becomes an [`Error`] that names its line.
//!
//! ```ignore
//! let ratings = frame.f64("rating")?;
//! let mean = ratings.iter().sum::<f64>() / ratings.len() as f64;
//! ensure!(mean.is_finite(), "there are no ratings");
//! Html(format!("<b>{mean:.3}</b>"))
//! ```
//!
//! A cell is compiled into two crates: its items, and a body whose lines run within
//! [`cell::run`]. What it reads of other cells comes in through [`input!`], its last
//! expression goes through [`show!`], its variables leave through [`export!`]. The program
//! that hosts all this speaks the C functions of [`abi`] and never sees a Rust type.
//!
//! **Invariant:** one copy of this library and of the standard library serve a whole
//! process, so that a type is the same type in every cell; a value is given to a cell as the
//! type that it is, or not at all.

pub mod abi;
pub mod cell;

pub mod array;
pub mod bytes;
pub mod csr;
pub mod frame;

pub mod error;
pub mod export;
pub mod input;
pub mod media;
pub mod show;

mod codec;
mod ffi;
mod given;
mod host;
#[cfg(feature = "full")]
mod models;
mod names;
mod panics;
mod value;

pub use array::{Array, Element};
pub use bytes::Bytes;
pub use csr::{Csr, Indices};
pub use error::{Error, Result};
pub use frame::{BoolColumn, Frame, IntoColumn, Number, Row, StrColumn, Times, Unit};
pub use host::{check, interrupted};
pub use media::{Html, Jpeg, Latex, Markdown, Png, Svg, Text, Vega};
pub use show::{Bundle, Show, display};

/// Data as JSON has it: what Python's dicts and mixed lists become.
pub use serde_json::Value as Json;

/// Everything that a cell's first line imports.
pub mod prelude {
    pub use crate::array::Array;
    pub use crate::bytes::Bytes;
    pub use crate::csr::Csr;
    pub use crate::error::{Error, Result};
    pub use crate::frame::Frame;
    pub use crate::host::{check, interrupted};
    pub use crate::media::{Html, Jpeg, Latex, Markdown, Png, Svg, Text, Vega};
    pub use crate::show::{Bundle, Show, display};
    pub use crate::{Json, bail, ensure};
    pub use serde::{Deserialize, Serialize};
    pub use serde_json::json;
}
