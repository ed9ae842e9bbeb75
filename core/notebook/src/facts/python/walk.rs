//! Going over a cell in the order of evaluation.

use std::collections::{BTreeSet, HashMap};

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, ExceptHandler, Expr, ExprContext, Stmt};
use ruff_text_size::Ranged;

use super::scope::{Bound, Scope, ScopeKind};
use super::{class, scope};
use crate::facts::definition::merge_flows;
use crate::facts::{Behaviour, Definition, Facts, Flow, Flows, Late, Name, Read};
use crate::lines::{BodyIs, CellText};

/// The facts of a cell's statements.
pub(super) fn module(cell: &CellText<'_>, body: &[Stmt]) -> Facts {
    let mut walker = Walker::new(cell.source, cell.body, cell.body_offset);
    if let Some(magic) = &cell.magic {
        walker.cell_magic(magic);
    }
    if cell.magic.is_some_and(|magic| magic.is == BodyIs::Function) {
        // What `%%timeit` runs is a function's body: it reads the notebook's names at once.
        walker.timed_body(body);
    } else {
        walker.last = body.last().map(Ranged::range);
        walker.visit_body(body);
    }
    walker.finish(class::of(cell, body))
}

/// The state of the walk.
pub(super) struct Walker<'a> {
    /// The whole cell, for lines.
    pub source: &'a str,
    /// What was parsed; ranges are in it.
    pub body: &'a str,
    pub body_offset: usize,
    pub facts: Facts,
    /// The scopes around the present place, the cell first.
    pub scopes: Vec<Scope<'a>>,
    /// How many functions are around the present place.
    pub depth: u32,
    /// What calling the outermost of them does.
    pub behaviour: Behaviour,
    /// What is deferred now may also run at once (an argument of a call).
    pub eager: bool,
    /// Whose values came into the present statement.
    pub flows: Flows,
    /// What the functions within the present statement do.
    pub sink: Behaviour,
    /// How many calls surround the present expression.
    pub calls: u32,
    /// Whether annotations are kept as text.
    pub lazy_annotations: bool,
    /// Where the cell's last statement is: its value is shown, not dropped.
    pub last: Option<ruff_text_size::TextRange>,
    names: HashMap<&'a str, Name>,
    clock: u32,
    branches: u32,
    since: HashMap<Name, u32>,
    expanding: BTreeSet<Name>,
}

impl<'a> Walker<'a> {
    fn new(source: &'a str, body: &'a str, body_offset: usize) -> Self {
        Walker {
            source,
            body,
            body_offset,
            facts: Facts::default(),
            scopes: vec![Scope::default()],
            depth: 0,
            behaviour: Behaviour::default(),
            eager: false,
            flows: Flows::new(),
            sink: Behaviour::default(),
            calls: 0,
            lazy_annotations: false,
            last: None,
            names: HashMap::new(),
            clock: 0,
            branches: 0,
            since: HashMap::new(),
            expanding: BTreeSet::new(),
        }
    }

    fn finish(mut self, class: crate::facts::Class) -> Facts {
        let end = std::mem::take(&mut self.scopes[0].bound);
        for (name, definition) in &mut self.facts.defs {
            definition.conditional = !end.contains(name);
            definition.since = self.since.get(name).copied().filter(|_| !definition.conditional);
        }
        self.facts.deletes.retain(|name| end.unreachable || !end.names.contains(name));
        for definition in self.facts.defs.values() {
            self.facts.late.extend(definition.behaviour.late.keys().cloned());
        }
        for mutation in self.facts.mutates.values() {
            self.facts.late.extend(mutation.behaviour.late.keys().cloned());
        }
        if self.facts.live_hint.is_none() {
            let stateful = self.facts.defs.iter().find_map(|(name, definition)| {
                definition.stateful.as_ref().map(|what| format!("`{name}` is {what}"))
            });
            self.facts.live_hint = stateful.map(Into::into);
        }
        self.facts.definitions_only = class == crate::facts::Class::Definition;
        self.facts.class = if self.facts.effects.is_empty() && self.facts.coarse.is_none() {
            class
        } else if self.facts.effects.is_empty() {
            class.max(crate::facts::Class::Value)
        } else {
            crate::facts::Class::Effect
        };
        self.facts
    }

    /// One shared copy of a name.
    pub fn name(&mut self, text: &'a str) -> Name {
        self.names.entry(text).or_insert_with(|| Name::from(text)).clone()
    }

    pub fn line(&self, node: &impl Ranged) -> u32 {
        crate::lines::position(self.source, self.body_offset + usize::from(node.start())).0
    }

    fn tick(&mut self) -> u32 {
        self.clock += 1;
        self.clock
    }

    pub fn scope(&mut self) -> &mut Scope<'a> {
        self.scopes.last_mut().expect("the cell's scope is never left")
    }

    /// Where a name is found from here: in the scope of that number, 0 being the cell.
    pub fn find(&self, name: &str) -> usize {
        let innermost = self.scopes.len() - 1;
        for (index, scope) in self.scopes.iter().enumerate().rev() {
            if scope.globals.contains(name) {
                return 0;
            }
            let here = match scope.kind {
                ScopeKind::Cell => return 0,
                ScopeKind::Class => index == innermost && scope.bound.contains(name),
                ScopeKind::Function | ScopeKind::Comprehension => scope.locals.contains(name),
            };
            if here {
                return index;
            }
        }
        0
    }

    /// Reads a name where control is now.
    pub fn read(&mut self, text: &'a str, flow: Flow) {
        if self.find(text) != 0 {
            return;
        }
        let name = self.name(text);
        if self.depth > 0 {
            let late = Late { flow, escapes: self.depth > 1 };
            self.behaviour.read(name.clone(), late);
            if !self.eager {
                return;
            }
        }
        let mut flows = Flows::new();
        flows.insert(name.clone(), flow);
        merge_flows(&mut self.flows, flows);
        self.read_now(name);
    }

    /// Notes that the cell reads a name of the notebook at once.
    pub fn read_now(&mut self, name: Name) {
        let at = self.tick();
        if !self.scopes[0].bound.contains(&name) {
            let read = self.facts.now.entry(name.clone()).or_insert(Read { at });
            read.at = read.at.min(at);
        }
        self.expand(name);
    }

    /// Reads what the cell's own functions read late: using them, or what they came into,
    /// may call them.
    fn expand(&mut self, name: Name) {
        if !self.expanding.insert(name.clone()) {
            return;
        }
        if let Some(definition) = self.facts.defs.get(&name) {
            let late: Vec<Name> = definition.behaviour.late.keys().cloned().collect();
            let flows: Vec<Name> = definition.flows.keys().cloned().collect();
            late.into_iter().for_each(|name| self.read_now(name));
            flows.into_iter().for_each(|name| self.expand(name));
        }
        self.expanding.remove(&name);
    }

    /// Binds a name of the notebook.
    pub fn define(&mut self, name: Name, mut definition: Definition) {
        let at = self.tick();
        self.scopes[0].bound.names.insert(name.clone());
        if self.branches == 0 {
            self.since.entry(name.clone()).or_insert(at);
        }
        self.facts.deletes.remove(&name);
        if let Some(old) = self.facts.defs.get(&name) {
            let itself = definition.flows.remove(&name).is_some();
            // What it was bound to before is gone, unless it lives on in the new value.
            if self.branches == 0 && !itself {
                self.facts.defs.remove(&name);
            } else if itself {
                merge_flows(&mut definition.flows, old.flows.clone());
            }
        }
        match self.facts.defs.entry(name) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(definition);
            }
            std::collections::btree_map::Entry::Occupied(mut old) => {
                old.get_mut().merge(definition)
            }
        }
    }

    /// Unbinds a name of the notebook.
    pub fn undefine(&mut self, name: &Name) {
        self.scopes[0].bound.names.remove(name);
        self.since.remove(name);
        if self.branches == 0 {
            // Every binding of this cell came before, and is gone.
            self.facts.defs.remove(name);
            self.facts.deletes.insert(name.clone());
        }
    }

    /// What is certainly bound here, where order matters: not within functions.
    pub fn bound(&mut self) -> &mut Bound {
        let at = self
            .scopes
            .iter()
            .rposition(|scope| matches!(scope.kind, ScopeKind::Cell | ScopeKind::Class));
        &mut self.scopes[at.unwrap_or(0)].bound
    }

    /// Goes over code that may not run, or not to its end; says what is bound then.
    pub fn branch(&mut self, walk: impl FnOnce(&mut Self)) -> Bound {
        let before = self.bound().clone();
        self.branches += 1;
        walk(self);
        self.branches -= 1;
        std::mem::replace(self.bound(), before)
    }

    /// Goes on after branches, with what is bound after all of them.
    pub fn join(&mut self, bound: Bound) {
        *self.bound() = bound;
        if self.branches == 0 {
            let at = self.tick();
            for name in &self.scopes[0].bound.names {
                self.since.entry(name.clone()).or_insert(at);
            }
        }
    }

    /// Control goes no further on this way.
    fn leave(&mut self) {
        if self.depth == 0 {
            self.bound().unreachable = true;
        }
    }

    fn visit_try(&mut self, node: &'a ast::StmtTry) {
        let mut after = self.branch(|walker| {
            walker.visit_body(&node.body);
            walker.visit_body(&node.orelse);
        });
        for ExceptHandler::ExceptHandler(handler) in &node.handlers {
            let bound = self.branch(|walker| {
                if let Some(kind) = &handler.type_ {
                    walker.visit_expr(kind);
                }
                let name = handler.name.as_ref().map(|name| name.as_str());
                let known = name.is_some_and(|name| walker.facts.defs.contains_key(name));
                if let Some(name) = name {
                    walker.settle();
                    walker.bind_name(name, Definition::default());
                }
                walker.visit_body(&handler.body);
                // Python deletes it where the block ends.
                if let Some(name) = name {
                    walker.unbind_name(name);
                    if !known {
                        walker.facts.defs.remove(name);
                    }
                }
            });
            after = after.join(bound);
        }
        // The last block runs in any case, and finds bound what was so before.
        if !node.finalbody.is_empty() {
            let before = self.bound().names.clone();
            self.visit_body(&node.finalbody);
            let last = self.bound().clone();
            after.names.extend(last.names.difference(&before).cloned());
            after.unreachable |= last.unreachable;
        }
        self.join(after);
    }

    fn visit_match(&mut self, node: &'a ast::StmtMatch) {
        self.visit_expr(&node.subject);
        let flows = std::mem::take(&mut self.flows);
        let mut after: Option<Bound> = None;
        let mut complete = false;
        for case in &node.cases {
            let bound = self.branch(|walker| {
                walker.visit_pattern(&case.pattern);
                walker.bind_pattern(&case.pattern, &flows);
                if let Some(guard) = &case.guard {
                    walker.visit_expr(guard);
                }
                walker.visit_body(&case.body);
            });
            complete |= case.guard.is_none() && case.pattern.is_irrefutable();
            after = Some(match after {
                Some(other) => other.join(bound),
                None => bound,
            });
        }
        let before = self.bound().clone();
        let after = match after {
            Some(after) if complete => after,
            Some(after) => after.join(before),
            None => before,
        };
        self.join(after);
    }

    fn visit_if(&mut self, node: &'a ast::StmtIf) {
        self.visit_expr(&node.test);
        let mut after = self.branch(|walker| walker.visit_body(&node.body));
        let mut complete = false;
        for clause in &node.elif_else_clauses {
            if let Some(test) = &clause.test {
                self.visit_expr(test);
            } else {
                complete = true;
            }
            let bound = self.branch(|walker| walker.visit_body(&clause.body));
            after = after.join(bound);
        }
        if !complete {
            let before = self.bound().clone();
            after = after.join(before);
        }
        self.join(after);
    }
}

impl<'a> Visitor<'a> for Walker<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.settle();
        match statement {
            Stmt::FunctionDef(function) => self.visit_function(function),
            Stmt::ClassDef(class) => self.visit_class(class),
            Stmt::Import(import) => self.visit_import(import),
            Stmt::ImportFrom(import) => self.visit_import_from(import),
            Stmt::Assign(assign) => self.visit_assign(assign),
            Stmt::AugAssign(assign) => self.visit_augmented(assign),
            Stmt::AnnAssign(assign) => self.visit_annotated(assign),
            Stmt::TypeAlias(alias) => self.visit_type_alias(alias),
            Stmt::Delete(delete) => self.visit_delete(delete),
            // A loop's body may never run: what it binds, it may not have bound.
            Stmt::For(node) => {
                self.visit_expr(&node.iter);
                self.branch(|walker| {
                    walker.bind_part(&node.target, &node.iter);
                    walker.visit_body(&node.body);
                });
                self.branch(|walker| walker.visit_body(&node.orelse));
            }
            Stmt::While(node) => {
                self.visit_expr(&node.test);
                self.branch(|walker| walker.visit_body(&node.body));
                self.branch(|walker| walker.visit_body(&node.orelse));
            }
            Stmt::If(node) => self.visit_if(node),
            Stmt::With(node) => {
                for item in &node.items {
                    self.visit_expr(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        self.bind_target(target, Some(&item.context_expr));
                    }
                }
                self.visit_body(&node.body);
            }
            Stmt::Match(node) => self.visit_match(node),
            Stmt::Try(node) => self.visit_try(node),
            Stmt::Return(_) | Stmt::Raise(_) => {
                visitor::walk_stmt(self, statement);
                self.leave();
            }
            Stmt::Break(_) | Stmt::Continue(_) => self.leave(),
            Stmt::Global(global) if self.scopes.len() > 1 => {
                let names = global.names.iter().map(|name| name.as_str());
                self.scope().globals.extend(names);
            }
            Stmt::Expr(node) => {
                let shown = self.last == Some(node.range());
                self.visit_expr(&node.value);
                self.dropped(&node.value, shown);
            }
            Stmt::IpyEscapeCommand(command) => {
                self.escape(command.kind, &command.value, self.line(command));
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) if name.ctx == ExprContext::Load => self.read(&name.id, Flow::Whole),
            Expr::Name(_) => {}
            Expr::Call(call) => self.visit_call(call),
            Expr::Lambda(lambda) => self.visit_lambda(lambda),
            Expr::Generator(node) => {
                self.visit_comprehension_of(&node.generators, &[&node.elt], true);
            }
            Expr::ListComp(node) => {
                self.visit_comprehension_of(&node.generators, &[&node.elt], false);
            }
            Expr::SetComp(node) => {
                self.visit_comprehension_of(&node.generators, &[&node.elt], false);
            }
            Expr::DictComp(node) => {
                self.visit_comprehension_of(&node.generators, &[&node.key, &node.value], false);
            }
            Expr::Named(named) => {
                self.visit_expr(&named.value);
                self.bind_walrus(named);
            }
            // The second operand and what follows may not be evaluated; neither may the
            // branches of `a if b else c`. Only `:=` could tell the difference.
            Expr::BoolOp(node) => {
                for (index, value) in node.values.iter().enumerate() {
                    if index == 0 {
                        self.visit_expr(value);
                    } else {
                        self.maybe(value);
                    }
                }
            }
            Expr::If(node) => {
                self.visit_expr(&node.test);
                self.maybe(&node.body);
                self.maybe(&node.orelse);
            }
            Expr::IpyEscapeCommand(command) => {
                self.escape(command.kind, &command.value, self.line(command));
            }
            _ => visitor::walk_expr(self, expression),
        }
    }
}

impl<'a> Walker<'a> {
    fn maybe(&mut self, value: &'a Expr) {
        let bound = self.branch(|walker| walker.visit_expr(value));
        let before = self.bound().clone();
        self.join(before.join(bound));
    }

    /// Begins a statement with nothing come together yet; a class is one statement.
    pub fn settle(&mut self) {
        if self.depth == 0 && self.scope().kind == ScopeKind::Cell {
            self.take();
        }
    }

    /// Takes what came together for the present statement, and begins anew.
    pub fn take(&mut self) -> (Flows, Behaviour) {
        (std::mem::take(&mut self.flows), std::mem::take(&mut self.sink))
    }

    /// Binds what a pattern captures.
    pub fn bind_pattern(&mut self, pattern: &'a ast::Pattern, flows: &Flows) {
        struct Captures<'a>(Vec<&'a str>);
        impl<'a> Visitor<'a> for Captures<'a> {
            fn visit_pattern(&mut self, pattern: &'a ast::Pattern) {
                self.0.extend(scope::pattern_name(pattern));
                visitor::walk_pattern(self, pattern);
            }
        }
        let mut captures = Captures(Vec::new());
        captures.visit_pattern(pattern);
        for name in captures.0 {
            self.bind_name(name, Definition { flows: flows.clone(), ..Definition::default() });
        }
    }
}
