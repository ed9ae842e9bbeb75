//! How much of a picture looks like writing.
//!
//! Writing is many strokes of high contrast close together: light goes up and down again within
//! a few pixels, across and down. Blocks where it does are counted if one beside them in their
//! line does too. A proxy after Wu, Manmatha and Riseman (1999), *TextFinder: an automatic system
//! to detect and recognize text in images*, PAMI 21(11).

use super::super::plane::Plane;

/// The size of a block of the working picture.
const BLOCK: (usize, usize) = (16, 8);

/// A step of light above is an edge.
const EDGE: f64 = 0.12;

/// Shares of a block's steps: edges across at least, of which at least so many go up and so many
/// down; edges down at least.
const ACROSS: f64 = 0.18;
const TURNS: f64 = 0.35;
const DOWN: f64 = 0.06;

/// Which share of the picture's blocks look like writing.
pub fn text(light: &Plane) -> f64 {
    let (columns, rows) = (light.width / BLOCK.0, light.height / BLOCK.1);
    if columns == 0 || rows == 0 {
        return 0.0;
    }
    let mut found = 0;
    for row in 0..rows {
        let line: Vec<bool> = (0..columns).map(|column| strokes(light, column, row)).collect();
        let beside = |at: usize| at.checked_sub(1).is_some_and(|at| line[at]);
        let after = |at: usize| line.get(at + 1).is_some_and(|&it| it);
        found += (0..columns).filter(|&at| line[at] && (beside(at) || after(at))).count();
    }
    found as f64 / (columns * rows) as f64
}

/// Whether a block is full of strokes.
fn strokes(light: &Plane, column: usize, row: usize) -> bool {
    let (left, top) = (column * BLOCK.0, row * BLOCK.1);
    let [mut up, mut down, mut vertical, mut steps] = [0usize; 4];
    for y in top..top + BLOCK.1 {
        let here = light.row(y);
        let below = (y + 1 < light.height).then(|| light.row(y + 1));
        for x in left..(left + BLOCK.0).min(light.width - 1) {
            let step = here[x + 1] - here[x];
            up += usize::from(step > EDGE);
            down += usize::from(step < -EDGE);
            vertical += usize::from(below.is_some_and(|row| (row[x] - here[x]).abs() > EDGE));
            steps += 1;
        }
    }
    let [up, down, vertical, steps] = [up, down, vertical, steps].map(|count| count as f64);
    let across = up + down;
    across >= ACROSS * steps && up.min(down) >= TURNS * across && vertical >= DOWN * steps
}
