//! Models of a few parameters besides those of purchases: values and subscriptions.

use flownote_models::{Watch, customer};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::super::{
    Column, Numbers, Progress, detached, interruptible, keep, numbers, raise, read, slice,
};
use super::{facts, named};

/// What a customer's purchases are worth on average.
#[pyclass(frozen, module = "flownote_studio._studio.models")]
pub struct GammaGamma(customer::GammaGamma);

#[pymethods]
impl GammaGamma {
    #[staticmethod]
    fn fit(
        py: Python<'_>,
        frequency: Column<'_>,
        value: Column<'_>,
        progress: Progress,
    ) -> PyResult<Self> {
        let (frequency, value) = (slice("frequency", &frequency)?, slice("value", &value)?);
        let fit = |watch: &dyn Watch| customer::GammaGamma::fit(frequency, value, watch);
        interruptible(py, progress, fit).map(Self)
    }

    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        read(py, data).map(Self)
    }

    fn to_bytes<'py>(&self, py: Python<'py>, options: &str) -> PyResult<Bound<'py, PyBytes>> {
        keep(py, &self.0, options)
    }

    fn estimates(&self) -> Vec<(&'static str, f64, f64)> {
        named(&customer::GammaGamma::NAMES, &self.0.estimates)
    }

    fn fit_facts(&self) -> (f64, u64, usize) {
        facts(&self.0.estimates)
    }

    fn mean_value(&self) -> f64 {
        self.0.mean_value()
    }

    fn expected_value<'py>(
        &self,
        py: Python<'py>,
        frequency: Column<'py>,
        value: Column<'py>,
    ) -> PyResult<Numbers<'py>> {
        let (frequency, value) = (slice("frequency", &frequency)?, slice("value", &value)?);
        detached(py, || self.0.expected_value(frequency, value)).map(|found| numbers(py, found))
    }

    fn log_likelihood<'py>(
        &self,
        py: Python<'py>,
        frequency: Column<'py>,
        value: Column<'py>,
    ) -> PyResult<Numbers<'py>> {
        let (frequency, value) = (slice("frequency", &frequency)?, slice("value", &value)?);
        detached(py, || self.0.log_likelihood(frequency, value)).map(|found| numbers(py, found))
    }
}

/// How long customers of a subscription stay.
#[pyclass(frozen, module = "flownote_studio._studio.models")]
pub struct ShiftedBetaGeometric(customer::ShiftedBetaGeometric);

#[pymethods]
impl ShiftedBetaGeometric {
    #[staticmethod]
    fn fit(py: Python<'_>, losses: Column<'_>, customers: f64) -> PyResult<Self> {
        let losses = slice("losses", &losses)?;
        detached(py, || customer::ShiftedBetaGeometric::fit(losses, customers)).map(Self)
    }

    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        read(py, data).map(Self)
    }

    fn to_bytes<'py>(&self, py: Python<'py>, options: &str) -> PyResult<Bound<'py, PyBytes>> {
        keep(py, &self.0, options)
    }

    fn estimates(&self) -> Vec<(&'static str, f64, f64)> {
        named(&customer::ShiftedBetaGeometric::NAMES, &self.0.estimates)
    }

    fn fit_facts(&self) -> (f64, u64, usize) {
        facts(&self.0.estimates)
    }

    fn survival<'py>(&self, py: Python<'py>, periods: usize) -> Numbers<'py> {
        numbers(py, self.0.survival(periods))
    }

    fn retention<'py>(&self, py: Python<'py>, periods: usize) -> Numbers<'py> {
        numbers(py, self.0.retention(periods))
    }

    fn residual_lifetime(&self, py: Python<'_>, renewals: usize, discount: f64) -> PyResult<f64> {
        self.0.residual_lifetime(renewals, discount).map_err(|error| raise(py, &error))
    }
}
