//! Frames from Python: NumPy's bytes, read where they lie.

use flownote_models::artwork::Frames;
use flownote_models::{ModelError, Result};
use numpy::{PyReadonlyArray4, PyUntypedArrayMethods as _};
use pyo3::prelude::*;

use super::super::raise;

/// Frames: (n, height, width, 3) bytes.
pub type Pixels<'py> = PyReadonlyArray4<'py, u8>;

/// The bytes of frames, and what they are of.
pub struct Bytes<'a> {
    shape: [usize; 3],
    bytes: &'a [u8],
}

impl<'a> Bytes<'a> {
    pub fn of(frames: &'a Pixels<'_>) -> PyResult<Self> {
        let wrong = |problem: String, hint: &str| {
            raise(frames.py(), &ModelError::input("frames", problem, hint))
        };
        let [count, height, width, channels] = std::array::from_fn(|axis| frames.shape()[axis]);
        if channels != 3 {
            let problem = format!("have {channels} numbers a pixel");
            return Err(wrong(problem, "give (n, height, width, 3): red, green and blue"));
        }
        let bytes = frames.as_slice().map_err(|_| {
            wrong("don't lie in one piece".to_owned(), "call numpy.ascontiguousarray on them")
        })?;
        Ok(Self { shape: [count, height, width], bytes })
    }

    pub fn frames(&self) -> Result<Frames<'a>> {
        let [count, height, width] = self.shape;
        Frames::new(count, width, height, self.bytes)
    }
}
