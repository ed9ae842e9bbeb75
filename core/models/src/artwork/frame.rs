//! Pictures as they come out of a film: rows of red, green and blue bytes.

use crate::{ModelError, Result};

/// The bytes of a pixel.
const CHANNELS: usize = 3;

/// A picture: `height` rows of `width` pixels, each of red, green and blue in sRGB.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    width: usize,
    height: usize,
    pixels: &'a [u8],
}

/// Pictures of one size, one behind the other.
#[derive(Debug, Clone, Copy)]
pub struct Frames<'a> {
    count: usize,
    width: usize,
    height: usize,
    pixels: &'a [u8],
}

impl<'a> Frame<'a> {
    /// The picture of these pixels, row after row.
    ///
    /// # Errors
    /// [`ModelError::Input`] where it has no pixel, or not three bytes for each.
    pub fn new(width: usize, height: usize, pixels: &'a [u8]) -> Result<Self> {
        let frames = Frames::new(1, width, height, pixels)?;
        Ok(frames.frame(0))
    }

    /// Pixels in a row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// The bytes of row `y`.
    pub(super) fn row(&self, y: usize) -> &'a [u8] {
        let length = self.width * CHANNELS;
        &self.pixels[y * length..(y + 1) * length]
    }

    /// Red, green and blue of one pixel.
    pub(super) fn pixel(&self, x: usize, y: usize) -> [u8; CHANNELS] {
        let at = (y * self.width + x) * CHANNELS;
        [self.pixels[at], self.pixels[at + 1], self.pixels[at + 2]]
    }
}

impl<'a> Frames<'a> {
    /// `count` pictures of these pixels.
    ///
    /// # Errors
    /// [`ModelError::Input`] where a picture has no pixel, or the bytes are too many or too few.
    pub fn new(count: usize, width: usize, height: usize, pixels: &'a [u8]) -> Result<Self> {
        let hint = "give (n, height, width, 3) bytes: red, green and blue of each pixel";
        if width == 0 || height == 0 {
            let problem = format!("are {width}×{height} pixels large: nothing to see");
            return Err(ModelError::input("frames", problem, hint));
        }
        let wanted = [height, width, CHANNELS].iter().try_fold(count, |n, &by| n.checked_mul(by));
        if wanted != Some(pixels.len()) {
            let bytes = pixels.len();
            let problem = format!("of {count} × {width}×{height} pixels have {bytes} bytes");
            return Err(ModelError::input("frames", problem, hint));
        }
        Ok(Self { count, width, height, pixels })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The picture `at`.
    ///
    /// # Panics
    /// Where there are fewer.
    #[must_use]
    pub fn frame(&self, at: usize) -> Frame<'a> {
        let Self { count, width, height, pixels } = *self;
        assert!(at < count, "frame {at} of {count}");
        let length = width * height * CHANNELS;
        Frame { width, height, pixels: &pixels[at * length..(at + 1) * length] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_picture_say_so() {
        let error = |count, width, height, bytes: usize| {
            Frames::new(count, width, height, &vec![0; bytes]).unwrap_err().to_string()
        };
        assert_eq!(error(1, 0, 2, 0), "`frames` are 0×2 pixels large: nothing to see");
        assert_eq!(error(2, 2, 2, 23), "`frames` of 2 × 2×2 pixels have 23 bytes");
        assert!(error(usize::MAX, 2, 2, 0).contains("have 0 bytes"));
        assert!(Frames::new(0, 2, 2, &[]).unwrap().is_empty());
    }

    #[test]
    fn a_frame_is_found_by_its_place() {
        let pixels: Vec<u8> = (0..24).collect();
        let frames = Frames::new(2, 2, 2, &pixels).unwrap();
        assert_eq!(frames.frame(1).pixel(1, 0), [15, 16, 17]);
        assert_eq!(frames.frame(0).row(1), [6, 7, 8, 9, 10, 11]);
    }
}
