//! One column of an array: where it lies, when it lies well; else gathered.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray, BooleanArray, Date32Array, PrimitiveArray, StringArray};
use arrow::buffer::{Buffer, NullBuffer, ScalarBuffer};
use arrow::datatypes::{
    ArrowPrimitiveType, DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType,
    DurationSecondType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};

use super::header::Dtype;
use crate::error::Error;

/// Reads `rows` items, `stride` bytes apart, from `start` on.
pub(super) fn column(
    data: &Buffer,
    start: usize,
    stride: usize,
    rows: usize,
    dtype: &Dtype,
) -> Result<ArrayRef, Error> {
    let Dtype::Plain { big, kind, size, unit } = dtype else {
        return Err(unreadable("records within records"));
    };
    let items = Items { data, start, stride, rows, size: *size, big: *big };
    let unit = unit.as_deref();
    Ok(match (kind, size, unit) {
        ('i', 1, _) => items.numbers::<Int8Type>(),
        ('i', 2, _) => items.numbers::<Int16Type>(),
        ('i', 4, _) => items.numbers::<Int32Type>(),
        ('i', 8, _) => items.numbers::<Int64Type>(),
        ('u', 1, _) => items.numbers::<UInt8Type>(),
        ('u', 2, _) => items.numbers::<UInt16Type>(),
        ('u', 4, _) => items.numbers::<UInt32Type>(),
        ('u', 8, _) => items.numbers::<UInt64Type>(),
        ('f', 2, _) => items.numbers::<Float16Type>(),
        ('f', 4, _) => items.numbers::<Float32Type>(),
        ('f', 8, _) => items.numbers::<Float64Type>(),
        ('b', 1, _) => {
            Arc::new(items.each(|item| item[0] != 0).map(Some).collect::<BooleanArray>())
        }
        ('M', 8, Some("D")) => items.days(1),
        ('M', 8, Some("W")) => items.days(7),
        ('M', 8, Some("s")) => items.times::<TimestampSecondType>(),
        ('M', 8, Some("ms")) => items.times::<TimestampMillisecondType>(),
        ('M', 8, Some("us")) => items.times::<TimestampMicrosecondType>(),
        ('M', 8, Some("ns")) => items.times::<TimestampNanosecondType>(),
        ('m', 8, Some("s")) => items.times::<DurationSecondType>(),
        ('m', 8, Some("ms")) => items.times::<DurationMillisecondType>(),
        ('m', 8, Some("us")) => items.times::<DurationMicrosecondType>(),
        ('m', 8, Some("ns")) => items.times::<DurationNanosecondType>(),
        ('U', ..) => Arc::new(items.texts()?),
        ('S', ..) => {
            Arc::new(items.each(|item| Some(without_zeros(item))).collect::<BinaryArray>())
        }
        ('c', ..) => return Err(unreadable("complex numbers")),
        ('M' | 'm', _, Some(unit)) => {
            return Err(Error::Value {
                message: format!("times in the unit `{unit}` can't be read as a column"),
                hint: Some("convert them in Python: `array.astype(\"datetime64[s]\")`".into()),
            });
        }
        (kind, size, _) => return Err(unreadable(&format!("items of kind `{kind}{size}`"))),
    })
}

/// NumPy's "not a time".
const NOT_A_TIME: i64 = i64::MIN;

struct Items<'a> {
    data: &'a Buffer,
    start: usize,
    stride: usize,
    rows: usize,
    size: usize,
    big: bool,
}

impl<'a> Items<'a> {
    fn each<T>(&self, make: impl Fn(&'a [u8]) -> T + 'a) -> impl Iterator<Item = T> + 'a {
        let (data, start, stride, size) = (self.data, self.start, self.stride, self.size);
        (0..self.rows).map(move |row| {
            let at = start + row * stride;
            make(&data.as_slice()[at..at + size])
        })
    }

    fn buffer(&self) -> Buffer {
        let together = self.stride == self.size || self.rows <= 1;
        if together && !self.big {
            let here = self.data.slice_with_length(self.start, self.rows * self.size);
            if here.as_ptr().align_offset(self.size) == 0 {
                return here;
            }
            return Buffer::from(here.as_slice());
        }
        let mut bytes = Vec::with_capacity(self.rows * self.size);
        for item in self.each(|item| item) {
            bytes.extend_from_slice(item);
            if self.big {
                let from = bytes.len() - self.size;
                bytes[from..].reverse();
            }
        }
        // A copy that is aligned for its items.
        Buffer::from(bytes.as_slice())
    }

    fn numbers<T: ArrowPrimitiveType>(&self) -> ArrayRef {
        let values = ScalarBuffer::<T::Native>::new(self.buffer(), 0, self.rows);
        Arc::new(PrimitiveArray::<T>::new(values, None))
    }

    fn times<T: ArrowPrimitiveType<Native = i64>>(&self) -> ArrayRef {
        let values = ScalarBuffer::<i64>::new(self.buffer(), 0, self.rows);
        let nulls = missing(&values);
        Arc::new(PrimitiveArray::<T>::new(values, nulls))
    }

    fn days(&self, length: i64) -> ArrayRef {
        let values = ScalarBuffer::<i64>::new(self.buffer(), 0, self.rows);
        let nulls = missing(&values);
        let days = values
            .iter()
            .map(|value| i32::try_from(value.saturating_mul(length)).unwrap_or_default());
        Arc::new(Date32Array::new(days.collect(), nulls))
    }

    fn texts(&self) -> Result<StringArray, Error> {
        let big = self.big;
        let text = move |item: &[u8]| {
            let letters = item.chunks_exact(4).map(|four| {
                let four = four.try_into().expect("four bytes");
                if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }
            });
            let letters: Vec<u32> = letters.collect();
            let length = letters.iter().rposition(|letter| *letter != 0).map_or(0, |last| last + 1);
            letters[..length]
                .iter()
                .map(|letter| char::from_u32(*letter))
                .collect::<Option<String>>()
        };
        self.each(text)
            .map(|text| text.map(Some).ok_or_else(|| unreadable("text with lone surrogates")))
            .collect()
    }
}

fn missing(values: &[i64]) -> Option<NullBuffer> {
    let any = values.contains(&NOT_A_TIME);
    any.then(|| values.iter().map(|value| *value != NOT_A_TIME).collect())
}

fn without_zeros(item: &[u8]) -> &[u8] {
    let length = item.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    &item[..length]
}

fn unreadable(what: &str) -> Error {
    Error::Value {
        message: format!("an array of {what} can't be read as a table"),
        hint: Some("convert it to a data frame in the cell that makes it".into()),
    }
}
