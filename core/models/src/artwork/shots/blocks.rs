//! The small picture of a frame: sums over blocks of its pixels, in one pass over its bytes.

use std::ops::{AddAssign, Range};

use super::super::Frame;
use super::super::plane::Plane;
use crate::wide::{Wide, wide};

/// The largest side of a block whose sum is less than 2¹⁶.
const NARROW: usize = 16;

/// The sums of red, green and blue over blocks of `by` × `by` pixels, the last of which may be
/// smaller.
pub struct Blocks {
    by: usize,
    /// Pixels of the frame in a row, and its rows.
    frame: (usize, usize),
    columns: usize,
    /// Of red, of green and of blue.
    sums: [Vec<u32>; 3],
}

impl Blocks {
    pub fn of(frame: &Frame<'_>, by: usize) -> Self {
        let sums = if by <= NARROW { sums::<u16>(frame, by) } else { sums::<u32>(frame, by) };
        let columns = frame.width().div_ceil(by);
        Self { by, frame: (frame.width(), frame.height()), columns, sums }
    }

    pub fn len(&self) -> usize {
        self.sums[0].len()
    }

    /// The mean red, green and blue, in bytes' units.
    pub fn colours(&self) -> [Vec<f32>; 3] {
        let mut means = [(); 3].map(|()| vec![0.0; self.len()]);
        wide(Means { blocks: self, means: &mut means });
        means
    }

    /// The light, from 0 to 1: ITU-R BT.601, as of pixels, whose light is rounded to bytes.
    pub fn light(&self) -> Plane {
        let mut values = vec![0.0; self.len()];
        wide(Light { blocks: self, values: &mut values });
        Plane { width: self.columns, height: self.frame.1.div_ceil(self.by), values }
    }

    /// Of each row of blocks, which of them they are and how high they are, in pixels.
    fn rows(&self) -> impl Iterator<Item = (Range<usize>, usize)> {
        let (height, by) = (self.frame.1, self.by);
        (0..height.div_ceil(by)).map(move |row| {
            let first = row * self.columns;
            (first..first + self.columns, by.min(height - row * by))
        })
    }

    /// How wide each block of a row is, in pixels.
    fn widths(&self) -> Vec<f32> {
        (0..self.columns).map(|at| self.by.min(self.frame.0 - at * self.by) as f32).collect()
    }
}

struct Means<'a> {
    blocks: &'a Blocks,
    means: &'a mut [Vec<f32>; 3],
}

impl Wide for Means<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { blocks, means } = self;
        let widths = blocks.widths();
        for (row, height) in blocks.rows() {
            for (means, sums) in means.iter_mut().zip(&blocks.sums) {
                let sums = sums[row.clone()].iter().zip(&widths);
                for (mean, (&sum, width)) in means[row.clone()].iter_mut().zip(sums) {
                    *mean = sum as f32 / (width * height as f32);
                }
            }
        }
    }
}

struct Light<'a> {
    blocks: &'a Blocks,
    values: &'a mut [f64],
}

impl Wide for Light<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { blocks, values } = self;
        let widths = blocks.widths();
        for (row, height) in blocks.rows() {
            let [red, green, blue] = blocks.sums.each_ref().map(|sums| &sums[row.clone()]);
            let sums = red.iter().zip(green).zip(blue).zip(&widths);
            for (light, (((&red, &green), &blue), &width)) in values[row].iter_mut().zip(sums) {
                let sum =
                    0.299 * f64::from(red) + 0.587 * f64::from(green) + 0.114 * f64::from(blue);
                *light = sum / (255.0 * f64::from(width) * height as f64);
            }
        }
    }
}

/// A whole number that sums are made in.
trait Sum: Copy + Default + From<u8> + Into<u32> + AddAssign + 'static {}
impl Sum for u16 {}
impl Sum for u32 {}

fn sums<T: Sum>(frame: &Frame<'_>, by: usize) -> [Vec<u32>; 3] {
    let length = 3 * frame.width();
    let (mut down, mut across) = (vec![T::default(); length], vec![T::default(); length]);
    let columns = frame.width().div_ceil(by);
    let mut sums = [(); 3].map(|()| vec![0; columns * frame.height().div_ceil(by)]);
    for (row, top) in (0..frame.height()).step_by(by).enumerate() {
        let bottom = (top + by).min(frame.height());
        wide(Row { frame, rows: top..bottom, by, down: &mut down, across: &mut across });
        let blocks = row * columns..(row + 1) * columns;
        let [red, green, blue] = sums.each_mut().map(|it| &mut it[blocks.clone()]);
        let parts = red.iter_mut().zip(green).zip(blue);
        for (block, ((red, green), blue)) in across.chunks(3 * by).zip(parts) {
            *red = block[0].into();
            *green = block[1].into();
            *blue = block[2].into();
        }
    }
    sums
}

/// A row of blocks.
struct Row<'a, T> {
    frame: &'a Frame<'a>,
    rows: Range<usize>,
    by: usize,
    /// Sums over the rows.
    down: &'a mut [T],
    /// Sums over the pixel and those beside it, of which each block's first is looked at: all of
    /// them take less time than to leave some out.
    across: &'a mut [T],
}

impl<T: Sum> Wide for Row<'_, T> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { frame, rows, by, down, across } = self;
        down.fill(T::default());
        for y in rows {
            for (sum, &byte) in down.iter_mut().zip(frame.row(y)) {
                *sum += T::from(byte);
            }
        }
        across.copy_from_slice(down);
        for beside in 1..by {
            let beside = down.get(3 * beside..).unwrap_or_default();
            across.iter_mut().zip(beside).for_each(|(sum, beside)| *sum += *beside);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_means_of_their_pixels() {
        for (width, height, by) in [(7, 5, 3), (1, 1, 1), (40, 35, 17), (20, 33, 16)] {
            let bytes: Vec<u8> = (0..3 * width * height).map(|at| (at * at % 256) as u8).collect();
            let frame = Frame::new(width, height, &bytes).unwrap();
            let blocks = Blocks::of(&frame, by);
            let mut found = (0..blocks.len()).map(|at| blocks.sums.each_ref().map(|it| it[at]));
            let (colours, mut at) = (blocks.colours(), 0..);
            for top in (0..height).step_by(by) {
                for left in (0..width).step_by(by) {
                    let (mut sum, mut pixels) = ([0; 3], 0);
                    for y in top..(top + by).min(height) {
                        for x in left..(left + by).min(width) {
                            (0..3).for_each(|i| sum[i] += u32::from(frame.pixel(x, y)[i]));
                            pixels += 1;
                        }
                    }
                    assert_eq!(found.next(), Some(sum));
                    let (at, pixels) = (at.next().unwrap(), pixels as f32);
                    let means = sum.map(|sum| sum as f32 / pixels);
                    assert_eq!(colours.each_ref().map(|it| it[at]), means);
                }
            }
            assert!(found.next().is_none());
        }
    }

    #[test]
    fn sums_of_white_fit() {
        for by in [16, 17] {
            let bytes = vec![255; 3 * 34 * 34];
            let blocks = Blocks::of(&Frame::new(34, 34, &bytes).unwrap(), by);
            assert!(blocks.colours().iter().flatten().all(|&mean| mean == 255.0));
            assert!(blocks.light().values.iter().all(|light| (light - 1.0).abs() < 1e-12));
        }
    }
}
