//! Whether a module is what a cell's header says.

use flownote_flow::help::resembling;
use flownote_notebook::wasm::{Abi, Element, Limits, Nulls, Rows, Signature, Source};
use wasmtime::{ExternType, FuncType, Module, ValType};

use super::buffers::in_words;
use super::error::{Error, Result};
use super::instance::TABLE;

/// How many names a message lists.
const LISTED: usize = 6;

/// Refuses a module that wants anything from outside.
pub(super) fn imports(module: &Module) -> Result<()> {
    let names = module.imports().map(|import| format!("`{}.{}`", import.module(), import.name()));
    match list(names) {
        Some(imports) => Err(Error::Import { imports }),
        None => Ok(()),
    }
}

/// Refuses a function that its header describes wrongly, or that can't run within its
/// limits.
pub(super) fn function(
    module: &Module,
    signature: &Signature,
    (limits, nulls, rows): (Limits, Nulls, Rows),
) -> Result<()> {
    let setting = match signature.abi {
        Abi::Scalar if nulls == Nulls::Guest => Some("nulls: guest"),
        Abi::Scalar if rows == Rows::Whole => Some("rows: whole"),
        _ => None,
    };
    if let Some(setting) = setting {
        return Err(Error::NotForScalars { signature: signature.clone(), setting });
    }
    let found = match module.get_export(&signature.name) {
        Some(ExternType::Func(found)) => found,
        _ => return Err(no_such_export(module, &signature.name)),
    };
    let (takes, gives) = guest_type(signature, nulls);
    if !same(&takes, found.params()) || !same(std::slice::from_ref(&gives), found.results()) {
        return Err(Error::Type {
            signature: signature.clone(),
            expected: type_in_words(takes.into_iter(), [gives].into_iter()),
            found: type_in_words(found.params(), found.results()),
        });
    }
    let memory = matches!(module.get_export("memory"), Some(ExternType::Memory(_)));
    if signature.abi == Abi::Column && !memory {
        return Err(Error::NoMemory { function: signature.name.clone() });
    }
    resources(module, &signature.name, &limits)
}

/// The type that a function of this signature has in its module.
fn guest_type(signature: &Signature, nulls: Nulls) -> (Vec<ValType>, ValType) {
    match signature.abi {
        Abi::Scalar => {
            let takes = signature.inputs.iter().map(|input| value_type(input.element));
            (takes.collect(), value_type(signature.output))
        }
        Abi::Column => {
            let pointers = if nulls == Nulls::Guest { 2 } else { 1 };
            let count = 1 + pointers * (signature.inputs.len() + 1);
            (vec![ValType::I32; count], ValType::I32)
        }
    }
}

fn value_type(element: Element) -> ValType {
    match element {
        Element::I64 | Element::U64 => ValType::I64,
        Element::F32 => ValType::F32,
        Element::F64 => ValType::F64,
        _ => ValType::I32,
    }
}

/// Refuses a module that is too large before it runs at all.
fn resources(module: &Module, function: &str, limits: &Limits) -> Result<()> {
    let needed = module.resources_required();
    let memory = needed.max_initial_memory_size.unwrap_or(0).saturating_mul(64 << 10);
    if memory > limits.memory {
        return Err(Error::Memory {
            function: function.to_owned(),
            needed: in_words(memory),
            limit: in_words(limits.memory),
            place: Box::default(),
        });
    }
    let table = needed.max_initial_table_size.unwrap_or(0);
    if table > TABLE as u64 {
        let needed = usize::try_from(table).unwrap_or(usize::MAX);
        return Err(Error::Table { function: function.to_owned(), needed, limit: TABLE });
    }
    Ok(())
}

fn no_such_export(module: &Module, name: &str) -> Error {
    let functions: Vec<&str> = functions(module).map(|(name, _)| name).collect();
    let found = list(functions.iter().map(|name| format!("`{name}`")));
    let hint = match resembling(name, functions.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("export it, as in `(func (export \"{name}\") …)`"),
    };
    let found = found.unwrap_or_else(|| "none".to_owned());
    Error::NoSuchExport { name: name.to_owned(), found, hint }
}

/// The line that a header lacks, for the first function that the module exports.
pub(super) fn example(module: &Module, source: &Source) -> String {
    let mark = if matches!(source, Source::C | Source::Rust) { "//" } else { ";;" };
    match plain(module).next() {
        Some(signature) => format!("{mark} export: {signature}"),
        None => format!("{mark} export: score(x: f64[], y: i32[]) -> f64[]"),
    }
}

/// The exported functions that take and give single numbers, with signatures that follow
/// from their types. What tools add (`_initialize`) isn't meant for cells.
pub(super) fn plain(module: &Module) -> impl Iterator<Item = Signature> {
    functions(module).filter_map(|(name, kind)| {
        if name.starts_with('_') || name == "flownote_alloc" || kind.results().len() != 1 {
            return None;
        }
        let inputs: Vec<String> =
            kind.params().enumerate().map(|(index, kind)| format!("x{index}: {kind}")).collect();
        let gives = kind.results().next()?;
        format!("{name}({}) -> {gives}", inputs.join(", ")).parse().ok()
    })
}

fn functions(module: &Module) -> impl Iterator<Item = (&str, FuncType)> {
    module.exports().filter_map(|export| match export.ty() {
        ExternType::Func(kind) => Some((export.name(), kind)),
        _ => None,
    })
}

fn same(expected: &[ValType], found: impl ExactSizeIterator<Item = ValType>) -> bool {
    expected.len() == found.len() && expected.iter().zip(found).all(|(a, b)| ValType::eq(a, &b))
}

fn type_in_words(
    takes: impl Iterator<Item = ValType>,
    gives: impl Iterator<Item = ValType>,
) -> String {
    let words = |types: Vec<String>| types.join(", ");
    let takes = words(takes.map(|kind| kind.to_string()).collect());
    let gives = words(gives.map(|kind| kind.to_string()).collect());
    format!("({takes}) -> ({gives})")
}

fn list(names: impl ExactSizeIterator<Item = String>) -> Option<String> {
    let more = names.len().saturating_sub(LISTED);
    let mut names: Vec<String> = names.take(LISTED).collect();
    if more > 0 {
        names.push(format!("{more} more"));
    }
    (!names.is_empty()).then(|| flownote_flow::help::list_in_words(&names))
}
