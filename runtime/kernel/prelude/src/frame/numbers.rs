//! Columns of numbers as slices.

use std::borrow::Cow;

use super::Frame;
use super::column::Column;
use crate::error::{Error, Result};

/// A number that a column can hold: `f64`, `f32`, `i8` to `i64`, `u8` to `u64`.
pub trait Number: Copy + Send + Sync + 'static {
    /// Its letter in Arrow's C interface.
    const FORMAT: &'static str;
    /// Its name in Rust.
    const NAME: &'static str;
}

macro_rules! numbers {
    ($($type:ident $format:literal;)*) => {
        $(
            impl Number for $type {
                const FORMAT: &'static str = $format;
                const NAME: &'static str = stringify!($type);
            }
        )*

        impl Frame {$(
            #[doc = concat!("A column of `", stringify!($type), "` as a slice, one value for each row.")]
            ///
            /// # Errors
            /// When there is no such column, it is of another type, or it holds nulls.
            #[track_caller]
            pub fn $type(&self, name: &str) -> Result<&[$type]> {
                self.values::<$type>(name)
            }
        )*}
    };
}

numbers! { f64 "g"; f32 "f"; i64 "l"; i32 "i"; i16 "s"; i8 "c"; u64 "L"; u32 "I"; u16 "S"; u8 "C"; }

impl Frame {
    /// A column of numbers as a slice: `frame.values::<f64>("x")` is `frame.f64("x")`.
    ///
    /// # Errors
    /// When there is no such column, it is of another type, or it holds nulls.
    #[track_caller]
    pub fn values<T: Number>(&self, name: &str) -> Result<&[T]> {
        let column = self.column(name)?;
        if column.field.format != T::FORMAT || column.field.dictionary.is_some() {
            return Err(wrong_type(column, T::NAME));
        }
        match column.null_count() {
            0 => Ok(slice(column)),
            nulls => Err(holds_nulls(column, nulls)),
        }
    }

    /// A column of any numbers as `f64`: nulls are NaN. Whole numbers beyond 2⁵³ and decimals
    /// are rounded to the nearest.
    ///
    /// # Errors
    /// When there is no such column, or it holds no numbers.
    #[track_caller]
    pub fn f64_or_nan(&self, name: &str) -> Result<Cow<'_, [f64]>> {
        let column = self.column(name)?;
        let nulls = column.null_count();
        if nulls == 0 && column.field.format == "g" {
            return Ok(Cow::Borrowed(slice::<f64>(column)));
        }
        let mut numbers = match as_f64(column) {
            Some(numbers) => numbers,
            None => return Err(wrong_type(column, "f64")),
        };
        fill(column, nulls, &mut numbers, f64::NAN);
        Ok(Cow::Owned(numbers))
    }

    /// A column of any whole numbers as `i64`, another number in the place of nulls.
    ///
    /// # Errors
    /// When there is no such column, it holds no whole numbers, or one that is too large.
    #[track_caller]
    pub fn i64_or(&self, name: &str, null: i64) -> Result<Cow<'_, [i64]>> {
        let column = self.column(name)?;
        let nulls = column.null_count();
        if nulls == 0 && column.field.format == "l" {
            return Ok(Cow::Borrowed(slice::<i64>(column)));
        }
        let Some(wide) = as_i128(column) else { return Err(wrong_type(column, "i64")) };
        let mut numbers = Vec::with_capacity(wide.len());
        for (row, number) in wide.into_iter().enumerate() {
            match i64::try_from(number) {
                Ok(number) => numbers.push(number),
                Err(_) if column.is_null(row) => numbers.push(null),
                Err(_) => {
                    let message = format!("`{name}` holds {number}, which is no `i64`");
                    return Err(Error::new(message));
                }
            }
        }
        fill(column, nulls, &mut numbers, null);
        Ok(Cow::Owned(numbers))
    }
}

/// The numbers of a column whose format was compared: where they lie, or joined.
pub(super) fn slice<T: Number>(column: &Column) -> &[T] {
    if let [chunk] = column.chunks.as_slice() {
        // SAFETY: the format says so; any bits are a number.
        if let Some(elements) = unsafe { chunk.elements::<T>() } {
            return elements;
        }
    }
    let joined = column.joined.get_or_init(|| Box::new(join::<T>(column)));
    joined.downcast_ref::<Vec<T>>().map_or(&[], Vec::as_slice)
}

fn join<T: Number>(column: &Column) -> Vec<T> {
    let mut all = Vec::with_capacity(column.len());
    for chunk in &column.chunks {
        // SAFETY: as in `slice`.
        match unsafe { chunk.elements::<T>() } {
            Some(elements) => all.extend_from_slice(elements),
            None => all.extend((0..chunk.length).map(|place| {
                // SAFETY: as in `slice`, within the piece.
                unsafe { chunk.element::<T>(1, chunk.offset + place) }
            })),
        }
    }
    all
}

fn fill<T: Copy>(column: &Column, nulls: usize, numbers: &mut [T], null: T) {
    if nulls > 0 {
        for (row, number) in numbers.iter_mut().enumerate() {
            if column.is_null(row) {
                *number = null;
            }
        }
    }
}

fn as_f64(column: &Column) -> Option<Vec<f64>> {
    fn all<T: Number>(column: &Column, convert: impl Fn(T) -> f64) -> Vec<f64> {
        slice::<T>(column).iter().map(|number| convert(*number)).collect()
    }
    if column.field.dictionary.is_some() {
        return None;
    }
    Some(match column.field.format.as_str() {
        "g" => slice::<f64>(column).to_vec(),
        "f" => all::<f32>(column, f64::from),
        // As `as` does: the nearest.
        "l" => all::<i64>(column, |it| it as f64),
        "L" => all::<u64>(column, |it| it as f64),
        "i" => all::<i32>(column, f64::from),
        "I" => all::<u32>(column, f64::from),
        "s" => all::<i16>(column, f64::from),
        "S" => all::<u16>(column, f64::from),
        "c" => all::<i8>(column, f64::from),
        "C" => all::<u8>(column, f64::from),
        decimal => {
            let scale = super::values::decimal_scale(decimal)?;
            let divisor = 10_f64.powi(scale);
            let rows = 0..column.len();
            rows.map(|row| super::values::decimal(column, row) as f64 / divisor).collect()
        }
    })
}

fn as_i128(column: &Column) -> Option<Vec<i128>> {
    fn all<T: Number + Into<i128>>(column: &Column) -> Vec<i128> {
        slice::<T>(column).iter().map(|number| (*number).into()).collect()
    }
    if column.field.dictionary.is_some() {
        return None;
    }
    Some(match column.field.format.as_str() {
        "l" => all::<i64>(column),
        "L" => all::<u64>(column),
        "i" => all::<i32>(column),
        "I" => all::<u32>(column),
        "s" => all::<i16>(column),
        "S" => all::<u16>(column),
        "c" => all::<i8>(column),
        "C" => all::<u8>(column),
        _ => return None,
    })
}

#[track_caller]
pub(super) fn wrong_type(column: &Column, wanted: &str) -> Error {
    let (name, kind) = (column.name(), column.type_name());
    let error = Error::new(format!("the column `{name}` is {kind}, not {wanted}"));
    let format = column.field.format.as_str();
    match kind.as_str() {
        "str" => error.with_hint(format!("read it with `.str(\"{name}\")`")),
        "bool" => error.with_hint(format!("read it with `.bool(\"{name}\")`")),
        _ if kind.starts_with("dictionary of str") => {
            error.with_hint(format!("read it with `.str(\"{name}\")`"))
        }
        _ if wanted == "f64" && column.is_numeric() => {
            error.with_hint(format!("`.f64_or_nan(\"{name}\")` converts it"))
        }
        _ if format.len() == 1 && column.is_numeric() => {
            error.with_hint(format!("read it with `.{kind}(\"{name}\")`"))
        }
        _ if format.starts_with('t') => {
            error.with_hint(format!("read it with `.times(\"{name}\")`"))
        }
        _ => error.with_hint("convert it where the frame is made, in Python or SQL"),
    }
}

#[track_caller]
pub(super) fn holds_nulls(column: &Column, nulls: usize) -> Error {
    let (name, kind) = (column.name(), column.type_name());
    let count = if nulls == 1 { "a null".to_owned() } else { format!("{nulls} nulls") };
    let error =
        Error::new(format!("the column `{name}` holds {count}, a slice has no place for them"));
    error.with_hint(match kind.as_str() {
        "f64" | "f32" => format!("`.f64_or_nan(\"{name}\")` makes them NaN"),
        "str" => format!("`.str_or(\"{name}\", \"\")` takes another text for them"),
        "bool" => format!("`.bool_or(\"{name}\", false)` takes a value for them"),
        _ if column.is_numeric() => {
            format!("`.i64_or(\"{name}\", 0)` takes a number for them, `.f64_or_nan(…)` NaN")
        }
        _ => format!("ask `.is_null(\"{name}\", row)`, or drop those rows where it is made"),
    })
}
