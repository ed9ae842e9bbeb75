//! Cells, columns, and a place to compile them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array};
use flownote_flow::help::Help;
use flownote_kernel::wasm::{Engine, Error, Function, Module, Options, compile};

/// The Python with the C compiler: the one that the tests of Python use.
pub fn python() -> PathBuf {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::env::var_os("FLOWNOTE_TEST_PYTHON")
        .map_or_else(|| repository.join(".venv/bin/python"), PathBuf::from)
}

pub fn compile_in(folder: &Path, text: &str) -> Result<Module, Error> {
    let options = Options { folder, python: &python(), label: "cell 3" };
    compile(&Engine::new().unwrap(), text, &options)
}

pub fn cell(text: &str) -> Result<Module, Error> {
    compile_in(Path::new("."), text)
}

/// The first function of a cell that is as it should be.
pub fn function(text: &str) -> Function {
    match cell(text) {
        Ok(module) => module.functions()[0].clone(),
        Err(error) => panic!("{error}\n{text}"),
    }
}

pub fn f64s(values: &[f64]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

/// An error as a user reads it.
pub fn in_words(error: &Error) -> String {
    match error.hint() {
        Some(hint) => format!("{error}\nhint: {hint}"),
        None => error.to_string(),
    }
}

/// A column function in WAT: `body` computes a row's result from `$at`, the row's number.
pub fn column(header: &str, inputs: usize, body: &str) -> String {
    let parameters: Vec<String> =
        (0..inputs).map(|index| format!("(param $in{index} i32)")).collect();
    format!(
        r#"{header}
(module
  (memory (export "memory") 1)
  (func $f (export "f") (param $rows i32) {} (param $out i32) (result i32)
    (local $at i32)
    (block $end
      (loop $next
        (br_if $end (i32.ge_u (local.get $at) (local.get $rows)))
        {body}
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (i32.const 0)))"#,
        parameters.join(" ")
    )
}

/// A column function of one `f64` column that adds one to each row.
pub fn add_one(settings: &str) -> String {
    column(
        &format!(";; export: f(x: f64[]) -> f64[]\n{settings}"),
        1,
        "(f64.store (i32.add (local.get $out) (i32.mul (local.get $at) (i32.const 8)))
           (f64.add (f64.const 1) (f64.load
             (i32.add (local.get $in0) (i32.mul (local.get $at) (i32.const 8))))))",
    )
}
