//! The inverse of a large matrix, block by block: who waits is told of each.
//!
//! `A = LLᵀ`, then `L⁻¹`, then `A⁻¹ = L⁻ᵀL⁻¹` (Golub and Van Loan, *Matrix Computations*, 4th ed.,
//! sections 4.2.9 and 3.1.5), each a block of columns after the other.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{cholesky_in_place, cholesky_in_place_scratch};
use faer::linalg::matmul::triangular::{BlockStructure, matmul};
use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::reborrow::ReborrowMut as _;
use faer::{Accum, MatMut, MatRef, Par, Spec};

use crate::{Result, Watch};

/// How many columns are worked on at once: enough for a product to be one of the processor's fast
/// ones.
const BLOCK: usize = 256;

/// Where each block of columns begins, and how many it has.
fn blocks(size: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..size).step_by(BLOCK).map(move |first| (first, BLOCK.min(size - first)))
}

/// How many steps [`invert`] tells of: for each of its parts the squares of what is left.
pub fn steps(size: usize) -> usize {
    3 * blocks(size).map(|(first, _)| square(size - first)).sum::<usize>()
}

fn square(side: usize) -> usize {
    side * side
}

/// Puts the inverse of a symmetric matrix, whose lower half is read, in its place: column by
/// column, the lower half alone. `scratch` is as large, and zero. Whether the matrix was positive
/// definite; if not, both hold nothing of use.
pub fn invert(
    matrix: &mut [f64],
    scratch: &mut [f64],
    size: usize,
    watch: &dyn Watch,
) -> Result<bool> {
    let mut matrix = MatMut::from_column_major_slice_mut(matrix, size, size);
    let mut lower = MatMut::from_column_major_slice_mut(scratch, size, size);
    if !factor(matrix.rb_mut(), watch)? {
        return Ok(false);
    }
    invert_lower(matrix.as_ref(), lower.rb_mut(), watch)?;
    square_lower(lower.as_ref(), matrix, watch)?;
    Ok(true)
}

/// Cholesky's factor in the place of the lower half.
fn factor(mut matrix: MatMut<'_, f64>, watch: &dyn Watch) -> Result<bool> {
    let (size, par) = (matrix.nrows(), Par::rayon(0));
    let scratch = cholesky_in_place_scratch::<f64>(BLOCK.min(size), par, Spec::default());
    let mut memory = MemBuffer::new(scratch);
    for (first, width) in blocks(size) {
        let left = size - first;
        let rest = matrix.rb_mut().submatrix_mut(first, first, left, left);
        let (mut corner, _, mut below, rest) = rest.split_at_mut(width, width);
        let stack = MemStack::new(&mut memory);
        let regular = Default::default();
        if cholesky_in_place(corner.rb_mut(), regular, par, stack, Spec::default()).is_err() {
            return Ok(false);
        }
        solve_lower_triangular_in_place(corner.as_ref(), below.rb_mut().transpose_mut(), par);
        let below = below.as_ref();
        let (whole, half) = (BlockStructure::Rectangular, BlockStructure::TriangularLower);
        matmul(rest, half, Accum::Add, below, whole, below.transpose(), whole, -1.0, par);
        watch.after(square(left))?;
    }
    Ok(true)
}

/// The inverse of a lower half into one of zeros.
fn invert_lower(
    matrix: MatRef<'_, f64>,
    mut inverse: MatMut<'_, f64>,
    watch: &dyn Watch,
) -> Result<()> {
    let size = matrix.nrows();
    for (first, width) in blocks(size) {
        let left = size - first;
        let mut columns = inverse.rb_mut().submatrix_mut(first, first, left, width);
        columns.rb_mut().diagonal_mut().fill(1.0);
        let rest = matrix.submatrix(first, first, left, left);
        solve_lower_triangular_in_place(rest, columns, Par::rayon(0));
        watch.after(square(left))?;
    }
    Ok(())
}

/// The lower half of `lowerᵀ · lower` into that of `product`.
fn square_lower(
    lower: MatRef<'_, f64>,
    mut product: MatMut<'_, f64>,
    watch: &dyn Watch,
) -> Result<()> {
    let size = lower.nrows();
    for (first, width) in blocks(size) {
        let left = size - first;
        let rest = lower.submatrix(first, first, left, left);
        let columns = lower.submatrix(first, first, left, width);
        let out = product.rb_mut().submatrix_mut(first, first, left, width);
        let (whole, half) = (BlockStructure::Rectangular, BlockStructure::TriangularUpper);
        let par = Par::rayon(0);
        matmul(out, whole, Accum::Replace, rest.transpose(), half, columns, whole, 1.0, par);
        watch.after(square(left))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use faer::Mat;
    use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

    use super::*;
    use crate::ModelError;
    use crate::watch::tests::Counter;

    fn symmetric(size: usize) -> Mat<f64> {
        let mut random = StdRng::seed_from_u64(size as u64);
        let half = Mat::from_fn(size, size, |_, _| random.random_range(-1.0..1.0));
        &half * half.transpose() + Mat::from_fn(size, size, |i, j| f64::from(u8::from(i == j)))
    }

    fn inverted(matrix: &Mat<f64>, watch: &dyn Watch) -> Result<Option<Mat<f64>>> {
        let size = matrix.nrows();
        let mut values: Vec<f64> =
            (0..size * size).map(|at| matrix[(at % size, at / size)]).collect();
        let mut scratch = vec![0.0; size * size];
        let definite = invert(&mut values, &mut scratch, size, watch)?;
        let value = |i: usize, j: usize| values[i.min(j) * size + i.max(j)];
        Ok(definite.then(|| Mat::from_fn(size, size, value)))
    }

    #[test]
    fn a_matrix_times_its_inverse_is_one() {
        for size in [1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 77] {
            let (matrix, watch) = (symmetric(size), Counter::until(usize::MAX));
            watch.begins(Some(steps(size)));
            let product = &matrix * inverted(&matrix, &watch).unwrap().unwrap();
            let off = Mat::from_fn(size, size, |i, j| {
                (product[(i, j)] - f64::from(u8::from(i == j))).abs()
            });
            let most = off.max().unwrap();
            assert!(most < 1e-8, "{size}: {most}");
            assert_eq!(watch.told(), (steps(size), steps(size)));
        }
    }

    #[test]
    fn a_matrix_without_a_root_says_so_and_a_stop_ends_it() {
        let mut matrix = symmetric(BLOCK + 5);
        let watch = Counter::until(1);
        watch.begins(None);
        assert_eq!(inverted(&matrix, &watch).unwrap_err(), ModelError::Cancelled);
        assert_eq!(watch.told().0, square(BLOCK + 5), "the second block was never begun");
        matrix[(BLOCK + 2, BLOCK + 2)] = -1.0;
        assert!(inverted(&matrix, &|| false).unwrap().is_none());
    }
}
