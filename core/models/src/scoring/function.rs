//! [`ScoringFunction`]: one function of one model, as a value.

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Answers, Signature, answers};
use crate::{ModelError, Result, Saved};

/// The entry of a saved model's parameters that names a function of it.
const SCORING: &str = "scoring";

/// How many rows a thread takes at a time.
const ROWS: usize = 8192;

/// What that entry holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Chosen {
    function: String,
    /// As text: JSON may round the last digit of a number.
    fixed: BTreeMap<String, String>,
}

/// A function of a fitted model: a row of numbers in, a number out.
pub struct ScoringFunction {
    saved: Saved,
    /// Of the arguments that aren't fixed.
    signature: Signature,
    /// Where each of the model's arguments is from.
    sources: Vec<Source>,
    fixed: BTreeMap<String, f64>,
    answers: Answers,
}

/// Where an argument is from.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Source {
    /// A column of that number.
    Column(usize),
    /// The same for all rows.
    Fixed(f64),
}

impl ScoringFunction {
    /// A function of a model, some of whose arguments are `fixed`: the same for all rows.
    ///
    /// # Errors
    /// [`ModelError::Input`] where the model has no such function, or that no such argument;
    /// [`ModelError::Saved`] where it isn't a fitted model that scores rows.
    pub fn new(mut saved: Saved, function: &str, fixed: &BTreeMap<String, f64>) -> Result<Self> {
        let (mut signature, answers) = answers(&saved, function)?;
        for name in fixed.keys() {
            if !signature.parameters.iter().any(|it| it.name == *name) {
                let hint = format!("`{function}` takes {}", signature.names());
                let problem = format!("names `{name}`, which `{function}` doesn't take");
                return Err(ModelError::input("fixed", problem, hint));
            }
        }
        let mut columns = 0;
        let mut source = |name: &str| match fixed.get(name) {
            Some(value) => Source::Fixed(*value),
            None => {
                columns += 1;
                Source::Column(columns - 1)
            }
        };
        let sources = signature.parameters.iter().map(|it| source(&it.name)).collect();
        signature.parameters.retain(|it| !fixed.contains_key(it.name.as_ref()));
        if signature.parameters.is_empty() {
            let hint = "leave one that is of the row";
            return Err(ModelError::input("fixed", "names all arguments", hint));
        }
        let texts = fixed.iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
        let chosen = Chosen { function: function.to_owned(), fixed: texts };
        if let Some(parameters) = saved.parameters.as_object_mut() {
            let chosen = serde_json::to_value(chosen).expect("texts have a JSON form");
            parameters.insert(SCORING.to_owned(), chosen);
        }
        Ok(Self { saved, signature, sources, fixed: fixed.clone(), answers })
    }

    /// Whether a file is a function's rather than a model's.
    #[must_use]
    pub fn is_in(saved: &Saved) -> bool {
        saved.parameters.get(SCORING).is_some()
    }

    /// The function that a file is of.
    ///
    /// # Errors
    /// [`ModelError::Saved`] where it isn't a function's, or of a version that has others.
    pub fn load(saved: Saved) -> Result<Self> {
        let damaged =
            |problem: String| ModelError::Saved { kind: "scoring function".to_owned(), problem };
        let entry = saved.parameters.get(SCORING).cloned().unwrap_or_default();
        let chosen: Chosen = serde_json::from_value(entry)
            .map_err(|error| damaged(format!("it doesn't say which function it is: {error}")))?;
        let number = |(name, value): (&String, &String)| match value.parse::<f64>() {
            Ok(value) => Ok((name.clone(), value)),
            Err(_) => Err(damaged(format!("`{value}` is no number"))),
        };
        let fixed = chosen.fixed.iter().map(number).collect::<Result<_>>()?;
        Self::new(saved, &chosen.function, &fixed).map_err(|error| match error {
            ModelError::Input { .. } => damaged(error.to_string()),
            other => other,
        })
    }

    /// The function with its model, as one file.
    #[must_use]
    pub fn save(&self) -> &Saved {
        &self.saved
    }

    /// What it takes and gives. Fixed arguments aren't among its parameters.
    #[must_use]
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// The arguments that are the same for all rows.
    #[must_use]
    pub fn fixed(&self) -> &BTreeMap<String, f64> {
        &self.fixed
    }

    /// What its model is, as files have it: `customer.bg_nbd`.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.saved.kind
    }

    /// The number of each row. `stop` is asked now and then whether to end.
    ///
    /// # Errors
    /// [`ModelError::Input`] where there are other columns than parameters or they are of several
    /// lengths; [`ModelError::Row`] with the first row that has no answer;
    /// [`ModelError::Cancelled`] when `stop` says so.
    pub fn score(&self, columns: &[&[f64]], stop: &(dyn Fn() -> bool + Sync)) -> Result<Vec<f64>> {
        let rows = self.rows(columns)?;
        let starts: Vec<usize> = (0..rows).step_by(ROWS).collect();
        let part = |&start: &usize| match stop() {
            true => Err(ModelError::Cancelled),
            false => self.part(columns, start, ROWS.min(rows - start)),
        };
        // A query's batch is one part, and stays on its thread.
        let parts: Vec<Result<Vec<f64>>> = match starts.as_slice() {
            [only] => vec![part(only)],
            _ => starts.par_iter().map(part).collect(),
        };
        // The first part that failed, on however many threads.
        let parts: Vec<Vec<f64>> = parts.into_iter().collect::<Result<_>>()?;
        Ok(parts.concat())
    }

    fn rows(&self, columns: &[&[f64]]) -> Result<usize> {
        let wanted = self.signature.parameters.len();
        if columns.len() != wanted {
            let problem = format!("are {} columns, not {wanted}", columns.len());
            let hint = format!("give {}", self.signature.names());
            return Err(ModelError::input("columns", problem, hint));
        }
        let rows = columns[0].len();
        match columns.iter().find(|column| column.len() != rows) {
            None => Ok(rows),
            Some(other) => {
                let problem = format!("are of {rows} rows and of {}", other.len());
                Err(ModelError::input("columns", problem, "give columns of one length"))
            }
        }
    }

    /// The numbers of some rows.
    fn part(&self, columns: &[&[f64]], start: usize, rows: usize) -> Result<Vec<f64>> {
        let fixed: Vec<Vec<f64>> = self
            .sources
            .iter()
            .map(|source| match source {
                Source::Fixed(value) => vec![*value; rows],
                Source::Column(_) => Vec::new(),
            })
            .collect();
        let given: Vec<&[f64]> = self
            .sources
            .iter()
            .zip(&fixed)
            .map(|(source, fixed)| match source {
                Source::Column(at) => &columns[*at][start..start + rows],
                Source::Fixed(_) => fixed.as_slice(),
            })
            .collect();
        (self.answers)(&given).map_err(|error| match error {
            ModelError::Input { .. } => self.blamed(&given, columns, start).unwrap_or(error),
            other => other,
        })
    }

    /// The first row of a part that has no answer: models check columns whole, and name rows by
    /// their place in a part that nobody sees.
    fn blamed(&self, given: &[&[f64]], columns: &[&[f64]], start: usize) -> Option<ModelError> {
        (0..given[0].len()).find_map(|row| {
            let alone: Vec<&[f64]> = given.iter().map(|column| &column[row..=row]).collect();
            let Err(ModelError::Input { name, problem, hint }) = (self.answers)(&alone) else {
                return None;
            };
            let row = start + row;
            let problem = problem.replacen(" at row 0", "", 1);
            let named = self.signature.parameters.iter().zip(columns);
            let values: Vec<String> =
                named.map(|(it, column)| format!("{} {}", it.name, column[row])).collect();
            Some(ModelError::Row { name, problem, row, values: values.join(", "), hint })
        })
    }
}

impl Debug for ScoringFunction {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} of a {}", self.signature, self.kind())
    }
}
