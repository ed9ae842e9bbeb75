//! The line that begins a cell: `# %% Title [kind] key=json …`.

use serde_json::{Map, Value};

/// What a marker says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Marker {
    /// How many `%` it has beyond two: Jupytext's depth of a sub-cell.
    pub depth: usize,
    /// The words before the metadata, without the kind.
    pub title: String,
    /// The word in brackets, as it is written.
    pub kind: Option<String>,
    /// The metadata, in their order.
    pub fields: Map<String, Value>,
}

/// Where Jupytext puts metadata that it can't parse, so that they aren't lost.
const UNREADABLE: &str = "incorrectly_encoded_metadata";

/// Whether the line begins a cell: `# %%` and then a space or nothing (`# %%time` is a
/// hidden command), Spyder's `# <codecell>`, nbconvert's `# In[3]:`.
pub(super) fn is_marker(line: &str) -> bool {
    let Some(rest) = line.strip_prefix('#') else { return false };
    let rest = rest.trim_start();
    if let Some(rest) = rest.strip_prefix("%%") {
        let rest = rest.trim_start_matches('%');
        return rest.is_empty() || rest.starts_with(char::is_whitespace);
    }
    let rest = rest.trim_end();
    let number =
        rest.strip_prefix("In[").and_then(|rest| rest.trim_end_matches(':').strip_suffix(']'));
    rest == "<codecell>"
        || number.is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit() || b == b' '))
}

impl Marker {
    /// Reads a line of which [`is_marker`] holds. `is_kind` knows the words that brackets
    /// may have; others are part of the title.
    pub fn parse(line: &str, is_kind: impl Fn(&str) -> bool) -> Self {
        let mut marker = Self::default();
        let Some(rest) = line.trim_start_matches('#').trim_start().strip_prefix("%%") else {
            return marker;
        };
        let text = rest.trim_start_matches('%');
        marker.depth = rest.len() - text.len();
        let text = text.trim();
        let (head, fields) = text.split_at(fields_start(text));
        marker.fields = parse_fields(fields.trim());
        let mut words: Vec<&str> = head.split_whitespace().collect();
        let bracketed = |word: &&str| {
            let kind = word.strip_prefix('[').and_then(|word| word.strip_suffix(']'));
            kind.is_some_and(&is_kind)
        };
        if let Some(at) = words.iter().rposition(bracketed) {
            let word = words.remove(at);
            marker.kind = Some(word[1..word.len() - 1].to_owned());
        }
        marker.title = words.join(" ");
        marker
    }
}

/// The line.
impl std::fmt::Display for Marker {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "# %%{}", "%".repeat(self.depth))?;
        if !self.title.is_empty() {
            write!(out, " {}", self.title)?;
        }
        if let Some(kind) = &self.kind {
            write!(out, " [{kind}]")?;
        }
        if !self.fields.keys().all(|key| is_key(key)) {
            return write!(out, " {}", Value::Object(self.fields.clone()));
        }
        for (key, value) in &self.fields {
            match value {
                Value::String(text) if key == UNREADABLE => write!(out, " {text}")?,
                value => write!(out, " {key}={value}")?,
            }
        }
        Ok(())
    }
}

/// Where the metadata begin: at the first word `key=…` or at a brace.
fn fields_start(text: &str) -> usize {
    let mut start = 0;
    for word in text.split_inclusive(' ') {
        let key = word.split_once('=').map(|(key, _)| key);
        if word.starts_with('{') || key.is_some_and(is_key) {
            return start;
        }
        start += word.len();
    }
    text.len()
}

/// Whether a title can stand in a marker and be read again as it is.
pub(super) fn is_plain_title(title: &str) -> bool {
    let words: Vec<&str> = title.split_whitespace().collect();
    !title.is_empty()
        && !title.starts_with('%')
        && !title.contains(['[', ']', '{', '=', '\n'])
        && words.join(" ") == title
}

/// A key as Jupytext takes it.
fn is_key(key: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.@/-".contains(&byte);
    !key.is_empty() && key.bytes().all(allowed)
}

fn parse_fields(text: &str) -> Map<String, Value> {
    if text.starts_with('{')
        && let Ok(fields) = serde_json::from_str(text)
    {
        return fields;
    }
    let mut fields = Map::new();
    let mut rest = text;
    while !rest.is_empty() {
        match field(rest) {
            Some((key, value, after)) => {
                fields.insert(key.to_owned(), value);
                rest = after.trim_start();
            }
            None => {
                fields.insert(UNREADABLE.to_owned(), rest.into());
                break;
            }
        }
    }
    fields
}

/// The first `key=json` of a text, and what follows it.
fn field(text: &str) -> Option<(&str, Value, &str)> {
    let (key, rest) = text.split_once('=')?;
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
    let value = values.next()?.ok()?;
    Some((is_key(key).then_some(key)?, value, &rest[values.byte_offset()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, title: &str, kind: Option<&str>, fields: &str) {
        assert!(is_marker(line));
        let marker = Marker::parse(line, |word| ["markdown", "sql"].contains(&word));
        assert_eq!((&*marker.title, marker.kind.as_deref()), (title, kind));
        assert_eq!(Value::Object(marker.fields.clone()).to_string(), fields);
        let again = Marker::parse(&marker.to_string(), |word| ["markdown", "sql"].contains(&word));
        assert_eq!(again, marker, "{marker}");
    }

    #[test]
    fn markers_have_a_title_a_kind_and_metadata() {
        check("# %%", "", None, "{}");
        check("#%%", "", None, "{}");
        check("# %% Load the data", "Load the data", None, "{}");
        check("# %% [markdown]", "", Some("markdown"), "{}");
        check(
            "# %% Title [sql] id=\"a b\" tags=[\"x\", \"y\"]",
            "Title",
            Some("sql"),
            r#"{"id":"a b","tags":["x","y"]}"#,
        );
        check("# %% [later]", "[later]", None, "{}");
        check(
            r#"# %% {"tags": ["a"], "key with space": 1}"#,
            "",
            None,
            r#"{"tags":["a"],"key with space":1}"#,
        );
        check(
            "# %% Title tags=['a']",
            "Title",
            None,
            r#"{"incorrectly_encoded_metadata":"tags=['a']"}"#,
        );
        check("# In[12]:", "", None, "{}");
        check("# <codecell>", "", None, "{}");
    }

    #[test]
    fn a_sub_cell_keeps_its_depth() {
        let marker = Marker::parse("# %%%% Part", |_| false);
        assert_eq!((marker.depth, &*marker.title), (2, "Part"));
        assert_eq!(marker.to_string(), "# %%%% Part");
    }

    #[test]
    fn other_comments_are_no_markers() {
        for line in ["# %%time", "# 100 %%", "%%", "x # %%", " # %%", "# In[a]", "# In order"] {
            assert!(!is_marker(line), "{line}");
        }
    }
}
