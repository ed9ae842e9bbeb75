//! What the compiler says of a cell, at the places of the cell's own text.

use flownote_notebook::places::{Mistake, Severity};
use flownote_notebook::{CellId, text};

use crate::rust::diagnostics::{Diagnostic, Located, Texts, located};
use crate::rust::hints::{Knowledge, hint};
use crate::rust::unkept::unused;

/// What is wrong with a cell. That a name isn't used is no news where it can't be kept (`left`):
/// why it can't is.
pub fn mistakes(
    found: &[Diagnostic],
    texts: &Texts,
    cell: &CellId,
    left: &[(String, String)],
    knowledge: &Knowledge<'_>,
) -> Vec<Mistake> {
    let told = found.iter().filter(|it| it.is_error() || it.level == "warning");
    let mut mistakes: Vec<Mistake> = told
        .filter_map(|one| {
            let spans = of_cell(&one.spans, texts, cell);
            let place = spans.iter().find(|it| it.span.primary).or(spans.first())?;
            let source = place.text.source.as_str();
            Some(Mistake {
                from: text::length(&source[..place.range.start]),
                to: text::length(&source[..place.range.end]),
                severity: if one.is_error() { Severity::Error } else { Severity::Warning },
                message: match unused(one, left) {
                    Some(why) => why.to_owned(),
                    None => message(one, place),
                },
                hint: hint(one, knowledge).or_else(|| advice(one, texts, cell)),
            })
        })
        .collect();
    if !mistakes.iter().any(|it| it.severity == Severity::Error)
        && let Some(error) = found.iter().find(|it| it.is_error())
    {
        // It is about what was made of the cell.
        mistakes.push(Mistake {
            from: 0,
            to: 0,
            severity: Severity::Error,
            message: error.title(),
            hint: hint(error, knowledge),
        });
    }
    mistakes
}

fn of_cell<'a>(
    spans: &'a [crate::rust::diagnostics::Span],
    texts: &'a Texts,
    cell: &CellId,
) -> Vec<Located<'a>> {
    let all = located(spans, texts).into_iter();
    all.filter(|it| it.text.cell == cell.as_str()).collect()
}

/// `mismatched types: expected `i64`, found `&str` (E0308)`.
fn message(one: &Diagnostic, place: &Located<'_>) -> String {
    let label =
        place.span.label.as_deref().filter(|label| {
            place.span.primary && !label.is_empty() && !one.message.contains(*label)
        });
    let mut message = one.message.clone();
    if let Some(label) = label {
        message = format!("{message}: {label}");
    }
    match one.code.as_deref().filter(|code| code.starts_with('E')) {
        Some(code) => format!("{message} ({code})"),
        None => message,
    }
}

/// What the compiler proposes, where that is a change of the cell or a word of advice.
fn advice(one: &Diagnostic, texts: &Texts, cell: &CellId) -> Option<String> {
    let helps = one.children.iter().filter(|it| it.level == "help");
    helps.filter(|it| !it.message.starts_with("the full name for the type")).find_map(|help| {
        let changes = help.spans.iter().filter(|span| span.replacement.is_some()).count();
        let own = of_cell(&help.spans, texts, cell);
        let replaced = own.iter().find_map(|it| it.span.replacement.as_deref());
        match replaced.map(str::trim) {
            // Lines at the head of a file of ours.
            None if changes > 0 => None,
            Some(text) if own.len() == 1 && !text.is_empty() && !text.contains('\n') => {
                Some(format!("{}: `{text}`", help.message))
            }
            _ => Some(help.message.clone()),
        }
    })
}
