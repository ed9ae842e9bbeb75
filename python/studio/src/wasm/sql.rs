//! A WASM function as a function of queries.

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use flownote_data::BatchFunction;
use flownote_flow::help::Help;
use flownote_kernel::wasm::{Argument, Error, Function, Interrupt, data_type};

/// Joins `flownote_kernel`'s functions and `flownote_data`'s queries, which don't know one
/// another.
pub struct SqlFunction {
    function: Function,
    arguments: Vec<DataType>,
    returns: DataType,
    interrupt: Option<Interrupt>,
}

impl SqlFunction {
    /// A function that queries may call: its rows must not depend on one another, as a
    /// query shows it a part of a table at a time. `interrupt` ends its calls.
    pub fn new(function: Function, interrupt: Option<Interrupt>) -> Result<Self, Error> {
        function.refuse_parts()?;
        let signature = function.signature();
        let arguments = signature.inputs.iter().map(|input| data_type(input.element)).collect();
        let returns = data_type(signature.output);
        Ok(Self { arguments, returns, function, interrupt })
    }
}

impl std::fmt::Debug for SqlFunction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.function.fmt(f)
    }
}

impl BatchFunction for SqlFunction {
    fn name(&self) -> &str {
        &self.function.signature().name
    }

    fn arguments(&self) -> &[DataType] {
        &self.arguments
    }

    fn returns(&self) -> &DataType {
        &self.returns
    }

    fn usage(&self) -> String {
        format!("`{}` is a function of a WASM cell", self.function.signature())
    }

    fn call(
        &self,
        arguments: &[ArrayRef],
        rows: usize,
    ) -> Result<ArrayRef, Box<dyn Help + Send + Sync>> {
        let arguments: Vec<Argument> = arguments.iter().cloned().map(Argument::Column).collect();
        let result = self.function.call_batch(&arguments, rows, self.interrupt.clone());
        result.map_err(|error| Box::new(error) as Box<dyn Help + Send + Sync>)
    }
}
