//! Edges at the size of the frame: the Laplacian, and gradients by Sobel's operator.
//!
//! Edges at the border of the picture are those of the picture mirrored there, as OpenCV has it.

use super::super::plane::{Luma, mirrored};

/// So many pixels at most are summed in 32 bits: a square is at most 1020².
const CHUNK: usize = 1024;

/// What a frame's edges are in all.
pub struct Edges {
    pub laplacian_variance: f64,
    pub tenengrad: f64,
    /// From 0 (edges of all directions) to 1 (of one).
    pub coherence: f64,
    /// The direction in which light changes least, in degrees from 0 to below 180.
    pub angle: f64,
    /// The share of the squared Laplacian that the middle quarter has.
    pub in_the_middle: f64,
}

/// Sums over pixels: of the Laplacian, its square, and the products of the gradients.
#[derive(Clone, Copy, Default)]
struct Sums {
    laplacian: i64,
    square: i64,
    across: i64,
    down: i64,
    both: i64,
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.laplacian += other.laplacian;
        self.square += other.square;
        self.across += other.across;
        self.down += other.down;
        self.both += other.both;
    }
}

impl Edges {
    pub fn of(luma: &Luma) -> Self {
        let (width, height) = (luma.width, luma.height);
        let (left, right) = (width / 4, width - width / 4);
        let (top, bottom) = (height / 4, height - height / 4);
        let [mut all, mut middle] = [Sums::default(); 2];
        let mut rows = [-1, 0, 1].map(|y| padded(luma, y));
        for y in 0..height {
            for (begin, end) in [(0, left), (left, right), (right, width)] {
                let found = of_row(&rows, begin, end);
                all.add(found);
                if begin == left && (top..bottom).contains(&y) {
                    middle.add(found);
                }
            }
            rows.rotate_left(1);
            pad(luma, y as isize + 2, &mut rows[2]);
        }
        let pixels = (width * height) as f64;
        let mean = all.laplacian as f64 / pixels;
        let [across, down, both] = [all.across, all.down, all.both].map(|sum| sum as f64 / pixels);
        let spread = (across - down).hypot(2.0 * both);
        // The eigenvector of the larger eigenvalue is where light changes most.
        let most = 0.5 * (2.0 * both).atan2(across - down).to_degrees();
        Self {
            laplacian_variance: (all.square as f64 / pixels - mean * mean).max(0.0),
            tenengrad: across + down,
            coherence: if across + down > 0.0 { (spread / (across + down)).min(1.0) } else { 0.0 },
            angle: if spread > 0.0 { (most + 90.0).rem_euclid(180.0) } else { 0.0 },
            in_the_middle: middle.square as f64 / (all.square as f64).max(1.0),
        }
    }
}

/// Row `y` with a pixel more at both ends.
fn padded(luma: &Luma, y: isize) -> Vec<i16> {
    let mut row = vec![0; luma.width + 2];
    pad(luma, y, &mut row);
    row
}

fn pad(luma: &Luma, y: isize, row: &mut [i16]) {
    let (width, values) = (luma.width, luma.row(mirrored(y, luma.height)));
    row[1..=width].iter_mut().zip(values).for_each(|(to, &from)| *to = i16::from(from));
    row[0] = i16::from(values[mirrored(-1, width)]);
    row[width + 1] = i16::from(values[mirrored(width as isize, width)]);
}

/// The sums of the pixels from `begin` to `end` of the row in the middle of three.
fn of_row(rows: &[Vec<i16>; 3], begin: usize, end: usize) -> Sums {
    let mut sums = Sums::default();
    for begin in (begin..end).step_by(CHUNK) {
        let length = CHUNK.min(end - begin);
        let part = |row: usize, shift: usize| &rows[row][begin + shift..begin + shift + length];
        let [above, here, below] = [0, 1, 2].map(|row| [0, 1, 2].map(|shift| part(row, shift)));
        let [mut laplacian, mut square, mut across, mut down, mut both] = [0i32; 5];
        for x in 0..length {
            let l = above[1][x] + here[0][x] + here[2][x] + below[1][x] - 4 * here[1][x];
            let (left, right) = (
                above[0][x] + 2 * here[0][x] + below[0][x],
                above[2][x] + 2 * here[2][x] + below[2][x],
            );
            let upper = above[0][x] + 2 * above[1][x] + above[2][x];
            let lower = below[0][x] + 2 * below[1][x] + below[2][x];
            let [l, gx, gy] = [l, right - left, lower - upper].map(i32::from);
            laplacian += l;
            square += l * l;
            across += gx * gx;
            down += gy * gy;
            both += gx * gy;
        }
        let [laplacian, square, across, down, both] =
            [laplacian, square, across, down, both].map(i64::from);
        sums.add(Sums { laplacian, square, across, down, both });
    }
    sums
}
