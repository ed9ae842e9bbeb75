//! One WASM cell: compiled, its functions bound under their names.

use flownote_data::arrow::array::ArrayRef;
use flownote_data::arrow::datatypes::DataType;
use flownote_data::{BatchFunction, Place};
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
        let value = value.map_err(|error| shown(&error, &error.to_string(), None, execute))?;
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
        Ok(module) => module
            .map_err(|error| shown(&error, &error.summary(), error.place(&execute.label), execute)),
        Err(panic) => Err(super::sql_cell::crash(execute, panic)),
    }
}

/// An error as a cell shows it: what, in a line; what a compiler says of it, or else the line
/// with a caret; what to do now.
fn shown(error: &dyn Help, message: &str, at: Option<(u32, u32)>, execute: &Execute) -> Output {
    const NAME: &str = "WasmError";
    let whole = error.to_string();
    let mut traceback = vec![format!("\u{1b}[31m{NAME}\u{1b}[0m: {message}")];
    // A compiler shows the line by itself.
    let said = whole.lines().skip(1).filter(|line| !message.ends_with(line));
    traceback.extend(said.map(str::to_owned));
    let mut frame = Frame { cell: Some(CellId::new(execute.cell.as_str())), ..Frame::default() };
    if let Some((line, column)) = at {
        frame.line = line;
        let text = execute.code.lines().nth(line.saturating_sub(1) as usize).unwrap_or_default();
        text.clone_into(&mut frame.text);
        if traceback.len() == 1 {
            let place = Place { line, column: column.max(1), length: 1, text: text.to_owned() };
            traceback.extend(place.show(&execute.label));
        }
    }
    let hint = error.hint();
    traceback.extend(hint.as_ref().map(|hint| format!("hint: {hint}")));
    let (name, message) = (NAME.to_owned(), message.to_owned());
    Output::Error { name, message, traceback, frames: vec![frame], hint }
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

    fn usage(&self) -> String {
        self.function.usage()
    }

    fn call(
        &self,
        arguments: &[ArrayRef],
        rows: usize,
    ) -> Result<ArrayRef, Box<dyn Help + Send + Sync>> {
        self.function.call(arguments, rows)
    }
}
