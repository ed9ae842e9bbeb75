//! Results with dictionary columns (pandas' categories): a file has one dictionary per
//! column, and what will be in it is known only when the last row is.
//!
//! So rows go to a scratch file with numbers instead of words first; at the end they are
//! copied, with their dictionaries before them.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, DictionaryArray, Int32Array, RecordBatch, new_empty_array,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef};
use arrow::ipc::writer::FileWriter;
use datafusion::common::ScalarValue;

use super::failed;
use crate::error::Error;
use crate::read::{Bytes, ipc};

pub(super) struct Dictionaries<W> {
    schema: SchemaRef,
    out: W,
    path: PathBuf,
    scratch: FileWriter<BufWriter<File>>,
    numbered: SchemaRef,
    /// One for each column that has a dictionary.
    words: Vec<Option<Words>>,
}

/// The dictionary of a column, as far as it is known.
struct Words {
    kind: DataType,
    numbers: HashMap<ScalarValue, i32>,
    words: Vec<ScalarValue>,
    /// The dictionary of the last batch, and its numbers here: batches mostly share one.
    last: Option<(ArrayRef, Vec<Option<i32>>)>,
}

impl<W: Write> Dictionaries<W> {
    pub(super) fn new(schema: &SchemaRef, out: W, scratch: &Path) -> Result<Self, Error> {
        let numbered = map_fields(schema, |kind| match kind {
            DataType::Dictionary(..) => DataType::Int32,
            other => other.clone(),
        });
        let words = schema.fields().iter().map(|field| match field.data_type() {
            DataType::Dictionary(_, values) => Some(Words {
                kind: values.as_ref().clone(),
                numbers: HashMap::new(),
                words: vec![],
                last: None,
            }),
            _ => None,
        });
        let words = words.collect();
        let unwritten = |error: std::io::Error| Error::Scratch {
            folder: scratch.to_owned(),
            message: error.to_string(),
        };
        std::fs::create_dir_all(scratch).map_err(unwritten)?;
        let path = scratch.join(format!("numbered-{:x}.arrow", unique()));
        let file = File::create(&path).map_err(unwritten)?;
        let scratch = FileWriter::try_new(BufWriter::new(file), &numbered).map_err(failed)?;
        Ok(Self { schema: schema.clone(), out, path, scratch, numbered, words })
    }

    /// The batch with numbers instead of words.
    pub(super) fn number(&mut self, batch: &RecordBatch) -> Result<RecordBatch, Error> {
        let columns =
            batch.columns().iter().zip(&mut self.words).map(|(column, words)| match words {
                Some(words) => words.number(column),
                None => Ok(column.clone()),
            });
        let columns = columns.collect::<Result<_, Error>>()?;
        RecordBatch::try_new(self.numbered.clone(), columns).map_err(failed)
    }

    /// Writes a batch of numbers.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.scratch.write(batch).map_err(failed)
    }

    /// Copies the rows to where they belong; returns the columns, whose numbers may have
    /// become wider.
    pub(super) fn finish(mut self) -> Result<SchemaRef, Error> {
        self.scratch.finish().map_err(failed)?;
        let rows = ipc(&Bytes::map(&self.path)?)?;
        let _ = std::fs::remove_file(&self.path);
        let dictionaries: Vec<Option<ArrayRef>> = self
            .words
            .iter()
            .map(|words| words.as_ref().map(Words::array).transpose())
            .collect::<Result<_, _>>()?;
        let mut place = 0;
        let schema = map_fields(&self.schema, |kind| {
            let count = dictionaries[place].as_ref().map_or(0, |words| words.len());
            place += 1;
            match kind {
                DataType::Dictionary(keys, values) => {
                    DataType::Dictionary(Box::new(wide_enough(keys, count)), values.clone())
                }
                other => other.clone(),
            }
        });
        let mut writer = FileWriter::try_new(&mut self.out, &schema).map_err(failed)?;
        let empty = RecordBatch::new_empty(self.numbered.clone());
        let batches = if rows.batches().is_empty() { &[empty] } else { rows.batches() };
        for batch in batches {
            let columns = batch.columns().iter().zip(&dictionaries).zip(schema.fields());
            let columns = columns.map(|((column, words), field)| match words {
                Some(words) => {
                    let numbers = column.as_primitive::<Int32Type>().clone();
                    let array = DictionaryArray::<Int32Type>::try_new(numbers, words.clone());
                    let array: ArrayRef = Arc::new(array.map_err(failed)?);
                    narrow(&array, field.data_type())
                }
                None => Ok(column.clone()),
            });
            let columns = columns.collect::<Result<_, Error>>()?;
            let batch = RecordBatch::try_new(schema.clone(), columns).map_err(failed)?;
            writer.write(&batch).map_err(failed)?;
        }
        writer.finish().map_err(failed)?;
        Ok(schema)
    }
}

impl<W> Drop for Dictionaries<W> {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Words {
    /// The column as numbers of this dictionary.
    fn number(&mut self, column: &ArrayRef) -> Result<ArrayRef, Error> {
        let column = cast_keys(column)?;
        let column = column.as_dictionary::<Int32Type>();
        let values = column.values();
        let known = self.last.as_ref().is_some_and(|(last, _)| Arc::ptr_eq(last, values));
        if !known {
            let numbers = (0..values.len()).map(|place| self.word(values, place));
            let numbers = numbers.collect::<Result<_, Error>>()?;
            self.last = Some((values.clone(), numbers));
        }
        let (_, numbers) = self.last.as_ref().expect("just set");
        let keys = column.keys().iter().map(|key| {
            let place = usize::try_from(key?).ok()?;
            numbers.get(place).copied().flatten()
        });
        Ok(Arc::new(keys.collect::<Int32Array>()))
    }

    fn word(&mut self, values: &ArrayRef, place: usize) -> Result<Option<i32>, Error> {
        if values.is_null(place) {
            return Ok(None);
        }
        let word = ScalarValue::try_from_array(values, place)
            .map_err(|error| Error::Write { message: error.to_string() })?;
        if let Some(number) = self.numbers.get(&word) {
            return Ok(Some(*number));
        }
        let number = i32::try_from(self.words.len())
            .map_err(|_| Error::Write { message: "a dictionary has too many words".into() })?;
        self.numbers.insert(word.clone(), number);
        self.words.push(word);
        Ok(Some(number))
    }

    fn array(&self) -> Result<ArrayRef, Error> {
        if self.words.is_empty() {
            return Ok(new_empty_array(&self.kind));
        }
        ScalarValue::iter_to_array(self.words.iter().cloned())
            .map_err(|error| Error::Write { message: error.to_string() })
    }
}

fn cast_keys(column: &ArrayRef) -> Result<ArrayRef, Error> {
    match column.data_type() {
        DataType::Dictionary(keys, values) if **keys != DataType::Int32 => {
            narrow(column, &DataType::Dictionary(Box::new(DataType::Int32), values.clone()))
        }
        _ => Ok(column.clone()),
    }
}

fn narrow(column: &ArrayRef, kind: &DataType) -> Result<ArrayRef, Error> {
    if column.data_type() == kind { Ok(column.clone()) } else { cast(column, kind).map_err(failed) }
}

/// The type of the numbers, unless the dictionary has become too long for it.
fn wide_enough(keys: &DataType, count: usize) -> DataType {
    let most = match keys {
        DataType::Int8 => 1 << 7,
        DataType::UInt8 => 1 << 8,
        DataType::Int16 => 1 << 15,
        DataType::UInt16 => 1 << 16,
        _ => usize::MAX,
    };
    if count <= most { keys.clone() } else { DataType::Int32 }
}

fn map_fields(schema: &SchemaRef, mut kind: impl FnMut(&DataType) -> DataType) -> SchemaRef {
    let fields: Vec<Field> = schema
        .fields()
        .iter()
        .map(|field| field.as_ref().clone().with_data_type(kind(field.data_type())))
        .collect();
    Arc::new(Schema::new(fields))
}

fn unique() -> u128 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    (u128::from(std::process::id()) << 64) | u128::from(number)
}
