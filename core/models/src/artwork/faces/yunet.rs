//! Faces by a network of YuNet's form, whose numbers somebody else computes: a [`Network`].
//!
//! Sources: Wu, Peng and Yu (2023), *YuNet: A Tiny Millisecond-level Face Detector*, Machine
//! Intelligence Research 20(5); what goes in and what comes out is as OpenCV's `FaceDetectorYN`
//! has it (`modules/objdetect/src/face_detect.cpp`): pixels from 0 to 255, blue first, filled up
//! with black to the right and below.

use super::super::Frame;
use super::super::measures::symmetry;
use super::{Face, FaceDetector, FaceLook, Rectangle, crop};
use crate::{ModelError, Result};

/// How many pixels apart the places are that each level of the network looks at.
pub const STRIDES: [usize; 3] = [8, 16, 32];

/// The longest side of the picture that is searched: larger frames are made smaller.
const LONGEST: usize = 1280;

/// So many of the surest are looked at.
const MOST: usize = 5_000;

/// The corners of the eyes, the tip of the nose, the corners of the mouth.
const POINTS: usize = 5;

/// What computes the network, which knows neither pictures nor faces.
pub trait Network: Sync {
    /// The width and height of the pictures that it takes; nothing where it takes all whose
    /// sides are multiples of 32.
    fn size(&self) -> Option<(usize, usize)>;

    /// What it says of a picture: three planes (blue, green, red) of `height` × `width` numbers.
    ///
    /// # Errors
    /// What went wrong, in words.
    fn run(&self, planes: &[f32], width: usize, height: usize)
    -> std::result::Result<Said, String>;
}

/// What a network says of the places of each of the [`STRIDES`], row by row.
pub type Said = [Level; 3];

/// What a network says of the places of one level.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Level {
    /// `cls`: how likely it is a face, one number a place.
    pub class: Vec<f32>,
    /// `obj`: how well the box fits, one number a place.
    pub object: Vec<f32>,
    /// `bbox`: how far its middle is from the place, and the logarithms of its sides, in strides.
    pub boxes: Vec<f32>,
    /// `kps`: how far five points are from the place, in strides.
    pub points: Vec<f32>,
}

/// YuNet, or a network of its form.
#[derive(Debug)]
pub struct YuNet<N> {
    network: N,
    /// What is less sure is no face; from 0 to 1.
    sure: f32,
    /// Of boxes that share more of their area, the surest is kept.
    apart: f32,
}

impl<N: Network> YuNet<N> {
    /// A detector by this network. 0.9 and 0.3 are OpenCV's habit.
    ///
    /// # Errors
    /// [`ModelError::Input`] where a number isn't from 0 to 1.
    pub fn new(network: N, sure: f64, apart: f64) -> Result<Self> {
        for (name, value) in [("threshold", sure), ("overlap", apart)] {
            if !(0.0..=1.0).contains(&value) {
                let hint = "give a number from 0 to 1; 0.9 and 0.3 are usual";
                return Err(ModelError::input(name, format!("is {value}"), hint));
            }
        }
        if let Some((width, height)) = network.size()
            && (width == 0 || height == 0 || width % 32 != 0 || height % 32 != 0)
        {
            let problem = format!("take pictures of {width}×{height} pixels");
            return Err(ModelError::input("faces", problem, HINT));
        }
        Ok(Self { network, sure: sure as f32, apart: apart as f32 })
    }
}

/// What to do where a network isn't YuNet.
const HINT: &str =
    "give the path of a YuNet model: an ONNX file with the outputs cls, obj, bbox and kps";

impl<N: Network> FaceDetector for YuNet<N> {
    fn detect(&self, frame: &Frame<'_>) -> Result<Vec<Face>> {
        let size = self.network.size();
        let by = match size {
            Some((width, height)) => {
                frame.width().div_ceil(width).max(frame.height().div_ceil(height))
            }
            None => frame.width().max(frame.height()).div_ceil(LONGEST),
        };
        let filled = |side: usize| side.div_ceil(by).next_multiple_of(32);
        let (width, height) =
            size.unwrap_or_else(|| (filled(frame.width()), filled(frame.height())));
        let planes = planes(frame, by, width, height);
        let said = self.network.run(&planes, width, height);
        let said = said.map_err(|problem| {
            ModelError::input("faces", format!("can't be computed: {problem}"), HINT)
        })?;
        let found = apart(found(&said, width, height, self.sure)?, self.apart);
        let by = by as f32;
        let face = |found: &Found| {
            let sides = [found.x, found.y, found.width, found.height];
            let place = sides.map(|side| (side * by).round() as i64);
            let place = Rectangle::within(place, (frame.width(), frame.height()))?;
            let crop = crop(frame, place);
            Some(Face {
                place,
                score: found.score.into(),
                frontality: symmetry(&crop),
                landmarks: Some(found.points.map(|[x, y]| [x * by, y * by].map(f64::from))),
                look: FaceLook::of(frame, place, &crop),
            })
        };
        Ok(found.iter().filter_map(face).collect())
    }
}

/// A frame's planes, blue first: means of blocks of `by` × `by` pixels, in a picture of that size.
fn planes(frame: &Frame<'_>, by: usize, width: usize, height: usize) -> Vec<f32> {
    let area = width * height;
    let mut planes = vec![0.0; 3 * area];
    for (y, top) in (0..frame.height()).step_by(by).enumerate() {
        let bottom = (top + by).min(frame.height());
        for (x, left) in (0..frame.width()).step_by(by).enumerate() {
            let right = (left + by).min(frame.width());
            let mut sums = [0u32; 3];
            for row in top..bottom {
                for pixel in frame.row(row)[3 * left..3 * right].chunks_exact(3) {
                    sums.iter_mut().zip(pixel).for_each(|(sum, &value)| *sum += u32::from(value));
                }
            }
            let pixels = ((right - left) * (bottom - top)) as f32;
            for (plane, sum) in sums.iter().rev().enumerate() {
                planes[plane * area + y * width + x] = *sum as f32 / pixels;
            }
        }
    }
    planes
}

/// A face in the picture that was searched.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Found {
    x: f32,
    y: f32,
    width: f32,
    height: f32,
    score: f32,
    points: [[f32; 2]; POINTS],
}

/// What a network found that is sure enough.
fn found(said: &Said, width: usize, height: usize, sure: f32) -> Result<Vec<Found>> {
    let mut all = Vec::new();
    for (level, stride) in said.iter().zip(STRIDES) {
        let (columns, rows) = (width / stride, height / stride);
        let places = columns * rows;
        let lengths = [&level.class, &level.object, &level.boxes, &level.points].map(Vec::len);
        if lengths != [places, places, 4 * places, 2 * POINTS * places] {
            let problem = format!("say {lengths:?} numbers of {places} places");
            return Err(ModelError::input("faces", problem, HINT));
        }
        let stride = stride as f32;
        let boxes = level.boxes.chunks_exact(4).zip(level.points.chunks_exact(2 * POINTS));
        let sures = level.class.iter().zip(&level.object);
        for (place, ((class, object), (sides, points))) in sures.zip(boxes).enumerate() {
            let score = (class.clamp(0.0, 1.0) * object.clamp(0.0, 1.0)).sqrt();
            // Neither is what isn't a number.
            if score.is_nan() || score <= sure {
                continue;
            }
            let (column, row) = ((place % columns) as f32, (place / columns) as f32);
            let [wide, high] = [sides[2], sides[3]].map(|side| side.exp() * stride);
            let (x, y) = ((column + sides[0]) * stride, (row + sides[1]) * stride);
            let point = |at: usize| {
                [(points[2 * at] + column) * stride, (points[2 * at + 1] + row) * stride]
            };
            let face = Found {
                x: x - wide / 2.0,
                y: y - high / 2.0,
                width: wide,
                height: high,
                score,
                points: std::array::from_fn(point),
            };
            if [face.x, face.y, wide, high].iter().all(|side| side.is_finite()) {
                all.push(face);
            }
        }
    }
    Ok(all)
}

/// The surest first, and of those that overlap the surest alone.
fn apart(mut all: Vec<Found>, most: f32) -> Vec<Found> {
    all.sort_by(|a, b| b.score.total_cmp(&a.score));
    all.truncate(MOST);
    let mut kept: Vec<Found> = Vec::new();
    for one in all {
        if kept.iter().all(|other| overlap(&one, other) <= most) {
            kept.push(one);
        }
    }
    kept
}

/// Which share of the area of both is of both, in whole pixels as OpenCV has it.
fn overlap(one: &Found, other: &Found) -> f32 {
    let whole = |it: &Found| [it.x, it.y, it.width, it.height].map(|side| side as i64);
    let ([x, y, width, height], [u, v, wide, high]) = (whole(one), whole(other));
    let across = ((x + width).min(u + wide) - x.max(u)).max(0);
    let along = ((y + height).min(v + high) - y.max(v)).max(0);
    let both = across * along;
    let either = width * height + wide * high - both;
    if either <= 0 { 1.0 } else { (both as f64 / either as f64) as f32 }
}

#[cfg(test)]
mod tests {
    use super::super::super::Frames;
    use super::*;

    /// Says the same of every picture of its size.
    struct Same {
        size: Option<(usize, usize)>,
        said: Said,
    }

    impl Network for Same {
        fn size(&self) -> Option<(usize, usize)> {
            self.size
        }

        fn run(
            &self,
            planes: &[f32],
            width: usize,
            height: usize,
        ) -> std::result::Result<Said, String> {
            assert_eq!(planes.len(), 3 * width * height);
            Ok(self.said.clone())
        }
    }

    fn nothing(width: usize, height: usize) -> Said {
        STRIDES.map(|stride| {
            let places = (width / stride) * (height / stride);
            Level {
                class: vec![0.0; places],
                object: vec![0.0; places],
                boxes: vec![0.0; 4 * places],
                points: vec![0.0; 10 * places],
            }
        })
    }

    fn put(said: &mut Said, level: usize, place: usize, score: f32, sides: [f32; 4]) {
        let level = &mut said[level];
        (level.class[place], level.object[place]) = (score, score);
        level.boxes[4 * place..4 * place + 4].copy_from_slice(&sides);
        level.points[10 * place..10 * place + 2].copy_from_slice(&[0.25, 0.5]);
    }

    fn detect(said: Said, size: (usize, usize), frame: (usize, usize)) -> Result<Vec<Face>> {
        let pixels = vec![90; frame.0 * frame.1 * 3];
        let frames = Frames::new(1, frame.0, frame.1, &pixels).unwrap();
        let network = Same { size: Some(size), said };
        YuNet::new(network, 0.9, 0.3).unwrap().detect(&frames.frame(0))
    }

    #[test]
    fn a_place_a_box_and_points_become_a_face() {
        let mut said = nothing(64, 64);
        // Column 1, row 2 of the level of 16 pixels; two strides wide, one high.
        put(&mut said, 1, 2 * 4 + 1, 0.95, [0.5, 0.25, 2f32.ln(), 0.0]);
        let [face] = detect(said, (64, 64), (60, 50)).unwrap().try_into().unwrap();
        assert_eq!(face.place, Rectangle { x: 8, y: 28, width: 32, height: 16 });
        assert!((face.score - 0.95).abs() < 1e-6);
        assert_eq!(face.landmarks.unwrap()[0], [(1.0 + 0.25) * 16.0, (2.0 + 0.5) * 16.0]);
    }

    #[test]
    fn of_faces_that_overlap_the_surest_is_kept() {
        let mut said = nothing(64, 64);
        let square = [0.5, 0.5, 0.0, 0.0];
        put(&mut said, 2, 0, 0.92, square);
        put(&mut said, 2, 3, 0.91, square);
        put(&mut said, 1, 0, 0.99, [1.0, 1.0, 2f32.ln(), 2f32.ln()]);
        put(&mut said, 0, 0, 0.5, square);
        let faces = detect(said, (64, 64), (64, 64)).unwrap();
        let places: Vec<_> = faces.iter().map(|it| (it.place.x, it.place.y)).collect();
        assert_eq!(places, [(0, 0), (32, 32)]);
        assert!((faces[0].score - 0.99).abs() < 1e-6);
    }

    #[test]
    fn large_frames_are_made_smaller_and_faces_larger_again() {
        let mut said = nothing(64, 64);
        put(&mut said, 2, 0, 0.95, [0.5, 0.5, 0.0, 0.0]);
        let [face] = detect(said, (64, 64), (180, 100)).unwrap().try_into().unwrap();
        assert_eq!(face.place, Rectangle { x: 0, y: 0, width: 96, height: 96 });
    }

    #[test]
    fn planes_are_blue_first_means_and_black_around() {
        let pixels: Vec<u8> = (0..3 * 3 * 2).collect();
        let frames = Frames::new(1, 3, 2, &pixels).unwrap();
        let planes = planes(&frames.frame(0), 2, 32, 32);
        let [blue, green, red] = [0, 1, 2].map(|plane| &planes[plane * 1024..][..3]);
        assert_eq!(
            (blue, green, red),
            (&[8.0, 12.5, 0.0][..], &[7.0, 11.5, 0.0][..], &[6.0, 10.5, 0.0][..])
        );
        assert!(planes[32..1024].iter().all(|value| *value == 0.0));
    }

    #[test]
    fn what_is_no_yunet_says_so() {
        let error = |said, size| detect(said, size, (64, 64)).unwrap_err().to_string();
        let short = nothing(32, 64);
        assert_eq!(error(short, (64, 64)), "`faces` say [32, 32, 128, 320] numbers of 64 places");
        let network = Same { size: Some((100, 64)), said: nothing(64, 64) };
        let error = YuNet::new(network, 0.9, 0.3).map(drop).unwrap_err().to_string();
        assert_eq!(error, "`faces` take pictures of 100×64 pixels");
        let network = Same { size: None, said: nothing(64, 64) };
        assert!(YuNet::new(network, 1.5, 0.3).is_err());
        let mut said = nothing(64, 64);
        put(&mut said, 2, 0, 1.0, [f32::NAN, 0.5, 0.0, 0.0]);
        put(&mut said, 2, 1, f32::NAN, [0.5; 4]);
        put(&mut said, 2, 2, 1.0, [0.5, 0.5, 90.0, 0.0]);
        assert!(detect(said, (64, 64), (64, 64)).unwrap().is_empty());
    }
}
