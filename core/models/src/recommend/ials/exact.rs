//! A row's factors at once: `(YᵀY + Σ (c − 1) y yᵀ + λI) x = Σ c y`, Hu et al.'s equation 4.

use super::IalsOptions;
use crate::recommend::Events;
use crate::recommend::cholesky;
use crate::recommend::factors::Factors;

/// A system, whose memory is used again for the next row.
#[derive(Default)]
pub(super) struct System {
    /// The lower half, in row-major order.
    matrix: Vec<f64>,
    /// The right side, and after a solve what was found.
    pub right: Vec<f64>,
    row: Vec<f64>,
}

impl System {
    /// The system of a row with these events; `gram` is of `others`, filled up.
    #[inline(always)]
    pub fn fill(
        &mut self,
        others: &Factors,
        gram: &[f64],
        events: Events<'_>,
        IalsOptions { alpha, l2, factors, .. }: IalsOptions,
    ) {
        let Self { matrix, right, row } = self;
        matrix.clear();
        gram.chunks_exact(others.stride()).take(factors).for_each(|it| {
            matrix.extend_from_slice(&it[..factors]);
        });
        matrix.iter_mut().step_by(factors + 1).for_each(|diagonal| *diagonal += l2);
        right.clear();
        right.resize(factors, 0.0);
        for (item, strength) in events.iter() {
            row.clear();
            row.extend(others.row(item).iter().copied().map(f64::from));
            let weight = alpha * strength;
            right.iter_mut().zip(&*row).for_each(|(sum, value)| *sum += (1.0 + weight) * value);
            for (place, lower) in matrix.chunks_exact_mut(factors).enumerate() {
                let scaled = weight * row[place];
                let pairs = lower[..=place].iter_mut().zip(&*row);
                pairs.for_each(|(sum, value)| *sum += scaled * value);
            }
        }
    }

    /// Solves it: the factors stand in `right`.
    #[inline(always)]
    pub fn solve(&mut self) {
        if !cholesky::solve(&mut self.matrix, &mut self.right) {
            // Only of strengths too large for numbers, which the end of a fit reports.
            self.right.fill(f64::NAN);
        }
    }
}
