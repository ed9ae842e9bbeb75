//! Faces: where they are, how large in the frame, and which are likely of one person.
//!
//! A [`FaceDetector`] finds boxes: [`Seeta`], or [`YuNet`] with a network that somebody computes.
//! What follows from a box (the [`ShotSize`], whether the face looks at the camera, which actor's
//! it is) are proxies, and say so.

mod clusters;
mod rectangle;
mod seeta;
mod yunet;

use rayon::prelude::*;

use super::plane::{self, Luma, Plane};
use super::{Frame, Frames};
use crate::{Result, Watch};

pub use clusters::{FaceLook, cluster};
pub use rectangle::Rectangle;
pub use seeta::{MODEL_BYTES, Seeta};
pub use yunet::{Level, Network, STRIDES, Said, YuNet};

/// What finds faces.
pub trait FaceDetector: Sync {
    /// The faces of a frame, the surest first.
    ///
    /// # Errors
    /// [`ModelError::Input`](crate::ModelError::Input) where it can't look.
    fn detect(&self, frame: &Frame<'_>) -> Result<Vec<Face>>;
}

/// A face in a frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Face {
    /// Where it is, within the frame.
    pub place: Rectangle,
    /// How sure the detector is: above its threshold. [`Seeta`]'s has no upper end, [`YuNet`]'s
    /// is 1.
    pub score: f64,
    /// How much the face's left half is its right half mirrored, from −1 to 1: near 1 for who
    /// looks at the camera in even light. A proxy of pose.
    pub frontality: f64,
    /// The right eye, the left eye, the tip of the nose, the right and the left corner of the
    /// mouth as (x, y) in pixels, the person's right and left; of a detector that tells them.
    pub landmarks: Option<[[f64; 2]; 5]>,
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

/// The faces of each frame, by all threads. `watch` is told of each frame.
///
/// # Errors
/// [`ModelError::Cancelled`](crate::ModelError::Cancelled) where `watch` said so; what the detector
/// can't do.
pub fn detect_faces(
    detector: &dyn FaceDetector,
    frames: &Frames<'_>,
    watch: &dyn Watch,
) -> Result<Vec<Vec<Face>>> {
    watch.begins(Some(frames.len()));
    (0..frames.len())
        .into_par_iter()
        .map(|at| {
            watch.go_on()?;
            let found = detector.detect(&frames.frame(at))?;
            watch.made(1);
            Ok(found)
        })
        .collect()
}

/// The light of a part of a frame.
fn crop(frame: &Frame<'_>, place: Rectangle) -> Plane {
    let mut luma = Luma {
        width: place.width,
        height: place.height,
        values: vec![0; place.width * place.height],
    };
    for (y, values) in luma.values.chunks_exact_mut(place.width).enumerate() {
        let row = &frame.row(place.y + y)[3 * place.x..3 * (place.x + place.width)];
        plane::luma(row, values);
    }
    luma.working()
}
