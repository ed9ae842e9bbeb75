//! [`Sheet`]: a table that is looked at page by page: sorted, filtered, searched, summed up.
//!
//! A page is cut from the batches where they lie. A [`View`] that isn't the table as it is
//! has an order: the numbers of its rows, found once by a query and kept.

mod order;
mod statistics;
mod view;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::array::{Array, ArrayRef};
use arrow::compute::interleave;
use arrow::datatypes::{DataType, SchemaRef};
use datafusion::functions::math::expr_fn::isnan;
use datafusion::logical_expr::{Expr, cast, not, when};
use serde_json::Value;

use crate::error::Error;
use crate::frame::Frame;
use crate::preview::values;
use crate::types;

pub(crate) use order::order;
pub(crate) use statistics::statistics;
pub use statistics::{Histogram, Statistics, Top};
pub use view::{SortBy, View};

/// Characters that a cell of a page shows, and has when it is copied.
const SHOWN: usize = 300;
const WHOLE: usize = 32 << 10;
/// Cells of one page.
const CELLS: usize = 200_000;

/// Tells sheets apart.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// A table that is looked at.
#[derive(Debug)]
pub struct Sheet {
    pub(crate) number: u64,
    pub(crate) frame: Frame,
    /// The first row of each batch.
    starts: Vec<usize>,
    /// Bytes on the disk that go with it.
    pub(crate) scratch: u64,
}

/// A column as the page heads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type, as pyarrow names it.
    pub type_name: String,
    /// `number`, `text`, `boolean`, `time`, `binary` or `nested`.
    pub kind: &'static str,
}

/// Which part of a view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first row.
    pub from: u64,
    /// How many.
    pub limit: usize,
    /// Which columns, by place.
    pub columns: Range<usize>,
    /// Whether long texts are whole, to be copied.
    pub whole: bool,
}

/// Cells of a view.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// Rows that the view has.
    pub total: u64,
    /// The rows' numbers in the table, from 0.
    pub numbers: Vec<u64>,
    /// The columns' cells: exact numbers, booleans, null, and text for the rest.
    pub cells: Vec<Vec<Value>>,
}

impl Sheet {
    pub(crate) fn new(frame: Frame, scratch: u64) -> Self {
        let mut next = 0;
        let starts = frame.batches().iter().map(|batch| {
            next += batch.num_rows();
            next - batch.num_rows()
        });
        let starts = starts.collect();
        Self { number: NEXT.fetch_add(1, Ordering::Relaxed), frame, starts, scratch }
    }

    /// How many rows it has.
    pub fn rows(&self) -> u64 {
        self.frame.rows() as u64
    }

    /// Bytes that its columns take in memory or in the file.
    pub fn bytes(&self) -> u64 {
        // Columns may be parts of one large map: that isn't counted for each.
        let columns = self.frame.batches().iter().flat_map(|batch| batch.columns());
        columns.map(|it| it.to_data().get_slice_memory_size().unwrap_or(0) as u64).sum()
    }

    /// Its columns.
    pub fn columns(&self) -> Vec<Column> {
        let fields = self.schema().fields();
        let column = |field: &Arc<arrow::datatypes::Field>| Column {
            name: field.name().clone(),
            type_name: types::name(field.data_type()),
            kind: kind(field.data_type()),
        };
        fields.iter().map(column).collect()
    }

    pub(crate) fn schema(&self) -> &SchemaRef {
        self.frame.schema()
    }

    /// Cuts a page out of the rows in an order; without one, of all rows as they are.
    pub(crate) fn page(&self, order: Option<&[u32]>, window: &Window) -> Result<Page, Error> {
        let total = order.map_or(self.frame.rows(), <[u32]>::len);
        let width = self.schema().fields().len();
        let columns = window.columns.start.min(width)..window.columns.end.min(width);
        let most = (CELLS / columns.len().max(1)).max(1);
        let first = usize::try_from(window.from).unwrap_or(usize::MAX).min(total);
        let last = first.saturating_add(window.limit.min(most)).min(total);
        let rows: Vec<usize> = match order {
            Some(order) => order[first..last].iter().map(|row| *row as usize).collect(),
            None => (first..last).collect(),
        };
        let places: Vec<(usize, usize)> = rows.iter().map(|row| self.place(*row)).collect();
        let longest = if window.whole { WHOLE } else { SHOWN };
        let cells = columns.map(|column| {
            let array = self.take(column, &places);
            array.map(|array| values(array.as_ref(), longest))
        });
        let cells = cells.collect::<Result<_, _>>()?;
        Ok(Page {
            total: total as u64,
            numbers: rows.iter().map(|row| *row as u64).collect(),
            cells,
        })
    }

    /// The batch that has a row, and the row's place in it.
    fn place(&self, row: usize) -> (usize, usize) {
        let batch = self.starts.partition_point(|start| *start <= row) - 1;
        (batch, row - self.starts[batch])
    }

    fn take(&self, column: usize, places: &[(usize, usize)]) -> Result<ArrayRef, Error> {
        let failed = |error: arrow::error::ArrowError| Error::Run { message: error.to_string() };
        let batches = self.frame.batches();
        // Rows that lie together are no copy at all.
        if let (Some(&(batch, row)), Some(&(last, end))) = (places.first(), places.last())
            && batch == last
            && end.checked_sub(row) == Some(places.len() - 1)
            && places.iter().enumerate().all(|(at, place)| *place == (batch, row + at))
        {
            return Ok(batches[batch].column(column).slice(row, places.len()));
        }
        // Only the batches that are needed: dictionaries of the others aren't looked at.
        let mut needed: Vec<usize> = places.iter().map(|(batch, _)| *batch).collect();
        needed.sort_unstable();
        needed.dedup();
        if needed.is_empty() {
            let field = self.schema().field(column);
            return Ok(arrow::array::new_empty_array(field.data_type()));
        }
        let arrays: Vec<&dyn Array> =
            needed.iter().map(|batch| batches[*batch].column(column).as_ref()).collect();
        let indices: Vec<(usize, usize)> = places
            .iter()
            .map(|(batch, row)| (needed.partition_point(|known| known < batch), *row))
            .collect();
        interleave(&arrays, &indices).map_err(failed)
    }
}

/// A value of a column of fractions, or null where it is no number.
fn a_number(column: Expr) -> Expr {
    let is_number = not(isnan(cast(column.clone(), DataType::Float64)));
    when(is_number, column.clone()).end().unwrap_or(column)
}

/// The name of a type's kind.
pub(crate) fn kind(of: &DataType) -> &'static str {
    match of {
        DataType::Dictionary(_, values) => kind(values),
        DataType::RunEndEncoded(_, values) => kind(values.data_type()),
        other if other.is_numeric() => "number",
        DataType::Boolean => "boolean",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => "text",
        DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::FixedSizeBinary(_) => "binary",
        other if other.is_nested() => "nested",
        _ => "time",
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{Int64Array, RecordBatch, StringArray};
    use serde_json::json;

    use super::*;

    fn sheet() -> Sheet {
        let batch = |from: i64, to: i64| {
            let numbers = Arc::new(Int64Array::from_iter_values(from..to)) as ArrayRef;
            let texts = (from..to).map(|n| (n % 3 != 0).then(|| format!("t{n}")));
            let texts = Arc::new(StringArray::from_iter(texts)) as ArrayRef;
            RecordBatch::try_from_iter([("n", numbers), ("t", texts)]).expect("a batch")
        };
        let batches = vec![batch(0, 3), batch(3, 4), batch(4, 10)];
        Sheet::new(Frame::new(batches[0].schema(), batches), 0)
    }

    fn window(from: u64, limit: usize) -> Window {
        Window { from, limit, columns: 0..9, whole: false }
    }

    #[test]
    fn pages_cross_batches_and_end_with_the_table() {
        let page = sheet().page(None, &window(2, 3)).expect("a page");
        assert_eq!((page.total, page.numbers), (10, vec![2, 3, 4]));
        assert_eq!(
            page.cells,
            [vec![json!(2), json!(3), json!(4)], vec![json!("t2"), json!(null), json!("t4")]]
        );
        let page = sheet().page(None, &window(8, 100)).expect("a page");
        assert_eq!(page.numbers, [8, 9]);
        let page = sheet().page(None, &window(u64::MAX, 100)).expect("a page");
        assert_eq!((page.numbers.len(), page.cells.len()), (0, 2));
    }

    #[test]
    fn an_order_says_which_rows_and_columns_can_be_chosen() {
        let order = [9, 0, 3, 4];
        let page = sheet().page(Some(&order), &window(0, 3)).expect("a page");
        assert_eq!((page.total, page.numbers), (4, vec![9, 0, 3]));
        assert_eq!(page.cells[0], [json!(9), json!(0), json!(3)]);
        let narrow = Window { columns: 1..2, ..window(0, 1) };
        let page = sheet().page(Some(&order), &narrow).expect("a page");
        assert_eq!(page.cells, [vec![json!(null)]]);
    }
}
