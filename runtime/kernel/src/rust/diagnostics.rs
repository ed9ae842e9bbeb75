//! What the compiler says, on the lines of the cells that it is about.
//!
//! rustc's JSON (<https://doc.rust-lang.org/rustc/json.html>) speaks of files that were made
//! from cells; each span is led back to the cell's own text and shown as rustc shows it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Patch, Renderer, Snippet};
use serde::{Deserialize, Serialize};

use super::rewrite::{Rewritten, place};

/// The files that were made from cells, by their names.
#[derive(Clone, Debug, Default)]
pub struct Texts(HashMap<String, Arc<Text>>);

/// A file that was made from a cell.
#[derive(Clone, Debug, Default)]
pub struct Text {
    /// The cell's id.
    pub cell: String,
    /// How people name the cell.
    pub label: String,
    /// The cell's text.
    pub source: String,
    /// What was made of it.
    pub made: Rewritten,
}

impl Texts {
    /// Takes note of a file, in the place of an earlier one of that name.
    pub fn enter(&mut self, file: impl Into<String>, text: Text) {
        self.0.insert(file.into(), Arc::new(text));
    }

    /// A file, by its path or name.
    pub fn get(&self, file: &str) -> Option<&Arc<Text>> {
        self.0.get(file.rsplit('/').next().unwrap_or(file))
    }

    /// A place that running code named (line and column from 1) as a place of a cell: the
    /// text, the byte of its source.
    pub fn find(&self, file: &str, line: u32, column: u32) -> Option<(&Arc<Text>, usize)> {
        let text = self.get(file)?;
        let byte = text.made.origin(text.made.byte_at(line, column)?)?;
        Some((text, byte))
    }
}

/// One message of the compiler.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// `error`, `warning`, `note`, `help`.
    pub level: String,
    /// `E0308`.
    pub code: Option<String>,
    /// What it says.
    pub message: String,
    /// The places that it speaks of.
    pub spans: Vec<Span>,
    /// What it adds.
    pub children: Vec<Diagnostic>,
    /// As rustc shows it, for what concerns no cell.
    pub rendered: String,
}

/// A place that the compiler speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The file.
    pub file: String,
    /// The bytes of the file.
    pub bytes: Range<usize>,
    /// Whether it is what the message is about.
    pub primary: bool,
    /// What it says of the place.
    pub label: Option<String>,
    /// What should stand there.
    pub replacement: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    message: String,
    code: Option<Code>,
    level: String,
    spans: Vec<RawSpan>,
    #[serde(default)]
    children: Vec<Message>,
    rendered: Option<String>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct RawSpan {
    file_name: String,
    byte_start: usize,
    byte_end: usize,
    is_primary: bool,
    label: Option<String>,
    suggested_replacement: Option<String>,
    expansion: Option<Box<Expansion>>,
}

#[derive(Deserialize)]
struct Expansion {
    span: RawSpan,
}

/// Reads what the compiler wrote; a line that is no message comes back as text.
pub fn read(output: &str) -> (Vec<Diagnostic>, String) {
    let (mut found, mut rest) = (Vec::new(), String::new());
    for line in output.lines() {
        match serde_json::from_str::<Message>(line) {
            // `aborting due to …` and `For more information …` say nothing.
            Ok(message) if message.spans.is_empty() && is_summary(&message.message) => {}
            Ok(message) => found.push(message.into()),
            Err(_) if line.contains("\"$message_type\"") => {}
            Err(_) => {
                rest.push_str(line);
                rest.push('\n');
            }
        }
    }
    (found, rest)
}

fn is_summary(message: &str) -> bool {
    message.starts_with("aborting due to")
        || message.starts_with("For more information about")
        || message.starts_with("Some errors have detailed explanations")
        || message.ends_with("warning emitted")
        || message.ends_with("warnings emitted")
}

impl From<Message> for Diagnostic {
    fn from(message: Message) -> Self {
        Self {
            level: message.level,
            code: message.code.map(|code| code.code),
            message: message.message,
            spans: message.spans.into_iter().map(Span::from).collect(),
            children: message.children.into_iter().map(Self::from).collect(),
            rendered: message.rendered.unwrap_or_default(),
        }
    }
}

impl From<RawSpan> for Span {
    fn from(span: RawSpan) -> Self {
        let (label, primary) = (span.label.clone(), span.is_primary);
        // Within a macro of somebody else's: the place of the call.
        let mut outer = span;
        while !outer.file_name.rsplit('/').next().is_some_and(|name| name.starts_with("cell-")) {
            match outer.expansion.take() {
                Some(expansion) => outer = expansion.span,
                None => break,
            }
        }
        Self {
            file: outer.file_name,
            bytes: outer.byte_start..outer.byte_end,
            primary,
            label,
            replacement: outer.suggested_replacement,
        }
    }
}

/// A place of a cell.
pub(super) struct Located<'a> {
    pub text: &'a Arc<Text>,
    pub range: Range<usize>,
    pub span: &'a Span,
}

impl Diagnostic {
    /// Whether it keeps the cell from running.
    pub fn is_error(&self) -> bool {
        self.level.starts_with("error")
    }

    /// Whether it has that code.
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// `error[E0308]: mismatched types`.
    pub fn title(&self) -> String {
        match &self.code {
            Some(code) if code.starts_with('E') => {
                format!("{}[{code}]: {}", self.level, self.message)
            }
            _ => format!("{}: {}", self.level, self.message),
        }
    }

    /// The first place that it is about: the text and the byte of its source.
    pub fn place<'a>(&'a self, texts: &'a Texts) -> Option<(&'a Arc<Text>, usize)> {
        let located = located(&self.spans, texts);
        let first = located.iter().find(|it| it.span.primary).or(located.first())?;
        Some((first.text, first.range.start))
    }

    /// Whether it is about something that stands in a cell.
    pub fn concerns(&self, texts: &Texts) -> bool {
        !located(&self.spans, texts).is_empty()
    }

    /// As rustc shows it, on the cells' own lines, with ANSI colours.
    pub fn show(&self, texts: &Texts) -> String {
        let spans = located(&self.spans, texts);
        if spans.is_empty() && !self.spans.is_empty() {
            return self.rendered.trim_end().to_owned();
        }
        let mut title = level(&self.level).primary_title(self.message.as_str());
        if let Some(code) = self.code.as_deref().filter(|code| code.starts_with('E')) {
            title = title.id(code);
        }
        let mut groups = vec![title.elements(snippets(&spans))];
        for child in &self.children {
            let spans = located(&child.spans, texts);
            let patches: Vec<&Located<'_>> =
                spans.iter().filter(|it| it.span.replacement.is_some()).collect();
            if !patches.is_empty() {
                let title = level(&child.level).secondary_title(child.message.as_str());
                groups.push(title.elements(patched(&patches)));
            } else if !spans.is_empty() {
                let title = level(&child.level).secondary_title(child.message.as_str());
                groups.push(title.elements(snippets(&spans)));
            } else if !speaks_of_files(child)
                && !child.message.starts_with("the full name for the type has been written")
                && !child.message.starts_with("consider using `--verbose`")
                && let Some(first) = groups.pop()
            {
                let message = level(&child.level).message(child.message.as_str());
                groups.push(first.element(message));
            }
        }
        Renderer::styled().render(&groups)
    }
}

/// Hints on files that nobody wrote (`consider importing` at the head of ours) help nobody.
fn speaks_of_files(child: &Diagnostic) -> bool {
    child.spans.iter().any(|span| span.replacement.is_some())
}

pub(super) fn located<'a>(spans: &'a [Span], texts: &'a Texts) -> Vec<Located<'a>> {
    let found = spans.iter().filter_map(|span| {
        let text = texts.get(&span.file)?;
        let range = text.made.origin_of(span.bytes.clone())?;
        Some(Located { text, range, span })
    });
    found.collect()
}

fn level(name: &str) -> Level<'static> {
    match name {
        "warning" => Level::WARNING,
        "note" => Level::NOTE,
        "help" => Level::HELP,
        _ => Level::ERROR,
    }
}

/// One snippet for each cell that is spoken of.
fn snippets<'a>(spans: &[Located<'a>]) -> Vec<Element<'a>> {
    by_text(spans.iter())
        .into_iter()
        .map(|(text, spans)| {
            let annotations = spans.into_iter().map(|it| {
                let kind =
                    if it.span.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
                let label = it.span.label.as_deref().filter(|label| !label.is_empty());
                kind.span(it.range.clone()).label(label)
            });
            let snippet = Snippet::source(text.source.as_str()).path(text.label.as_str());
            snippet.annotations(annotations).into()
        })
        .collect()
}

fn patched<'a>(spans: &[&Located<'a>]) -> Vec<Element<'a>> {
    by_text(spans.iter().copied())
        .into_iter()
        .map(|(text, spans)| {
            let patches = spans.into_iter().map(|it| {
                Patch::new(it.range.clone(), it.span.replacement.as_deref().unwrap_or_default())
            });
            let snippet = Snippet::source(text.source.as_str()).path(text.label.as_str());
            snippet.patches(patches).into()
        })
        .collect()
}

fn by_text<'a, 's>(
    spans: impl Iterator<Item = &'s Located<'a>>,
) -> Vec<(&'a Arc<Text>, Vec<&'s Located<'a>>)>
where
    'a: 's,
{
    let mut texts: Vec<(&'a Arc<Text>, Vec<&'s Located<'a>>)> = Vec::new();
    for span in spans {
        match texts.iter_mut().find(|(text, _)| Arc::ptr_eq(text, span.text)) {
            Some((_, spans)) => spans.push(span),
            None => texts.push((span.text, vec![span])),
        }
    }
    texts
}

/// A line of a cell with the place in it, for those who show frames.
pub fn frame_of(text: &Text, byte: usize) -> (u32, u32, String) {
    let (line, column, shown) = place(&text.source, byte);
    (line, column, shown.to_owned())
}

/// A group of nothing but a title; kept here so that others need not know the renderer.
pub fn headline(name: &str, message: &str, text: &Text, range: Range<usize>) -> String {
    let snippet: Element<'_> = Snippet::source(text.source.as_str())
        .path(text.label.as_str())
        .annotation(AnnotationKind::Primary.span(range))
        .into();
    let level = Level::ERROR.with_name(name);
    let group: Group<'_> = level.primary_title(message).element(snippet);
    Renderer::styled().render(&[group])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without_colours(text: &str) -> String {
        let mut plain = String::new();
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            if letter == '\u{1b}' {
                letters.by_ref().find(|it| *it == 'm');
            } else {
                plain.push(letter);
            }
        }
        plain
    }

    #[test]
    fn an_error_stands_on_the_line_of_its_cell() {
        let source = "let a = 1;\nlet b: u8 = \"x\";";
        let mut made = Rewritten::new();
        made.push("fn f() {\n").push_source(source, 0..source.len(), &[]);
        let at = made.text().find("\"x\"").expect("there");
        let json = serde_json::json!({
            "$message_type": "diagnostic", "message": "mismatched types", "level": "error",
            "code": {"code": "E0308", "explanation": ""},
            "spans": [{"file_name": "/tmp/a/cell-body.rs", "byte_start": at, "byte_end": at + 3,
                       "is_primary": true, "label": "expected `u8`, found `&str`",
                       "suggested_replacement": null, "expansion": null}],
            "children": [{"message": "think again", "level": "help", "code": null, "spans": [],
                          "children": [], "rendered": null}],
            "rendered": "…",
        });
        let (found, rest) = read(&format!("{json}\nplain text\n"));
        assert_eq!(rest, "plain text\n");
        let mut texts = Texts::default();
        texts.enter(
            "cell-body.rs",
            Text { label: "cell 2".into(), source: source.into(), made, ..Text::default() },
        );
        let shown = without_colours(&found[0].show(&texts));
        assert!(shown.contains("error[E0308]: mismatched types"), "{shown}");
        assert!(shown.contains("cell 2:2:13"), "{shown}");
        assert!(shown.contains("2 | let b: u8 = \"x\";"), "{shown}");
        assert!(shown.contains("^^^ expected `u8`, found `&str`"), "{shown}");
        assert!(shown.contains("help: think again"), "{shown}");
        let (text, byte) = found[0].place(&texts).expect("a place");
        assert_eq!(frame_of(text, byte).0, 2);
    }
}
