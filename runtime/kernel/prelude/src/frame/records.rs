//! Tables from and to structs: one struct for each row.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use super::{Frame, values};
use crate::error::{Error, Result};

impl Frame {
    /// A struct for each row, whose fields are named as the columns; a field that may be null
    /// is an `Option`, columns without a field are left out.
    ///
    /// ```ignore
    /// #[derive(Deserialize)]
    /// struct Film { title: String, year: Option<i64> }
    /// let films: Vec<Film> = frame.records()?;
    /// ```
    ///
    /// # Errors
    /// When a value doesn't fit its field.
    #[track_caller]
    pub fn records<T: DeserializeOwned>(&self) -> Result<Vec<T>> {
        let mut records = Vec::with_capacity(self.num_rows());
        for row in self.rows() {
            let values = self
                .columns
                .iter()
                .map(|column| (column.name().to_owned(), values::json(column, row.index)));
            match serde_json::from_value(Json::Object(values.collect())) {
                Ok(record) => records.push(record),
                Err(error) => return Err(Error::new(format!("row {}: {error}", row.index))),
            }
        }
        Ok(records)
    }

    /// A table with a row for each struct and a column for each of its fields: numbers,
    /// truth values and text as such, what has parts as JSON in text.
    ///
    /// # Errors
    /// When serde can't write a struct, or it has no fields.
    #[track_caller]
    pub fn from_records<T: Serialize>(records: &[T]) -> Result<Self> {
        let mut rows: Vec<Map<String, Json>> = Vec::with_capacity(records.len());
        for record in records {
            match serde_json::to_value(record) {
                Ok(Json::Object(fields)) => rows.push(fields),
                Ok(_) => return Err(Error::new("a record without named fields makes no row")),
                Err(error) => return Err(Error::new(error)),
            }
        }
        let mut names: Vec<&String> = Vec::new();
        for row in &rows {
            // Nearly always the same ones in the same order.
            for (place, name) in row.keys().enumerate() {
                if names.get(place) != Some(&name) && !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        let mut frame = Self::new();
        for name in names {
            let values: Vec<&Json> =
                rows.iter().map(|row| row.get(name).unwrap_or(&Json::Null)).collect();
            frame = with_values(frame, name, &values)?;
        }
        Ok(frame)
    }
}

/// Adds a column of the narrowest type that holds all values.
#[track_caller]
fn with_values(frame: Frame, name: &str, values: &[&Json]) -> Result<Frame> {
    let known = || values.iter().filter(|value| !value.is_null());
    let nulls = known().count() < values.len();
    macro_rules! column {
        ($value:ident => $as:expr) => {{
            let all: Vec<_> = values.iter().map(|$value| $as).collect();
            if nulls {
                frame.try_with(name, all)
            } else {
                frame.try_with(name, all.into_iter().flatten().collect::<Vec<_>>())
            }
        }};
    }
    if known().count() > 0 {
        if known().all(|value| value.is_boolean()) {
            return column!(value => value.as_bool());
        }
        if known().all(|value| value.is_i64()) {
            return column!(value => value.as_i64());
        }
        if known().all(|value| value.is_number()) {
            return column!(value => value.as_f64());
        }
    }
    let text = |value: &Json| match value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    column!(value => text(value))
}
