//! What a cell's author does wrong is said with what to do.

use crate::support::{cell, compile_in, in_words};

#[track_caller]
fn check(text: &str, parts: &[&str]) {
    let error = cell(text).expect_err(text);
    let said = in_words(&error);
    for part in parts {
        assert!(said.contains(part), "{part}\n---\n{said}");
    }
}

#[test]
fn a_cell_without_functions_is_shown_the_line_that_it_lacks() {
    check("(module)", &["exports no function", ";; export: score(x: f64[], y: i32[]) -> f64[]"]);
    let folder = tempfile::tempdir().unwrap();
    let add = "(module (func (export \"add\") (param i32 f64) (result f64) (local.get 1)))";
    std::fs::write(folder.path().join("add.wat"), add).unwrap();
    let error = compile_in(folder.path(), "file: add.wat").unwrap_err();
    assert!(in_words(&error).contains(";; export: add(x0: i32, x1: f64) -> f64"), "{error}");
}

#[test]
fn text_without_a_header_defines_its_functions_of_numbers() {
    let module = cell(
        "(module (memory (export \"memory\") 1) (func (export \"_start\"))
         (func (export \"two\") (result i32 i32) (i32.const 1) (i32.const 2))
         (func (export \"add\") (param i32 i32) (result i32)
           (i32.add (local.get 0) (local.get 1))))",
    )
    .unwrap();
    let found: Vec<String> =
        module.functions().iter().map(|function| function.signature().to_string()).collect();
    assert_eq!(found, ["add(x0: i32, x1: i32) -> i32"]);
}

#[test]
fn text_that_is_not_webassembly_is_shown_with_its_line() {
    check(";; export: f() -> i32\n(module\n  (fun))", &["cell 3:3", "(fun)"]);
    check(
        ";; export: f() -> i32\n(module (func (export \"f\") (result i32)))",
        &["the module is not valid", "type mismatch"],
    );
}

#[test]
fn imports_are_named() {
    check(
        ";; export: f() -> i32\n(module \
         (import \"wasi_snapshot_preview1\" \"fd_write\" (func)) (import \"env\" \"table\" \
         (table 1 funcref)) (func (export \"f\") (result i32) (i32.const 1)))",
        &[
            "imports `wasi_snapshot_preview1.fd_write` and `env.table`",
            "hint: compile without WASI",
        ],
    );
}

#[test]
fn a_function_that_is_not_there_or_is_another_is_named() {
    let module = "(module (func (export \"score\") (param f64) (result f64) (local.get 0)))";
    check(
        &format!(";; export: scor(x: f64) -> f64\n{module}"),
        &["exports no function `scor`; it has `score`", "did you mean `score`?"],
    );
    check(
        &format!(";; export: score(x: i64) -> f64\n{module}"),
        &["needs a function of type `(i64) -> (f64)`, and the module's is `(f64) -> (f64)`"],
    );
    check(
        &format!(";; export: score(x: f64[]) -> f64[]\n{module}"),
        &["needs a function of type `(i32, i32, i32) -> (i32)`"],
    );
    check(
        &format!(";; export: score(x: f64) -> f64\n;; nulls: guest\n{module}"),
        &["is called once for each row, so it can't have `nulls: guest`"],
    );
    check(
        ";; export: f(x: f64[]) -> f64[]\n(module (func (export \"f\") \
         (param i32 i32 i32) (result i32) (i32.const 0)))",
        &["exports no memory named `memory`", "(memory (export \"memory\") 1)"],
    );
}

#[test]
fn a_header_that_is_wrong_is_shown_with_its_line() {
    check(";; nulls: guest\n;; export: f(x: text) -> f64\n(module)", &["line 2", "`text`"]);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    check(
        ";; export: f() -> i32\nfile: models/none.wasm",
        &["models/none.wasm` can't be read", "relative to the notebook's folder"],
    );
}
