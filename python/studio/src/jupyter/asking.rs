//! What is asked about code: answered while a cell runs, too.

use flownote_kernel::protocol::Completeness;
use flownote_kernel::supervisor::{Handle, Reply, Request};
use serde::Deserialize;
use serde_json::{Value, json};

use super::language::Code;
use super::said::Failure;

/// The contents of `complete_request`, `inspect_request` and `is_complete_request`.
#[derive(Debug, Deserialize)]
struct About {
    #[serde(default)]
    code: String,
    /// Without it, the end of the code.
    cursor_pos: Option<usize>,
    #[serde(default)]
    detail_level: u8,
}

/// The content of the reply to a request of one of these kinds.
pub async fn answer(handle: Handle, kind: String, content: Value) -> Value {
    let about: About = match serde_json::from_value(content) {
        Ok(about) => about,
        Err(error) => return Failure::new("ValueError", &error.to_string(), None).to_reply(),
    };
    let code = Code::of(&about.code);
    let place = about.cursor_pos.unwrap_or_else(|| about.code.chars().count());
    let (language, source, cursor) = (code.language, code.source.clone(), code.cursor(place));
    let request = match (&*kind, cursor) {
        ("is_complete_request", _) => Request::IsComplete { language, code: source },
        // Within the line that names the language there is nothing to say.
        ("complete_request", None) => return completions(place, place, &[]),
        ("complete_request", Some(cursor)) => Request::Complete { language, code: source, cursor },
        (_, None) => return json!({"status": "ok", "found": false, "data": {}, "metadata": {}}),
        (_, Some(cursor)) => {
            let detail = about.detail_level;
            Request::Inspect { language, code: source, cursor, detail }
        }
    };
    match handle.ask(request).await {
        Ok(Reply::Completions { start, end, items }) => {
            let (start, end) = (start as usize + code.removed, end as usize + code.removed);
            completions(start, end, &items)
        }
        Ok(Reply::Inspected { found, data }) => {
            json!({"status": "ok", "found": found, "data": data, "metadata": {}})
        }
        Ok(Reply::Completeness { status, indent }) => completeness(status, &indent),
        Ok(_) => Failure::new("KernelError", "the kernel gave no answer", None).to_reply(),
        Err(problem) => {
            Failure::new("KernelError", &problem.message, problem.hint.as_deref()).to_reply()
        }
    }
}

fn completions(start: usize, end: usize, items: &[flownote_kernel::protocol::Completion]) -> Value {
    let matches: Vec<&str> = items.iter().map(|item| &*item.text).collect();
    // What front ends show beside the text; the key is IPython's.
    let types = items.iter().map(|item| {
        json!({
            "text": item.text, "type": item.type_name.as_deref().unwrap_or("<unknown>"),
            "signature": item.signature.as_deref().unwrap_or_default(),
            "start": start, "end": end,
        })
    });
    let metadata = json!({"_jupyter_types_experimental": types.collect::<Vec<_>>()});
    json!({
        "status": "ok", "matches": matches, "cursor_start": start, "cursor_end": end,
        "metadata": metadata,
    })
}

fn completeness(status: Completeness, indent: &str) -> Value {
    match status {
        Completeness::Complete => json!({"status": "complete"}),
        Completeness::Incomplete => json!({"status": "incomplete", "indent": indent}),
        Completeness::Invalid => json!({"status": "invalid"}),
        Completeness::Unknown => json!({"status": "unknown"}),
    }
}
