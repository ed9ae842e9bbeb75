//! The detector of faces that comes with `rustface`: frontal faces of 40 pixels and more.
//!
//! Source: Wu, Kan, He, Shan and Chen (2017), *Funnel-structured cascade for multi-view face
//! detection with alignment-awareness*, Neurocomputing 221: SeetaFace.

use std::panic::catch_unwind;

use rustface::{ImageData, Model, create_detector_with_model, read_model};

use super::super::Frame;
use super::super::measures::symmetry;
use super::super::plane::Luma;
use super::{Face, FaceDetector, FaceLook, Rectangle, crop};
use crate::{ModelError, Result};

/// How many bytes the model has.
pub const MODEL_BYTES: usize = 1_209_904;

/// The side of the smallest face that the model knows.
const WINDOW: usize = 40;

/// The longest side of the picture that is searched: larger frames are made smaller.
const LONGEST: usize = 800;

/// What is less sure is no face.
const SURE: f64 = 5.0;

/// SeetaFace.
pub struct Seeta(Model);

impl Seeta {
    /// The detector of these bytes: `model/seeta_fd_frontal_v1.0.bin` of the crate `rustface`.
    ///
    /// # Errors
    /// [`ModelError::Saved`] where they are something else.
    pub fn new(model: &[u8]) -> Result<Self> {
        let wrong = |problem: String| ModelError::Saved { kind: "face model".to_owned(), problem };
        if model.len() != MODEL_BYTES {
            return Err(wrong(format!("it has {} bytes, not {MODEL_BYTES}", model.len())));
        }
        // It panics at what it doesn't know.
        let read = catch_unwind(|| read_model(model));
        let read = read.map_err(|_| wrong("it isn't SeetaFace's".to_owned()))?;
        read.map(Self).map_err(|error| wrong(error.to_string()))
    }
}

impl FaceDetector for Seeta {
    fn detect(&self, frame: &Frame<'_>) -> Result<Vec<Face>> {
        let luma = Luma::of(frame);
        let by = luma.width.max(luma.height).div_ceil(LONGEST);
        let searched = match by {
            1 => luma,
            _ => luma.reduced(by).to_luma(),
        };
        if !searchable(searched.width, searched.height) {
            return Ok(Vec::new());
        }
        let mut detector = create_detector_with_model(self.0.clone());
        detector.set_score_thresh(SURE);
        let image = ImageData::new(&searched.values, searched.width as u32, searched.height as u32);
        let mut faces: Vec<Face> = detector
            .detect(&image)
            .into_iter()
            .filter_map(|found| {
                let place = found.bbox();
                let sides = [place.x().into(), place.y().into(), place.width().into()];
                let [x, y, side] = sides.map(|it: i64| it * by as i64);
                let place = Rectangle::within([x, y, side, side], (frame.width(), frame.height()))?;
                let crop = crop(frame, place);
                let (frontality, look) = (symmetry(&crop), FaceLook::of(frame, place, &crop));
                Some(Face { place, score: found.score(), frontality, landmarks: None, look })
            })
            .collect();
        faces.sort_by(|a, b| b.score.total_cmp(&a.score));
        Ok(faces)
    }
}

/// Whether each picture of the search, ⅘ of the one before it, has room for a window. Sides are
/// cut to whole pixels there: the last of them may come out one too small.
fn searchable(width: usize, height: usize) -> bool {
    let shorter = width.min(height);
    if shorter < WINDOW {
        return false;
    }
    let least = WINDOW as f32 / shorter as f32;
    let scales = std::iter::successors(Some(1.0f32), |scale| Some(scale * 0.8));
    scales
        .take_while(|&scale| scale >= least)
        .all(|scale| (shorter as f32 * scale) as usize >= WINDOW)
}
