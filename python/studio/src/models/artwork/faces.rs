//! Faces, for Python: by the model that `rustface` holds, which is compiled in.

use std::sync::OnceLock;

use flownote_models::artwork::faces::{self, Face, FaceLook, NO_EXPRESSION, Seeta};
use flownote_models::artwork::{HISTOGRAM, Hash};
use flownote_models::{ModelError, Result};
use numpy::{PyArray1, PyReadonlyArray1, PyReadonlyArray2, PyUntypedArrayMethods as _};
use pyo3::prelude::*;

use super::super::{detached, interruptible, raise};
use super::frames::{Bytes, Pixels};

/// The model's bytes, put there by the build script.
static MODEL: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/faces.bin"));

/// A face: its box (x, y, width, height), score, frontality, size of shot, hash, histogram, and
/// why its expression isn't known.
type Told<'py> = (
    (usize, usize, usize, usize),
    f64,
    f64,
    &'static str,
    u64,
    Bound<'py, PyArray1<f32>>,
    &'static str,
);

/// The faces of each frame.
#[pyfunction]
pub fn detect_faces<'py>(py: Python<'py>, frames: Pixels<'py>) -> PyResult<Vec<Vec<Told<'py>>>> {
    static DETECTOR: OnceLock<Result<Seeta>> = OnceLock::new();
    let bytes = Bytes::of(&frames)?;
    let height = frames.shape()[1];
    let found = interruptible(py, |stop| {
        let detector = DETECTOR.get_or_init(|| Seeta::new(MODEL)).as_ref();
        faces::detect_faces(detector.map_err(Clone::clone)?, &bytes.frames()?, stop)
    })?;
    let told = |face: &Face| {
        let place = face.place;
        (
            (place.x, place.y, place.width, place.height),
            face.score,
            face.frontality,
            face.shot_size(height).name(),
            face.look.hash.0,
            PyArray1::from_slice(py, &face.look.histogram),
            NO_EXPRESSION,
        )
    };
    Ok(found.iter().map(|faces| faces.iter().map(told).collect()).collect())
}

/// Groups of faces that look alike: the number of each one's group.
#[pyfunction]
pub fn cluster_faces<'py>(
    py: Python<'py>,
    hashes: PyReadonlyArray1<'py, u64>,
    histograms: PyReadonlyArray2<'py, f32>,
    apart: f64,
) -> PyResult<Bound<'py, PyArray1<i64>>> {
    let pieces = hashes.as_slice().ok().zip(histograms.as_slice().ok());
    let looks = pieces.filter(|(hashes, all)| hashes.len() * HISTOGRAM == all.len()).map(
        |(hashes, all)| {
            let histograms = all.chunks_exact(HISTOGRAM).map(|it| it.try_into().expect("as long"));
            let looks = hashes.iter().zip(histograms);
            looks.map(|(&hash, histogram)| FaceLook { hash: Hash(hash), histogram }).collect()
        },
    );
    let Some(looks): Option<Vec<FaceLook>> = looks else {
        let hint = "give what `detect_faces` returned";
        return Err(raise(py, &ModelError::input("faces", "are no faces", hint)));
    };
    let groups = detached(py, || faces::cluster(&looks, apart))?;
    Ok(PyArray1::from_iter(py, groups.into_iter().map(|group| group as i64)))
}
