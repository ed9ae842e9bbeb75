//! Where things are in a picture.

use super::super::plane::Plane;

/// The correlation of a picture with itself mirrored left to right; 0 for a blank picture.
///
/// Pairs of pixels are summed, not pixels: a mirrored picture has the same, bit for bit.
pub fn symmetry(light: &Plane) -> f64 {
    let half = light.width.div_ceil(2);
    let pairs = || {
        (0..light.height).flat_map(|y| {
            let row = light.row(y);
            // An odd row's middle is its own mirror: half of a pair.
            let weight = move |x: usize| if 2 * x + 1 == row.len() { 0.5 } else { 1.0 };
            (0..half).map(move |x| (row[x], row[row.len() - 1 - x], weight(x)))
        })
    };
    let pixels = (light.width * light.height) as f64;
    let mean = pairs().map(|(left, right, weight)| weight * (left + right)).sum::<f64>() / pixels;
    let (mut alike, mut square) = (0.0, 0.0);
    for (left, right, weight) in pairs() {
        let (left, right) = (left - mean, right - mean);
        alike += weight * 2.0 * (left * right);
        square += weight * (left * left + right * right);
    }
    if square > 1e-12 * pixels { (alike / square).clamp(-1.0, 1.0) } else { 0.0 }
}
