//! Scoring functions on Arrow columns: `flownote_models` knows slices alone.
//!
//! Python calls one with columns of any numbers ([`function`]), queries with a
//! part of a table ([`interpreter`](crate::interpreter)). A row with a null isn't shown to the
//! model, and its answer is null.

mod function;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Float64Type};
use flownote_models::scoring::ScoringFunction;
use flownote_models::{ModelError, Result};
use pyo3::prelude::*;

/// The native half of `flownote.models.scoring`.
#[pymodule(submodule)]
pub mod scoring {
    #[pymodule_export]
    use super::function::{ScoringFunction, scoring_functions};
}

/// The type of a function's answers.
pub fn returns(function: &ScoringFunction) -> DataType {
    if function.signature().whole { DataType::Int64 } else { DataType::Float64 }
}

/// The answers of a function for columns of 64-bit floats.
pub fn score(
    function: &ScoringFunction,
    columns: &[ArrayRef],
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<ArrayRef> {
    let columns: Vec<&Float64Array> =
        columns.iter().map(|column| column.as_primitive::<Float64Type>()).collect();
    // Those of several lengths are refused below, in words.
    let even = columns.windows(2).all(|two| two[0].len() == two[1].len());
    let nulls = columns.iter().filter(|_| even).fold(None, |nulls, column| {
        NullBuffer::union(nulls.as_ref(), column.logical_nulls().as_ref())
    });
    let Some(nulls) = nulls.filter(|nulls| nulls.null_count() > 0) else {
        let values: Vec<&[f64]> = columns.iter().map(|column| &column.values()[..]).collect();
        return Ok(array(function, function.score(&values, stop)?, None));
    };
    let known = |column: &&Float64Array| -> Vec<f64> {
        nulls.valid_indices().map(|row| column.value(row)).collect()
    };
    let kept: Vec<Vec<f64>> = columns.iter().map(known).collect();
    let kept: Vec<&[f64]> = kept.iter().map(Vec::as_slice).collect();
    let found = function.score(&kept, stop).map_err(|error| match error {
        ModelError::Row { name, problem, row, values, hint } => {
            let row = nulls.valid_indices().nth(row).unwrap_or(row);
            ModelError::Row { name, problem, row, values, hint }
        }
        other => other,
    })?;
    let mut answers = vec![0.0; nulls.len()];
    nulls.valid_indices().zip(found).for_each(|(row, answer)| answers[row] = answer);
    Ok(array(function, answers, Some(nulls)))
}

fn array(function: &ScoringFunction, answers: Vec<f64>, nulls: Option<NullBuffer>) -> ArrayRef {
    if function.signature().whole {
        let whole: Vec<i64> = answers.into_iter().map(|answer| answer as i64).collect();
        Arc::new(Int64Array::new(whole.into(), nulls))
    } else {
        Arc::new(Float64Array::new(answers.into(), nulls))
    }
}
