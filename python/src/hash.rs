//! BLAKE3 for Python: the digests that artifacts are named by.

use pyo3::prelude::*;

use crate::buffer::Bytes;

/// From this size on, hashing lets other Python threads run.
const RELEASE_GIL_FROM: usize = 1 << 20;

/// Returns the BLAKE3 digest of a contiguous buffer, 64 lower-case hex digits.
#[pyfunction]
pub fn blake3_hex<'py>(py: Python<'py>, buffer: &Bound<'py, PyAny>) -> PyResult<String> {
    let mut hasher = blake3::Hasher::new();
    feed(py, &mut hasher, buffer)?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// A BLAKE3 hasher that is fed piece by piece.
#[pyclass(module = "flownote._native")]
pub struct Blake3 {
    hasher: blake3::Hasher,
}

#[pymethods]
impl Blake3 {
    #[new]
    fn new() -> Self {
        Self { hasher: blake3::Hasher::new() }
    }

    /// Adds a contiguous buffer.
    fn update<'py>(&mut self, py: Python<'py>, buffer: &Bound<'py, PyAny>) -> PyResult<()> {
        feed(py, &mut self.hasher, buffer)
    }

    /// Returns the digest of everything added so far.
    fn hexdigest(&self) -> String {
        self.hasher.finalize().to_hex().to_string()
    }
}

fn feed<'py>(
    py: Python<'py>,
    hasher: &mut blake3::Hasher,
    buffer: &Bound<'py, PyAny>,
) -> PyResult<()> {
    let bytes = Bytes::of(buffer)?;
    let slice = bytes.as_slice();
    if slice.len() < RELEASE_GIL_FROM {
        hasher.update(slice);
    } else {
        py.detach(|| hasher.update(slice));
    }
    Ok(())
}

/// Returns where a contiguous buffer stands in memory, for the kernel's accounts of maps.
#[pyfunction]
pub fn buffer_address<'py>(buffer: &Bound<'py, PyAny>) -> PyResult<usize> {
    Ok(Bytes::of(buffer)?.as_slice().as_ptr().addr())
}
