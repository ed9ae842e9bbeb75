//! A difference as text, in the manner of `diff -u`: the first character of a line says
//! what it is.

use std::fmt::Write;

use serde_json::Value;

use super::difference::{CellDifference, Change, Difference, Hunk, LineKind};
use crate::Language;

/// The text of a difference between notebooks of these names; empty when there is none.
pub fn render(difference: &Difference, older: &str, newer: &str) -> String {
    if difference.is_empty() {
        return String::new();
    }
    let mut text = format!("--- {older}\n+++ {newer}\n");
    if !difference.metadata.is_empty() {
        text.push_str("\nnotebook: changed\n");
        metadata(&mut text, &difference.metadata);
    }
    for cell in &difference.cells {
        text.push('\n');
        render_cell(&mut text, cell).expect("text can be written to memory");
    }
    text
}

fn render_cell(text: &mut String, cell: &CellDifference) -> std::fmt::Result {
    match cell {
        CellDifference::Added { cell, number, language, source, outputs } => {
            writeln!(text, "cell {number} `{cell}` ({}): added", language.title())?;
            whole(text, '+', source, outputs)
        }
        CellDifference::Removed { cell, number, language, source, outputs } => {
            writeln!(text, "cell {number} `{cell}` ({}): removed", language.title())?;
            whole(text, '-', source, outputs)
        }
        CellDifference::Changed {
            cell,
            was,
            number,
            moved_from,
            language,
            was_language,
            hunks,
            outputs,
            metadata: keys,
        } => {
            let mut what = vec![];
            if !(hunks.is_empty() && outputs.is_none() && keys.is_empty()) {
                what.push("changed".to_owned());
            }
            what.extend(moved_from.map(|from| format!("moved from {from}")));
            what.extend(was_language.map(|was: Language| format!("was {}", was.title())));
            what.extend(was.as_ref().map(|was| format!("was named `{was}`")));
            let title = language.title();
            writeln!(text, "cell {number} `{cell}` ({title}): {}", what.join(", "))?;
            hunks.iter().try_for_each(|hunk| render_hunk(text, hunk))?;
            if let Some(Change { before, after, .. }) = outputs {
                let words = |side: &Option<Vec<String>>| match side.as_deref() {
                    None | Some([]) => "none".to_owned(),
                    Some(all) => all.join("; "),
                };
                let (before, after) = (words(before), words(after));
                // Two images of one size differ all the same.
                let after = if before == after { "others that look alike".into() } else { after };
                writeln!(text, "outputs: {before} -> {after}")?;
            }
            metadata(text, keys);
            Ok(())
        }
    }
}

fn whole(text: &mut String, sign: char, source: &str, outputs: &[String]) -> std::fmt::Result {
    for line in source.split('\n').filter(|_| !source.is_empty()) {
        writeln!(text, "{sign}{line}")?;
    }
    if outputs.is_empty() { Ok(()) } else { writeln!(text, "outputs: {}", outputs.join("; ")) }
}

fn render_hunk(text: &mut String, hunk: &Hunk) -> std::fmt::Result {
    let span = |(start, count): (usize, usize)| match count {
        1 => start.to_string(),
        count => format!("{start},{count}"),
    };
    writeln!(text, "@@ -{} +{} @@", span(hunk.before), span(hunk.after))?;
    for line in &hunk.lines {
        let sign = match line.kind {
            LineKind::Same => ' ',
            LineKind::Removed => '-',
            LineKind::Added => '+',
        };
        writeln!(text, "{sign}{}", line.text)?;
    }
    Ok(())
}

fn metadata(text: &mut String, changes: &[Change<Value>]) {
    let shown = |value: &Option<Value>| match value {
        None => "none".to_owned(),
        Some(value) => {
            let json = value.to_string();
            let short: String = json.chars().take(80).collect();
            if short.len() < json.len() { format!("{short}…") } else { short }
        }
    };
    for Change { key, before, after } in changes {
        text.push_str(&format!("metadata `{key}`: {} -> {}\n", shown(before), shown(after)));
    }
}
