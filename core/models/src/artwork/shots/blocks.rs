//! The small picture of a frame: sums over blocks of its pixels, in one pass over its bytes.

use std::ops::AddAssign;

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
    sums: Vec<[u32; 3]>,
}

impl Blocks {
    pub fn of(frame: &Frame<'_>, by: usize) -> Self {
        let sums = if by <= NARROW { sums::<u16>(frame, by) } else { sums::<u32>(frame, by) };
        let columns = frame.width().div_ceil(by);
        Self { by, frame: (frame.width(), frame.height()), columns, sums }
    }

    /// Of each block, its sums and how many pixels it has.
    fn counted(&self) -> impl Iterator<Item = ([u32; 3], u32)> {
        let side = |at: usize, whole: usize| self.by.min(whole - at * self.by) as u32;
        self.sums.iter().enumerate().map(move |(at, &sum)| {
            let (x, y) = (at % self.columns, at / self.columns);
            (sum, side(x, self.frame.0) * side(y, self.frame.1))
        })
    }

    /// The mean colours.
    pub fn colours(&self) -> impl Iterator<Item = [u8; 3]> {
        self.counted().map(|(sum, pixels)| sum.map(|it| ((it + pixels / 2) / pixels) as u8))
    }

    /// The light, from 0 to 1: ITU-R BT.601, as of pixels, whose light is rounded to bytes.
    pub fn light(&self) -> Plane {
        let light = |[red, green, blue]: [u32; 3]| {
            0.299 * f64::from(red) + 0.587 * f64::from(green) + 0.114 * f64::from(blue)
        };
        let values = self.counted().map(|(sum, pixels)| light(sum) / (255.0 * f64::from(pixels)));
        let height = self.frame.1.div_ceil(self.by);
        Plane { width: self.columns, height, values: values.collect() }
    }
}

/// A whole number that sums are made in.
trait Sum: Copy + Default + From<u8> + Into<u32> + AddAssign + 'static {}
impl Sum for u16 {}
impl Sum for u32 {}

fn sums<T: Sum>(frame: &Frame<'_>, by: usize) -> Vec<[u32; 3]> {
    let length = 3 * frame.width();
    let (mut down, mut across) = (vec![T::default(); length], vec![T::default(); length]);
    let mut sums = Vec::with_capacity(frame.width().div_ceil(by) * frame.height().div_ceil(by));
    for top in (0..frame.height()).step_by(by) {
        let bottom = (top + by).min(frame.height());
        wide(Row { frame, rows: top..bottom, by, down: &mut down, across: &mut across });
        sums.extend(across.chunks(3 * by).map(|block| [0, 1, 2].map(|part| block[part].into())));
    }
    sums
}

/// A row of blocks.
struct Row<'a, T> {
    frame: &'a Frame<'a>,
    rows: std::ops::Range<usize>,
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
            let mut found = blocks.counted();
            for top in (0..height).step_by(by) {
                for left in (0..width).step_by(by) {
                    let (mut sum, mut pixels) = ([0; 3], 0);
                    for y in top..(top + by).min(height) {
                        for x in left..(left + by).min(width) {
                            (0..3).for_each(|i| sum[i] += u32::from(frame.pixel(x, y)[i]));
                            pixels += 1;
                        }
                    }
                    assert_eq!(found.next(), Some((sum, pixels)));
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
            assert!(blocks.colours().all(|colour| colour == [255; 3]));
            assert!(blocks.light().values.iter().all(|light| (light - 1.0).abs() < 1e-12));
        }
    }
}
