//! One small symmetric positive definite system, solved where it lies.

use super::factors::dot;

/// Solves `matrix x = right`, in row-major order and from the lower half, into `right`. Both are
/// overwritten; false where the matrix isn't positive definite.
#[inline(always)]
pub(super) fn solve(matrix: &mut [f64], right: &mut [f64]) -> bool {
    let is_definite = factor(matrix, right.len());
    if is_definite {
        substitute(matrix, right);
    }
    is_definite
}

/// Overwrites the lower half of a matrix by the `L` whose `L Lᵀ` it is; false where it isn't
/// positive definite.
#[inline(always)]
pub(super) fn factor(matrix: &mut [f64], size: usize) -> bool {
    for row in 0..size {
        let (above, rest) = matrix.split_at_mut(row * size);
        let own = &mut rest[..=row];
        for column in 0..row {
            let other = &above[column * size..=column * size + column];
            let sum = own[column] - dot(&own[..column], &other[..column]);
            own[column] = sum / other[column];
        }
        let left = own[row] - dot(&own[..row], &own[..row]);
        if !(left > 0.0 && left.is_finite()) {
            return false;
        }
        own[row] = left.sqrt();
    }
    true
}

/// Solves `L Lᵀ x = right` into `right`.
#[inline(always)]
pub(super) fn substitute(matrix: &[f64], right: &mut [f64]) {
    let size = right.len();
    for row in 0..size {
        let own = &matrix[row * size..=row * size + row];
        right[row] = (right[row] - dot(&own[..row], &right[..row])) / own[row];
    }
    for row in (0..size).rev() {
        let own = &matrix[row * size..=row * size + row];
        let value = right[row] / own[row];
        right[row] = value;
        right[..row].iter_mut().zip(own).for_each(|(sum, lower)| *sum -= lower * value);
    }
}

#[cfg(test)]
mod tests {
    use super::solve;

    #[test]
    fn a_system_is_solved_and_one_that_is_not_definite_refused() {
        let matrix = [4.0, 2.0, 0.5, 2.0, 5.0, 1.0, 0.5, 1.0, 3.0];
        let right = [1.0, -2.0, 0.25];
        let (mut lower, mut found) = (matrix, right);
        assert!(solve(&mut lower, &mut found));
        for row in 0..3 {
            let sum: f64 = (0..3).map(|column| matrix[row * 3 + column] * found[column]).sum();
            assert!((sum - right[row]).abs() < 1e-14);
        }
        assert!(!solve(&mut [1.0, 2.0, 2.0, 1.0], &mut [1.0, 1.0]));
        assert!(!solve(&mut [f64::NAN], &mut [1.0]));
    }
}
