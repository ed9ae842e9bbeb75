//! `flownote notebook status`: what each cell's result is worth, and what a run that takes
//! what is kept would do with it. Both from the same record, so that they agree.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use clap::ArgMatches;
use flownote_flow::help::list_in_words;
use flownote_flow::id::FlowName;
use flownote_kernel::cache::World;
use flownote_kernel::protocol::FoundModule;
use flownote_kernel::record::{recognise, remembered};
use flownote_kernel::supervisor::FLOW;
use flownote_notebook::CellId;
use flownote_notebook::session::{CellStatus, Event, Order, Past, Prospect, Session, Why};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::output::{self, say, talk};
use super::{Error, Outcome, colours, exit, words};
use crate::files;
use crate::headless::{folder_of, open_store, runtime};

/// Characters of a cell's first line.
const HEADLINE: usize = 40;

/// Says it.
pub fn act(path: &Path, matches: &ArgMatches) -> Outcome {
    let mut document = files::read(path)?;
    let store = matches.get_one::<String>("store").cloned();
    let folder = folder_of(path)?;
    let found = runtime()?.block_on(async {
        let store = open_store(store.as_deref()).await?;
        let flow = FlowName::new(FLOW);
        recognise(&store, &flow, &mut document).await?;
        let mut found = remembered(&store, &flow, &document).await?;
        let world = World::new(&folder, None);
        for one in &mut found {
            one.compare(&world).await;
        }
        Ok::<_, Error>(found)
    })?;
    let past: Vec<Past> = found.into_iter().map(|it| it.past).collect();
    let modules = modules_now(&past, &folder).unwrap_or_else(|error| {
        talk!(
            "{} the modules that results stand on can't be looked at: {error}; they are taken to \
             be as they were",
            colours::label("warning:")
        );
        BTreeMap::new()
    });
    let mut session = Session::new(document, Order::Document, "status");
    session.remember(past);
    let found = modules.iter().map(|(name, module)| (name.clone(), module.version())).collect();
    // Nothing was asked to run, so there is nothing to do.
    let _ = session.apply(Event::Modules { found, edited: BTreeMap::new() });
    let rows = Rows::of(&session);
    if matches.get_flag("json") {
        output::json(&rows.as_json())?;
    } else if rows.0.is_empty() {
        say!("{} has no cells that run", path.display());
    } else {
        output::write(rows.table())?;
        if let Some(outlook) = rows.outlook(path) {
            talk!("{outlook}");
        }
    }
    Ok(exit::OK)
}

/// What the modules are now that results stand on: of the project what their files say.
fn modules_now(past: &[Past], folder: &Path) -> PyResult<BTreeMap<String, FoundModule>> {
    let names: BTreeSet<&String> = past.iter().flat_map(|it| it.modules.keys()).collect();
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    Python::attach(|py| {
        // As text: a path that is an object is no place to import from.
        let folder = folder.as_os_str();
        py.import("sys")?.getattr("path")?.call_method1("insert", (0, folder))?;
        let told = py.import("flownote.kernel.modules")?.call_method1("tell", (names,))?;
        let text: String = py.import("json")?.call_method1("dumps", (told,))?.extract()?;
        serde_json::from_str(&text).map_err(|error| PyValueError::new_err(error.to_string()))
    })
}

/// The cells that run.
struct Rows<'a>(Vec<Row<'a>>);

struct Row<'a> {
    cell: &'a flownote_notebook::Cell,
    number: Option<u32>,
    status: CellStatus,
    prospect: Prospect,
    /// What the cell is called that the prospect speaks of.
    other: String,
}

impl<'a> Rows<'a> {
    fn of(session: &'a Session) -> Self {
        let statuses: HashMap<CellId, CellStatus> = session.statuses().into_iter().collect();
        let mut prospects: HashMap<CellId, Prospect> = session.prospects().into_iter().collect();
        let numbered: Vec<_> = session.document().numbered().collect();
        let rows = numbered.into_iter().map(|(number, cell)| {
            let status = statuses.get(&cell.id).cloned().unwrap_or(CellStatus::NeverRun);
            let prospect = prospects.remove(&cell.id).unwrap_or(Prospect::Runs { why: None });
            let other = match &prospect {
                Prospect::Depends { cell, .. }
                | Prospect::Runs { why: Some(Why::Above { cell }) } => session.label(cell),
                _ => String::new(),
            };
            Row { cell, number, status, prospect, other }
        });
        Self(rows.collect())
    }

    fn as_json(&self) -> Vec<serde_json::Value> {
        let row = |row: &Row<'_>| {
            serde_json::json!({
                "cell": row.cell.id,
                "number": row.number,
                "language": row.cell.language,
                "status": row.status,
                "with_cache": row.prospect,
            })
        };
        self.0.iter().map(row).collect()
    }

    fn table(&self) -> String {
        let head = ["CELL", "LANGUAGE", "CODE", "STATUS"].map(str::to_owned);
        let rows: Vec<[String; 4]> =
            [head].into_iter().chain(self.0.iter().map(Row::texts)).collect();
        let widest = |column: usize| {
            rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
        };
        let [cell, language, code] = [0, 1, 2].map(widest);
        let line = |[number, spoken, headline, status]: &[String; 4]| {
            format!("{number:>cell$}  {spoken:<language$}  {headline:<code$}  {status}\n")
        };
        rows.iter().map(line).collect()
    }

    /// What a run would do; nothing where no cell has a result.
    fn outlook(&self, path: &Path) -> Option<String> {
        let names = |rows: Vec<&Row<'_>>| {
            let names: Vec<String> = rows.into_iter().map(Row::name).collect();
            (names.len(), list_in_words(&names))
        };
        let (runs, reused): (Vec<&Row<'_>>, Vec<&Row<'_>>) =
            self.0.iter().partition(|row| row.prospect.runs());
        if reused.is_empty() && runs.iter().all(|row| row.status == CellStatus::NeverRun) {
            return None;
        }
        let command = format!("flownote run {} --cache", path.display());
        let ((some, runs), (more, reused)) = (names(runs), names(reused));
        Some(match (some, more) {
            (_, 0) => format!("`{command}` would run all cells"),
            (0, _) => format!("`{command}` would reuse all cells"),
            _ => {
                // An earlier run than the last may have left what fits.
                let changed = self.0.iter().any(|it| matches!(it.prospect, Prospect::Runs { .. }));
                let unless = if changed { " unless an older result fits" } else { "" };
                format!("`{command}` would run {runs}{unless}, and reuse {reused}")
            }
        })
    }
}

impl Row<'_> {
    fn texts(&self) -> [String; 4] {
        let headline = self.cell.headline().unwrap_or("(empty)");
        [
            self.number.map_or_else(|| "–".to_owned(), |number| number.to_string()),
            self.cell.language.title().to_owned(),
            headline.chars().take(HEADLINE).collect(),
            self.in_words(),
        ]
    }

    /// `1`, for a list of cells.
    fn name(&self) -> String {
        self.number.map_or_else(|| "the given parameters".to_owned(), |number| number.to_string())
    }

    /// The status, for people. What is not fresh only because values end with their
    /// interpreter is, in a file, as fresh as it can be.
    fn in_words(&self) -> String {
        match (&self.prospect, &self.status) {
            (_, CellStatus::NeverRun) => "never run".to_owned(),
            (_, CellStatus::Queued) => "queued".to_owned(),
            (_, CellStatus::Running) => "running".to_owned(),
            (_, CellStatus::Failed) => "failed".to_owned(),
            (_, CellStatus::Interrupted) => "interrupted".to_owned(),
            (Prospect::Again { .. }, CellStatus::Unverified { why }) => {
                format!("unverified, runs again: it {why}")
            }
            (Prospect::Again { why }, _) => format!("fresh, runs again: {why}"),
            (Prospect::Depends { name, .. }, _) => {
                format!("fresh, if {} gives the same `{name}` again", self.other)
            }
            (Prospect::Runs { why: Some(Why::Above { .. }) }, _) => {
                format!("stale: {} above is not fresh", self.other)
            }
            (Prospect::Runs { why: Some(why) }, _) | (_, CellStatus::Stale { why }) => {
                format!("stale: {why}")
            }
            (_, CellStatus::Unverified { why }) => format!("unverified: it {why}"),
            (_, CellStatus::Fresh { reused: Some(origin) }) => {
                format!("fresh (computed by {}, {})", origin.user, words::time(&origin.finished_at))
            }
            (_, CellStatus::Fresh { reused: None }) => "fresh".to_owned(),
        }
    }
}
