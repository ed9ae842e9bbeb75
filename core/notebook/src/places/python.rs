//! Where Python binds names: every place in a cell's text, with the scope that it is in.

use std::collections::HashSet;
use std::ops::Range;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, ExprContext, Identifier, Mod, Pattern, Stmt};
use ruff_text_size::{Ranged, TextRange};

use crate::{facts, lines};

/// Where the name that stands at a place is bound, if the cell has bound it by then or it is
/// local to a function.
pub(super) fn bound_before(source: &str, word: &Range<usize>) -> Option<Range<usize>> {
    let bindings = Bindings::of(source);
    let name = &source[word.clone()];
    let innermost = bindings.scope_at(word.start);
    let mut at = innermost;
    while at != CELL {
        let scope = &bindings.scopes[at];
        if scope.globals.contains(name) {
            break;
        }
        // The names of a class are its body's alone.
        if !scope.is_class || at == innermost {
            let local: Vec<_> = bindings.in_scope(at, name).collect();
            let before = local.iter().rfind(|it| it.start <= word.start);
            if let Some(found) = before.or(local.first()) {
                return Some(found.clone());
            }
        }
        at = scope.parent;
    }
    let before = bindings.in_scope(CELL, name).filter(|it| it.start <= word.start).last()?;
    // `a = a + 1` reads what is above, and the name on the left is no other than itself.
    let reads_above = bindings
        .statement_of(&before)
        .is_some_and(|it| before != *word && it.contains(&word.start));
    (!reads_above).then_some(before)
}

/// Where the cell's own level binds a name first.
pub(super) fn bound_first(source: &str, name: &str) -> Option<Range<usize>> {
    let bindings = Bindings::of(source);
    let own = bindings.in_scope(CELL, name).next();
    // What a function declares global, or what is changed in place.
    own.or_else(|| super::first_word(source, name))
}

/// The scope of the cell itself.
const CELL: usize = 0;

/// What a cell binds, in bytes of its text.
struct Bindings {
    all: Vec<Binding>,
    scopes: Vec<Scope>,
    /// Assignments: their values are read before their targets are bound.
    assignments: Vec<Range<usize>>,
    current: usize,
    /// Where the parsed text begins in the cell.
    offset: usize,
}

struct Binding {
    scope: usize,
    name: String,
    place: Range<usize>,
}

#[derive(Default)]
struct Scope {
    place: Range<usize>,
    parent: usize,
    is_class: bool,
    globals: HashSet<String>,
}

impl Bindings {
    fn of(source: &str) -> Self {
        let cell = lines::split(source);
        // The parser's stack has an end.
        let body = if facts::python::too_deep(source).is_some() { "" } else { cell.body };
        let parsed = lines::parse(body);
        let whole = Scope { place: 0..source.len(), ..Scope::default() };
        let mut bindings = Self {
            all: Vec::new(),
            scopes: vec![whole],
            assignments: Vec::new(),
            current: CELL,
            offset: cell.body_offset,
        };
        if let Mod::Module(module) = parsed.syntax() {
            bindings.visit_body(&module.body);
        }
        bindings.all.sort_by_key(|it| it.place.start);
        bindings
    }

    fn in_scope(&self, scope: usize, name: &str) -> impl Iterator<Item = Range<usize>> {
        let all = self.all.iter().filter(move |it| it.scope == scope && it.name == name);
        all.map(|it| it.place.clone())
    }

    /// The innermost scope around a place. Those within others come after them.
    fn scope_at(&self, at: usize) -> usize {
        self.scopes.iter().rposition(|it| it.place.contains(&at)).unwrap_or(CELL)
    }

    fn statement_of(&self, place: &Range<usize>) -> Option<&Range<usize>> {
        self.assignments.iter().rfind(|it| it.contains(&place.start))
    }

    fn place(&self, range: TextRange) -> Range<usize> {
        self.offset + usize::from(range.start())..self.offset + usize::from(range.end())
    }

    fn bind(&mut self, name: &str, range: TextRange) {
        let place = self.place(range);
        self.all.push(Binding { scope: self.current, name: name.to_owned(), place });
    }

    fn bind_identifier(&mut self, name: Option<&Identifier>) {
        if let Some(name) = name {
            self.bind(name.as_str(), name.range());
        }
    }

    fn within(&mut self, range: TextRange, is_class: bool, visit: impl FnOnce(&mut Self)) {
        let place = self.place(range);
        let parent = self.current;
        self.scopes.push(Scope { place, parent, is_class, ..Scope::default() });
        self.current = self.scopes.len() - 1;
        visit(self);
        self.current = parent;
    }

    fn parameters(&mut self, parameters: Option<&ast::Parameters>) {
        for parameter in parameters.into_iter().flat_map(|all| all.iter()) {
            self.bind_identifier(Some(parameter.name()));
        }
    }

    /// Defaults are read outside of the function.
    fn defaults(&mut self, parameters: Option<&ast::Parameters>) {
        for parameter in parameters.into_iter().flat_map(|all| all.iter()) {
            parameter.default().into_iter().for_each(|it| self.visit_expr(it));
        }
    }
}

impl<'a> Visitor<'a> for Bindings {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                self.bind_identifier(Some(&function.name));
                function.decorator_list.iter().for_each(|it| self.visit_decorator(it));
                self.defaults(Some(&function.parameters));
                self.within(function.range(), false, |inner| {
                    inner.parameters(Some(&function.parameters));
                    inner.visit_body(&function.body);
                });
            }
            Stmt::ClassDef(class) => {
                self.bind_identifier(Some(&class.name));
                class.decorator_list.iter().for_each(|it| self.visit_decorator(it));
                self.within(class.range(), true, |inner| inner.visit_body(&class.body));
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    match &alias.asname {
                        Some(name) => self.bind_identifier(Some(name)),
                        None => {
                            let first = alias.name.as_str().split('.').next().unwrap_or_default();
                            let start = alias.name.range().start();
                            let length = u32::try_from(first.len()).unwrap_or(0);
                            self.bind(first, TextRange::at(start, length.into()));
                        }
                    }
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    self.bind_identifier(Some(alias.asname.as_ref().unwrap_or(&alias.name)));
                }
            }
            Stmt::Global(global) => {
                let names = global.names.iter().map(|name| name.as_str().to_owned());
                self.scopes[self.current].globals.extend(names);
            }
            _ => {
                if matches!(statement, Stmt::Assign(_) | Stmt::AugAssign(_) | Stmt::AnnAssign(_)) {
                    let place = self.place(statement.range());
                    self.assignments.push(place);
                }
                visitor::walk_stmt(self, statement);
            }
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ast::ExceptHandler) {
        let ast::ExceptHandler::ExceptHandler(inner) = handler;
        self.bind_identifier(inner.name.as_ref());
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        self.bind_identifier(match pattern {
            Pattern::MatchStar(star) => star.name.as_ref(),
            Pattern::MatchAs(capture) => capture.name.as_ref(),
            Pattern::MatchMapping(mapping) => mapping.rest.as_ref(),
            _ => None,
        });
        visitor::walk_pattern(self, pattern);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) if name.ctx == ExprContext::Store => {
                self.bind(name.id.as_str(), name.range());
            }
            Expr::Lambda(lambda) => {
                let parameters = lambda.parameters.as_deref();
                self.defaults(parameters);
                self.within(lambda.range(), false, |inner| {
                    inner.parameters(parameters);
                    inner.visit_expr(&lambda.body);
                });
            }
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                self.within(expression.range(), false, |inner| {
                    visitor::walk_expr(inner, expression);
                });
            }
            _ => visitor::walk_expr(self, expression),
        }
    }
}
