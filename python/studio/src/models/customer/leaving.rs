//! Who leaves, and when, without a story of why.

use flownote_models::Watch;
use flownote_models::customer::{self, Rows};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::super::{
    Column, Numbers, Progress, detached, interruptible, keep, numbers, read, slice,
};

/// A survival curve.
#[pyclass(frozen, module = "flownote_studio._studio.models")]
pub struct KaplanMeier(customer::KaplanMeier);

#[pymethods]
impl KaplanMeier {
    #[staticmethod]
    fn fit(py: Python<'_>, durations: Column<'_>, observed: Column<'_>) -> PyResult<Self> {
        let durations = slice("durations", &durations)?;
        let observed = slice("observed", &observed)?;
        detached(py, || customer::KaplanMeier::fit(durations, observed)).map(Self)
    }

    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        read(py, data).map(Self)
    }

    fn to_bytes<'py>(&self, py: Python<'py>, options: &str) -> PyResult<Bound<'py, PyBytes>> {
        keep(py, &self.0, options)
    }

    /// Times, numbers at risk and of events, shares and their standard errors.
    fn curve<'py>(&self, py: Python<'py>) -> [Numbers<'py>; 5] {
        let customer::KaplanMeier { times, at_risk, events, survival, errors } = &self.0;
        [times, at_risk, events, survival, errors].map(|column| numbers(py, column.clone()))
    }

    fn interval<'py>(&self, py: Python<'py>, deviations: f64) -> (Numbers<'py>, Numbers<'py>) {
        let (low, high) = self.0.interval(deviations);
        (numbers(py, low), numbers(py, high))
    }

    fn median(&self) -> f64 {
        self.0.median()
    }

    fn survival_at<'py>(&self, py: Python<'py>, times: Column<'py>) -> PyResult<Numbers<'py>> {
        let times = slice("times", &times)?;
        detached(py, || self.0.survival_at(times)).map(|found| numbers(py, found))
    }
}

/// Who leaves, from what is known of them.
#[pyclass(frozen, module = "flownote_studio._studio.models")]
pub struct Logistic(customer::Logistic);

#[pymethods]
impl Logistic {
    #[staticmethod]
    fn fit(
        py: Python<'_>,
        features: Column<'_>,
        width: usize,
        target: Column<'_>,
        penalty: f64,
        progress: Progress,
    ) -> PyResult<Self> {
        let (features, target) = (slice("features", &features)?, slice("target", &target)?);
        let fit = |watch: &dyn Watch| {
            customer::Logistic::fit(Rows::new(features, width)?, target, penalty, watch)
        };
        interruptible(py, progress, fit).map(Self)
    }

    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        read(py, data).map(Self)
    }

    fn to_bytes<'py>(&self, py: Python<'py>, options: &str) -> PyResult<Bound<'py, PyBytes>> {
        keep(py, &self.0, options)
    }

    /// The intercept, then the weights.
    fn weights<'py>(&self, py: Python<'py>) -> Numbers<'py> {
        numbers(py, self.0.weights.clone())
    }

    /// The log-likelihood, and the steps.
    fn fit_facts(&self) -> (f64, usize) {
        (self.0.log_likelihood, self.0.iterations)
    }

    fn probability<'py>(
        &self,
        py: Python<'py>,
        features: Column<'py>,
        width: usize,
    ) -> PyResult<Numbers<'py>> {
        let features = slice("features", &features)?;
        detached(py, || self.0.probability(Rows::new(features, width)?))
            .map(|found| numbers(py, found))
    }
}
