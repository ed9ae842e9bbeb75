//! [`Tables`]: whoever opens tables and queries them, as this crate sees it. Where queries
//! are known this crate isn't: the program that joins both gives one in
//! [`crate::Options::tables`].

use std::fmt::Debug;
use std::path::PathBuf;

use flownote_flow::manifest::ArtifactRecord;
use futures::future::BoxFuture;

use crate::api::{ColumnStatistics, QueryAnswer, TableInfo, TablePage, TableView, TableWindow};

/// Opens tables, cuts pages out of them, and queries them. Work ends when its future is
/// dropped. Nothing is written, and no file beyond the served folder is read.
pub trait Tables: Debug + Send + Sync {
    /// Whether files whose names end so are tables.
    fn reads(&self, ending: &str) -> bool;

    /// What a table is.
    fn open(&self, table: Openable) -> BoxFuture<'static, Result<TableInfo, Trouble>>;

    /// A page of a view of a table.
    fn page(
        &self,
        table: Openable,
        view: TableView,
        window: TableWindow,
    ) -> BoxFuture<'static, Result<TablePage, Trouble>>;

    /// What a column of a view is made of.
    fn statistics(
        &self,
        table: Openable,
        view: TableView,
        column: String,
    ) -> BoxFuture<'static, Result<ColumnStatistics, Trouble>>;

    /// Asks a query, with tables under names of its own.
    fn query(
        &self,
        sql: String,
        tables: Vec<(String, Openable)>,
    ) -> BoxFuture<'static, QueryAnswer>;
}

/// A table that can be opened.
#[derive(Clone, Debug)]
pub enum Openable {
    /// An artifact, by pathspec.
    Artifact(String),
    /// A file below the served folder.
    File(String),
    /// The result of an earlier query.
    Result(String),
    /// A value of a kernel.
    Value {
        /// What it is.
        record: Box<ArtifactRecord>,
        /// Its file, when it is large.
        path: Option<PathBuf>,
    },
}

/// Why a table can't be had.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// What is wrong.
    pub what: String,
    /// What to do now.
    pub hint: Option<String>,
    /// Whether it isn't there, rather than asked for in a wrong way.
    pub is_missing: bool,
}
