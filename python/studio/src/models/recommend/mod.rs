//! `flownote_models::recommend` for Python.

mod catalogue;
mod metrics;
mod recommender;

pub use catalogue::Catalogue;
pub use metrics::{coverage, measure_ranking, novelty};
pub use recommender::Recommender;

use flownote_models::recommend::Interactions;
use flownote_models::{ModelError, Result};
use numpy::PyReadonlyArray1;
use pyo3::prelude::*;

use super::{Column, raise, slice};

/// Row bounds or items, as SciPy has them.
type Places<'py> = PyReadonlyArray1<'py, i32>;

/// A SciPy matrix in compressed rows, in its parts, and how many columns it has.
type Matrix<'py> = (Places<'py>, Places<'py>, Column<'py>, usize);

/// A matrix's parts, where they lie.
struct Parts<'a> {
    bounds: &'a [i32],
    items: &'a [i32],
    strengths: &'a [f64],
    width: usize,
}

impl<'a> Parts<'a> {
    fn of(matrix: &'a Matrix<'_>) -> PyResult<Self> {
        let (bounds, items, strengths, width) = matrix;
        Ok(Self {
            bounds: places(bounds)?,
            items: places(items)?,
            strengths: slice("events", strengths)?,
            width: *width,
        })
    }

    /// Checks all of it: for a thread that holds nobody up.
    fn events(&self) -> Result<Interactions<'a>> {
        Interactions::new(self.bounds, self.items, self.strengths, self.width)
    }
}

fn places<'a>(column: &'a Places<'_>) -> PyResult<&'a [i32]> {
    column.as_slice().map_err(|_| {
        let hint = "give a SciPy CSR matrix of members × items";
        raise(column.py(), &ModelError::input("events", "doesn't lie in one piece", hint))
    })
}
