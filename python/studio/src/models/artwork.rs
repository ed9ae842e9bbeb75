//! `flownote_models::artwork` for Python: frames come in as NumPy's bytes, read where they lie.

use flownote_models::artwork::{self, FrameMeasures, Frames, HISTOGRAM};
use flownote_models::{ModelError, Result};
use numpy::{
    PyArray1, PyArray2, PyArrayMethods as _, PyReadonlyArray4, PyUntypedArrayMethods as _,
};
use pyo3::prelude::*;

use super::{Numbers, interruptible, numbers, raise};

/// Frames from Python: (n, height, width, 3) bytes.
type Pixels<'py> = PyReadonlyArray4<'py, u8>;

/// Numbers by name, hashes, and histograms of frames.
type Measured<'py> =
    (Vec<(&'static str, Numbers<'py>)>, Bound<'py, PyArray1<u64>>, Bound<'py, PyArray2<f32>>);

/// What can be said of each frame.
#[pyfunction]
pub fn measure<'py>(py: Python<'py>, frames: Pixels<'py>) -> PyResult<Measured<'py>> {
    let (count, bytes) = bytes(&frames)?;
    let [_, height, width, _] = shape(&frames);
    let found =
        interruptible(py, |stop| artwork::measure(&read(&[count, height, width], bytes)?, stop))?;
    let values: Vec<_> = found.iter().map(FrameMeasures::values).collect();
    let column = |at: usize| numbers(py, values.iter().map(|row| row[at]).collect());
    let columns =
        FrameMeasures::NAMES.iter().enumerate().map(|(at, &name)| (name, column(at))).collect();
    let hashes = PyArray1::from_iter(py, found.iter().map(|it| it.hash.0));
    let histograms: Vec<f32> = found.iter().flat_map(|it| it.histogram).collect();
    let histograms = PyArray1::from_vec(py, histograms).reshape([found.len(), HISTOGRAM])?;
    Ok((columns, hashes, histograms))
}

fn shape(frames: &Pixels<'_>) -> [usize; 4] {
    std::array::from_fn(|axis| frames.shape()[axis])
}

/// How many frames there are, and their bytes.
fn bytes<'a>(frames: &'a Pixels<'_>) -> PyResult<(usize, &'a [u8])> {
    let wrong = |problem: String, hint: &str| {
        raise(frames.py(), &ModelError::input("frames", problem, hint))
    };
    let [count, _, _, channels] = shape(frames);
    if channels != 3 {
        let problem = format!("have {channels} numbers a pixel");
        return Err(wrong(problem, "give (n, height, width, 3): red, green and blue"));
    }
    let bytes = frames.as_slice().map_err(|_| {
        wrong("don't lie in one piece".to_owned(), "call numpy.ascontiguousarray on them")
    })?;
    Ok((count, bytes))
}

fn read<'a>(&[count, height, width]: &[usize; 3], bytes: &'a [u8]) -> Result<Frames<'a>> {
    Frames::new(count, width, height, bytes)
}
