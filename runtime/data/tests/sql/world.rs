//! A session with a folder of its own, and the few words in which tests speak of it.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::util::pretty::pretty_format_batches;
use flownote_data::arrow;
use flownote_data::{Answer, Cell, Error, Frame, Options, SqlSession};
use tempfile::TempDir;

pub struct World {
    pub session: SqlSession,
    pub folder: TempDir,
    runtime: tokio::runtime::Runtime,
}

impl World {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut options = Options {
            folder: folder.path().to_owned(),
            scratch: folder.path().join("scratch"),
            memory: 1 << 30,
            partitions: 2,
            contained: false,
        };
        change(&mut options);
        let session = SqlSession::new(options).expect("a session");
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(2).enable_all().build().expect("a runtime");
        Self { session, folder, runtime }
    }

    /// A session with `people`: three rows, one null.
    pub fn with_people() -> Self {
        let world = Self::new();
        let batch = batch([
            ("id", Arc::new(Int64Array::from(vec![1, 2, 3])) as ArrayRef),
            ("firstName", Arc::new(StringArray::from(vec![Some("Ana"), None, Some("Bo")]))),
            ("score", Arc::new(Float64Array::from(vec![0.5, 1.5, f64::NAN]))),
        ]);
        world.session.bind("people", Frame::from(batch));
        world
    }

    pub fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    pub fn try_run(&self, cell: Cell) -> Result<Answer, Error> {
        self.wait(self.session.run(cell))
    }

    #[track_caller]
    pub fn run(&self, sql: &str) -> Answer {
        match self.try_run(Cell::new(sql)) {
            Ok(answer) => answer,
            Err(error) => panic!("{sql}: {error}"),
        }
    }

    #[track_caller]
    pub fn fail(&self, sql: &str) -> Error {
        self.try_run(Cell::new(sql)).expect_err(sql)
    }

    /// The rows of a query, a line each, cells separated by a space.
    #[track_caller]
    pub fn rows(&self, sql: &str) -> Vec<String> {
        let preview = self.run(sql).preview.expect("rows");
        lines(preview.batches())
    }

    #[track_caller]
    pub fn check(&self, sql: &str, expect: &[&str]) {
        assert_eq!(self.rows(sql), expect, "{sql}");
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, content).expect("written");
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

pub fn batch<const N: usize>(columns: [(&str, ArrayRef); N]) -> RecordBatch {
    RecordBatch::try_from_iter(columns).expect("a batch")
}

pub fn numbers(name: &str, values: impl IntoIterator<Item = i64>) -> RecordBatch {
    batch([(name, Arc::new(Int64Array::from_iter_values(values)))])
}

/// Rows as lines.
pub fn lines(batches: &[RecordBatch]) -> Vec<String> {
    let shown = pretty_format_batches(batches).expect("printable").to_string();
    shown
        .lines()
        .filter(|line| line.starts_with('|'))
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            cells.join(" ").trim_end().to_owned()
        })
        .collect()
}
