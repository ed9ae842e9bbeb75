//! What tasks printed, as rows: pieces of a line that came one after another are one row.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use flownote_flow::id::{StepName, TaskId};
use flownote_store::client::{LogCursor, LogLine};
use flownote_store::{Error, RunKey, Store, Stream};

use crate::api::LogRow;

/// The output of so many tasks is kept.
const KEPT: usize = 8;
/// And of none more lines than this.
const LONGEST: usize = 500_000;

/// Rows, made of lines as they come.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// The rows so far.
    pub rows: Vec<LogRow>,
    /// The last row of each stream, when its line hasn't ended.
    open: [Option<usize>; 2],
    attempt: u32,
}

impl Rows {
    /// Adds a piece and returns the number of its row.
    pub fn push(&mut self, line: LogLine) -> usize {
        if line.attempt != self.attempt {
            (self.open, self.attempt) = ([None, None], line.attempt);
        }
        let place = usize::from(line.stream == Stream::Stderr);
        let (text, ends) = match line.text.strip_suffix('\n') {
            Some(text) => (text, true),
            None => (line.text.as_str(), false),
        };
        let at = match self.open[place] {
            Some(at) => {
                self.rows[at].text.push_str(text);
                at
            }
            None => {
                self.rows.push(LogRow {
                    number: self.rows.len() as u64,
                    attempt: line.attempt,
                    stream: line.stream.to_string(),
                    at: line.at,
                    ms: line.ms,
                    text: text.to_owned(),
                });
                self.rows.len() - 1
            }
        };
        self.open[place] = (!ends).then_some(at);
        at
    }
}

/// What was printed lately asked tasks that are over.
#[derive(Default)]
pub struct Printed {
    /// The last asked one first. Short sections.
    kept: Mutex<VecDeque<(String, Arc<Rows>)>>,
}

impl Printed {
    /// Everything that a task printed, and whether that is all.
    pub async fn of(
        &self,
        store: &Store,
        run: &RunKey,
        step: &StepName,
        task: &TaskId,
        is_over: bool,
    ) -> Result<Arc<Rows>, Error> {
        let name = format!("{run}/{step}/{task}");
        if let Some(known) = self.known(&name) {
            return Ok(known);
        }
        let mut rows = Rows::default();
        let mut cursor = LogCursor::default();
        for line in store.log_since(run, step, task, &mut cursor).await? {
            rows.push(line);
        }
        let rows = Arc::new(rows);
        if is_over && rows.rows.len() <= LONGEST {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.push_front((name, rows.clone()));
            kept.truncate(KEPT);
        }
        Ok(rows)
    }

    fn known(&self, name: &str) -> Option<Arc<Rows>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, _)| known == name)?;
        let found = kept.remove(at)?;
        let rows = found.1.clone();
        kept.push_front(found);
        Some(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_a_line_are_one_row() {
        let mut rows = Rows::default();
        let mut push = |attempt, stream, text: &str| {
            rows.push(LogLine { attempt, stream, at: None, ms: 0, text: text.into() })
        };
        let numbers = [
            push(0, Stream::Stdout, "loss "),
            push(0, Stream::Stderr, "warned\n"),
            push(0, Stream::Stdout, "0.3\n"),
            push(0, Stream::Stdout, "cut off"),
            push(1, Stream::Stdout, "again\n"),
        ];
        assert_eq!(numbers, [0, 1, 0, 2, 3]);
        let texts: Vec<_> = rows.rows.iter().map(|row| row.text.as_str()).collect();
        assert_eq!(texts, ["loss 0.3", "warned", "cut off", "again"]);
    }
}
