//! The order of a view: the numbers of its rows, found by a query.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, UInt32Array};
use arrow::datatypes::{DataType, Field, Schema, UInt32Type};
use datafusion::logical_expr::ident;
use datafusion::prelude::SessionContext;
use futures::StreamExt;

use super::{View, a_number};
use crate::error::Error;
use crate::frame::Frame;

/// The column of row numbers: a name that no other column may have.
pub(super) const ROW: &str = "__flownote_row__";

/// Rows of the pieces that a query goes on by: it can be stopped between them.
const PIECE: usize = 1 << 16;

/// Finds the rows of a view, in its order. `most` stops after so many.
pub(crate) async fn order(
    context: &SessionContext,
    frame: &Frame,
    view: &View,
    most: Option<usize>,
) -> Result<Vec<u32>, Error> {
    let source = view.source();
    let explain = |error| source.explain(&error);
    let numbered = numbered(frame)?;
    let table = context.read_table(Arc::new(numbered)).map_err(explain)?;
    let mut rows = view.narrow(&context.state(), table)?;
    if !view.sort.is_empty() {
        let mut keys = Vec::new();
        for by in &view.sort {
            if frame.schema().index_of(&by.column).is_err() {
                let known = frame.schema().fields().iter().map(|it| it.name().clone()).collect();
                return Err(Error::UnknownColumn { name: by.column.clone(), known, place: None });
            }
            let field = frame.schema().field_with_name(&by.column);
            let column = ident(by.column.as_str());
            let column = match field.is_ok_and(|field| field.data_type().is_floating()) {
                // What is no number has no place among numbers.
                true => a_number(column),
                false => column,
            };
            keys.push(column.sort(!by.descending, false));
        }
        // Equals stay as they came.
        keys.push(ident(ROW).sort(true, false));
        rows = rows.sort(keys).map_err(explain)?;
    }
    let mut rows = rows.select([ident(ROW)]).map_err(explain)?;
    if let Some(most) = most {
        rows = rows.limit(0, Some(most)).map_err(explain)?;
    }
    let mut stream = rows.execute_stream().await.map_err(explain)?;
    let mut order: Vec<u32> = Vec::new();
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(explain)?;
        order.extend_from_slice(batch.column(0).as_primitive::<UInt32Type>().values());
    }
    if view.sort.is_empty() {
        // Shares came as they were ready.
        order.sort_unstable();
    }
    order.shrink_to_fit();
    Ok(order)
}

/// The table in pieces, with the numbers of its rows.
pub(super) fn numbered(frame: &Frame) -> Result<Frame, Error> {
    if u32::try_from(frame.rows()).is_err() {
        return Err(Error::Unsupported {
            what: format!("{} rows are more than can be sorted and filtered here", frame.rows()),
            hint: Some("select some of them by a query".into()),
        });
    }
    let mut fields: Vec<Arc<Field>> = frame.schema().fields().iter().cloned().collect();
    fields.push(Arc::new(Field::new(ROW, DataType::UInt32, false)));
    let schema = Arc::new(Schema::new(fields));
    let mut batches = Vec::new();
    let mut next = 0u32;
    for batch in frame.batches() {
        let mut start = 0;
        while start < batch.num_rows() {
            let length = PIECE.min(batch.num_rows() - start);
            let end = next + u32::try_from(length).expect("a piece is short");
            let mut columns: Vec<ArrayRef> =
                batch.columns().iter().map(|column| column.slice(start, length)).collect();
            columns.push(Arc::new(UInt32Array::from_iter_values(next..end)));
            let piece = RecordBatch::try_new(Arc::clone(&schema), columns);
            batches.push(piece.map_err(|error| Error::Run { message: error.to_string() })?);
            (start, next) = (start + length, end);
        }
    }
    Ok(Frame::new(schema, batches))
}
