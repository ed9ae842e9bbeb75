//! `logs`: what tasks printed, faithfully.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use clap::Command;
use console::style;
use flownote_store::client::{LogLine, Task};
use flownote_store::{Store, Stream};

use super::error::Error;
use super::session::with_store;
use super::target_option::{flag, given, json, number, target};
use super::{Exit, Outcome, Shell, flow_option, output};
use flownote_store::notebooks::{Cell, Cells};
use flownote_store::reference::{self, Target, resolve};

const AFTER_HELP: &str = "\
One task's output is printed as it was: stdout to stdout, stderr to stderr. With --stdout or
--stderr that stream alone goes to stdout. The lines of several tasks say whose they are.

Examples:
  flownote logs latest/train/3
  flownote logs latest --follow
  flownote logs 8f2c9a/train/3 --stderr --attempt 0 | less
  flownote logs Recommend/latest --timestamps";

const POLL: Duration = Duration::from_millis(500);

/// `flownote logs`.
pub fn command() -> Command {
    Command::new("logs")
        .about("Print what tasks printed")
        .arg(target().required(true))
        .arg(flag("stdout", "Only standard output"))
        .arg(flag("stderr", "Only standard error").conflicts_with("stdout"))
        .arg(number("attempt", "Only this attempt, from 0 [default: all]"))
        .arg(flag("follow", "Go on until the run is over").short('f'))
        .arg(flag("timestamps", "Begin each line with the time it was printed").short('t'))
        .arg(json().conflicts_with("follow"))
        .arg(flow_option::store())
        .after_help(AFTER_HELP)
}

/// Prints them.
pub fn act(shell: &Shell<'_>) -> Outcome {
    with_store(shell.matches, async |store| print(shell, store).await)
}

async fn print(shell: &Shell<'_>, store: &Store) -> Result<Outcome, Error> {
    let text = given(shell.matches, "target").unwrap_or_default();
    let target = resolve(store, text, shell.within()).await?;
    let follow = shell.matches.get_flag("follow");
    let mut printer = Printer::of(shell, &target);
    printer.cells = Cells::read(store, &target.run).await?;
    loop {
        // Asked before the output: what was printed before the end is then surely seen.
        let live = follow && store.run_summary(&target.run).await?.status.is_live();
        let tasks = match target.tasks(store, text).await {
            Err(reference::Error::NoTask { .. }) if live => vec![],
            other => other?,
        };
        printer.note_reused(&tasks);
        for task in &tasks {
            let lines = printer.read(store, &target, task).await?;
            printer.show(task, lines)?;
        }
        if !live {
            break;
        }
        tokio::time::sleep(POLL).await;
    }
    printer.end(&target)?;
    Ok(Exit::Success.into())
}

/// Prints entries, each once.
struct Printer {
    stream: Option<Stream>,
    attempt: Option<u32>,
    timestamps: bool,
    json: Option<Vec<serde_json::Value>>,
    /// Whether lines say whose they are.
    named: bool,
    /// Entries of a task's attempts and streams that were printed already.
    printed: HashMap<(String, u32, Stream), usize>,
    /// Streams in the middle of a line.
    open: HashSet<(String, Stream)>,
    /// How cells are called, in a notebook's run.
    cells: Cells,
    /// Tasks that took the results of others, and what those are called.
    reused: Vec<(String, String)>,
    /// What is to be written, and where: whole lines cost one write together.
    waiting: String,
    to_stderr: bool,
}

/// How many tasks are named that printed nothing because they took a result.
const MOST: usize = 5;
/// How much may wait.
const WAITING: usize = 64 * 1024;

impl Printer {
    fn of(shell: &Shell<'_>, target: &Target) -> Self {
        let matches = shell.matches;
        let stream = match (matches.get_flag("stdout"), matches.get_flag("stderr")) {
            (true, _) => Some(Stream::Stdout),
            (_, true) => Some(Stream::Stderr),
            _ => None,
        };
        Self {
            stream,
            attempt: matches.get_one::<u32>("attempt").copied(),
            timestamps: matches.get_flag("timestamps"),
            json: matches.get_flag("json").then(Vec::new),
            named: target.task.is_none(),
            printed: HashMap::new(),
            open: HashSet::new(),
            cells: Cells::default(),
            reused: Vec::new(),
            waiting: String::new(),
            to_stderr: false,
        }
    }

    /// Learns which tasks didn't run: what they are said to have printed is elsewhere.
    fn note_reused(&mut self, tasks: &[Task]) {
        let taken =
            |task: &Task| Some((task.pathspec.clone(), task.reused.as_ref()?.pathspec.clone()));
        self.reused = tasks.iter().filter_map(taken).collect();
    }

    async fn read(
        &self,
        store: &Store,
        target: &Target,
        task: &Task,
    ) -> Result<Vec<LogLine>, Error> {
        let lines = store.log_lines(&target.run, &task.step, &task.task, self.attempt, self.stream);
        Ok(lines.await?)
    }

    fn show(&mut self, task: &Task, lines: Vec<LogLine>) -> Result<(), Error> {
        let name = format!("{}/{}", task.step, task.task);
        let cell = self.cells.get(&task.step).map(Cell::short);
        let whose = cell.map_or_else(|| name.clone(), |cell| format!("{cell} · {name}"));
        let mut seen: HashMap<(u32, Stream), usize> = HashMap::new();
        for line in lines {
            let count = seen.entry((line.attempt, line.stream)).or_default();
            *count += 1;
            let key = (name.clone(), line.attempt, line.stream);
            let printed = self.printed.entry(key).or_default();
            if *count > *printed {
                *printed = *count;
                self.entry(&name, &whose, line)?;
            }
        }
        self.flush()
    }

    fn entry(&mut self, name: &str, whose: &str, line: LogLine) -> Result<(), Error> {
        if let Some(lines) = &mut self.json {
            let mut value = serde_json::to_value(&line).expect("plain data is JSON");
            value["task"] = name.into();
            lines.push(value);
            return Ok(());
        }
        let key = (name.to_owned(), line.stream);
        let mut text = String::new();
        if !self.open.contains(&key) {
            if self.timestamps {
                let at = line.at.unwrap_or_else(|| format!("+{} ms", line.ms));
                text.push_str(&format!("{} ", style(at).dim()));
            }
            if self.named {
                let attempt =
                    if line.attempt > 0 { format!(".{}", line.attempt) } else { String::new() };
                text.push_str(&format!("{} ", style(format!("[{whose}{attempt}]")).dim()));
            }
        }
        text.push_str(&line.text);
        if line.text.ends_with('\n') {
            self.open.remove(&key);
        } else if self.named {
            // Somebody else's line may come next.
            text.push('\n');
        } else {
            self.open.insert(key);
        }
        let to_stderr = line.stream == Stream::Stderr && self.stream.is_none();
        if to_stderr != self.to_stderr || self.waiting.len() > WAITING {
            self.flush()?;
            self.to_stderr = to_stderr;
        }
        self.waiting.push_str(&text);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        let text = std::mem::take(&mut self.waiting);
        if self.to_stderr { output::write_stderr(text) } else { output::write(text) }
    }

    fn end(self, target: &Target) -> Result<(), Error> {
        if let Some(lines) = self.json {
            return output::json(&lines);
        }
        if self.printed.is_empty() && !self.reused.is_empty() {
            for (task, of) in self.reused.iter().take(MOST) {
                output::talk(&format!("{task} took its result from {of}: `flownote logs {of}`"));
            }
            if self.reused.len() > MOST {
                let more = self.reused.len() - MOST;
                output::talk(&format!("{more} more did so: `flownote show {}`", target.run));
            }
            return Ok(());
        }
        if self.printed.is_empty() {
            let whose = match (&target.step, &target.task) {
                (Some(step), Some(task)) => format!("{}/{step}/{task}", target.run),
                (Some(step), None) => format!("{}/{step}", target.run),
                _ => target.run.to_string(),
            };
            output::talk(&format!("{whose} printed nothing"));
        }
        Ok(())
    }
}
