//! A hash of 64 bits that pictures which look alike share most of.
//!
//! Source: Zauner (2010), *Implementation and Benchmarking of Perceptual Image Hash Functions*,
//! section 3.2.1 (the hash by the discrete cosine transform, as pHash has it).

use std::f64::consts::PI;

use super::plane::Plane;

/// The side of the small picture, and of the square of low frequencies that becomes bits.
const SIDE: usize = 32;
const LOW: usize = 8;

/// How far above the median a frequency has to be: what is less is rounding.
const NOISE: f64 = 1e-6;

/// The perceptual hash of a picture: bit `63 − (8 v + u)` says whether the picture has more than
/// the median of the frequency `u` across and `v` down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub u64);

impl Hash {
    /// The hash of a frame's light.
    pub(super) fn of(light: &Plane) -> Self {
        let small = light.resampled(SIDE, SIDE);
        let wave = |u: usize, x: usize| (PI * (u * (2 * x + 1)) as f64 / (2 * SIDE) as f64).cos();
        let waves: [[f64; SIDE]; LOW] =
            std::array::from_fn(|u| std::array::from_fn(|x| wave(u, x)));
        let mut found = [0.0; LOW * LOW];
        for (y, row) in small.values.chunks_exact(SIDE).enumerate() {
            let across = waves.map(|wave| wave.iter().zip(row).map(|(a, b)| a * b).sum::<f64>());
            for (v, wave) in waves.iter().enumerate() {
                (0..LOW).for_each(|u| found[v * LOW + u] += wave[y] * across[u]);
            }
        }
        let mut sorted = found;
        sorted.sort_by(f64::total_cmp);
        let median = f64::midpoint(sorted[31], sorted[32]);
        Self(found.iter().fold(0, |bits, &it| bits << 1 | u64::from(it > median + NOISE)))
    }

    /// Which share of the bits differ: 0 for alike, about ½ for pictures without relation.
    #[must_use]
    pub fn distance(self, other: Self) -> f64 {
        f64::from((self.0 ^ other.0).count_ones()) / 64.0
    }
}
