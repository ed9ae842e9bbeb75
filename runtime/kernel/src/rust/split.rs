//! Takes a cell apart: the items that later cells see, the statements that run, and the names
//! that `let`s leave behind.

use std::collections::BTreeSet;
use std::ops::Range;

use proc_macro2::{Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Block, Fields, ImplItem, Item, Pat, Stmt, Visibility};

use super::imports::{Import, imports};
use super::rewrite::Edit;

/// A cell that was taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// Functions, types and the like, in order.
    pub items: Vec<Part>,
    /// What `use` brings in.
    pub imports: Vec<Import>,
    /// The names of the cell's own `let`s, in order, each once.
    pub lets: Vec<String>,
    /// The last expression, whose value the cell shows.
    pub tail: Option<Range<usize>>,
    /// Whether anything is to be run.
    pub runs: bool,
    /// `#![…]`, which must stand before everything else.
    pub attributes: Vec<Range<usize>>,
    /// The words of the statements.
    pub words: BTreeSet<String>,
    /// Why it can't be taken apart: the compiler says it better.
    pub broken: bool,
}

/// One item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Where it stands.
    pub range: Range<usize>,
    /// What must change for other crates to see it.
    pub edits: Vec<Edit>,
    /// What it is: `fn`, `struct`….
    pub kind: &'static str,
    /// Its name; none for `impl`.
    pub name: Option<String>,
    /// The words in it.
    pub words: BTreeSet<String>,
    /// Whether there is state in it that must exist once.
    pub is_static: bool,
}

impl Split {
    /// Takes a source apart. What isn't Rust is left as one piece.
    pub fn of(source: &str) -> Self {
        let body = |input: ParseStream<'_>| {
            Ok((Attribute::parse_inner(input)?, Block::parse_within(input)?))
        };
        let split = match body.parse_str(source) {
            Ok((attributes, statements)) => split(&attributes, &statements),
            Err(_) => Self { runs: true, broken: true, ..Self::default() },
        };
        // Places of this text are of no use any more; their table would grow for ever.
        proc_macro2::extra::invalidate_current_thread_spans();
        split
    }

    /// Whether it may speak of a crate.
    pub fn names_crate(&self, name: &str) -> bool {
        let mut words = self.items.iter().map(|item| &item.words).chain([&self.words]);
        words.any(|words| words.contains(name))
            || self.imports.iter().any(|import| import.root() == name)
    }

    /// The names of its items.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.items.iter().filter_map(|item| item.name.as_deref())
    }
}

fn split(attributes: &[Attribute], statements: &[Stmt]) -> Split {
    let mut split = Split::default();
    for attribute in attributes {
        if !attribute.path().is_ident("doc") {
            split.attributes.push(attribute.span().byte_range());
        }
    }
    for (index, statement) in statements.iter().enumerate() {
        match statement {
            Stmt::Item(Item::Use(item)) => {
                split.imports.extend(imports(item));
            }
            Stmt::Item(item) => split.items.push(part(item)),
            Stmt::Macro(call) if is_static_macro(&call.mac.path) => {
                let mut found = static_macro(&call.mac.tokens);
                found.range = statement.span().byte_range();
                split.items.push(found);
            }
            other => {
                split.runs = true;
                words(other.to_token_stream(), &mut split.words);
                if let Stmt::Local(local) = other {
                    for name in bound(&local.pat) {
                        split.lets.retain(|known| *known != name);
                        split.lets.push(name);
                    }
                }
                let last = index + 1 == statements.len();
                let open = matches!(other, Stmt::Expr(_, None))
                    || matches!(other, Stmt::Macro(call) if call.semi_token.is_none());
                if last && open {
                    split.tail = Some(other.span().byte_range());
                }
            }
        }
    }
    split
}

fn part(item: &Item) -> Part {
    let mut part = Part { range: item.span().byte_range(), ..Part::default() };
    words(item.to_token_stream(), &mut part.words);
    part.is_static = has_static(item.to_token_stream());
    let mut open = |visibility: &Visibility, bare: TokenStream| {
        part.edits.extend(publish(visibility, bare));
    };
    let (kind, name) = match item {
        Item::Const(it) => {
            open(&it.vis, bare(it, |it| it.attrs.clear()));
            ("const", Some(&it.ident))
        }
        Item::Enum(it) => {
            open(&it.vis, bare(it, |it| it.attrs.clear()));
            ("enum", Some(&it.ident))
        }
        Item::Fn(it) => {
            open(&it.vis, bare(it, |it| it.attrs.clear()));
            ("fn", Some(&it.sig.ident))
        }
        Item::Mod(it) => {
            open(&it.vis, bare(it, |it| it.attrs.clear()));
            ("mod", Some(&it.ident))
        }
        Item::Static(it) => {
            open(&it.vis, bare(it, |it| it.attrs.clear()));
            ("static", Some(&it.ident))
        }
        Item::Struct(it) => {
            open(&it.vis, bare(it, |it| it.attrs.clear()));
            fields(&it.fields, &mut open);
            ("struct", Some(&it.ident))
        }
        Item::Union(it) => {
            open(&it.vis, bare(it, |it| it.attrs.clear()));
            fields(&Fields::Named(it.fields.clone()), &mut open);
            ("union", Some(&it.ident))
        }
        Item::Trait(it) => {
            open(&it.vis, bare(it, |it| it.attrs.clear()));
            ("trait", Some(&it.ident))
        }
        Item::Type(it) => {
            open(&it.vis, bare(it, |it| it.attrs.clear()));
            ("type", Some(&it.ident))
        }
        Item::Impl(it) if it.trait_.is_none() => {
            for inner in &it.items {
                match inner {
                    ImplItem::Fn(it) => open(&it.vis, bare(it, |it| it.attrs.clear())),
                    ImplItem::Const(it) => open(&it.vis, bare(it, |it| it.attrs.clear())),
                    ImplItem::Type(it) => open(&it.vis, bare(it, |it| it.attrs.clear())),
                    _ => {}
                }
            }
            ("impl", None)
        }
        Item::Impl(_) => ("impl", None),
        Item::Macro(it) => {
            let known = it.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export"));
            if it.ident.is_some() && !known {
                part.edits.push(Edit::insert(part.range.start, "#[macro_export] "));
            }
            ("macro", it.ident.as_ref())
        }
        _ => ("item", None),
    };
    part.kind = kind;
    part.name = name.map(plain);
    part
}

/// What stands after the attributes.
fn bare<T: Clone + ToTokens>(item: &T, clear: impl FnOnce(&mut T)) -> TokenStream {
    let mut item = item.clone();
    clear(&mut item);
    item.to_token_stream()
}

/// What makes something visible to other crates.
fn publish(visibility: &Visibility, bare: TokenStream) -> Option<Edit> {
    match visibility {
        Visibility::Public(_) => None,
        Visibility::Restricted(restricted) => {
            Some(Edit::replace(restricted.span().byte_range(), "pub"))
        }
        Visibility::Inherited => {
            let first = bare.into_iter().next()?;
            Some(Edit::insert(first.span().byte_range().start, "pub "))
        }
    }
}

fn fields(fields: &Fields, open: &mut impl FnMut(&Visibility, TokenStream)) {
    for field in fields {
        open(&field.vis, bare(field, |field| field.attrs.clear()));
    }
}

/// Macros that define statics.
fn is_static_macro(path: &syn::Path) -> bool {
    path.segments.last().is_some_and(|last| last.ident == "thread_local")
}

/// `thread_local! { static NAME: … }`.
fn static_macro(tokens: &TokenStream) -> Part {
    let mut part = Part { kind: "static", is_static: true, ..Part::default() };
    words(tokens.clone(), &mut part.words);
    let mut before: Option<TokenTree> = None;
    for token in tokens.clone() {
        if let (Some(TokenTree::Ident(word)), TokenTree::Ident(name)) = (&before, &token)
            && word == "static"
        {
            let public = Edit::insert(word.span().byte_range().start, "pub ");
            part.edits.push(public);
            part.name.get_or_insert_with(|| plain(name));
        }
        if matches!((&before, &token), (Some(TokenTree::Ident(word)), TokenTree::Ident(next)) if word == "pub" && next == "static")
        {
            part.edits.clear();
        }
        before = Some(token);
    }
    part
}

/// The names that a pattern binds.
pub(super) fn bound(pattern: &Pat) -> Vec<String> {
    struct Names(Vec<String>);
    impl<'ast> syn::visit::Visit<'ast> for Names {
        fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
            let name = plain(&pattern.ident);
            // `None` and constants look like names; nobody binds in capitals.
            if !name.starts_with(char::is_uppercase) {
                self.0.push(name);
            }
            syn::visit::visit_pat_ident(self, pattern);
        }
    }
    let mut names = Names(Vec::new());
    syn::visit::Visit::visit_pat(&mut names, pattern);
    names.0
}

/// A name without `r#`.
pub(super) fn plain(name: &proc_macro2::Ident) -> String {
    let text = name.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

/// All words of some code, with those in format strings.
fn words(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => words(group.stream(), found),
            TokenTree::Ident(name) => drop(found.insert(plain(&name))),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                if text.contains('"') && text.contains('{') {
                    let apart =
                        text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
                    found.extend(apart.filter(|word| !word.is_empty()).map(str::to_owned));
                }
            }
            TokenTree::Punct(_) => {}
        }
    }
}

/// Whether there is a `static` in it that isn't the lifetime.
fn has_static(tokens: TokenStream) -> bool {
    let mut lifetime = false;
    tokens.into_iter().any(|token| {
        let after_tick = std::mem::replace(
            &mut lifetime,
            matches!(&token, TokenTree::Punct(mark)
                if mark.as_char() == '\'' && mark.spacing() == Spacing::Joint),
        );
        match token {
            TokenTree::Group(group) => has_static(group.stream()),
            TokenTree::Ident(word) => word == "static" && !after_tick,
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rust::rewrite::Rewritten;

    #[track_caller]
    fn check(source: &str, items: &[&str]) {
        let split = Split::of(source);
        assert!(!split.broken, "{source}");
        let text = |part: &Part| {
            let mut made = Rewritten::new();
            made.push_source(source, part.range.clone(), &part.edits);
            made.text().to_owned()
        };
        let found: Vec<String> = split.items.iter().map(text).collect();
        assert_eq!(found, items, "{source}");
    }

    #[test]
    fn items_become_visible_to_other_crates() {
        check("fn f() -> u8 { 1 }\nf()", &["pub fn f() -> u8 { 1 }"]);
        check("pub(crate) const unsafe fn g() {}", &["pub const unsafe fn g() {}"]);
        check(
            "/// Says.\n#[derive(Clone)]\nstruct P { x: f64, pub y: (u8, u8) }",
            &["/// Says.\n#[derive(Clone)]\npub struct P { pub x: f64, pub y: (u8, u8) }"],
        );
        check("struct T(#[a] f64, pub u8);", &["pub struct T(#[a] pub f64, pub u8);"]);
        check("enum E { A(u8), B { x: u8 } }", &["pub enum E { A(u8), B { x: u8 } }"]);
        check("unsafe trait T { fn f(&self); }", &["pub unsafe trait T { fn f(&self); }"]);
        check(
            "impl P { const K: u8 = 1; fn n(&self) {} }\nimpl T for P { fn f(&self) {} }",
            &[
                "impl P { pub const K: u8 = 1; pub fn n(&self) {} }",
                "impl T for P { fn f(&self) {} }",
            ],
        );
        check(
            "macro_rules! m { () => { 1 } }",
            &["#[macro_export] macro_rules! m { () => { 1 } }"],
        );
        check("mod inner { pub fn f() {} }", &["pub mod inner { pub fn f() {} }"]);
        check(
            "thread_local! { static SEEN: Cell<u8> = Cell::new(0); }",
            &["thread_local! { pub static SEEN: Cell<u8> = Cell::new(0); }"],
        );
    }

    #[test]
    fn statements_leave_names_and_a_value() {
        let source =
            "let (a, mut b) = f();\nlet Some(c) = d else { return Ok(()) };\nlet a = 1;\na + b";
        let split = Split::of(source);
        assert_eq!(split.lets, ["b", "c", "a"]);
        assert_eq!(split.tail.map(|tail| &source[tail]), Some("a + b"));
        assert!(split.words.contains("f") && split.words.contains("d") && split.runs);
        assert_eq!(Split::of("f();").tail, None);
        let shown = "// first\nprintln!(\"{x}\")  // last";
        let split = Split::of(shown);
        assert_eq!(split.tail.map(|tail| &shown[tail]), Some("println!(\"{x}\")"));
        assert!(split.words.contains("x"));
    }

    #[test]
    fn a_cell_of_items_runs_nothing() {
        let split = Split::of("//! dep: a = \"1\"\nuse std::fmt;\nfn f() {}\n");
        assert!(!split.runs && !split.broken && split.items.len() == 1);
        assert!(Split::of("let = 2;").broken);
    }

    #[test]
    fn state_is_found() {
        assert!(Split::of("static N: AtomicU64 = AtomicU64::new(0);").items[0].is_static);
        assert!(Split::of("fn f() { static N: u8 = 0; }").items[0].is_static);
        assert!(!Split::of("fn f() -> &'static str { \"x\" }").items[0].is_static);
    }
}
