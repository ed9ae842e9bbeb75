//! What can be said of a frame from its pixels alone.
//!
//! `light` is about brightness and colour, `sharpness` and `blur` about edges, `saliency` about
//! where eyes go first, `composition` about where things are, `borders` about bars and `text`
//! about writing. [`measure`] does all of them for many frames at once.

mod blur;
mod borders;
mod composition;
mod light;
mod saliency;
mod sharpness;
mod text;

use rayon::prelude::*;

pub(super) use composition::symmetry;
pub(super) use light::colour;

use super::plane::{Luma, factor};
use super::{Frame, Frames, Hash};
use crate::{Result, Watch};

/// The cells of a frame's [`histogram`](FrameMeasures::histogram).
pub const HISTOGRAM: usize = 64;

/// Declares [`FrameMeasures`] with the names and the values of its numbers in one order.
macro_rules! frame_measures {
    ($($(#[$about:meta])* $name:ident,)*) => {
        /// What can be said of one frame. All numbers are finite.
        #[derive(Debug, Clone, PartialEq)]
        pub struct FrameMeasures {
            $($(#[$about])* pub $name: f64,)*
            /// What like pictures share.
            pub hash: Hash,
            /// Which share of the pixels have each colour: 4 levels of red × 4 of green × 4 of
            /// blue. Of a frame whose longest side is above 512, of a grid of its pixels.
            pub histogram: [f32; HISTOGRAM],
        }

        impl FrameMeasures {
            /// The names of the numbers.
            pub const NAMES: [&str; [$(stringify!($name)),*].len()] = [$(stringify!($name)),*];

            /// The numbers, in the order of [`NAMES`](Self::NAMES).
            #[must_use]
            pub fn values(&self) -> [f64; Self::NAMES.len()] {
                [$(self.$name),*]
            }
        }
    };
}

frame_measures! {
    /// The mean of the light (ITU-R BT.601), from 0 (black) to 1 (white).
    luminance,
    /// The standard deviation of the light, from 0 to ½: RMS contrast. Peli (1990), *Contrast in
    /// complex images*, J. Opt. Soc. Am. A 7(10).
    contrast,
    /// Shannon's entropy of the light's 256 levels in bits, from 0 to 8.
    entropy,
    /// Colourfulness: 0 for grey, about 15 slightly, 45 averagely, 109 extremely colourful.
    /// Hasler and Süsstrunk (2003), *Measuring Colourfulness in Natural Images*, SPIE 5007, M₃.
    colourfulness,
    /// The variance of the Laplacian of the light (0 to 255). Pech-Pacheco et al. (2000), *Diatom
    /// autofocusing in brightfield microscopy*, ICPR.
    sharpness,
    /// The mean squared gradient (Sobel) of the light: Tenengrad. Krotkov (1987), *Focusing*,
    /// IJCV 1; Pertuz et al. (2013), *Analysis of focus measure operators*, GRA1.
    tenengrad,
    /// How little is lost by blurring once more, from 0 (sharp) to 1. Crété et al. (2007), *The
    /// blur effect*, SPIE 6492.
    blur,
    /// How much of `blur` has one direction: `blur` × the coherence of the gradients, from 0 to 1.
    /// Motion smears edges along its way, and leaves those beside it. Coherence: Bigün and
    /// Granlund (1987), *Optimal orientation detection of linear symmetry*, ICCV.
    motion_blur,
    /// The way of that direction in degrees from the horizontal, from 0 to below 180, downwards
    /// to the right: where light changes least.
    motion_angle,
    /// Which share of the saliency the most salient tenth of the picture has: 0.1 for evenly
    /// spread, towards 1 where one thing stands out, 0 for a blank picture. Spectral residual:
    /// Hou and Zhang (2007), *Saliency detection: a spectral residual approach*, CVPR.
    saliency,
    /// The centroid of the saliency: 0 at the left, 1 at the right edge.
    saliency_x,
    /// The centroid of the saliency: 0 at the upper, 1 at the lower edge.
    saliency_y,
    /// The correlation of the picture with itself mirrored left to right, from −1 to 1; 0 for a
    /// blank picture.
    symmetry,
    /// How near to one of the four points of the rule of thirds the saliency is, from 0 to 1: its
    /// mean of exp(−d²/2σ²), σ a sixth of the sides. After Mai et al. (2011), *Rule of thirds
    /// detection from photograph*, ISM.
    thirds,
    /// Which share of the squared Laplacian the middle quarter of the picture has: ¼ where all is
    /// equally sharp, towards 1 where only the middle is. A proxy of a low depth of field: Datta et
    /// al. (2006), *Studying aesthetics in photographic images*, ECCV, section 3.8.
    depth_of_field,
    /// Which share of the picture is black bars, equal above and below or left and right.
    letterbox,
    /// Which share of the picture looks like lines of writing: dense strokes of two directions.
    /// A proxy after Wu, Manmatha and Riseman (1999), *TextFinder*, PAMI 21(11): it reads nothing.
    text,
}

/// What is prepared once for many frames.
pub struct Measurer {
    saliency: saliency::SpectralResidual,
}

impl Default for Measurer {
    fn default() -> Self {
        Self { saliency: saliency::SpectralResidual::new() }
    }
}

impl Measurer {
    /// What can be said of a frame.
    #[must_use]
    pub fn measure(&self, frame: &Frame<'_>) -> FrameMeasures {
        let luma = Luma::of(frame);
        let light = light::Light::of(frame, &luma);
        let edges = sharpness::Edges::of(&luma);
        let working = luma.working();
        let blur = blur::blur_effect(&working);
        let saliency = self.saliency.of(&working);
        let place = saliency.place();
        FrameMeasures {
            luminance: light.mean,
            contrast: light.deviation,
            entropy: light.entropy,
            colourfulness: light.colourfulness,
            sharpness: edges.laplacian_variance,
            tenengrad: edges.tenengrad,
            blur,
            motion_blur: blur * edges.coherence,
            motion_angle: edges.angle,
            saliency: place.compactness,
            saliency_x: place.x,
            saliency_y: place.y,
            symmetry: symmetry(&working),
            thirds: place.thirds,
            depth_of_field: edges.in_the_middle,
            letterbox: borders::bars(&luma),
            text: text::text(&working),
            hash: Hash::of(&working),
            histogram: light::histogram(frame, factor(luma.width, luma.height)),
        }
    }
}

/// What can be said of each frame, by all threads. `watch` is told of each frame.
///
/// # Errors
/// [`ModelError::Cancelled`](crate::ModelError::Cancelled) where `watch` said so.
pub fn measure(frames: &Frames<'_>, watch: &dyn Watch) -> Result<Vec<FrameMeasures>> {
    let measurer = Measurer::default();
    watch.begins(Some(frames.len()));
    (0..frames.len())
        .into_par_iter()
        .map(|at| {
            watch.go_on()?;
            let found = measurer.measure(&frames.frame(at));
            watch.made(1);
            Ok(found)
        })
        .collect()
}
