//! [`Preview`]: the first rows of a result, for people.

mod render;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

pub(crate) use render::values;

/// The MIME type of [`Preview::json`].
pub const TABLE_TYPE: &str = "application/vnd.flownote.table+json";

/// Columns that are shown of a wide table.
const COLUMNS: usize = 100;

/// Cells that are shown at most: rows give way to columns.
const CELLS: usize = 20_000;

/// The first rows of a result and how many there are.
#[derive(Clone, Debug)]
pub struct Preview {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    /// Rows to show.
    shown: usize,
    /// Rows that the result has.
    total: u64,
}

impl Preview {
    pub(crate) fn new(schema: SchemaRef, batches: Vec<RecordBatch>, total: u64) -> Self {
        let held: usize = batches.iter().map(RecordBatch::num_rows).sum();
        let columns = schema.fields().len().clamp(1, COLUMNS);
        let shown = held.min((CELLS / columns).max(1));
        Self { schema, batches, shown, total }
    }

    /// The columns.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The rows that are held.
    pub fn batches(&self) -> &[RecordBatch] {
        &self.batches
    }

    /// How many rows the result has.
    pub fn total(&self) -> u64 {
        self.total
    }
}
