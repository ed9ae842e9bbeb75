//! Modules: compiled, checked, and ready to make instances of.

use std::path::Path;
use std::sync::Arc;

use flownote_notebook::wasm::{self as notebook, Limits, Source};
use wasmtime::{InstancePre, Linker};

use super::check;
use super::engine::Engine;
use super::error::{Error, Result};
use super::function::Function;
use super::instance::Guard;
use super::source;

/// Larger binaries are not compiled: it takes about 40 times their size in memory.
const LARGEST: usize = 16 << 20;

/// What compiling a cell depends on, beside its text.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The notebook's folder: paths are relative to it.
    pub folder: &'a Path,
    /// The notebook's Python, which has the C compiler.
    pub python: &'a Path,
    /// What messages call the cell (`cell 3`).
    pub label: &'a str,
}

/// What a WASM cell defines.
#[derive(Clone, Debug)]
pub struct Module {
    functions: Vec<Function>,
}

impl Module {
    /// The functions, in the order of the cell's header.
    pub fn functions(&self) -> &[Function] {
        &self.functions
    }

    /// The function of that name.
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.signature().name == name)
    }
}

/// Compiles and checks a cell: a text that starts with a header (see
/// [`flownote_notebook::wasm`]).
///
/// In WebAssembly's text, a header that names no function stands for one that names each
/// exported function of single numbers.
///
/// An instance is made once, so that a cell whose module can't start fails now rather
/// than in a later cell.
pub fn compile(engine: &Engine, text: &str, options: &Options<'_>) -> Result<Module> {
    let header = notebook::header(text)?;
    let binary = source::binary(engine, text, &header, options)?;
    let compiled = Compiled::of(engine, &binary, &header.limits)?;
    let mut signatures = header.exports.clone();
    if signatures.is_empty() && header.source == Source::Wat {
        signatures.extend(check::plain(&compiled.module));
    }
    if signatures.is_empty() {
        let example = check::example(&compiled.module, &header.source);
        return Err(Error::NothingExported { example });
    }
    let make = |signature: &notebook::Signature| {
        let settings = (header.limits, header.nulls, header.rows);
        Function::new(engine, compiled.clone(), signature.clone(), settings)
    };
    let functions: Vec<Function> = signatures.iter().map(make).collect::<Result<_>>()?;
    functions[0].try_to_start()?;
    Ok(Module { functions })
}

/// A module's code, shared by its functions.
pub(super) struct Compiled {
    pub binary: Arc<[u8]>,
    pub module: wasmtime::Module,
    pub instances: InstancePre<Guard>,
}

impl Compiled {
    /// Compiles a binary, unless that was done lately.
    pub(super) fn of(engine: &Engine, binary: &Arc<[u8]>, limits: &Limits) -> Result<Arc<Self>> {
        if binary.len() > LARGEST {
            return Err(Error::TooLarge { size: binary.len(), limit: LARGEST });
        }
        let key = (blake3::hash(binary), limits.fuel.is_some());
        engine.modules().get_or_make(key, || {
            let invalid = |error: wasmtime::Error| Error::Invalid { reason: format!("{error:#}") };
            let wasmtime = engine.wasmtime(limits);
            let module = wasmtime::Module::from_binary(wasmtime, binary).map_err(invalid)?;
            check::imports(&module)?;
            let instances = Linker::new(wasmtime).instantiate_pre(&module).map_err(invalid)?;
            Ok(Arc::new(Self { binary: binary.clone(), module, instances }))
        })
    }
}
