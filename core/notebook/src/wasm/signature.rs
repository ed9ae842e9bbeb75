//! A function's signature: `score(affinity: f64[], age: i32[]) -> f64[]`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A type of fixed width, as columns hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the types")]
pub enum Element {
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F32,
    F64,
}

impl Element {
    /// All of them, in the order in which messages list them.
    pub const ALL: [Self; 11] = [
        Self::Bool,
        Self::I8,
        Self::I16,
        Self::I32,
        Self::I64,
        Self::U8,
        Self::U16,
        Self::U32,
        Self::U64,
        Self::F32,
        Self::F64,
    ];

    /// The type's name in a header.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::U32 => "u32",
            Self::U64 => "u64",
            Self::F32 => "f32",
            Self::F64 => "f64",
        }
    }

    /// How many bytes one row takes in the guest's memory. A `bool` is a byte, 0 or 1.
    pub fn width(self) -> usize {
        match self {
            Self::Bool | Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::U64 | Self::F64 => 8,
        }
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Element {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|element| element.name() == text).ok_or(())
    }
}

/// How the host calls a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abi {
    /// Once for each row, with the row's numbers; the result is the row's.
    Scalar,
    /// Once for many rows: `f(rows, input…, output) -> i32`, pointers to columns, 0 for
    /// success. With `nulls: guest` each pointer is followed by one to a byte per row, 0
    /// where the row is null.
    Column,
}

/// Who minds nulls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nulls {
    /// The host: rows with a null are kept from the function, and give null.
    #[default]
    Host,
    /// The function itself.
    Guest,
}

/// Which rows a result's row may depend on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rows {
    /// On its own row: columns may be split anywhere.
    #[default]
    Each,
    /// On all of them: columns are passed whole.
    Whole,
}

/// A column, or number, that a function takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its name: for people, and for keyword arguments.
    pub name: String,
    /// The type of its rows.
    pub element: Element,
}

/// What a function takes and gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The export's name.
    pub name: String,
    /// What it takes.
    pub inputs: Vec<Input>,
    /// What it gives.
    pub output: Element,
    /// How it is called.
    pub abi: Abi,
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let brackets = if self.abi == Abi::Column { "[]" } else { "" };
        write!(f, "{}(", self.name)?;
        for (index, input) in self.inputs.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(f, "{comma}{}: {}{brackets}", input.name, input.element)?;
        }
        write!(f, ") -> {}{brackets}", self.output)
    }
}

impl FromStr for Signature {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        parse(text).map_err(|fault| fault.message)
    }
}

/// Why a text is not a signature: where (in bytes from its start), what, and what now.
pub(super) struct Fault {
    pub at: usize,
    pub message: String,
    pub hint: Option<String>,
}

impl Fault {
    fn new(at: usize, message: impl Into<String>, hint: impl Into<Option<String>>) -> Self {
        Self { at, message: message.into(), hint: hint.into() }
    }
}

const SHAPE: &str = "write it as `score(affinity: f64[], age: i32[]) -> f64[]`";

/// Reads a signature.
pub(super) fn parse(text: &str) -> Result<Signature, Fault> {
    let shape = |at: usize, message: &str| Fault::new(at, message, SHAPE.to_owned());
    let open = text.find('(').ok_or_else(|| shape(0, "the export has no `(`"))?;
    let name = text[..open].trim();
    if !is_identifier(name) {
        return Err(shape(0, &format!("`{name}` is not a name that a cell can define")));
    }
    let close = text[open..].find(')').map(|at| open + at);
    let close = close.ok_or_else(|| shape(open, "the export's `(` is not closed"))?;
    let after = &text[close + 1..];
    let arrow = after.find("->").filter(|at| after[..*at].trim().is_empty());
    let arrow = arrow.ok_or_else(|| shape(close + 1, "the export says no result: `->`"))?;
    let result = &after[arrow + 2..];
    let result_at = close + 1 + arrow + 2 + leading_space(result);
    if result.contains(',') {
        let message = "a function gives one column, and this one names several";
        return Err(Fault::new(result_at, message, "export one function for each".to_owned()));
    }

    let mut types = Vec::new();
    let mut inputs: Vec<Input> = Vec::new();
    let mut at = open + 1;
    let list = &text[open + 1..close];
    for part in list.split(',').filter(|_| !list.trim().is_empty()) {
        let here = at + leading_space(part);
        at += part.len() + 1;
        let (input, kind) = part
            .split_once(':')
            .ok_or_else(|| shape(here, &format!("the input `{}` has no type", part.trim())))?;
        let input = input.trim();
        if !is_identifier(input) {
            return Err(shape(here, &format!("`{input}` is not a name for an input")));
        }
        if inputs.iter().any(|known| known.name == input) {
            return Err(shape(here, &format!("two inputs are named `{input}`")));
        }
        let (element, abi) = parse_type(kind.trim(), here)?;
        inputs.push(Input { name: input.to_owned(), element });
        types.push((here, input, kind.trim(), abi));
    }
    let (output, abi) = parse_type(result.trim(), result_at)?;
    if let Some((at, input, kind, _)) = types.iter().find(|(.., other)| *other != abi) {
        return Err(mixed(*at, input, kind, abi));
    }
    if abi == Abi::Column && inputs.is_empty() {
        let message = "a function of columns takes at least one";
        return Err(shape(open, message));
    }
    Ok(Signature { name: name.to_owned(), inputs, output, abi })
}

fn mixed(at: usize, input: &str, kind: &str, result: Abi) -> Fault {
    match result {
        Abi::Column => Fault::new(
            at,
            format!("the result is a column, and `{input}` is a single `{kind}`"),
            format!("write `{input}: {kind}[]`; a number given to it is repeated for each row"),
        ),
        Abi::Scalar => Fault::new(
            at,
            format!("`{input}` is a column, and the result is not"),
            "end the signature with a column, such as `-> f64[]`".to_owned(),
        ),
    }
}

/// Reads `f64` or `f64[]`.
fn parse_type(text: &str, at: usize) -> Result<(Element, Abi), Fault> {
    let (name, abi) = match text.strip_suffix("[]") {
        Some(name) => (name.trim_end(), Abi::Column),
        None => (text, Abi::Scalar),
    };
    name.parse().map(|element| (element, abi)).map_err(|()| {
        let names: Vec<String> = Element::ALL.iter().map(|e| e.name().to_owned()).collect();
        Fault::new(
            at,
            format!("`{text}` is not a type that a WASM function can take or give"),
            format!(
                "the types are {}, each with `[]` for a column",
                flownote_flow::help::list_in_words(&names)
            ),
        )
    })
}

fn is_identifier(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn leading_space(text: &str) -> usize {
    text.len() - text.trim_start().len()
}
