//! A result as an Arrow IPC file, written while it is computed: the `arrow` codec, as the
//! Python package writes and reads it.

mod dictionaries;

use std::io::Write;
use std::path::Path;

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::compute::{BatchCoalescer, cast};
use arrow::datatypes::{DataType, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc::writer::FileWriter;
use serde_json::{Map, Value, json};

use self::dictionaries::Dictionaries;
use crate::error::Error;
use crate::frame::with_unique_names;
use crate::types;

/// Batches are cut to about this many bytes, as Python cuts them.
const BATCH_BYTES: usize = 32 << 20;

/// Columns that the record names.
const NAMED: usize = 100;

/// What was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The columns, as the file has them.
    pub schema: SchemaRef,
    /// How many rows.
    pub rows: u64,
    /// `rows`, `width` and `columns`, as the record of the codec `arrow` has them.
    pub meta: Map<String, Value>,
}

impl Written {
    fn new(schema: SchemaRef, rows: u64) -> Self {
        let columns: Vec<Value> = schema
            .fields()
            .iter()
            .take(NAMED)
            .map(|field| json!([field.name(), types::name(field.data_type())]))
            .collect();
        let mut meta = Map::new();
        meta.insert("rows".into(), rows.into());
        meta.insert("width".into(), schema.fields().len().into());
        meta.insert("columns".into(), columns.into());
        Self { schema, rows, meta }
    }

    /// The shape in words, as previews of Python's frames have it.
    pub fn summary(&self) -> String {
        let names: Vec<&str> =
            self.schema.fields().iter().take(20).map(|field| field.name().as_str()).collect();
        let width = self.schema.fields().len();
        let row = if self.rows == 1 { "row" } else { "rows" };
        let column = if width == 1 { "column" } else { "columns" };
        format!("{} {row} × {width} {column}: {}", grouped(self.rows), names.join(", "))
    }
}

/// Writes batches as they come.
pub(crate) struct Export<W: Write> {
    schema: SchemaRef,
    rows: u64,
    /// Gathers small batches; made with the first one, whose rows tell how long theirs are.
    gathering: Option<BatchCoalescer>,
    to: To<W>,
}

enum To<W: Write> {
    Plain(Box<FileWriter<W>>),
    /// All batches of a file share their dictionaries, which are known only at the end.
    Dictionaries(Box<Dictionaries<W>>),
}

impl<W: Write> Export<W> {
    /// Begins a file; `scratch` is a folder for what must be written twice.
    pub(crate) fn new(schema: &Schema, out: W, scratch: &Path) -> Result<Self, Error> {
        let schema = with_unique_names(types::exported(schema));
        let has_dictionaries = schema
            .fields()
            .iter()
            .any(|field| matches!(field.data_type(), DataType::Dictionary(..)));
        let to = if has_dictionaries {
            To::Dictionaries(Box::new(Dictionaries::new(&schema, out, scratch)?))
        } else {
            To::Plain(Box::new(FileWriter::try_new(out, &schema).map_err(failed)?))
        };
        Ok(Self { schema, rows: 0, gathering: None, to })
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let batch = convert(&self.schema, batch).map_err(failed)?;
        let batch = self.to.prepare(batch)?;
        self.rows += batch.num_rows() as u64;
        if batch.num_columns() == 0 {
            return Ok(());
        }
        let gathering = self
            .gathering
            .get_or_insert_with(|| BatchCoalescer::new(batch.schema(), rows_of_batch(&batch)));
        gathering.push_batch(batch).map_err(failed)?;
        while let Some(whole) = gathering.next_completed_batch() {
            self.to.write(&whole)?;
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<Written, Error> {
        if let Some(gathering) = &mut self.gathering {
            gathering.finish_buffered_batch().map_err(failed)?;
            while let Some(whole) = gathering.next_completed_batch() {
                self.to.write(&whole)?;
            }
        } else if self.schema.fields().is_empty() {
            // Rows without columns: only the batch knows how many.
            let rows = usize::try_from(self.rows).unwrap_or(usize::MAX);
            let options = RecordBatchOptions::new().with_row_count(Some(rows));
            let batch = RecordBatch::try_new_with_options(self.schema.clone(), vec![], &options);
            self.to.write(&batch.map_err(failed)?)?;
        } else {
            // One empty batch: without any, dictionaries would be lost.
            let empty = self.to.prepare(RecordBatch::new_empty(self.schema.clone()))?;
            self.to.write(&empty)?;
        }
        match self.to {
            To::Plain(mut writer) => writer.finish().map_err(failed)?,
            To::Dictionaries(writer) => self.schema = writer.finish()?,
        }
        Ok(Written::new(self.schema, self.rows))
    }
}

impl<W: Write> To<W> {
    /// The batch as it is gathered: batches with several dictionaries can't be joined.
    fn prepare(&mut self, batch: RecordBatch) -> Result<RecordBatch, Error> {
        match self {
            Self::Plain(_) => Ok(batch),
            Self::Dictionaries(writer) => writer.number(&batch),
        }
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        match self {
            Self::Plain(writer) => writer.write(batch).map_err(failed),
            Self::Dictionaries(writer) => writer.write(batch),
        }
    }
}

fn convert(schema: &SchemaRef, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let columns = batch
        .columns()
        .iter()
        .zip(schema.fields())
        .map(|(column, field)| {
            if column.data_type() == field.data_type() {
                Ok(column.clone())
            } else {
                cast(column, field.data_type())
            }
        })
        .collect::<Result<_, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(schema.clone(), columns, &options)
}

/// How many rows like these make a batch: a power of two, so that equal results agree.
fn rows_of_batch(first: &RecordBatch) -> usize {
    let bytes: usize = first
        .columns()
        .iter()
        .map(|column| {
            column
                .to_data()
                .get_slice_memory_size()
                .unwrap_or_else(|_| column.get_array_memory_size())
        })
        .sum();
    let row = (bytes / first.num_rows().max(1)).max(1);
    let rows = (BATCH_BYTES / row).clamp(1024, 1 << 20);
    1 << rows.ilog2()
}

/// `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn failed(error: ArrowError) -> Error {
    let message = match error {
        ArrowError::IoError(_, error) => error.to_string(),
        other => other.to_string(),
    };
    Error::Write { message }
}
