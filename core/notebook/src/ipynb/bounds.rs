//! How much of the outputs a file holds (notebook rule 1). Of what is larger it holds a
//! preview and the digest, by which the whole is found in the run that made it.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::Output;

/// How many bytes of outputs a file may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Of one output.
    pub one: usize,
    /// Of all together.
    pub all: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { one: 1_000_000, all: 10_000_000 }
    }
}

impl Bounds {
    /// No bounds: what was in the file stays in the file.
    pub const NONE: Self = Self { one: usize::MAX, all: usize::MAX };
}

/// How long a preview is, while there is room.
const PREVIEW: usize = 10_000;
/// Below this even previews end; the rest is only counted.
const SHORTEST: usize = 500;

/// What is left for the outputs of one file.
pub(super) struct Budget {
    one: usize,
    left: usize,
}

impl Budget {
    pub fn new(bounds: Bounds) -> Self {
        Self { one: bounds.one, left: bounds.all }
    }

    /// What the file holds of a cell's outputs.
    pub fn keep<'a>(&mut self, outputs: &'a [Output]) -> Vec<Cow<'a, Output>> {
        let mut kept = Vec::with_capacity(outputs.len());
        let mut omitted = (0, 0);
        for output in outputs {
            let size = size(output);
            if size <= self.one && size <= self.left {
                self.left -= size;
                kept.push(Cow::Borrowed(output));
            } else if self.left > SHORTEST {
                let preview = preview(output, size, PREVIEW.min(self.one).min(self.left));
                self.left = self.left.saturating_sub(self::size(&preview));
                kept.push(Cow::Owned(preview));
            } else {
                omitted = (omitted.0 + 1, omitted.1 + size);
            }
        }
        if let (count @ 1.., bytes) = omitted {
            let text = format!("[{count} more outputs of {} are not kept here]\n", in_words(bytes));
            kept.push(Cow::Owned(Output::stderr(text)));
        }
        kept
    }
}

/// The bytes of the texts in an output.
fn size(output: &Output) -> usize {
    match output {
        Output::Stream { text, .. } => text.len(),
        Output::Display { data, metadata, .. }
        | Output::Result { data, metadata, .. }
        | Output::Update { data, metadata, .. } => {
            data.values().map(value_size).sum::<usize>()
                + metadata.values().map(value_size).sum::<usize>()
        }
        Output::Error { name, message, traceback, .. } => {
            name.len() + message.len() + traceback.iter().map(String::len).sum::<usize>()
        }
        Output::Clear { .. } => 0,
        Output::Unknown { fields } => fields.values().map(value_size).sum(),
    }
}

fn value_size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(|item| value_size(item) + 1).sum(),
        Value::Object(fields) => fields.iter().map(|(key, v)| key.len() + value_size(v) + 2).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
    }
}

/// The beginning and the end of an output, and what is missing between them.
fn preview(output: &Output, size: usize, room: usize) -> Output {
    match output {
        Output::Stream { name, text } => {
            let notice = notice("Output", size, digest(text.as_bytes()));
            Output::Stream { name: *name, text: middle_out(text, &notice, room) }
        }
        Output::Display { data, metadata, display_id } => {
            let (data, metadata) = preview_forms(data, metadata, size, room);
            Output::Display { data, metadata, display_id: display_id.clone() }
        }
        Output::Result { data, metadata, count } => {
            let (data, metadata) = preview_forms(data, metadata, size, room);
            Output::Result { data, metadata, count: *count }
        }
        Output::Error { name, message, traceback, frames, hint } => {
            let whole = traceback.join("\n");
            let notice = notice("Output", size, digest(whole.as_bytes()));
            Output::Error {
                name: middle_out(name, "…", room / 4),
                message: middle_out(message, "…", room / 4),
                traceback: middle_out(&whole, &notice, room / 2)
                    .split('\n')
                    .map(Into::into)
                    .collect(),
                frames: frames.clone(),
                hint: hint.clone(),
            }
        }
        Output::Unknown { fields } => {
            let digest = digest(Value::Object(fields.clone()).to_string().as_bytes());
            Output::display("text/plain", notice("Output", size, digest))
        }
        Output::Update { .. } | Output::Clear { .. } => output.clone(),
    }
}

/// The plain text of what was displayed, with a note of the forms that are missing.
fn preview_forms(
    data: &Map<String, Value>,
    metadata: &Map<String, Value>,
    size: usize,
    room: usize,
) -> (Map<String, Value>, Map<String, Value>) {
    let digest = digest(Value::Object(data.clone()).to_string().as_bytes());
    let forms: Map<String, Value> =
        data.iter().map(|(mime, value)| (mime.clone(), value_size(value).into())).collect();
    let names: Vec<&str> = data.keys().map(String::as_str).collect();
    let notice = notice(&names.join(", "), size, digest.clone());
    let text = match data.get("text/plain").and_then(Value::as_str) {
        Some(text) if text.len() + notice.len() <= room => format!("{text}\n{notice}"),
        Some(text) => middle_out(text, &notice, room),
        None => notice,
    };
    let mut metadata = metadata.clone();
    metadata.retain(|_, value| value_size(value) < SHORTEST);
    metadata.insert(
        "flownote".into(),
        json!({"cut": {"digest": digest, "size": size, "forms": forms}}),
    );
    (Map::from_iter([("text/plain".to_owned(), text.into())]), metadata)
}

fn notice(what: &str, size: usize, digest: String) -> String {
    format!("[{what} of {} not kept whole here; digest {digest}]", in_words(size))
}

fn digest(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// The text itself, or its beginning, the notice on a line of its own, and its end.
fn middle_out(text: &str, notice: &str, room: usize) -> String {
    if text.len() <= room {
        return text.to_owned();
    }
    let half = room.saturating_sub(notice.len()) / 2;
    let head = &text[..text.floor_char_boundary(half)];
    let tail = &text[text.ceil_char_boundary(text.len() - half)..];
    format!("{head}\n{notice}\n{tail}")
}

fn in_words(bytes: usize) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(bounds: Bounds, outputs: &[Output]) -> Vec<Output> {
        Budget::new(bounds).keep(outputs).into_iter().map(Cow::into_owned).collect()
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        let outputs = [Output::stdout("x".repeat(1_000_000)), Output::result("text/plain", "1")];
        assert_eq!(keep(Bounds::default(), &outputs), outputs);
    }

    #[test]
    fn of_a_long_text_the_beginning_the_end_and_the_digest_stay() {
        let text = format!("first line\n{}\nlast line", "é".repeat(600_000));
        let kept = keep(Bounds::default(), &[Output::stdout(&text)]);
        let [Output::Stream { text: shown, .. }] = &*kept else { panic!("{kept:?}") };
        assert!(shown.starts_with("first line\n") && shown.ends_with("\nlast line"));
        assert!(shown.contains("\n[Output of 1.2 MB not kept whole here; digest "), "{shown}");
        assert!(shown.contains(&digest(text.as_bytes())));
        assert!(shown.len() <= PREVIEW + 10);
        assert_eq!(keep(Bounds::default(), &kept), kept, "a preview stays");
    }

    #[test]
    fn of_a_large_image_its_plain_text_stays() {
        let mut output = Output::display("image/png", "A".repeat(2_000_000));
        if let Output::Display { data, .. } = &mut output {
            data.insert("text/plain".into(), "<Figure size 640x480>".into());
        }
        let kept = keep(Bounds::default(), &[output]);
        let [Output::Display { data, metadata, .. }] = &*kept else { panic!("{kept:?}") };
        let text = data["text/plain"].as_str().unwrap();
        assert!(
            text.starts_with("<Figure size 640x480>\n[image/png, text/plain of 2.0 MB"),
            "{text}"
        );
        assert_eq!(metadata["flownote"]["cut"]["forms"]["image/png"], 2_000_000);
        assert_eq!(data.len(), 1);
    }

    #[test]
    fn all_together_stay_within_their_bound_however_many_they_are() {
        let outputs: Vec<_> =
            (0..30_000).map(|i| Output::result("text/plain", format!("{i:01000}"))).collect();
        let kept = keep(Bounds::default(), &outputs);
        let total: usize = kept.iter().map(size).sum();
        assert!(total < 10_001_000, "{total}");
        let Some(Output::Stream { text, .. }) = kept.last() else { panic!() };
        assert!(text.ends_with(" MB are not kept here]\n"), "{text}");
    }
}
