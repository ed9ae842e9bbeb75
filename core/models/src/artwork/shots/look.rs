//! What is kept of a frame to tell shots apart: small pictures and counts.

use rustfft::num_complex::Complex64;

use super::super::Frame;
use super::super::hash::{above_median, low_frequencies};
use super::super::plane::{Luma, Plane};
use super::blocks::Blocks;
use super::colours::Colours;
use super::method::Method;
use super::motion::Motions;

/// The longest side of the picture whose colours are compared.
const LONGEST: usize = 256;

/// The side of the picture that dissolves are found by.
pub const SIDE: usize = 32;

/// The levels of light that are counted.
const LEVELS: usize = 128;

/// The side of the picture that is hashed, and of the square of low frequencies that is kept.
const HASHED: usize = 16;
const BITS: usize = 8;

/// What is kept of a frame.
pub struct Look {
    /// The colours of the small picture; none where the method doesn't compare them, as below.
    colours: Colours,
    /// How many pixels have each level of light.
    levels: Vec<f64>,
    /// Which low frequencies are above their median.
    hash: u64,
    /// The mean of the light, from 0 to 1.
    pub light: f64,
    /// The light of a picture of [`SIDE`] × [`SIDE`].
    pub small: Vec<f64>,
    /// The spectrum by which motion is told.
    pub spectrum: Vec<Complex64>,
    /// The picture of that spectrum.
    pub moving: Plane,
}

impl Look {
    /// What `method` compares of a frame, and what fades, dissolves and motion are told by.
    pub fn of(frame: &Frame<'_>, motions: &Motions, method: Method) -> Self {
        let by = frame.width().max(frame.height()).div_ceil(LONGEST);
        let blocks = Blocks::of(frame, by);
        let reduced = blocks.light();
        let light = reduced.values.iter().sum::<f64>() / reduced.values.len() as f64;
        let moving = motions.picture(&reduced);
        let spectrum = motions.spectrum(&moving);
        // Smaller pictures are made of that one, in which each of their pixels is a few.
        let small = moving.resampled(SIDE, SIDE).values;
        let mut look = Self {
            colours: Colours::default(),
            levels: Vec::new(),
            hash: 0,
            light,
            small,
            spectrum,
            moving,
        };
        match method {
            Method::Content { .. } | Method::Adaptive { .. } => {
                look.colours = Colours::of(blocks.colours());
            }
            Method::Histogram { .. } => look.levels = levels(&Luma::of(frame)),
            Method::Hash { .. } => {
                let hashed = look.moving.resampled(HASHED, HASHED);
                let low = low_frequencies::<HASHED, BITS>(&hashed);
                look.hash = above_median(&low).fold(0, |bits, it| bits << 1 | u64::from(it));
            }
        }
        look
    }

    /// How far colours are apart: the mean difference of hue, saturation and value (0 to 255).
    pub fn content(&self, other: &Self) -> f64 {
        self.colours.apart(&other.colours)
    }

    /// One less the correlation of how many pixels have each level of light.
    pub fn histogram(&self, other: &Self) -> f64 {
        1.0 - correlation(&self.levels, &other.levels)
    }

    /// Which share of the hashes' bits differ.
    pub fn hash(&self, other: &Self) -> f64 {
        f64::from((self.hash ^ other.hash).count_ones()) / (BITS * BITS) as f64
    }
}

/// The correlation of numbers; 1 where one side is constant.
pub fn correlation(first: &[f64], second: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_a, mean_b) = (mean(first), mean(second));
    let [mut both, mut a2, mut b2] = [0.0; 3];
    for (a, b) in first.iter().zip(second) {
        let (a, b) = (a - mean_a, b - mean_b);
        both += a * b;
        a2 += a * a;
        b2 += b * b;
    }
    let scale = (a2 * b2).sqrt();
    if scale > 1e-12 { both / scale } else { 1.0 }
}

/// How many pixels have each level of light.
fn levels(luma: &Luma) -> Vec<f64> {
    let mut levels = vec![0.0; LEVELS];
    luma.values.iter().for_each(|&level| levels[usize::from(level) * LEVELS / 256] += 1.0);
    levels
}
