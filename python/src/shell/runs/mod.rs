//! `runs`: what ran, newest first, with parameters and metrics as columns.

mod rows;

use clap::{Arg, ArgAction, Command};
use console::truncate_str;
use flownote_flow::help::resembling;
use flownote_flow::id::FlowName;
use flownote_store::{Store, TaskCounts, notebooks};
use serde_json::Value;

use self::rows::{Listed, Page, Row, Sort};
use super::error::Error;
use super::number::count;
use super::session::with_store;
use super::table::{Table, flexible, number, text};
use super::target_option::{flag, given, json};
use super::{Exit, Outcome, Shell, flow_option, output, words};
use crate::report::text::duration;

const AFTER_HELP: &str = "\
Columns are parameters and metrics; every small scalar that a step assigns is a metric.

Examples:
  flownote runs
  flownote runs Recommend --status succeeded --tag nightly
  flownote runs tour.ipynb
  flownote runs Recommend --columns alpha,ndcg --sort -ndcg
  flownote runs Recommend --user ana --json | jq -r '.[].run'";

/// Longer texts are cut in a column.
const WIDEST: usize = 40;

/// `flownote runs`.
pub fn command() -> Command {
    let texts = |name: &'static str| Arg::new(name).long(name).action(ArgAction::Append);
    let status = ["succeeded", "failed", "cancelled", "running", "interrupted"];
    let number = |name: &'static str| Arg::new(name).long(name).value_name("N").value_parser(count);
    Command::new("runs")
        .about("List runs, newest first")
        .arg(
            Arg::new("name")
                .value_name("FLOW")
                .help("Only the runs of this flow, or of a notebook, given by its file"),
        )
        .arg(texts("tag").value_name("TAG").help("Only runs with this tag; may be repeated"))
        .arg(
            texts("status")
                .value_name("STATUS")
                .value_parser(status)
                .help("Only runs that stand so"),
        )
        .arg(Arg::new("user").long("user").value_name("NAME").help("Only runs that NAME started"))
        .arg(
            texts("columns")
                .value_name("NAME,…")
                .value_delimiter(',')
                .help("Show these parameters and metrics"),
        )
        .arg(
            Arg::new("sort").long("sort").value_name("COLUMN").allow_hyphen_values(true).help(
                "Sort by a column, `started`, `took`, `status`, `user`; -COLUMN: largest first",
            ),
        )
        .arg(number("limit").default_value("20").help("How many to show"))
        .arg(number("page").default_value("1").help("Which page of so many"))
        .arg(flag("json", "Write a JSON list to stdout"))
        .arg(flow_option::store())
        .after_help(AFTER_HELP)
}

/// Lists them.
pub fn act(shell: &Shell<'_>) -> Outcome {
    with_store(shell.matches, async |store| list(shell, store).await)
}

async fn list(shell: &Shell<'_>, store: &Store) -> Result<Outcome, Error> {
    let matches = shell.matches;
    let known = store.flows().await?;
    let name = given(matches, "name");
    if let Some((file, "")) = name.and_then(notebooks::file_in) {
        return notebook(shell, store, file).await;
    }
    let flows = match name.map(FlowName::new).or(shell.within().cloned()) {
        Some(name) if known.contains(&name) => vec![name],
        Some(name) if !known.is_empty() && shell.flow.is_none() => {
            return Err(no_flow(&name, store, &known));
        }
        Some(_) => vec![],
        None => known,
    };
    tell(shell, store, &flows, &rows::Ask::of(matches)).await
}

/// Lists the runs of one notebook.
async fn notebook(shell: &Shell<'_>, store: &Store, file: &str) -> Result<Outcome, Error> {
    let newest = notebooks::newest(store, file, None).await?;
    let mut ask = rows::Ask::of(shell.matches);
    // What it is called may change, and its runs are its own all the same.
    ask.tags.push(notebooks::tag_of(&newest).to_owned());
    tell(shell, store, &[newest.flow], &ask).await
}

async fn tell(
    shell: &Shell<'_>,
    store: &Store,
    flows: &[FlowName],
    ask: &rows::Ask,
) -> Result<Outcome, Error> {
    let matches = shell.matches;
    let Page { rows, more, found } = rows::find(store, flows, ask).await?;
    if matches.get_flag(json().get_id().as_str()) {
        output::json(&rows)?;
        return Ok(Exit::Success.into());
    }
    if rows.is_empty() {
        output::talk(&nothing(store, flows.is_empty(), found, ask));
        return Ok(Exit::Success.into());
    }
    output::write(render(&rows, ask, flows.len() > 1))?;
    if more {
        output::talk(&format!("more: --page {}", ask.page + 1));
    }
    Ok(Exit::Success.into())
}

fn render(page: &[Listed], ask: &rows::Ask, several: bool) -> String {
    let mut columns =
        vec![text("RUN"), text("STATUS"), text("STARTED").droppable(), number("TOOK").droppable()];
    columns.extend([flexible("USER").droppable(), flexible("TAGS").droppable()]);
    let reuse = page.iter().any(|it| it.tasks.is_some_and(|tasks| tasks.reused > 0));
    if reuse {
        columns.push(number("REUSED").droppable());
    }
    if several {
        columns.insert(0, flexible("FLOW"));
    }
    // All notebooks are one flow: what tells them apart is their file.
    let files = page.iter().any(|it| notebooks::is(&it.row.summary().flow));
    if files {
        columns.insert(usize::from(several) + 1, flexible("NOTEBOOK"));
    }
    let mut table = Table::new(&columns);
    ask.columns.iter().for_each(|name| table.add_column(name));
    for Listed { row, tasks } in page {
        let run = row.summary();
        let mut cells = vec![
            run.run.to_string(),
            words::run_status(run.status),
            words::time(&run.created_at),
            words::run_elapsed(run).map(duration).unwrap_or_default(),
            run.user.clone(),
            run.tags.join(", "),
        ];
        if reuse {
            let share = |tasks: &TaskCounts| format!("{}/{}", tasks.reused, tasks.done);
            cells.push(tasks.as_ref().map_or("–".into(), share));
        }
        if several {
            cells.insert(0, run.flow.to_string());
        }
        if files {
            let file = notebooks::file(run).filter(|_| notebooks::is(&run.flow));
            cells.insert(usize::from(several) + 1, file.unwrap_or_default().to_owned());
        }
        cells.extend(ask.columns.iter().map(|name| row.value(name).map_or("–".into(), shown)));
        table.row(cells);
    }
    table.render(output::width())
}

/// A scalar as a cell: text without its quotes.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let plain: String = text.chars().flat_map(escaped).collect();
            truncate_str(&plain, WIDEST, "…").into_owned()
        }
        Value::Number(number) if number.is_f64() => {
            let (whole, number) = (number.to_string(), number.as_f64().unwrap_or_default());
            if whole.len() <= 7 {
                whole
            } else if (1e-3..1e6).contains(&number.abs()) {
                format!("{number:.4}")
            } else {
                format!("{number:.3e}")
            }
        }
        other => other.to_string(),
    }
}

/// A character that may stand in a cell: line ends and the like are spelt out.
fn escaped(letter: char) -> impl Iterator<Item = char> {
    let spelt = letter.is_control().then(|| letter.escape_default());
    let plain = spelt.is_none().then_some(letter);
    spelt.into_iter().flatten().chain(plain)
}

fn nothing(store: &Store, no_flows: bool, found: usize, ask: &rows::Ask) -> String {
    if no_flows {
        return format!(
            "No runs in {} yet.\nStart one: flownote demo, or flownote run flow.py",
            store.url()
        );
    }
    if found > 0 {
        let runs = words::count(found as u64, "run");
        let last = found.div_ceil(ask.limit);
        return format!("No page {}: there are {runs}. The last is --page {last}", ask.page);
    }
    "No such runs. `flownote runs` without options lists all.".to_owned()
}

fn no_flow(name: &FlowName, store: &Store, known: &[FlowName]) -> Error {
    let near = resembling(name.as_str(), known.iter().map(FlowName::as_str));
    Error::NotFound {
        message: format!("there is no flow `{name}` in the store {}", store.url()),
        hint: Some(near.map_or_else(
            || {
                format!(
                    "flows here: {}",
                    words::some_names(known.iter().map(FlowName::as_str).collect())
                )
            },
            |near| format!("did you mean `{near}`?"),
        )),
    }
}

fn no_column(name: &str, rows: &[Row]) -> Error {
    let known: Vec<&str> = rows.iter().flat_map(Row::names).collect();
    let hint = match resembling(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let names = known.into_iter().chain(Sort::BUILT_IN).collect();
            format!("there are {}", words::some_names(names))
        }
    };
    let message = format!("no run has a parameter or metric `{name}`");
    Error::NotFound { message, hint: Some(hint) }
}
