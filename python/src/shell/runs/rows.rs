//! The rows of a list of runs: found, filtered, sorted, cut to a page.

use std::cmp::Ordering;

use clap::ArgMatches;
use flownote_flow::id::FlowName;
use flownote_store::client::{RunFilter, RunRow, RunSummary, Status};
use flownote_store::{Store, TaskCounts};
use serde::Serialize;
use serde_json::Value;

use super::super::error::Error;
use super::super::target_option::given;
use super::super::words;
use super::no_column;

/// What to list.
pub struct Ask {
    /// Tags that each must have.
    pub tags: Vec<String>,
    status: Vec<Status>,
    user: Option<String>,
    /// Parameters and metrics to show.
    pub columns: Vec<String>,
    sort: Option<Sort>,
    /// Rows of a page.
    pub limit: usize,
    /// From 1.
    pub page: usize,
}

impl Ask {
    /// What a command line asks for.
    pub fn of(matches: &ArgMatches) -> Self {
        let texts = |name| -> Vec<String> {
            matches.get_many::<String>(name).into_iter().flatten().cloned().collect()
        };
        let number = |name| matches.get_one::<u32>(name).map_or(1, |number| *number as usize);
        let status = texts("status").into_iter().map(Value::String);
        Self {
            tags: texts("tag"),
            status: status.filter_map(|word| serde_json::from_value(word).ok()).collect(),
            user: given(matches, "user").map(str::to_owned),
            columns: texts("columns"),
            sort: given(matches, "sort").map(Sort::parse),
            limit: number("limit"),
            page: number("page"),
        }
    }

    fn filter(&self, flow: &FlowName) -> RunFilter {
        RunFilter {
            tags: self.tags.clone(),
            status: self.status.clone(),
            user: self.user.clone(),
            // What is sorted must be seen as a whole; one more tells of another page.
            limit: self.sort.is_none().then_some(self.limit * self.page + 1),
            ..RunFilter::of(flow.clone())
        }
    }

    fn needs_values(&self) -> bool {
        let by_value = |sort: &Sort| !Sort::BUILT_IN.contains(&sort.column.as_str());
        !self.columns.is_empty() || self.sort.as_ref().is_some_and(by_value)
    }
}

/// What to sort by.
pub struct Sort {
    column: String,
    descending: bool,
}

impl Sort {
    /// What every run can be sorted by.
    pub const BUILT_IN: [&str; 4] = ["started", "took", "status", "user"];

    fn parse(text: &str) -> Self {
        match text.strip_prefix('-') {
            Some(column) => Self { column: column.to_owned(), descending: true },
            None => Self { column: text.to_owned(), descending: false },
        }
    }
}

/// One run of the page.
#[derive(Serialize)]
pub struct Listed {
    /// The run.
    #[serde(flatten)]
    pub row: Row,
    /// How many of its tasks committed, once it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tasks: Option<TaskCounts>,
}

/// One run, with its values when they were asked for.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Row {
    /// The run alone.
    Plain(RunSummary),
    /// With parameters and metrics.
    Full(RunRow),
}

impl Row {
    /// The run.
    pub fn summary(&self) -> &RunSummary {
        match self {
            Self::Plain(summary) => summary,
            Self::Full(row) => &row.summary,
        }
    }

    /// A parameter or metric.
    pub fn value(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Plain(_) => None,
            Self::Full(row) => row.parameters.get(name).or_else(|| row.metrics.get(name)),
        }
    }

    /// The names of its parameters and metrics.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Plain(_) => vec![],
            Self::Full(row) => {
                row.parameters.keys().chain(row.metrics.keys()).map(String::as_str).collect()
            }
        }
    }

    fn key(&self, column: &str) -> Option<Value> {
        if let Some(value) = self.value(column) {
            return Some(value.clone());
        }
        let run = self.summary();
        Some(match column {
            "started" => Value::from(run.run.as_str()),
            "took" => words::run_elapsed(run)?.into(),
            "status" => Value::from(run.status.to_string()),
            "user" => Value::from(run.user.as_str()),
            _ => return None,
        })
    }
}

/// Some rows of a list.
pub struct Page {
    /// The rows.
    pub rows: Vec<Listed>,
    /// Whether there is a further page.
    pub more: bool,
    /// How many rows were found on all pages up to this one.
    pub found: usize,
}

/// Finds the rows of the page.
pub async fn find(store: &Store, flows: &[FlowName], ask: &Ask) -> Result<Page, Error> {
    let mut rows = Vec::new();
    for flow in flows {
        let filter = ask.filter(flow);
        if ask.needs_values() {
            rows.extend(store.run_rows(&filter).await?.0.into_iter().map(Row::Full));
        } else {
            rows.extend(store.runs(&filter).await?.runs.into_iter().map(Row::Plain));
        }
    }
    rows.sort_by(|one, other| other.summary().run.cmp(&one.summary().run));
    if !rows.is_empty() {
        let sorted_by = ask.sort.as_ref().map(|sort| &sort.column);
        let sorted_by = sorted_by.filter(|name| !Sort::BUILT_IN.contains(&name.as_str()));
        for name in ask.columns.iter().chain(sorted_by) {
            if rows.iter().all(|row| row.value(name).is_none()) {
                return Err(no_column(name, &rows));
            }
        }
    }
    if let Some(sort) = &ask.sort {
        rows.sort_by(|one, other| compare(one.key(&sort.column), other.key(&sort.column), sort));
    }
    let skip = ask.limit * (ask.page - 1);
    let found = rows.len();
    let more = found > skip + ask.limit;
    let mut page = Vec::new();
    for row in rows.into_iter().skip(skip).take(ask.limit) {
        let tasks = store.task_counts(row.summary()).await?;
        page.push(Listed { row, tasks });
    }
    Ok(Page { rows: page, more, found })
}

/// Compares two values; what has none comes last, whichever way is sorted.
fn compare(one: Option<Value>, other: Option<Value>, sort: &Sort) -> Ordering {
    let (one, other) = match (one, other) {
        (Some(one), Some(other)) => (one, other),
        (one, other) => return other.is_some().cmp(&one.is_some()),
    };
    let order = match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => one.total_cmp(&other),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => match (one.as_str(), other.as_str()) {
            (Some(one), Some(other)) => one.cmp(other),
            _ => one.to_string().cmp(&other.to_string()),
        },
    };
    if sort.descending { order.reverse() } else { order }
}
