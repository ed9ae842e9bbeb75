//! Tables: what can be opened, pages of it, what its columns are made of, queries.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Something that can be opened as a table. In addresses each stands as `artifact=…`,
/// `file=…`, `result=…`, or `notebook=…&cell=…&name=…`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum TableSource {
    /// An artifact.
    Artifact {
        /// `Flow/run/step/task/name`.
        pathspec: String,
    },
    /// A file below the served folder.
    File {
        /// From that folder on.
        path: String,
    },
    /// The result of a query.
    Result {
        /// As the query's answer has it.
        id: String,
    },
    /// What a cell of a notebook made, read or showed, as of its latest execution.
    Frame {
        /// The notebook.
        notebook: String,
        /// The cell.
        cell: String,
        /// The name, or that of a shown value (`table 1`).
        name: String,
    },
}

/// `GET api/data/table`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TableInfo {
    /// How many rows.
    pub rows: u64,
    /// Bytes that its columns take.
    pub bytes: u64,
    /// Its columns.
    pub columns: Vec<TableColumn>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TableColumn {
    /// Its name.
    pub name: String,
    /// Its type: `int64`, `timestamp[us, tz=UTC]`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// What that is to people.
    pub kind: ColumnKind,
}

/// What values of a column are to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ColumnKind {
    /// Numbers.
    Number,
    /// Texts.
    Text,
    /// Truths.
    Boolean,
    /// Dates, points of time and lengths of it.
    Time,
    /// Bytes.
    Binary,
    /// Lists and records.
    Nested,
}

/// Which rows of a table, in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TableView {
    /// Columns that say the order; `-` before a name is from the greatest on.
    pub sort: Vec<String>,
    /// A condition of SQL.
    pub filter: Option<String>,
    /// A text that one of the row's cells has.
    pub search: Option<String>,
}

/// Which part of a view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableWindow {
    /// The first row.
    pub from: u64,
    /// How many.
    pub limit: usize,
    /// The first column, by place.
    pub first_column: usize,
    /// How many.
    pub columns: usize,
    /// Whether long texts are whole.
    pub whole: bool,
}

/// `GET api/data/page`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TablePage {
    /// Rows that the view has.
    pub total: u64,
    /// The rows' numbers in the table, from 0.
    pub numbers: Vec<u64>,
    /// The columns' cells: exact numbers, booleans, null, and text for the rest.
    pub cells: Vec<Vec<Value>>,
}

/// `GET api/data/statistics`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ColumnStatistics {
    /// Rows of the view.
    pub rows: u64,
    /// Those without a value: null, or no number.
    pub nulls: u64,
    /// How many different values.
    pub distinct: Option<u64>,
    /// The least value.
    pub min: Value,
    /// The greatest.
    pub max: Value,
    /// The mean of finite numbers.
    pub mean: Option<f64>,
    /// Their standard deviation.
    pub deviation: Option<f64>,
    /// The quartiles of finite numbers.
    pub quartiles: Option<[f64; 3]>,
    /// Whether different values and quartiles are exact: of many rows they are known nearly.
    pub is_exact: bool,
    /// How numbers and times are distributed: bars of equal width from the least on.
    pub histogram: Option<Vec<u64>>,
    /// The most frequent values.
    pub top: Vec<FrequentValue>,
}

/// A frequent value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FrequentValue {
    /// Which.
    pub value: Value,
    /// How often.
    pub count: u64,
}

/// `POST api/data/query`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TableQuery {
    /// The query.
    pub sql: String,
    /// Tables that it names in its own way; artifacts and files need no entry.
    #[serde(default)]
    pub tables: Vec<NamedTable>,
}

/// A table under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NamedTable {
    /// The name.
    pub name: String,
    /// The table.
    pub source: TableSource,
}

/// The answer to a query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum QueryAnswer {
    /// It gave rows.
    Rows {
        /// Under which they can be opened.
        id: String,
        /// How long it took.
        elapsed_ms: f64,
        /// What they are.
        table: TableInfo,
    },
    /// It is wrong.
    Failed {
        /// What is wrong.
        what: String,
        /// What to do now.
        hint: Option<String>,
        /// Where in its text.
        place: Option<QueryPlace>,
    },
}

/// A stretch of one line of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct QueryPlace {
    /// The line, from 1.
    pub line: u32,
    /// The first character, from 1.
    pub column: u32,
    /// How many characters.
    pub length: u32,
}

/// `GET api/data/catalog` and `GET api/data/search`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CatalogList {
    /// What is there.
    pub entries: Vec<CatalogEntry>,
    /// Whether there is more.
    pub is_cut: bool,
}

/// Something in a catalog: a table, or what has tables below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CatalogEntry {
    /// The catalog that has it.
    pub catalog: String,
    /// Where it is in the catalog.
    pub path: String,
    /// What people call it.
    pub name: String,
    /// More of the same, in few words.
    pub detail: Option<String>,
    /// The table, if it is one; else there are others below.
    pub table: Option<TableSource>,
    /// How many rows, where that is known without opening it.
    pub rows: Option<u64>,
    /// How many columns.
    pub width: Option<u64>,
    /// Bytes.
    pub size: Option<u64>,
    /// When it was made.
    pub made_at: Option<String>,
    /// Who made it: `Flow/run/step/task`, for an artifact.
    pub made_by: Option<String>,
    /// Who ran that.
    pub user: Option<String>,
}

impl CatalogEntry {
    /// An entry of which only the name is known.
    pub fn new(catalog: &str, path: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            catalog: catalog.to_owned(),
            path: path.into(),
            name: name.into(),
            detail: None,
            table: None,
            rows: None,
            width: None,
            size: None,
            made_at: None,
            made_by: None,
            user: None,
        }
    }
}
