//! Changes in place, and effects.

use std::collections::BTreeMap;

use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::known;
use super::walk::Walker;
use crate::facts::definition::merge_flows;
use crate::facts::{Alias, Argument, Call, Definition, Effect, Flow, Kind, Mutation, Name};

impl<'a> Walker<'a> {
    /// `x.a = …`, `x[0] = …`, `del x[0]`.
    pub fn change_target(&mut self, target: &'a Expr, value: &Definition) {
        if let Some((root, depth)) = known::root(target) {
            let mutation = Mutation {
                deep: depth > 1,
                unsure: false,
                flows: value.flows.clone(),
                behaviour: value.behaviour.clone(),
            };
            let line = self.line(target);
            self.change(root, mutation, line);
        }
    }

    pub fn visit_augmented(&mut self, assign: &'a ast::StmtAugAssign) {
        self.visit_expr(&assign.value);
        let value = self.made(None);
        match &*assign.target {
            Expr::Name(target) => {
                if self.find(&target.id) == 0 {
                    self.read(&target.id, Flow::Whole);
                }
                let bound_here = self.bound().contains(&target.id);
                let definition = Definition { aliases: Default::default(), ..value.clone() };
                let mutation = Mutation {
                    flows: value.flows,
                    behaviour: value.behaviour,
                    ..Mutation::default()
                };
                let line = self.line(assign);
                self.settle();
                self.change(&target.id, mutation, line);
                let declared =
                    self.scopes.last().is_some_and(|s| s.globals.contains(target.id.as_str()));
                if self.depth > 0 && declared {
                    self.bind_name(&target.id, definition);
                } else if self.depth == 0 && !bound_here {
                    self.note_bound(&target.id);
                }
            }
            target => {
                self.visit_expr(target);
                self.settle();
                self.change_target(target, &value);
            }
        }
    }

    /// Changes what a name holds, and what shares it.
    pub fn change(&mut self, text: &'a str, mutation: Mutation, line: u32) {
        let scope = self.find(text);
        let name = self.name(text);
        self.change_in(scope, name, mutation, line, 0);
    }

    pub fn change_in(
        &mut self,
        scope: usize,
        name: Name,
        mutation: Mutation,
        line: u32,
        hops: u32,
    ) {
        // Aliases may go round in a circle.
        if hops > 4 {
            return;
        }
        let aliases = if scope > 0 {
            if self.depth == 1 && self.scopes[scope].parameters.contains(&name) {
                self.behaviour.mutates_parameters.insert(name.clone());
            }
            self.scopes[scope].aliases.get(&name).cloned()
        } else {
            self.facts.defs.get(&name).map(|definition| definition.aliases.clone())
        };
        for (other, alias) in aliases.into_iter().flatten() {
            let deep = match alias {
                Alias::Same => mutation.deep,
                Alias::Part => true,
                Alias::Holds if mutation.deep => true,
                Alias::Holds => continue,
            };
            if other != name {
                let at = if scope > 0 { self.find(&other) } else { 0 };
                self.change_in(at, other, Mutation { deep, ..mutation.clone() }, line, hops + 1);
            }
        }
        if scope > 0 {
            return;
        }
        if self.depth > 0 {
            join(&mut self.behaviour.mutates, &name, mutation.clone());
            if !self.eager {
                return;
            }
        }
        self.change_now(name, mutation, line);
    }

    fn change_now(&mut self, name: Name, mutation: Mutation, line: u32) {
        let certain =
            self.scopes[0].bound.contains(&name) && !self.facts.mutates.contains_key(&name);
        if let Some(definition) = self.facts.defs.get_mut(&name) {
            if let Kind::Import(import) = &definition.kind {
                if !mutation.unsure {
                    let why = format!("changes `{}`", import.module);
                    self.effect(&why, line, false, None);
                }
                return;
            }
            if definition.kind == Kind::Constant {
                definition.kind = Kind::Value;
            }
            merge_flows(&mut definition.flows, mutation.flows.clone());
            definition.behaviour.merge(mutation.behaviour.clone());
            if certain {
                return;
            }
        }
        join(&mut self.facts.mutates, &name, mutation);
    }

    /// Notes that a name is bound now by changing it: `x += 1`.
    fn note_bound(&mut self, text: &'a str) {
        let name = self.name(text);
        self.bound().names.insert(name);
    }

    /// Notes something that is done beyond binding names.
    pub fn effect(&mut self, why: &str, line: u32, outward: bool, depends_on: Option<Name>) {
        let effect = Effect { why: why.into(), line, outward, depends_on };
        let mut into = vec![];
        if self.depth > 0 {
            into.push(&mut self.behaviour.effects);
        }
        if self.depth == 0 || self.eager {
            into.push(&mut self.facts.effects);
        }
        for effects in into {
            if !effects.contains(&effect) {
                effects.push(effect.clone());
            }
        }
    }

    pub fn visit_call(&mut self, call: &'a ast::ExprCall) {
        match &*call.func {
            // The function itself stays where it is: only its result comes in.
            Expr::Name(name) => self.read(&name.id, Flow::Called),
            function => self.visit_expr(function),
        }
        self.calls += 1;
        self.visit_arguments(&call.arguments);
        self.calls -= 1;
        if let Some(path) = known::path(&call.func) {
            self.known_call(call, &path);
        }
        if let Expr::Attribute(function) = &*call.func {
            self.method(call, function);
        } else if let Expr::Name(function) = &*call.func {
            self.function(call, &function.id);
        }
    }

    fn known_call(&mut self, call: &'a ast::ExprCall, path: &str) {
        let line = self.line(call);
        let full = self.full_path(path);
        match path {
            "eval" => self.coarse(&format!("`{path}` may use any name")),
            "exec" | "globals" => {
                self.coarse(&format!("`{path}` may use any name"));
                self.facts.binds_unseen |= self.depth == 0 || self.eager;
            }
            "locals" | "vars" if self.depth == 0 && call.arguments.is_empty() => {
                self.coarse(&format!("`{path}()` holds every name"));
            }
            "input" => self.effect("asks for input", line, false, None),
            "open" | "io.open" | "gzip.open" | "bz2.open" | "codecs.open"
                if opens_to_write(call) =>
            {
                self.effect("writes a file", line, true, None);
            }
            _ => {}
        }
        let is_local = self.find(path.split('.').next().unwrap_or(path)) != 0;
        if known::is_outward(path) || known::is_outward(&full) {
            self.effect(&format!("calls `{path}`"), line, true, None);
        } else if !is_local && (known::is_setting(path) || known::is_setting(&full)) {
            self.effect(&format!("calls `{path}`"), line, false, None);
        }
        if let Some(at) = known::mutated_argument(path).or_else(|| known::mutated_argument(&full))
            && let Some((root, depth)) = call.arguments.args.get(at).and_then(known::root)
        {
            self.change(root, Mutation { deep: depth > 0, ..Mutation::default() }, line);
        }
    }

    /// A dotted name with the module that its root stands for.
    fn full_path(&self, path: &str) -> String {
        let (root, rest) = path.split_at(path.find('.').unwrap_or(path.len()));
        match self.facts.defs.get(root).map(|definition| &definition.kind) {
            Some(Kind::Import(import)) => match &import.name {
                Some(name) => format!("{}.{name}{rest}", import.module),
                None => format!("{}{rest}", import.module),
            },
            Some(_) => path.to_owned(),
            None => format!("{}{rest}", known::usual_module(root).unwrap_or(root)),
        }
    }

    fn method(&mut self, call: &'a ast::ExprCall, function: &'a ast::ExprAttribute) {
        let (line, method) = (self.line(call), function.attr.as_str());
        if let Some(keyword) = call.arguments.find_keyword("out")
            && let Some((root, depth)) = known::root(&keyword.value)
        {
            self.change(root, Mutation { deep: depth > 0, ..Mutation::default() }, line);
        }
        if matches!(method, "query" | "eval") {
            self.names_in_query(call);
        }
        let path = known::path(&call.func).unwrap_or_default();
        if known::is_outward_method(method, &call.arguments) {
            self.effect(&format!("calls `{}`", path.trim_start_matches('.')), line, true, None);
        }
        let Some((root, depth)) = known::root(&function.value) else { return };
        // `np.add(a, b)` changes nothing, and `sys.path.append(…)` is known as a setting.
        if self.find(root) == 0 && self.is_module(root) {
            return;
        }
        let in_place = call.arguments.find_keyword("inplace").is_some_and(
            |keyword| !matches!(&keyword.value, Expr::BooleanLiteral(value) if !value.value),
        );
        if in_place || known::is_mutator(method) {
            let mut mutation = Mutation { deep: depth > 0, ..Mutation::default() };
            for argument in &call.arguments.args {
                if let Some((value, _)) = known::root(argument)
                    && self.find(value) == 0
                {
                    mutation.flows.insert(self.name(value), Flow::Whole);
                }
            }
            mutation.behaviour = self.sink.clone();
            self.change(root, mutation, line);
        } else if self.find(root) == 0 && depth == 0 && (self.depth == 0 || self.eager) {
            let (root, method) = (self.name(root), self.name(&function.attr));
            self.facts.methods.entry(root).or_default().insert(method);
        }
    }

    /// Whether a name stands for a module, as far as this cell or habit tells.
    fn is_module(&self, root: &str) -> bool {
        match self.facts.defs.get(root).map(|definition| &definition.kind) {
            Some(Kind::Import(import)) => import.name.is_none(),
            Some(_) => false,
            None => known::usual_module(root).is_some(),
        }
    }

    fn function(&mut self, call: &'a ast::ExprCall, function: &'a str) {
        if self.find(function) != 0 || self.depth > 0 && !self.eager {
            return;
        }
        let mut arguments = Vec::new();
        for (at, argument) in call.arguments.args.iter().enumerate() {
            if let Some((root, _)) = known::root(argument).filter(|(root, _)| self.find(root) == 0)
            {
                let at = Argument::Position(u32::try_from(at).unwrap_or(u32::MAX));
                arguments.push((at, self.name(root)));
            }
        }
        for keyword in &call.arguments.keywords {
            let Some(name) = &keyword.arg else { continue };
            if let Some((root, _)) =
                known::root(&keyword.value).filter(|(root, _)| self.find(root) == 0)
            {
                arguments.push((Argument::Keyword(self.name(name)), self.name(root)));
            }
        }
        if known::is_quiet_function(function) {
            return;
        }
        let function = self.name(function);
        // What this cell's own function does to its arguments is known already.
        if let Some(definition) = self.facts.defs.get(&function) {
            let behaviour = definition.behaviour.clone();
            let line = self.line(call);
            for name in behaviour.changed_arguments(&arguments) {
                self.change_in(0, name, Mutation { deep: true, ..Mutation::default() }, line, 0);
            }
            for (name, mutation) in behaviour.mutates {
                self.change_in(0, name, mutation, line, 0);
            }
            for name in behaviour.writes {
                let bound = self.branch(|walker| walker.define(name, Definition::default()));
                drop(bound);
            }
            for effect in behaviour.effects {
                self.effect(&effect.why, line, effect.outward, effect.depends_on);
            }
            if let Some(why) = behaviour.coarse {
                self.coarse(&why);
            }
        }
        let call = Call { function, arguments };
        if !self.facts.calls.contains(&call) {
            self.facts.calls.push(call);
        }
    }

    /// `df.query("price > @limit")` reads `limit`.
    fn names_in_query(&mut self, call: &'a ast::ExprCall) {
        let Some(first) = call.arguments.args.first() else { return };
        let text = &self.body[first.range()];
        if !matches!(first, Expr::StringLiteral(_) | Expr::FString(_)) {
            return;
        }
        for (at, _) in text.match_indices('@') {
            let rest = &text[at + 1..];
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            if end > 0 {
                self.read(&rest[..end], Flow::Whole);
            }
        }
    }

    /// An expression stands alone: its value is dropped, or shown at the end of the cell.
    pub fn dropped(&mut self, value: &'a Expr, shown: bool) {
        let value = match value {
            Expr::Await(node) => &node.value,
            other => other,
        };
        let Expr::Call(call) = value else { return };
        if shown && self.body[usize::from(value.end())..].trim_start().starts_with(';') {
            return self.dropped(value, false);
        }
        let line = self.line(value);
        match &*call.func {
            Expr::Name(function) if self.find(&function.id) == 0 => {
                let quiet = known::is_quiet_function(&function.id)
                    || known::mutated_argument(&function.id).is_some();
                if quiet && !self.facts.defs.contains_key(function.id.as_str()) {
                    return;
                }
                let name = self.name(&function.id);
                match self.facts.defs.get(&name).map(|definition| definition.kind.clone()) {
                    // What they do is known by their bodies.
                    Some(Kind::Function | Kind::Class) => {}
                    Some(Kind::Import(import)) if known::is_quiet_module(&import.module) => {}
                    Some(_) => self.effect(&format!("calls `{name}`"), line, false, None),
                    // Most functions that end a cell compute what it shows.
                    None if shown => {}
                    None => self.effect(&format!("calls `{name}`"), line, false, Some(name)),
                }
            }
            Expr::Attribute(function) if !shown => self.dropped_method(call, function, line),
            _ => {}
        }
    }

    fn dropped_method(
        &mut self,
        call: &'a ast::ExprCall,
        function: &'a ast::ExprAttribute,
        line: u32,
    ) {
        let method = function.attr.as_str();
        let Some((root, depth)) = known::root(&function.value) else { return };
        if known::is_mutator(method) || known::is_showing(method) {
            return;
        }
        let path = known::path(&call.func).unwrap_or_else(|| method.to_owned());
        let module = match self.facts.defs.get(root).map(|definition| definition.kind.clone()) {
            Some(Kind::Import(import)) => Some(import.module.to_string()),
            Some(_) => None,
            None => known::usual_module(root).map(str::to_owned),
        };
        if self.find(root) != 0 {
            self.change(
                root,
                Mutation { unsure: true, deep: depth > 0, ..Mutation::default() },
                line,
            );
            return;
        }
        if let Some(module) = module {
            if !known::is_quiet_module(&module) {
                self.effect(&format!("calls `{path}`"), line, false, None);
            }
            return;
        }
        self.change(root, Mutation { unsure: true, deep: depth > 0, ..Mutation::default() }, line);
        let name = self.name(root);
        if !self.facts.defs.contains_key(&name) {
            self.effect(&format!("calls `{path}`"), line, false, Some(name));
        }
    }
}

fn join(mutations: &mut BTreeMap<Name, Mutation>, name: &Name, mutation: Mutation) {
    match mutations.get_mut(name) {
        Some(known) => known.merge(mutation),
        None => {
            mutations.insert(name.clone(), mutation);
        }
    }
}

fn opens_to_write(call: &ast::ExprCall) -> bool {
    let mode = call.arguments.find_argument_value("mode", 1);
    match mode {
        Some(Expr::StringLiteral(mode)) => mode.value.to_str().contains(['w', 'a', 'x', '+']),
        Some(_) => true,
        None => false,
    }
}
