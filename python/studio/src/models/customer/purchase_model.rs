//! Models of when customers buy: one class for all, which Python's name by their kind.

use flownote_models::customer::{
    self, BgNbd, Customer, Horizon, ParetoNbd, Purchases, check_periods,
};
use flownote_models::{Model as _, ModelError, Result, Watch};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::super::{
    Column, Numbers, Progress, detached, interruptible, keep, numbers, raise, read, slice,
};
use super::{facts, named};

/// A fitted model of when customers buy and when they stop.
#[pyclass(frozen, module = "flownote_studio._studio.models")]
pub struct PurchaseModel(Kind);

enum Kind {
    BgNbd(BgNbd),
    ParetoNbd(ParetoNbd),
}

impl Kind {
    fn fit(kind: &str, purchases: &Purchases<'_>, watch: &dyn Watch) -> Result<Self> {
        match kind {
            BgNbd::KIND => BgNbd::fit(purchases, watch).map(Self::BgNbd),
            ParetoNbd::KIND => ParetoNbd::fit(purchases, watch).map(Self::ParetoNbd),
            _ => Err(unknown(kind)),
        }
    }

    fn model(&self) -> &dyn customer::PurchaseModel {
        match self {
            Self::BgNbd(model) => model,
            Self::ParetoNbd(model) => model,
        }
    }
}

fn unknown(kind: &str) -> ModelError {
    ModelError::input("kind", format!("is `{kind}`"), "ask for a model that there is")
}

#[pymethods]
impl PurchaseModel {
    /// Fits the model `kind` to customers' purchases.
    #[staticmethod]
    fn fit(
        py: Python<'_>,
        kind: &str,
        frequency: Column<'_>,
        recency: Column<'_>,
        age: Column<'_>,
        progress: Progress,
    ) -> PyResult<Self> {
        let columns = columns(&frequency, &recency, &age)?;
        let fit = |watch: &dyn Watch| Kind::fit(kind, &purchases(columns)?, watch);
        interruptible(py, progress, fit).map(Self)
    }

    /// The model that `to_bytes` wrote.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, kind: &str, data: &[u8]) -> PyResult<Self> {
        match kind {
            BgNbd::KIND => read(py, data).map(Kind::BgNbd).map(Self),
            ParetoNbd::KIND => read(py, data).map(Kind::ParetoNbd).map(Self),
            _ => Err(raise(py, &unknown(kind))),
        }
    }

    /// The model as one file, with the options of its class as JSON.
    fn to_bytes<'py>(&self, py: Python<'py>, options: &str) -> PyResult<Bound<'py, PyBytes>> {
        match &self.0 {
            Kind::BgNbd(model) => keep(py, model, options),
            Kind::ParetoNbd(model) => keep(py, model, options),
        }
    }

    /// Each parameter's name, value and standard error.
    fn estimates(&self) -> Vec<(&'static str, f64, f64)> {
        match &self.0 {
            Kind::BgNbd(model) => named(&BgNbd::NAMES, &model.estimates),
            Kind::ParetoNbd(model) => named(&ParetoNbd::NAMES, &model.estimates),
        }
    }

    /// The fit: its log-likelihood, its customers, its steps.
    fn fit_facts(&self) -> (f64, u64, usize) {
        match &self.0 {
            Kind::BgNbd(model) => facts(&model.estimates),
            Kind::ParetoNbd(model) => facts(&model.estimates),
        }
    }

    /// The log-likelihood of each customer's past.
    fn log_likelihood<'py>(
        &self,
        py: Python<'py>,
        frequency: Column<'py>,
        recency: Column<'py>,
        age: Column<'py>,
    ) -> PyResult<Numbers<'py>> {
        self.each(py, [&frequency, &recency, &age], |model, customer| {
            model.log_likelihood(customer)
        })
    }

    /// The probability that each customer still buys.
    fn probability_alive<'py>(
        &self,
        py: Python<'py>,
        frequency: Column<'py>,
        recency: Column<'py>,
        age: Column<'py>,
    ) -> PyResult<Numbers<'py>> {
        self.each(py, [&frequency, &recency, &age], |model, customer| {
            model.probability_alive(customer)
        })
    }

    /// What a new customer buys again within each of `periods`.
    fn expected_purchases<'py>(
        &self,
        py: Python<'py>,
        periods: Column<'py>,
    ) -> PyResult<Numbers<'py>> {
        let periods = slice("periods", &periods)?;
        let model = self.0.model();
        let expected = detached(py, || {
            let one = |&time| Ok(model.expected_purchases(check_periods(time)?));
            periods.iter().map(one).collect()
        })?;
        Ok(numbers(py, expected))
    }

    /// What each customer buys in the next `periods`.
    fn future_purchases<'py>(
        &self,
        py: Python<'py>,
        frequency: Column<'py>,
        recency: Column<'py>,
        age: Column<'py>,
        periods: f64,
    ) -> PyResult<Numbers<'py>> {
        let periods = check_periods(periods).map_err(|error| raise(py, &error))?;
        self.each(py, [&frequency, &recency, &age], move |model, customer| {
            model.future_purchases(customer, periods)
        })
    }

    /// What each customer's next `steps` of length `step` are worth today, at `value` a purchase.
    #[expect(clippy::too_many_arguments, reason = "Python names them")]
    fn lifetime_value<'py>(
        &self,
        py: Python<'py>,
        frequency: Column<'py>,
        recency: Column<'py>,
        age: Column<'py>,
        value: Column<'py>,
        steps: usize,
        step: f64,
        discount: f64,
    ) -> PyResult<Numbers<'py>> {
        let columns = columns(&frequency, &recency, &age)?;
        let value = slice("value", &value)?;
        let model = self.0.model();
        let worth = detached(py, || {
            let horizon = Horizon { steps, step, discount };
            customer::lifetime_value(model, &purchases(columns)?, value, horizon)
        })?;
        Ok(numbers(py, worth))
    }
}

impl PurchaseModel {
    fn each<'py>(
        &self,
        py: Python<'py>,
        [frequency, recency, age]: [&Column<'py>; 3],
        answer: impl Fn(&dyn customer::PurchaseModel, Customer) -> f64 + Send + Sync,
    ) -> PyResult<Numbers<'py>> {
        let columns = columns(frequency, recency, age)?;
        let model = self.0.model();
        let answers = detached(py, || {
            Ok(purchases(columns)?.iter().map(|customer| answer(model, customer)).collect())
        })?;
        Ok(numbers(py, answers))
    }
}

fn columns<'a>(
    frequency: &'a Column<'_>,
    recency: &'a Column<'_>,
    age: &'a Column<'_>,
) -> PyResult<[&'a [f64]; 3]> {
    Ok([slice("frequency", frequency)?, slice("recency", recency)?, slice("age", age)?])
}

fn purchases([frequency, recency, age]: [&[f64]; 3]) -> Result<Purchases<'_>> {
    Purchases::new(frequency, recency, age)
}
