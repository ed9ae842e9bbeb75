//! Values that come into a cell, as the type that the cell was compiled for, or not at all.

use std::any::{Any, TypeId};
use std::marker::PhantomData;
use std::rc::Rc;

use serde::de::DeserializeOwned;

use crate::array::{Array, Element};
use crate::cell::Cell;
use crate::codec::{self, Encoding};
use crate::error::{Error, Result};
use crate::names;
use crate::value::Value;

/// A value that a cell wants as a `T`.
pub struct Wanted<'a, T> {
    cell: &'a Cell,
    index: usize,
    name: &'static str,
    kind: PhantomData<fn() -> T>,
}

impl<'a, T: 'static> Wanted<'a, T> {
    /// The input number `index`, which the cell calls `name`.
    pub fn new(cell: &'a Cell, index: usize, name: &'static str) -> Self {
        Self { cell, index, name, kind: PhantomData }
    }

    fn value(&self) -> Result<&'a Rc<Value>> {
        self.cell.input(self.index).ok_or_else(|| {
            Error::new(format!("`{}` was not handed to the cell", self.name))
                .with_hint("run the cell that makes it")
        })
    }

    fn find(&self, decode: impl Fn(&Value) -> Option<Result<T>>) -> Result<&'a T> {
        let value = self.value()?;
        if let Some(found) = value.get::<T>().or_else(|| value.decoded::<T>()) {
            return Ok(found);
        }
        if value.given {
            let special = special(value, TypeId::of::<T>());
            let special = special.and_then(|made| made.downcast::<T>().ok());
            match special.map(|made| Ok(*made)).or_else(|| decode(value)) {
                Some(Ok(made)) => return Ok(value.remember(made)),
                Some(Err(error)) => {
                    let (kind, why) = (names::short(std::any::type_name::<T>()), error.message());
                    return Err(Error::new(format!("`{}` is not a `{kind}`: {why}", self.name)));
                }
                None => {}
            }
        }
        Err(self.mismatch(value))
    }

    fn mismatch(&self, value: &Value) -> Error {
        let (found, wanted) = (value.type_name, std::any::type_name::<T>());
        let (short, short_wanted) = (names::short(found), names::short(wanted));
        let message = if short == short_wanted {
            // Its definition changed: the crates differ, or only the fields.
            format!(
                "`{}` is a `{short}` as its cell defined it before ({found}), not as it is now \
                 ({wanted})",
                self.name
            )
        } else {
            format!("`{}` is a `{short}`, and this cell wants a `{short_wanted}`", self.name)
        };
        Error::new(message).with_hint("run the cell that makes it again")
    }
}

/// What a value that another language made can be, apart from what it is.
///
/// Compiled here once, not in each cell: a cell has its own for every type otherwise.
#[inline(never)]
fn special(value: &Value, wanted: TypeId) -> Option<Box<dyn Any>> {
    fn elements<E: Element>(value: &Value, wanted: TypeId) -> Option<Box<dyn Any>> {
        let array = value.get::<Array<E>>()?;
        let all = || array.as_slice().to_vec();
        same::<Vec<E>>(wanted, all)
            .or_else(|| same::<Box<[E]>>(wanted, || all().into_boxed_slice()))
    }
    fn array<E: Element>(value: &Value, wanted: TypeId) -> Option<Box<dyn Any>> {
        let elements = value.get::<Vec<E>>()?;
        same::<Array<E>>(wanted, || Array::new(elements.clone()))
            .or_else(|| same::<Box<[E]>>(wanted, || elements.clone().into_boxed_slice()))
    }
    macro_rules! each {
        ($($type:ty)*) => {
            None$(
                .or_else(|| elements::<$type>(value, wanted))
                .or_else(|| array::<$type>(value, wanted))
            )*
        };
    }
    #[cfg(feature = "full")]
    if let Some(frame) = value.get::<crate::Frame>()
        && let Ok(batch) = frame.to_record_batch()
        && let Some(found) = same::<arrow::record_batch::RecordBatch>(wanted, || batch)
    {
        return Some(found);
    }
    each!(f64 f32 i64 i32 i16 i8 u64 u32 u16 u8 bool)
}

/// Makes a `U` when that is what is wanted.
fn same<U: 'static>(wanted: TypeId, make: impl FnOnce() -> U) -> Option<Box<dyn Any>> {
    (wanted == TypeId::of::<U>()).then(|| Box::new(make()) as Box<dyn Any>)
}

/// Reads a value that another language made through JSON.
fn from_json<T: DeserializeOwned>(value: &Value) -> Option<Result<T>> {
    Some(match json_of(value)? {
        Ok(json) => codec::decode_json(json),
        Err(error) => Err(error),
    })
}

/// A value that another language made, as JSON.
#[inline(never)]
fn json_of(value: &Value) -> Option<Result<serde_json::Value>> {
    let Ok(Encoding::Bytes(pieces, record)) = (value.kind.encode)(&*value.data) else {
        return None;
    };
    let mut bytes = Vec::new();
    for piece in &pieces {
        let (pointer, length) = piece.place();
        if length > 0 {
            // SAFETY: pieces stay as they are while the value does.
            bytes.extend_from_slice(unsafe { std::slice::from_raw_parts(pointer, length) });
        }
    }
    match record.codec {
        "utf8" => Some(Ok(String::from_utf8_lossy(&bytes).into())),
        "json" => Some(serde_json::from_slice(&bytes).map_err(Error::from)),
        _ => numbers(value).map(Ok),
    }
}

/// The elements of a list of numbers, as JSON: a list of whole numbers is one of floats, too.
fn numbers(value: &Value) -> Option<serde_json::Value> {
    fn json<E: Element + serde::Serialize>(value: &Value) -> Option<serde_json::Value> {
        serde_json::to_value(value.get::<Vec<E>>()?).ok()
    }
    json::<i64>(value).or_else(|| json::<f64>(value)).or_else(|| json::<bool>(value))
}

/// Ways to take a value, the best first: `Copy` types as they are, others by reference;
/// what serde can read also from JSON.
pub mod via {
    use super::*;

    /// Copied, and read from JSON.
    pub trait TakeCopyFromJson<'a, T> {
        /// The value.
        ///
        /// # Errors
        /// When it isn't a `T`.
        fn take(&self) -> Result<T>;
    }

    impl<'a, T: Copy + DeserializeOwned + 'static> TakeCopyFromJson<'a, T> for &&&Wanted<'a, T> {
        fn take(&self) -> Result<T> {
            self.find(from_json).copied()
        }
    }

    /// Copied.
    pub trait TakeCopy<'a, T> {
        /// The value.
        ///
        /// # Errors
        /// When it isn't a `T`.
        fn take(&self) -> Result<T>;
    }

    impl<'a, T: Copy + 'static> TakeCopy<'a, T> for &&Wanted<'a, T> {
        fn take(&self) -> Result<T> {
            self.find(|_| None).copied()
        }
    }

    /// Borrowed, and read from JSON.
    pub trait TakeFromJson<'a, T> {
        /// The value.
        ///
        /// # Errors
        /// When it isn't a `T`.
        fn take(&self) -> Result<&'a T>;
    }

    impl<'a, T: DeserializeOwned + 'static> TakeFromJson<'a, T> for &Wanted<'a, T> {
        fn take(&self) -> Result<&'a T> {
            self.find(from_json)
        }
    }

    /// Borrowed.
    pub trait Take<'a, T> {
        /// The value.
        ///
        /// # Errors
        /// When it isn't a `T`.
        fn take(&self) -> Result<&'a T>;
    }

    impl<'a, T: 'static> Take<'a, T> for Wanted<'a, T> {
        fn take(&self) -> Result<&'a T> {
            self.find(|_| None)
        }
    }
}

/// A value of another cell: `input!(cell, 0, "name", Type)`.
#[doc(hidden)]
#[macro_export]
macro_rules! input {
    ($cell:expr, $index:expr, $name:expr, $type:ty) => {{
        use $crate::input::via::*;
        (&&&&$crate::input::Wanted::<$type>::new($cell, $index, $name)).take()?
    }};
}

/// The same of a type that borrows: serde reads none such, and the compiler, which leaves
/// lifetimes aside where it chooses a way, would take it for one that serde reads.
#[doc(hidden)]
#[macro_export]
macro_rules! input_that_borrows {
    ($cell:expr, $index:expr, $name:expr, $type:ty) => {{
        use $crate::input::via::{Take, TakeCopy};
        (&&&$crate::input::Wanted::<$type>::new($cell, $index, $name)).take()?
    }};
}
