//! Rows drawn at random, fast: the bootstrap draws hundreds of millions.

/// A counter whose every value is scrambled: SplitMix64 (Steele, Lea and Flood, 2014, *Fast
/// splittable pseudorandom number generators*). No draw waits for the one before it.
pub(super) struct Draws {
    state: u64,
}

/// The odd number nearest to 2⁶⁴ over the golden ratio.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Draws {
    /// The draws of one resample, unlike those of any other.
    pub fn new(seed: u64, resample: usize) -> Self {
        Self { state: scramble(scramble(seed ^ STEP).wrapping_add(resample as u64)) }
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        scramble(self.state)
    }

    /// The sum of as many of these rows' values as `count`, each drawn among all: the high half
    /// of a product (Lemire, 2019). Of few rows, two are drawn at once, from 32 bits each, with a
    /// bias below `FEW` / 2³²; of more, with one below `rows` / 2⁶⁴.
    pub fn sums<const N: usize>(&mut self, values: [&[f64]; N], count: usize) -> [f64; N] {
        let rows = values[0].len();
        let mut sums = [[0.0; N]; LANES];
        let mut drawn = [0; LANES];
        for first in (0..count).step_by(LANES) {
            if rows <= FEW {
                for two in drawn.chunks_exact_mut(2) {
                    let bits = self.next();
                    two[0] = (((bits >> 32) * rows as u64) >> 32) as usize;
                    two[1] = (((bits & 0xffff_ffff) * rows as u64) >> 32) as usize;
                }
            } else {
                for one in &mut drawn {
                    *one = ((u128::from(self.next()) * rows as u128) >> 64) as usize;
                }
            }
            // Side by side: no addition waits for the one before it.
            for (sums, row) in sums.iter_mut().zip(drawn).take(count - first) {
                sums.iter_mut().zip(values).for_each(|(sum, values)| *sum += values[row]);
            }
        }
        let mut total = [0.0; N];
        for sums in sums {
            total.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
        }
        total
    }
}

/// How many rows are drawn together.
const LANES: usize = 4;
/// Up to so many rows, 32 bits draw one.
const FEW: usize = 1 << 16;

fn scramble(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::{Draws, FEW};

    #[test]
    fn every_row_is_as_likely() {
        for (rows, each) in [(7, 10_000.0), (FEW + 1, 4.0)] {
            let of_one: Vec<Vec<f64>> = (0..3)
                .map(|one| (0..rows).map(|row| f64::from(u8::from(row % 3 == one))).collect())
                .collect();
            let (mut counts, mut all) = ([0.0; 3], 0.0);
            for resample in 0..100 {
                let count = (each * rows as f64) as usize / 100;
                let values = [&of_one[0][..], &of_one[1], &of_one[2]];
                let sums = Draws::new(3, resample).sums(values, count);
                counts.iter_mut().zip(sums).for_each(|(count, sum)| *count += sum);
                all += count as f64;
            }
            assert_eq!(counts.iter().sum::<f64>(), all);
            for (one, count) in counts.into_iter().enumerate() {
                let share = of_one[one].iter().sum::<f64>() / rows as f64;
                // Give or take four standard deviations.
                let margin = 4.0 * (all * share * (1.0 - share)).sqrt();
                assert!((count - all * share).abs() < margin, "{counts:?} of {all}");
            }
        }
    }

    #[test]
    fn sums_do_not_depend_on_what_is_summed_beside() {
        let (left, right): (Vec<f64>, Vec<f64>) = (0..50).map(|i| (f64::from(i), 0.5)).unzip();
        for count in [0, 1, 3, 4, 50] {
            let [alone] = Draws::new(1, 2).sums([&left], count);
            assert_eq!(Draws::new(1, 2).sums([&left, &right], count), [alone, 0.5 * count as f64]);
        }
    }
}
