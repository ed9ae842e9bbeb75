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
        let low = low_frequencies::<SIDE, LOW>(&light.resampled(SIDE, SIDE));
        Self(above_median(&low).fold(0, |bits, it| bits << 1 | u64::from(it)))
    }

    /// Which share of the bits differ: 0 for alike, about ½ for pictures without relation.
    #[must_use]
    pub fn distance(self, other: Self) -> f64 {
        f64::from((self.0 ^ other.0).count_ones()) / 64.0
    }
}

/// The `LOW` × `LOW` lowest frequencies of a picture of `N` × `N`: its cosine transform (DCT-II).
pub(super) fn low_frequencies<const N: usize, const LOW: usize>(picture: &Plane) -> Vec<f64> {
    let wave = |u: usize, x: usize| (PI * (u * (2 * x + 1)) as f64 / (2 * N) as f64).cos();
    let waves: [[f64; N]; LOW] = std::array::from_fn(|u| std::array::from_fn(|x| wave(u, x)));
    let mut found = vec![0.0; LOW * LOW];
    for (y, row) in picture.values.chunks_exact(N).enumerate() {
        let across = waves.map(|wave| wave.iter().zip(row).map(|(a, b)| a * b).sum::<f64>());
        for (v, wave) in waves.iter().enumerate() {
            (0..LOW).for_each(|u| found[v * LOW + u] += wave[y] * across[u]);
        }
    }
    found
}

/// Which of an even number of values are above their median.
pub(super) fn above_median(values: &[f64]) -> impl Iterator<Item = bool> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    let median = f64::midpoint(sorted[half - 1], sorted[half]);
    values.iter().map(move |&value| value > median + NOISE)
}
