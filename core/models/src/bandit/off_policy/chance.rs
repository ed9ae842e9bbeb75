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

    /// A row below `rows`: the high half of a product (Lemire, 2019), whose bias is below
    /// `rows` / 2⁶⁴.
    pub fn row(&mut self, rows: usize) -> usize {
        ((u128::from(self.next()) * rows as u128) >> 64) as usize
    }
}

fn scramble(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::Draws;

    #[test]
    fn every_row_is_as_likely() {
        let mut counts = [0_u32; 7];
        for resample in 0..100 {
            let mut draws = Draws::new(3, resample);
            (0..700).for_each(|_| counts[draws.row(7)] += 1);
        }
        // Ten thousand each, give or take four standard deviations of 93.
        assert!(counts.iter().all(|count| count.abs_diff(10_000) < 372), "{counts:?}");
    }
}
