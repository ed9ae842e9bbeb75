//! What a name means where it stands.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, ExprContext, Pattern, Stmt};

use crate::facts::{Alias, Name};

/// A scope, from the cell inwards.
#[derive(Debug, Default)]
pub(super) struct Scope<'a> {
    pub kind: ScopeKind,
    /// Of functions and comprehensions: every name that is local.
    pub locals: HashSet<&'a str>,
    /// Names declared `global`.
    pub globals: HashSet<&'a str>,
    /// Of the cell and of classes: what is certainly bound at this point.
    pub bound: Bound,
    /// Of functions: whose values local names share.
    pub aliases: BTreeMap<Name, BTreeMap<Name, Alias>>,
    /// Of functions: the parameters.
    pub parameters: Vec<Name>,
}

/// Kinds of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ScopeKind {
    #[default]
    Cell,
    Class,
    Function,
    Comprehension,
}

/// Names certainly bound, or everything where control never comes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Bound {
    pub names: BTreeSet<Name>,
    pub unreachable: bool,
}

impl Bound {
    pub fn contains(&self, name: &str) -> bool {
        self.unreachable || self.names.contains(name)
    }

    /// What is bound after either of two ways.
    pub fn join(self, other: Bound) -> Bound {
        match (self.unreachable, other.unreachable) {
            (true, _) => other,
            (_, true) => self,
            _ => Bound {
                names: self.names.intersection(&other.names).cloned().collect(),
                unreachable: false,
            },
        }
    }
}

/// The names that a function's body makes local, and those that it declares global.
#[derive(Default)]
pub(super) struct Locals<'a> {
    pub bound: HashSet<&'a str>,
    pub globals: HashSet<&'a str>,
    nonlocals: HashSet<&'a str>,
    in_comprehension: bool,
}

impl<'a> Locals<'a> {
    pub fn of(parameters: Option<&'a ast::Parameters>, body: &'a [Stmt]) -> Self {
        let mut locals = Locals::default();
        if let Some(parameters) = parameters {
            locals.bound.extend(parameters.iter().map(|parameter| parameter.name().as_str()));
        }
        locals.visit_body(body);
        locals.finish()
    }

    /// A lambda's: its parameters and what `:=` binds in it.
    pub fn of_expression(parameters: Option<&'a ast::Parameters>, body: &'a Expr) -> Self {
        let mut locals = Locals::of(parameters, &[]);
        locals.visit_expr(body);
        locals.finish()
    }

    fn finish(mut self) -> Self {
        let outer = self.globals.iter().chain(&self.nonlocals);
        for name in outer {
            self.bound.remove(name);
        }
        self
    }
}

impl<'a> Visitor<'a> for Locals<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                self.bound.insert(&function.name);
                for decorator in &function.decorator_list {
                    self.visit_decorator(decorator);
                }
                for default in function.parameters.iter().filter_map(|p| p.default()) {
                    self.visit_expr(default);
                }
            }
            Stmt::ClassDef(class) => {
                self.bound.insert(&class.name);
                for decorator in &class.decorator_list {
                    self.visit_decorator(decorator);
                }
                if let Some(arguments) = &class.arguments {
                    self.visit_arguments(arguments);
                }
            }
            Stmt::Import(import) => {
                self.bound.extend(import.names.iter().map(imported_name));
            }
            Stmt::ImportFrom(import) => {
                let names = import.names.iter().filter(|alias| &alias.name != "*");
                self.bound.extend(
                    names.map(|alias| alias.asname.as_ref().unwrap_or(&alias.name).as_str()),
                );
            }
            Stmt::Global(global) => self.globals.extend(global.names.iter().map(|n| n.as_str())),
            Stmt::Nonlocal(outer) => self.nonlocals.extend(outer.names.iter().map(|n| n.as_str())),
            Stmt::AnnAssign(assign) => {
                self.visit_expr(&assign.target);
                if let Some(value) = &assign.value {
                    self.visit_expr(value);
                }
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ast::ExceptHandler) {
        let ast::ExceptHandler::ExceptHandler(inner) = handler;
        self.bound.extend(inner.name.as_ref().map(|name| name.as_str()));
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        self.bound.extend(pattern_name(pattern));
        visitor::walk_pattern(self, pattern);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) if name.ctx != ExprContext::Load && !self.in_comprehension => {
                self.bound.insert(&name.id);
            }
            Expr::Named(named) => {
                if let Expr::Name(name) = &*named.target {
                    self.bound.insert(&name.id);
                }
                self.visit_expr(&named.value);
            }
            Expr::Lambda(lambda) => {
                for default in lambda.parameters.iter().flat_map(|p| p.iter()) {
                    if let Some(default) = default.default() {
                        self.visit_expr(default);
                    }
                }
            }
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                let outer = std::mem::replace(&mut self.in_comprehension, true);
                visitor::walk_expr(self, expression);
                self.in_comprehension = outer;
            }
            _ => visitor::walk_expr(self, expression),
        }
    }
}

/// The name that `import a.b` or `import a.b as c` binds.
pub(super) fn imported_name(alias: &ast::Alias) -> &str {
    match &alias.asname {
        Some(name) => name.as_str(),
        None => alias.name.as_str().split('.').next().unwrap_or_default(),
    }
}

/// The name that a pattern captures by itself, without those within it.
pub(super) fn pattern_name(pattern: &Pattern) -> Option<&str> {
    match pattern {
        Pattern::MatchStar(star) => star.name.as_ref(),
        Pattern::MatchAs(capture) => capture.name.as_ref(),
        Pattern::MatchMapping(mapping) => mapping.rest.as_ref(),
        _ => None,
    }
    .map(|name| name.as_str())
}
