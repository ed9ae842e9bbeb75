//! Tables made in Rust.

use std::sync::Arc;

use super::Frame;
use super::column::Column;
use super::data::{Buffer, Data, Field};
use super::numbers::Number;
use crate::array::{Array, Element};
use crate::error::{Error, Result};

/// What a column can be made of: a `Vec`, a slice or an [`Array`] of numbers, truth values or
/// text; an `Option` in a `Vec` is a null where it is none.
pub trait IntoColumn {
    /// Arrow's format of the column, and its values.
    #[doc(hidden)]
    fn into_column(self) -> Made;
}

/// A column without a name.
#[doc(hidden)]
pub struct Made {
    format: &'static str,
    data: Data,
}

impl Frame {
    /// Adds a column, or puts it in the place of the one of that name.
    ///
    /// # Panics
    /// When it has another number of values than the table has rows.
    #[must_use]
    #[track_caller]
    pub fn with(self, name: &str, values: impl IntoColumn) -> Self {
        match self.try_with(name, values) {
            Ok(frame) => frame,
            Err(error) => panic!("{}", error.message()),
        }
    }

    /// As [`Frame::with`], with an error for the caller.
    ///
    /// # Errors
    /// When it has another number of values than the table has rows.
    #[track_caller]
    pub fn try_with(mut self, name: &str, values: impl IntoColumn) -> Result<Self> {
        let Made { format, data } = values.into_column();
        let length = data.length;
        if !self.columns.is_empty() && length != self.rows {
            let rows = self.rows;
            return Err(Error::new(format!(
                "the column `{name}` has {length} values, and the frame has {rows} rows"
            )));
        }
        let column = Arc::new(Column::new(Field::plain(name, format), vec![data]));
        self.rows = length;
        match self.columns.iter_mut().find(|column| column.name() == name) {
            Some(place) => *place = column,
            None => self.columns.push(column),
        }
        Ok(self)
    }

    /// Gives a column another name.
    ///
    /// # Errors
    /// When there is no such column.
    #[track_caller]
    pub fn rename(mut self, name: &str, new: &str) -> Result<Self> {
        let column = self.column(name)?;
        let field = Field { name: new.to_owned(), ..column.field.clone() };
        let renamed = Arc::new(Column::new(field, column.chunks.clone()));
        if let Some(place) = self.columns.iter_mut().find(|column| column.name() == name) {
            *place = renamed;
        }
        Ok(self)
    }
}

impl<T: Number> IntoColumn for Vec<T> {
    fn into_column(self) -> Made {
        Made { format: T::FORMAT, data: Data::full(Arc::new(self)) }
    }
}

impl<T: Number> IntoColumn for &[T] {
    fn into_column(self) -> Made {
        self.to_vec().into_column()
    }
}

impl<T: Number> IntoColumn for &Vec<T> {
    fn into_column(self) -> Made {
        self.clone().into_column()
    }
}

impl<T: Number, const N: usize> IntoColumn for [T; N] {
    fn into_column(self) -> Made {
        self.to_vec().into_column()
    }
}

impl<T: Number + Element> IntoColumn for &Array<T> {
    fn into_column(self) -> Made {
        self.as_slice().into_column()
    }
}

impl<T: Number + Default> IntoColumn for Vec<Option<T>> {
    fn into_column(self) -> Made {
        let valid = bits(self.iter().map(Option::is_some));
        let nulls = self.iter().filter(|value| value.is_none()).count();
        let values: Vec<T> = self.into_iter().map(Option::unwrap_or_default).collect();
        let mut data = Data::full(Arc::new(values));
        data.buffers[0] = Buffer::own(Arc::new(valid));
        data.nulls = Some(nulls);
        Made { format: T::FORMAT, data }
    }
}

impl IntoColumn for Vec<bool> {
    fn into_column(self) -> Made {
        let length = self.len();
        let mut data = Data::full(Arc::new(bits(self.into_iter())));
        data.length = length;
        Made { format: "b", data }
    }
}

impl IntoColumn for Vec<Option<bool>> {
    fn into_column(self) -> Made {
        let valid = bits(self.iter().map(Option::is_some));
        let nulls = self.iter().filter(|value| value.is_none()).count();
        let Made { format, mut data } =
            self.into_iter().map(Option::unwrap_or_default).collect::<Vec<bool>>().into_column();
        data.buffers[0] = Buffer::own(Arc::new(valid));
        data.nulls = Some(nulls);
        Made { format, data }
    }
}

/// A bit for each value, the first one lowest.
fn bits(values: impl Iterator<Item = bool>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(values.size_hint().0.div_ceil(8));
    for (place, value) in values.enumerate() {
        if place % 8 == 0 {
            bytes.push(0);
        }
        if let Some(last) = bytes.last_mut() {
            *last |= u8::from(value) << (place % 8);
        }
    }
    bytes
}

/// Texts one after the other, and where each ends; offsets of 64 bits when they must be.
fn texts<'a>(values: impl ExactSizeIterator<Item = Option<&'a str>> + Clone) -> Made {
    let length = values.len();
    let size: usize = values.clone().flatten().map(str::len).sum();
    let nulls = values.clone().filter(Option::is_none).count();
    let mut all = Vec::with_capacity(size);
    let mut ends = Vec::with_capacity(length + 1);
    ends.push(0_i64);
    for value in values.clone() {
        all.extend_from_slice(value.unwrap_or_default().as_bytes());
        ends.push(all.len() as i64);
    }
    let narrow: Option<Vec<i32>> = ends.iter().map(|end| i32::try_from(*end).ok()).collect();
    let (format, offsets) = match narrow {
        Some(narrow) => ("u", Buffer::own(Arc::new(narrow))),
        None => ("U", Buffer::own(Arc::new(ends))),
    };
    let valid = match nulls {
        0 => Buffer::none(),
        _ => Buffer::own(Arc::new(bits(values.map(|value| value.is_some())))),
    };
    let data = Data {
        length,
        nulls: Some(nulls),
        offset: 0,
        buffers: vec![valid, offsets, Buffer::own(Arc::new(all))],
        children: Vec::new(),
        dictionary: None,
    };
    Made { format, data }
}

macro_rules! texts {
    ($($type:ty: $value:ident => $text:expr;)*) => {$(
        impl IntoColumn for $type {
            fn into_column(self) -> Made {
                texts(self.iter().map(|$value| $text))
            }
        }
    )*};
}

texts! {
    Vec<String>: text => Some(text.as_str());
    &Vec<String>: text => Some(text.as_str());
    &[String]: text => Some(text.as_str());
    Vec<&str>: text => Some(*text);
    &[&str]: text => Some(*text);
    Vec<Option<String>>: text => text.as_deref();
    Vec<Option<&str>>: text => *text;
}

impl<const N: usize> IntoColumn for [&str; N] {
    fn into_column(self) -> Made {
        self.as_slice().into_column()
    }
}
