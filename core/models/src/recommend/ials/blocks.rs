//! A row's factors eight at a time, each block to the least of the loss with all others fixed.

use super::IalsOptions;
use crate::recommend::Events;
use crate::recommend::factors::{Factors, LANES, dot, sum_of_lanes};
use crate::wide::{Wide, wide};

type Lanes = [f32; LANES];

/// Memory that is used again for the next row.
#[derive(Default)]
pub(super) struct Scratch {
    /// The other side's factors of the row's events, block by block.
    gathered: Vec<Lanes>,
    /// c − 1 of each event, and what is predicted for it.
    events: Vec<(f32, f32)>,
}

impl Scratch {
    /// Moves each block of `row` in turn; `gram` is of `others`.
    pub fn sweep(
        &mut self,
        row: &mut [f32],
        others: &Factors,
        gram: &[f32],
        events: Events<'_>,
        options: IalsOptions,
    ) {
        wide(Sweep { scratch: self, row, others, gram, events, options });
    }

    #[inline(always)]
    fn move_all(
        &mut self,
        row: &mut [f32],
        others: &Factors,
        gram: &[f32],
        events: Events<'_>,
        options: IalsOptions,
    ) {
        self.gather(row, others, events, options.alpha);
        let (gram, _) = gram.as_chunks::<LANES>();
        let count = self.events.len();
        let blocks = row.len() / LANES;
        for block in 0..blocks {
            let gathered = &self.gathered[block * count..][..count];
            let delta = step(row, block, gathered, &self.events, gram, options.l2 as f32);
            let own = &mut row[block * LANES..][..LANES];
            own.iter_mut().zip(delta).for_each(|(value, by)| *value -= by);
            for ((_, predicted), factors) in self.events.iter_mut().zip(gathered) {
                let mut products = *factors;
                products.iter_mut().zip(delta).for_each(|(value, by)| *value *= by);
                *predicted -= sum_of_lanes(&products);
            }
        }
    }

    #[inline(always)]
    fn gather(&mut self, row: &[f32], others: &Factors, events: Events<'_>, alpha: f64) {
        let count = events.items().len();
        self.gathered.clear();
        self.gathered.resize(count * row.len() / LANES, [0.0; LANES]);
        self.events.clear();
        for (place, (item, strength)) in events.iter().enumerate() {
            let factors = others.filled(item);
            self.events.push(((alpha * strength) as f32, dot(row, factors)));
            let (lanes, _) = factors.as_chunks::<LANES>();
            for (block, values) in lanes.iter().enumerate() {
                self.gathered[block * count + place] = *values;
            }
        }
    }
}

/// A row's blocks, each moved in turn.
struct Sweep<'a> {
    scratch: &'a mut Scratch,
    row: &'a mut [f32],
    others: &'a Factors,
    gram: &'a [f32],
    events: Events<'a>,
    options: IalsOptions,
}

impl Wide for Sweep<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.scratch.move_all(self.row, self.others, self.gram, self.events, self.options);
    }
}

/// How far to go back in a block: its curvature's inverse by its slope. One such step is the
/// least, since the loss is a square in it.
#[inline(always)]
fn step(
    row: &[f32],
    block: usize,
    gathered: &[Lanes],
    events: &[(f32, f32)],
    gram: &[Lanes],
    l2: f32,
) -> Lanes {
    let blocks = row.len() / LANES;
    let first = block * LANES;
    let mut curve: [Lanes; LANES] =
        std::array::from_fn(|lane| gram[(first + lane) * blocks + block]);
    let mut slope: Lanes = std::array::from_fn(|lane| l2 * row[first + lane]);
    for (value, column) in row.iter().zip(gram.chunks_exact(blocks)) {
        for lane in 0..LANES {
            slope[lane] += value * column[block][lane];
        }
    }
    for (factors, &(weight, predicted)) in gathered.iter().zip(events) {
        let miss = weight * predicted - (1.0 + weight);
        for lane in 0..LANES {
            slope[lane] += miss * factors[lane];
        }
        // One number by eight, which are weighted once.
        let weighted: Lanes = std::array::from_fn(|lane| weight * factors[lane]);
        for down in 0..LANES {
            for lane in 0..LANES {
                curve[down][lane] += factors[down] * weighted[lane];
            }
        }
    }
    for (lane, values) in curve.iter_mut().enumerate() {
        values[lane] += l2;
    }
    solve(curve, slope, l2)
}

/// The solution of a positive definite system of eight, by Cholesky's factors. No pivot is below
/// the penalty, but for what 32 bits round off.
#[inline(always)]
fn solve(mut lower: [Lanes; LANES], mut right: Lanes, l2: f32) -> Lanes {
    for column in 0..LANES {
        let scale = 1.0 / lower[column][column].max(l2).sqrt();
        lower[column][column] = lower[column][column].max(l2);
        lower[column..].iter_mut().for_each(|values| values[column] *= scale);
        let scaled: Lanes = std::array::from_fn(|row| lower[row][column]);
        right[column] *= scale;
        for row in column + 1..LANES {
            let factor = scaled[row];
            right[row] -= factor * right[column];
            for (value, other) in lower[row][column + 1..=row].iter_mut().zip(&scaled[column + 1..])
            {
                *value -= factor * other;
            }
        }
    }
    for column in (0..LANES).rev() {
        right[column] /= lower[column][column];
        for row in 0..column {
            right[row] -= lower[column][row] * right[column];
        }
    }
    right
}
