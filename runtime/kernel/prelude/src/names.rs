//! Names of types: short ones for people, and paths that another crate can write.
//!
//! The compiler's own names, `alloc::vec::Vec<f64>`, lead through modules that are private or
//! not at hand. What is well known is given its public path; the rest is taken at its word.

/// Modules whose types are public elsewhere: the path's last name is kept.
const PUBLIC: [(&str, &str); 18] = [
    ("std::collections::hash::map", "std::collections"),
    ("std::collections::hash::set", "std::collections"),
    ("std::collections::btree::map", "std::collections"),
    ("std::collections::btree::set", "std::collections"),
    ("std::collections::vec_deque", "std::collections"),
    ("std::collections::binary_heap", "std::collections"),
    ("std::collections::linked_list", "std::collections"),
    ("std::sync::poison::mutex", "std::sync"),
    ("std::sync::poison::rwlock", "std::sync"),
    ("std::ops::range", "std::ops"),
    ("std::ops::function", "std::ops"),
    ("std::num::nonzero", "std::num"),
    ("std::net::ip_addr", "std::net"),
    ("std::net::socket_addr", "std::net"),
    ("serde_json::value", "serde_json"),
    ("serde_json::map", "serde_json"),
    ("arrow_array::record_batch", "arrow::record_batch"),
    ("arrow_array::types", "arrow::datatypes"),
];

/// Crates whose types are public under one name, wherever they stand in it.
const CRATES: [(&str, &str); 4] = [
    ("flownote", "flownote"),
    ("arrow_array", "arrow::array"),
    ("arrow_schema", "arrow::datatypes"),
    ("arrow_buffer", "arrow::buffer"),
];

/// The public modules of `flownote_models`, the inner ones first: what stands in it deeper is
/// public there.
const MODELS: [&str; 9] = [
    "flownote_models::artwork::faces",
    "flownote_models::artwork::ranking",
    "flownote_models::artwork::shots",
    "flownote_models::artwork",
    "flownote_models::bandit::off_policy",
    "flownote_models::bandit",
    "flownote_models::customer",
    "flownote_models::recommend",
    "flownote_models",
];

/// How the compiler writes the last part of a closure's path.
const CLOSURE: &str = "{{closure}}";

/// A type's name without the modules: `Vec<f64>`, `HashMap<String, Model>`.
pub(crate) fn short(name: &str) -> String {
    rewrite(name, |path| match path.rsplit("::").next() {
        Some(CLOSURE) => "closure".to_owned(),
        last => last.unwrap_or(path).to_owned(),
    })
}

/// The path of a type as another crate writes it, or why none can. `body` is the crate that
/// a cell's own lines are compiled in: what it defines has no name outside.
pub(crate) fn public(name: &str, body: &str) -> Result<String, &'static str> {
    let (mut local, mut closure) = (false, false);
    let path = rewrite(name, |path| {
        let root = path.split("::").next().unwrap_or(path);
        local |= root == body && path.contains("::");
        closure |= path.ends_with(CLOSURE);
        place(path)
    });
    if closure {
        return Err("it is a closure: make it a function (`fn`), which other cells can call");
    }
    if local {
        return Err(
            "its type is defined inside the cell's lines: define it at the cell's top level",
        );
    }
    if path.contains('{') || path.contains("impl ") || path.contains("for<") {
        return Err("its type has no name that another cell could write");
    }
    Ok(path.replace('&', "&'static "))
}

/// The public path of one path.
fn place(path: &str) -> String {
    let Some((module, last)) = path.rsplit_once("::") else { return path.to_owned() };
    let module = match module.split_once("::") {
        Some(("alloc" | "core", rest)) => format!("std::{rest}"),
        None if matches!(module, "alloc" | "core") => "std".to_owned(),
        _ => module.to_owned(),
    };
    if let Some((_, public)) = PUBLIC.iter().find(|(private, _)| *private == module) {
        return format!("::{public}::{last}");
    }
    let within = |public: &&&str| {
        module.strip_prefix(**public).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    if let Some(public) = MODELS.iter().find(within) {
        return format!("::{public}::{last}");
    }
    let root = module.split("::").next().unwrap_or(&module);
    if let Some((_, public)) = CRATES.iter().find(|(name, _)| *name == root) {
        return format!("::{public}::{last}");
    }
    format!("::{module}::{last}")
}

/// Puts another text in the place of each path of a type's name.
fn rewrite(name: &str, mut change: impl FnMut(&str) -> String) -> String {
    let is_part = |c: char| c.is_alphanumeric() || "_:#{}".contains(c);
    let mut text = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(start) = rest.find(is_part) {
        text.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let word = rest[..end].trim_end_matches(':');
        text.push_str(&change(word));
        text.push_str(&rest[word.len()..end]);
        rest = &rest[end..];
    }
    text + rest
}
