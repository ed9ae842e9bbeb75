//! Columns of text and of truth values: not slices in memory, but read like ones.

use std::fmt;
use std::ops::Index;

use super::Frame;
use super::column::Column;
use super::data::Data;
use super::numbers::{holds_nulls, wrong_type};
use crate::error::{Error, Result};

/// A column of text.
///
/// ```ignore
/// let titles = films.str("title")?;
/// let longest = titles.iter().map(str::len).max();
/// let first = &titles[0];
/// ```
#[derive(Clone, Copy)]
pub struct StrColumn<'a> {
    column: &'a Column,
    null: &'a str,
}

/// A column of truth values, of which each is one bit in memory.
#[derive(Clone, Copy)]
pub struct BoolColumn<'a> {
    column: &'a Column,
    null: bool,
}

impl Frame {
    /// A column of text, also one that is encoded by a dictionary (a category of pandas).
    ///
    /// # Errors
    /// When there is no such column, it is of another type, or it holds nulls.
    #[track_caller]
    pub fn str(&self, name: &str) -> Result<StrColumn<'_>> {
        let column = self.text_column(name)?;
        match column.null_count() {
            0 => Ok(StrColumn { column, null: "" }),
            nulls => Err(holds_nulls(column, nulls)),
        }
    }

    /// A column of text, with another text in the place of nulls.
    ///
    /// # Errors
    /// When there is no such column, or it is of another type.
    #[track_caller]
    pub fn str_or<'a>(&'a self, name: &str, null: &'a str) -> Result<StrColumn<'a>> {
        Ok(StrColumn { column: self.text_column(name)?, null })
    }

    /// A column of truth values.
    ///
    /// # Errors
    /// When there is no such column, it is of another type, or it holds nulls.
    #[track_caller]
    pub fn bool(&self, name: &str) -> Result<BoolColumn<'_>> {
        let found = self.bool_or(name, false)?;
        match found.column.null_count() {
            0 => Ok(found),
            nulls => Err(holds_nulls(found.column, nulls)),
        }
    }

    /// A column of truth values, one of them in the place of nulls.
    ///
    /// # Errors
    /// When there is no such column, or it is of another type.
    #[track_caller]
    pub fn bool_or(&self, name: &str, null: bool) -> Result<BoolColumn<'_>> {
        let column = self.column(name)?;
        if column.field.format != "b" || column.field.dictionary.is_some() {
            return Err(wrong_type(column, "bool"));
        }
        Ok(BoolColumn { column, null })
    }

    #[track_caller]
    fn text_column(&self, name: &str) -> Result<&Column> {
        let column = self.column(name)?;
        let values = column.field.dictionary.as_deref().unwrap_or(&column.field);
        if !matches!(values.format.as_str(), "u" | "U" | "vu") {
            return Err(wrong_type(column, "str"));
        }
        // Texts are told to be UTF-8, and read as such ever after: looked at once.
        let checked = column.joined.get_or_init(|| Box::new(is_utf8(column)));
        if checked.downcast_ref() == Some(&false) {
            return Err(Error::new(format!("the column `{name}` holds text that isn't UTF-8")));
        }
        Ok(column)
    }
}

fn is_utf8(column: &Column) -> bool {
    let all = |data: &Data, format: &str| {
        (0..data.length).all(|place| {
            data.is_null(format, place) || std::str::from_utf8(bytes(data, format, place)).is_ok()
        })
    };
    column.chunks.iter().all(|chunk| match (&column.field.dictionary, &chunk.dictionary) {
        (Some(field), Some(values)) => all(values, &field.format),
        _ => all(chunk, &column.field.format),
    })
}

impl<'a> StrColumn<'a> {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.column.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of a row; none where it is null, or there is no such row.
    pub fn get(&self, row: usize) -> Option<&'a str> {
        if row < self.len() { text_at(self.column, row) } else { None }
    }

    /// The texts of all rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'a str> + DoubleEndedIterator + use<'a> {
        let Self { column, null } = *self;
        (0..column.len()).map(move |row| text_at(column, row).unwrap_or(null))
    }

    /// The texts of all rows, each in memory of its own.
    pub fn to_vec(&self) -> Vec<String> {
        self.iter().map(str::to_owned).collect()
    }
}

impl Index<usize> for StrColumn<'_> {
    type Output = str;

    /// # Panics
    /// When there is no such row.
    #[track_caller]
    fn index(&self, row: usize) -> &str {
        assert!(row < self.len(), "there is no row {row}: the column has {}", self.len());
        text_at(self.column, row).unwrap_or(self.null)
    }
}

impl fmt::Debug for StrColumn<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}

impl BoolColumn<'_> {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.column.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a row; none where there is no such row.
    pub fn get(&self, row: usize) -> Option<bool> {
        (row < self.len()).then(|| self.at(row))
    }

    /// The values of all rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = bool> + '_ {
        (0..self.len()).map(|row| self.at(row))
    }

    /// How many are true.
    pub fn count_true(&self) -> usize {
        self.iter().filter(|value| *value).count()
    }

    /// The values of all rows, a byte each.
    pub fn to_vec(&self) -> Vec<bool> {
        self.iter().collect()
    }

    fn at(&self, row: usize) -> bool {
        truth_at(self.column, row).unwrap_or(self.null)
    }
}

impl fmt::Debug for BoolColumn<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}

/// The truth value of a row of a column of such.
pub(super) fn truth_at(column: &Column, row: usize) -> Option<bool> {
    let (chunk, place) = column.at(row);
    (!chunk.is_null("b", place)).then(|| chunk.bit_or_set(1, chunk.offset + place))
}

/// The text of a row of a column that [`Frame::text_column`] let through.
pub(super) fn text_at(column: &Column, row: usize) -> Option<&str> {
    // SAFETY: all of it was found to be UTF-8.
    bytes_at(column, row).map(|bytes| unsafe { std::str::from_utf8_unchecked(bytes) })
}

/// The bytes of a row of a column of text or of bytes.
pub(super) fn bytes_at(column: &Column, row: usize) -> Option<&[u8]> {
    let (chunk, place) = column.at(row);
    if chunk.is_null(&column.field.format, place) {
        return None;
    }
    let Some((field, values)) = column.field.dictionary.as_deref().zip(chunk.dictionary.as_deref())
    else {
        return Some(bytes(chunk, &column.field.format, place));
    };
    let key = super::values::key(chunk, &column.field.format, place);
    let there = key < values.length && !values.is_null(&field.format, key);
    there.then(|| bytes(values, &field.format, key))
}

/// A value of text or of bytes, which isn't null.
fn bytes<'a>(data: &'a Data, format: &str, place: usize) -> &'a [u8] {
    let at = data.offset + place;
    // SAFETY: by the format there are offsets in buffer 1, one more than values, and within
    // them values in buffer 2; views are 16 bytes in buffer 1.
    unsafe {
        match format {
            "U" | "Z" => {
                let start: i64 = data.element(1, at);
                let end: i64 = data.element(1, at + 1);
                part(data, 2, start as usize, end as usize)
            }
            "vu" | "vz" => view(data, at),
            _ => {
                let start: i32 = data.element(1, at);
                let end: i32 = data.element(1, at + 1);
                part(data, 2, start as usize, end as usize)
            }
        }
    }
}

/// A value in Arrow's view layout: its length, then itself when it is short, else its first
/// four bytes, the number of a buffer, and where it begins there.
///
/// # Safety
/// Buffer 1 has more than `at` views, which fit the buffers.
unsafe fn view(data: &Data, at: usize) -> &[u8] {
    const SHORT: usize = 12;
    // SAFETY: the caller says so.
    let words: [i32; 4] = unsafe { data.element(1, at) };
    let length = words[0] as usize;
    if length <= SHORT {
        // SAFETY: it stands in the view itself.
        unsafe { std::slice::from_raw_parts(data.buffers[1].pointer.add(16 * at + 4), length) }
    } else {
        let (buffer, start) = (words[2] as usize, words[3] as usize);
        // SAFETY: the caller says so.
        unsafe { part(data, 2 + buffer, start, start + length) }
    }
}

/// # Safety
/// The buffer holds those bytes.
unsafe fn part(data: &Data, buffer: usize, start: usize, end: usize) -> &[u8] {
    if end <= start {
        return &[];
    }
    // SAFETY: the caller says so.
    unsafe { std::slice::from_raw_parts(data.buffers[buffer].pointer.add(start), end - start) }
}
