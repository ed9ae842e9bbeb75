//! The facts of a Rust cell, from syn's tree.
//!
//! A cell is read as a function's body: items and statements. Items and the `let`s of the
//! cell's own level are its names; whatever it uses and doesn't bind is a name that it
//! reads, if a cell above defines it. `//! in: df, model` adds names, `//! dep: regex = "1"`
//! asks for a crate. What holds below a cell without being named, the contents of a module
//! (`use rayon::prelude::*`) or a trait's methods, stands under one name, [`SCOPE`].
mod digest;
mod scope;
#[cfg(test)]
mod tests;
mod uses;

use std::collections::BTreeSet;

pub use scope::{SCOPE, is_trait_name};

use syn::parse::{ParseStream, Parser};
use syn::visit::Visit;
use syn::{Attribute, Block, Item, Stmt, Type};

use super::{Class, Definition, Facts, Kind, Name, Read, SyntaxError};
use crate::{Language, Options};

/// Reads a cell.
pub(super) fn facts(source: &str) -> Facts {
    let mut facts = Facts { code: digest::code(source), ..Facts::default() };
    let options = Options::of(Language::Rust, source);
    for (name, _) in options.typed("in") {
        facts.now.insert(name.into(), Read::default());
    }
    for dependency in options.all("dep") {
        let (name, requirement) = dependency.split_once('=').unwrap_or((dependency, "\"*\""));
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
    let (impls, rest): (Vec<&Item>, Vec<&Item>) =
        items.partition(|item| matches!(item, Item::Impl(_)));
    // A type of this cell is this cell's, wherever its methods stand.
    for item in rest.into_iter().chain(impls) {
        define_item(&mut facts, item);
    }
    for call in statements.iter().filter_map(static_macro) {
        define(&mut facts, call, false);
    }
    let own: BTreeSet<String> = facts.defs.keys().map(ToString::to_string).collect();
    let mut uses = uses::Uses::new(own);
    for statement in &statements {
        uses.visit_stmt(statement);
        if let Stmt::Item(Item::Use(item)) = statement {
            uses.root(&item.tree);
        }
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
    if !statements.is_empty() {
        facts.now.entry(SCOPE.into()).or_default();
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

fn define(facts: &mut Facts, name: String, conditional: bool) {
    let name = name.strip_prefix("r#").map(str::to_owned).unwrap_or(name);
    let definition = Definition { conditional, ..Definition::new(Kind::Item) };
    facts.defs.entry(Name::from(name)).or_insert(definition);
}

fn define_item(facts: &mut Facts, item: &Item) {
    let (name, conditional) = match item {
        Item::Const(item) => (item.ident.to_string(), false),
        Item::Enum(item) => (item.ident.to_string(), false),
        Item::Fn(item) => (item.sig.ident.to_string(), false),
        Item::Mod(item) => (item.ident.to_string(), false),
        Item::Static(item) => (item.ident.to_string(), false),
        Item::Struct(item) => (item.ident.to_string(), false),
        Item::Type(item) => (item.ident.to_string(), false),
        Item::Union(item) => (item.ident.to_string(), false),
        Item::Trait(item) => {
            define(facts, SCOPE.to_owned(), false);
            (item.ident.to_string(), false)
        }
        Item::Macro(item) => match &item.ident {
            Some(name) => (name.to_string(), false),
            None => return,
        },
        Item::Use(item) => {
            let mut brought = scope::Brought::default();
            brought.read(&item.tree, "");
            for name in brought.names {
                define(facts, name, false);
            }
            if brought.scope {
                define(facts, SCOPE.to_owned(), false);
            }
            return;
        }
        // Methods for a type of another cell: who uses the type uses both cells.
        Item::Impl(item) => match &*item.self_ty {
            Type::Path(path) => match path.path.get_ident() {
                Some(name) => (name.to_string(), true),
                None => return,
            },
            _ => return,
        },
        _ => return,
    };
    define(facts, name, conditional);
}

/// The name in `thread_local! { static NAME: … }`, which is an item.
fn static_macro(statement: &Stmt) -> Option<String> {
    let Stmt::Macro(call) = statement else { return None };
    call.mac.path.segments.last().filter(|last| last.ident == "thread_local")?;
    let mut tokens = call.mac.tokens.clone().into_iter();
    tokens
        .find(|token| matches!(token, proc_macro2::TokenTree::Ident(word) if word == "static"))?;
    Some(tokens.next()?.to_string())
}
