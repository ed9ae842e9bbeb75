//! Nulls that the host minds: rows with one are kept from the guest, and give null.

use arrow::array::{Array, ArrayRef, BooleanArray};
use arrow::buffer::NullBuffer;
use arrow::compute::filter;

use super::error::{Error, Result};
use super::function::Argument;

/// The rows in which no column is null, when there are others.
pub(super) struct Present {
    nulls: NullBuffer,
}

/// What the nulls of some arguments come to.
pub(super) enum Found {
    /// There are none.
    None,
    /// Some rows have one.
    Some(Present),
    /// Each row has one.
    All,
}

/// Looks for nulls in arguments of `rows` rows.
pub(super) fn find(arguments: &[Argument]) -> Found {
    let mut union: Option<NullBuffer> = None;
    for argument in arguments {
        match argument {
            Argument::Constant(value) if value.is_null(0) => return Found::All,
            Argument::Constant(_) => {}
            Argument::Column(column) => {
                union = NullBuffer::union(union.as_ref(), column.nulls());
            }
        }
    }
    match union.filter(|nulls| nulls.null_count() > 0) {
        None => Found::None,
        Some(nulls) if nulls.null_count() == nulls.len() => Found::All,
        Some(nulls) => Found::Some(Present { nulls }),
    }
}

impl Present {
    /// How many rows have no null.
    pub(super) fn count(&self) -> usize {
        self.nulls.len() - self.nulls.null_count()
    }

    /// The arguments without the rows that have a null.
    pub(super) fn keep(&self, arguments: &[Argument]) -> Result<Vec<Argument>> {
        let mask = BooleanArray::new(self.nulls.inner().clone(), None);
        let keep = |column: &ArrayRef| {
            filter(column, &mask).map_err(|error| Error::Host { reason: error.to_string() })
        };
        let kept = arguments.iter().map(|argument| match argument {
            Argument::Column(column) => Ok(Argument::Column(keep(column)?)),
            Argument::Constant(value) => Ok(Argument::Constant(value.clone())),
        });
        kept.collect()
    }

    /// Puts values of `width` bytes back where their rows were, zeros between them.
    pub(super) fn spread(&self, values: &[u8], width: usize) -> Vec<u8> {
        let mut spread = vec![0; self.nulls.len() * width];
        for (value, row) in values.chunks_exact(width).zip(self.nulls.valid_indices()) {
            spread[row * width..(row + 1) * width].copy_from_slice(value);
        }
        spread
    }

    /// The rows that are null.
    pub(super) fn nulls(&self) -> NullBuffer {
        self.nulls.clone()
    }
}
