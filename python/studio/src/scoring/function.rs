//! Functions of models, for Python.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use flownote_kernel::wasm::Argument;
use flownote_models::scoring::{self, Signature};
use flownote_models::{ModelError, Result, Saved};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use super::score;
use crate::columns::{ResultColumn, arguments};
use crate::models::{interruptible, raise};

/// A function's name, each parameter's name and unit, and what it gives.
type Described = (&'static str, Vec<(String, &'static str)>, &'static str);

fn described(signature: &Signature) -> Described {
    let parameters =
        signature.parameters.iter().map(|it| (it.name.clone().into_owned(), it.unit)).collect();
    (signature.name, parameters, signature.returns)
}

/// The functions of the model in a file.
#[pyfunction]
pub fn scoring_functions(py: Python<'_>, data: &[u8]) -> PyResult<Vec<Described>> {
    let offers = Saved::from_bytes(data).and_then(|saved| scoring::offers(&saved));
    let offers = offers.map_err(|error| raise(py, &error))?;
    Ok(offers.iter().map(described).collect())
}

/// One function of a fitted model.
#[pyclass(frozen, module = "flownote_studio._studio.scoring")]
pub struct ScoringFunction(scoring::ScoringFunction);

#[pymethods]
impl ScoringFunction {
    /// A function of the model in a file; some arguments are the same for all rows.
    #[staticmethod]
    fn of(
        py: Python<'_>,
        data: &[u8],
        function: &str,
        fixed: BTreeMap<String, f64>,
    ) -> PyResult<Self> {
        let made = Saved::from_bytes(data)
            .and_then(|saved| scoring::ScoringFunction::new(saved, function, &fixed));
        made.map(Self).map_err(|error| raise(py, &error))
    }

    /// The function that `to_bytes` wrote.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        let read = Saved::from_bytes(data).and_then(scoring::ScoringFunction::load);
        read.map(Self).map_err(|error| raise(py, &error))
    }

    /// The function with its model as one file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.save().to_bytes())
    }

    /// The model's kind.
    #[getter]
    fn kind(&self) -> &str {
        self.0.kind()
    }

    /// The function's name, each free parameter's name and unit, and what it gives.
    fn described(&self) -> Described {
        described(self.0.signature())
    }

    /// The arguments that are the same for all rows.
    fn fixed(&self) -> BTreeMap<String, f64> {
        self.0.fixed().clone()
    }

    /// Calls it with columns, and with numbers that stand for all rows. Other threads run
    /// meanwhile.
    fn call(&self, py: Python<'_>, arguments: &Bound<'_, PyList>) -> PyResult<ResultColumn> {
        let arguments: Vec<Argument> =
            arguments.iter().map(|value| arguments::read(&value)).collect::<PyResult<_>>()?;
        let answers = interruptible(py, None, |watch| {
            score(&self.0, &self.columns(arguments)?, &|| watch.stop()).map_err(with_row)
        })?;
        Ok(ResultColumn::new(answers))
    }
}

impl ScoringFunction {
    /// Arguments as columns of 64-bit floats, of one length.
    fn columns(&self, arguments: Vec<Argument>) -> Result<Vec<ArrayRef>> {
        let rows = arguments.iter().find_map(|argument| match argument {
            Argument::Column(column) => Some(column.len()),
            Argument::Constant(_) => None,
        });
        let rows = rows.unwrap_or(1);
        let names = self.0.signature().parameters.iter().map(|it| it.name.as_ref());
        let column = |(name, argument): (&str, Argument)| match argument {
            Argument::Column(column) => numbers(name, &column),
            Argument::Constant(value) => {
                let zeros = arrow::array::UInt64Array::from(vec![0; rows]);
                let repeated = arrow::compute::take(&numbers(name, &value)?, &zeros, None);
                repeated.map_err(|error| unfit(format!("can't be used: {error}")))
            }
        };
        names.zip(arguments).map(column).collect()
    }
}

fn numbers(name: &str, column: &ArrayRef) -> Result<ArrayRef> {
    let found = column.data_type();
    let inner = match found {
        DataType::Dictionary(_, values) => values,
        other => other,
    };
    if !(inner.is_numeric() || matches!(inner, DataType::Boolean | DataType::Null)) {
        return Err(unfit(format!("are numbers, and `{name}` is {found}")));
    }
    if *found == DataType::Float64 {
        return Ok(Arc::clone(column));
    }
    cast(column, &DataType::Float64).map_err(|error| unfit(format!("can't be used: {error}")))
}

fn unfit(problem: String) -> ModelError {
    ModelError::input("columns", problem, "give columns of numbers, or numbers for all rows")
}

/// With the row, which is one that the caller knows.
fn with_row(error: ModelError) -> ModelError {
    match error {
        ModelError::Row { name, problem, row, values, hint } => {
            ModelError::Input { name, problem: format!("{problem} at row {row} ({values})"), hint }
        }
        other => other,
    }
}
