//! What a headless run shows: talk to standard error, what cells print to standard output.

use std::collections::{BTreeSet, HashMap};
use std::io::Write;
use std::path::Path;

use flownote_flow::help::list_in_words;
use flownote_kernel::record::EXECUTED;
use flownote_kernel::supervisor::{Event, InterpreterState};
use flownote_notebook::failure::Failure;
use flownote_notebook::misspelt::misspelt;
use flownote_notebook::output::Stream;
use flownote_notebook::session::FinishStatus;
use flownote_notebook::text::without_colours;
use flownote_notebook::{Cell, CellId, Document, Output};

use super::foreign;
use crate::shell::output::talk;
use crate::shell::{colours, exit, words};

/// Characters of a cell's first line.
const HEADLINE: usize = 72;

/// Shows what happens.
pub struct Progress {
    quiet: bool,
    /// Whether standard output is free for what cells print.
    prints: bool,
    /// Whether the executed notebook is written to a file of the user's.
    keeps: bool,
    colours: bool,
    labels: HashMap<CellId, Label>,
    cells: usize,
    /// What a cell shows of an earlier run, until that run is named.
    restored: Option<(CellId, Vec<Output>)>,
    /// The cell whose error was told, with what it said.
    failing: Option<(CellId, String)>,
    /// Cells that showed tables, figures or values.
    showing: BTreeSet<u32>,
    ran: usize,
    failed: usize,
    reused: usize,
}

/// How a cell is called.
struct Label {
    /// Its number in the file; what was given to the run has none.
    number: Option<u32>,
    language: &'static str,
    headline: String,
}

impl Progress {
    /// Shows nothing yet. The executed notebook goes to `output`.
    pub fn new(quiet: bool, output: Option<&Path>) -> Self {
        Self {
            quiet,
            prints: output != Some(Path::new("-")),
            keeps: output.is_some(),
            colours: colours::on_stderr(),
            labels: HashMap::new(),
            cells: 0,
            restored: None,
            failing: None,
            showing: BTreeSet::new(),
            ran: 0,
            failed: 0,
            reused: 0,
        }
    }

    /// Learns how cells are called, and says what looks misspelt in them.
    pub fn begin(&mut self, document: &Document) {
        let label = |(number, cell): (Option<u32>, &Cell)| {
            let headline: String =
                cell.headline().unwrap_or("(empty)").chars().take(HEADLINE).collect();
            let label = Label { number, language: cell.language.title(), headline };
            (cell.id.clone(), label)
        };
        self.labels = document.numbered().map(label).collect();
        self.cells = self.labels.values().filter(|label| label.number.is_some()).count();
        if !self.quiet {
            foreign::warn(document);
        }
        let cells = document.cells().iter().filter(|_| !self.quiet);
        for (cell, found) in
            cells.flat_map(|cell| misspelt(cell).into_iter().map(move |it| (cell, it)))
        {
            let line = found.line.map(|line| format!(", line {line}")).unwrap_or_default();
            let named = match self.labels.contains_key(&cell.id) {
                true => self.name(&cell.id),
                // What isn't run has no number.
                false => format!("the cell `{}`", cell.headline().unwrap_or("(empty)")),
            };
            talk!("warning: {named}{line}: {}", found.message);
            hint(&found.hint);
        }
    }

    /// Shows an event. Returns the exit code that it asks for.
    pub fn show(&mut self, event: &Event) -> i32 {
        match event {
            Event::Started { cell, .. } => {
                let headline = self.labels.get(cell).map_or("", |label| &label.headline);
                self.talk(cell, headline);
            }
            Event::Finished { cell, status, elapsed_ms, .. } => {
                return self.finished(cell, *status, *elapsed_ms);
            }
            Event::Outputs { cell, outputs } => {
                self.restored = Some((cell.clone(), outputs.clone()));
            }
            Event::Restored { cell, pathspec, user, finished_at } => {
                self.reused +=
                    usize::from(self.labels.get(cell).is_some_and(|it| it.number.is_some()));
                let at = words::time(finished_at);
                self.talk(cell, &format!("reused from {pathspec} by {user}, {at}"));
                if let Some((_, outputs)) = self.restored.take_if(|(of, _)| of == cell) {
                    outputs.iter().for_each(|output| self.output(cell, output));
                }
            }
            Event::Refused { cell, trouble } => {
                self.failed += 1;
                let message = format!("{}: {}", self.name(cell), trouble.message);
                complain(&message, trouble.hint.as_deref());
                return exit::FAILED;
            }
            Event::Output { cell: Some(cell), output, .. } => self.output(cell, output),
            // Else the cell that it ended with has said so.
            Event::Interpreter { state: InterpreterState::Ended { message, hint }, .. }
                if self.failing.as_ref().is_none_or(|(_, told)| told != message) =>
            {
                complain(message, hint.as_deref());
            }
            Event::KillOffer { language, .. } => talk!(
                "the cell goes on although it was interrupted; Ctrl+C once more ends the {} \
                 interpreter, and with it the run",
                language.title()
            ),
            Event::Log { level, text } if level == "warning" || level == "error" => {
                talk!("{level}: {text}");
            }
            _ => {}
        }
        exit::OK
    }

    fn finished(&mut self, cell: &CellId, status: FinishStatus, elapsed_ms: f64) -> i32 {
        match status {
            FinishStatus::Ok => {
                // What was given is no cell of the file.
                self.ran +=
                    usize::from(self.labels.get(cell).is_some_and(|it| it.number.is_some()));
                self.talk(cell, &format!("done, {:.2} s", elapsed_ms / 1000.0));
                return exit::OK;
            }
            FinishStatus::Error => {
                self.failed += 1;
                // What went wrong was shown just now; said once is enough.
                if self.failing.as_ref().is_none_or(|(of, _)| of != cell) {
                    complain(&format!("{} failed", self.name(cell)), None);
                }
            }
            FinishStatus::Interrupted => {
                self.failed += 1;
                self.talk(cell, &format!("interrupted after {:.2} s", elapsed_ms / 1000.0));
            }
        }
        exit::FAILED
    }

    /// Says how it ended, and where to look.
    ///
    /// `resume` is the command line that goes on with it.
    pub fn end(&self, code: i32, session: Option<String>, resume: &str) {
        let Some(session) = session.filter(|_| !self.quiet || code != exit::OK) else { return };
        let how = match code {
            exit::OK => "succeeded",
            exit::INTERRUPTED => "was interrupted",
            _ => "failed",
        };
        let stopped = if code == exit::INTERRUPTED { "interrupted" } else { "failed" };
        let left = self.cells.saturating_sub(self.ran + self.failed + self.reused);
        let counts =
            [(self.ran, "ran"), (self.reused, "reused"), (self.failed, stopped), (left, "not run")];
        let told = counts.into_iter().filter(|(count, _)| *count > 0);
        let told: Vec<String> = told.map(|(count, word)| format!("{count} {word}")).collect();
        let told = if told.is_empty() { "no cells".to_owned() } else { told.join(", ") };
        talk!("Notebook/{session} {how}: {told}");
        if code != exit::OK {
            let then = if code == exit::INTERRUPTED { "go on" } else { "mend it, then go on" };
            hint(&format!(
                "look at it with `flownote show Notebook/{session}`; {then} with `{resume}`"
            ));
        } else if let Some(cells) = self.showing().filter(|_| !self.keeps) {
            let short = session.rsplit('-').next().unwrap_or(&session);
            let artifact = format!("{short}/{EXECUTED}/{EXECUTED}");
            hint(&format!(
                "{cells} a table, figure or value: `--output executed.ipynb` writes them, or now \
                 `flownote dump {artifact} --output executed.ipynb`"
            ));
        }
    }

    /// `cells 2 and 4 show`.
    fn showing(&self) -> Option<String> {
        let numbers: Vec<String> = self.showing.iter().map(ToString::to_string).collect();
        match numbers.len() {
            0 => None,
            1 => Some(format!("cell {} shows", numbers[0])),
            _ => Some(format!("cells {} each show", list_in_words(&numbers))),
        }
    }

    fn output(&mut self, cell: &CellId, output: &Output) {
        match output {
            Output::Stream { text, .. } if !self.prints => {
                // Standard output belongs to the notebook.
                let _ = std::io::stderr().write_all(text.as_bytes());
            }
            Output::Stream { name: Stream::Stdout, text } => {
                // Nobody reads any more: the run goes on.
                let _ = std::io::stdout().write_all(text.as_bytes());
                let _ = std::io::stdout().flush();
            }
            Output::Stream { text, .. } => {
                let _ = std::io::stderr().write_all(text.as_bytes());
            }
            Output::Error { message, .. } => {
                self.failing = Some((cell.clone(), message.clone()));
                if let Some(failure) = Failure::of(cell, &self.name(cell), output) {
                    self.fail(&failure);
                }
            }
            Output::Display { .. } | Output::Result { .. } => {
                self.showing.extend(self.labels.get(cell).and_then(|label| label.number));
            }
            _ => {}
        }
    }

    fn fail(&self, failure: &Failure) {
        for line in &failure.traceback {
            talk!("{}", if self.colours { line.clone() } else { without_colours(line) });
        }
        if !failure.traceback.is_empty() {
            talk!("");
        }
        complain(&failure.message, failure.hint.as_deref());
    }

    fn talk(&self, cell: &CellId, what: &str) {
        if self.quiet {
            return;
        }
        let Some(label) = self.labels.get(cell) else { return talk!("[?] {what}") };
        let count = self.cells;
        let place = label.number.map(|number| format!("[{number}/{count}]"));
        let place = place.unwrap_or_else(|| "[given]".to_owned());
        talk!("{place} {} {what}", label.language);
    }

    /// `cell 3 (SQL)`.
    fn name(&self, cell: &CellId) -> String {
        let Some(label) = self.labels.get(cell) else { return format!("cell `{cell}`") };
        let place = label.number.map(|number| format!("cell {number}"));
        place.map_or_else(
            || "the given parameters".to_owned(),
            |place| format!("{place} ({})", label.language),
        )
    }
}

fn complain(what: &str, todo: Option<&str>) {
    talk!("{} {what}", colours::label("error:"));
    todo.into_iter().for_each(hint);
}

fn hint(what: &str) {
    talk!("{} {what}", colours::label("hint:"));
}
