//! Code that runs later: functions, lambdas, generators; and classes, of which the body
//! runs at once and the methods later.

use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::known;
use super::scope::{Locals, Scope, ScopeKind};
use super::walk::Walker;
use crate::facts::{Behaviour, Definition, Kind, Name};

impl<'a> Walker<'a> {
    /// Goes over code that runs when it is called, and says what calling it does.
    fn later(
        &mut self,
        parameters: Option<&'a ast::Parameters>,
        locals: Locals<'a>,
        eager: bool,
        walk: impl FnOnce(&mut Self),
    ) -> Behaviour {
        let parameters: Vec<Name> = parameters
            .iter()
            .flat_map(|list| list.iter())
            .map(|parameter| self.name(parameter.name().as_str()))
            .collect();
        let outermost = self.depth == 0;
        let outer = outermost.then(|| std::mem::take(&mut self.behaviour));
        if outermost {
            self.behaviour.parameters = parameters.clone();
        }
        let was_eager = self.eager;
        self.eager |= eager;
        let calls = std::mem::take(&mut self.calls);
        self.depth += 1;
        self.scopes.push(Scope {
            kind: ScopeKind::Function,
            locals: locals.bound,
            globals: locals.globals,
            parameters,
            ..Scope::default()
        });
        walk(self);
        self.scopes.pop();
        self.depth -= 1;
        self.calls = calls;
        self.eager = was_eager;
        match outer {
            Some(outer) => std::mem::replace(&mut self.behaviour, outer),
            // Within a function, it all belongs to the outermost one.
            None => Behaviour::default(),
        }
    }

    pub fn visit_function(&mut self, function: &'a ast::StmtFunctionDef) {
        let mut eager = false;
        for decorator in &function.decorator_list {
            self.visit_expr(&decorator.expression);
            eager |= !known::passive_decorator(&decorator.expression);
        }
        let generic = function.type_params.is_some();
        if let Some(parameters) = &function.type_params {
            self.push_type_parameters(parameters);
        }
        self.visit_defaults(&function.parameters);
        if !self.lazy_annotations {
            for parameter in function.parameters.iter() {
                if let Some(annotation) = parameter.annotation() {
                    self.visit_expr(annotation);
                }
            }
            if let Some(returns) = &function.returns {
                self.visit_expr(returns);
            }
        }
        let (flows, outer) = self.take();
        let locals = Locals::of(Some(&function.parameters), &function.body);
        let mut behaviour = self.later(Some(&function.parameters), locals, eager, |walker| {
            walker.visit_body(&function.body);
        });
        if generic {
            self.scopes.pop();
        }
        behaviour.merge(outer);
        let in_class = self.scopes.last().is_some_and(|scope| scope.kind == ScopeKind::Class);
        let kind = Kind::Function;
        let flows = if eager { flows } else { crate::facts::Flows::new() };
        if in_class && self.depth == 0 {
            // A method that changes its first parameter changes its object.
            let own = behaviour.parameters.first().cloned();
            if own.is_some_and(|own| behaviour.mutates_parameters.contains(&own)) {
                behaviour.mutating_methods.insert(self.name(&function.name));
            }
            behaviour.parameters.clear();
            behaviour.mutates_parameters.clear();
            self.sink.merge(behaviour);
            self.bind_name(&function.name, Definition::new(kind));
        } else {
            let definition = Definition { kind, flows, behaviour, ..Definition::default() };
            self.bind_name(&function.name, definition);
        }
    }

    fn visit_defaults(&mut self, parameters: &'a ast::Parameters) {
        for default in parameters.iter_non_variadic_params().filter_map(|p| p.default.as_deref()) {
            self.visit_expr(default);
        }
    }

    /// Type parameters are a scope around what they belong to; bounds are evaluated late.
    fn push_type_parameters(&mut self, parameters: &'a ast::TypeParams) {
        let locals = parameters.iter().map(|parameter| parameter.name().as_str()).collect();
        self.scopes.push(Scope { kind: ScopeKind::Function, locals, ..Scope::default() });
        let names = Locals::default();
        let behaviour =
            self.later(None, names, false, |walker| walker.visit_type_params(parameters));
        self.sink.merge(behaviour);
    }

    pub fn visit_class(&mut self, class: &'a ast::StmtClassDef) {
        for decorator in &class.decorator_list {
            self.visit_expr(&decorator.expression);
        }
        if let Some(parameters) = &class.type_params {
            self.push_type_parameters(parameters);
        }
        if let Some(arguments) = &class.arguments {
            self.visit_arguments(arguments);
        }
        self.scopes.push(Scope { kind: ScopeKind::Class, ..Scope::default() });
        self.visit_body(&class.body);
        self.scopes.pop();
        if class.type_params.is_some() {
            self.scopes.pop();
        }
        let (flows, behaviour) = self.take();
        let definition =
            Definition { kind: Kind::Class, flows, behaviour, ..Definition::default() };
        self.bind_name(&class.name, definition);
    }

    pub fn visit_lambda(&mut self, lambda: &'a ast::ExprLambda) {
        let parameters = lambda.parameters.as_deref();
        if let Some(parameters) = parameters {
            self.visit_defaults(parameters);
        }
        let locals = Locals::of_expression(parameters, &lambda.body);
        // An argument may be called by whom it is given to.
        let eager = self.calls > 0;
        let behaviour =
            self.later(parameters, locals, eager, |walker| walker.visit_expr(&lambda.body));
        self.sink.merge(behaviour);
    }

    /// A comprehension runs at once; a generator, too, when it is a call's argument:
    /// nearly always the call consumes it.
    pub fn visit_comprehension_of(
        &mut self,
        generators: &'a [ast::Comprehension],
        elements: &[&'a Expr],
        lazy: bool,
    ) {
        let Some((first, _)) = generators.split_first() else { return };
        self.visit_expr(&first.iter);
        let locals = targets_of(generators);
        if lazy && self.calls == 0 {
            let mut names = Locals::default();
            names.bound = locals;
            let behaviour = self.later(None, names, false, |walker| {
                walker.visit_rounds(generators, elements);
            });
            self.sink.merge(behaviour);
        } else {
            self.scopes.push(Scope { kind: ScopeKind::Comprehension, locals, ..Scope::default() });
            self.branch(|walker| walker.visit_rounds(generators, elements));
            self.scopes.pop();
        }
    }

    fn visit_rounds(&mut self, generators: &'a [ast::Comprehension], elements: &[&'a Expr]) {
        for (index, generator) in generators.iter().enumerate() {
            if index > 0 {
                self.visit_expr(&generator.iter);
            }
            // `for x[0] in …` reads x.
            if !generator.target.is_name_expr() {
                self.visit_expr(&generator.target);
            }
            for condition in &generator.ifs {
                self.visit_expr(condition);
            }
        }
        for element in elements {
            self.visit_expr(element);
        }
    }

    pub fn visit_type_alias(&mut self, alias: &'a ast::StmtTypeAlias) {
        if let Some(parameters) = &alias.type_params {
            self.push_type_parameters(parameters);
        }
        let behaviour =
            self.later(None, Locals::default(), false, |walker| walker.visit_expr(&alias.value));
        if alias.type_params.is_some() {
            self.scopes.pop();
        }
        if let Expr::Name(name) = &*alias.name {
            self.bind_name(&name.id, Definition { behaviour, ..Definition::new(Kind::Class) });
        }
    }

    /// The body of `%%timeit`: a function that is called on the spot.
    pub fn timed_body(&mut self, body: &'a [Stmt]) {
        self.last = body.last().map(Ranged::range);
        let locals = Locals::of(None, body);
        let behaviour = self.later(None, locals, true, |walker| walker.visit_body(body));
        self.facts.effects.extend(behaviour.effects);
        for (name, mutation) in behaviour.mutates {
            self.facts.mutates.entry(name).or_default().merge(mutation);
        }
    }
}

fn targets_of(generators: &[ast::Comprehension]) -> std::collections::HashSet<&str> {
    struct Targets<'a>(std::collections::HashSet<&'a str>);
    impl<'a> Visitor<'a> for Targets<'a> {
        fn visit_expr(&mut self, expression: &'a Expr) {
            match expression {
                Expr::Name(name) if name.ctx == ast::ExprContext::Store => {
                    self.0.insert(&name.id);
                }
                _ => ruff_python_ast::visitor::walk_expr(self, expression),
            }
        }
    }
    let mut targets = Targets(std::collections::HashSet::new());
    for generator in generators {
        targets.visit_expr(&generator.target);
    }
    targets.0
}
