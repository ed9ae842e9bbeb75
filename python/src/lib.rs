//! `flownote._native`: what the Python package asks of Rust.
//!
//! Hashing and the few system calls that a worker needs stand here in full; the rest is a
//! thin border over the engine and the store, one module a noun: `shell` is the command
//! tree, `run` drives the engine, `report` shows a run, `client` reads what ran,
//! `memo` keeps what functions return, and `reference` says which run a name means.
//!
//! **Invariant:** a worker uses `hash`, `process` and `verify` alone: it opens no
//! datastore and no runtime (engine rule 3). Nothing is decided here: flows are judged in
//! `core` and performed in `runtime`.

mod buffer;
mod client;
mod error;
mod hash;
mod memo;
mod place;
mod process;
mod report;
mod reuse;
mod run;
mod shell;
mod verify;

use pyo3::prelude::*;

/// The native module of the `flownote` package.
#[pymodule]
mod _native {
    #[pymodule_export]
    use crate::client::{Reader, rest};
    #[pymodule_export]
    use crate::hash::{Blake3, blake3_hex, buffer_address};
    #[pymodule_export]
    use crate::memo::Memo;
    #[pymodule_export]
    use crate::process::die_with_parent;
    #[pymodule_export]
    use crate::reuse::origin_run;
    #[pymodule_export]
    use crate::run::{Runner, new_run, user_name};
    #[pymodule_export]
    use crate::shell::door::{find_flow, invoke, lint_flow, verb_first};
    #[pymodule_export]
    use crate::verify::verify_blob;
}
