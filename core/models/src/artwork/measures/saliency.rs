//! Where eyes go first: what of a picture's spectrum isn't as in all pictures.
//!
//! Source: Hou and Zhang (2007), *Saliency Detection: A Spectral Residual Approach*, CVPR. Their
//! picture is 64 pixels wide, and so is this one, and as high. The residual is smoothed by a
//! Gaussian of σ = 2.5 pixels, as in the authors' program.

use rustfft::num_complex::Complex64;

use super::super::plane::{Plane, reflected};
use super::super::spectrum::{SIDE, Transform};

const SIGMA: f64 = 2.5;
const RADIUS: isize = 8;

/// Amplitudes below are none: their logarithm says nothing.
const FAINT: f64 = 1e-9;

/// What is planned once for many pictures.
pub struct SpectralResidual(Transform);

/// How salient each place is, not below 0; all 0 for a blank picture.
pub struct Saliency(Plane);

/// Where the saliency is.
pub struct Place {
    pub compactness: f64,
    pub x: f64,
    pub y: f64,
    pub thirds: f64,
}

impl SpectralResidual {
    pub fn new() -> Self {
        Self(Transform::new())
    }

    pub fn of(&self, light: &Plane) -> Saliency {
        let mut small = light.resampled(SIDE, SIDE);
        let mean = small.values.iter().sum::<f64>() / (SIDE * SIDE) as f64;
        if small.values.iter().all(|value| (value - mean).abs() < FAINT) {
            small.values.fill(0.0);
            return Saliency(small);
        }
        let mut spectrum: Vec<_> =
            small.values.iter().map(|&value| Complex64::new(value, 0.0)).collect();
        self.0.forward(&mut spectrum);
        let logarithms: Vec<f64> = spectrum.iter().map(|it| it.norm().max(FAINT).ln()).collect();
        for (at, value) in spectrum.iter_mut().enumerate() {
            let residual = (logarithms[at] - around(&logarithms, at)).exp();
            let amplitude = value.norm();
            // Of no amplitude the phase is 0.
            let phase = if amplitude > 0.0 { *value / amplitude } else { Complex64::ONE };
            *value = phase * residual;
        }
        self.0.inverse(&mut spectrum);
        let scale = (SIDE * SIDE) as f64;
        small.values = spectrum.iter().map(|it| (it / scale).norm_sqr()).collect();
        Saliency(smooth(&smooth(&small).transposed()).transposed())
    }
}

/// The mean of a frequency and its eight neighbours: a spectrum goes on at its ends.
fn around(values: &[f64], at: usize) -> f64 {
    let near = |place: usize| [place + SIDE - 1, place, place + 1].map(|it| it % SIDE);
    let sum: f64 = near(at / SIDE)
        .map(|y| near(at % SIDE).map(|x| values[y * SIDE + x]).iter().sum::<f64>())
        .iter()
        .sum();
    sum / 9.0
}

/// Rows smoothed by a Gaussian.
fn smooth(map: &Plane) -> Plane {
    let weights: Vec<f64> =
        (-RADIUS..=RADIUS).map(|x| (-0.5 * (x as f64 / SIGMA).powi(2)).exp()).collect();
    let total: f64 = weights.iter().sum();
    let mut values = Vec::with_capacity(map.values.len());
    let mut wide = Vec::with_capacity(SIDE + 2 * RADIUS as usize);
    for y in 0..SIDE {
        let row = map.row(y);
        wide.clear();
        wide.extend((-RADIUS..SIDE as isize + RADIUS).map(|x| row[reflected(x, SIDE)]));
        values
            .extend(wide.windows(weights.len()).map(|window| {
                window.iter().zip(&weights).map(|(a, b)| a * b).sum::<f64>() / total
            }));
    }
    Plane { values, ..*map }
}

impl Saliency {
    pub fn place(&self) -> Place {
        let Plane { values, .. } = &self.0;
        let total: f64 = values.iter().sum();
        if total <= 0.0 {
            return Place { compactness: 0.0, x: 0.5, y: 0.5, thirds: 0.0 };
        }
        let mut sorted = values.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let most: f64 = sorted[..SIDE * SIDE / 10].iter().sum();
        let [mut x, mut y, mut thirds] = [0.0; 3];
        for (at, value) in values.iter().enumerate() {
            let [across, down] = [at % SIDE, at / SIDE].map(|it| (it as f64 + 0.5) / SIDE as f64);
            x += value * across;
            y += value * down;
            thirds += value * near_third(across) * near_third(down);
        }
        Place { compactness: most / total, x: x / total, y: y / total, thirds: thirds / total }
    }
}

/// exp(−d²/2σ²) of the distance to the nearer of ⅓ and ⅔, σ = ⅙.
fn near_third(at: f64) -> f64 {
    let distance = (at - 1.0 / 3.0).abs().min((at - 2.0 / 3.0).abs());
    (-0.5 * (6.0 * distance).powi(2)).exp()
}
