//! What is said of frames, for Python.

use flownote_models::artwork::{self, FrameMeasures, HISTOGRAM};
use numpy::{PyArray1, PyArray2, PyArrayMethods as _};
use pyo3::prelude::*;

use super::super::{Numbers, Progress, interruptible, numbers};
use super::frames::{Bytes, Pixels};

/// Numbers by name, hashes, and histograms of frames.
type Measured<'py> =
    (Vec<(&'static str, Numbers<'py>)>, Bound<'py, PyArray1<u64>>, Bound<'py, PyArray2<f32>>);

/// What can be said of each frame.
#[pyfunction]
pub fn measure<'py>(
    py: Python<'py>,
    frames: Pixels<'py>,
    progress: Progress,
) -> PyResult<Measured<'py>> {
    let bytes = Bytes::of(&frames)?;
    let found = interruptible(py, progress, |watch| artwork::measure(&bytes.frames()?, watch))?;
    let values: Vec<_> = found.iter().map(FrameMeasures::values).collect();
    let column = |at: usize| numbers(py, values.iter().map(|row| row[at]).collect());
    let columns =
        FrameMeasures::NAMES.iter().enumerate().map(|(at, &name)| (name, column(at))).collect();
    let hashes = PyArray1::from_iter(py, found.iter().map(|it| it.hash.0));
    let histograms: Vec<f32> = found.iter().flat_map(|it| it.histogram).collect();
    let histograms = PyArray1::from_vec(py, histograms).reshape([found.len(), HISTOGRAM])?;
    Ok((columns, hashes, histograms))
}
