//! NumPy's file format (NEP 1): a magic, a version, the header's length, a Python dict of
//! `descr`, `fortran_order` and `shape`, then the elements.

use std::sync::Arc;

use serde_json::json;

use super::{Encoding, Piece, Record, clip};
use crate::array::{Array, Element};
use crate::bytes::{Lent, Memory};

const MAGIC: &[u8] = b"\x93NUMPY";

/// An array whose type was found in its file.
pub enum Decoded {
    /// `float64`.
    F64(Array<f64>),
    /// `float32`.
    F32(Array<f32>),
    /// `int64`, dates, durations.
    I64(Array<i64>),
    /// `int32`.
    I32(Array<i32>),
    /// `int16`.
    I16(Array<i16>),
    /// `int8`.
    I8(Array<i8>),
    /// `uint64`.
    U64(Array<u64>),
    /// `uint32`.
    U32(Array<u32>),
    /// `uint16`.
    U16(Array<u16>),
    /// `uint8`.
    U8(Array<u8>),
    /// `bool`.
    Bool(Array<bool>),
}

/// Reads an array within what the host lends; returns also where it ends.
pub fn decode(lent: &Arc<Lent>, start: usize) -> Result<(Decoded, usize), String> {
    let header = Header::read(lent.bytes().get(start..).unwrap_or(&[]))?;
    let whole = Whole { lent, start: start + header.end, header: &header };
    let description = header.description.as_str();
    let (order, kind) = description.split_at_checked(1).unwrap_or(("", ""));
    let swap = match order {
        "<" => cfg!(target_endian = "big"),
        ">" => cfg!(target_endian = "little"),
        _ => false,
    };
    let plain = match kind {
        "f8" => Decoded::F64(whole.array(swap, f64::from_ne_bytes)?),
        "f4" => Decoded::F32(whole.array(swap, f32::from_ne_bytes)?),
        "i8" => Decoded::I64(whole.array(swap, i64::from_ne_bytes)?),
        "i4" => Decoded::I32(whole.array(swap, i32::from_ne_bytes)?),
        "i2" => Decoded::I16(whole.array(swap, i16::from_ne_bytes)?),
        "i1" => Decoded::I8(whole.array(swap, i8::from_ne_bytes)?),
        "u8" => Decoded::U64(whole.array(swap, u64::from_ne_bytes)?),
        "u4" => Decoded::U32(whole.array(swap, u32::from_ne_bytes)?),
        "u2" => Decoded::U16(whole.array(swap, u16::from_ne_bytes)?),
        "u1" => Decoded::U8(whole.array(swap, u8::from_ne_bytes)?),
        "b1" => {
            let bytes: Array<u8> = whole.array(false, u8::from_ne_bytes)?;
            if bytes.iter().any(|byte| *byte > 1) {
                return Err("an array of booleans holds other bytes than 0 and 1".to_owned());
            }
            Decoded::Bool(whole.array(false, |[byte]: [u8; 1]| byte != 0)?)
        }
        time if time.starts_with("M8") || time.starts_with("m8") => {
            let array: Array<i64> = whole.array(swap, i64::from_ne_bytes)?;
            let little = format!("<{time}").into_boxed_str();
            let shape = array.shape().to_vec();
            Decoded::I64(Array::from_parts(array.memory(), shape, Some(little)))
        }
        _ => {
            return Err(format!(
                "an array of the type `{description}` has no form in Rust: convert it, for \
                 example with `.astype(\"float64\")`"
            ));
        }
    };
    let size = whole.size()?;
    Ok((plain, start + header.end + size))
}

/// An array within a file, before its type is known.
struct Whole<'a> {
    lent: &'a Arc<Lent>,
    start: usize,
    header: &'a Header,
}

impl Whole<'_> {
    fn count(&self) -> Option<usize> {
        self.header.shape.iter().try_fold(1_usize, |all, length| all.checked_mul(*length))
    }

    /// Bytes of all elements.
    fn size(&self) -> Result<usize, String> {
        let digits: String =
            self.header.description[2..].chars().take_while(char::is_ascii_digit).collect();
        let one: usize = digits.parse().map_err(|_| "an array's file is damaged".to_owned())?;
        self.count().and_then(|count| count.checked_mul(one)).ok_or_else(too_short)
    }

    fn array<T: Element, const N: usize>(
        &self,
        swap: bool,
        read: impl Fn([u8; N]) -> T,
    ) -> Result<Array<T>, String> {
        debug_assert_eq!(N, size_of::<T>());
        let shape = self.header.shape.clone();
        let count = self.count().ok_or_else(too_short)?;
        let size = count.checked_mul(N).ok_or_else(too_short)?;
        let end = self.start.checked_add(size).ok_or_else(too_short)?;
        let bytes = self.lent.bytes().get(self.start..end).ok_or_else(too_short)?;
        let fortran = self.header.fortran && shape.len() > 1;
        let aligned = bytes.as_ptr().cast::<T>().is_aligned();
        if !swap && !fortran && aligned && count > 0 {
            // SAFETY: the bytes are inside, aligned, and any are numbers; those of booleans
            // were looked at.
            let elements = unsafe { Memory::lent(self.lent, self.start, count) };
            return Ok(Array::from_parts(elements, shape, None));
        }
        let element = |chunk: &[u8]| {
            let mut bytes: [u8; N] = chunk.try_into().expect("chunks of that length");
            if swap {
                bytes.reverse();
            }
            read(bytes)
        };
        let in_file: Vec<T> = bytes.chunks_exact(N).map(element).collect();
        let elements = if fortran { to_c_order(&in_file, &shape) } else { in_file };
        Ok(Array::from_parts(elements.into(), shape, None))
    }
}

/// Puts elements in C order that lie in Fortran order.
fn to_c_order<T: Copy>(elements: &[T], shape: &[usize]) -> Vec<T> {
    let mut place = vec![0; shape.len()];
    let mut ordered = Vec::with_capacity(elements.len());
    for _ in 0..elements.len() {
        let flat = place.iter().zip(shape).rev().fold(0, |flat, (at, length)| flat * length + at);
        ordered.push(elements[flat]);
        for (at, length) in place.iter_mut().zip(shape).rev() {
            *at += 1;
            if *at < *length {
                break;
            }
            *at = 0;
        }
    }
    ordered
}

fn too_short() -> String {
    "an array's file is shorter than its header says".to_owned()
}

struct Header {
    description: String,
    fortran: bool,
    shape: Vec<usize>,
    /// Where the elements begin.
    end: usize,
}

impl Header {
    fn read(file: &[u8]) -> Result<Self, String> {
        let damaged = || "an array's file is damaged".to_owned();
        let version = *file.get(6).filter(|_| file.starts_with(MAGIC)).ok_or_else(damaged)?;
        let (start, length) = match version {
            1 => (10, u16::from_le_bytes([file[8], file[9]]) as usize),
            _ => {
                let length = file.get(8..12).ok_or_else(damaged)?;
                (12, u32::from_le_bytes(length.try_into().expect("four bytes")) as usize)
            }
        };
        let end = start + length;
        let text = String::from_utf8_lossy(file.get(start..end).ok_or_else(damaged)?).into_owned();
        let after = |key: &str| text.split_once(key).map(|(_, rest)| rest.trim_start());
        let description = after("'descr':").ok_or_else(damaged)?;
        let Some(description) = description.strip_prefix('\'') else {
            return Err("an array of records has no form in Rust: make a frame of it".to_owned());
        };
        let description = description.split('\'').next().unwrap_or_default().to_owned();
        if description.len() < 3 || !description.is_ascii() {
            return Err(damaged());
        }
        let shape =
            after("'shape':").and_then(|rest| rest.strip_prefix('(')).ok_or_else(damaged)?;
        let shape = shape.split(')').next().unwrap_or_default();
        let lengths = shape.split(',').map(str::trim).filter(|length| !length.is_empty());
        let shape =
            lengths.map(|it| it.parse().map_err(|_| damaged())).collect::<Result<_, _>>()?;
        let fortran = after("'fortran_order':").is_some_and(|rest| rest.starts_with("True"));
        Ok(Self { description, fortran, shape, end })
    }
}

/// The header of an array's file, filled up so that the elements are aligned.
pub fn header(description: &str, shape: &[usize]) -> Vec<u8> {
    let lengths: Vec<String> = shape.iter().map(ToString::to_string).collect();
    let comma = if lengths.len() == 1 { "," } else { "" };
    let shape = lengths.join(", ");
    let mut text = format!(
        "{{'descr': '{description}', 'fortran_order': False, 'shape': ({shape}{comma}), }}"
    );
    let fill = (10 + text.len() + 1).next_multiple_of(64) - (10 + text.len() + 1);
    text.push_str(&" ".repeat(fill));
    text.push('\n');
    let length = u16::try_from(text.len()).expect("a few dimensions");
    [MAGIC, &[1, 0], &length.to_le_bytes(), text.as_bytes()].concat()
}

/// Encodes an array; its elements aren't copied.
pub fn encode<T: Element>(array: &Array<T>) -> Encoding {
    let record = Record {
        codec: "npy",
        type_name: "numpy.ndarray",
        meta: json!({"shape": array.shape(), "dtype": array.dtype()}),
        preview: Some(clip(&format!("{array:?}"))),
    };
    Encoding::Bytes(
        vec![Piece::Own(header(array.description(), array.shape())), Piece::of(array.as_slice())],
        record,
    )
}

impl Decoded {
    /// Hands the array over as what it is.
    pub fn with<R>(self, take: impl Taker<R>) -> R {
        match self {
            Self::F64(array) => take.take(array),
            Self::F32(array) => take.take(array),
            Self::I64(array) => take.take(array),
            Self::I32(array) => take.take(array),
            Self::I16(array) => take.take(array),
            Self::I8(array) => take.take(array),
            Self::U64(array) => take.take(array),
            Self::U32(array) => take.take(array),
            Self::U16(array) => take.take(array),
            Self::U8(array) => take.take(array),
            Self::Bool(array) => take.take(array),
        }
    }

    /// The indices of a sparse matrix.
    pub fn indices(self) -> Option<crate::csr::Indices> {
        match self {
            Self::I32(array) => Some(crate::csr::Indices::Narrow(array)),
            Self::I64(array) => Some(crate::csr::Indices::Wide(array)),
            _ => None,
        }
    }
}

/// What takes an array of any type.
pub trait Taker<R> {
    /// Takes it.
    fn take<T: Element>(self, array: Array<T>) -> R;
}
