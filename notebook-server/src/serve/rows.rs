//! The rows of the log, and the tables that they become: Arrow IPC files, which is how the store
//! keeps tables.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Float64Builder, Int64Array, ListBuilder, RecordBatch,
    StringArray, StringBuilder, TimestampMillisecondArray,
};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use arrow::ipc::writer::FileWriter;

/// One answer.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Milliseconds since 1970, UTC.
    pub at: i64,
    /// Its name. A row that was written twice, since the store failed, has the same one.
    pub request: String,
    /// `recommend` or `artwork`.
    pub kind: &'static str,
    /// Who asked.
    pub member: Option<String>,
    /// Whether it was of the member.
    pub personalized: bool,
    /// The title whose pictures were chosen from.
    pub title: Option<String>,
    /// What was shown: the titles, or the one picture.
    pub shown: Vec<String>,
    /// The picture's number.
    pub action: Option<i64>,
    /// How likely it was.
    pub propensity: f64,
    /// How likely each picture was.
    pub propensities: Option<Vec<f64>>,
    /// What the policy knew of the member.
    pub context: Option<Vec<f64>>,
    /// What kind of model decided.
    pub policy: String,
    /// Where that is in the store.
    pub model: String,
}

/// One event.
#[derive(Clone, Debug)]
pub struct Told {
    /// Milliseconds since 1970, UTC: when it was told.
    pub at: i64,
    /// Its id, if it was given one.
    pub id: Option<String>,
    /// `play`, `impression` or `click`.
    pub kind: &'static str,
    /// Who.
    pub member: Option<String>,
    /// What was played.
    pub title: Option<String>,
    /// The decision that it is of.
    pub request: Option<String>,
}

/// What the log keeps in a table.
pub trait Row: Sized + Send + 'static {
    /// The step whose tasks have the tables.
    const STEP: &'static str;

    /// How many bytes it takes while it waits, about.
    fn size(&self) -> usize;

    /// The table of some rows.
    ///
    /// # Errors
    /// Arrow's word; none is known.
    fn table(rows: &[Self]) -> Result<Table, ArrowError>;
}

/// The bytes of a text: its own, and those of its place.
fn bytes(text: &str) -> usize {
    text.len() + size_of::<String>()
}

impl Row for Decision {
    const STEP: &'static str = "decisions";

    fn size(&self) -> usize {
        let named = [self.member.as_deref(), self.title.as_deref(), Some(&self.model)];
        let texts: usize = named.into_iter().flatten().map(bytes).sum();
        let shown: usize = self.shown.iter().map(|it| bytes(it)).sum();
        let lists = [&self.propensities, &self.context].into_iter().flatten();
        let numbers: usize = lists.map(|it| size_of_val(it.as_slice())).sum();
        size_of::<Self>() + texts + shown + numbers
    }

    fn table(rows: &[Self]) -> Result<Table, ArrowError> {
        decisions(rows)
    }
}

impl Row for Told {
    const STEP: &'static str = "events";

    fn size(&self) -> usize {
        let texts = [&self.id, &self.member, &self.title, &self.request];
        size_of::<Self>() + texts.into_iter().flatten().map(|it| bytes(it)).sum::<usize>()
    }

    fn table(rows: &[Self]) -> Result<Table, ArrowError> {
        events(rows)
    }
}

/// A table as the store has it.
pub struct Table {
    /// An Arrow IPC file.
    pub bytes: Vec<u8>,
    /// How many rows it has.
    pub rows: usize,
    /// The names and types of its columns.
    pub columns: Vec<(String, String)>,
}

fn decisions(rows: &[Decision]) -> Result<Table, ArrowError> {
    let text = |of: fn(&Decision) -> Option<&str>| texts(rows.iter().map(of));
    let mut shown = ListBuilder::new(StringBuilder::new());
    for row in rows {
        row.shown.iter().for_each(|it| shown.values().append_value(it));
        shown.append(true);
    }
    let numbers = |of: fn(&Decision) -> Option<&Vec<f64>>| -> ArrayRef {
        let mut lists = ListBuilder::new(Float64Builder::new());
        for row in rows {
            let list = of(row);
            list.into_iter().flatten().for_each(|it| lists.values().append_value(*it));
            lists.append(list.is_some());
        }
        Arc::new(lists.finish())
    };
    table(vec![
        ("time", times(rows.iter().map(|it| it.at))),
        ("request", text(|it| Some(&it.request))),
        ("kind", text(|it| Some(it.kind))),
        ("member", text(|it| it.member.as_deref())),
        (
            "personalized",
            Arc::new(rows.iter().map(|it| Some(it.personalized)).collect::<BooleanArray>()),
        ),
        ("title", text(|it| it.title.as_deref())),
        ("shown", Arc::new(shown.finish())),
        ("action", Arc::new(rows.iter().map(|it| it.action).collect::<Int64Array>())),
        (
            "propensity",
            Arc::new(rows.iter().map(|it| Some(it.propensity)).collect::<Float64Array>()),
        ),
        ("propensities", numbers(|it| it.propensities.as_ref())),
        ("context", numbers(|it| it.context.as_ref())),
        ("policy", text(|it| Some(&it.policy))),
        ("model", text(|it| Some(&it.model))),
    ])
}

fn events(rows: &[Told]) -> Result<Table, ArrowError> {
    let text = |of: fn(&Told) -> Option<&str>| texts(rows.iter().map(of));
    table(vec![
        ("time", times(rows.iter().map(|it| it.at))),
        ("id", text(|it| it.id.as_deref())),
        ("kind", text(|it| Some(it.kind))),
        ("member", text(|it| it.member.as_deref())),
        ("title", text(|it| it.title.as_deref())),
        ("request", text(|it| it.request.as_deref())),
    ])
}

fn texts<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

fn times(values: impl Iterator<Item = i64>) -> ArrayRef {
    Arc::new(TimestampMillisecondArray::from_iter_values(values).with_timezone("UTC"))
}

fn table(columns: Vec<(&str, ArrayRef)>) -> Result<Table, ArrowError> {
    // All columns may be empty, so that tables of all hours are of one type.
    let columns = columns.into_iter().map(|(name, column)| (name, column, true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns)?;
    let schema = batch.schema();
    let mut bytes = Vec::new();
    let mut writer = FileWriter::try_new(&mut bytes, &schema)?;
    writer.write(&batch)?;
    writer.finish()?;
    drop(writer);
    let named =
        |field: &Arc<arrow::datatypes::Field>| (field.name().clone(), in_words(field.data_type()));
    Ok(Table {
        bytes,
        rows: batch.num_rows(),
        columns: schema.fields().iter().map(named).collect(),
    })
}

/// A type as `pyarrow` names it, which is how the store's other tables say it.
fn in_words(kind: &DataType) -> String {
    match kind {
        DataType::Utf8 => "string".to_owned(),
        DataType::Boolean => "bool".to_owned(),
        DataType::Int64 => "int64".to_owned(),
        DataType::Float64 => "double".to_owned(),
        DataType::Timestamp(_, Some(zone)) => format!("timestamp[ms, tz={zone}]"),
        DataType::List(item) => format!("list<{}: {}>", item.name(), in_words(item.data_type())),
        other => other.to_string(),
    }
}
