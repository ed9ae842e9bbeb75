//! One WASM cell: compiled, its functions bound under their names.

use flownote_data::BatchFunction;
use flownote_data::arrow::array::ArrayRef;
use flownote_data::arrow::datatypes::DataType;
use flownote_flow::help::Help;
use flownote_kernel::protocol::{Defined, Execute, Frame, Output};
use flownote_kernel::wasm::{self, Module};
use flownote_notebook::CellId;
use serde_json::Map;

use super::export::of_function;
use super::host::{Host, Outcome};
use super::versions::Version;
use crate::wasm::{SqlFunction, engine};

/// Runs a cell; the error is what it shows.
pub async fn run(host: &Host, execute: &Execute) -> Result<Outcome, Output> {
    let module = compile(host, execute).await?;
    let mut outcome = Outcome::default();
    let mut lines = Vec::new();
    for function in module.functions() {
        let name = function.signature().name.clone();
        let value = of_function(&host.values, function);
        let value = value.map_err(|error| shown("WasmError", &error, execute))?;
        lines.push(function.signature().to_string());
        outcome.finished.defined.push((
            name.clone(),
            Defined {
                type_name: value.record.type_name.clone(),
                summary: value.record.preview.clone(),
                live: false,
                digest: Some(value.record.digest.to_string()),
            },
        ));
        let mut versions = host.versions();
        versions.make(&name, execute.execution, Version::Function(function.clone()));
    }
    let mut data = Map::new();
    data.insert("text/plain".into(), lines.join("\n").into());
    outcome.outputs.push(Output::Result { data, metadata: Map::new(), count: execute.count });
    Ok(outcome)
}

async fn compile(host: &Host, execute: &Execute) -> Result<Module, Output> {
    let (folder, python) = (host.folder.clone(), host.python.clone());
    let (code, label) = (execute.code.clone(), execute.label.clone());
    // Compilers run for seconds: not on a thread that others wait for.
    let compiled = tokio::task::spawn_blocking(move || {
        let engine = engine().map_err(|error| wasm::Error::Host { reason: error.to_string() })?;
        let options = wasm::Options { folder: &folder, python: &python, label: &label };
        wasm::compile(engine, &code, &options)
    });
    match compiled.await {
        Ok(module) => module.map_err(|error| shown("WasmError", &error, execute)),
        Err(panic) => Err(super::sql_cell::crash(execute, panic)),
    }
}

fn shown(name: &str, error: &dyn Help, execute: &Execute) -> Output {
    let message = error.to_string();
    let hint = error.hint();
    let mut traceback: Vec<String> = message.lines().map(str::to_owned).collect();
    traceback.extend(hint.as_ref().map(|hint| format!("hint: {hint}")));
    let frame = Frame { cell: Some(CellId::new(execute.cell.as_str())), ..Frame::default() };
    Output::Error { name: name.into(), message, traceback, frames: vec![frame], hint }
}

/// A function under the name that it is bound to, which may not be its own.
#[derive(Debug)]
pub struct Named {
    name: String,
    function: SqlFunction,
}

impl Named {
    pub fn new(name: &str, function: SqlFunction) -> Self {
        Self { name: name.to_owned(), function }
    }
}

impl BatchFunction for Named {
    fn name(&self) -> &str {
        &self.name
    }

    fn arguments(&self) -> &[DataType] {
        self.function.arguments()
    }

    fn returns(&self) -> &DataType {
        self.function.returns()
    }

    fn call(
        &self,
        arguments: &[ArrayRef],
        rows: usize,
    ) -> Result<ArrayRef, Box<dyn Help + Send + Sync>> {
        self.function.call(arguments, rows)
    }
}
