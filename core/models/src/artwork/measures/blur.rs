//! How blurred a picture is: how little of its edges one more blur takes.
//!
//! Source: Crété, Dolmiere, Ladret and Nicolas (2007), *The blur effect: perception and
//! estimation with a new no-reference perceptual blur metric*, SPIE 6492; the numbers are those of
//! `skimage.measure.blur_effect` on the working picture.

use super::super::plane::{Plane, reflected};

/// How many pixels the blur takes together.
const WINDOW: isize = 11;

/// The blur of the direction that is blurred more; 1 for a picture without an edge.
pub fn blur_effect(light: &Plane) -> f64 {
    let across = along_rows(light);
    let down = along_rows(&light.transposed());
    match (across, down) {
        (Some(across), Some(down)) => across.max(down),
        (one, other) => one.or(other).unwrap_or(1.0),
    }
}

/// Which share of the edges across stays where rows are blurred; none where there is no edge.
fn along_rows(light: &Plane) -> Option<f64> {
    let sharp = edges(light);
    let blurred = edges(&blurred(light));
    let (mut all, mut lost) = (0.0, 0.0);
    let inner = |length: usize| 2..length.saturating_sub(1).max(2);
    for y in inner(light.height) {
        for x in inner(light.width) {
            let at = y * light.width + x;
            all += sharp[at];
            lost += (sharp[at] - blurred[at]).max(0.0);
        }
    }
    (all > 1e-9).then(|| (all - lost).abs() / all)
}

/// Means of [`WINDOW`] neighbours in a row.
fn blurred(light: &Plane) -> Plane {
    let mut values = Vec::with_capacity(light.values.len());
    let half = WINDOW / 2;
    let mut wide = Vec::with_capacity(light.width + WINDOW as usize);
    for y in 0..light.height {
        let row = light.row(y);
        wide.clear();
        wide.extend((-half..row.len() as isize + half).map(|x| row[reflected(x, row.len())]));
        let mut sum: f64 = wide[..WINDOW as usize].iter().sum();
        values.push(sum);
        for (gone, come) in wide.iter().zip(&wide[WINDOW as usize..]) {
            sum += come - gone;
            values.push(sum);
        }
    }
    values.iter_mut().for_each(|value| *value /= WINDOW as f64);
    Plane { values, ..*light }
}

/// |∂/∂x| by Sobel's operator, whose weights sum to one.
fn edges(light: &Plane) -> Vec<f64> {
    let Plane { width, height, .. } = *light;
    let mut values = Vec::with_capacity(light.values.len());
    let mut smooth = vec![0.0; width + 2];
    for y in 0..height {
        let [above, below] = [y as isize - 1, y as isize + 1].map(|y| reflected(y, height));
        let (above, here, below) = (light.row(above), light.row(y), light.row(below));
        for x in 0..width {
            smooth[x + 1] = 0.25 * above[x] + 0.5 * here[x] + 0.25 * below[x];
        }
        smooth[0] = smooth[1];
        smooth[width + 1] = smooth[width];
        values.extend((0..width).map(|x| 0.5 * (smooth[x] - smooth[x + 2]).abs()));
    }
    values
}
