//! [`Frame`]: a table, whose columns are read where they lie.

mod build;
mod column;
mod data;
mod display;
mod export;
mod import;
mod numbers;
#[cfg(feature = "full")]
mod record_batch;
mod records;
mod rows;
mod text;
mod times;
mod values;

use std::sync::Arc;

pub use build::IntoColumn;
pub use numbers::Number;
pub use rows::Row;
pub use text::{BoolColumn, StrColumn};
pub use times::{Times, Unit};

use column::Column;

use crate::error::{Error, Result};

/// A table: columns of one length, each of one type, as Arrow has them. What pandas, Polars
/// or a SQL cell made is read where it lies; a column that came in several pieces is joined
/// when it is first read as a slice.
///
/// ```ignore
/// let prices = trips.f64("price")?;                   // &[f64]
/// let names = trips.str("driver")?;                   // names[3], names.iter()
/// let total: f64 = prices.iter().sum();
/// let dearest = (0..trips.num_rows()).max_by(|a, b| prices[*a].total_cmp(&prices[*b]));
///
/// Frame::new().with("driver", vec!["Ana", "Bo"]).with("total", vec![total, 0.0])
/// ```
///
/// A slice has no place for nulls: a column that holds some is an error there, and read with
/// [`Frame::f64_or_nan`], [`Frame::i64_or`], [`Frame::str_or`] or [`Frame::is_null`].
#[derive(Clone, Default)]
pub struct Frame {
    columns: Vec<Arc<Column>>,
    rows: usize,
}

impl Frame {
    /// A table without columns; [`Frame::with`] adds some.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many rows it has.
    pub fn num_rows(&self) -> usize {
        self.rows
    }

    /// How many columns it has.
    pub fn num_columns(&self) -> usize {
        self.columns.len()
    }

    /// Rows and columns.
    pub fn shape(&self) -> (usize, usize) {
        (self.rows, self.columns.len())
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The names of the columns, in their order.
    pub fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|column| column.name()).collect()
    }

    /// Whether there is a column of that name.
    pub fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.name() == name)
    }

    /// Names and types of the columns: `("rating", "f64")`, `("when", "timestamp[ns]")`.
    pub fn types(&self) -> Vec<(&str, String)> {
        self.columns.iter().map(|column| (column.name(), column.type_name())).collect()
    }

    /// The type of a column: `f64`.
    ///
    /// # Errors
    /// When there is no such column.
    #[track_caller]
    pub fn type_of(&self, name: &str) -> Result<String> {
        Ok(self.column(name)?.type_name())
    }

    /// Only these columns, in this order.
    ///
    /// # Errors
    /// When one of them isn't there.
    #[track_caller]
    pub fn select(&self, names: &[&str]) -> Result<Self> {
        let mut columns = Vec::with_capacity(names.len());
        for name in names {
            columns.push(Arc::clone(self.column(name)?));
        }
        Ok(Self { columns, rows: self.rows })
    }

    /// All columns but these.
    ///
    /// # Errors
    /// When one of them isn't there.
    #[track_caller]
    pub fn without(&self, names: &[&str]) -> Result<Self> {
        for name in names {
            self.column(name)?;
        }
        let kept = self.columns.iter().filter(|column| !names.contains(&column.name()));
        Ok(Self { columns: kept.cloned().collect(), rows: self.rows })
    }

    /// Whether a value is null.
    ///
    /// # Errors
    /// When there is no such column, or no such row.
    #[track_caller]
    pub fn is_null(&self, name: &str, row: usize) -> Result<bool> {
        let column = self.column(name)?;
        if row >= self.rows {
            return Err(Error::new(format!("there is no row {row}: the frame has {}", self.rows)));
        }
        Ok(column.is_null(row))
    }

    /// How many values of a column are null.
    ///
    /// # Errors
    /// When there is no such column.
    #[track_caller]
    pub fn null_count(&self, name: &str) -> Result<usize> {
        Ok(self.column(name)?.null_count())
    }

    #[track_caller]
    fn column(&self, name: &str) -> Result<&Arc<Column>> {
        let mut found = self.columns.iter().filter(|column| column.name() == name);
        match (found.next(), found.next()) {
            (Some(column), None) => Ok(column),
            (Some(_), Some(_)) => Err(Error::new(format!("two columns are called `{name}`"))
                .with_hint("give each a name of its own where the frame is made")),
            (None, _) => Err(self.missing(name)),
        }
    }

    #[track_caller]
    fn missing(&self, name: &str) -> Error {
        const SHOWN: usize = 20;
        let names = self.names();
        let error = Error::new(format!("the frame has no column `{name}`"));
        if let Some(meant) = resembling(name, &names) {
            return error.with_hint(format!("did you mean `{meant}`?"));
        }
        let mut listed: Vec<String> =
            names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
        if names.len() > SHOWN {
            listed.push(format!("and {} more", names.len() - SHOWN));
        }
        match listed.as_slice() {
            [] => error.with_hint("it has no columns at all"),
            _ => error.with_hint(format!("its columns: {}", listed.join(", "))),
        }
    }
}

/// The name that was probably meant: equal but for case, or within a third of its letters.
fn resembling<'a>(word: &str, names: &[&'a str]) -> Option<&'a str> {
    if let Some(name) = names.iter().find(|name| name.eq_ignore_ascii_case(word)) {
        return Some(name);
    }
    let length = word.chars().count();
    let near = names.iter().map(|name| (distance(word, name), *name));
    let (least, name) = near.min_by_key(|(distance, _)| *distance)?;
    (least <= (length / 3).max(1) && least < length).then_some(name)
}

/// Letters to insert, drop or replace (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, letter) in from.chars().enumerate() {
        let mut corner = i;
        row[0] = i + 1;
        for (j, other) in to.iter().enumerate() {
            let replace = corner + usize::from(letter != *other);
            corner = row[j + 1];
            row[j + 1] = replace.min(row[j] + 1).min(corner + 1);
        }
    }
    row[to.len()]
}
