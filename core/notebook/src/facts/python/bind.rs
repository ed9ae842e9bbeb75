//! Binding names: assignments, imports, `del`.

use std::collections::BTreeMap;

use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{self as ast, Expr, ExprContext};

use super::class::is_constant;
use super::known;
use super::scope::{ScopeKind, imported_name};
use super::walk::Walker;
use crate::facts::definition::merge_flows;
use crate::facts::{Alias, Definition, Import, Kind, Name};

impl<'a> Walker<'a> {
    /// The number of the scope in which a name would be bound here.
    fn binds_in(&self) -> usize {
        let at = self.scopes.iter().rposition(|scope| scope.kind != ScopeKind::Comprehension);
        at.unwrap_or(0)
    }

    /// Binds a name here, wherever that is.
    pub fn bind_name(&mut self, text: &'a str, definition: Definition) {
        let at = self.binds_in();
        let kind = self.scopes[at].kind;
        let global = self.scopes[at].globals.contains(text);
        let name = self.name(text);
        match kind {
            ScopeKind::Cell => self.define(name, definition),
            ScopeKind::Class if !global => {
                self.scopes[at].bound.names.insert(name);
                // It is a part of the class.
                merge_flows(&mut self.flows, definition.flows);
                self.sink.merge(definition.behaviour);
            }
            // A function that is called where it stands isn't known: its caller binds.
            _ if global && self.depth > 0 => {
                self.behaviour.writes.insert(name);
            }
            _ if global => self.define(name, definition),
            _ => {
                self.scopes[at].aliases.insert(name, definition.aliases);
            }
        }
    }

    /// Unbinds a name here.
    pub fn unbind_name(&mut self, text: &'a str) {
        let at = self.binds_in();
        let name = self.name(text);
        match self.scopes[at].kind {
            ScopeKind::Cell => self.undefine(&name),
            ScopeKind::Class => {
                self.scopes[at].bound.names.remove(&name);
            }
            _ => {}
        }
    }

    /// What the present statement makes of an expression that was read.
    pub fn made(&mut self, value: Option<&'a Expr>) -> Definition {
        let (flows, behaviour) = self.take();
        let kind = match value {
            Some(Expr::Lambda(_)) => Kind::Function,
            Some(value) if is_constant(value) => Kind::Constant,
            _ => Kind::Value,
        };
        let aliases = value.map(|value| self.aliases_of(value)).unwrap_or_default();
        let stateful = value.and_then(known::stateful).map(Name::from);
        Definition { kind, flows, behaviour, aliases, stateful, ..Definition::default() }
    }

    /// Whose values an expression's value shares.
    fn aliases_of(&mut self, value: &'a Expr) -> BTreeMap<Name, Alias> {
        let mut aliases = BTreeMap::new();
        match value {
            Expr::List(node) => self.held(&node.elts, &mut aliases),
            Expr::Tuple(node) => self.held(&node.elts, &mut aliases),
            Expr::Set(node) => self.held(&node.elts, &mut aliases),
            Expr::Dict(node) => {
                for item in &node.items {
                    self.held(std::slice::from_ref(&item.value), &mut aliases);
                }
            }
            Expr::If(node) => {
                aliases = self.aliases_of(&node.body);
                aliases.extend(self.aliases_of(&node.orelse));
            }
            Expr::BoolOp(node) => {
                for value in &node.values {
                    aliases.extend(self.aliases_of(value));
                }
            }
            Expr::Named(node) => return self.aliases_of(&node.value),
            Expr::Subscript(node) if known::copies(&node.slice) => {}
            _ => {
                if let Some((root, depth)) = known::root(value) {
                    let alias = if depth == 0 { Alias::Same } else { Alias::Part };
                    aliases.insert(self.name(root), alias);
                }
            }
        }
        aliases
    }

    fn held(&mut self, values: &'a [Expr], aliases: &mut BTreeMap<Name, Alias>) {
        for value in values {
            aliases.extend(self.aliases_of(value).into_keys().map(|name| (name, Alias::Holds)));
        }
    }

    /// Binds a target of an assignment to a value that was read.
    pub fn bind_target(&mut self, target: &'a Expr, value: Option<&'a Expr>) {
        let definition = self.made(value);
        self.bind_to(target, &definition);
    }

    /// Binds a target to the parts of a value that was read: a loop's.
    pub fn bind_part(&mut self, target: &'a Expr, whole: &'a Expr) {
        let (flows, behaviour) = self.take();
        let parts = known::iterated(whole);
        let aliases = parts
            .into_iter()
            .filter_map(known::root)
            .map(|(root, _)| (self.name(root), Alias::Part))
            .collect();
        let definition = Definition { flows, behaviour, aliases, ..Definition::default() };
        self.bind_to(target, &definition);
    }

    fn bind_to(&mut self, target: &'a Expr, definition: &Definition) {
        match target {
            Expr::Name(name) => self.bind_name(&name.id, definition.clone()),
            Expr::Tuple(node) => self.bind_parts(&node.elts, definition),
            Expr::List(node) => self.bind_parts(&node.elts, definition),
            Expr::Starred(node) => self.bind_to(&node.value, definition),
            _ => {
                self.visit_expr(target);
                self.settle();
                self.change_target(target, definition);
            }
        }
    }

    fn bind_parts(&mut self, targets: &'a [Expr], definition: &Definition) {
        let part = |alias: &mut Alias| {
            *alias = if *alias == Alias::Holds { Alias::Same } else { Alias::Part };
        };
        let mut parts = definition.clone();
        parts.aliases.values_mut().for_each(part);
        if parts.kind == Kind::Function {
            parts.kind = Kind::Value;
        }
        for target in targets {
            self.bind_to(target, &parts);
        }
    }

    pub fn visit_assign(&mut self, assign: &'a ast::StmtAssign) {
        // `a, b = b, a` takes apart what it put together.
        self.visit_expr(&assign.value);
        let definition = self.made(Some(&assign.value));
        for target in &assign.targets {
            self.bind_to(target, &definition);
        }
        for target in &assign.targets {
            if let Expr::Name(name) = target {
                // `a = b = []`: one object with two names.
                for other in &assign.targets {
                    if let (Expr::Name(other), true) = (other, other != target) {
                        let other = self.name(&other.id);
                        self.share(&name.id, other);
                    }
                }
            }
        }
    }

    fn share(&mut self, text: &'a str, other: Name) {
        if self.depth == 0 {
            let name = self.name(text);
            if let Some(definition) = self.facts.defs.get_mut(&name) {
                definition.aliases.insert(other, Alias::Same);
            }
        }
    }

    pub fn visit_annotated(&mut self, assign: &'a ast::StmtAnnAssign) {
        let evaluated = self.depth == 0 || !assign.simple;
        if evaluated && !self.lazy_annotations {
            self.visit_expr(&assign.annotation);
            self.settle();
        }
        if let Some(value) = &assign.value {
            self.visit_expr(value);
            self.bind_target(&assign.target, Some(value));
        } else if !assign.target.is_name_expr() {
            self.visit_expr(&assign.target);
        }
    }

    pub fn bind_walrus(&mut self, named: &'a ast::ExprNamed) {
        let Expr::Name(target) = &*named.target else { return };
        // What came together so far belongs to the statement around, too.
        let (flows, sink) = (self.flows.clone(), self.sink.clone());
        let definition = self.made(Some(&named.value));
        (self.flows, self.sink) = (flows, sink);
        self.bind_name(&target.id, definition);
    }

    pub fn visit_import(&mut self, import: &'a ast::StmtImport) {
        for alias in &import.names {
            let module = self.name(&alias.name);
            self.facts.imports.insert(module.clone());
            let bound = imported_name(alias);
            let module = if alias.asname.is_some() { module } else { self.name(bound) };
            let kind = Kind::Import(Import { module, name: None });
            self.bind_name(bound, Definition::new(kind));
        }
    }

    pub fn visit_import_from(&mut self, import: &'a ast::StmtImportFrom) {
        let dotted = import.module.as_ref().map_or("", |module| module.as_str());
        let module = Name::from(format!("{}{dotted}", ".".repeat(import.level as usize)));
        if dotted == "__future__" {
            self.lazy_annotations |= import.names.iter().any(|alias| &alias.name == "annotations");
        }
        self.facts.imports.insert(module.clone());
        for alias in &import.names {
            if &alias.name == "*" {
                let why = format!("`from {module} import *` may bind any name");
                self.coarse(&why);
                self.facts.binds_unseen = true;
                continue;
            }
            // It may be a module of that package.
            self.facts.imports.insert(Name::from(format!("{module}.{}", alias.name)));
            let name = Some(self.name(&alias.name));
            let bound = alias.asname.as_ref().unwrap_or(&alias.name);
            let kind = Kind::Import(Import { module: module.clone(), name });
            self.bind_name(bound, Definition::new(kind));
        }
    }

    pub fn visit_delete(&mut self, delete: &'a ast::StmtDelete) {
        for target in &delete.targets {
            self.delete(target);
        }
    }

    fn delete(&mut self, target: &'a Expr) {
        match target {
            Expr::Name(name) => {
                debug_assert!(name.ctx == ExprContext::Del || name.ctx == ExprContext::Invalid);
                if self.find(&name.id) == 0 {
                    let id = self.name(&name.id);
                    if self.depth > 0 {
                        self.behaviour.writes.insert(id);
                    } else {
                        self.read_now(id.clone());
                        self.undefine(&id);
                    }
                } else {
                    self.unbind_name(&name.id);
                }
            }
            Expr::Tuple(node) => node.elts.iter().for_each(|target| self.delete(target)),
            Expr::List(node) => node.elts.iter().for_each(|target| self.delete(target)),
            _ => {
                self.visit_expr(target);
                self.settle();
                self.change_target(target, &Definition::default());
            }
        }
    }

    /// Notes that the cell, or the function, may touch any name.
    pub fn coarse(&mut self, why: &str) {
        if self.depth > 0 {
            self.behaviour.coarse.get_or_insert_with(|| why.into());
            if !self.eager {
                return;
            }
        }
        self.facts.coarse.get_or_insert_with(|| why.into());
    }
}
