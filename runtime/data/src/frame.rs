//! [`Frame`]: a table of Arrow batches under a name.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::{Field, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::memory::MemorySourceConfig;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Result, not_impl_err};
use datafusion::logical_expr::dml::InsertOp;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;

/// Rows below which a table isn't worth sharing among threads.
const WORTH_SHARING: usize = 65_536;

/// A table of Arrow batches: in memory, or mapped from a file. Cloning shares them.
#[derive(Clone, Debug)]
pub struct Frame {
    schema: SchemaRef,
    batches: Arc<[RecordBatch]>,
    rows: usize,
}

impl Frame {
    /// Makes a table. Of columns with one name, the later ones are renamed (`x`, `x_1`):
    /// SQL could not tell them apart.
    pub fn new(schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        let rows = batches.iter().map(RecordBatch::num_rows).sum();
        let schema = with_unique_names(schema);
        let batches = batches
            .into_iter()
            .filter(|batch| batch.num_rows() > 0)
            .map(|batch| relabel(&schema, &batch))
            .collect();
        Self { schema, batches, rows }
    }

    /// The columns.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The batches, in order.
    pub fn batches(&self) -> &[RecordBatch] {
        &self.batches
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The batches in `count` runs of about equal length, in order.
    fn shares(&self, count: usize) -> Vec<Vec<RecordBatch>> {
        if count <= 1 || self.rows < WORTH_SHARING {
            return vec![self.batches.to_vec()];
        }
        let length = self.rows.div_ceil(count);
        let mut shares = vec![vec![]];
        let mut room = length;
        for batch in self.batches.iter() {
            let mut start = 0;
            while start < batch.num_rows() {
                if room == 0 {
                    shares.push(vec![]);
                    room = length;
                }
                let take = room.min(batch.num_rows() - start);
                shares.last_mut().expect("not empty").push(batch.slice(start, take));
                start += take;
                room -= take;
            }
        }
        shares
    }
}

impl From<RecordBatch> for Frame {
    fn from(batch: RecordBatch) -> Self {
        Self::new(batch.schema(), vec![batch])
    }
}

/// The schema with no name twice.
pub(crate) fn with_unique_names(schema: SchemaRef) -> SchemaRef {
    let mut seen: HashSet<&str> = HashSet::with_capacity(schema.fields().len());
    if schema.fields().iter().all(|field| seen.insert(field.name())) {
        return schema;
    }
    let taken: HashSet<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let mut used: HashSet<String> = HashSet::new();
    let fields: Vec<Arc<Field>> = schema
        .fields()
        .iter()
        .map(|field| {
            if used.insert(field.name().clone()) {
                return Arc::clone(field);
            }
            let name = (1..)
                .map(|number| format!("{}_{number}", field.name()))
                .find(|name| !taken.contains(name.as_str()) && !used.contains(name))
                .expect("numbers don't end");
            used.insert(name.clone());
            Arc::new(field.as_ref().clone().with_name(name))
        })
        .collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

/// A batch under other names of its columns.
pub(crate) fn relabel(schema: &SchemaRef, batch: &RecordBatch) -> RecordBatch {
    if Arc::ptr_eq(schema, batch.schema_ref()) {
        return batch.clone();
    }
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), batch.columns().to_vec(), &options)
        .expect("the columns are the same")
}

#[async_trait]
impl TableProvider for Frame {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let shares = self.shares(state.config().target_partitions());
        let source =
            MemorySourceConfig::try_new(&shares, Arc::clone(&self.schema), projection.cloned())?
                .with_limit(limit)
                .with_show_sizes(false);
        Ok(datafusion::datasource::memory::DataSourceExec::from_data_source(source))
    }

    async fn insert_into(
        &self,
        _state: &dyn Session,
        _input: Arc<dyn ExecutionPlan>,
        _operation: InsertOp,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        not_impl_err!("tables are not changed in place")
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::Int64Array;
    use arrow::datatypes::DataType;

    use super::*;

    fn numbers(from: i64, to: i64) -> RecordBatch {
        let values = Int64Array::from_iter_values(from..to);
        RecordBatch::try_from_iter([("n", Arc::new(values) as _)]).expect("a batch")
    }

    #[test]
    fn shares_hold_every_row_once_and_in_order() {
        let batches =
            vec![numbers(0, 100_000), numbers(100_000, 100_001), numbers(100_001, 200_003)];
        let frame = Frame::new(batches[0].schema(), batches);
        for count in [1, 2, 3, 7] {
            let shares = frame.shares(count);
            assert_eq!(shares.len(), count);
            let values: Vec<i64> = shares
                .iter()
                .flatten()
                .flat_map(|batch| {
                    let column = batch.column(0).as_any().downcast_ref::<Int64Array>();
                    column.expect("integers").values().to_vec()
                })
                .collect();
            assert!(values.iter().copied().eq(0..200_003), "{count} shares");
        }
    }

    #[test]
    fn columns_of_one_name_get_names_that_nobody_has() {
        let names = ["x", "x", "x_1", "x", "y"];
        let fields: Vec<Field> =
            names.iter().map(|name| Field::new(*name, DataType::Int8, true)).collect();
        let unique = with_unique_names(Arc::new(Schema::new(fields)));
        let names: Vec<&str> = unique.fields().iter().map(|field| field.name().as_str()).collect();
        assert_eq!(names, ["x", "x_2", "x_1", "x_3", "y"]);
    }
}
