//! What editors ask while one writes SQL: what could stand here, what stands here, is that
//! all?

use flownote_kernel::protocol::{Answer, Completeness, Completion};
use serde_json::Map;

use super::host::Host;

/// Words that begin clauses.
const KEYWORDS: [&str; 40] = [
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP BY",
    "ORDER BY",
    "HAVING",
    "LIMIT",
    "OFFSET",
    "JOIN",
    "LEFT JOIN",
    "RIGHT JOIN",
    "FULL JOIN",
    "CROSS JOIN",
    "ON",
    "USING",
    "AS",
    "AND",
    "OR",
    "NOT",
    "IN",
    "IS NULL",
    "IS NOT NULL",
    "BETWEEN",
    "LIKE",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "DISTINCT",
    "UNION ALL",
    "WITH",
    "OVER",
    "PARTITION BY",
    "CREATE VIEW",
    "CREATE TABLE",
    "EXPLAIN",
    "CAST",
    "DESC",
    "ASC",
];

/// Names that could stand at the cursor: columns of tables that the cell names first, then
/// tables, functions and keywords.
pub fn complete(host: &Host, request: u64, code: &str, cursor: u32) -> Answer {
    let letters: Vec<char> = code.chars().collect();
    let end = (cursor as usize).min(letters.len());
    let start = letters[..end].iter().rposition(|c| !is_word(*c)).map_or(0, |at| at + 1);
    let begun: String = letters[start..end].iter().collect::<String>().to_lowercase();
    let tables = host.session.names();
    let mut items = Vec::new();
    let mut add = |text: String, kind: &str, signature: Option<String>| {
        let fits = text.to_lowercase().starts_with(&begun);
        let known = items.iter().any(|item: &Completion| item.text == text);
        if fits && !known {
            items.push(Completion { text, type_name: Some(kind.to_owned()), signature });
        }
    };
    for table in tables.iter().filter(|table| mentions(code, table)) {
        for (column, kind) in host.session.columns(table).unwrap_or_default() {
            add(quoted(&column), "column", Some(kind));
        }
    }
    let after_dot = start > 0 && letters[start - 1] == '.';
    if !after_dot {
        tables.iter().for_each(|table| add(quoted(table), "table", None));
        host.session.functions().into_iter().for_each(|name| add(name, "function", None));
        if !begun.is_empty() {
            KEYWORDS.iter().for_each(|word| add((*word).to_owned(), "keyword", None));
        }
    }
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Answer::Completions { request, start: place(start), end: place(end), items }
}

/// What a table or a column is.
pub fn inspect(host: &Host, request: u64, code: &str, cursor: u32) -> Answer {
    let letters: Vec<char> = code.chars().collect();
    let at = (cursor as usize).min(letters.len());
    let start = letters[..at].iter().rposition(|c| !is_word(*c)).map_or(0, |before| before + 1);
    let length = letters[start..].iter().take_while(|c| is_word(**c)).count();
    let word: String = letters[start..start + length].iter().collect();
    let text = describe(host, code, &word);
    let mut data = Map::new();
    if let Some(text) = &text {
        data.insert("text/plain".into(), text.clone().into());
    }
    Answer::Inspected { request, found: text.is_some(), data }
}

fn describe(host: &Host, code: &str, word: &str) -> Option<String> {
    if word.is_empty() {
        return None;
    }
    if let Some(columns) = host.session.columns(word) {
        let lines = columns.iter().map(|(name, kind)| format!("{name}: {kind}"));
        let lines: Vec<String> = lines.collect();
        return Some(format!("table {word}\n{}", lines.join("\n")));
    }
    let tables = host.session.names();
    let column = tables.iter().filter(|table| mentions(code, table)).find_map(|table| {
        let columns = host.session.columns(table)?;
        let (name, kind) = columns.into_iter().find(|(name, _)| name == word)?;
        Some(format!("{table}.{name}: {kind}"))
    });
    let lower = word.to_lowercase();
    column.or_else(|| {
        let known = host.session.functions().contains(&lower);
        known.then(|| format!("function {lower}"))
    })
}

/// Whether a query ends here.
pub fn is_complete(request: u64, code: &str) -> Answer {
    let text = code.trim_end();
    let status = if text.is_empty() || text.ends_with(';') {
        Completeness::Complete
    } else {
        match flownote_data::is_complete(text) {
            Some(true) => Completeness::Complete,
            Some(false) => Completeness::Incomplete,
            None => Completeness::Invalid,
        }
    };
    Answer::Completeness { request, status, indent: String::new() }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn mentions(code: &str, name: &str) -> bool {
    code.to_lowercase().contains(&name.to_lowercase())
}

/// A name as queries write it.
fn quoted(name: &str) -> String {
    let plain = name.chars().all(is_word) && !name.starts_with(|c: char| c.is_ascii_digit());
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}
