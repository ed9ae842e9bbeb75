//! `flownote_studio._studio.video`: what `flownote.video` stands on.
//!
//! Pixels cross as the arrays of NumPy that they were read into, other threads run while one is
//! waited for, and Ctrl-C ends the child that decodes before its exception is raised.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use flownote_data::video::{
    Chunk, Film as Opened, Frames as Reading, Pick, Position, Request, VideoError,
};
use flownote_flow::help::Help;
use numpy::{PyArray1, PyArray4, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The native half of `flownote.video`.
#[pymodule(submodule)]
pub mod video {
    #[pymodule_export]
    use super::{Film, Frames};
}

/// A chunk for Python: pixels, and when each frame is shown.
type Arrays<'py> = (Bound<'py, PyArray4<u8>>, Bound<'py, PyArray1<f64>>);

/// A film's file, looked at.
#[pyclass(frozen, module = "flownote_studio._studio.video")]
pub struct Film(Opened);

#[pymethods]
impl Film {
    #[new]
    fn open(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        py.detach(|| Opened::open(path)).map(Self).map_err(|error| raise(py, &error))
    }

    /// Width, height, and by how many degrees the stored pictures are turned.
    fn shape(&self) -> (u32, u32, i32) {
        (self.0.width(), self.0.height(), self.0.rotation())
    }

    /// Frames in seconds, as a ratio.
    fn rate(&self) -> (u32, u32) {
        (self.0.rate().frames, self.0.rate().seconds)
    }

    fn duration(&self) -> Option<f64> {
        self.0.duration()
    }

    fn frame_count(&self) -> Option<u64> {
        self.0.frame_count()
    }

    fn times<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let times = py.detach(|| self.0.times()).map_err(|error| raise(py, &error))?;
        Ok(PyArray1::from_slice(py, times))
    }

    /// Begins to read; `start` and `end` count frames or seconds.
    #[expect(clippy::too_many_arguments, reason = "Python gives them by name")]
    #[pyo3(signature = (*, start, end, first, stop, every, rate, width, chunk))]
    fn frames(
        &self,
        py: Python<'_>,
        start: Option<f64>,
        end: Option<f64>,
        first: Option<u64>,
        stop: Option<u64>,
        every: u64,
        rate: Option<f64>,
        width: Option<u32>,
        chunk: usize,
    ) -> PyResult<Frames> {
        let place = |second: Option<f64>, frame: Option<u64>| match frame {
            Some(frame) => Some(Position::Frame(frame)),
            None => second.map(Position::Seconds),
        };
        let request = Request {
            start: place(start, first),
            end: place(end, stop),
            pick: rate.map_or(Pick::Every(every), Pick::PerSecond),
            width,
            chunk,
        };
        let reading = py.detach(|| self.0.frames(&request));
        reading.map(|it| Frames(Mutex::new(it))).map_err(|error| raise(py, &error))
    }
}

/// Chunks of a film's frames; the lock is never waited for, and makes it shareable.
#[pyclass(module = "flownote_studio._studio.video")]
pub struct Frames(Mutex<Reading>);

#[pymethods]
impl Frames {
    fn next<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Arrays<'py>>> {
        let mut signal = None;
        let reading = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        let next = py.detach(|| {
            reading.next_unless(|| {
                signal = Python::attach(|py| py.check_signals()).err();
                signal.is_some()
            })
        });
        match (signal, next) {
            (Some(signal), _) => Err(signal),
            (None, None) => Ok(None),
            (None, Some(Ok(chunk))) => arrays(py, chunk).map(Some),
            (None, Some(Err(error))) => {
                // What ended the child may be what this process was told, too.
                py.check_signals()?;
                Err(raise(py, &error))
            }
        }
    }

    fn close(&mut self, py: Python<'_>) {
        let reading = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        py.detach(|| reading.close());
    }
}

fn arrays(py: Python<'_>, chunk: Chunk) -> PyResult<Arrays<'_>> {
    let shape = [chunk.times.len(), chunk.height as usize, chunk.width as usize, 3];
    let pixels = PyArray1::from_vec(py, chunk.pixels).reshape(shape)?;
    Ok((pixels, PyArray1::from_vec(py, chunk.times)))
}

/// An error as the exception of `flownote.video`, with its hint.
fn raise(py: Python<'_>, error: &VideoError) -> PyErr {
    let class = match error {
        VideoError::Damaged { .. } => "DamagedVideo",
        _ => "VideoError",
    };
    let made = || -> PyResult<PyErr> {
        let class = py.import("flownote.video")?.getattr(class)?;
        let options = PyDict::new(py);
        options.set_item("hint", error.hint())?;
        if let VideoError::Damaged { second, .. } = error {
            options.set_item("second", second)?;
        }
        Ok(PyErr::from_value(class.call((error.to_string(),), Some(&options))?))
    };
    made().unwrap_or_else(|error| error)
}
