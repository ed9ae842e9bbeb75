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
        let lower = if size <= SMALL { factored(matrix, size)? } else { by_faer(matrix, size)? };
        let mut inverse = vec![0.0; size * size];
        for row in 0..size {
            let (above, rest) = inverse.split_at_mut(row * size);
            let own = &mut rest[..=row];
            let weights = &lower[row * size..=row * size + row];
            for (k, weight) in weights[..row].iter().enumerate() {
                let line = &above[k * size..=k * size + k];
                own.iter_mut().zip(line).for_each(|(sum, value)| *sum += weight * value);
            }
            own[..row].iter_mut().for_each(|sum| *sum = -*sum / weights[row]);
            own[row] = 1.0 / weights[row];
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

    /// `xᵀ (L Lᵀ)⁻¹ x`, the squared length of `L⁻¹ x`, of several `x` side by side.
    #[inline(always)]
    pub fn forms(&self, x: &[[f64; LANES]]) -> [f64; LANES] {
        let mut forms = [0.0; LANES];
        for (row, values) in self.inverse.chunks_exact(self.size.max(1)).enumerate() {
            let sums = dots(&values[..=row], x);
            for (form, sum) in forms.iter_mut().zip(sums) {
                *form += sum * sum;
            }
        }
        forms
    }
}

/// Larger matrices are faer's to factor: what it prepares costs more than a small one takes.
const SMALL: usize = 32;

/// The lower factor of a small matrix, row by row.
fn factored(matrix: &[f64], size: usize) -> Option<Vec<f64>> {
    let mut lower = vec![0.0; size * size];
    for row in 0..size {
        let (above, rest) = lower.split_at_mut(row * size);
        let own = &mut rest[..=row];
        for column in 0..row {
            let other = &above[column * size..=column * size + column];
            let products = own[..column].iter().zip(other).map(|(a, b)| a * b);
            own[column] = (matrix[row * size + column] - products.sum::<f64>()) / other[column];
        }
        let squares: f64 = own[..row].iter().map(|value| value * value).sum();
        let left = matrix[row * size + row] - squares;
        if !(left > 0.0 && left.is_finite()) {
            return None;
        }
        own[row] = left.sqrt();
    }
    Some(lower)
}

fn by_faer(matrix: &[f64], size: usize) -> Option<Vec<f64>> {
    let dense = Mat::from_fn(size, size, |row, column| matrix[row * size + column]);
    let factor = dense.llt(Side::Lower).ok()?;
    Some((0..size * size).map(|place| factor.L()[(place / size, place % size)]).collect())
}

/// The sums of products of `weights` with several `x` side by side.
#[inline(always)]
pub(super) fn dots(weights: &[f64], x: &[[f64; LANES]]) -> [f64; LANES] {
    let mut sums = [0.0; LANES];
    for (weight, x) in weights.iter().zip(x) {
        for (sum, value) in sums.iter_mut().zip(x) {
            *sum += weight * value;
        }
    }
    sums
}

/// How many sums run side by side: one alone waits for each addition to end.
pub(super) const LANES: usize = 8;

/// The sum of products.
#[inline(always)]
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

/// A distribution looked over: [`Probabilities::of`].
pub(super) struct Probabilities {
    /// The sum of all; not a number where one isn't.
    pub sum: f64,
    /// Whether all are probabilities, should the sum be a number.
    pub fit: bool,
}

impl Probabilities {
    #[inline(always)]
    pub fn of(values: &[f64]) -> Self {
        let (in_lanes, rest) = values.as_chunks::<LANES>();
        let (mut sums, mut least, mut most) = ([0.0; LANES], [0.0; LANES], [1.0; LANES]);
        for chunk in in_lanes {
            for lane in 0..LANES {
                sums[lane] += chunk[lane];
                least[lane] = if chunk[lane] < least[lane] { chunk[lane] } else { least[lane] };
                most[lane] = if chunk[lane] > most[lane] { chunk[lane] } else { most[lane] };
            }
        }
        let fit = least.iter().all(|least| *least >= 0.0) && most.iter().all(|most| *most <= 1.0);
        let rest_fits = rest.iter().all(|value| (0.0..=1.0).contains(value));
        let sum = sums.iter().sum::<f64>() + rest.iter().sum::<f64>();
        Self { sum, fit: fit && rest_fits }
    }

    /// Whether they are a distribution, whose sum is as near to one as `tolerance`.
    #[inline(always)]
    pub fn are_one(&self, tolerance: f64) -> bool {
        // No number that isn't one is near.
        self.fit && (self.sum - 1.0).abs() <= tolerance
    }
}

#[cfg(test)]
mod tests {
    use super::{Factor, Probabilities, by_faer, factored};

    #[test]
    fn a_system_is_solved_and_one_that_is_not_definite_refused() {
        let matrix = [4.0, 2.0, 0.5, 2.0, 5.0, 1.0, 0.5, 1.0, 3.0];
        let factor = Factor::new(&matrix, 3).unwrap();
        let x = factor.solve(&[1.0, -2.0, 0.25]);
        for (row, expected) in [1.0, -2.0, 0.25].into_iter().enumerate() {
            let found: f64 = (0..3).map(|column| matrix[row * 3 + column] * x[column]).sum();
            assert!((found - expected).abs() < 1e-14);
        }
        let forms = factor.forms(&[1.0, -2.0, 0.25].map(|value| [value; 8]));
        for form in forms {
            assert!((form - (x[0] - 2.0 * x[1] + 0.25 * x[2])).abs() < 1e-14);
        }
        assert_eq!(Factor::new(&[1.0, 2.0, 2.0, 1.0], 2), None);
    }

    #[test]
    fn small_matrices_are_factored_as_large_ones_are() {
        for size in [1, 2, 7, 32] {
            let near = |row: usize, column: usize| 1.0 / (1.0 + row.abs_diff(column) as f64);
            let matrix: Vec<f64> =
                (0..size * size).map(|place| near(place / size, place % size)).collect();
            let pairs = factored(&matrix, size).unwrap().into_iter();
            for (small, large) in pairs.zip(by_faer(&matrix, size).unwrap()) {
                assert!((small - large).abs() < 1e-14, "{small} {large}");
            }
        }
    }

    #[test]
    fn what_is_no_probability_is_seen_wherever_it_stands() {
        let row = [0.05; 20];
        assert!(Probabilities::of(&row).are_one(1e-6));
        for place in [0, 7, 8, 16, 19] {
            for wrong in [f64::NAN, -0.1, 1.1, f64::INFINITY, 0.06] {
                let mut row = row;
                row[place] = wrong;
                assert!(!Probabilities::of(&row).are_one(1e-6), "{wrong} at {place}");
            }
            let mut row = row;
            (row[place], row[(place + 1) % 20]) = (-0.1, 0.2);
            assert!(!Probabilities::of(&row).are_one(1e-6), "{place}");
        }
    }
}
