//! The ways to tell a cut: what is compared, and how much apart is another shot.
//!
//! The detectors of PySceneDetect (<https://www.scenedetect.com>) with the
//! thresholds of its version 0.7, but for [`Method::Content`]'s.

use std::collections::VecDeque;

use super::look::Look;
use crate::{ModelError, Result};

/// What tells a cut.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method {
    /// The mean difference of hue, saturation and value is at least `threshold` of 255. The hue
    /// and saturation of dark pixels and the hue of grey ones count less than PySceneDetect's.
    Content {
        /// 24 by habit: PySceneDetect's 27 less what isn't counted.
        threshold: f64,
    },
    /// That difference is at least 15 and `threshold` times that of the frames around, two on
    /// each side: motion alone is no cut.
    Adaptive {
        /// 3 by habit.
        threshold: f64,
    },
    /// One less the correlation of the histograms of light (128 levels) is above `threshold`.
    Histogram {
        /// 0.2 by habit.
        threshold: f64,
    },
    /// At least `threshold` of the bits of a perceptual hash (8 × 8) differ.
    Hash {
        /// 0.35 by habit.
        threshold: f64,
    },
}

/// How many frames on each side [`Method::Adaptive`] compares with.
const AROUND: usize = 2;

/// The least difference that it takes for a cut.
const LEAST: f64 = 15.0;

impl Method {
    /// A method by its name, with its threshold or that of habit.
    ///
    /// # Errors
    /// [`ModelError::Input`] where there is no such method, or the threshold isn't above 0.
    pub fn named(name: &str, threshold: Option<f64>) -> Result<Self> {
        if let Some(threshold) = threshold
            && !(threshold > 0.0 && threshold.is_finite())
        {
            let hint = "give a number above 0, or none for the habitual one";
            return Err(ModelError::input("threshold", format!("is {threshold}"), hint));
        }
        let or = |habit: f64| threshold.unwrap_or(habit);
        Ok(match name {
            "content" => Self::Content { threshold: or(24.0) },
            "adaptive" => Self::Adaptive { threshold: or(3.0) },
            "histogram" => Self::Histogram { threshold: or(0.2) },
            "hash" => Self::Hash { threshold: or(0.35) },
            _ => {
                let hint = "there are content, adaptive, histogram and hash";
                return Err(ModelError::input("method", format!("is `{name}`"), hint));
            }
        })
    }

    /// How far two frames, one behind the other, are apart.
    pub(super) fn apart(self, before: &Look, after: &Look) -> f64 {
        match self {
            Self::Content { .. } | Self::Adaptive { .. } => before.content(after),
            Self::Histogram { .. } => before.histogram(after),
            Self::Hash { .. } => before.hash(after),
        }
    }
}

/// What tells cuts from how far frames are apart, one after the other.
pub(super) struct Cuts {
    method: Method,
    /// How far the last frames are from those before them, and the number of the first of them.
    recent: VecDeque<f64>,
    first: usize,
}

impl Cuts {
    pub fn new(method: Method) -> Self {
        Self { method, recent: VecDeque::new(), first: 1 }
    }

    /// Takes in how far the next frame is from the one before it: the number of a frame that a
    /// shot begins with, if that is known now.
    pub fn next(&mut self, apart: f64) -> Option<usize> {
        self.recent.push_back(apart);
        let place = self.recent.len() - 1;
        match self.method {
            Method::Adaptive { .. } => {
                let found = place.checked_sub(AROUND).and_then(|place| self.adaptive(place));
                if self.recent.len() > 2 * AROUND {
                    self.recent.pop_front();
                    self.first += 1;
                }
                found
            }
            Method::Content { threshold } | Method::Hash { threshold } => {
                self.plain(apart >= threshold)
            }
            Method::Histogram { threshold } => self.plain(apart > threshold),
        }
    }

    /// So many frames behind the one that a shot begins with it is known.
    pub fn delay(&self) -> usize {
        match self.method {
            Method::Adaptive { .. } => AROUND,
            _ => 0,
        }
    }

    /// The frames that shots begin with among the last, behind which no others come.
    pub fn finish(&self) -> Vec<usize> {
        let open = self.recent.len().saturating_sub(AROUND)..self.recent.len();
        match self.method {
            Method::Adaptive { .. } => open.filter_map(|place| self.adaptive(place)).collect(),
            _ => Vec::new(),
        }
    }

    fn plain(&mut self, cut: bool) -> Option<usize> {
        self.recent.clear();
        self.first += 1;
        cut.then_some(self.first - 1)
    }

    fn adaptive(&self, place: usize) -> Option<usize> {
        let Method::Adaptive { threshold } = self.method else { return None };
        let span = place.saturating_sub(AROUND)..(place + AROUND + 1).min(self.recent.len());
        let others: Vec<f64> = span.filter(|&at| at != place).map(|at| self.recent[at]).collect();
        let mean = others.iter().sum::<f64>() / (others.len() as f64).max(1.0);
        let apart = self.recent[place];
        (apart >= LEAST && apart >= threshold * mean).then_some(self.first + place)
    }
}
