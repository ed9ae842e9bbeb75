//! Makes the two texts of a cell that the compiler is given (notebook rule 17): a crate of
//! its items, named by their digest, and a body that runs.
//!
//! ```text
//! #![allow(…)] use ::flownote::prelude::*; use ::items_1f2e::{Model};        items_88ab
//! pub fn score(model: &Model) -> f64 { … }
//!
//! #![allow(…)] use ::flownote::prelude::*; use ::items_88ab::{score};         body
//! #[unsafe(no_mangle)] pub fn flownote_cell(…) { … |__cell| {
//! let model = ::flownote::input!(__cell, 0, "model", items_1f2e::Model);
//! let best = score(&model);
//! ;::flownote::export!(__cell, "best", best);
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;

use flownote_notebook::facts::rust::is_trait_name;

use super::imports::Import;
use super::rewrite::{Edit, Rewritten};
use super::split::Split;

/// What is no fault of a cell in a notebook.
const ALLOWED: &str = "#![allow(unused_imports, dead_code, unused_macros, unused_braces, \
    unused_parens, unreachable_code, non_snake_case, non_upper_case_globals, path_statements, \
    private_interfaces, private_bounds, unused_assignments, unused_unsafe, \
    improper_ctypes_definitions, redundant_semicolons, unused_doc_comments, \
    non_local_definitions, static_mut_refs)]";

/// What a cell sees of the cells above.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// By name.
    pub items: BTreeMap<String, Visible>,
    /// What is in scope without being named: modules' whole contents, traits.
    pub scope: Vec<Scope>,
    /// Crates that must be linked, whether or not they are named.
    pub linked: BTreeSet<String>,
}

/// Something of a cell above that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visible {
    /// An item of a crate of ours.
    Item {
        /// The crate.
        krate: String,
        /// `fn`, `struct`….
        kind: String,
    },
    /// Something of a library, under the name that a `use` gave it.
    Import(Import),
}

/// A `use` that holds below its cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The statement.
    pub statement: String,
    /// The crate of ours that it names.
    pub krate: Option<String>,
}

/// A text for the compiler.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assembled {
    /// The text.
    pub made: Rewritten,
    /// The crates of ours that it names.
    pub crates: BTreeSet<String>,
}

/// A value that a body is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its type as Rust code names it.
    pub path: String,
}

impl Sight {
    /// What of it the words of a cell name. A macro comes with what stands beside it: it may
    /// speak of that.
    fn named(&self, words: &BTreeSet<String>, own: &BTreeSet<&str>) -> BTreeMap<&str, &Visible> {
        let seen = |name: &str| words.contains(name) && !own.contains(name);
        let mut found: BTreeMap<&str, &Visible> = (self.items.iter())
            .filter(|(name, _)| seen(name))
            .map(|(name, it)| (name.as_str(), it))
            .collect();
        let macros: BTreeSet<String> = (found.values())
            .filter_map(|it| match it {
                Visible::Item { krate, kind } if kind == "macro" => Some(krate.clone()),
                _ => None,
            })
            .collect();
        let beside = self.items.iter().filter(|(name, it)| {
            let of_one = matches!(it, Visible::Item { krate, .. } if macros.contains(krate));
            of_one && !own.contains(name.as_str())
        });
        found.extend(beside.map(|(name, it)| (name.as_str(), it)));
        found
    }
}

impl Split {
    /// Whether a `use` speaks of the notebook's own items rather than of a library.
    pub fn is_internal(&self, import: &Import, sight: &Sight) -> bool {
        let root = import.root();
        matches!(root, "self" | "super" | "crate")
            || self.names().any(|name| name == root)
            || matches!(sight.items.get(root), Some(Visible::Item { .. }))
    }

    /// Whether there is anything to make a crate of.
    pub fn has_items(&self, sight: &Sight) -> bool {
        !self.items.is_empty() || self.imports.iter().any(|it| self.is_internal(it, sight))
    }

    /// The names that it defines itself, those of `use` among them.
    fn own(&self) -> BTreeSet<&str> {
        let imported = self.imports.iter().filter_map(|import| import.name.as_deref());
        self.names().chain(imported).collect()
    }

    /// All words of it.
    fn all_words(&self) -> BTreeSet<String> {
        let items = self.items.iter().flat_map(|part| part.words.iter());
        let roots = self.imports.iter().map(Import::root);
        self.words.iter().chain(items).cloned().chain(roots.map(str::to_owned)).collect()
    }

    /// The crate of its items.
    pub fn items_text(&self, source: &str, sight: &Sight) -> Assembled {
        let mut made = Assembled::begin(self, source);
        made.bring(sight, &self.all_words(), &self.own());
        for import in &self.imports {
            let public = if self.is_internal(import, sight) { "pub " } else { "" };
            made.made.push(&format!("{public}{} ", import.statement()));
        }
        made.made.push("\n");
        for part in &self.items {
            made.made.push_source(source, part.range.clone(), &part.edits).push("\n");
        }
        made
    }

    /// The body. `own` is the crate of its items, if it has any.
    pub fn body_text(
        &self,
        source: &str,
        sight: &Sight,
        own: Option<&str>,
        inputs: &[Input],
        exports: &[String],
    ) -> Assembled {
        self.body_text_with(source, sight, own, inputs, exports, "")
    }

    /// The same, with lines of ours between the cell's and what it leaves behind: to be looked
    /// at, not to be run.
    pub(super) fn body_text_with(
        &self,
        source: &str,
        sight: &Sight,
        own: Option<&str>,
        inputs: &[Input],
        exports: &[String],
        lines: &str,
    ) -> Assembled {
        let mut made = Assembled::begin(self, source);
        made.bring(sight, &self.all_words(), &self.own());
        if let Some(own) = own {
            made.crates.insert(own.to_owned());
            let internal = self.imports.iter().filter(|it| self.is_internal(it, sight));
            let mut names: BTreeSet<&str> = self.names().collect();
            names.extend(
                internal.clone().filter_map(|it| it.name.as_deref()).filter(|it| *it != "_"),
            );
            let list: Vec<String> = names.into_iter().map(raw).collect();
            made.made.push(&format!("use ::{own}::{{{}}}; ", list.join(", ")));
            if internal.clone().any(|it| it.name.is_none()) {
                made.made.push(&format!("use ::{own}::*; "));
            }
        }
        // What is generic is looked at, and not compiled: nobody uses it.
        let head = match lines {
            "" => "#[unsafe(no_mangle)] pub fn flownote_cell",
            _ => "pub fn flownote_cell<__Any: 'static>",
        };
        made.made
            .push(head)
            .push("(env: *mut ::core::ffi::c_void) { ::flownote::cell::run(env, |__cell| {");
        for (index, Input { name, path }) in inputs.iter().enumerate() {
            let (name, shown) = (raw(name), name);
            let take = if path.contains('&') { "input_that_borrows" } else { "input" };
            let input =
                format!(" let {name} = ::flownote::{take}!(__cell, {index}, {shown:?}, {path});");
            made.made.push(&input);
            made.crates.extend(crates_in(path));
        }
        made.made.push("\n");
        made.made.push_source(source, 0..source.len(), &self.body_edits(source, sight));
        made.made.push("\n;").push(lines);
        for name in exports {
            made.made.push(&format!("::flownote::export!(__cell, {name:?}, {});\n", raw(name)));
        }
        made.made.push("Ok(()) }) }\n");
        made
    }

    fn body_edits(&self, source: &str, sight: &Sight) -> Vec<Edit> {
        let internal = self.imports.iter().filter(|it| self.is_internal(it, sight));
        let gone = (self.items.iter().map(|part| part.range.clone()))
            .chain(internal.map(|import| import.range.clone()))
            .chain(self.attributes.iter().cloned())
            .chain(inner_comments(source));
        let mut edits: Vec<Edit> = gone.map(|range| Edit::blank(range, source)).collect();
        if let Some(tail) = &self.tail {
            edits.push(Edit::insert(tail.start, "::flownote::show!(__cell, "));
            edits.push(Edit::insert(tail.end, ")"));
        }
        edits
    }

    /// What its items and imports add to what later cells see.
    pub fn adds(&self, own: Option<&str>, sight: &Sight) -> Sight {
        let mut added = Sight::default();
        for part in &self.items {
            let (Some(name), Some(own)) = (&part.name, own) else { continue };
            let (krate, kind) = (own.to_owned(), part.kind.to_owned());
            added.items.insert(name.clone(), Visible::Item { krate, kind });
            if part.kind == "trait" {
                let statement = format!("use ::{own}::{} as _;", raw(name));
                added.scope.push(Scope { statement, krate: Some(own.to_owned()) });
            }
        }
        for import in &self.imports {
            let krate = own.filter(|_| self.is_internal(import, sight));
            match (&import.name, krate) {
                (Some(name), Some(own)) if name != "_" => {
                    let (krate, kind) = (own.to_owned(), "use".to_owned());
                    added.items.insert(name.clone(), Visible::Item { krate, kind });
                }
                (Some(name), None) if name != "_" => {
                    added.items.insert(name.clone(), Visible::Import(import.clone()));
                    if is_trait_name(import.last()) {
                        added.scope.push(Scope { statement: import.unnamed(), krate: None });
                    }
                }
                (None, Some(own)) => {
                    let statement = format!("use ::{own}::*;");
                    added.scope.push(Scope { statement, krate: Some(own.to_owned()) });
                }
                (_, None) => {
                    added.scope.push(Scope { statement: import.unnamed(), krate: None });
                }
                // Nobody can bring in an unnamed import of another crate.
                (Some(_), Some(_)) => {}
            }
        }
        added
    }
}

impl Assembled {
    fn begin(split: &Split, source: &str) -> Self {
        let mut made = Self::default();
        made.made.push(ALLOWED).push(" ");
        for range in &split.attributes {
            made.made.push_source(source, range.clone(), &[]).push(" ");
        }
        made.made.push("use ::flownote::prelude::*; ");
        made
    }

    /// Brings in what the words name of the cells above.
    fn bring(&mut self, sight: &Sight, words: &BTreeSet<String>, own: &BTreeSet<&str>) {
        let mut lines = String::new();
        for name in &sight.linked {
            let _ = write!(lines, "extern crate {name} as _; ");
        }
        for (name, visible) in sight.named(words, own) {
            match visible {
                Visible::Item { krate, .. } => {
                    self.crates.insert(krate.clone());
                    let _ = write!(lines, "use ::{krate}::{}; ", raw(name));
                }
                Visible::Import(import) => {
                    let _ = write!(lines, "{} ", import.statement());
                }
            }
        }
        for Scope { statement, krate } in &sight.scope {
            self.crates.extend(krate.clone());
            let _ = write!(lines, "{statement} ");
        }
        self.made.push(&lines);
    }
}

/// The crates of ours in a type's path.
pub fn crates_in(path: &str) -> BTreeSet<String> {
    let words = path.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    words.filter(|word| word.starts_with("items_")).map(str::to_owned).collect()
}

/// Comments that speak of the file that they stand in: ours has other lines before.
fn inner_comments(source: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in source.split_inclusive('\n') {
        let text = line.trim_start();
        if text.starts_with("//!") {
            let at = start + line.len() - text.len();
            found.push(at..start + line.trim_end().len());
        } else if !text.trim().is_empty() && !text.starts_with("//") {
            break;
        }
        start += line.len();
    }
    found
}

/// A name as code writes it.
pub(super) fn raw(name: &str) -> String {
    const KEYWORDS: [&str; 38] = [
        "as", "async", "await", "break", "const", "continue", "dyn", "else", "enum", "extern",
        "false", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "match", "mod", "move",
        "mut", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type",
        "unsafe", "use", "where", "while", "yield", "abstract",
    ];
    if KEYWORDS.contains(&name) { format!("r#{name}") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight() -> Sight {
        let mut sight = Split::of("struct Model { k: f64 }\nmacro_rules! m { () => { helper() } }\nfn helper() {}\ntrait Score { fn score(&self); }")
            .adds(Some("items_aa"), &Sight::default());
        let library = Split::of("use std::collections::HashMap;\nuse rayon::prelude::*;");
        let library = library.adds(None, &sight);
        sight.items.extend(library.items);
        sight.scope.extend(library.scope);
        sight
    }

    #[test]
    fn items_see_what_they_name_of_the_cells_above() {
        let source = "//! in: x\nlet y = 1;\nfn f(model: &Model, map: HashMap<u8, u8>) {}";
        let made = Split::of(source).items_text(source, &sight());
        let text = made.made.text();
        assert!(text.contains("use ::items_aa::Model; "), "{text}");
        assert!(text.contains("use std::collections::HashMap; "), "{text}");
        assert!(text.contains("use ::items_aa::Score as _; "), "{text}");
        assert!(text.contains("use rayon::prelude::*; "), "{text}");
        assert!(text.contains("pub fn f(model") && !text.contains("helper"), "{text}");
        assert!(!text.contains("let y") && made.crates.contains("items_aa"), "{text}");
    }

    #[test]
    fn a_body_has_inputs_statements_and_exports() {
        let source = "//! in: x: f64\nuse std::fs;\nfn f() {}\nlet y = x + 1.0;\nm!(y)";
        let inputs = [Input { name: "x".into(), path: "f64".into() }];
        let split = Split::of(source);
        let made = split.body_text(source, &sight(), Some("items_bb"), &inputs, &["y".into()]);
        let text = made.made.text();
        assert!(text.contains("let x = ::flownote::input!(__cell, 0, \"x\", f64);"), "{text}");
        assert!(text.contains("use ::items_bb::{f};") && text.contains("use std::fs;"), "{text}");
        assert!(text.contains("use ::items_aa::helper;"), "the macro speaks of it: {text}");
        assert!(
            text.contains(
                "::flownote::show!(__cell, m!(y))\n;::flownote::export!(__cell, \"y\", y);"
            ),
            "{text}"
        );
        assert!(!text.contains("fn f()") && !text.contains("//! in"), "{text}");
        let line = text.lines().position(|line| line.starts_with("let y")).expect("there");
        let start = text.lines().position(|line| line.contains("flownote_cell")).expect("there");
        assert_eq!(line - start, 4, "lines stay as far apart");
    }

    #[test]
    fn uses_of_own_items_go_with_them() {
        let source = "enum Shape { Round, Flat }\nuse Shape::*;\nRound";
        let split = Split::of(source);
        let items = split.items_text(source, &Sight::default());
        assert!(items.made.text().contains("pub use Shape::*;"), "{}", items.made.text());
        let body = split.body_text(source, &Sight::default(), Some("items_cc"), &[], &[]);
        assert!(body.made.text().contains("use ::items_cc::*;"), "{}", body.made.text());
        let added = split.adds(Some("items_cc"), &Sight::default());
        assert_eq!(added.scope[0].statement, "use ::items_cc::*;");
    }
}
