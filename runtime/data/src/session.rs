//! [`SqlSession`]: what SQL cells of a notebook share, and how one is run.

mod cell;
mod define;
mod kept;

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use datafusion::catalog::{CatalogProvider, MemoryCatalogProvider, SchemaProvider, TableProvider};
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::{LogicalPlan, ScalarUDF};
use datafusion::physical_plan::execute_stream;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion::sql::parser::DFParserBuilder;
use futures::StreamExt;

use crate::artifacts::Artifacts;
use crate::contained;
use crate::error::{Error, Source};
use crate::export::Export;
use crate::frame::Frame;
use crate::function::{BatchFunction, Callable, NOTHING, is_foreign, scalar_function};
use crate::names::{Names, Opener};
use crate::options::Options;
use crate::plan;
use crate::preview::Preview;

use self::kept::{HELD, Kept};

pub use cell::{Answer, Cell, Made};

/// The catalog and the schema that hold the tables of a session.
const CATALOG: &str = "notebook";
pub(crate) const SCHEMA: &str = "main";

/// Consumers that an error about memory names.
const NAMED_CONSUMERS: NonZeroUsize = NonZeroUsize::new(3).expect("three");

/// Bytes that shares of a plan may have ready before they are read, as a part of the limit.
const WAITING_PART: u64 = 8;

/// What the result of a cell is called that has no name.
const WHOLE: &str = "table 1";

/// Tables, views and functions by name, and the engine that queries them.
///
/// All methods take `&self`; whoever shares it runs one cell at a time.
pub struct SqlSession {
    options: Options,
    names: Arc<Names>,
    context: SessionContext,
    functions: RwLock<Callable>,
    /// Functions of SQL's own whose names registered ones took.
    hidden: Mutex<HashMap<String, Arc<ScalarUDF>>>,
    /// Numbers the files of tables that cells made.
    made: AtomicU64,
}

impl SqlSession {
    /// Makes a session that knows nothing yet.
    ///
    /// # Errors
    /// When its folder for temporary files can't be made.
    pub fn new(options: Options) -> Result<Self, Error> {
        std::fs::create_dir_all(&options.scratch).map_err(|error| Error::Scratch {
            folder: options.scratch.clone(),
            message: error.to_string(),
        })?;
        let runtime = runtime(&options, options.memory)?;
        Self::with(options, runtime)
    }

    /// Makes another session with the same options and the same memory, that knows nothing.
    ///
    /// # Errors
    /// Never, as far as is known.
    pub(crate) fn another(&self) -> Result<Self, Error> {
        let session = Self::with(self.options.clone(), self.context.runtime_env())?;
        session.names.find_artifacts_as(&self.names);
        Ok(session)
    }

    /// A table by any name that queries may use.
    ///
    /// # Errors
    /// When there is none, or it can't be opened.
    pub(crate) async fn table(&self, name: &str) -> Result<Table, Error> {
        let source = Source { sql: "", limit: 0, functions: &NOTHING };
        let found = self.names.table(name).await.map_err(|error| source.explain(&error))?;
        found.ok_or_else(|| Error::UnknownTable {
            name: name.to_owned(),
            known: self.names(),
            place: None,
        })
    }

    /// Writes all rows of a table, as they are.
    pub(crate) async fn copy(
        &self,
        table: Table,
        out: impl std::io::Write + Send + 'static,
    ) -> Result<crate::Written, Error> {
        let source = Source { sql: "", limit: self.options.memory, functions: &NOTHING };
        let explain = |error| source.explain(&error);
        let mut state = self.context.state();
        // One share: rows keep their order.
        state.config_mut().options_mut().execution.target_partitions = 1;
        let plan = table.scan(&state, None, &[], None).await.map_err(explain)?;
        let mut stream = execute_stream(plan, state.task_ctx()).map_err(explain)?;
        let mut export = Export::new(&stream.schema(), out, &self.options.scratch)?;
        while let Some(batch) = stream.next().await {
            export.write(&batch.map_err(explain)?)?;
        }
        export.finish()
    }

    /// The engine itself, for plans that aren't written as SQL.
    pub(crate) fn context(&self) -> &SessionContext {
        &self.context
    }

    fn with(options: Options, runtime: Arc<RuntimeEnv>) -> Result<Self, Error> {
        let config = config(&options);
        let files = SessionContext::new_with_config_rt(config.clone(), Arc::clone(&runtime));
        let names = Arc::new(Names::new(options.folder.clone(), options.contained, files));
        let catalog = MemoryCatalogProvider::new();
        let tables: Arc<dyn SchemaProvider> = Arc::clone(&names) as _;
        catalog.register_schema(SCHEMA, tables).map_err(|error| internal(&error))?;
        let state = SessionStateBuilder::new()
            .with_config(config)
            .with_runtime_env(runtime)
            .with_default_features()
            .build();
        let context = SessionContext::new_with_state(state);
        context.register_catalog(CATALOG, Arc::new(catalog));
        let own = function_names(&context.state());
        let functions = RwLock::new(Callable { names: own, ..Callable::default() });
        let made = AtomicU64::new(0);
        Ok(Self { options, names, context, functions, hidden: Mutex::default(), made })
    }

    /// Binds a table to a name.
    pub fn bind(&self, name: &str, frame: Frame) {
        self.names.bind(name, Arc::new(frame));
    }

    /// Binds a table that is opened when a query first names it.
    pub fn bind_late(&self, name: &str, opener: Opener) {
        self.names.bind_late(name, opener);
    }

    /// Binds what a statement made.
    pub fn bind_made(&self, name: &str, made: &Made) {
        self.names.bind(name, Arc::clone(&made.table));
    }

    /// Forgets a name. Whether it was bound.
    pub fn unbind(&self, name: &str) -> bool {
        self.names.unbind(name)
    }

    /// The names of tables and views.
    pub fn names(&self) -> Vec<String> {
        self.names.table_names()
    }

    /// The columns of a table that is bound, and their types.
    pub fn columns(&self, name: &str) -> Option<Vec<(String, String)>> {
        let schema = self.names.get(name)?.schema();
        let column = |field: &Arc<arrow::datatypes::Field>| {
            (field.name().clone(), crate::types::name(field.data_type()))
        };
        Some(schema.fields().iter().map(column).collect())
    }

    /// The names of functions that queries can call.
    pub fn functions(&self) -> Vec<String> {
        self.callable().names
    }

    fn callable(&self) -> Callable {
        self.functions.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets queries call a function; it replaces one of its name.
    pub fn register(&self, function: Arc<dyn BatchFunction>) {
        let known = Arc::clone(&function);
        let function = scalar_function(function);
        let mut hidden = self.hidden.lock().unwrap_or_else(PoisonError::into_inner);
        let state = self.context.state();
        for name in
            std::iter::once(function.name()).chain(function.aliases().iter().map(String::as_str))
        {
            if let Some(own) = state.scalar_functions().get(name)
                && !is_foreign(own)
            {
                hidden.insert(name.to_owned(), Arc::clone(own));
            }
        }
        drop(hidden);
        self.context.register_udf(function);
        self.list_functions(|foreign| drop(foreign.insert(known.name().to_owned(), known)));
    }

    /// Forgets a function that was registered.
    pub fn deregister(&self, name: &str) {
        let lower = name.to_lowercase();
        let mut hidden = self.hidden.lock().unwrap_or_else(PoisonError::into_inner);
        let names = if lower == name { vec![name] } else { vec![name, &lower] };
        for name in names {
            self.context.deregister_udf(name);
            if let Some(own) = hidden.remove(name) {
                self.context.register_udf(own.as_ref().clone());
            }
        }
        drop(hidden);
        self.list_functions(|foreign| drop(foreign.remove(name)));
    }

    /// Lets queries read artifacts by pathspec.
    pub fn find_artifacts_with(&self, artifacts: Arc<dyn Artifacts>) {
        self.names.find_artifacts_with(artifacts);
    }

    /// Runs the statements of a cell, one after the other. Dropping the future stops it at
    /// the next batch.
    ///
    /// # Errors
    /// What is wrong with the first statement that fails; the later ones are not run.
    pub async fn run(&self, mut cell: Cell) -> Result<Answer, Error> {
        let functions = self.callable();
        let limit = cell.memory.unwrap_or(self.options.memory);
        let sql = std::mem::take(&mut cell.sql);
        let source = Source { sql: &sql, limit, functions: &functions };
        let state = self.state(cell.memory)?;
        let dialect = datafusion::sql::sqlparser::dialect::GenericDialect {};
        let statements = DFParserBuilder::new(sql.as_str())
            .with_dialect(&dialect)
            .build()
            .and_then(|mut parser| parser.parse_statements())
            .map_err(|error| source.explain(&error))?;
        self.names.take_opened();
        let mut answer = Answer::default();
        let count = statements.len();
        for (number, statement) in statements.into_iter().enumerate() {
            let last = number + 1 == count;
            if self.options.contained {
                contained::check_statement(&statement)?;
            }
            let planned = plan::plan(&state, &self.names, statement, source).await?;
            if self.options.contained {
                contained::check_plan(&planned)?;
            }
            let planned = match self.define(&state, planned, source, &mut answer).await? {
                Some(query) => query,
                None if last && cell.out.is_some() => return Err(no_rows()),
                None => continue,
            };
            let out = if last { cell.out.take() } else { None };
            answer.unstable.extend(plan::unstable(&planned));
            let rows = Rows { state: &state, source, out, limit: cell.limit };
            let copies = matches!(planned, LogicalPlan::Copy(_));
            let ran = self.rows(rows, planned).await?;
            if last {
                let table = ran.whole.filter(|_| !copies && answer.unstable.is_empty());
                let name = WHOLE.to_owned();
                answer.whole = table.map(|table| Made { name, file: None, written: None, table });
                answer.preview = Some(ran.preview);
                answer.written = ran.written;
            }
        }
        let opened = self.names.take_opened();
        answer.files = opened.files.into_iter().collect();
        answer.artifacts = opened.artifacts.into_iter().collect();
        Ok(answer)
    }

    /// What is wrong with the statements of a cell, each planned by itself and none run.
    pub async fn check(&self, sql: &str) -> Vec<Error> {
        let functions = self.callable();
        let source = Source { sql, limit: self.options.memory, functions: &functions };
        let dialect = datafusion::sql::sqlparser::dialect::GenericDialect {};
        let parsed = DFParserBuilder::new(sql)
            .with_dialect(&dialect)
            .build()
            .and_then(|mut parser| parser.parse_statements());
        let statements = match parsed {
            Ok(statements) => statements,
            Err(error) => return vec![source.explain(&error)],
        };
        let state = self.context.state();
        let mut found = Vec::new();
        for statement in statements {
            found.extend(plan::plan(&state, &self.names, statement, source).await.err());
        }
        // Nobody has read these files for a result.
        self.names.take_opened();
        found
    }

    /// Runs a query to its end: all rows go to `out`, the first are kept.
    async fn rows(&self, rows: Rows<'_>, query: LogicalPlan) -> Result<Ran, Error> {
        let Rows { state, source, out, limit } = rows;
        let explain = |error| source.explain(&error);
        let buffer = usize::try_from(source.limit / WAITING_PART).unwrap_or(usize::MAX);
        if out.is_none() && plan::can_be_cut(state, &query) {
            // One row more tells whether there are others.
            let first = plan::first_rows(query.clone(), limit + 1).map_err(explain)?;
            let mut stream = plan::stream(state, &first, buffer).await.map_err(explain)?;
            let schema = stream.schema();
            let mut kept = Kept::new(limit, 0);
            while let Some(batch) = stream.next().await {
                kept.add(&batch.map_err(explain)?);
            }
            if kept.total > limit as u64 {
                kept.total = self.count(state, query.clone(), source, buffer).await?;
            }
            let whole = Some(kept.whole(&schema, query));
            let preview = Preview::new(schema, kept.batches, kept.total);
            return Ok(Ran { preview, written: None, whole });
        }
        let mut stream = plan::stream(state, &query, buffer).await.map_err(explain)?;
        let schema = stream.schema();
        let mut export = match out {
            Some(out) => Some(Export::new(&schema, out, &self.options.scratch)?),
            None => None,
        };
        let mut kept = Kept::new(limit, if export.is_some() { 0 } else { HELD });
        while let Some(batch) = stream.next().await {
            let batch = batch.map_err(explain)?;
            kept.add(&batch);
            if let Some(export) = &mut export {
                export.write(&batch)?;
            }
        }
        let written = export.map(Export::finish).transpose()?;
        let whole = written.is_none().then(|| kept.whole(&schema, query));
        Ok(Ran { preview: Preview::new(schema, kept.batches, kept.total), written, whole })
    }

    async fn count(
        &self,
        state: &SessionState,
        query: LogicalPlan,
        source: Source<'_>,
        buffer: usize,
    ) -> Result<u64, Error> {
        let explain = |error| source.explain(&error);
        let plan = plan::count_of(query).map_err(explain)?;
        let mut stream = plan::stream(state, &plan, buffer).await.map_err(explain)?;
        let mut total = 0;
        while let Some(batch) = stream.next().await {
            let batch = batch.map_err(explain)?;
            let counts = batch.column(0);
            let counts = arrow::array::AsArray::as_primitive::<arrow::datatypes::Int64Type>(counts);
            total += counts.values().iter().sum::<i64>();
        }
        Ok(u64::try_from(total).unwrap_or(0))
    }

    /// The state of a query, with its own limit of memory if it has one.
    fn state(&self, memory: Option<u64>) -> Result<SessionState, Error> {
        let state = self.context.state();
        let Some(memory) = memory else { return Ok(state) };
        let runtime = runtime(&self.options, memory)?;
        let mut state =
            SessionStateBuilder::new_from_existing(state).with_runtime_env(runtime).build();
        reserve(state.config_mut(), memory);
        Ok(state)
    }

    /// Lists functions anew after those of other languages changed.
    fn list_functions(&self, change: impl FnOnce(&mut BTreeMap<String, Arc<dyn BatchFunction>>)) {
        let mut functions = self.functions.write().unwrap_or_else(PoisonError::into_inner);
        functions.names = function_names(&self.context.state());
        change(&mut functions.foreign);
    }

    /// A file for a table that a cell makes.
    fn new_file(&self) -> PathBuf {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        self.options.scratch.join(format!("table-{}-{number}.arrow", std::process::id()))
    }
}

impl std::fmt::Debug for SqlSession {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("SqlSession").field("names", &self.names).finish_non_exhaustive()
    }
}

struct Rows<'a> {
    state: &'a SessionState,
    source: Source<'a>,
    out: Option<cell::Out>,
    limit: usize,
}

/// What came of a query.
struct Ran {
    preview: Preview,
    written: Option<crate::Written>,
    whole: Option<Table>,
}

fn config(options: &Options) -> SessionConfig {
    let mut config = SessionConfig::new()
        .with_target_partitions(options.partitions.max(1))
        .with_default_catalog_and_schema(CATALOG, SCHEMA)
        .with_create_default_catalog_and_schema(false)
        .with_information_schema(true);
    let settings = config.options_mut();
    // Names keep their case, as in the other languages of a notebook.
    settings.sql_parser.enable_ident_normalization = false;
    settings.sql_parser.collect_spans = true;
    settings.sql_parser.map_string_types_to_utf8view = false;
    settings.catalog.has_header = true;
    reserve(&mut config, options.memory);
    config
}

/// What each part of a sort keeps free for merging: no more than a small part of all.
fn reserve(config: &mut SessionConfig, memory: u64) {
    const USUAL: u64 = 10 << 20;
    let parts = config.target_partitions().max(1) as u64;
    let bytes = USUAL.min(memory / (parts * 8));
    config.options_mut().execution.sort_spill_reservation_bytes =
        usize::try_from(bytes).unwrap_or(usize::MAX);
}

fn runtime(options: &Options, memory: u64) -> Result<Arc<RuntimeEnv>, Error> {
    let memory = usize::try_from(memory).unwrap_or(usize::MAX);
    let pool = TrackConsumersPool::new(FairSpillPool::new(memory), NAMED_CONSUMERS);
    let mode = DiskManagerMode::Directories(vec![options.scratch.clone()]);
    RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(pool))
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(mode))
        .build_arc()
        .map_err(|error| internal(&error))
}

fn function_names(state: &SessionState) -> Vec<String> {
    let mut names: Vec<String> = state
        .scalar_functions()
        .keys()
        .chain(state.aggregate_functions().keys())
        .chain(state.window_functions().keys())
        .chain(state.table_functions().keys())
        .cloned()
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn no_rows() -> Error {
    Error::Meaning {
        message: "the cell names its result, and its last statement gives no rows".into(),
        hint: Some("end the cell with a query, or take `-- out:` away".into()),
        place: None,
    }
}

fn internal(error: &datafusion::common::DataFusionError) -> Error {
    Error::Run { message: error.strip_backtrace() }
}

/// A table that statements made, as queries see it.
pub(crate) type Table = Arc<dyn TableProvider>;
