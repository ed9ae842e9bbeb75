//! How a picture moves: as a whole (the camera), and what is left then (what is in it).
//!
//! The whole moves by the peak of the phase correlation. Source: Kuglin and Hines (1975), *The
//! phase correlation image alignment method*, IEEE Conf. Cybernetics and Society. Zooms and turns
//! are seen as what they move on average.

use std::f64::consts::PI;

use rustfft::num_complex::Complex64;

use super::super::plane::Plane;
use super::super::spectrum::{SIDE, Transform};
use super::look::Look;

/// What moved from one frame to the next.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Motion {
    /// How far the picture moved right, in its width.
    pub across: f64,
    /// How far it moved down, in its height.
    pub down: f64,
    /// The mean difference of the light (0 to 1) that this doesn't explain.
    pub rest: f64,
}

/// What is planned once.
pub struct Motions {
    transform: Transform,
    window: Vec<f64>,
}

impl Motions {
    pub fn new() -> Self {
        // Hann's window: the picture's ends, which don't meet, aren't taken for edges.
        let window =
            (0..SIDE).map(|x| 0.5 - 0.5 * (2.0 * PI * (x as f64 + 0.5) / SIDE as f64).cos());
        Self { transform: Transform::new(), window: window.collect() }
    }

    pub fn picture(&self, light: &Plane) -> Plane {
        light.resampled(SIDE, SIDE)
    }

    pub fn spectrum(&self, picture: &Plane) -> Vec<Complex64> {
        let mean = picture.values.iter().sum::<f64>() / picture.values.len() as f64;
        let weight = |at: usize| self.window[at / SIDE] * self.window[at % SIDE];
        let values = picture.values.iter().enumerate();
        let mut values: Vec<_> =
            values.map(|(at, value)| Complex64::new(weight(at) * (value - mean), 0.0)).collect();
        self.transform.forward(&mut values);
        values
    }

    pub fn between(&self, before: &Look, after: &Look) -> Motion {
        let mut cross: Vec<_> = after
            .spectrum
            .iter()
            .zip(&before.spectrum)
            .map(|(after, before)| {
                let product = after * before.conj();
                let norm = product.norm_sqr().sqrt();
                if norm > 1e-12 { product / norm } else { Complex64::ZERO }
            })
            .collect();
        self.transform.inverse(&mut cross);
        let peak = (0..cross.len())
            .max_by(|&a, &b| cross[a].re.total_cmp(&cross[b].re).then(b.cmp(&a)))
            .unwrap_or(0);
        let at = |x: usize, y: usize| cross[(y % SIDE) * SIDE + x % SIDE].re;
        let (x, y) = (peak % SIDE, peak / SIDE);
        let across = part(at(x + SIDE - 1, y), at(x, y), at(x + 1, y)) + signed(x);
        let down = part(at(x, y + SIDE - 1), at(x, y), at(x, y + 1)) + signed(y);
        let still = rest(&before.moving, &after.moving, 0, 0);
        let moved = rest(&before.moving, &after.moving, signed(x) as isize, signed(y) as isize);
        // A peak elsewhere that explains nothing is noise: the picture stands.
        if peak != 0 && moved >= still {
            return Motion { across: 0.0, down: 0.0, rest: still };
        }
        Motion { across: across / SIDE as f64, down: down / SIDE as f64, rest: moved }
    }
}

/// A shift by more than half a side is one the other way.
fn signed(shift: usize) -> f64 {
    if shift > SIDE / 2 { shift as f64 - SIDE as f64 } else { shift as f64 }
}

/// How far beside the middle the peak of a parabola through three values is.
fn part(left: f64, middle: f64, right: f64) -> f64 {
    let bend = left - 2.0 * middle + right;
    if bend < 0.0 { (0.5 * (left - right) / bend).clamp(-0.5, 0.5) } else { 0.0 }
}

/// The mean difference where both pictures are, one of them shifted.
fn rest(before: &Plane, after: &Plane, across: isize, down: isize) -> f64 {
    let side = SIDE as isize;
    let span = |shift: isize| shift.max(0)..side + shift.min(0);
    let (mut sum, mut pixels) = (0.0, 0.0);
    for y in span(down) {
        for x in span(across) {
            let (now, then) = (y * side + x, (y - down) * side + x - across);
            sum += (after.values[now as usize] - before.values[then as usize]).abs();
            pixels += 1.0;
        }
    }
    if pixels > 0.0 { sum / pixels } else { 0.0 }
}
