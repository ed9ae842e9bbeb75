//! Cell magics: a first line `%%name arguments` that says what becomes of the lines below.

/// A Python cell, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellText<'a> {
    /// All of it.
    pub source: &'a str,
    /// The cell magic, if it begins with one. Blank lines and comments may stand above.
    pub magic: Option<CellMagic<'a>>,
    /// What is to be read as Python: everything, or what follows the magic's line.
    pub body: &'a str,
    /// Where it begins in the source.
    pub body_offset: usize,
}

/// A line `%%name arguments`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellMagic<'a> {
    /// Its name.
    pub name: &'a str,
    /// What follows it on the line.
    pub arguments: &'a str,
    /// The lines below.
    pub body: &'a str,
    /// What those are.
    pub is: BodyIs,
}

/// What the lines below a cell magic are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyIs {
    /// Python that runs in the notebook's name space (`%%time`).
    Python,
    /// Python that runs in a name space of its own, and reads the notebook's (`%%timeit`).
    Function,
    /// Not Python (`%%bash`).
    Text,
}

/// Takes a cell apart.
pub fn split(source: &str) -> CellText<'_> {
    let mut offset = 0;
    for line in source.split_inclusive('\n') {
        let text = line.trim();
        if let Some(command) = text.strip_prefix("%%").filter(|rest| starts_a_name(rest)) {
            let body = &source[offset + line.len()..];
            let (name, arguments) =
                command.split_once(char::is_whitespace).unwrap_or((command, ""));
            let magic = CellMagic { name, arguments: arguments.trim(), body, is: body_is(name) };
            return match magic.is {
                BodyIs::Python | BodyIs::Function => {
                    CellText { source, magic: Some(magic), body, body_offset: offset + line.len() }
                }
                BodyIs::Text => {
                    CellText { source, magic: Some(magic), body: "", body_offset: source.len() }
                }
            };
        }
        if !text.is_empty() && !text.starts_with('#') {
            break;
        }
        offset += line.len();
    }
    CellText { source, magic: None, body: source, body_offset: 0 }
}

fn starts_a_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_' || first == '!')
}

fn body_is(name: &str) -> BodyIs {
    match name {
        "time" | "capture" | "prun" | "debug" | "python_here" | "memit" | "mprun" => BodyIs::Python,
        "timeit" => BodyIs::Function,
        _ => BodyIs::Text,
    }
}
