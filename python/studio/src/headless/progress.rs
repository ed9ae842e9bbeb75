//! What a headless run shows: talk to standard error, what cells print to standard output.

use std::collections::HashMap;
use std::io::{IsTerminal, Write};

use flownote_kernel::record::without_colours;
use flownote_kernel::supervisor::{Event, InterpreterState};
use flownote_notebook::output::Stream;
use flownote_notebook::session::FinishStatus;
use flownote_notebook::{CellId, Document, Output};

use crate::shell::exit;

/// Shows what happens.
pub struct Progress {
    quiet: bool,
    /// Whether standard output is free for what cells print.
    prints: bool,
    labels: HashMap<CellId, String>,
    /// What a cell shows of an earlier run, until that run is named.
    restored: Option<(CellId, Vec<Output>)>,
    ran: usize,
    reused: usize,
}

impl Progress {
    /// Shows nothing yet.
    pub fn new(quiet: bool, prints: bool) -> Self {
        Self { quiet, prints, labels: HashMap::new(), restored: None, ran: 0, reused: 0 }
    }

    /// Learns how cells are called.
    pub fn begin(&mut self, document: &Document) {
        let code = document.cells().iter().filter(|cell| cell.language.is_code());
        let count = code.clone().count();
        let label = |(cell, number): (&flownote_notebook::Cell, usize)| {
            (cell.id.clone(), format!("[{number}/{count}] {}", cell.language.title()))
        };
        self.labels = code.zip(1..).map(label).collect();
    }

    /// Shows an event. Returns the exit code that it asks for.
    pub fn show(&mut self, event: &Event) -> i32 {
        match event {
            Event::Started { cell, source, .. } => self.talk(cell, first_line(source)),
            Event::Finished { cell, status, elapsed_ms, .. } => {
                self.ran += 1;
                let how = match status {
                    FinishStatus::Ok => "done",
                    FinishStatus::Error => "failed",
                    FinishStatus::Interrupted => "interrupted",
                };
                self.talk(cell, &format!("{how}, {:.2} s", elapsed_ms / 1000.0));
                if *status != FinishStatus::Ok {
                    return exit::FAILED;
                }
            }
            Event::Outputs { cell, outputs } => {
                self.restored = Some((cell.clone(), outputs.clone()));
            }
            Event::Restored { cell, pathspec, user, finished_at } => {
                self.reused += 1;
                self.talk(cell, &format!("reused from {pathspec} ({user}, {finished_at})"));
                if let Some((_, outputs)) = self.restored.take_if(|(of, _)| of == cell) {
                    outputs.iter().for_each(|output| self.output(cell, output));
                }
            }
            Event::Refused { cell, trouble } => {
                self.complain(cell, &trouble.message, trouble.hint.as_deref());
                return exit::FAILED;
            }
            Event::Output { cell: Some(cell), output, .. } => self.output(cell, output),
            Event::Interpreter { state: InterpreterState::Ended { message, hint }, .. } => {
                eprintln!("error: {message}");
                hint.iter().for_each(|hint| eprintln!("hint: {hint}"));
            }
            Event::Log { level, text } if level == "warning" || level == "error" => {
                eprintln!("{level}: {text}");
            }
            _ => {}
        }
        exit::OK
    }

    /// Says how it ended, and where to look.
    pub fn end(&self, code: i32, session: Option<String>) {
        let Some(session) = session.filter(|_| !self.quiet || code != exit::OK) else { return };
        let how = match code {
            exit::OK => "succeeded",
            exit::INTERRUPTED => "was interrupted",
            _ => "failed",
        };
        eprintln!("Notebook/{session} {how}: {} ran, {} reused", self.ran, self.reused);
        if code != exit::OK {
            eprintln!("hint: look at it with `flownote show Notebook/{session}`");
        }
    }

    fn output(&self, cell: &CellId, output: &Output) {
        match output {
            Output::Stream { .. } if self.quiet => {}
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
            Output::Error { name, message, traceback, hint, .. } => {
                self.complain(cell, &format!("{name}: {message}"), hint.as_deref());
                let colours = std::io::stderr().is_terminal();
                for line in traceback {
                    let plain = || without_colours(line).into();
                    let line: std::borrow::Cow<'_, str> =
                        if colours { line.as_str().into() } else { plain() };
                    eprintln!("{line}");
                }
            }
            _ => {}
        }
    }

    fn talk(&self, cell: &CellId, what: &str) {
        if !self.quiet {
            eprintln!("{} {what}", self.label(cell));
        }
    }

    fn complain(&self, cell: &CellId, what: &str, hint: Option<&str>) {
        eprintln!("error: {} {what}", self.label(cell));
        hint.iter().for_each(|hint| eprintln!("hint: {hint}"));
    }

    fn label(&self, cell: &CellId) -> &str {
        self.labels.get(cell).map_or("[?]", String::as_str)
    }
}

fn first_line(source: &str) -> &str {
    source.lines().find(|line| !line.trim().is_empty()).unwrap_or("(empty)")
}
