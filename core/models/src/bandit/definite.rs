//! Small symmetric positive definite systems, as ridge regressions make them.

use faer::{Mat, Side};

/// The Cholesky factor `L` of a matrix `L Lᵀ`, and its inverse, both row-major.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Factor {
    size: usize,
    lower: Vec<f64>,
    inverse: Vec<f64>,
}

impl Factor {
    /// Factors a row-major matrix; nothing where it isn't positive definite.
    pub fn new(matrix: &[f64], size: usize) -> Option<Self> {
        let dense = Mat::from_fn(size, size, |row, column| matrix[row * size + column]);
        let factor = dense.llt(Side::Lower).ok()?;
        let lower: Vec<f64> =
            (0..size * size).map(|place| factor.L()[(place / size, place % size)]).collect();
        let mut inverse = vec![0.0; size * size];
        for column in 0..size {
            for row in column..size {
                let unit = f64::from(u8::from(row == column));
                let sum: f64 =
                    (column..row).map(|k| lower[row * size + k] * inverse[k * size + column]).sum();
                inverse[row * size + column] = (unit - sum) / lower[row * size + row];
            }
        }
        inverse.iter().all(|value| value.is_finite()).then_some(Self { size, lower, inverse })
    }

    /// The solution `x` of `L Lᵀ x = b`.
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let size = self.size;
        let mut x = b.to_vec();
        for row in 0..size {
            let sum: f64 = (0..row).map(|k| self.lower[row * size + k] * x[k]).sum();
            x[row] = (x[row] - sum) / self.lower[row * size + row];
        }
        for row in (0..size).rev() {
            let sum: f64 = (row + 1..size).map(|k| self.lower[k * size + row] * x[k]).sum();
            x[row] = (x[row] - sum) / self.lower[row * size + row];
        }
        x
    }

    /// `xᵀ (L Lᵀ)⁻¹ x`, the squared length of `L⁻¹ x`.
    pub fn form(&self, x: &[f64]) -> f64 {
        let rows = self.inverse.chunks_exact(self.size.max(1)).enumerate();
        rows.map(|(row, values)| dot(&values[..=row], &x[..=row]).powi(2)).sum()
    }
}

/// How many sums run side by side: one alone waits for each addition to end.
const LANES: usize = 8;

/// The sum of products.
pub(super) fn dot(left: &[f64], right: &[f64]) -> f64 {
    let count = left.len().min(right.len());
    let (left, right) = (&left[..count], &right[..count]);
    let (in_lanes, rest) = left.as_chunks::<LANES>();
    let (others, others_rest) = right.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for (a, b) in in_lanes.iter().zip(others) {
        for lane in 0..LANES {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    let tail: f64 = rest.iter().zip(others_rest).map(|(a, b)| a * b).sum();
    lanes.iter().sum::<f64>() + tail
}

/// The sum of numbers, and whether all are probabilities.
pub(super) fn sum_of_probabilities(values: &[f64]) -> (f64, bool) {
    let (in_lanes, rest) = values.as_chunks::<LANES>();
    let (mut lanes, mut fit) = ([0.0; LANES], true);
    for chunk in in_lanes {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += value;
            fit &= (0.0..=1.0).contains(value);
        }
    }
    let fits = rest.iter().all(|value| (0.0..=1.0).contains(value));
    (lanes.iter().sum::<f64>() + rest.iter().sum::<f64>(), fit && fits)
}

#[cfg(test)]
mod tests {
    use super::Factor;

    #[test]
    fn a_system_is_solved_and_one_that_is_not_definite_refused() {
        let matrix = [4.0, 2.0, 0.5, 2.0, 5.0, 1.0, 0.5, 1.0, 3.0];
        let factor = Factor::new(&matrix, 3).unwrap();
        let x = factor.solve(&[1.0, -2.0, 0.25]);
        for (row, expected) in [1.0, -2.0, 0.25].into_iter().enumerate() {
            let found: f64 = (0..3).map(|column| matrix[row * 3 + column] * x[column]).sum();
            assert!((found - expected).abs() < 1e-14);
        }
        let form = factor.form(&[1.0, -2.0, 0.25]);
        assert!((form - (x[0] - 2.0 * x[1] + 0.25 * x[2])).abs() < 1e-14);
        assert_eq!(Factor::new(&[1.0, 2.0, 2.0, 1.0], 2), None);
    }
}
