//! Changes of shot that take several frames: fades to and from black, and dissolves.

use std::collections::VecDeque;

use super::look::{Look, correlation};

/// Light (0 to 1) below this is black: PySceneDetect's `ThresholdDetector`.
const BLACK: f64 = 12.0 / 255.0;

/// The spans of frames in which a dissolve is looked for.
const SPANS: [usize; 3] = [8, 16, 32];

/// How far both ends of a dissolve are apart at least (light, 0 to 1), how much alike they are at
/// most, and how far beside the way from one to the other the frames between are.
const APART: f64 = 0.06;
const ALIKE: f64 = 0.75;
const BESIDE: f64 = 0.15;

/// What tells fades: black frames that weren't cut to.
#[derive(Default)]
pub struct Fades {
    /// The first of the black frames, and whether there was a cut to it.
    black: Option<(usize, bool)>,
}

/// A stretch of black that is over.
pub struct Black {
    /// Its first frame, and the first behind it.
    pub begin: usize,
    pub end: usize,
    /// Whether it was cut to.
    pub cut_to: bool,
}

impl Fades {
    /// The first of the black frames, while it is black.
    pub fn begun(&self) -> Option<usize> {
        self.black.map(|(begin, _)| begin)
    }

    /// Takes in the light of the frame `at`, and whether there was a cut to it.
    pub fn next(&mut self, at: usize, light: f64, cut: bool) -> Option<Black> {
        match (light < BLACK, self.black) {
            (true, None) => {
                self.black = Some((at, cut));
                None
            }
            (false, Some((begin, cut_to))) => {
                self.black = None;
                Some(Black { begin, end: at, cut_to })
            }
            _ => None,
        }
    }
}

/// What tells dissolves: frames that lie on the straight way from one picture to another.
///
/// The pixels of a mix are between those of its parts: its distances to both sum to the distance
/// of the parts. Motion takes another way. After Lienhart (2001), *Reliable dissolve detection*,
/// SPIE 4315, which looks for what is made like a dissolve; the measure is ours.
#[derive(Default)]
pub struct Dissolves {
    recent: VecDeque<Vec<f64>>,
    /// The dissolve that is going on: how far its ends are apart, and its middle.
    best: Option<(f64, usize)>,
}

impl Dissolves {
    /// Forgets what was: a cut, or black.
    pub fn restart(&mut self) -> Option<usize> {
        self.recent.clear();
        self.best.take().map(|(_, middle)| middle)
    }

    /// Takes in the frame `at`: the middle of a dissolve that is over now.
    pub fn next(&mut self, at: usize, look: &Look) -> Option<usize> {
        self.recent.push_back(look.small.clone());
        if self.recent.len() > SPANS[SPANS.len() - 1] + 1 {
            self.recent.pop_front();
        }
        let found = SPANS.iter().filter_map(|&span| self.within(at, span));
        let found = found.max_by(|a, b| a.0.total_cmp(&b.0));
        match (found, self.best) {
            (Some(found), Some(best)) => {
                // Wider ends tell the middle better.
                if found.0 > best.0 {
                    self.best = Some(found);
                }
                None
            }
            (Some(_), None) => {
                self.best = found;
                None
            }
            (None, Some((_, middle))) => {
                self.best = None;
                Some(middle)
            }
            (None, None) => None,
        }
    }

    /// Whether the last `span` frames are a dissolve: how far its ends are apart, its middle.
    fn within(&self, at: usize, span: usize) -> Option<(f64, usize)> {
        let first = self.recent.len().checked_sub(span + 1)?;
        let (begin, end) = (&self.recent[first], &self.recent[first + span]);
        let apart = distance(begin, end);
        if apart < APART || correlation(begin, end) > ALIKE || flat(begin) || flat(end) {
            return None;
        }
        let between = [span / 4, span / 2, 3 * span / 4].map(|step| &self.recent[first + step]);
        let way = |frame: &Vec<f64>| distance(begin, frame) + distance(frame, end);
        if between.iter().any(|frame| way(frame) > (1.0 + BESIDE) * apart) {
            return None;
        }
        // A cut that isn't told as one is no mix either.
        let jumps = |step: usize| {
            distance(&self.recent[first + step], &self.recent[first + step + 1]) > 0.5 * apart
        };
        if (0..span).any(jumps) {
            return None;
        }
        let nearer_end = |&step: &usize| {
            let frame = &self.recent[first + step];
            distance(frame, end) <= distance(begin, frame)
        };
        let middle = (0..=span).find(nearer_end)?;
        Some((apart, at - span + middle))
    }
}

fn distance(first: &[f64], second: &[f64]) -> f64 {
    first.iter().zip(second).map(|(a, b)| (a - b).abs()).sum::<f64>() / first.len() as f64
}

/// Whether a picture is of one level: black, or a colour.
fn flat(picture: &[f64]) -> bool {
    let mean = picture.iter().sum::<f64>() / picture.len() as f64;
    picture.iter().all(|value| (value - mean).abs() < 0.02)
}
