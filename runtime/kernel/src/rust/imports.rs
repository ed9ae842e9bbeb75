//! What `use` brings in, name by name: later cells are given the same names.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{ItemUse, UseTree};

use super::split::plain;

/// One name, or all names of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The whole path, `::std::io::Write`; a glob's without `::*`.
    pub path: String,
    /// The name that it has here: none for a glob, `_` for a trait that is in scope unnamed.
    pub name: Option<String>,
    /// Where the statement stands.
    pub range: std::ops::Range<usize>,
}

impl Import {
    /// The first word of its path: a crate, or something of a cell.
    pub fn root(&self) -> &str {
        self.path.trim_start_matches("::").split("::").next().unwrap_or_default()
    }

    /// The last word of its path.
    pub fn last(&self) -> &str {
        self.path.rsplit("::").next().unwrap_or_default()
    }

    /// The statement that brings it in again.
    pub fn statement(&self) -> String {
        let last = self.last();
        match &self.name {
            None => format!("use {}::*;", self.path),
            Some(name) if name == last => format!("use {};", self.path),
            Some(name) => format!("use {} as {name};", self.path),
        }
    }

    /// The statement that brings a trait's methods into scope, and no name.
    pub fn unnamed(&self) -> String {
        match &self.name {
            None => self.statement(),
            Some(_) => format!("use {} as _;", self.path),
        }
    }
}

/// The names of one statement.
pub(super) fn imports(item: &ItemUse) -> Vec<Import> {
    let mut found = Vec::new();
    let root = if item.leading_colon.is_some() { "::" } else { "" };
    let span: Span = item.span();
    collect(&item.tree, root.to_owned(), &mut found);
    let range = span.byte_range();
    found.into_iter().map(|(path, name)| Import { path, name, range: range.clone() }).collect()
}

fn collect(tree: &UseTree, path: String, found: &mut Vec<(String, Option<String>)>) {
    let join = |name: &proc_macro2::Ident| {
        let name = name.to_string();
        if path.is_empty() || path == "::" {
            format!("{path}{name}")
        } else {
            format!("{path}::{name}")
        }
    };
    match tree {
        UseTree::Path(inner) => collect(&inner.tree, join(&inner.ident), found),
        UseTree::Name(name) if name.ident == "self" => {
            let last = path.rsplit("::").next().unwrap_or_default().to_owned();
            found.push((path, Some(last)));
        }
        UseTree::Name(name) => found.push((join(&name.ident), Some(plain(&name.ident)))),
        UseTree::Rename(rename) if rename.ident == "self" => {
            found.push((path, Some(rename.rename.to_string())));
        }
        UseTree::Rename(rename) => {
            found.push((join(&rename.ident), Some(rename.rename.to_string())));
        }
        UseTree::Glob(_) => found.push((path, None)),
        UseTree::Group(group) => {
            group.items.iter().for_each(|tree| collect(tree, path.clone(), found));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rust::split::Split;

    #[track_caller]
    fn check(source: &str, statements: &[&str]) {
        let split = Split::of(source);
        let found: Vec<String> = split.imports.iter().map(super::Import::statement).collect();
        assert_eq!(found, statements, "{source}");
    }

    #[test]
    fn each_name_stands_alone() {
        check("use std::fs;", &["use std::fs;"]);
        check(
            "use std::{fmt::{self, Write as _}, collections::{HashMap, BTreeMap as B}};",
            &[
                "use std::fmt;",
                "use std::fmt::Write as _;",
                "use std::collections::HashMap;",
                "use std::collections::BTreeMap as B;",
            ],
        );
        check("use rayon::prelude::*;", &["use rayon::prelude::*;"]);
        check("use ::serde::Serialize;", &["use ::serde::Serialize;"]);
    }
}
