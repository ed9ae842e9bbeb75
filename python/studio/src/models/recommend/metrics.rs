//! How good rankings are.

use flownote_models::recommend::{self, Metric, with_held_out};
use numpy::{PyArray1, PyReadonlyArray2, PyUntypedArrayMethods as _};
use pyo3::prelude::*;

use super::super::{Numbers, detached, numbers, raise};
use super::{Matrix, ModelError, Parts, Result};

/// Items of members, best first.
type Ranking<'py> = PyReadonlyArray2<'py, i64>;

/// The members of whom something was held out, and for each metric a value for each of them.
type Measured<'py> = (Bound<'py, PyArray1<i64>>, Vec<Numbers<'py>>);

/// What each of `metrics`, such as `ndcg@10`, says of each member's ranking.
#[pyfunction]
pub fn measure_ranking<'py>(
    py: Python<'py>,
    metrics: Vec<String>,
    ranking: Ranking<'py>,
    held_out: Matrix<'py>,
) -> PyResult<Measured<'py>> {
    let ((ranked, depth), parts) = (items(&ranking)?, Parts::of(&held_out)?);
    let (members, values) = detached(py, || {
        let held_out = parts.events()?;
        let values = metrics.iter().map(|name| {
            let metric: Metric = name.parse()?;
            metric.measure(ranked, depth, &held_out)
        });
        let values = values.collect::<Result<Vec<_>>>()?;
        Ok((with_held_out(&held_out), values))
    })?;
    let members = members.into_iter().map(|member| member as i64).collect();
    let values = values.into_iter().map(|values| numbers(py, values)).collect();
    Ok((PyArray1::from_vec(py, members), values))
}

/// The share of `count` items that stand among somebody's first `k`.
#[pyfunction]
pub fn coverage(py: Python<'_>, ranking: Ranking<'_>, k: usize, count: usize) -> PyResult<f64> {
    let (ranked, depth) = items(&ranking)?;
    detached(py, || recommend::coverage(ranked, depth, k, count))
}

/// How little known what members are shown is, in bits.
#[pyfunction]
pub fn novelty(py: Python<'_>, ranking: Ranking<'_>, k: usize, known: Matrix<'_>) -> PyResult<f64> {
    let ((ranked, depth), parts) = (items(&ranking)?, Parts::of(&known)?);
    detached(py, || recommend::novelty(ranked, depth, k, &parts.events()?))
}

/// Items row by row, and how many each row has.
fn items<'a>(ranking: &'a Ranking<'_>) -> PyResult<(&'a [i64], usize)> {
    let slice = ranking.as_slice().map_err(|_| {
        let hint = "call numpy.ascontiguousarray on it";
        raise(ranking.py(), &ModelError::input("ranking", "doesn't lie in one piece", hint))
    })?;
    Ok((slice, ranking.shape()[1]))
}
