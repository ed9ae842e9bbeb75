//! One SQL cell.
//!
//! Its options are comments on its first lines: `-- out: top` names the result, which other
//! cells then read; `-- limit: 50` shows so many rows; `-- as: polars` says as what Python
//! sees it; `-- memory: 8 GB` lets it take more.

use flownote_data::{Cell, Error, Preview, TABLE_TYPE};
use flownote_flow::help::Help;
use flownote_flow::pathspec::is_name;
use flownote_kernel::protocol::{Defined, Execute, Frame, Output};
use flownote_notebook::{CellId, Language, Options};
use serde_json::{Map, json};
use tokio::task::JoinError;

use super::artifacts::is_moving;
use super::export::{Staged, shape};
use super::host::{Host, Outcome};
use super::versions::Version;

/// What Python may see a result as.
const LIBRARIES: [&str; 3] = ["pandas", "polars", "pyarrow"];

/// What a cell says about itself.
struct Asked {
    out: Option<String>,
    limit: Option<usize>,
    library: Option<&'static str>,
    memory: Option<u64>,
}

/// Runs a cell; the error is what it shows.
pub async fn run(host: &Host, execute: &Execute) -> Result<Outcome, Output> {
    let result = async {
        let asked = Asked::read(&execute.code)?;
        query(host, execute, &asked).await
    };
    result.await.map_err(|error| shown(&error, execute))
}

async fn query(host: &Host, execute: &Execute, asked: &Asked) -> Result<Outcome, Error> {
    let mut cell = Cell::new(execute.code.as_str());
    if let Some(rows) = asked.limit {
        cell = cell.limit(rows);
    }
    if let Some(bytes) = asked.memory {
        cell = cell.memory(bytes);
    }
    let staged = asked.out.as_ref().map(|_| Staged::new(&host.values));
    if let Some(staged) = &staged {
        cell = cell.out(staged.clone());
    }
    host.versions().hide(&execute.cell);
    let answer = host.session.run(cell).await?;
    let mut outcome = Outcome::default();
    let finished = &mut outcome.finished;
    let mut versions = host.versions();
    for made in &answer.made {
        let summary = made.written.as_ref().map(|written| shape(&written.meta));
        let type_name = if made.is_view() { "sql.View" } else { "flownote.Table" };
        let defined = Defined { type_name: type_name.into(), summary, ..Defined::default() };
        finished.defined.push((made.name.clone(), defined));
        versions.make(&made.name, execute.execution, Version::Made(made.clone()));
    }
    for name in &answer.dropped {
        versions.unbind(name);
        finished.deleted.push(name.clone());
    }
    if let (Some(out), Some(staged), Some(written)) = (&asked.out, &staged, &answer.written) {
        let (value, frame) = staged.keep(written, asked.library)?;
        finished.defined.push((
            out.clone(),
            Defined {
                type_name: value.record.type_name.clone(),
                summary: Some(shape(&written.meta)),
                live: false,
                digest: Some(value.record.digest.to_string()),
            },
        ));
        host.session.bind(out, frame.clone());
        let version = Version::Result { frame, value: std::sync::Arc::new(value) };
        versions.make(out, execute.execution, version);
    }
    let shown = match (&asked.out, answer.whole) {
        (Some(out), _) => Some(out.clone()),
        (None, Some(whole)) => {
            let name = whole.name.clone();
            versions.show(&execute.cell, execute.execution, whole);
            Some(name)
        }
        (None, None) => None,
    };
    drop(versions);
    (finished.externals, finished.unverified) = host.files.externals(&answer.files);
    if !answer.wrote.is_empty() {
        finished.uncacheable = Some("writes a file".into());
    } else if let Some(moving) = answer.artifacts.iter().find(|it| is_moving(it)) {
        finished.uncacheable = Some(format!("reads `{moving}`, which changes with every run"));
    } else if let Some(name) = answer.unstable.first() {
        finished.uncacheable = Some(format!("calls `{name}`, which changes from time to time"));
    }
    let preview = answer.preview.as_ref();
    outcome.outputs.extend(preview.map(|rows| table(rows, shown, execute.count)));
    Ok(outcome)
}

impl Asked {
    fn read(code: &str) -> Result<Self, Error> {
        let options = Options::of(Language::Sql, code);
        let bad = |key: &str, value: &str, hint: &str| Error::Meaning {
            message: format!("`-- {key}: {value}` can't be understood"),
            hint: Some(hint.to_owned()),
            place: None,
        };
        let value = |key: &str| options.get(key).filter(|value| !value.is_empty());
        let out = match value("out") {
            None | Some("none" | "_") => None,
            Some(name) if is_name(name) => Some(name.to_owned()),
            Some(name) => {
                return Err(bad("out", name, "write one name: letters, digits and `_`"));
            }
        };
        let limit = value("limit").map(|text| {
            let digits = text.replace([',', '_'], "");
            digits.parse().map_err(|_| bad("limit", text, "write a number of rows: `-- limit: 50`"))
        });
        let library = value("as").map(|text| {
            LIBRARIES.into_iter().find(|library| *library == text).ok_or_else(|| {
                bad("as", text, "Python sees a result as `pandas`, `polars` or `pyarrow`")
            })
        });
        let memory = value("memory").map(|text| {
            flownote_data::parse_size(text)
                .ok_or_else(|| bad("memory", text, "write a size: `-- memory: 8 GB`"))
        });
        Ok(Self {
            out,
            limit: limit.transpose()?,
            library: library.transpose()?,
            memory: memory.transpose()?,
        })
    }
}

/// The beginning of a result, and the name under which all of it can be asked for.
fn table(preview: &Preview, name: Option<String>, count: Option<u32>) -> Output {
    let mut data = Map::new();
    data.insert("text/plain".into(), preview.text().into());
    data.insert("text/html".into(), preview.html().into());
    data.insert(TABLE_TYPE.into(), preview.json());
    let mut metadata = Map::new();
    if let Some(name) = name {
        let (rows, columns) = (preview.total(), preview.schema().fields().len());
        let table = json!({"name": name, "rows": rows, "columns": columns});
        metadata.insert("flownote".into(), json!({ "table": table }));
    }
    Output::Result { data, metadata, count }
}

/// An error as a cell shows it: what, the line with a caret, what to do now.
fn shown(error: &Error, execute: &Execute) -> Output {
    const RED: &str = "\u{1b}[31m";
    const PLAIN: &str = "\u{1b}[0m";
    let mut traceback = vec![format!("{RED}{}{PLAIN}: {error}", error.kind())];
    let mut frames = vec![];
    if let Some(place) = error.place_in(&execute.code) {
        traceback.extend(place.show(&execute.label));
        frames.push(Frame {
            cell: Some(CellId::new(execute.cell.as_str())),
            line: place.line,
            text: place.text.clone(),
            ..Frame::default()
        });
    }
    let hint = error.hint();
    traceback.extend(hint.as_ref().map(|hint| format!("hint: {hint}")));
    Output::Error {
        name: error.kind().to_owned(),
        message: error.to_string(),
        traceback,
        frames,
        hint,
    }
}

/// What a cell shows that the user stopped.
pub fn stopped() -> Output {
    Output::Error {
        name: "Interrupted".into(),
        message: "the cell was stopped".into(),
        traceback: vec!["the cell was stopped".into()],
        frames: vec![],
        hint: None,
    }
}

/// What a cell shows when this program failed rather than the user's.
pub fn crash(execute: &Execute, panic: JoinError) -> Output {
    let why = match panic.try_into_panic() {
        Ok(panic) => match panic.downcast::<String>() {
            Ok(text) => *text,
            Err(panic) => panic
                .downcast::<&str>()
                .map_or_else(|_| "it panicked".into(), |text| (*text).to_owned()),
        },
        Err(error) => error.to_string(),
    };
    let message = format!("{} could not be run: {why}", execute.label);
    Output::Error {
        name: "InternalError".into(),
        traceback: vec![message.clone()],
        message,
        frames: vec![],
        hint: Some("this is an error of Flownote's; the other cells are not affected".into()),
    }
}
