//! Outputs in a few words.

use serde_json::Value;

use crate::Output;

/// What an output is: `stdout, 3 lines`, `image/png, 12.3 kB`, `error ValueError`.
pub(super) fn summary(output: &Output) -> String {
    match output {
        Output::Stream { name, text } => {
            let lines = text.lines().count();
            format!("{}, {lines} line{}", name.name(), if lines == 1 { "" } else { "s" })
        }
        Output::Display { data, .. }
        | Output::Result { data, .. }
        | Output::Update { data, .. } => {
            // The richest form says most of what is seen; plain text comes with all.
            let forms = || data.iter().filter(|(mime, _)| *mime != "text/plain");
            match forms().max_by_key(|(_, value)| size(value)) {
                Some((mime, value)) => format!("{mime}, {}", in_words(size(value))),
                None => match data.get("text/plain").and_then(Value::as_str) {
                    Some(text) => shortened(text),
                    None => "an empty display".into(),
                },
            }
        }
        Output::Error { name, message, .. } => shortened(&format!("error {name}: {message}")),
        Output::Clear { .. } => "clear".into(),
        Output::Unknown { fields } => {
            let kind = fields.get("output_type").and_then(Value::as_str).unwrap_or_default();
            format!("unknown output `{kind}`")
        }
    }
}

/// The first line, or as much of it as fits.
fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let cut: String = line.chars().take(60).collect();
    if cut.len() < text.trim_end().len() { format!("{cut}…") } else { cut }
}

fn size(value: &Value) -> usize {
    value.as_str().map_or_else(|| value.to_string().len(), str::len)
}

fn in_words(bytes: usize) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
