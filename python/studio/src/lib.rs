//! `flownote_studio._studio`: the heavy half of Flownote for Python.
//!
//! `shell` is the studio's part of the command, `headless` runs notebooks; `supervisor` is the
//! process of an open notebook, `interpreter`
//! the process that runs SQL and WASM cells, `rust` the one that runs Rust cells; `wasm` lets
//! Python call what WASM cells define, `models` is what `flownote.models` stands on, `video` what
//! `flownote.video` does.
//!
//! **Invariant:** nothing is decided here: queries are `flownote_data`'s, WASM is
//! `flownote_kernel`'s, and neither knows the other; here they are joined.

mod columns;
mod files;
mod headless;
mod interpreter;
mod jupyter;
mod models;
mod rust;
mod scoring;
mod serve;
mod shell;
mod supervisor;
mod tables;
mod ui;
mod video;
mod wasm;

use pyo3::prelude::*;

/// The native module of the `flownote_studio` package.
#[pymodule]
mod _studio {
    #[pymodule_export]
    use crate::columns::ResultColumn;
    #[pymodule_export]
    use crate::interpreter::serve_interpreter;
    #[pymodule_export]
    use crate::jupyter::serve_jupyter;
    #[pymodule_export]
    use crate::models::models;
    #[pymodule_export]
    use crate::rust::serve_rust;
    #[pymodule_export]
    use crate::scoring::scoring;
    #[pymodule_export]
    use crate::shell::invoke;
    #[pymodule_export]
    use crate::supervisor::serve_supervisor;
    #[pymodule_export]
    use crate::video::video;
    #[pymodule_export]
    use crate::wasm::{WasmFunction, wasm_compile};
}
