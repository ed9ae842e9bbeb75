//! The process that runs SQL and WASM cells: `python -m flownote_studio.interpreter --fd N`.
//!
//! [`serve`](serve::serve) takes requests off the connection and gives them, one at a time,
//! to a [`Host`](host::Host), which knows the versions of names ([`versions`]) and runs
//! cells ([`sql_cell`], [`wasm_cell`]). What is asked while a cell runs ([`asking`]) is
//! answered meanwhile.

pub(crate) mod artifacts;
mod asking;
mod diagnose;
pub(crate) mod export;
mod host;
mod reading;
mod scoring;
pub(crate) mod serve;
mod sql_cell;
pub(crate) mod usage;
mod versions;
mod wasm_cell;

use std::os::fd::{FromRawFd, OwnedFd, RawFd};

use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;

/// Serves a supervisor over the socket `fd` until it closes; returns the exit code.
///
/// The connection is taken over: nobody else may use or close `fd` afterwards.
#[pyfunction]
pub fn serve_interpreter(py: Python<'_>, fd: RawFd, executable: &str) -> PyResult<i32> {
    // SAFETY: the supervisor opened this descriptor for this process alone, and its number
    // came in on the command line; `_studio.pyi` says that it changes hands here.
    let socket = unsafe { OwnedFd::from_raw_fd(fd) };
    let executable = executable.to_owned();
    py.detach(move || serve::serve::<host::Host>(socket, executable))
        .map_err(|error| PyOSError::new_err(error.to_string()))
}
