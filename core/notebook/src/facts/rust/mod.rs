//! The facts of a Rust cell, from syn's tree.
//!
//! A cell is read as a function's body: items and statements. Items and the `let`s of the
//! cell's own level are its names; whatever it uses and doesn't bind is a name that it
//! reads, if a cell above defines it. `//! in: df, model` adds names, `//! dep: regex = "1"`
//! asks for a crate.
mod digest;
#[cfg(test)]
mod tests;
mod uses;

use std::collections::BTreeSet;

use syn::parse::{ParseStream, Parser};
use syn::visit::Visit;
use syn::{Attribute, Block, Item, Stmt, Type, UseTree};

use super::{Class, Definition, Facts, Kind, Name, Read, SyntaxError};
use crate::{Language, Options};

/// Reads a cell.
pub(super) fn facts(source: &str) -> Facts {
    let mut facts = Facts { code: digest::code(source), ..Facts::default() };
    let options = Options::of(Language::Rust, source);
    for name in options.list("in") {
        let name = name.split(':').next().unwrap_or(name).trim();
        facts.now.insert(name.into(), Read::default());
    }
    for dependency in options.all("dep") {
        let (name, requirement) = dependency.split_once('=').unwrap_or((dependency, "*"));
        facts.dependencies.insert(name.trim().to_owned(), requirement.trim().to_owned());
    }
    let body = |input: ParseStream<'_>| {
        Attribute::parse_inner(input)?;
        Block::parse_within(input)
    };
    let statements = match body.parse_str(source) {
        Ok(statements) => statements,
        Err(error) => {
            let start = error.span().start();
            facts.error = Some(SyntaxError {
                line: u32::try_from(start.line).unwrap_or(u32::MAX),
                column: u32::try_from(start.column + 1).unwrap_or(u32::MAX),
                message: error.to_string(),
            });
            return facts;
        }
    };
    let items = statements.iter().filter_map(|statement| match statement {
        Stmt::Item(item) => Some(item),
        _ => None,
    });
    for item in items {
        define_item(&mut facts, item);
    }
    let own: BTreeSet<String> = facts.defs.keys().map(ToString::to_string).collect();
    let mut uses = uses::Uses::new(own);
    for statement in &statements {
        uses.visit_stmt(statement);
        if let Stmt::Local(local) = statement {
            for name in uses::bound(&local.pat) {
                facts.defs.insert(
                    name.into(),
                    Definition { since: Some(u32::MAX), ..Definition::default() },
                );
            }
        }
    }
    for name in uses.found {
        facts.now.entry(name.into()).or_default();
    }
    facts.effects = uses.effects;
    let only_items = statements.iter().all(|statement| matches!(statement, Stmt::Item(_)));
    facts.definitions_only = only_items;
    facts.class = match (facts.effects.is_empty(), only_items) {
        (false, _) => Class::Effect,
        (true, true) => Class::Definition,
        (true, false) => Class::Value,
    };
    facts
}

fn define_item(facts: &mut Facts, item: &Item) {
    let mut define = |name: String, conditional: bool| {
        let definition = Definition { conditional, ..Definition::new(Kind::Item) };
        facts.defs.entry(Name::from(name)).or_insert(definition);
    };
    match item {
        Item::Const(item) => define(item.ident.to_string(), false),
        Item::Enum(item) => define(item.ident.to_string(), false),
        Item::Fn(item) => define(item.sig.ident.to_string(), false),
        Item::Mod(item) => define(item.ident.to_string(), false),
        Item::Static(item) => define(item.ident.to_string(), false),
        Item::Struct(item) => define(item.ident.to_string(), false),
        Item::Trait(item) => define(item.ident.to_string(), false),
        Item::TraitAlias(item) => define(item.ident.to_string(), false),
        Item::Type(item) => define(item.ident.to_string(), false),
        Item::Union(item) => define(item.ident.to_string(), false),
        Item::Macro(item) => {
            if let Some(name) = &item.ident {
                define(name.to_string(), false);
            }
        }
        Item::Use(item) => {
            let mut names = Vec::new();
            used_names(&item.tree, &mut names);
            names.into_iter().for_each(|name| define(name, false));
        }
        // Methods for a type of another cell: who uses the type uses both cells.
        Item::Impl(item) => {
            if let Type::Path(path) = &*item.self_ty
                && let Some(name) = path.path.get_ident()
            {
                define(name.to_string(), true);
            }
        }
        _ => {}
    }
}

fn used_names(tree: &UseTree, names: &mut Vec<String>) {
    match tree {
        UseTree::Path(path) => used_names(&path.tree, names),
        UseTree::Name(name) => names.push(name.ident.to_string()),
        UseTree::Rename(rename) => names.push(rename.rename.to_string()),
        UseTree::Group(group) => group.items.iter().for_each(|tree| used_names(tree, names)),
        _ => {}
    }
}
