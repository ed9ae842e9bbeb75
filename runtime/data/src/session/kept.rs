//! [`Kept`]: what stays of the rows of a query that go by.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::catalog::view::ViewTable;
use datafusion::logical_expr::LogicalPlan;

use super::Table;
use crate::frame::Frame;

/// Bytes of a result that are held for whoever looks at all of it.
pub(super) const HELD: usize = 64 << 20;

/// The first rows of a stream, and how many went by; all of them, as long as there is room.
pub(super) struct Kept {
    limit: usize,
    pub(super) batches: Vec<RecordBatch>,
    pub(super) total: u64,
    all: Vec<RecordBatch>,
    /// Bytes that `all` may still take.
    room: usize,
}

impl Kept {
    pub(super) fn new(limit: usize, room: usize) -> Self {
        Self { limit, batches: vec![], total: 0, all: vec![], room }
    }

    /// All rows: those that were held, or else the query that gives them again.
    pub(super) fn whole(&mut self, schema: &SchemaRef, query: LogicalPlan) -> Table {
        let rows = |held: &[RecordBatch]| held.iter().map(|it| it.num_rows() as u64).sum::<u64>();
        if rows(&self.all) == self.total {
            return Arc::new(Frame::new(Arc::clone(schema), std::mem::take(&mut self.all)));
        }
        if rows(&self.batches) == self.total {
            return Arc::new(Frame::new(Arc::clone(schema), self.batches.clone()));
        }
        Arc::new(ViewTable::new(query, None))
    }

    pub(super) fn add(&mut self, batch: &RecordBatch) {
        match self.room.checked_sub(batch.get_array_memory_size()) {
            Some(left) => {
                self.room = left;
                self.all.push(batch.clone());
            }
            None => {
                self.room = 0;
                self.all.clear();
            }
        }
        let have = usize::try_from(self.total).unwrap_or(usize::MAX);
        if have < self.limit && batch.num_rows() > 0 {
            let take = batch.num_rows().min(self.limit - have);
            self.batches.push(batch.slice(0, take));
        }
        self.total += batch.num_rows() as u64;
    }
}
