//! What cells show, as messages of Jupyter.

use flownote_notebook::Output;
use serde_json::{Value, json};

/// The kind and the content of the message for an output; none for what has no message.
pub fn message_of(output: &Output, count: u32) -> Option<(&'static str, Value)> {
    Some(match output {
        Output::Stream { name, text } => ("stream", json!({"name": name.name(), "text": text})),
        Output::Display { data, metadata, display_id } => {
            let transient = match display_id {
                Some(id) => json!({"display_id": id}),
                None => json!({}),
            };
            ("display_data", json!({"data": data, "metadata": metadata, "transient": transient}))
        }
        Output::Update { data, metadata, display_id } => (
            "update_display_data",
            json!({"data": data, "metadata": metadata, "transient": {"display_id": display_id}}),
        ),
        Output::Result { data, metadata, .. } => (
            "execute_result",
            json!({"data": data, "metadata": metadata, "execution_count": count}),
        ),
        Output::Error { .. } => ("error", Failure::of(output)?.to_json()),
        Output::Clear { wait } => ("clear_output", json!({"wait": wait})),
        Output::Unknown { .. } => return None,
    })
}

/// An error as replies have it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// The kind of error.
    pub name: String,
    /// What it says.
    pub message: String,
    /// Lines for people.
    pub traceback: Vec<String>,
}

impl Failure {
    /// An error of the kernel's own.
    pub fn new(name: &str, message: &str, hint: Option<&str>) -> Self {
        let hint = hint.map(|hint| format!("hint: {hint}"));
        let lines = std::iter::once(format!("{name}: {message}"));
        let traceback = lines.chain(hint).collect();
        Self { name: name.to_owned(), message: message.to_owned(), traceback }
    }

    /// An output that is an error.
    pub fn of(output: &Output) -> Option<Self> {
        let Output::Error { name, message, traceback, hint, .. } = output else { return None };
        let mut traceback = traceback.clone();
        if let Some(hint) = hint
            && !traceback.iter().any(|line| line.contains(hint))
        {
            traceback.push(format!("hint: {hint}"));
        }
        Some(Self { name: name.clone(), message: message.clone(), traceback })
    }

    /// The content of an `error` message.
    pub fn to_json(&self) -> Value {
        json!({"ename": self.name, "evalue": self.message, "traceback": self.traceback})
    }

    /// The content of a reply that has nothing else to say.
    pub fn to_reply(&self) -> Value {
        json!({
            "status": "error", "ename": self.name, "evalue": self.message,
            "traceback": self.traceback,
        })
    }
}
