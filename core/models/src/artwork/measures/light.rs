//! Brightness and colour: sums over all pixels, in whole numbers.

use super::super::Frame;
use super::super::plane::Luma;
use super::HISTOGRAM;

/// So many pixels at most are summed in 32 bits: a square is below 2¹⁸.
const CHUNK: usize = 4096;

/// What a frame's pixels are in all.
pub struct Light {
    pub mean: f64,
    pub deviation: f64,
    pub entropy: f64,
    pub colourfulness: f64,
}

impl Light {
    pub fn of(frame: &Frame<'_>, luma: &Luma) -> Self {
        let counts = counts(&luma.values);
        let pixels = luma.values.len() as f64;
        let levels =
            || counts.iter().enumerate().map(|(level, &count)| (level as f64, count as f64));
        let mean = levels().map(|(level, count)| level * count).sum::<f64>() / pixels;
        let square = levels().map(|(level, count)| count * (level - mean).powi(2)).sum::<f64>();
        let entropy: f64 = levels()
            .filter(|&(_, count)| count > 0.0)
            .map(|(_, count)| count / pixels * (pixels / count).log2())
            .sum();
        Self {
            mean: mean / 255.0,
            deviation: (square / pixels).sqrt() / 255.0,
            entropy,
            colourfulness: colourfulness(frame),
        }
    }
}

/// How many pixels have each level.
fn counts(values: &[u8]) -> [u64; 256] {
    // Four by turns: equal neighbours don't wait for each other's count.
    let mut counts = [[0u32; 256]; 4];
    let mut totals = [0u64; 256];
    for chunk in values.chunks(1 << 24) {
        let mut quads = chunk.chunks_exact(4);
        for quad in &mut quads {
            (0..4).for_each(|i| counts[i][usize::from(quad[i])] += 1);
        }
        quads.remainder().iter().for_each(|&value| counts[0][usize::from(value)] += 1);
        for count in &mut counts {
            totals.iter_mut().zip(&*count).for_each(|(total, &count)| *total += u64::from(count));
            count.fill(0);
        }
    }
    totals
}

/// √(σ²rg + σ²yb) + 0.3 √(μ²rg + μ²yb), where rg = R − G and yb = (R + G)/2 − B.
fn colourfulness(frame: &Frame<'_>) -> f64 {
    // Of R − G and of R + G − 2B: sums, and sums of squares.
    let [mut red_green, mut yellow_blue] = [(0i64, 0u64); 2];
    for y in 0..frame.height() {
        for chunk in frame.row(y).chunks(3 * CHUNK) {
            let ([mut a, mut b], [mut a2, mut b2]) = ([0i32; 2], [0u32; 2]);
            for pixel in chunk.chunks_exact(3) {
                let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(i32::from);
                let (first, second) = (red - green, red + green - 2 * blue);
                a += first;
                b += second;
                a2 += (first * first) as u32;
                b2 += (second * second) as u32;
            }
            red_green = (red_green.0 + i64::from(a), red_green.1 + u64::from(a2));
            yellow_blue = (yellow_blue.0 + i64::from(b), yellow_blue.1 + u64::from(b2));
        }
    }
    let pixels = (frame.width() * frame.height()) as f64;
    let moments = |(sum, squares): (i64, u64), unit: f64| {
        let mean = sum as f64 / pixels;
        let variance = (squares as f64 / pixels - mean * mean).max(0.0);
        (mean / unit, variance / (unit * unit))
    };
    let ((mean_a, variance_a), (mean_b, variance_b)) =
        (moments(red_green, 1.0), moments(yellow_blue, 2.0));
    (variance_a + variance_b).sqrt() + 0.3 * mean_a.hypot(mean_b)
}

/// Which of the [`HISTOGRAM`] colours a pixel has: the upper two bits of each part.
pub fn colour(pixel: [u8; 3]) -> usize {
    let [red, green, blue] = pixel.map(|it| usize::from(it >> 6));
    red << 4 | green << 2 | blue
}

/// Which share of every `step`th pixel of every `step`th row have each colour.
pub fn histogram(frame: &Frame<'_>, step: usize) -> [f32; HISTOGRAM] {
    let mut counts = [0u32; HISTOGRAM];
    let mut pixels = 0u32;
    for y in (0..frame.height()).step_by(step) {
        for x in (0..frame.width()).step_by(step) {
            counts[colour(frame.pixel(x, y))] += 1;
            pixels += 1;
        }
    }
    counts.map(|count| (f64::from(count) / f64::from(pixels)) as f32)
}
