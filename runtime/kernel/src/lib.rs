//! The kernel: what evaluates a notebook.
//!
//! Interpreters are processes, one or more languages each; they speak the [`protocol`].
pub mod protocol;
pub mod wasm;
