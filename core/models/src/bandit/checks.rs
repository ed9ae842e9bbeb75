//! Columns that fit each other, and numbers that are some; else the first row that isn't.

use crate::{ModelError, Result};

/// Says that a column has another length than the log.
pub(super) fn same_length(name: &'static str, found: usize, rows: usize) -> Result<()> {
    if found == rows {
        return Ok(());
    }
    Err(ModelError::input(
        name,
        format!("has {found} rows, and `actions` has {rows}"),
        "give one value per row of the log",
    ))
}

/// Says which row isn't an action.
pub(super) fn check_actions(
    name: &'static str,
    actions: &[i64],
    count: Option<usize>,
) -> Result<()> {
    let end = count.map_or(i64::MAX, |count| i64::try_from(count).unwrap_or(i64::MAX));
    // Without a branch for each; where one is wrong it is looked for.
    if actions.iter().fold(true, |fit, action| fit & (0..end).contains(action)) {
        return Ok(());
    }
    match actions.iter().position(|action| !(0..end).contains(action)) {
        None => Ok(()),
        Some(row) => Err(ModelError::input(
            name,
            format!("has {} at row {row}", actions[row]),
            count.map_or_else(
                || "actions are numbered from 0".to_owned(),
                |count| format!("the {count} actions are numbered from 0 to {}", count - 1),
            ),
        )),
    }
}

/// Says which row isn't a number.
pub(super) fn check_finite(name: &'static str, values: &[f64]) -> Result<()> {
    match first_not_finite(values) {
        None => Ok(()),
        Some(row) => Err(ModelError::input(
            name,
            format!("has {} at row {row}", values[row]),
            "leave out rows without a number, or fill them in",
        )),
    }
}

/// Where the first number stands that isn't finite.
pub(super) fn first_not_finite(values: &[f64]) -> Option<usize> {
    // Without a branch for each; where one is wrong it is looked for.
    if values.iter().fold(true, |fit, value| fit & value.is_finite()) {
        return None;
    }
    values.iter().position(|value| !value.is_finite())
}
