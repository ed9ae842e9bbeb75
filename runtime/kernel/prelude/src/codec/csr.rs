//! Sparse matrices: three arrays' files, each at a multiple of 64 bytes: data, indices,
//! indptr. `meta.places` says where they are, `meta.shape` what they make.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::npy::{self, Decoded};
use super::{Encoding, Piece, Record};
use crate::array::{Array, Element};
use crate::bytes::Lent;
use crate::csr::{Csr, Indices};

const ALIGNMENT: usize = 64;

/// A matrix before the type of its elements is known.
pub struct Parts {
    /// The elements.
    pub data: Decoded,
    /// Their columns.
    pub indices: Indices,
    /// Where rows begin.
    pub indptr: Indices,
    /// Rows and columns.
    pub shape: (usize, usize),
}

/// Reads a matrix from what the host lends.
pub fn decode(lent: &Arc<Lent>, meta: &Json) -> Result<Parts, String> {
    let damaged = || "a sparse matrix's file is damaged".to_owned();
    let number = |value: &Json| value.as_u64().and_then(|it| usize::try_from(it).ok());
    let start = |part: usize| number(&meta["places"][part][0]).ok_or_else(damaged);
    let shape = (number(&meta["shape"][0]), number(&meta["shape"][1]));
    let (Some(rows), Some(columns)) = shape else { return Err(damaged()) };
    let indices = |part| npy::decode(lent, start(part)?)?.0.indices().ok_or_else(damaged);
    Ok(Parts {
        data: npy::decode(lent, start(0)?)?.0,
        indices: indices(1)?,
        indptr: indices(2)?,
        shape: (rows, columns),
    })
}

/// Encodes a matrix; its parts aren't copied.
pub fn encode<T: Element>(matrix: &Csr<T>) -> Encoding {
    let mut whole = Sections::default();
    whole.add(matrix.array());
    for part in [matrix.indices(), matrix.indptr()] {
        match part {
            Indices::Narrow(part) => whole.add(part),
            Indices::Wide(part) => whole.add(part),
        }
    }
    let (rows, columns) = matrix.shape();
    let record = Record {
        codec: "csr",
        type_name: "scipy.sparse.csr_matrix",
        meta: json!({"shape": [rows, columns], "dtype": T::NAME, "nnz": matrix.nnz(),
                     "places": whole.places}),
        preview: Some(format!("{matrix:?}")),
    };
    Encoding::Bytes(whole.pieces, record)
}

#[derive(Default)]
struct Sections {
    pieces: Vec<Piece>,
    places: Vec<[usize; 2]>,
    length: usize,
}

impl Sections {
    fn add<T: Element>(&mut self, array: &Array<T>) {
        let start = self.length.next_multiple_of(ALIGNMENT);
        if start > self.length {
            self.pieces.push(Piece::Own(vec![0; start - self.length]));
        }
        let header = npy::header(array.description(), array.shape());
        let size = header.len() + size_of_val(array.as_slice());
        self.pieces.extend([Piece::Own(header), Piece::of(array.as_slice())]);
        self.places.push([start, size]);
        self.length = start + size;
    }
}
