//! Tables row by row: comfortable, and slower than slices.

use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::{Frame, values};
use crate::error::{Error, Result};
use crate::host;

/// One row of a table.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    frame: &'a Frame,
    /// Its number, from 0.
    pub index: usize,
}

impl Frame {
    /// The rows, one after the other. The loop ends the cell when the user stops it.
    ///
    /// ```ignore
    /// for row in films.rows() {
    ///     let year: i64 = row.get("year")?;
    ///     let title: String = row.get("title")?;
    /// }
    /// ```
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        const ASK_EVERY: usize = 1024;
        (0..self.num_rows()).map(move |index| {
            if index % ASK_EVERY == 0 {
                host::stop_if_interrupted();
            }
            Row { frame: self, index }
        })
    }
}

impl Row<'_> {
    /// The value of a column, as any type that serde reads: `Option` where it may be null.
    ///
    /// # Errors
    /// When there is no such column, or its value is of another type.
    #[track_caller]
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        let json = self.json(name)?;
        match serde_json::from_value(json) {
            Ok(value) => Ok(value),
            Err(error) => {
                let row = self.index;
                Err(Error::new(format!("the column `{name}` in row {row}: {error}")))
            }
        }
    }

    /// The value of a column as JSON.
    ///
    /// # Errors
    /// When there is no such column.
    #[track_caller]
    pub fn json(&self, name: &str) -> Result<Json> {
        Ok(values::json(self.frame.column(name)?, self.index))
    }
}
