//! The types of what a cell reads and leaves behind, as code names them.

use flownote_notebook::Language;
use flownote_notebook::session::DefinedName;

use crate::rust::rewrite::Edit;

/// Lines that ask the compiler for the types of names. They stand in its MIR then, spelled out
/// (`--emit=mir`): each call names a place, whose type stands where the place is declared.
pub fn asking(names: &[String]) -> String {
    let ask = |(index, name): (usize, &String)| {
        let name = super::super::assemble::raw(name);
        format!(
            "{{ #[inline(never)] fn {ASKED}{index}<T>(_: &T) {{}} {ASKED}{index}(&{name}); }}\n"
        )
    };
    names.iter().enumerate().map(ask).collect()
}

const ASKED: &str = "__flownote_type_";

/// What the compiler says of the type that was asked for by its number; none for one that has
/// no name elsewhere (a closure).
pub fn told(mir: &str, index: usize) -> Option<String> {
    let call = format!("{ASKED}{index}::<");
    let at = mir.find(&format!(" = {call}")).or_else(|| {
        // Within a function it has the function's path.
        mir.find(&format!("::{call}"))
    })?;
    let line = mir[at..].lines().next()?;
    let argument = line.rsplit_once(">(")?.1.split(')').next()?;
    let place = argument.trim_start_matches("copy ").trim_start_matches("move ");
    // The places of this function, not of the one before.
    let start = mir[..at].rfind("\nfn ").unwrap_or(0);
    let declared = format!(" {place}: &");
    let from = start + mir[start..at].find(&declared)? + declared.len();
    let kind = mir[from..].lines().next()?.strip_suffix(';')?;
    let nameless = kind.contains(['{', '}']) || kind.contains("impl ") || kind.contains('?');
    (!nameless).then(|| that_lives(kind))
}

/// What is left behind lives as long as the notebook does.
fn that_lives(kind: &str) -> String {
    let mut edits = Vec::new();
    for (at, _) in kind.match_indices('&') {
        if !kind[at + 1..].starts_with('\'') {
            edits.push(Edit::insert(at + 1, "'static "));
        }
    }
    let mut made = crate::rust::rewrite::Rewritten::new();
    made.push_source(kind, 0..kind.len(), &edits);
    made.text().to_owned()
}

/// As what a value of another language comes into a cell, by what is known of it.
pub fn of_other(language: Language, name: Option<&DefinedName>) -> Option<String> {
    if language == Language::Sql {
        return Some("::flownote::Frame".to_owned());
    }
    let name = name?;
    let path = match name.type_name.as_deref()? {
        "int" => "i64",
        "float" => "f64",
        "bool" => "bool",
        "str" => "::std::string::String",
        "bytes" => "::flownote::Bytes",
        "pandas.DataFrame" | "polars.DataFrame" | "pyarrow.Table" | "flownote.Table" => {
            "::flownote::Frame"
        }
        "numpy.ndarray" => return array(name.summary.as_deref()?),
        other => return model(other.strip_prefix("flownote.models.")?),
    };
    Some(path.to_owned())
}

/// `recommend.EASE`, as Rust calls it.
fn model(name: &str) -> Option<String> {
    let (module, class) = name.split_once('.')?;
    let class = match class {
        "BPR" => "Bpr",
        "EASE" => "Ease",
        "IALS" => "Ials",
        "ItemKNN" => "ItemKnn",
        "LinTS" => "LinTs",
        "LinUCB" => "LinUcb",
        "UCB1" => "Ucb1",
        other => other,
    };
    let known = ["bandit", "customer", "recommend"].contains(&module);
    known.then(|| format!("::flownote_models::{module}::{class}"))
}

/// `10 × 2 float64`.
fn array(summary: &str) -> Option<String> {
    let element = match summary.rsplit(' ').next()? {
        "float64" => "f64",
        "float32" => "f32",
        "int64" => "i64",
        "int32" => "i32",
        "int16" => "i16",
        "int8" => "i8",
        "uint64" => "u64",
        "uint32" => "u32",
        "uint16" => "u16",
        "uint8" => "u8",
        "bool" => "bool",
        _ => return None,
    };
    Some(format!("::flownote::Array<{element}>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_where_places_are_declared() {
        let mir = "fn other() -> () {\n    let _3: &u8;\n}\n\nfn flownote_cell::{closure#0}() {\n    \
                   let _2: i32;\n        let mut _3: &std::vec::Vec<f64>;\n    let _4: &{closure@a.rs:1:2: 3:4};\n    let _5: &&str;\n\
                   \n        _1 = __flownote_type_0::<Vec<f64>>(copy _3) -> [return: bb1];\n\
                   _1 = cell::__flownote_type_1::<{closure@a.rs:1:2: 3:4}>(move _4) -> bb2;\n\
                   _1 = __flownote_type_2::<&str>(copy _5) -> bb3;\n}\n";
        assert_eq!(told(mir, 0).as_deref(), Some("std::vec::Vec<f64>"));
        assert_eq!(told(mir, 1), None);
        assert_eq!(told(mir, 2).as_deref(), Some("&'static str"));
        assert_eq!(told(mir, 3), None);
    }
}
