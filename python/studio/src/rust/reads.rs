//! Why what a cell gives may depend on more than is recorded: what Rust code reads of the world
//! isn't seen.
//!
//! Neither is what that reads which a cell uses: of the cells above, and of the crates that
//! somebody else wrote.

use flownote_kernel::rust::{Extras, Import, Sight, Split, Visible};
use flownote_notebook::{Language, Options};

use super::cells::Cells;

/// Words of code that reads the world.
const WORLD: [&str; 23] = [
    "fs",
    "File",
    "OpenOptions",
    "read_to_string",
    "read_dir",
    "TcpStream",
    "UdpSocket",
    "env",
    "Command",
    "Instant",
    "SystemTime",
    "stdin",
    "UnixStream",
    "include",
    "include_bytes",
    "include_str",
    "option_env",
    "canonicalize",
    "exists",
    "is_dir",
    "is_file",
    "metadata",
    "read_link",
];

/// Words of macros that read the world while they are compiled.
const COMPILED: [&str; 5] = ["include", "include_bytes", "include_str", "env", "option_env"];

/// Whether what a cell is compiled to may be another one each time.
pub fn reads_while_compiled(code: &str, split: &Split) -> bool {
    // `env` is a module, too.
    let of_import = |import: &Import| import.last() != "env" && COMPILED.contains(&import.last());
    let is_called = |name: &&str| {
        code.match_indices(*name).any(|(at, _)| {
            let before = code[..at].chars().next_back();
            let mut after = code[at + name.len()..].trim_start().chars();
            let whole = !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
            whole && after.next() == Some('!') && after.next() != Some('=')
        })
    };
    COMPILED.iter().any(is_called) || split.imports.iter().any(of_import)
}

/// The words of what later cells may use.
pub fn words(split: &Split) -> impl Iterator<Item = &str> {
    let items = split.items.iter().flat_map(|item| item.words.iter()).map(String::as_str);
    items.chain(split.imports.iter().flat_map(|import| import.path.split("::")))
}

/// Why a cell that uses other people's crates may read the world; nothing when it says itself
/// that it can be told by its code: `//! flownote: cache`.
pub fn crates_that_read(
    code: &str,
    asked: impl Iterator<Item = impl AsRef<str>>,
    split: &Split,
    sight: &Sight,
    extras: &Extras,
) -> Option<String> {
    if trusts_its_crates(code) {
        return None;
    }
    let mut asked = asked;
    if let Some(first) = asked.next() {
        return Some(of_crate(first.as_ref()));
    }
    let known = |name: &&str| extras.externs.contains_key(*name);
    let mut used = words(split).chain(split.words.iter().map(String::as_str));
    let found = used.find_map(|word| match sight.items.get(word) {
        Some(Visible::Import(import)) => Some(import.root()).filter(known),
        Some(Visible::Item { .. }) => None,
        None => Some(word).filter(known),
    });
    // All names of a module are used without naming it.
    let of_all = |statement: &str| {
        let path = statement.strip_prefix("use ")?.strip_suffix("::*;")?;
        let all = Import { path: path.to_owned(), name: None, range: 0..0 };
        Some(all.root()).filter(known).map(str::to_owned)
    };
    let found = found.map(str::to_owned);
    let mut scope = sight.scope.iter();
    found.or_else(|| scope.find_map(|it| of_all(&it.statement))).map(|name| of_crate(&name))
}

/// Why a cell that is given a value of this type may read the world: the type has methods.
pub fn type_that_reads(code: &str, path: &str, extras: &Extras) -> Option<String> {
    if trusts_its_crates(code) {
        return None;
    }
    let mut names = path.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    names.find(|name| extras.externs.contains_key(*name)).map(of_crate)
}

fn trusts_its_crates(code: &str) -> bool {
    Options::of(Language::Rust, code).cache() == Some(true)
}

fn of_crate(name: &str) -> String {
    format!("uses the crate `{name}`, which may read files or the network")
}

impl Cells {
    /// Why what code of these words gives may depend on more than is recorded, by itself or by
    /// what it uses of the cells above.
    pub(super) fn reads_the_world<'a>(
        &self,
        mut words: impl Iterator<Item = &'a str>,
        sight: &Sight,
        split: &Split,
    ) -> Option<String> {
        let of_crate = |krate: &String| self.crates.get(krate)?.unverified.clone();
        let found = words.find_map(|word| {
            if WORLD.contains(&word) {
                let why = "what Rust reads of the world is not recorded";
                return Some(format!("uses `{word}`: {why}"));
            }
            match sight.items.get(word)? {
                // The cell's own hides the one above.
                _ if split.names().any(|name| name == word) => None,
                Visible::Item { krate, .. } => of_crate(krate),
                Visible::Import(_) => None,
            }
        });
        // Traits are used without being named.
        let mut scope = sight.scope.iter().filter_map(|scope| scope.krate.as_ref());
        found.or_else(|| scope.find_map(of_crate))
    }
}
