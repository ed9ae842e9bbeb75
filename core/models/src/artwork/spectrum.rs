//! The spectrum of a small picture: what saliency and motion are told by.

use std::sync::Arc;

use rustfft::num_complex::Complex64;
use rustfft::{Fft, FftPlanner};

/// The side of the picture.
pub const SIDE: usize = 64;

/// What is planned once for many pictures of [`SIDE`] × [`SIDE`].
pub struct Transform {
    forward: Arc<dyn Fft<f64>>,
    inverse: Arc<dyn Fft<f64>>,
}

impl Transform {
    pub fn new() -> Self {
        let mut planner = FftPlanner::new();
        Self { forward: planner.plan_fft_forward(SIDE), inverse: planner.plan_fft_inverse(SIDE) }
    }

    /// The spectrum of a picture, in its place.
    pub fn forward(&self, values: &mut [Complex64]) {
        both_ways(&*self.forward, values);
    }

    /// The picture of a spectrum, in its place, times the number of pixels.
    pub fn inverse(&self, values: &mut [Complex64]) {
        both_ways(&*self.inverse, values);
    }
}

/// The transform of rows, then of columns. The result is transposed twice: as it was.
fn both_ways(transform: &dyn Fft<f64>, values: &mut [Complex64]) {
    for _ in 0..2 {
        transform.process(values);
        for y in 0..SIDE {
            (0..y).for_each(|x| values.swap(y * SIDE + x, x * SIDE + y));
        }
    }
}
