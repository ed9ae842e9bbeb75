//! The process that runs Rust cells: `python -m flownote_studio.rust --fd N`.
//!
//! A [`Host`](host::Host) answers the supervisor; [`Cells`](cells::Cells) run on a thread of
//! their own. What users write lives in a world of its own, a library that their compiler
//! made and that all cells share: it is met through C functions only ([`world`]). A cell is
//! made ([`building`]) once its compiler and that library are [`ready`], given what it reads
//! ([`inputs`]), and run; what it leaves goes to other languages by [`values`]. What it prints
//! ([`streams`]) comes between its displays; when it ends the process, [`crash`] has the last
//! word.
//!
//! **Invariant:** no Rust type crosses between this process and the user's world, and nothing
//! of that world is ever closed.

mod asking;
mod building;
mod cells;
mod crash;
mod faults;
mod host;
mod inputs;
mod known;
mod leaving;
mod reads;
mod ready;
mod streams;
mod values;
mod world;

use std::os::fd::{FromRawFd, OwnedFd, RawFd};

use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;

use crate::interpreter::serve;

/// Serves a supervisor over the socket `fd` until it closes, and ends the process.
///
/// The connection is taken over: nobody else may use or close `fd` afterwards.
#[pyfunction]
pub fn serve_rust(py: Python<'_>, fd: RawFd, executable: &str) -> PyResult<i32> {
    // SAFETY: the supervisor opened this descriptor for this process alone, and its number
    // came in on the command line; `_studio.pyi` says that it changes hands here.
    let socket = unsafe { OwnedFd::from_raw_fd(fd) };
    let executable = executable.to_owned();
    let code = py
        .detach(move || serve::serve::<host::Host>(socket, executable))
        .map_err(|error| PyOSError::new_err(error.to_string()))?;
    // A cell may still run: nothing is taken down around it.
    // SAFETY: ends the process at once.
    unsafe { nix::libc::_exit(code) }
}
