//! What a cell shows: text, displays, its result, an error. The same type crosses from an
//! interpreter, to a browser and into the file.
//!
//! ```json
//! {"kind":"stream","name":"stdout","text":"hello\n"}
//! {"kind":"display","data":{"image/png":"iVBOR…"},"metadata":{},"display_id":"bar"}
//! {"kind":"result","data":{"text/plain":"2"},"metadata":{}}
//! {"kind":"error","name":"ValueError","message":"no rows","traceback":["…"],
//!  "frames":[{"cell":"a1","line":3,"name":"load","text":"raise ValueError('no rows')"}]}
//! ```

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Which stream text was printed to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Stream {
    /// Standard output.
    #[default]
    Stdout,
    /// Standard error.
    Stderr,
}

impl Stream {
    /// `stdout` or `stderr`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }
}

/// One output of a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Output {
    /// Printed text.
    Stream {
        /// Where it was printed to.
        name: Stream,
        /// The text, as it was printed: ANSI colours and carriage returns included.
        text: String,
    },
    /// Something displayed: one value in several forms.
    Display {
        /// MIME type → text, base64 text (images) or JSON (`application/…json`).
        data: Map<String, Value>,
        /// MIME type → what its renderer wants to know (an image's `width`).
        #[serde(default)]
        metadata: Map<String, Value>,
        /// The name by which a later [`Output::Update`] replaces it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        display_id: Option<String>,
    },
    /// A new state of every display of that name. It never stands in a cell.
    Update {
        /// As in [`Output::Display`].
        data: Map<String, Value>,
        /// As in [`Output::Display`].
        #[serde(default)]
        metadata: Map<String, Value>,
        /// Which displays.
        display_id: String,
    },
    /// The value of the cell's last expression.
    Result {
        /// As in [`Output::Display`].
        data: Map<String, Value>,
        /// As in [`Output::Display`].
        #[serde(default)]
        metadata: Map<String, Value>,
        /// The number of the execution that gave it, when it isn't the cell's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        count: Option<u32>,
    },
    /// The cell ended here.
    Error {
        /// The kind of error: `ValueError`.
        name: String,
        /// What it says.
        message: String,
        /// Lines for people, with ANSI colours.
        #[serde(default)]
        traceback: Vec<String>,
        /// Where it passed, outermost first. Not saved in `.ipynb`, which has no place.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        frames: Vec<Frame>,
        /// What the user can do about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hint: Option<String>,
    },
    /// Removes the cell's outputs. It never stands in a cell.
    Clear {
        /// Whether to wait for the next output, which then takes their place.
        #[serde(default)]
        wait: bool,
    },
    /// An output that a newer program wrote: kept as it is, not shown.
    Unknown {
        /// All that the file says of it.
        fields: Map<String, Value>,
    },
}

/// One call on the way to an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Frame {
    /// The cell whose source it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<crate::CellId>,
    /// The file whose source it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, from 1.
    pub line: u32,
    /// The function.
    #[serde(default)]
    pub name: String,
    /// The source of the line.
    #[serde(default)]
    pub text: String,
    /// How often it called itself in a row beyond the first time.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub repeated: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Output {
    /// Text printed to standard output.
    pub fn stdout(text: impl Into<String>) -> Self {
        Self::Stream { name: Stream::Stdout, text: text.into() }
    }

    /// Text printed to standard error.
    pub fn stderr(text: impl Into<String>) -> Self {
        Self::Stream { name: Stream::Stderr, text: text.into() }
    }

    /// A result in one form.
    pub fn result(mime: &str, value: impl Into<Value>) -> Self {
        let data = Map::from_iter([(mime.to_owned(), value.into())]);
        Self::Result { data, metadata: Map::new(), count: None }
    }

    /// A display in one form.
    pub fn display(mime: &str, value: impl Into<Value>) -> Self {
        let data = Map::from_iter([(mime.to_owned(), value.into())]);
        Self::Display { data, metadata: Map::new(), display_id: None }
    }
}

/// Whether a form's value is JSON itself, not text: `application/json` and
/// `application/vnd.….v1+json` (nbformat's schema).
pub fn is_json(mime: &str) -> bool {
    mime == "application/json" || (mime.starts_with("application/") && mime.ends_with("+json"))
}

/// Outputs as they arrive: printed text joins the text before it, `clear` clears, and with
/// `wait` only when something follows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Collector {
    outputs: Vec<Output>,
    clear_at_next: bool,
}

impl Collector {
    /// Begins after `outputs`.
    pub fn new(outputs: Vec<Output>) -> Self {
        Self { outputs, clear_at_next: false }
    }

    /// Continues with outputs that the next one may be about to replace.
    pub fn resume(outputs: Vec<Output>, waits: bool) -> Self {
        Self { outputs, clear_at_next: waits }
    }

    /// Whether the next output takes the place of these.
    pub fn waits(&self) -> bool {
        self.clear_at_next
    }

    /// What stands in the cell now.
    pub fn outputs(&self) -> &[Output] {
        &self.outputs
    }

    /// Gives the outputs up.
    pub fn into_outputs(self) -> Vec<Output> {
        self.outputs
    }

    /// Takes one more output. An update changes what this cell displays under its name.
    pub fn push(&mut self, output: Output) {
        match output {
            Output::Clear { wait: true } => self.clear_at_next = true,
            Output::Clear { wait: false } => self.clear(),
            Output::Update { data, metadata, display_id } => {
                update(&mut self.outputs, &display_id, &data, &metadata);
            }
            output => {
                if self.clear_at_next {
                    self.clear();
                }
                append(&mut self.outputs, output);
            }
        }
    }

    fn clear(&mut self) {
        self.outputs.clear();
        self.clear_at_next = false;
    }
}

/// Adds an output that stands in a cell.
fn append(outputs: &mut Vec<Output>, output: Output) {
    if let (Some(Output::Stream { name, text }), Output::Stream { name: more_name, text: more }) =
        (outputs.last_mut(), &output)
        && name == more_name
    {
        text.push_str(more);
        return;
    }
    outputs.push(output);
}

/// Gives every display of that name its new state; says whether there was one.
pub fn update(
    outputs: &mut [Output],
    id: &str,
    new_data: &Map<String, Value>,
    new_metadata: &Map<String, Value>,
) -> bool {
    let mut found = false;
    for output in outputs {
        if let Output::Display { data, metadata, display_id: Some(name) } = output
            && name == id
        {
            data.clone_from(new_data);
            metadata.clone_from(new_metadata);
            found = true;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collect(outputs: impl IntoIterator<Item = Output>) -> Vec<Output> {
        let mut collector = Collector::default();
        outputs.into_iter().for_each(|output| collector.push(output));
        collector.into_outputs()
    }

    #[test]
    fn text_joins_the_text_before_it_when_the_stream_is_the_same() {
        let outputs = collect([
            Output::stdout("a"),
            Output::stdout("b\n"),
            Output::stderr("!"),
            Output::stdout("c"),
        ]);
        assert_eq!(outputs, [Output::stdout("ab\n"), Output::stderr("!"), Output::stdout("c")]);
    }

    #[test]
    fn a_waiting_clear_clears_with_the_next_output() {
        let wait = Output::Clear { wait: true };
        assert_eq!(collect([Output::stdout("1"), wait.clone()]), [Output::stdout("1")]);
        let replaced = collect([Output::stdout("1"), wait, Output::stdout("2")]);
        assert_eq!(replaced, [Output::stdout("2")]);
        assert_eq!(collect([Output::stdout("1"), Output::Clear { wait: false }]), []);
    }

    #[test]
    fn an_update_changes_the_display_of_its_name() {
        let data = |text: &str| Map::from_iter([("text/plain".to_owned(), text.into())]);
        let shown = |name: &str, text: &str| Output::Display {
            data: data(text),
            metadata: Map::new(),
            display_id: Some(name.into()),
        };
        let update =
            Output::Update { data: data("100 %"), metadata: Map::new(), display_id: "bar".into() };
        let outputs = collect([shown("bar", "0 %"), shown("other", "0 %"), update]);
        assert_eq!(outputs, [shown("bar", "100 %"), shown("other", "0 %")]);
    }
}
