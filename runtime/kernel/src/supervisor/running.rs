//! The execution that is under way, and how much it has shown.

use std::time::Instant;

use flownote_notebook::session::{Execute, Group};
use flownote_notebook::{Cell, Document, Language, Output};

use super::log::weight_of;
use super::options::Limits;
use crate::record::Lines;

/// The execution that is under way.
#[derive(Debug)]
pub struct Running {
    /// What was asked for.
    pub execute: Box<Execute>,
    /// Whose it is.
    pub group: Group,
    /// When, RFC 3339.
    pub started_at: String,
    /// When.
    pub began: Instant,
    /// The code as the user wrote it.
    pub source: String,
    /// What it printed.
    pub lines: Lines,
    /// What it showed. The document may be another by now, or may have been cleared.
    pub outputs: Outputs,
    shown: Shown,
}

/// What one execution showed, as its cell has it.
#[derive(Debug)]
pub struct Outputs(Document);

impl Default for Outputs {
    fn default() -> Self {
        let cell = Cell::new("it", Language::Python, "");
        // One cell with a good id is always a document.
        Self(Document::new(vec![cell]).unwrap_or_default())
    }
}

impl Outputs {
    /// Adds one: text joins text, an update takes the place of what it updates.
    pub fn push(&mut self, output: Output) {
        let _ = self.0.push_output(&"it".into(), output);
    }

    /// All of them.
    pub fn all(&self) -> Vec<Output> {
        self.0.cells().first().map(|cell| cell.outputs.clone()).unwrap_or_default()
    }
}

/// What becomes of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is shown.
    Show,
    /// It is the first of too many: say so instead.
    Cut,
    /// It isn't shown.
    Drop,
}

/// How much an execution has shown.
#[derive(Debug, Default)]
struct Shown {
    bytes: usize,
    outputs: usize,
    /// Whether the last output was text, which further text joins.
    text: bool,
    cut: bool,
}

impl Running {
    /// An execution that begins now.
    pub fn new(execute: Box<Execute>, group: Group, source: String) -> Self {
        Self {
            execute,
            group,
            started_at: flownote_store::time::now(),
            began: Instant::now(),
            source,
            lines: Lines::default(),
            outputs: Outputs::default(),
            shown: Shown::default(),
        }
    }

    /// Its interpreter took it up: what came before was a start, or another cell.
    pub fn begin(&mut self) {
        self.started_at = flownote_store::time::now();
        self.began = Instant::now();
    }

    /// Milliseconds since it began.
    pub fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Whether one more output is shown. Errors always are, and so is what only replaces.
    pub fn admit(&mut self, output: &Output, limits: &Limits) -> Verdict {
        let shown = &mut self.shown;
        match output {
            // An update takes the place of what is there.
            Output::Error { .. } | Output::Update { .. } => return Verdict::Show,
            Output::Clear { wait } => {
                if !*wait {
                    *shown = Shown::default();
                }
                return Verdict::Show;
            }
            _ => {}
        }
        if shown.cut {
            return Verdict::Drop;
        }
        let text = matches!(output, Output::Stream { .. });
        shown.bytes += weight_of(output);
        shown.outputs += usize::from(!(text && shown.text));
        shown.text = text;
        if shown.bytes > limits.output || shown.outputs > limits.outputs {
            shown.cut = true;
            return Verdict::Cut;
        }
        Verdict::Show
    }
}
