//! Values that leave a cell: what form each type takes is found out while the cell is
//! compiled.
//!
//! The first of these that a type has decides: a form of its own ([`Common`]: tables, arrays,
//! text), serde's `Serialize`, or none: the value then stays in Rust, and other Rust cells
//! read it. Method lookup tries more references first, which is how a macro can ask "does
//! this type implement that?".

use std::any::Any;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::array::{Array, Element};
use crate::bytes::Bytes;
use crate::codec::{self, Encoding, Piece, Record, clip};
use crate::csr::Csr;
use crate::error::{Error, Result};
use crate::value::{Form, Kind};

/// Types that have a form of their own, which other languages read.
pub trait Common: 'static {
    /// The form.
    const FORM: Form;
    /// Whether a value read from that form is of this type again.
    const RESTORES: bool = true;

    /// Encodes the value, of which the encoding may borrow.
    ///
    /// # Errors
    /// When it holds something that the form has no place for.
    fn encode(&self) -> Result<Encoding>;

    /// A few words: `100,000 × 4`.
    fn summary(&self) -> Option<String> {
        None
    }
}

impl<T: Element> Common for Array<T> {
    const FORM: Form = Form::Npy;

    fn encode(&self) -> Result<Encoding> {
        Ok(codec::encode_npy(self))
    }

    fn summary(&self) -> Option<String> {
        let lengths: Vec<String> = self.shape().iter().map(|length| grouped(*length)).collect();
        Some(format!("{} {}", lengths.join(" × "), self.dtype()).trim_start().to_owned())
    }
}

/// What is known of a type with a form of its own.
pub(crate) fn common<T: Common>() -> Kind {
    Kind {
        form: T::FORM,
        restores: T::RESTORES,
        copy: false,
        encode: |value| of::<T>(value)?.encode(),
        summary: |value| of::<T>(value).ok()?.summary(),
    }
}

/// Written for each type, not once for all: so they are compiled here, and no cell has to.
macro_rules! of_elements {
    ($($type:ty)*) => {$(
        impl Common for Vec<$type> {
            const FORM: Form = Form::Npy;

            #[inline(never)]
            fn encode(&self) -> Result<Encoding> {
                Ok(encode_slice(self))
            }

            #[inline(never)]
            fn summary(&self) -> Option<String> {
                Some(count_of::<$type>(self.len()))
            }
        }

        impl Common for Box<[$type]> {
            const FORM: Form = Form::Npy;

            #[inline(never)]
            fn encode(&self) -> Result<Encoding> {
                Ok(encode_slice(self))
            }

            #[inline(never)]
            fn summary(&self) -> Option<String> {
                Some(count_of::<$type>(self.len()))
            }
        }
    )*};
}

of_elements!(f64 f32 i64 i32 i16 i8 u64 u32 u16 u8 bool);

fn count_of<T: Element>(length: usize) -> String {
    format!("{} {}", grouped(length), T::NAME)
}

/// Encodes a slice as an array of one dimension, without copying it.
fn encode_slice<T: Element>(elements: &[T]) -> Encoding {
    let first: Vec<T> = elements.iter().take(8).copied().collect();
    let more = if elements.len() > 8 { ", …" } else { "" };
    let shown: Vec<String> = first.iter().map(|one| format!("{one:?}")).collect();
    let preview = format!("{} {} [{}{more}]", elements.len(), T::NAME, shown.join(", "));
    let record = Record {
        meta: serde_json::json!({"shape": [elements.len()], "dtype": T::NAME}),
        preview: Some(clip(&preview)),
        ..Record::plain("npy", "numpy.ndarray")
    };
    let header = codec::header(T::DESCRIPTION, &[elements.len()]);
    Encoding::Bytes(vec![Piece::Own(header), Piece::of(elements)], record)
}

impl<T: Element> Common for Csr<T> {
    const FORM: Form = Form::Csr;

    fn encode(&self) -> Result<Encoding> {
        Ok(codec::encode_csr(self))
    }

    fn summary(&self) -> Option<String> {
        let (rows, columns) = self.shape();
        Some(format!("{} × {}, {} stored", grouped(rows), grouped(columns), grouped(self.nnz())))
    }
}

impl Common for String {
    const FORM: Form = Form::Utf8;

    fn encode(&self) -> Result<Encoding> {
        Ok(encode_text(self))
    }
}

impl Common for &'static str {
    const FORM: Form = Form::Utf8;
    const RESTORES: bool = false;

    fn encode(&self) -> Result<Encoding> {
        Ok(encode_text(self))
    }
}

fn encode_text(text: &str) -> Encoding {
    let preview = Some(clip(text.get(..text.floor_char_boundary(600)).unwrap_or(text)));
    let record = Record { preview, ..Record::plain("utf8", "str") };
    Encoding::Bytes(vec![Piece::of(text.as_bytes())], record)
}

impl Common for Bytes {
    const FORM: Form = Form::Bytes;

    fn encode(&self) -> Result<Encoding> {
        let preview = Some(clip(&format!("{self:?}")));
        let record = Record { preview, ..Record::plain("bytes", "bytes") };
        Ok(Encoding::Bytes(vec![Piece::of(self)], record))
    }

    fn summary(&self) -> Option<String> {
        Some(format!("{} bytes", grouped(self.len())))
    }
}

macro_rules! floats {
    ($($type:ty)*) => {$(
        impl Common for $type {
            const FORM: Form = Form::Json;

            fn encode(&self) -> Result<Encoding> {
                if self.is_finite() {
                    codec::encode_json(self)
                } else {
                    Ok(codec::not_finite(f64::from(*self)))
                }
            }
        }
    )*};
}

// JSON alone would turn NaN into null.
floats!(f64 f32);

macro_rules! through_json {
    ($($type:ty)*) => {through_json!(true, $($type)*);};
    ($restores:literal, $($type:ty)*) => {$(
        impl Common for $type {
            const FORM: Form = Form::Json;
            const RESTORES: bool = $restores;

            #[inline(never)]
            fn encode(&self) -> Result<Encoding> {
                codec::encode_json(self)
            }
        }
    )*};
}

// Known here, so that no cell has to compile how they are written.
through_json!(i64 i32 i16 i8 isize u64 u32 u16 u8 usize i128 u128 bool char crate::Json);
through_json!(Vec<String> Vec<usize> Vec<isize> Vec<Vec<i64>> Option<i64> Option<String>);
// Words of the cell's own text: what is read again owns its words, which is another type.
through_json!(false, Vec<&'static str> Option<&'static str>);

/// A number with its thousands grouped: `100,000`.
pub(crate) fn grouped(number: usize) -> String {
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

/// Stands for a type whose form is asked for.
pub struct Tag<T>(PhantomData<fn() -> T>);

impl<T> Tag<T> {
    /// The tag of a value's type.
    pub fn of(_value: &T) -> Self {
        Self(PhantomData)
    }
}

/// Ways to find a type's form, the best first.
pub mod via {
    use super::*;

    /// A form of its own.
    pub trait ViaCommon {
        /// What is known of the type.
        fn kind(&self) -> Kind;
    }

    impl<T: Common> ViaCommon for &&&Tag<T> {
        fn kind(&self) -> Kind {
            common::<T>()
        }
    }

    /// JSON, and back again.
    pub trait ViaJson {
        /// What is known of the type.
        fn kind(&self) -> Kind;
    }

    impl<T: Serialize + DeserializeOwned + 'static> ViaJson for &&Tag<T> {
        fn kind(&self) -> Kind {
            Kind {
                form: Form::Json,
                restores: true,
                copy: false,
                encode: |value| encode_and_try::<T>(of(value)?),
                summary: |_| None,
            }
        }
    }

    /// JSON, one way.
    pub trait ViaSerialize {
        /// What is known of the type.
        fn kind(&self) -> Kind;
    }

    impl<T: Serialize + 'static> ViaSerialize for &Tag<T> {
        fn kind(&self) -> Kind {
            Kind {
                form: Form::Json,
                restores: false,
                copy: false,
                encode: |value| codec::encode_json(of::<T>(value)?),
                summary: |_| None,
            }
        }
    }

    /// No form.
    pub trait ViaNothing {
        /// What is known of the type.
        fn kind(&self) -> Kind;
    }

    impl<T: 'static> ViaNothing for Tag<T> {
        fn kind(&self) -> Kind {
            Kind {
                form: Form::Opaque,
                restores: false,
                copy: false,
                encode: |_| Err(without_form::<T>()),
                summary: |_| None,
            }
        }
    }

    /// Copied freely.
    pub trait ViaCopy {
        /// Whether the type is `Copy`.
        fn copies(&self) -> bool;
    }

    impl<T: Copy> ViaCopy for &Tag<T> {
        fn copies(&self) -> bool {
            true
        }
    }

    /// Moved.
    pub trait ViaMove {
        /// Whether the type is `Copy`.
        fn copies(&self) -> bool;
    }

    impl<T> ViaMove for Tag<T> {
        fn copies(&self) -> bool {
            false
        }
    }
}

fn of<T: 'static>(value: &dyn Any) -> Result<&T> {
    value.downcast_ref().ok_or_else(of_another_type)
}

#[cold]
#[inline(never)]
fn of_another_type() -> Error {
    Error::new("a value isn't of its own type")
}

/// Encodes as JSON what must be readable again: a number that isn't finite within a struct
/// becomes null, which is no number.
fn encode_and_try<T: Serialize + DeserializeOwned>(value: &T) -> Result<Encoding> {
    let encoding = codec::encode_json(value)?;
    if let Encoding::Bytes(pieces, _) = &encoding
        && let [Piece::Own(text)] = pieces.as_slice()
        && text.windows(4).any(|word| word == b"null")
        && codec::decode_json::<T>(serde_json::from_slice(text)?).is_err()
    {
        let kind = crate::names::short(std::any::type_name::<T>());
        return Err(Error::new(format!(
            "a value of the type `{kind}` holds something that JSON hasn't, such as NaN"
        ))
        .with_hint("make such fields an Option, or export them as a Vec<f64>"));
    }
    Ok(encoding)
}

fn without_form<T>() -> Error {
    let kind = crate::names::short(std::any::type_name::<T>());
    Error::new(format!("a value of the type `{kind}` has no form that other languages read"))
        .with_hint("derive `Serialize` for its type, or export a Frame, a Vec of numbers or text")
}

/// Moves a variable out of a cell: `export!(cell, "name", name)`.
#[doc(hidden)]
#[macro_export]
macro_rules! export {
    ($cell:expr, $name:expr, $value:expr) => {{
        use $crate::export::via::*;
        let value = $value;
        let tag = $crate::export::Tag::of(&value);
        let kind = (&&&&tag).kind();
        let copies = (&&tag).copies();
        $cell.export($name, value, kind, copies, ::core::module_path!());
    }};
}
