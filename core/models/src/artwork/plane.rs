//! Pictures of one number a pixel: light, at the size of the frame and smaller.

use super::Frame;

/// The longest side of the small picture that what is about shape is computed from.
const WORKING: usize = 512;

/// The light of a frame in bytes.
pub struct Luma {
    pub width: usize,
    pub height: usize,
    pub values: Vec<u8>,
}

/// Numbers of a picture, row after row.
#[derive(Debug, Clone, PartialEq)]
pub struct Plane {
    pub width: usize,
    pub height: usize,
    pub values: Vec<f64>,
}

/// The light of a row of pixels: ITU-R BT.601 in fixed point, bit for bit as OpenCV's
/// `COLOR_RGB2GRAY`.
pub fn luma(row: &[u8], values: &mut [u8]) {
    const RED: u32 = 9798;
    const GREEN: u32 = 19235;
    const BLUE: u32 = 3735;
    for (value, pixel) in values.iter_mut().zip(row.chunks_exact(3)) {
        let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(u32::from);
        *value = ((red * RED + green * GREEN + blue * BLUE + (1 << 14)) >> 15) as u8;
    }
}

impl Luma {
    pub fn of(frame: &Frame<'_>) -> Self {
        let (width, height) = (frame.width(), frame.height());
        let mut values = vec![0; width * height];
        for (y, values) in values.chunks_exact_mut(width).enumerate() {
            luma(frame.row(y), values);
        }
        Self { width, height, values }
    }

    pub fn row(&self, y: usize) -> &[u8] {
        &self.values[y * self.width..(y + 1) * self.width]
    }

    /// The picture as numbers from 0 to 1 whose sides are at most [`WORKING`]: the means of
    /// blocks of [`factor`] × [`factor`] pixels, the last of which may be smaller.
    pub fn working(&self) -> Plane {
        self.reduced(factor(self.width, self.height))
    }

    /// The means of blocks of `by` × `by` pixels, from 0 to 1.
    pub fn reduced(&self, by: usize) -> Plane {
        let (width, height) = (self.width.div_ceil(by), self.height.div_ceil(by));
        let mut values = Vec::with_capacity(width * height);
        let mut columns = vec![0u32; self.width];
        for top in (0..self.height).step_by(by) {
            let bottom = (top + by).min(self.height);
            columns.fill(0);
            for y in top..bottom {
                for (sum, &value) in columns.iter_mut().zip(self.row(y)) {
                    *sum += u32::from(value);
                }
            }
            values.extend(columns.chunks(by).map(|block| {
                let sum: u32 = block.iter().sum();
                f64::from(sum) / ((block.len() * (bottom - top)) as f64 * 255.0)
            }));
        }
        Plane { width, height, values }
    }
}

/// How many pixels of a side become one of the working picture's.
pub fn factor(width: usize, height: usize) -> usize {
    width.max(height).div_ceil(WORKING)
}

impl Plane {
    pub fn row(&self, y: usize) -> &[f64] {
        &self.values[y * self.width..(y + 1) * self.width]
    }

    /// At another size: each pixel is the mean of the area that it covers.
    pub fn resampled(&self, width: usize, height: usize) -> Plane {
        let columns = covers(self.width, width);
        let mut values = Vec::with_capacity(width * height);
        let mut sums = vec![0.0; self.width];
        for (first, weights) in covers(self.height, height) {
            sums.fill(0.0);
            for (y, weight) in (first..).zip(weights) {
                sums.iter_mut().zip(self.row(y)).for_each(|(sum, value)| *sum += weight * value);
            }
            values.extend(columns.iter().map(|(first, weights)| {
                weights.iter().zip(&sums[*first..]).map(|(weight, sum)| weight * sum).sum::<f64>()
            }));
        }
        Plane { width, height, values }
    }

    /// In bytes.
    pub fn to_luma(&self) -> Luma {
        let values = self.values.iter().map(|value| (255.0 * value).round() as u8).collect();
        Luma { width: self.width, height: self.height, values }
    }

    pub fn transposed(&self) -> Plane {
        let Self { width, height, .. } = *self;
        let columns = (0..width).flat_map(|x| (0..height).map(move |y| (x, y)));
        let values = columns.map(|(x, y)| self.values[y * width + x]).collect();
        Plane { width: height, height: width, values }
    }
}

/// For each of `to` equal parts of a side of `from` pixels: the first pixel that it covers, and
/// which share of the part that pixel and those behind it are.
fn covers(from: usize, to: usize) -> Vec<(usize, Vec<f64>)> {
    let size = from as f64 / to as f64;
    let cover = |part: usize| {
        // Whole products: ends that should meet a pixel's edge do.
        let (begin, end) =
            ((part * from) as f64 / to as f64, ((part + 1) * from) as f64 / to as f64);
        let (first, last) = (part * from / to, ((part + 1) * from).div_ceil(to));
        let share =
            |pixel: usize| ((pixel + 1) as f64).min(end).max(0.0) - (pixel as f64).max(begin);
        (first, (first..last).map(|pixel| share(pixel) / size).collect())
    };
    (0..to).map(cover).collect()
}

/// The pixel in place of one outside a side of `length`: mirrored around the outermost, which
/// isn't repeated (OpenCV's `BORDER_REFLECT_101`).
pub fn mirrored(at: isize, length: usize) -> usize {
    if length == 1 {
        return 0;
    }
    let period = 2 * (length as isize - 1);
    let within = at.rem_euclid(period);
    within.min(period - within) as usize
}

/// As [`mirrored`], around the edge: the outermost is repeated (SciPy's `reflect`).
pub fn reflected(at: isize, length: usize) -> usize {
    let period = 2 * length as isize;
    let within = at.rem_euclid(period);
    within.min(period - 1 - within) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_is_what_opencv_says() {
        let pixels = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 12, 200, 99];
        let mut values = [0; 5];
        luma(&pixels, &mut values);
        assert_eq!(values, [76, 150, 29, 255, 132]);
    }

    #[test]
    fn what_covers_a_side_sums_to_one() {
        for (from, to) in [(1, 64), (64, 64), (100, 32), (427, 64), (31, 32)] {
            for (first, weights) in covers(from, to) {
                assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{from} {to}");
                assert!(weights.iter().all(|&it| it >= 0.0), "{from} {to}");
                assert!(first + weights.len() <= from, "{from} {to}");
            }
        }
    }

    #[test]
    fn pictures_are_mirrored_at_their_ends() {
        let around = |outside: fn(isize, usize) -> usize, length| {
            (-3..6).map(|at| outside(at, length)).collect::<Vec<_>>()
        };
        assert_eq!(around(mirrored, 3), [1, 2, 1, 0, 1, 2, 1, 0, 1]);
        assert_eq!(around(reflected, 3), [2, 1, 0, 0, 1, 2, 2, 1, 0]);
        assert_eq!(around(mirrored, 1), [0; 9]);
        assert_eq!(around(reflected, 1), [0; 9]);
    }
}
