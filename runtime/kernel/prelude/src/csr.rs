//! [`Csr`]: SciPy's sparse matrices, row by row.

use std::fmt;

use crate::array::{Array, Element};
use crate::error::{Error, Result};

/// A sparse matrix in compressed rows (SciPy's `csr_matrix`): of each row, the columns whose
/// elements are stored, and those elements. One that Python made is read where it lies.
///
/// ```ignore
/// for (column, rating) in ratings.row(user) {
///     sums[column] += rating;
/// }
/// ```
#[derive(Clone)]
pub struct Csr<T: Element> {
    data: Array<T>,
    indices: Indices,
    indptr: Indices,
    shape: (usize, usize),
}

/// Indices as SciPy has them: 32 bits where that is enough. They are no less than 0, and
/// were checked when the matrix was made.
#[derive(Clone)]
pub enum Indices {
    /// Up to 2³¹ − 1.
    Narrow(Array<i32>),
    /// More.
    Wide(Array<i64>),
}

impl Indices {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Narrow(all) => all.len(),
            Self::Wide(all) => all.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The one at a place.
    ///
    /// # Panics
    /// When there are no more than that.
    #[track_caller]
    pub fn at(&self, place: usize) -> usize {
        let index = match self {
            Self::Narrow(all) => i64::from(all[place]),
            Self::Wide(all) => all[place],
        };
        usize::try_from(index).unwrap_or(usize::MAX)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = usize> + '_ {
        (0..self.len()).map(|place| self.at(place))
    }
}

impl<T: Element> Csr<T> {
    /// A matrix of `shape` (rows, columns). Row `i` has its elements at `indptr[i]` to
    /// `indptr[i + 1]` of `data`, and their columns in `indices`.
    ///
    /// # Errors
    /// When the parts don't fit together.
    #[track_caller]
    pub fn new(
        shape: (usize, usize),
        indptr: Vec<i64>,
        indices: Vec<i64>,
        data: Vec<T>,
    ) -> Result<Self> {
        let wide = shape.1 > i32::MAX as usize || data.len() > i32::MAX as usize;
        let kept = |all: Vec<i64>| {
            let narrow: Option<Vec<i32>> = all.iter().map(|one| i32::try_from(*one).ok()).collect();
            match narrow.filter(|_| !wide) {
                Some(narrow) => Indices::Narrow(Array::new(narrow)),
                None => Indices::Wide(Array::new(all)),
            }
        };
        Self::from_parts(shape, kept(indptr), kept(indices), Array::new(data)).map_err(Error::new)
    }

    pub(crate) fn from_parts(
        shape: (usize, usize),
        indptr: Indices,
        indices: Indices,
        data: Array<T>,
    ) -> std::result::Result<Self, String> {
        if indptr.len() != shape.0.saturating_add(1) || indices.len() != data.len() {
            let (rows, stored) = (indptr.len(), indices.len());
            return Err(format!(
                "the parts of a sparse matrix don't fit: {rows} places of {} rows, {stored} columns \
                 of {} elements",
                shape.0,
                data.len()
            ));
        }
        let mut last = 0;
        for place in indptr.iter() {
            if place < last || place > data.len() {
                return Err(format!("a row of the sparse matrix begins at {place}, after {last}"));
            }
            last = place;
        }
        if let Some(column) = indices.iter().find(|column| *column >= shape.1) {
            return Err(format!(
                "a sparse matrix of {} columns has an element in {column}",
                shape.1
            ));
        }
        Ok(Self { data, indices, indptr, shape })
    }

    /// Rows and columns.
    pub fn shape(&self) -> (usize, usize) {
        self.shape
    }

    /// How many elements are stored.
    pub fn nnz(&self) -> usize {
        self.data.len()
    }

    /// The elements that are stored, row by row.
    pub fn data(&self) -> &[T] {
        &self.data
    }

    /// The columns of the elements in [`Self::data`].
    pub fn indices(&self) -> &Indices {
        &self.indices
    }

    /// Where each row begins in [`Self::data`], and where the last one ends.
    pub fn indptr(&self) -> &Indices {
        &self.indptr
    }

    /// The elements of a row that are stored, each with its column.
    ///
    /// # Panics
    /// When there are no more than `row` rows.
    #[track_caller]
    pub fn row(&self, row: usize) -> impl ExactSizeIterator<Item = (usize, T)> + '_ {
        assert!(row < self.shape.0, "there is no row {row}: the matrix has {}", self.shape.0);
        let places = self.indptr.at(row)..self.indptr.at(row + 1);
        places.map(|place| (self.indices.at(place), self.data[place]))
    }

    /// All rows, as [`Self::row`] gives them.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = impl ExactSizeIterator<Item = (usize, T)>> {
        (0..self.shape.0).map(|row| self.row(row))
    }

    pub(crate) fn array(&self) -> &Array<T> {
        &self.data
    }
}

impl<T: Element> fmt::Debug for Csr<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rows, columns) = self.shape;
        write!(formatter, "{rows}×{columns} csr of {}, {} stored", T::NAME, self.nnz())
    }
}
