//! What can go wrong with WASM: what, where, and what to do now.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use flownote_flow::help::Help;
use flownote_notebook::wasm::{HeaderError, Signature};

use super::fault::{Place, Trap};

/// The result of an operation on WASM.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of a WASM cell or function.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The cell's header can't be understood.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The cell names no function.
    #[error("the cell exports no function")]
    NothingExported {
        /// The line that would export what the module has.
        example: String,
    },
    /// The cell's text is not WebAssembly's, or C's, or Rust's; in the compiler's words.
    #[error("the {language} does not compile\n{diagnostics}")]
    Compile {
        /// The language.
        language: &'static str,
        /// What the compiler says.
        diagnostics: String,
    },
    /// A compiler is missing.
    #[error("the cell is {language}, and {missing}")]
    NoCompiler {
        /// The language.
        language: &'static str,
        /// What is missing.
        missing: String,
        /// How to install it.
        hint: String,
    },
    /// A file can't be read or written.
    #[error("`{path}` can't be read: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// A module is too large to be compiled.
    #[error("the module has {size} bytes, and {limit} are the most that are compiled")]
    TooLarge {
        /// Its size.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// A module is not valid.
    #[error("the module is not valid: {reason}")]
    Invalid {
        /// What is wrong with it.
        reason: String,
    },
    /// A module asks for something from outside.
    #[error("the module imports {imports}, and a WASM cell is given nothing from outside")]
    Import {
        /// What it asks for.
        imports: String,
    },
    /// The header names a function that the module doesn't export.
    #[error("the module exports no function `{name}`; it has {found}")]
    NoSuchExport {
        /// The name in the header.
        name: String,
        /// What there is instead.
        found: String,
        /// What might have been meant.
        hint: String,
    },
    /// A function's type isn't what its signature asks for.
    #[error("`{signature}` needs a function of type `{expected}`, and the module's is `{found}`")]
    Type {
        /// The signature.
        signature: Signature,
        /// The type that it asks for.
        expected: String,
        /// The type that the module has.
        found: String,
    },
    /// A header combines what can't be.
    #[error("`{signature}` is called once for each row, so it can't have `{setting}`")]
    NotForScalars {
        /// The signature.
        signature: Signature,
        /// The setting.
        setting: &'static str,
    },
    /// A function of columns has no memory to find them in.
    #[error("`{function}` takes columns, and the module exports no memory named `memory`")]
    NoMemory {
        /// The function.
        function: String,
    },

    /// A call has too many arguments, or too few.
    #[error("`{signature}` takes {expected} columns, and was given {given}")]
    Count {
        /// The signature.
        signature: Signature,
        /// How many it takes.
        expected: usize,
        /// How many it was given.
        given: usize,
    },
    /// Columns differ in length.
    #[error("`{function}` was given {rows} rows, and {other} of `{input}`")]
    Length {
        /// The function.
        function: String,
        /// The rows of the others.
        rows: usize,
        /// The column that differs.
        input: String,
        /// Its rows.
        other: usize,
    },
    /// A column's type can't become the one that the signature names.
    #[error("`{function}` takes `{input}` as {expected}, and was given {found}")]
    ColumnType {
        /// The function.
        function: String,
        /// The column.
        input: String,
        /// The type in the signature.
        expected: &'static str,
        /// The type of the column.
        found: String,
        /// How to convert it.
        hint: String,
    },
    /// A value of a column doesn't fit into the type that the signature names.
    #[error("`{function}` takes `{input}` as {expected}, and row {row} holds {value}")]
    OutOfRange {
        /// The function.
        function: String,
        /// The column.
        input: String,
        /// The type in the signature.
        expected: &'static str,
        /// The row, from 0.
        row: usize,
        /// The value there.
        value: String,
    },

    /// The guest did what can't be done.
    #[error("`{function}` failed: {trap}{place}")]
    Trap {
        /// The function.
        function: String,
        /// What it did.
        trap: Trap,
        /// Where.
        place: Box<Place>,
    },
    /// The guest says that it failed.
    #[error("`{function}` returned {code}, which means that it failed")]
    Failed {
        /// The function.
        function: String,
        /// What it returned.
        code: i32,
    },
    /// The deadline passed.
    #[error("`{function}` did not end within its deadline of {deadline:?}{place}")]
    Deadline {
        /// The function.
        function: String,
        /// The deadline.
        deadline: Duration,
        /// Where it was.
        place: Box<Place>,
    },
    /// The fuel is burnt.
    #[error("`{function}` burnt its {fuel} units of fuel{place}")]
    Fuel {
        /// The function.
        function: String,
        /// How much it had.
        fuel: u64,
        /// Where it was.
        place: Box<Place>,
    },
    /// The guest, or its columns, need more memory than it may have.
    #[error("`{function}` needs {needed} of memory, and its limit is {limit}{place}")]
    Memory {
        /// The function.
        function: String,
        /// How much it asked for, for people.
        needed: String,
        /// How much it may have, for people.
        limit: String,
        /// Where it was.
        place: Box<Place>,
    },
    /// The guest asked for a table that is too large.
    #[error("`{function}` needs a table of {needed} elements, and {limit} are the most")]
    Table {
        /// The function.
        function: String,
        /// How many it asked for.
        needed: usize,
        /// How many it may have.
        limit: usize,
    },
    /// There is no room for columns, and the module's memory can't grow.
    #[error("there is no room for the columns of `{function}`: the module's memory can't grow")]
    NoRoom {
        /// The function.
        function: String,
    },
    /// The guest's allocator gave what isn't its to give.
    #[error("`flownote_alloc` gave {pointer:#x} for {bytes} bytes: {why}")]
    Pointer {
        /// What it gave.
        pointer: u32,
        /// What it was asked for.
        bytes: usize,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A function's rows depend on one another, though it says that they don't.
    #[error("`{function}` gives other results when its columns are split")]
    NotByRow {
        /// The function.
        function: String,
    },
    /// A function of whole columns was to be called with parts of them.
    #[error("`{function}` works on whole columns, and here it is given a part at a time")]
    NeedsWhole {
        /// The function.
        function: String,
    },
    /// Somebody interrupted the call.
    #[error("`{function}` was interrupted")]
    Interrupted {
        /// The function.
        function: String,
    },
    /// A stored function can't be read.
    #[error("the stored WASM function can't be read: {reason}")]
    Stored {
        /// What is wrong with it.
        reason: String,
    },
    /// The host has no room or thread for the guest.
    #[error("the WASM engine failed: {reason}")]
    Host {
        /// The engine's word.
        reason: String,
    },
}

impl Error {
    /// What is wrong with the cell's text, in a line: the rest of what a compiler says is for
    /// who reads on.
    pub fn summary(&self) -> String {
        match self {
            Self::Header(error) => error.message.clone(),
            Self::Compile { language, diagnostics } => {
                let first = diagnostics.lines().next().unwrap_or_default();
                let first = first.split_once("error: ").map_or(first, |(_, said)| said);
                format!("the {language} does not compile: {first}")
            }
            other => other.to_string(),
        }
    }

    /// The line and the column of the cell that it is about, from 1, where that is known.
    /// `label` is what compilers call the cell.
    pub fn place(&self, label: &str) -> Option<(u32, u32)> {
        match self {
            Self::Header(error) => {
                Some((u32::try_from(error.line).ok()?, u32::try_from(error.column).ok()?))
            }
            Self::Compile { diagnostics, .. } => {
                let named = format!("{label}:");
                let mut places = diagnostics.match_indices(&named).filter_map(|(at, _)| {
                    let mut numbers = diagnostics[at + named.len()..]
                        .split(|letter: char| !letter.is_ascii_digit())
                        .map(|number| number.parse().ok());
                    Some((numbers.next()??, numbers.next()??))
                });
                places.next()
            }
            _ => None,
        }
    }
}

impl Help for Error {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Header(error) => return error.hint(),
            Self::NothingExported { example } => {
                return Some(format!("name each function in a comment: `{example}`"));
            }
            Self::NoCompiler { hint, .. }
            | Self::NoSuchExport { hint, .. }
            | Self::ColumnType { hint, .. } => return Some(hint.clone()),
            Self::File { .. } => "the path is relative to the notebook's folder",
            Self::Import { .. } => {
                "compile without WASI and without undefined symbols; what the function needs, \
                 pass to it as columns"
            }
            Self::Type { .. } => "change the header's types, or the function's",
            Self::NotForScalars { .. } => "let it take and give columns: put `[]` behind each type",
            Self::NoMemory { .. } => "export it: `(memory (export \"memory\") 1)`",
            Self::Length { .. } => "give columns of one length, or single numbers",
            Self::OutOfRange { expected, .. } => {
                let wider = if expected.starts_with(['i', 'u']) { "i64[]" } else { "f64[]" };
                return Some(format!(
                    "declare a wider type, such as `{wider}`, or filter the rows"
                ));
            }
            Self::Deadline { .. } => "end its loops, or allow more: `limits: deadline=30s`",
            Self::Fuel { .. } => "end its loops, or allow more: `limits: fuel=…`",
            Self::Memory { .. } => "ask for less, or allow more: `limits: memory=512MiB`",
            Self::NoRoom { .. } => {
                "let the memory grow, or export `flownote_alloc(bytes: i32) -> i32`"
            }
            Self::NotByRow { .. } => {
                "row `i` of the result may depend on row `i` alone; if it needs the whole column, \
                 say so in the header: `rows: whole`"
            }
            Self::NeedsWhole { .. } => "call it from Python, with whole columns",
            Self::Pointer { .. } => "return the start of free memory, or drop the export",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}
