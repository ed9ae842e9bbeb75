//! C, files, and compilers that are missing.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int32Array};
use flownote_kernel::wasm::{Engine, Options, compile};

use crate::support::{add_one, cell, compile_in, f64s, function, in_words};

const SCORE: &str = r"#include <stdint.h>
// export: score(affinity: f64[], age: i32[]) -> f64[]
int score(int rows, const double *affinity, const int32_t *age, double *out) {
    for (int row = 0; row < rows; row++) {
        out[row] = 0.7 * affinity[row] + 10.0 / age[row];
    }
    return 0;
}
// export: ratio(a: i32, b: i32) -> i32
static int divide(int a, int b) {
    return a / b;
}
int ratio(int a, int b) {
    return divide(a, b);
}
";

#[test]
fn c_is_compiled_and_its_traps_name_the_cells_line() {
    let module = cell(SCORE).unwrap_or_else(|error| panic!("{}", in_words(&error)));
    let ages: ArrayRef = Arc::new(Int32Array::from(vec![Some(10), Some(20), None]));
    let score = module.function("score").unwrap();
    let result = score.call(&[f64s(&[1.0, 2.0, 3.0]), ages.clone()]).unwrap();
    let expected = vec![Some(0.7 + 1.0), Some(1.4 + 0.5), None];
    assert_eq!(&result, &(Arc::new(Float64Array::from(expected)) as ArrayRef));

    let zero: ArrayRef = Arc::new(Int32Array::from(vec![0]));
    let ratio = module.function("ratio").unwrap();
    let text = in_words(&ratio.call(&[zero.clone(), zero]).unwrap_err());
    assert!(text.contains("`ratio` failed: an integer was divided by zero"), "{text}");
    assert!(text.contains("cell 3, line 11"), "{text}");
}

#[test]
fn the_same_c_gives_the_same_module() {
    let stored = || cell(SCORE).unwrap().functions()[0].to_stored().bytes;
    assert_eq!(blake3::hash(&stored()), blake3::hash(&stored()));
}

#[test]
fn c_that_does_not_compile_is_shown_with_the_cells_line() {
    let text = in_words(
        &cell("// export: f(x: f64) -> f64\n\ndouble f(double x) { retur x; }").unwrap_err(),
    );
    assert!(text.contains("the C does not compile") && text.contains("cell 3:3"), "{text}");
    // What the header names must be there.
    let text =
        in_words(&cell("// export: f(x: f64) -> f64\nint g(void) { return 1; }").unwrap_err());
    assert!(text.contains('f') && text.contains("does not compile"), "{text}");
}

#[test]
fn c_may_use_the_mathematics_of_its_library() {
    let f = function(
        "#include <math.h>\n#include <stdlib.h>\n// export: f(x: f64[]) -> f64[]\n\
         int f(int rows, const double *x, double *out) {\n\
         double *copy = malloc(rows * sizeof *copy);\n\
         for (int row = 0; row < rows; row++) copy[row] = pow(x[row], 2.5);\n\
         for (int row = 0; row < rows; row++) out[row] = exp(log(copy[row]));\n\
         free(copy);\n return 0;\n}",
    );
    let x: Vec<f64> = (1..70_000).map(f64::from).collect();
    let result = f.call(&[f64s(&x)]).unwrap();
    let result = result.as_any().downcast_ref::<Float64Array>().unwrap();
    for (x, y) in x.iter().zip(result.values()) {
        assert!((x.powf(2.5) - y).abs() <= 1e-12 * y.abs(), "{x} {y}");
    }
}

#[test]
fn c_that_asks_for_the_system_is_refused_by_name() {
    let text = in_words(
        &cell("#include <stdio.h>\n// export: f() -> i32\nint f(void) { return puts(\"hi\"); }")
            .unwrap_err(),
    );
    assert!(text.contains("imports `wasi_snapshot_preview1."), "{text}");
}

#[test]
fn a_python_without_a_c_compiler_is_told_how_to_get_it() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::new().unwrap();
    // Without `-m`'s packages: an isolated Python of the system has no ziglang.
    let python = folder.path().join("python");
    fs::write(&python, "#!/bin/sh\nexec python3 -S -I \"$@\"\n").unwrap();
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
    let options = Options { folder: folder.path(), python: &python, label: "cell 3" };
    let text = in_words(&compile(&engine, SCORE, &options).unwrap_err());
    assert!(text.contains("has no package `ziglang`"), "{text}");
    assert!(text.contains("-m pip install ziglang"), "{text}");

    let options = Options { python: Path::new("/nowhere/python"), ..options };
    let text = in_words(&compile(&engine, SCORE, &options).unwrap_err());
    assert!(text.contains("`/nowhere/python` can't be started"), "{text}");
}

#[test]
fn rust_is_compiled_where_its_target_is_and_asked_for_where_not() {
    let source = "// export: f(x: f64[]) -> f64[]\n\
        #[unsafe(no_mangle)]\n\
        unsafe extern \"C\" fn f(rows: i32, x: *const f64, out: *mut f64) -> i32 {\n\
        for row in 0..rows as usize { unsafe { *out.add(row) = *x.add(row) + 1.0 } }\n0 }";
    match cell(source) {
        Ok(module) => {
            let result = module.functions()[0].call(&[f64s(&[1.0, 2.0])]).unwrap();
            assert_eq!(&result, &f64s(&[2.0, 3.0]));
        }
        Err(error) => {
            let text = in_words(&error);
            assert!(text.contains("the cell is Rust, and the toolchain has no target"), "{text}");
            assert!(text.contains("rustup target add wasm32-unknown-unknown"), "{text}");
        }
    }
}

#[test]
fn a_compiled_module_is_read_from_the_notebooks_folder() {
    let folder = tempfile::tempdir().unwrap();
    let binary = function(&add_one("")).to_stored().bytes;
    fs::write(folder.path().join("x.wasm"), binary).unwrap();
    let text = ";; export: f(x: f64[]) -> f64[]\nfile: x.wasm\n";
    let module = compile_in(folder.path(), text).unwrap();
    assert_eq!(&module.functions()[0].call(&[f64s(&[1.0])]).unwrap(), &f64s(&[2.0]));

    fs::write(folder.path().join("x.wasm"), b"\0asm\x01\0\0\0 not a module").unwrap();
    let text = in_words(&compile_in(folder.path(), text).unwrap_err());
    assert!(text.contains("the module is not valid"), "{text}");
}
