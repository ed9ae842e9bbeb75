//! Values as bytes, in the forms that every language reads.

mod csr;
mod json;
mod npy;

pub(crate) use csr::{decode as decode_csr, encode as encode_csr};
pub(crate) use json::{
    beyond_64_bits, decode as decode_json, encode as encode_json, marked, not_finite,
};
pub(crate) use npy::{Taker, decode as decode_npy, encode as encode_npy, header};

use serde_json::Value as Json;

use crate::ffi::ArrowArrayStream;

/// A value's encoding. What it borrows of the value stays there as long as the value does.
pub enum Encoding {
    /// Record batches.
    Stream(ArrowArrayStream, Record),
    /// Bytes.
    Bytes(Vec<Piece>, Record),
}

/// A part of an encoding.
pub enum Piece {
    /// Made for it.
    Own(Vec<u8>),
    /// A part of the value itself.
    Value(*const u8, usize),
}

impl Piece {
    /// The memory of a slice that is part of the value.
    pub(crate) fn of<T>(elements: &[T]) -> Self {
        Self::Value(elements.as_ptr().cast(), size_of_val(elements))
    }

    /// Where the bytes are, and how many.
    pub(crate) fn place(&self) -> (*const u8, usize) {
        match self {
            Self::Own(bytes) => (bytes.as_ptr(), bytes.len()),
            Self::Value(pointer, length) => (*pointer, *length),
        }
    }
}

/// What a value's record says beside its bytes.
pub struct Record {
    /// The name of the codec.
    pub codec: &'static str,
    /// The type as Python's decoders want it.
    pub type_name: &'static str,
    /// What decoding needs, and what a listing may show.
    pub meta: Json,
    /// A few words.
    pub preview: Option<String>,
}

impl Record {
    /// A record without more to say.
    pub(crate) fn plain(codec: &'static str, type_name: &'static str) -> Self {
        Self { codec, type_name, meta: Json::Null, preview: None }
    }

    pub(crate) fn to_json(&self) -> Json {
        let mut json = serde_json::json!({"codec": self.codec, "type": self.type_name});
        if !self.meta.is_null() {
            json["meta"] = self.meta.clone();
        }
        if let Some(preview) = &self.preview {
            json["preview"] = preview.as_str().into();
        }
        json
    }
}

/// A text cut to a preview's length, on one line.
pub(crate) fn clip(text: &str) -> String {
    const LENGTH: usize = 120;
    let mut clipped: String = text.chars().take(LENGTH).collect();
    if text.chars().nth(LENGTH).is_some() {
        clipped.pop();
        clipped.push('…');
    }
    clipped.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
