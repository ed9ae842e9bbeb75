//! [`BatchFunction`]: a function of another language that queries can call.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use flownote_flow::help::Help;

/// A function over columns: given arrays of one length, it returns one of that length.
pub trait BatchFunction: Debug + Send + Sync {
    /// What queries call it.
    fn name(&self) -> &str;

    /// The types of its arguments; others are converted when nothing is lost.
    fn arguments(&self) -> &[DataType];

    /// The type of what it returns.
    fn returns(&self) -> &DataType;

    /// What a query that calls it wrongly should know: how it is called, and what it is.
    fn usage(&self) -> String;

    /// Why it can't be called at all, if it can't: a query that does is refused.
    fn refuses(&self) -> Option<Box<dyn Help + Send + Sync>> {
        None
    }

    /// Whether equal arguments give equal results.
    fn deterministic(&self) -> bool {
        true
    }

    /// Calls it on `rows` rows.
    ///
    /// # Errors
    /// What the function's author should see; the query ends with it.
    fn call(
        &self,
        arguments: &[ArrayRef],
        rows: usize,
    ) -> std::result::Result<ArrayRef, Box<dyn Help + Send + Sync>>;
}

/// What a function said when it failed, on its way through a plan.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Failed {
    pub(crate) function: String,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

/// The function as DataFusion sees it.
pub(crate) fn scalar_function(function: Arc<dyn BatchFunction>) -> ScalarUDF {
    let volatility =
        if function.deterministic() { Volatility::Immutable } else { Volatility::Volatile };
    let signature = match function.arguments() {
        [] => Signature::nullary(volatility),
        types => Signature::exact(types.to_vec(), volatility),
    };
    // Unquoted names of functions arrive in lower case.
    let lower = function.name().to_lowercase();
    let aliases = if lower == function.name() { vec![] } else { vec![lower] };
    ScalarUDF::new_from_impl(Adapter { function, signature, aliases })
}

/// Whether a function came from another language.
pub(crate) fn is_foreign(function: &ScalarUDF) -> bool {
    (function.inner().as_ref() as &dyn std::any::Any).is::<Adapter>()
}

/// What queries can call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Callable {
    /// The names of all functions.
    pub(crate) names: Vec<String>,
    /// Those of other languages.
    pub(crate) foreign: BTreeMap<String, Arc<dyn BatchFunction>>,
}

/// Where no query is.
pub(crate) static NOTHING: Callable = Callable { names: Vec::new(), foreign: BTreeMap::new() };

impl Callable {
    /// What is wrong with a call that was refused, in our words: of a function of another
    /// language, as the planner says little more of it than its name.
    pub(crate) fn refused(&self, message: &str) -> Option<Failed> {
        let given = "Failed to coerce arguments to satisfy a call to '";
        let (name, given) = if let Some((_, rest)) = message.split_once(given) {
            let (name, rest) = rest.split_once("' function: coercion from ")?;
            (name, types(rest.split(" to the signature ").next()?))
        } else {
            let rest = message.strip_prefix('\'')?;
            (rest.split_once("' does not support zero arguments")?.0, Vec::new())
        };
        let function = self.foreign.get(name)?;
        if let Some(problem) = function.refuses() {
            let (message, hint) = (problem.to_string(), problem.hint());
            return Some(Failed { function: name.to_owned(), message, hint });
        }
        let wanted = function.arguments();
        let message = if wanted.len() == given.len() {
            let wanted: Vec<String> = wanted.iter().map(ToString::to_string).collect();
            let (wanted, given) = (wanted.join(", "), given.join(", "));
            format!("it takes columns of {wanted}, and is given {given}")
        } else {
            let word = if wanted.len() == 1 { "argument" } else { "arguments" };
            format!("it takes {} {word}, and is given {}", wanted.len(), given.len())
        };
        Some(Failed { function: name.to_owned(), message, hint: Some(function.usage()) })
    }
}

/// A list of types, which may have commas inside.
fn types(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0_usize, 0, Vec::new());
    for (at, letter) in text.char_indices() {
        match letter {
            '(' | '<' | '[' | '{' => depth += 1,
            ')' | '>' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                found.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(text[start..].trim());
    found
}

#[derive(Debug)]
struct Adapter {
    function: Arc<dyn BatchFunction>,
    signature: Signature,
    aliases: Vec<String>,
}

impl PartialEq for Adapter {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.function, &other.function)
    }
}

impl Eq for Adapter {}

impl Hash for Adapter {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.function).hash(state);
    }
}

impl ScalarUDFImpl for Adapter {
    fn name(&self) -> &str {
        self.function.name()
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(self.function.returns().clone())
    }

    fn invoke_with_args(&self, call: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = call.number_rows;
        // Constants only: one row is enough, and stands for all.
        let constant = !call.args.is_empty()
            && self.function.deterministic()
            && call.args.iter().all(|value| matches!(value, ColumnarValue::Scalar(_)));
        let length = if constant { 1 } else { rows };
        let arguments: Vec<ArrayRef> =
            call.args.into_iter().map(|value| value.into_array(length)).collect::<Result<_>>()?;
        let result = self.function.call(&arguments, length).map_err(|error| {
            DataFusionError::External(Box::new(Failed {
                function: self.function.name().to_owned(),
                message: error.to_string(),
                hint: error.hint(),
            }))
        })?;
        self.check(&result, length)?;
        if constant {
            return datafusion::common::ScalarValue::try_from_array(&result, 0)
                .map(ColumnarValue::Scalar);
        }
        Ok(ColumnarValue::Array(result))
    }
}

impl Adapter {
    fn check(&self, result: &ArrayRef, rows: usize) -> Result<()> {
        let wrong = if result.len() != rows {
            format!("returned {} values for {rows} rows", result.len())
        } else if result.data_type() != self.function.returns() {
            format!("returned {}, and promised {}", result.data_type(), self.function.returns())
        } else {
            return Ok(());
        };
        Err(DataFusionError::External(Box::new(Failed {
            function: self.function.name().to_owned(),
            message: format!("the function {wrong}"),
            hint: None,
        })))
    }
}
