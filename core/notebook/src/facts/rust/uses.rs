//! The names that Rust code uses and doesn't bind.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Block, ExprClosure, ExprForLoop, ItemFn, Local, Macro, Pat, PatIdent, Path, Stmt};

use crate::facts::Effect;

/// Calls that reach outside of the process, by the last two parts of their path.
const OUTWARD: &[(&str, &str)] = &[
    ("fs", "write"),
    ("fs", "remove_file"),
    ("fs", "remove_dir_all"),
    ("fs", "create_dir"),
    ("fs", "create_dir_all"),
    ("fs", "rename"),
    ("fs", "copy"),
    ("File", "create"),
    ("OpenOptions", "new"),
    ("Command", "new"),
    ("TcpStream", "connect"),
    ("env", "set_current_dir"),
    ("env", "set_var"),
];

/// Words that name nothing of a notebook.
const WORDS: &[&str] = &["self", "Self", "super", "crate", "_", "std", "core", "alloc"];

/// The walk over a cell.
pub(super) struct Uses {
    /// Names that are used and not bound.
    pub found: BTreeSet<String>,
    /// What reaches outside.
    pub effects: Vec<Effect>,
    scopes: Vec<BTreeSet<String>>,
}

impl Uses {
    /// Begins with the names of the cell's own items, which may be used before they stand.
    pub fn new(own: BTreeSet<String>) -> Self {
        Uses { found: BTreeSet::new(), effects: Vec::new(), scopes: vec![own] }
    }

    fn use_name(&mut self, name: String) {
        let name = name.strip_prefix("r#").map(str::to_owned).unwrap_or(name);
        let bound = self.scopes.iter().any(|scope| scope.contains(&name));
        if !bound && !WORDS.contains(&name.as_str()) {
            self.found.insert(name);
        }
    }

    /// Notes the first word of a `use`: it may be something of a cell above.
    pub fn root(&mut self, tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(path) => self.use_name(path.ident.to_string()),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.root(tree)),
            _ => {}
        }
    }

    fn bind(&mut self, pattern: &Pat) {
        let names = bound(pattern);
        if let Some(scope) = self.scopes.last_mut() {
            scope.extend(names);
        }
    }

    fn within(&mut self, walk: impl FnOnce(&mut Self)) {
        self.scopes.push(BTreeSet::new());
        walk(self);
        self.scopes.pop();
    }

    fn tokens(&mut self, tokens: TokenStream) {
        let mut after_dot = false;
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(name) if !after_dot => self.use_name(name.to_string()),
                TokenTree::Literal(literal) => {
                    captured(&literal.to_string()).into_iter().for_each(|name| self.use_name(name));
                }
                TokenTree::Punct(mark) => {
                    after_dot = mark.as_char() == '.';
                    continue;
                }
                TokenTree::Ident(_) => {}
            }
            after_dot = false;
        }
    }
}

impl<'ast> Visit<'ast> for Uses {
    fn visit_block(&mut self, block: &'ast Block) {
        self.within(|uses| {
            let items = block.stmts.iter().filter_map(|statement| match statement {
                Stmt::Item(syn::Item::Fn(item)) => Some(item.sig.ident.to_string()),
                Stmt::Item(syn::Item::Struct(item)) => Some(item.ident.to_string()),
                Stmt::Item(syn::Item::Enum(item)) => Some(item.ident.to_string()),
                Stmt::Item(syn::Item::Const(item)) => Some(item.ident.to_string()),
                _ => None,
            });
            let items: Vec<String> = items.collect();
            if let Some(scope) = uses.scopes.last_mut() {
                scope.extend(items);
            }
            visit::visit_block(uses, block);
        });
    }

    fn visit_local(&mut self, local: &'ast Local) {
        if let Some(init) = &local.init {
            self.visit_local_init(init);
        }
        visit::visit_pat(self, &local.pat);
        self.bind(&local.pat);
    }

    fn visit_expr_closure(&mut self, closure: &'ast ExprClosure) {
        self.within(|uses| {
            closure.inputs.iter().for_each(|pattern| uses.bind(pattern));
            visit::visit_expr_closure(uses, closure);
        });
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.within(|uses| {
            for input in &function.sig.inputs {
                if let syn::FnArg::Typed(input) = input {
                    uses.bind(&input.pat);
                }
            }
            let generics = function.sig.generics.type_params();
            let generics: Vec<String> = generics.map(|it| it.ident.to_string()).collect();
            if let Some(scope) = uses.scopes.last_mut() {
                scope.extend(generics);
            }
            visit::visit_item_fn(uses, function);
        });
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.within(|uses| {
            for input in &function.sig.inputs {
                if let syn::FnArg::Typed(input) = input {
                    uses.bind(&input.pat);
                }
            }
            visit::visit_impl_item_fn(uses, function);
        });
    }

    fn visit_expr_for_loop(&mut self, node: &'ast ExprForLoop) {
        self.visit_expr(&node.expr);
        self.within(|uses| {
            uses.bind(&node.pat);
            uses.visit_block(&node.body);
        });
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.within(|uses| {
            uses.bind(&arm.pat);
            visit::visit_arm(uses, arm);
        });
    }

    fn visit_expr_if(&mut self, node: &'ast syn::ExprIf) {
        self.within(|uses| visit::visit_expr_if(uses, node));
    }

    fn visit_expr_while(&mut self, node: &'ast syn::ExprWhile) {
        self.within(|uses| visit::visit_expr_while(uses, node));
    }

    fn visit_expr_let(&mut self, node: &'ast syn::ExprLet) {
        self.visit_expr(&node.expr);
        self.bind(&node.pat);
        visit::visit_pat(self, &node.pat);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        if path.leading_colon.is_none()
            && let Some(first) = path.segments.first()
        {
            self.use_name(first.ident.to_string());
        }
        let words: Vec<String> = path.segments.iter().map(|part| part.ident.to_string()).collect();
        if let [.., before, last] = words.as_slice()
            && OUTWARD.iter().any(|(a, b)| a == before && b == last)
        {
            let why = format!("calls `{}`", words.join("::")).into();
            let line = path.segments.first().map_or(1, |part| part.ident.span().start().line);
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            self.effects.push(Effect { why, line, outward: true, depends_on: None });
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.visit_path(&call.path);
        self.tokens(call.tokens.clone());
    }

    // An attribute's words (`derive(Debug)`) are no names of the notebook.
    fn visit_attribute(&mut self, _attribute: &'ast syn::Attribute) {}

    // What `use` brings in is a definition.
    fn visit_item_use(&mut self, _item: &'ast syn::ItemUse) {}

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        if item.ident.is_none() {
            visit::visit_item_macro(self, item);
        }
    }
}

/// The names that a pattern binds.
pub(super) fn bound(pattern: &Pat) -> Vec<String> {
    struct Names(Vec<String>);
    impl<'ast> Visit<'ast> for Names {
        fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
            let name = pattern.ident.to_string();
            let name = name.strip_prefix("r#").map(str::to_owned).unwrap_or(name);
            // `None` and constants look like names; nobody binds in capitals.
            if !name.starts_with(char::is_uppercase) {
                self.0.push(name);
            }
            visit::visit_pat_ident(self, pattern);
        }
    }
    let mut names = Names(Vec::new());
    names.visit_pat(pattern);
    names.0
}

/// The names in a format string: `"{x} {y:?}"`.
fn captured(literal: &str) -> Vec<String> {
    let mut names = Vec::new();
    if !literal.contains('"') {
        return names;
    }
    for (at, _) in literal.match_indices('{') {
        let rest = &literal[at + 1..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let starts = rest.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if starts && rest[end..].starts_with(['}', ':']) && !literal[..at].ends_with('{') {
            names.push(rest[..end].to_owned());
        }
    }
    names
}
