//! Rows of factors, in 32 bits: what members and items are to models that multiply.

use std::iter::Sum;
use std::ops::{AddAssign, Mul};

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use rand::{SeedableRng, rngs::StdRng};
use rand_distr::{Distribution, StandardNormal};

use crate::wide::{Wide, wide};
use crate::{ModelError, Result, Saved};

/// How many numbers a processor works on at once. Rows are filled up with zeros to a multiple,
/// so that the sum of a product has one order.
pub(super) const LANES: usize = 8;

/// How many factors there may be.
pub(super) fn check_width(factors: usize) -> Result<()> {
    if factors == 0 || factors > 4096 {
        let hint = "give from 1 to 4096 factors; 64 is a good beginning";
        return Err(ModelError::input("factors", format!("is {factors}"), hint));
    }
    Ok(())
}

/// A row of factors for each member or item.
#[derive(Debug, Clone, PartialEq)]
pub struct Factors {
    rows: usize,
    width: usize,
    /// The width with what fills it up.
    stride: usize,
    values: Vec<f32>,
}

impl Factors {
    /// Zeros.
    pub(super) fn zeros(rows: usize, width: usize) -> Self {
        let stride = width.next_multiple_of(LANES);
        Self { rows, width, stride, values: vec![0.0; rows * stride] }
    }

    /// Normal numbers of the standard deviation 0.1 / √width, whose products are small.
    pub(super) fn random(rows: usize, width: usize, seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let scale = 0.1 / (width as f32).sqrt();
        let mut factors = Self::zeros(rows, width);
        for row in factors.values.chunks_exact_mut(factors.stride.max(1)) {
            for value in &mut row[..width] {
                let normal: f32 = StandardNormal.sample(&mut random);
                *value = scale * normal;
            }
        }
        factors
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// How many factors a row has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// A row.
    #[must_use]
    pub fn row(&self, row: usize) -> &[f32] {
        &self.filled(row)[..self.width]
    }

    /// All rows, one after the other.
    #[must_use]
    pub fn to_rows(&self) -> Vec<f64> {
        (0..self.rows).flat_map(|row| self.row(row)).copied().map(f64::from).collect()
    }

    /// A row with the zeros that fill it up.
    pub(super) fn filled(&self, row: usize) -> &[f32] {
        &self.values[row * self.stride..(row + 1) * self.stride]
    }

    /// As [`filled`](Self::filled), to be changed; the zeros are to stay.
    pub(super) fn filled_mut(&mut self, row: usize) -> &mut [f32] {
        &mut self.values[row * self.stride..(row + 1) * self.stride]
    }

    pub(super) fn stride(&self) -> usize {
        self.stride
    }

    /// Whether all are numbers.
    pub(super) fn is_finite(&self) -> bool {
        self.values.iter().all(|value| value.is_finite())
    }

    /// All rows, filled up.
    pub(super) fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    /// Σ over rows of row rowᵀ, stride × stride.
    pub(super) fn gram(&self) -> Vec<f64> {
        let wide: Vec<f64> = self.values.iter().copied().map(f64::from).collect();
        let rows = MatRef::from_row_major_slice(&wide, self.rows, self.stride);
        let mut gram = vec![0.0; self.stride * self.stride];
        let out = MatMut::from_column_major_slice_mut(&mut gram, self.stride, self.stride);
        matmul(out, Accum::Replace, rows.transpose(), rows, 1.0, Par::Seq);
        gram
    }

    /// The products of `one`, filled up, with each row.
    pub(super) fn products(&self, one: &[f32], products: &mut [f32]) {
        wide(Products { rows: self, one, products });
    }

    /// The products of some rows of `left` with all of these, row by row.
    pub(super) fn all_products(&self, left: &Self, chosen: &[usize], products: &mut [f32]) {
        let some: Vec<f32> = chosen.iter().flat_map(|row| left.filled(*row)).copied().collect();
        let some = MatRef::from_row_major_slice(&some, chosen.len(), self.stride);
        let all = MatRef::from_row_major_slice(&self.values, self.rows, self.stride);
        let out = MatMut::from_row_major_slice_mut(products, chosen.len(), self.rows);
        matmul(out, Accum::Replace, some, all.transpose(), 1.0, Par::Seq);
    }

    /// Beside a saved model's other arrays.
    pub(super) fn save(&self, saved: Saved, name: &str) -> Saved {
        saved.with(name, &[self.rows, self.width], self.to_rows())
    }

    /// What [`save`](Self::save) wrote, of `width` factors.
    pub(super) fn load(saved: &Saved, name: &str, width: usize) -> Result<Self> {
        let array = saved.array(name)?;
        let finite = array.values.iter().all(|value| (*value as f32).is_finite());
        match array.shape.as_slice() {
            &[rows, found] if found == width && finite => {
                let mut factors = Self::zeros(rows, width);
                let filled = factors.values.chunks_exact_mut(factors.stride.max(1));
                for (row, values) in filled.zip(array.values.chunks_exact(width.max(1))) {
                    row.iter_mut().zip(values).for_each(|(to, from)| *to = *from as f32);
                }
                Ok(factors)
            }
            _ => Err(ModelError::Saved {
                kind: saved.kind.clone(),
                problem: format!("its `{name}` aren't rows of {width} numbers"),
            }),
        }
    }
}

/// The products of a row with many.
struct Products<'a> {
    rows: &'a Factors,
    one: &'a [f32],
    products: &'a mut [f32],
}

impl Wide for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let rows = self.rows.values.chunks_exact(self.rows.stride.max(1));
        self.products.iter_mut().zip(rows).for_each(|(to, row)| *to = dot(self.one, row));
    }
}

/// The sum of products, in an order that is the same on every machine.
#[inline(always)]
pub(super) fn dot<T>(left: &[T], right: &[T]) -> T
where
    T: Copy + Default + Mul<Output = T> + AddAssign + Sum,
{
    let count = left.len().min(right.len());
    let (left, right) = (&left[..count], &right[..count]);
    let (in_lanes, rest) = left.as_chunks::<LANES>();
    let (others, others_rest) = right.as_chunks::<LANES>();
    let mut lanes = [T::default(); LANES];
    for (a, b) in in_lanes.iter().zip(others) {
        for lane in 0..LANES {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    let mut sum: T = sum_of_lanes(&lanes);
    rest.iter().zip(others_rest).for_each(|(a, b)| sum += *a * *b);
    sum
}

/// The sum of lanes, in halves: as processors add them.
#[inline(always)]
pub(super) fn sum_of_lanes<T: Copy + Default + AddAssign + Sum>(lanes: &[T; LANES]) -> T {
    let mut halves = *lanes;
    for width in [4, 2, 1] {
        for lane in 0..width {
            let other = halves[lane + width];
            halves[lane] += other;
        }
    }
    halves[0]
}
