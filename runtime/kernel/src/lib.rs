//! The kernel: what evaluates a notebook.
//!
//! Interpreters are processes, one or more languages each; they speak the [`protocol`].
pub mod cache;
pub mod interpreter;
pub mod protocol;
pub mod record;
pub mod supervisor;
pub mod values;
pub mod wasm;
