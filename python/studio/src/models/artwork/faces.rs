//! Faces, for Python: by the model that `rustface` holds, which is compiled in, or by a network
//! in a file.

use std::path::PathBuf;
use std::sync::OnceLock;

use flownote_models::artwork::faces::{self, Face, FaceDetector, FaceLook, NO_EXPRESSION, Seeta};
use flownote_models::artwork::{HISTOGRAM, Hash};
use flownote_models::{ModelError, Result};
use numpy::{PyArray1, PyReadonlyArray1, PyReadonlyArray2, PyUntypedArrayMethods as _};
use pyo3::prelude::*;

use super::super::{Progress, detached, interruptible, raise};
use super::frames::{Bytes, Pixels};

/// The model's bytes, put there by the build script.
static MODEL: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/faces.bin"));

/// A face: its box (x, y, width, height), score, frontality, size of shot, landmarks, hash,
/// histogram, and
/// why its expression isn't known.
type Told<'py> = (
    (usize, usize, usize, usize),
    f64,
    f64,
    &'static str,
    Option<Vec<[f64; 2]>>,
    u64,
    Bound<'py, PyArray1<f32>>,
    &'static str,
);

/// A detector by a network of YuNet's form.
#[pyclass(frozen, module = "flownote_studio._studio.models")]
pub struct FaceNetwork(#[cfg(feature = "onnx")] faces::YuNet<super::onnx::Onnx>);

#[pymethods]
impl FaceNetwork {
    /// By the bytes of an ONNX file, which the `library` computes: the path of ONNX Runtime's.
    #[new]
    fn new(
        py: Python<'_>,
        library: PathBuf,
        model: Vec<u8>,
        sure: f64,
        overlap: f64,
    ) -> PyResult<Self> {
        #[cfg(feature = "onnx")]
        let made = py.detach(|| {
            super::onnx::Onnx::new(&library, model)
                .and_then(|network| faces::YuNet::new(network, sure, overlap))
                .map(Self)
        });
        #[cfg(not(feature = "onnx"))]
        let made = {
            let _ = (library, model, sure, overlap);
            let hint = "install a `flownote-studio` that was built with the feature `onnx`";
            Err(ModelError::input("faces", "is a network, which this build computes none of", hint))
        };
        made.map_err(|error| raise(py, &error))
    }
}

impl FaceNetwork {
    #[cfg(feature = "onnx")]
    fn detector(&self) -> &dyn FaceDetector {
        &self.0
    }

    #[cfg(not(feature = "onnx"))]
    fn detector(&self) -> &dyn FaceDetector {
        unreachable!("there is none without the feature `onnx`")
    }
}

/// The faces of each frame, by a network or by what is compiled in.
#[pyfunction]
pub fn detect_faces<'py>(
    py: Python<'py>,
    frames: Pixels<'py>,
    network: Option<PyRef<'py, FaceNetwork>>,
    progress: Progress,
) -> PyResult<Vec<Vec<Told<'py>>>> {
    static DETECTOR: OnceLock<Result<Seeta>> = OnceLock::new();
    let network: Option<&FaceNetwork> = network.as_deref();
    let bytes = Bytes::of(&frames)?;
    let height = frames.shape()[1];
    let found = interruptible(py, progress, |watch| {
        let detector: &dyn FaceDetector = match network {
            Some(network) => network.detector(),
            None => DETECTOR.get_or_init(|| Seeta::new(MODEL)).as_ref().map_err(Clone::clone)?,
        };
        faces::detect_faces(detector, &bytes.frames()?, watch)
    })?;
    let told = |face: &Face| {
        let place = face.place;
        (
            (place.x, place.y, place.width, place.height),
            face.score,
            face.frontality,
            face.shot_size(height).name(),
            face.landmarks.map(Vec::from),
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
