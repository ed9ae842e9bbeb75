//! [`Sheets`]: tables that people look at: artifacts, files below a folder, results of
//! queries, values of kernels. What was opened is kept while there is room.
//!
//! Parquet, CSV and results become Arrow files that are mapped and have no name any more:
//! any page of them is there at once, and they end with whoever maps them.

mod capped;
mod kept;
mod orders;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

use flownote_flow::manifest::ArtifactRecord;

use self::capped::Capped;
use self::kept::Kept;
use self::orders::Orders;
use crate::artifacts::Artifacts;
use crate::contained;
use crate::error::Error;
use crate::options::Options;
use crate::plan;
use crate::read::{Bytes, ipc, read};
use crate::session::{Cell, SqlSession};
use crate::sheet::{self, Page, Sheet, Statistics, View, Window};

/// Bytes of one table that is written aside.
const LARGEST: u64 = 8 << 30;

/// Rows of a sorted table that are found by themselves.
const HEAD: usize = 1000;

/// Columns above which a file isn't read by a query.
const WIDE: usize = 200;

/// Something that can be looked at as a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Opened {
    /// An artifact, by pathspec.
    Artifact(String),
    /// A file below the folder, or files by a pattern.
    File(String),
    /// The result of a query that was asked before.
    Result(String),
    /// A value of a kernel.
    Value {
        /// What it is.
        record: Box<ArtifactRecord>,
        /// Its file, when it is large.
        path: Option<PathBuf>,
    },
}

/// A query.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Its text.
    pub sql: String,
    /// Tables under names of their own.
    pub tables: Vec<(String, Opened)>,
}

/// What came of a query.
#[derive(Clone, Debug)]
pub struct Ran {
    /// Under which its result can be opened.
    pub id: String,
    /// The result.
    pub sheet: Arc<Sheet>,
}

/// Opens tables, and keeps them.
#[derive(Debug)]
pub struct Sheets {
    options: Options,
    session: SqlSession,
    artifacts: Arc<dyn Artifacts>,
    kept: Kept,
    orders: Orders,
    /// Numbers results.
    next: AtomicU64,
}

impl Sheets {
    /// Knows nothing yet. Queries only read, and of files only those below `folder`.
    ///
    /// # Errors
    /// When the folder for temporary files can't be made.
    pub fn new(options: Options, artifacts: Arc<dyn Artifacts>) -> Result<Self, Error> {
        let options = Options { contained: true, ..options };
        let session = SqlSession::new(options.clone())?;
        session.find_artifacts_with(Arc::clone(&artifacts));
        let (kept, orders) = (Kept::default(), Orders::default());
        Ok(Self { options, session, artifacts, kept, orders, next: AtomicU64::new(1) })
    }

    /// Opens a table, or finds it open.
    ///
    /// # Errors
    /// When it isn't there, or is none.
    pub async fn open(&self, what: &Opened) -> Result<Arc<Sheet>, Error> {
        match what {
            Opened::Artifact(pathspec) => {
                // What a pathspec names never changes.
                let key = format!("artifact {pathspec}");
                self.kept.get_or(&key, self.artifact(pathspec)).await
            }
            Opened::File(name) => {
                let key = format!("file {name} {}", self.state_of(name)?);
                self.kept.get_or(&key, self.file(name)).await
            }
            Opened::Result(id) => self.kept.get(&format!("result {id}")).ok_or_else(|| {
                let hint = Some("run the query again".to_owned());
                Error::Value { message: "the result isn't kept any more".into(), hint }
            }),
            Opened::Value { record, path } => {
                let key = format!("value {} {}", record.codec, record.digest);
                let opening = async {
                    let bytes = Bytes::of(record, path.as_deref())?;
                    Ok(Sheet::new(read(bytes, record)?, 0))
                };
                self.kept.get_or(&key, opening).await
            }
        }
    }

    /// Cuts a page out of a view.
    ///
    /// # Errors
    /// When the view's filter or sort means nothing.
    pub async fn page(&self, sheet: &Sheet, view: &View, window: &Window) -> Result<Page, Error> {
        if view.is_plain() {
            return sheet.page(None, window);
        }
        let context = self.session.context();
        let last = window.from.saturating_add(window.limit as u64);
        let is_first = last <= HEAD as u64 && view.keeps_all();
        if is_first && self.orders.get(sheet.number, view, None).is_none() {
            // The first rows are had without sorting the others.
            let finding = sheet::order(context, &sheet.frame, view, Some(HEAD));
            let head = self.orders.get_or(sheet.number, view, Some(HEAD), finding).await?;
            return Ok(Page { total: sheet.rows(), ..sheet.page(Some(&head), window)? });
        }
        let finding = sheet::order(context, &sheet.frame, view, None);
        let order = self.orders.get_or(sheet.number, view, None, finding).await?;
        sheet.page(Some(&order), window)
    }

    /// Says what a column of a view is made of.
    ///
    /// # Errors
    /// When there is no such column, or the view's filter means nothing.
    pub async fn statistics(
        &self,
        sheet: &Sheet,
        view: &View,
        column: &str,
    ) -> Result<Statistics, Error> {
        sheet::statistics(self.session.context(), &sheet.frame, &view.unsorted(), column).await
    }

    /// Asks a query; its result is kept under an id.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn query(&self, query: &Query) -> Result<Ran, Error> {
        let queries = plan::queries(&query.sql);
        if queries > 1 {
            return Err(Error::Meaning {
                message: format!("there are {queries} queries, and only one can be shown"),
                hint: Some("run them one by one, or join them with `UNION ALL`".into()),
                place: None,
            });
        }
        let mut tables = Vec::new();
        for (name, what) in &query.tables {
            tables.push((name.clone(), self.open(what).await?));
        }
        let sheet = Arc::new(self.written(&query.sql, tables).await?);
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        // A page that is older than the server asks for nothing of another's.
        let began = std::process::id();
        let id = format!("{began:x}-{number}");
        self.kept.put(&format!("result {id}"), Arc::clone(&sheet));
        Ok(Ran { id, sheet })
    }

    async fn artifact(&self, pathspec: &str) -> Result<Sheet, Error> {
        let found = self.artifacts.find(pathspec).await;
        let found = found
            .map_err(|error| Error::Value { message: error.to_string(), hint: error.hint() })?;
        let Some(found) = found else {
            let message = format!("`{pathspec}` is no pathspec of an artifact");
            let hint = Some("write Flow/run/step/task/name".to_owned());
            return Err(Error::Value { message, hint });
        };
        let frame = read(Bytes::of(&found.record, found.path.as_deref())?, &found.record)?;
        Ok(Sheet::new(frame, 0))
    }

    /// Writes a file's rows into an Arrow file without a name.
    async fn file(&self, name: &str) -> Result<Sheet, Error> {
        let table = self.session.table(name).await?;
        if table.schema().fields().len() <= WIDE {
            return self.written(&select_all(name), vec![]).await;
        }
        // A query for thousands of columns takes longer to plan than to run.
        let file = self.aside()?;
        self.session.copy(table, file.writer()).await?;
        let (bytes, size) = file.map()?;
        Ok(Sheet::new(ipc(&bytes)?, size))
    }

    /// A file for rows that are put aside.
    fn aside(&self) -> Result<Capped, Error> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let name = format!("sheet-{}-{number}.arrow", std::process::id());
        Capped::new(self.options.scratch.join(name), LARGEST)
    }

    /// Runs a query into an Arrow file without a name.
    async fn written(&self, sql: &str, tables: Vec<(String, Arc<Sheet>)>) -> Result<Sheet, Error> {
        let file = self.aside()?;
        let session = self.session.another()?;
        for (name, sheet) in tables {
            session.bind(&name, sheet.frame.clone());
        }
        let answer = session.run(Cell::new(sql).limit(0).out(file.writer())).await?;
        if answer.written.is_none() {
            return Err(Error::Meaning {
                message: "there is no query".into(),
                hint: Some("write one: `SELECT * FROM 'file.parquet'`".into()),
                place: None,
            });
        }
        let (bytes, size) = file.map()?;
        Ok(Sheet::new(ipc(&bytes)?, size))
    }

    /// What tells a file that changed: its files' sizes and times.
    fn state_of(&self, name: &str) -> Result<String, Error> {
        contained::check_name(&self.options.folder, name)?;
        let missing = || crate::file::missing(&self.options.folder, name);
        let found = crate::file::find(&self.options.folder, name)?.ok_or_else(missing)?;
        let mut digest = std::hash::DefaultHasher::new();
        for path in found.read() {
            use std::hash::Hash as _;
            let about = path.metadata().ok();
            let changed = about.as_ref().and_then(|it| it.modified().ok());
            let changed = changed.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
            (path, about.map(|it| it.len()), changed).hash(&mut digest);
        }
        Ok(format!("{:016x}", std::hash::Hasher::finish(&digest)))
    }
}

/// A query for all of a file.
fn select_all(name: &str) -> String {
    format!("SELECT * FROM \"{}\"", name.replace('"', "\"\""))
}
