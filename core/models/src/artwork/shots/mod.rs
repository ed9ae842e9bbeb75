//! Shots: where one ends and the next begins, and what moves in each.
//!
//! A [`ShotDetector`] takes a film in chunks. It keeps a few dozen small pictures, and a few
//! numbers for each frame of the shots that aren't over.

mod blocks;
mod colours;
mod gradual;
mod look;
mod method;
mod motion;

use std::collections::VecDeque;
use std::mem;

use rayon::prelude::*;

use self::gradual::{Dissolves, Fades};
use self::look::Look;
use self::method::Cuts;
use self::motion::{Motion, Motions};
use super::Frames;
use crate::{ModelError, Result, Watch};

pub use self::method::Method;

/// So many frames behind a boundary it stands: no dissolve or fade begins before it any more.
const SETTLED: usize = 64;

/// How a shot begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transition {
    /// It is the film's first.
    Start,
    /// From one frame to the next.
    Cut,
    /// From black, to black or through it.
    Fade,
    /// Mixed with the shot before it.
    Dissolve,
}

/// Frames that were filmed in one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shot {
    /// The first frame; of a fade or dissolve, that in its middle.
    pub start: usize,
    /// The first frame behind it.
    pub end: usize,
    /// How it begins.
    pub transition: Transition,
    /// How far the picture moves as a whole from frame to frame on average, in its sides: the
    /// camera's motion.
    pub camera_motion: f64,
    /// Where to it moves on the whole, in degrees: 0 to the right, 90 down. The camera goes the
    /// other way.
    pub camera_angle: f64,
    /// The mean difference from frame to frame (light, 0 to 1) that this doesn't explain: the
    /// motion of what is in the picture.
    pub subject_motion: f64,
}

/// Finds the shots of a film that comes in chunks.
pub struct ShotDetector {
    method: Method,
    shortest: usize,
    motions: Motions,
    last: Option<Look>,
    seen: usize,
    cuts: Cuts,
    fades: Fades,
    /// The light of the last frames, of which it isn't known whether a cut leads to them.
    lights: VecDeque<f64>,
    dissolves: Dissolves,
    /// Boundaries that shots weren't told by, in order.
    boundaries: Vec<(usize, Transition)>,
    /// Where the shot begins that isn't told, and how.
    open: (usize, Transition),
    /// What moved to each frame from the one before it, from that on.
    moved: Vec<Motion>,
}

/// What one frame is beside the one before it.
struct Step {
    apart: f64,
    motion: Motion,
}

impl ShotDetector {
    /// A detector of cuts by `method`, and of fades and dissolves. Shots of fewer than `shortest`
    /// frames are part of the one before them.
    ///
    /// # Errors
    /// [`ModelError::Input`] where `shortest` is 0.
    pub fn new(method: Method, shortest: usize) -> Result<Self> {
        if shortest == 0 {
            let hint = "give 1 for shots of any length";
            return Err(ModelError::input("shortest", "is 0", hint));
        }
        Ok(Self {
            method,
            shortest,
            motions: Motions::new(),
            last: None,
            seen: 0,
            cuts: Cuts::new(method),
            fades: Fades::default(),
            lights: VecDeque::new(),
            dissolves: Dissolves::default(),
            boundaries: Vec::new(),
            open: (0, Transition::Start),
            moved: Vec::new(),
        })
    }

    /// Takes in the next frames: the shots that are over now. `watch` is told of each frame.
    ///
    /// # Errors
    /// [`ModelError::Cancelled`] where `watch` said so; then nothing was taken in.
    pub fn update(&mut self, frames: &Frames<'_>, watch: &dyn Watch) -> Result<Vec<Shot>> {
        watch.begins(Some(frames.len()));
        let looks: Vec<Look> = (0..frames.len())
            .into_par_iter()
            .map(|at| {
                watch.go_on()?;
                let look = Look::of(&frames.frame(at), &self.motions, self.method);
                watch.made(1);
                Ok(look)
            })
            .collect::<Result<_>>()?;
        let before = |at: usize| match at.checked_sub(1) {
            Some(at) => looks.get(at),
            None => self.last.as_ref(),
        };
        let steps: Vec<Option<Step>> = (0..looks.len())
            .into_par_iter()
            .map(|at| {
                let (before, after) = (before(at)?, &looks[at]);
                let apart = self.method.apart(before, after);
                Some(Step { apart, motion: self.motions.between(before, after) })
            })
            .collect();
        let mut shots = Vec::new();
        for (look, step) in looks.iter().zip(steps) {
            self.step(look, step);
            // Frame by frame: what is told doesn't depend on how the film is cut into chunks.
            // While it is black it isn't known what leads to black, however long it lasts.
            let settled = self.seen.saturating_sub(SETTLED);
            shots.extend(self.settled(self.fades.begun().unwrap_or(settled).min(settled)));
        }
        self.last = looks.into_iter().last().or(self.last.take());
        Ok(shots)
    }

    /// The shots that are left: the film is over, and the detector as new.
    pub fn finish(&mut self) -> Vec<Shot> {
        let cuts = self.cuts.finish();
        for &cut in &cuts {
            self.boundary(cut, Transition::Cut);
        }
        for (at, light) in (self.seen - self.lights.len()..).zip(mem::take(&mut self.lights)) {
            self.light(at, light, cuts.contains(&at));
        }
        if let Some(middle) = self.dissolves.restart() {
            self.boundary(middle, Transition::Dissolve);
        }
        let (seen, shortest) = (self.seen, self.shortest);
        self.boundaries.retain(|&(at, _)| seen - at >= shortest);
        let mut shots = self.settled(usize::MAX);
        if self.seen > self.open.0 {
            shots.push(self.shot(self.seen));
        }
        let fresh = Self::new(self.method, self.shortest);
        *self = fresh.expect("it was made with the same");
        shots
    }

    fn step(&mut self, look: &Look, step: Option<Step>) {
        let at = self.seen;
        self.seen += 1;
        let cut = step.as_ref().and_then(|step| self.cuts.next(step.apart));
        self.moved.push(step.map_or(Motion::default(), |step| step.motion));
        if let Some(cut) = cut {
            self.dissolves.restart();
            self.boundary(cut, Transition::Cut);
        }
        self.lights.push_back(look.light);
        if self.lights.len() > self.cuts.delay()
            && let Some(light) = self.lights.pop_front()
        {
            let at = at - self.lights.len();
            self.light(at, light, cut == Some(at));
        }
        if let Some(middle) = self.dissolves.next(at, look) {
            self.boundary(middle, Transition::Dissolve);
        }
    }

    /// Takes in the light of a frame of which it is known whether there was a cut to it.
    fn light(&mut self, at: usize, light: f64, cut: bool) {
        let Some(black) = self.fades.next(at, light, cut) else { return };
        // What is black from the film's begin fades in, but nothing ends there.
        if black.begin > 0 {
            self.black(black, cut);
        }
        self.dissolves.restart();
    }

    /// Black is over: unless it was cut to and from, it is a fade, of one boundary.
    fn black(&mut self, black: gradual::Black, cut_from: bool) {
        if black.cut_to && cut_from {
            return;
        }
        self.boundaries.retain(|&(at, _)| at < black.begin || at > black.end);
        let middle = match (black.cut_to, cut_from) {
            (true, _) => black.begin,
            (_, true) => black.end,
            _ => usize::midpoint(black.begin, black.end),
        };
        self.boundary(middle, Transition::Fade);
    }

    fn boundary(&mut self, at: usize, transition: Transition) {
        let place = self.boundaries.partition_point(|&(other, _)| other < at);
        let near = |other: usize| other.abs_diff(at) < self.shortest;
        // What comes at once stands: a cut within a dissolve, a second cut after a flash.
        let taken = [place.checked_sub(1), Some(place)];
        if taken.into_iter().flatten().filter_map(|it| self.boundaries.get(it)).any(|it| near(it.0))
        {
            return;
        }
        self.boundaries.insert(place, (at, transition));
    }

    /// The shots that end before the frame `until`.
    fn settled(&mut self, until: usize) -> Vec<Shot> {
        let settled = self.boundaries.partition_point(|&(at, _)| at < until);
        let boundaries: Vec<_> = self.boundaries.drain(..settled).collect();
        let mut shots = Vec::new();
        for (at, transition) in boundaries {
            // Too short to be one: what begins there belongs to it.
            if at - self.open.0.min(at) < self.shortest {
                continue;
            }
            shots.push(self.shot(at));
            self.moved.drain(..at - self.open.0);
            self.open = (at, transition);
        }
        shots
    }

    /// The shot that is open, ending before `end`.
    fn shot(&self, end: usize) -> Shot {
        let (start, transition) = self.open;
        // To its first frame something moved from the shot before it.
        let moved = self.moved.get(1..end - start).unwrap_or_default();
        let count = (moved.len() as f64).max(1.0);
        let mean = |of: fn(&Motion) -> f64| moved.iter().map(of).sum::<f64>() / count;
        let (across, down) = (mean(|it| it.across), mean(|it| it.down));
        Shot {
            start,
            end,
            transition,
            camera_motion: mean(|it| it.across.hypot(it.down)),
            camera_angle: down.atan2(across).to_degrees().rem_euclid(360.0),
            subject_motion: mean(|it| it.rest),
        }
    }
}
