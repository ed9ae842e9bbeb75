//! From transactions to customers' pasts.

use flownote_models::ModelError;
use flownote_models::customer::{self, Transactions, Window};
use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;

use super::super::{Column, Numbers, detached, numbers, raise, slice};

/// Customers' numbers, frequencies, recencies, ages, values and later purchases.
type Found<'py> = (Bound<'py, PyArray1<u32>>, [Numbers<'py>; 5]);

/// The pasts of customers, of whom each transaction has the number.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "Python names them")]
pub fn rfm<'py>(
    py: Python<'py>,
    customer: PyReadonlyArray1<'py, u32>,
    time: Column<'py>,
    value: Column<'py>,
    end: f64,
    horizon: f64,
    merge: f64,
    unit: f64,
) -> PyResult<Found<'py>> {
    let customer = customer.as_slice().map_err(|_| {
        let problem = "doesn't lie in one piece";
        raise(py, &ModelError::input("customer", problem, "call numpy.ascontiguousarray on it"))
    })?;
    let (time, value) = (slice("time", &time)?, slice("value", &value)?);
    let window = Window { end, horizon, merge, unit };
    let found = detached(py, || customer::rfm(&Transactions { customer, time, value }, window))?;
    let columns = [found.frequency, found.recency, found.age, found.value, found.later];
    Ok((PyArray1::from_vec(py, found.customer), columns.map(|column| numbers(py, column))))
}
