//! The colours of a small picture, and how far two pictures' are apart.

use std::ops::Range;

use crate::wide::{Wide, wide};

/// The value from which on a pixel's hue and saturation count wholly.
const VISIBLE: u32 = 64;

/// So many pixels' differences are a whole number of 32 bits.
const CHUNK: usize = 1024;

/// Hue (0 to 179), saturation and value of pixels, as OpenCV has them.
#[derive(Debug, Default, PartialEq)]
pub struct Colours {
    hue: Vec<u8>,
    saturation: Vec<u8>,
    value: Vec<u8>,
}

impl Colours {
    /// Of red, green and blue, which are rounded to bytes.
    pub fn of(rgb: [Vec<f32>; 3]) -> Self {
        wide(Convert(rgb))
    }

    /// The mean difference of hue, saturation and value (0 to 255). Hue goes around: its ends are
    /// neighbours. Nobody sees the hue and the saturation of dark pixels, which fades are full
    /// of, nor the hue of grey ones, which is grain: below [`VISIBLE`] they count in proportion.
    pub fn apart(&self, other: &Self) -> f64 {
        let pixels = self.hue.len().min(other.hue.len());
        let chunks = (0..pixels).step_by(CHUNK).map(|at| at..pixels.min(at + CHUNK));
        let sums = chunks.map(|chunk| wide(Differences([self, other].map(|it| it.part(&chunk)))));
        let sum = sums.map(u64::from).sum::<u64>();
        sum as f64 / (u64::from(3 * VISIBLE * VISIBLE) * pixels as u64) as f64
    }

    fn part(&self, chunk: &Range<usize>) -> [&[u8]; 3] {
        [&self.hue, &self.saturation, &self.value].map(|it| &it[chunk.clone()])
    }
}

struct Convert([Vec<f32>; 3]);

impl Wide for Convert {
    type Output = Colours;

    #[inline(always)]
    fn call(self) -> Colours {
        let [red, green, blue] = self.0;
        let none = || vec![0; red.len()];
        let mut colours = Colours { hue: none(), saturation: none(), value: none() };
        let Colours { hue, saturation, value } = &mut colours;
        let rgb = red.iter().zip(&green).zip(&blue);
        let hsv = hue.iter_mut().zip(saturation).zip(value);
        for (((hue, saturation), value), ((&red, &green), &blue)) in hsv.zip(rgb) {
            let [h, s, v] = hsv_of([red, green, blue]);
            (*hue, *saturation, *value) = (h, s, v);
        }
        colours
    }
}

/// The differences of two pictures' chunks, weighted as [`Colours::apart`] says, and summed.
struct Differences<'a>([[&'a [u8]; 3]; 2]);

impl Wide for Differences<'_> {
    type Output = u32;

    #[inline(always)]
    fn call(self) -> u32 {
        let [[hue, saturation, value], [hues, saturations, values]] = self.0;
        let mut sum = 0;
        let pixels = hue.iter().zip(saturation).zip(value);
        let others = hues.iter().zip(saturations).zip(values);
        for (((&hue, &saturation), &value), ((&hues, &saturations), &values)) in pixels.zip(others)
        {
            let seen = |a: u8, b: u8| u32::from(a.max(b)).min(VISIBLE);
            let around = u32::from(hue.abs_diff(hues));
            let hue = around.min(180 - around) * seen(saturation, saturations);
            let colour = hue + u32::from(saturation.abs_diff(saturations)) * VISIBLE;
            let light = u32::from(value.abs_diff(values)) * VISIBLE * VISIBLE;
            sum += colour * seen(value, values) + light;
        }
        sum
    }
}

/// Hue in half degrees, saturation and value: without branches, for wide registers.
#[inline(always)]
fn hsv_of(rgb: [f32; 3]) -> [u8; 3] {
    let [red, green, blue] = rgb.map(|it| (it + 0.5).floor());
    let value = red.max(green).max(blue);
    let spread = value - red.min(green).min(blue);
    // A grey pixel has no hue: all differences are 0.
    let safe = if spread == 0.0 { 1.0 } else { spread };
    let (from, base) = if value == green { (blue - red, 120.0) } else { (red - green, 240.0) };
    let (from, base) = if value == red { (green - blue, 0.0) } else { (from, base) };
    let degrees = base + 60.0 * from / safe;
    let degrees = if degrees < 0.0 { degrees + 360.0 } else { degrees };
    let hue = (0.5 * degrees + 0.5).floor();
    let hue = if hue == 180.0 { 0.0 } else { hue };
    let saturation = 255.0 * spread / value.max(1.0);
    [byte(hue), byte((saturation + 0.5).floor()), byte(value)]
}

/// A whole number from 0 to 255. Beside 2²³ it stands in the last bits: that is one addition,
/// where a cast asks for each number whether it fits.
#[inline(always)]
fn byte(whole: f32) -> u8 {
    const BESIDE: f32 = 8_388_608.0;
    (whole + BESIDE).to_bits() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_what_opencv_says() {
        assert_eq!(hsv_of([255.0, 0.0, 0.0]), [0, 255, 255]);
        assert_eq!(hsv_of([0.0, 255.0, 0.0]), [60, 255, 255]);
        assert_eq!(hsv_of([10.0, 20.0, 200.0]), [118, 242, 200]);
        assert_eq!(hsv_of([77.0, 77.0, 77.0]), [0, 0, 77]);
        assert_eq!(hsv_of([200.0, 100.0, 101.0]), [0, 128, 200]);
        assert_eq!(hsv_of([0.0; 3]), [0, 0, 0]);
        assert_eq!(hsv_of([10.4, 19.5, 199.9]), [118, 242, 200]);
    }

    #[test]
    fn the_farthest_colours_fit_a_sum() {
        let of = |rgb: [f32; 3]| Colours::of(rgb.map(|it| vec![it; 3 * CHUNK + 7]));
        let (red, black) = (of([255.0, 0.0, 0.0]), of([0.0; 3]));
        // All of value and of saturation; black has red's hue.
        assert_eq!(red.apart(&black), 170.0);
        assert_eq!(red.apart(&of([0.0, 255.0, 255.0])), 30.0);
        assert_eq!(red.apart(&red), 0.0);
    }

    #[test]
    fn hue_goes_around_and_is_not_seen_in_the_dark() {
        let of = |rgb: [f32; 3]| Colours::of(rgb.map(|it| vec![it]));
        // Hues 179 and 1 are two apart.
        let (before, after) = (of([255.0, 0.0, 8.0]), of([255.0, 8.0, 0.0]));
        assert_eq!((before.hue[0], after.hue[0]), (179, 1));
        assert!((before.apart(&after) - 2.0 / 3.0).abs() < 1e-12);
        let dark = of([4.0, 0.0, 0.0]).apart(&of([0.0, 4.0, 0.0]));
        assert!((dark - 60.0 * 4.0 / 64.0 / 3.0).abs() < 1e-12, "{dark}");
    }
}
