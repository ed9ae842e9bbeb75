//! A model's function as a function of queries.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use flownote_data::BatchFunction;
use flownote_data::arrow::array::ArrayRef;
use flownote_data::arrow::datatypes::DataType;
use flownote_flow::help::Help;
use flownote_kernel::protocol::ValueRef;
use flownote_kernel::wasm::Interrupt;
use flownote_models::scoring::{ScoringFunction, offers};
use flownote_models::{ModelError, Saved};

use crate::scoring::{returns, score};

/// The codec of models and their functions.
pub const CODEC: &str = "model";

/// The function of a value, called `name` in queries, or what says that it can't be called;
/// `interrupt` ends its calls.
pub fn named(name: &str, value: &ValueRef, interrupt: Interrupt) -> Arc<dyn BatchFunction> {
    match Scoring::read(name, value, interrupt) {
        Ok(function) => Arc::new(function),
        Err(problem) => Arc::new(Unusable { name: name.to_owned(), problem }),
    }
}

/// Joins `flownote_models`' functions and `flownote_data`'s queries, which don't know one
/// another.
struct Scoring {
    name: String,
    function: ScoringFunction,
    arguments: Vec<DataType>,
    returns: DataType,
    interrupt: Interrupt,
}

impl Scoring {
    fn read(name: &str, value: &ValueRef, interrupt: Interrupt) -> Result<Self, Problem> {
        let bytes = super::reading::bytes_of(value)
            .map_err(|error| Problem { message: error.to_string(), hint: None })?;
        let saved = Saved::from_bytes(&bytes).map_err(|error| Problem::of(&error))?;
        if !ScoringFunction::is_in(&saved) {
            return Err(Problem::of_model(name, &saved));
        }
        let function = ScoringFunction::load(saved).map_err(|error| Problem::of(&error))?;
        let arguments = vec![DataType::Float64; function.signature().parameters.len()];
        let returns = returns(&function);
        Ok(Self { name: name.to_owned(), function, arguments, returns, interrupt })
    }
}

impl Debug for Scoring {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.name, self.function)
    }
}

impl BatchFunction for Scoring {
    fn name(&self) -> &str {
        &self.name
    }

    fn arguments(&self) -> &[DataType] {
        &self.arguments
    }

    fn returns(&self) -> &DataType {
        &self.returns
    }

    fn usage(&self) -> String {
        let signature = self.function.signature();
        let units: Vec<String> =
            signature.parameters.iter().map(|it| format!("{} ({})", it.name, it.unit)).collect();
        let (units, kind) = (units.join(", "), self.function.kind());
        format!("`{}` is `{}` of a `{kind}`, and takes {units}", self.name, signature.name)
    }

    fn call(
        &self,
        arguments: &[ArrayRef],
        _rows: usize,
    ) -> Result<ArrayRef, Box<dyn Help + Send + Sync>> {
        let interrupt = &self.interrupt;
        let answers = score(&self.function, arguments, &|| interrupt());
        answers.map_err(|error| Box::new(error) as Box<dyn Help + Send + Sync>)
    }
}

/// What is no function, and why.
#[derive(Debug)]
struct Unusable {
    name: String,
    problem: Problem,
}

/// Why a value can't be called.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
struct Problem {
    message: String,
    hint: Option<String>,
}

impl Help for Problem {
    fn hint(&self) -> Option<String> {
        self.hint.clone()
    }
}

impl Problem {
    fn of(error: &ModelError) -> Self {
        Self { message: error.to_string(), hint: error.hint() }
    }

    /// The value is a model, which has functions but is none.
    fn of_model(name: &str, saved: &Saved) -> Self {
        let message = format!("it is a model (`{}`), not a function of one", saved.kind);
        let hint = match offers(saved).as_deref() {
            Ok([first, ..]) => format!(
                "make one in a Python cell, `score = {name}.function(\"{}\")` say, and call it",
                first.name
            ),
            _ => format!("fit it, and make a function of it: `score = {name}.function(…)`"),
        };
        Self { message, hint: Some(hint) }
    }
}

impl BatchFunction for Unusable {
    fn name(&self) -> &str {
        &self.name
    }

    /// Such that no call fits.
    fn arguments(&self) -> &[DataType] {
        &[DataType::Null]
    }

    fn returns(&self) -> &DataType {
        &DataType::Float64
    }

    fn usage(&self) -> String {
        self.problem.hint.clone().unwrap_or_default()
    }

    fn refuses(&self) -> Option<Box<dyn Help + Send + Sync>> {
        Some(Box::new(self.problem.clone()))
    }

    fn call(
        &self,
        _arguments: &[ArrayRef],
        _rows: usize,
    ) -> Result<ArrayRef, Box<dyn Help + Send + Sync>> {
        Err(Box::new(self.problem.clone()))
    }
}
