//! Names that a cell can't leave behind: that shows when it is compiled, and it is compiled
//! without them then.

use super::assemble::Assembled;
use super::diagnostics::{Diagnostic, Span};

/// The file of a body, in panics and diagnostics.
pub const BODY: &str = "cell-body.rs";

/// Why a name isn't kept, of a remark that it isn't used.
pub fn unused<'a>(remark: &Diagnostic, left: &'a [(String, String)]) -> Option<&'a str> {
    let code = remark.code.as_deref()?;
    let of_use = ["unused_variables", "unused_assignments", "unused_mut"].contains(&code);
    let name = remark.message.split('`').nth(1).filter(|_| of_use)?;
    let (_, why) = left.iter().find(|(it, _)| it == name)?;
    Some(why)
}

/// How often names are left out before the errors are the cell's own.
pub const ROUNDS: usize = 6;

/// The names whose exports don't compile, and why: none when an error has another cause.
pub fn unexportable(
    found: &[Diagnostic],
    made: &Assembled,
    exports: &[String],
) -> Vec<(String, String)> {
    let mut left: Vec<(String, String)> = Vec::new();
    for error in found.iter().filter(|it| it.is_error() && !it.spans.is_empty()) {
        let named = |span: &Span| {
            let exported = |name: &&String| {
                let (start, end) = export_line(made.made.text(), name)?;
                (span.bytes.start < end && start < span.bytes.end).then_some(())
            };
            exports.iter().find(|name| exported(name).is_some()).cloned()
        };
        let of_body = error.spans.iter().filter(|span| span.file.ends_with(BODY));
        let spans: Vec<(bool, String)> =
            of_body.filter_map(|span| Some((span.primary, named(span)?))).collect();
        // Of two, the one that borrows: the other can go once it is gone.
        let second = spans.iter().find(|(primary, _)| !primary).or(spans.first());
        let Some((_, name)) = second else { return Vec::new() };
        if !left.iter().any(|(known, _)| known == name) {
            left.push((name.clone(), why(name, error)));
        }
    }
    left
}

fn export_line(text: &str, name: &str) -> Option<(usize, usize)> {
    let start = text.rfind(&format!("::flownote::export!(__cell, {name:?},"))?;
    let length = text[start..].find('\n').unwrap_or(text.len() - start);
    Some((start, start + length))
}

fn why(name: &str, error: &Diagnostic) -> String {
    match error.code.as_deref().unwrap_or_default() {
        "E0382" => format!(
            "`{name}` was moved and isn't kept; export an owned value (`.clone()` before it is \
             moved)"
        ),
        "E0381" => format!("`{name}` may not have a value and isn't kept"),
        code => {
            // What is borrowed is what ends too soon, or is moved too early.
            let lender = error.message.split('`').nth(1);
            let lender = lender.filter(|it| ["E0597", "E0505"].contains(&code) && *it != name);
            let from = lender.map_or("another value".to_owned(), |it| format!("`{it}`"));
            format!(
                "`{name}` borrows from {from} and isn't kept; export an owned value (a `Vec` or \
                 map of `String`s, `.to_vec()`, `.clone()`, `.to_owned()`)"
            )
        }
    }
}
