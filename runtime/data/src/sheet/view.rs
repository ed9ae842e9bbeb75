//! [`View`]: which rows of a table, in which order.

use arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::dataframe::DataFrame;
use datafusion::execution::SessionState;
use datafusion::logical_expr::{Expr, cast, ident, lit};

use super::kind;
use crate::error::{Error, Source};

/// Columns that a search looks into.
const SEARCHED: usize = 2000;

/// Which rows of a table, in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct View {
    /// The columns that say the order, the first one first.
    pub sort: Vec<SortBy>,
    /// Which rows, as a condition of SQL: `"price" > 5`.
    pub filter: Option<String>,
    /// A text that one of their cells has, in any case.
    pub search: Option<String>,
}

/// A column that says the order. Nulls are last either way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SortBy {
    /// Its name.
    pub column: String,
    /// From the greatest on.
    pub descending: bool,
}

impl View {
    /// Whether it is the table as it is.
    pub fn is_plain(&self) -> bool {
        self.sort.is_empty() && self.filter.is_none() && self.search.is_none()
    }

    /// Whether all rows are in it.
    pub(crate) fn keeps_all(&self) -> bool {
        self.filter.is_none() && self.search.is_none()
    }

    /// The same rows in any order.
    pub(crate) fn unsorted(&self) -> Self {
        Self { sort: vec![], ..self.clone() }
    }

    /// What its errors are about.
    pub(super) fn source(&self) -> Source<'_> {
        Source {
            sql: self.filter.as_deref().unwrap_or_default(),
            limit: 0,
            functions: &crate::function::NOTHING,
        }
    }

    /// Keeps the rows that are wanted.
    pub(super) fn narrow(
        &self,
        state: &SessionState,
        mut table: DataFrame,
    ) -> Result<DataFrame, Error> {
        let source = self.source();
        let explain = |error| source.explain(&error);
        if let Some(filter) = &self.filter {
            let condition = state.create_logical_expr(filter, table.schema()).map_err(explain)?;
            table = table.filter(condition).map_err(explain)?;
        }
        if let Some(text) = &self.search
            && let Some(condition) = found(table.schema(), text)
        {
            table = table.filter(condition).map_err(explain)?;
        }
        Ok(table)
    }
}

/// Whether any cell of a row has a text.
fn found(schema: &DFSchema, text: &str) -> Option<Expr> {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    let mut conditions: Vec<Expr> = schema
        .fields()
        .iter()
        .filter(|field| !matches!(kind(field.data_type()), "binary" | "nested"))
        .filter(|field| field.name() != super::order::ROW)
        .take(SEARCHED)
        .map(|field| {
            let column = ident(field.name().as_str());
            let column = match field.data_type() {
                DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => column,
                _ => cast(column, DataType::Utf8),
            };
            column.ilike(lit(pattern.as_str()))
        })
        .collect();
    // As a tree that isn't deep, however many columns there are.
    while conditions.len() > 1 {
        let mut pairs = conditions.into_iter();
        let mut joined = Vec::new();
        while let Some(one) = pairs.next() {
            joined.push(match pairs.next() {
                Some(other) => one.or(other),
                None => one,
            });
        }
        conditions = joined;
    }
    conditions.pop().or_else(|| Some(lit(false)))
}
