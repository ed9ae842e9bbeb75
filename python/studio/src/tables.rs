//! Tables for the page: `flownote_data`'s sheets behind `flownote_server`'s trait.
//!
//! Queries have threads, memory and a folder of their own, all made when somebody first
//! opens a table: a page of runs alone costs nothing of it.

use std::future::Future;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use flownote_data::{
    Column, Error, Opened, Options, Query, Sheet, Sheets, SortBy, Statistics, View, Window,
    default_limit,
};
use flownote_flow::help::Help;
use flownote_server::api::{
    ColumnKind, ColumnStatistics, FrequentValue, QueryAnswer, QueryPlace, TableColumn, TableInfo,
    TablePage, TableView, TableWindow,
};
use flownote_server::{Openable, Tables, Trouble};
use futures::FutureExt;
use futures::future::BoxFuture;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::task::AbortHandle;

use crate::interpreter::artifacts::Datastore;

/// The most memory that queries of pages take, however much there is.
const MEMORY: u64 = 2 << 30;

/// Opens tables for the page.
#[derive(Clone, Debug)]
pub struct PageTables(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    store: String,
    folder: PathBuf,
    engine: OnceLock<Result<Arc<Engine>, Trouble>>,
}

#[derive(Debug)]
struct Engine {
    sheets: Sheets,
    /// Taken when it is dropped.
    runtime: Option<Runtime>,
    /// Goes last: with it goes what was put aside.
    _scratch: TempDir,
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Whoever drops this may be a thread that must not wait.
            runtime.shutdown_background();
        }
    }
}

impl PageTables {
    /// Tables of the datastore at an address, and files below a folder.
    pub fn new(store: String, folder: PathBuf) -> Self {
        Self(Arc::new(Shared { store, folder, engine: OnceLock::new() }))
    }

    fn engine(&self) -> Result<Arc<Engine>, Trouble> {
        let Shared { store, folder, engine } = self.0.as_ref();
        engine.get_or_init(|| Engine::new(store, folder)).clone()
    }

    /// Works on a table on the engine's own threads, until the caller goes away.
    fn with<T, F>(
        &self,
        work: impl FnOnce(Arc<Engine>) -> F + Send + 'static,
    ) -> BoxFuture<'static, Result<T, Trouble>>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let tables = self.clone();
        async move {
            // Its threads and folders are made on a thread that may wait.
            let making = tokio::task::spawn_blocking(move || tables.engine());
            let engine = making.await.map_err(|_| broken())??;
            let handle = engine.runtime.as_ref().ok_or_else(broken)?.handle().clone();
            let task = handle.spawn(work(engine));
            let _stopped = StopOnDrop(task.abort_handle());
            task.await.map_err(|_| broken())?.map_err(|error| trouble(&error))
        }
        .boxed()
    }
}

/// Ends work when whoever waits for it goes away.
struct StopOnDrop(AbortHandle);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Engine {
    fn new(store: &str, folder: &std::path::Path) -> Result<Arc<Self>, Trouble> {
        let failed = |error: std::io::Error| Trouble {
            what: format!("tables can't be opened: {error}"),
            hint: Some("see whether the disk of temporary files is full".into()),
            is_missing: false,
        };
        let scratch = tempfile::Builder::new().prefix("flownote-tables-").tempdir();
        let scratch = scratch.map_err(failed)?;
        let options = Options {
            folder: folder.to_owned(),
            scratch: scratch.path().to_owned(),
            memory: (default_limit() / 2).min(MEMORY),
            contained: true,
            ..Options::default()
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(options.partitions.max(2))
            .thread_name("flownote-tables")
            .enable_all()
            .build()
            .map_err(failed)?;
        let artifacts = Datastore::new(Some(store.to_owned()), folder.to_owned());
        let sheets = Sheets::new(options, Arc::new(artifacts)).map_err(|error| trouble(&error))?;
        Ok(Arc::new(Self { sheets, runtime: Some(runtime), _scratch: scratch }))
    }
}

impl Tables for PageTables {
    fn reads(&self, ending: &str) -> bool {
        // Plain text may be anything.
        ending != "txt" && flownote_data::is_table_ending(ending)
    }

    fn open(&self, table: Openable) -> BoxFuture<'static, Result<TableInfo, Trouble>> {
        self.with(async move |engine| Ok(info(&*engine.sheets.open(&opened(table)).await?)))
    }

    fn page(
        &self,
        table: Openable,
        asked: TableView,
        window: TableWindow,
    ) -> BoxFuture<'static, Result<TablePage, Trouble>> {
        self.with(async move |engine| {
            let sheet = engine.sheets.open(&opened(table)).await?;
            let last = window.first_column.saturating_add(window.columns);
            let window = Window {
                from: window.from,
                limit: window.limit,
                columns: window.first_column..last,
                whole: window.whole,
            };
            let page = engine.sheets.page(&sheet, &view(asked), &window).await?;
            Ok(TablePage { total: page.total, numbers: page.numbers, cells: page.cells })
        })
    }

    fn statistics(
        &self,
        table: Openable,
        asked: TableView,
        column: String,
    ) -> BoxFuture<'static, Result<ColumnStatistics, Trouble>> {
        self.with(async move |engine| {
            let sheet = engine.sheets.open(&opened(table)).await?;
            Ok(summary(engine.sheets.statistics(&sheet, &view(asked), &column).await?))
        })
    }

    fn query(
        &self,
        sql: String,
        tables: Vec<(String, Openable)>,
    ) -> BoxFuture<'static, QueryAnswer> {
        let began = Instant::now();
        let tables = tables.into_iter().map(|(name, table)| (name, opened(table))).collect();
        let running = self.with(async move |engine| {
            // What is wrong with a query is an answer.
            Ok(engine.sheets.query(&Query { sql, tables }).await)
        });
        async move {
            match running.await {
                Ok(Ok(ran)) => QueryAnswer::Rows {
                    id: ran.id,
                    elapsed_ms: began.elapsed().as_secs_f64() * 1000.0,
                    table: info(&ran.sheet),
                },
                Ok(Err(error)) => {
                    let place = error.place().map(|place| QueryPlace {
                        line: place.line,
                        column: place.column,
                        length: place.length,
                    });
                    let Trouble { what, hint, .. } = trouble(&error);
                    QueryAnswer::Failed { what, hint, place }
                }
                Err(Trouble { what, hint, .. }) => QueryAnswer::Failed { what, hint, place: None },
            }
        }
        .boxed()
    }
}

fn opened(table: Openable) -> Opened {
    match table {
        Openable::Artifact(pathspec) => Opened::Artifact(pathspec),
        Openable::File(path) => Opened::File(path),
        Openable::Result(id) => Opened::Result(id),
        Openable::Value { record, path } => Opened::Value { record, path },
    }
}

fn view(asked: TableView) -> View {
    let by = |text: String| match text.strip_prefix('-') {
        Some(column) => SortBy { column: column.to_owned(), descending: true },
        None => SortBy { column: text, descending: false },
    };
    View {
        sort: asked.sort.into_iter().map(by).collect(),
        filter: asked.filter,
        search: asked.search,
    }
}

fn info(sheet: &Sheet) -> TableInfo {
    let column = |column: Column| TableColumn {
        name: column.name,
        type_name: column.type_name,
        kind: match column.kind {
            "number" => ColumnKind::Number,
            "boolean" => ColumnKind::Boolean,
            "time" => ColumnKind::Time,
            "binary" => ColumnKind::Binary,
            "nested" => ColumnKind::Nested,
            _ => ColumnKind::Text,
        },
    };
    let columns = sheet.columns().into_iter().map(column).collect();
    TableInfo { rows: sheet.rows(), bytes: sheet.bytes(), columns }
}

fn summary(found: Statistics) -> ColumnStatistics {
    let top = found.top.into_iter();
    ColumnStatistics {
        rows: found.rows,
        nulls: found.nulls,
        distinct: found.distinct,
        min: found.min,
        max: found.max,
        mean: found.mean,
        deviation: found.deviation,
        quartiles: found.quartiles,
        is_exact: found.is_exact,
        histogram: found.histogram.map(|it| it.counts),
        top: top.map(|it| FrequentValue { value: it.value, count: it.count }).collect(),
    }
}

/// An error in the words of a page, where there are no cells.
fn trouble(error: &Error) -> Trouble {
    let hint = match error {
        Error::Memory { .. } => {
            Some("select fewer rows or columns, or query it in a notebook".to_owned())
        }
        Error::UnknownTable { known, .. } if known.is_empty() => Some(
            "name a file (`FROM 'ratings.parquet'`) or an artifact \
             (`FROM 'Flow/run/step/task/name'`), in quotes"
                .to_owned(),
        ),
        other => other.hint(),
    };
    let is_missing = matches!(error, Error::File { .. } | Error::Value { .. });
    Trouble { what: error.to_string(), hint, is_missing }
}

fn broken() -> Trouble {
    Trouble {
        what: "the table could not be read: its reader broke down".into(),
        hint: Some("look at what `flownote ui` printed in its terminal".into()),
        is_missing: false,
    }
}
