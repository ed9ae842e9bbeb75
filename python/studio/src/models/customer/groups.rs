//! Groups of customers who are alike.

use flownote_models::customer::{self, Rows, Search};
use flownote_models::{ModelError, Result, Watch};
use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::super::{
    Column, Numbers, Progress, detached, interruptible, keep, numbers, read, slice,
};

/// The number of a group for each row.
type Labels<'py> = Bound<'py, PyArray1<i64>>;

/// Groups around their means.
#[pyclass(frozen, module = "flownote_studio._studio.models")]
pub struct KMeans(customer::KMeans);

#[pymethods]
impl KMeans {
    /// Finds groups of rows of `width` features, which lie one after the other.
    #[staticmethod]
    #[expect(clippy::too_many_arguments, reason = "Python names them")]
    fn fit(
        py: Python<'_>,
        features: Column<'_>,
        width: usize,
        clusters: usize,
        starts: usize,
        rounds: usize,
        seed: u64,
        progress: Progress,
    ) -> PyResult<Self> {
        let features = slice("features", &features)?;
        let search = Search { clusters, starts, rounds, seed };
        let fit =
            |watch: &dyn Watch| customer::KMeans::fit(Rows::new(features, width)?, search, watch);
        interruptible(py, progress, fit).map(Self)
    }

    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        read(py, data).map(Self)
    }

    fn to_bytes<'py>(&self, py: Python<'py>, options: &str) -> PyResult<Bound<'py, PyBytes>> {
        keep(py, &self.0, options)
    }

    /// The means one after the other, and how many features each has.
    fn centers<'py>(&self, py: Python<'py>) -> (Numbers<'py>, usize) {
        (numbers(py, self.0.centers.clone()), self.0.width)
    }

    /// The sum of squared distances, and the rounds.
    fn fit_facts(&self) -> (f64, usize) {
        (self.0.inertia, self.0.rounds)
    }

    fn predict<'py>(
        &self,
        py: Python<'py>,
        features: Column<'py>,
        width: usize,
    ) -> PyResult<Labels<'py>> {
        let features = slice("features", &features)?;
        let found = detached(py, || self.0.predict(Rows::new(features, width)?))?;
        Ok(PyArray1::from_iter(py, found.into_iter().map(|group| group as i64)))
    }
}

/// How well each row lies in its group.
#[pyfunction]
pub fn silhouettes<'py>(
    py: Python<'py>,
    features: Column<'py>,
    width: usize,
    labels: PyReadonlyArray1<'py, i64>,
) -> PyResult<Numbers<'py>> {
    let features = slice("features", &features)?;
    let labels: Vec<i64> = labels.as_array().to_vec();
    let found = interruptible(py, None, |watch| {
        let labels = labels.iter().map(|&label| group(label)).collect::<Result<Vec<usize>>>()?;
        customer::silhouettes(Rows::new(features, width)?, &labels, watch)
    })?;
    Ok(numbers(py, found))
}

/// A label as a group's number.
fn group(label: i64) -> Result<usize> {
    usize::try_from(label).ok().filter(|&label| label < 1 << 20).ok_or_else(|| {
        let hint = "give groups' numbers from 0 on";
        ModelError::input("labels", format!("has {label}"), hint)
    })
}
