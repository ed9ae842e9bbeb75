//! A row's factors at once: `(YᵀY + Σ (c − 1) y yᵀ + λI) x = Σ c y`, Hu et al.'s equation 4.

use super::IalsOptions;
use crate::recommend::Events;
use crate::recommend::cholesky;
use crate::recommend::factors::Factors;
use crate::wide::{Wide, wide};

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
    pub fn fill(
        &mut self,
        others: &Factors,
        gram: &[f64],
        events: Events<'_>,
        options: IalsOptions,
    ) {
        wide(Fill { system: self, others, gram, events, options });
    }

    /// Solves it: the factors stand in `right`.
    pub fn solve(&mut self) {
        if !wide(Solve(self)) {
            // Only of strengths too large for numbers, which the end of a fit reports.
            self.right.fill(f64::NAN);
        }
    }
}

impl System {
    /// Prepares it for other right sides than its own.
    pub fn factor(mut self) -> Factored {
        let size = self.right.len();
        if !wide(Factor { matrix: &mut self.matrix, size }) {
            // As in `solve`.
            self.matrix.fill(f64::NAN);
        }
        Factored { matrix: self.matrix, size }
    }
}

/// A system whose matrix is factored: many right sides can be solved for.
pub(super) struct Factored {
    matrix: Vec<f64>,
    size: usize,
}

impl Factored {
    /// What is found for a right side.
    pub fn solve(&self, right: &[f32]) -> Vec<f64> {
        let mut found: Vec<f64> = right.iter().take(self.size).copied().map(f64::from).collect();
        wide(Substitute { matrix: &self.matrix, right: &mut found });
        found
    }
}

/// Factors a matrix; whether it could.
struct Factor<'a> {
    matrix: &'a mut [f64],
    size: usize,
}

impl Wide for Factor<'_> {
    type Output = bool;

    #[inline(always)]
    fn call(self) -> bool {
        cholesky::factor(self.matrix, self.size)
    }
}

/// Solves for a right side.
struct Substitute<'a> {
    matrix: &'a [f64],
    right: &'a mut [f64],
}

impl Wide for Substitute<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        cholesky::substitute(self.matrix, self.right);
    }
}

/// Solves a system; whether it could.
struct Solve<'a>(&'a mut System);

impl Wide for Solve<'_> {
    type Output = bool;

    #[inline(always)]
    fn call(self) -> bool {
        cholesky::solve(&mut self.0.matrix, &mut self.0.right)
    }
}

/// Fills a system.
struct Fill<'a> {
    system: &'a mut System,
    others: &'a Factors,
    gram: &'a [f64],
    events: Events<'a>,
    options: IalsOptions,
}

impl Wide for Fill<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { system, others, gram, events, options } = self;
        let System { matrix, right, row } = system;
        let IalsOptions { alpha, l2, factors, .. } = options;
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
}
