//! Shots, for Python.

use std::sync::{Mutex, PoisonError};

use flownote_models::artwork::shots::{self, Method, Shot, Transition};
use flownote_models::{ModelError, Result};
use pyo3::prelude::*;

use super::super::{Progress, interruptible, raise};
use super::frames::{Bytes, Pixels};

/// Finds the shots of a film that comes in chunks. The detector is out while it works: one
/// thread of Python's uses it at a time, and none waits.
#[pyclass(frozen, module = "flownote_studio._studio.models")]
pub struct ShotDetector(Mutex<Option<shots::ShotDetector>>);

/// First frame, first frame behind it, how it begins; motion of the camera, its angle, the rest.
type Told = (usize, usize, &'static str, f64, f64, f64);

#[pymethods]
impl ShotDetector {
    /// By the method of that name, with its threshold or that of habit.
    #[new]
    fn new(
        py: Python<'_>,
        method: &str,
        threshold: Option<f64>,
        shortest: usize,
    ) -> PyResult<Self> {
        let made = Method::named(method, threshold)
            .and_then(|method| shots::ShotDetector::new(method, shortest));
        made.map(|it| Self(Mutex::new(Some(it)))).map_err(|error| raise(py, &error))
    }

    /// Takes in the next frames: the shots that are over now.
    fn update(
        &self,
        py: Python<'_>,
        frames: Pixels<'_>,
        progress: Progress,
    ) -> PyResult<Vec<Told>> {
        let bytes = Bytes::of(&frames)?;
        let mut detector = self.take(py)?;
        let found = interruptible(py, progress, |watch| detector.update(&bytes.frames()?, watch));
        self.put(detector);
        Ok(found?.iter().map(told).collect())
    }

    /// The shots that are left.
    fn finish(&self, py: Python<'_>) -> PyResult<Vec<Told>> {
        let mut detector = self.take(py)?;
        let found = detector.finish();
        self.put(detector);
        Ok(found.iter().map(told).collect())
    }
}

impl ShotDetector {
    fn take(&self, py: Python<'_>) -> PyResult<shots::ShotDetector> {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let in_use = || -> Result<shots::ShotDetector> {
            let hint = "give each thread a detector of its own: frames come in order";
            Err(ModelError::input("detector", "is at work for another thread", hint))
        };
        taken.map_or_else(in_use, Ok).map_err(|error| raise(py, &error))
    }

    fn put(&self, detector: shots::ShotDetector) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(detector);
    }
}

fn told(shot: &Shot) -> Told {
    let transition = match shot.transition {
        Transition::Start => "start",
        Transition::Cut => "cut",
        Transition::Fade => "fade",
        Transition::Dissolve => "dissolve",
    };
    let Shot { start, end, camera_motion, camera_angle, subject_motion, .. } = *shot;
    (start, end, transition, camera_motion, camera_angle, subject_motion)
}
