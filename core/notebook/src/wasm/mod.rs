//! What a WASM cell says about itself, read from its visible comments without compiling.
//!
//! ```text
//! ;; export: score(affinity: f64[], age: i32[]) -> f64[]
//! ;; limits: memory=64MiB deadline=2s fuel=1_000_000
//! ;; nulls: guest
//! ;; rows: whole
//! ```
//!
//! Each stands at the start of a line of its own, after `;;` (WAT) or `//`, `//!`, `///`
//! (C and Rust), anywhere in the cell.
//!
//! - `export` names a function and gives its signature, once for each function. With `[]`
//!   on every type it works on whole columns; with `[]` on none, on one row. WAT without
//!   any `export` line defines the functions of single numbers that it exports.
//! - `limits` bound a call: memory, time, and (only if given) fuel, which counts executed
//!   instructions, so that the limit strikes at the same place on each machine.
//! - `nulls: host` (the default): rows with a null in any column are not shown to the
//!   function and give null. `nulls: guest`: the function sees which rows are null.
//! - `rows: each` (the default): row `i` of the result depends on row `i` of the columns
//!   alone, so the host may split a column anywhere. `rows: whole`: all rows in one call.
//! - `source: wat|c|rust` says what the cell is written in, where it doesn't show.
//!
//! A cell may also name a compiled module, with the line `file: x.wasm`.

mod header;
mod limits;
mod signature;

pub use header::{Header, HeaderError, Source, header};
pub use limits::Limits;
pub use signature::{Abi, Element, Input, Nulls, Rows, Signature};
