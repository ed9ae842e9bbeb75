//! Faces: where they are, how large in the frame, and which are likely of one person.
//!
//! A [`FaceDetector`] finds boxes. What follows from a box (the [`ShotSize`], whether the face
//! looks at the camera, which actor's it is) are proxies, and say so.

mod clusters;
mod rectangle;
mod seeta;

use rayon::prelude::*;

use super::{Frame, Frames};
use crate::{ModelError, Result};

pub use clusters::{FaceLook, cluster};
pub use rectangle::Rectangle;
pub use seeta::{MODEL_BYTES, Seeta};

/// What finds faces.
pub trait FaceDetector: Sync {
    /// The faces of a frame, the surest first.
    fn detect(&self, frame: &Frame<'_>) -> Vec<Face>;
}

/// A face in a frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Face {
    /// Where it is, within the frame.
    pub place: Rectangle,
    /// How sure the detector is: above its threshold, without an upper end.
    pub score: f64,
    /// How much the face's left half is its right half mirrored, from −1 to 1: near 1 for who
    /// looks at the camera in even light. A proxy of pose: the detector tells no landmarks.
    pub frontality: f64,
    /// What it looks like.
    pub look: FaceLook,
}

/// Why nobody is told what a face expresses.
pub const NO_EXPRESSION: &str = "it takes a network, and no weights come with this";

impl Face {
    /// How the camera shows who has this face in a frame of that height.
    #[must_use]
    pub fn shot_size(&self, frame_height: usize) -> ShotSize {
        ShotSize::of(self.place.height as f64 / frame_height as f64)
    }
}

/// How much of a person the camera shows, by the share of the frame's height that the face has.
///
/// After Cherif, Solachidis and Pitas (2007), *Shot type identification of movie content*, ISSPA,
/// who tell it by the face; the limits are ours, for boxes from the brows to the chin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ShotSize {
    /// Parts of a face: 60 % and more.
    ExtremeCloseUp,
    /// A face: 30 % and more.
    CloseUp,
    /// Head and shoulders: 16 % and more.
    MediumCloseUp,
    /// To the waist: 10 % and more.
    Medium,
    /// To the knees: 6 % and more.
    MediumWide,
    /// All of a person, and where it is: less.
    Wide,
}

impl ShotSize {
    /// By the share of the frame's height that a face has.
    #[must_use]
    pub fn of(share: f64) -> Self {
        match share {
            0.60.. => Self::ExtremeCloseUp,
            0.30.. => Self::CloseUp,
            0.16.. => Self::MediumCloseUp,
            0.10.. => Self::Medium,
            0.06.. => Self::MediumWide,
            _ => Self::Wide,
        }
    }

    /// In words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ExtremeCloseUp => "extreme close-up",
            Self::CloseUp => "close-up",
            Self::MediumCloseUp => "medium close-up",
            Self::Medium => "medium",
            Self::MediumWide => "medium wide",
            Self::Wide => "wide",
        }
    }
}

/// The faces of each frame, by all threads. `stop` is asked before each frame.
///
/// # Errors
/// [`ModelError::Cancelled`] where `stop` said so.
pub fn detect_faces(
    detector: &dyn FaceDetector,
    frames: &Frames<'_>,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<Vec<Face>>> {
    (0..frames.len())
        .into_par_iter()
        .map(|at| match stop() {
            true => Err(ModelError::Cancelled),
            false => Ok(detector.detect(&frames.frame(at))),
        })
        .collect()
}
