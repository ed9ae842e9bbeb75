//! What to do about a cell that doesn't compile, where more is known than the compiler knows.

use std::collections::HashMap;

use super::diagnostics::Diagnostic;
use super::split::Split;

/// What is known of a cell beside its text.
pub struct Knowledge<'a> {
    /// Whether a name is a value that cells above make.
    pub is_value: &'a dyn Fn(&str) -> bool,
    /// Whether the cell is lent that value.
    pub is_lent: &'a dyn Fn(&str) -> bool,
    /// The cell.
    pub split: &'a Split,
    /// Values that their cells couldn't leave behind: the cell, and why.
    pub left: &'a HashMap<String, (String, String)>,
    /// Whether it is the crate of items that failed.
    pub in_items: bool,
}

/// What to do about an error, where more is known than the compiler knows.
pub fn hint(error: &Diagnostic, knowledge: &Knowledge<'_>) -> Option<String> {
    let quoted = error.message.split('`').nth(1).unwrap_or_default();
    let hint = match error.code.as_deref().unwrap_or_default() {
        "E0425" => {
            let value = (knowledge.is_value)(quoted);
            let own = knowledge.split.lets.iter().any(|name| name == quoted);
            if knowledge.in_items && (value || own) {
                format!(
                    "`{quoted}` is a variable, which functions and types don't see: pass it as a \
                     parameter"
                )
            } else {
                let (cell, why) = knowledge.left.get(quoted)?;
                format!("{cell}: {why}")
            }
        }
        "E0432" | "E0433" => {
            let root = quoted.split("::").next().unwrap_or_default();
            if root.is_empty() || root.starts_with(char::is_uppercase) {
                return None;
            }
            format!(
                "if `{root}` is a crate, ask for it on the cell's first line: \
                     `//! dep: {root} = \"*\"`, or better with a version"
            )
        }
        "E0116" | "E0117" | "E0118" | "E0390" => {
            "what a type can do stands in the cell that defines the type: put this `impl` there, \
             or define a trait here and implement that"
                .to_owned()
        }
        "E0507" if lent(error, knowledge) => {
            "values of other cells are only lent: make your own with `.clone()` or `.to_vec()`"
                .to_owned()
        }
        "E0596" | "E0594" if lent(error, knowledge) => {
            "values of other cells are read-only: begin with `let mut mine = theirs.clone();`"
                .to_owned()
        }
        _ if error.message.starts_with("linker `") && error.message.contains("not found") => {
            "Rust needs a linker: install a C compiler (`apt install gcc`, or your system's way)"
                .to_owned()
        }
        _ => return None,
    };
    Some(hint)
}

/// Whether an error is about a value of another cell.
fn lent(error: &Diagnostic, knowledge: &Knowledge<'_>) -> bool {
    let words = error.message.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let mut names = words.filter(|word| !word.is_empty());
    names.any(|word| (knowledge.is_lent)(word) && !knowledge.split.lets.iter().any(|it| it == word))
}
