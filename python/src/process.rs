//! What a worker asks of the kernel and Python's library doesn't offer.

use nix::sys::prctl;
use nix::sys::signal::Signal;
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;

/// Has the kernel send `signal` to this process when the thread that forked it ends.
#[pyfunction]
pub fn die_with_parent(signal: i32) -> PyResult<()> {
    let signal =
        Signal::try_from(signal).map_err(|_| PyValueError::new_err("no such signal number"))?;
    prctl::set_pdeathsig(signal).map_err(|errno| PyOSError::new_err(errno as i32))
}
