//! What a `use` brings in: names, and what holds without being named.

use syn::UseTree;

/// The name under which a notebook knows what holds below a cell without being named. No
/// code can bind it. Every Rust cell reads it.
pub const SCOPE: &str = "use *";

/// What one `use` brings in.
#[derive(Debug, Default)]
pub(super) struct Brought {
    /// Names.
    pub names: Vec<String>,
    /// Whether something holds without being named.
    pub scope: bool,
}

impl Brought {
    /// Reads a tree that stands behind a last name.
    pub fn read(&mut self, tree: &UseTree, last: &str) {
        match tree {
            UseTree::Path(path) => self.read(&path.tree, &path.ident.to_string()),
            UseTree::Name(name) if name.ident == "self" => self.names.push(last.to_owned()),
            UseTree::Name(name) => {
                let name = name.ident.to_string();
                self.scope |= is_trait_name(&name);
                self.names.push(name);
            }
            UseTree::Rename(rename) if rename.rename == "_" => self.scope = true,
            UseTree::Rename(rename) => {
                self.scope |= is_trait_name(&rename.ident.to_string());
                self.names.push(rename.rename.to_string());
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.read(tree, last)),
            UseTree::Glob(_) => self.scope = true,
        }
    }
}

/// Whether something is probably a trait whose methods are used without its name: those
/// that the standard library and well-known crates have.
pub fn is_trait_name(name: &str) -> bool {
    const KNOWN: [&str; 22] = [
        "Write",
        "Read",
        "BufRead",
        "Seek",
        "FromStr",
        "Hash",
        "Hasher",
        "BuildHasher",
        "Borrow",
        "Rng",
        "RngCore",
        "SeedableRng",
        "SliceRandom",
        "IndexedRandom",
        "IteratorRandom",
        "Itertools",
        "Digest",
        "Distribution",
        "Datelike",
        "Timelike",
        "Context",
        "Any",
    ];
    KNOWN.contains(&name)
        || name.ends_with("Ext")
        || name.starts_with("Parallel")
        || (name.ends_with("Iterator") && name != "Iterator")
}
