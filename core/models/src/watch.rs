//! Who waits for what takes long: whether it should end, and how far it is.

use crate::{ModelError, Result};

/// Asked now and then whether to end, and told how far the work is, from any thread.
///
/// A closure that says whether to end is one that wants to know no more: `&|| false`.
///
/// ```
/// use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
///
/// #[derive(Default)]
/// struct Bar(AtomicUsize);
///
/// impl flownote_models::Watch for Bar {
///     fn stop(&self) -> bool {
///         false
///     }
///
///     fn made(&self, steps: usize) {
///         self.0.fetch_add(steps, Relaxed);
///     }
/// }
/// ```
pub trait Watch: Sync {
    /// Whether to end.
    fn stop(&self) -> bool;

    /// The work has so many steps, of like length; nothing where nobody knows. Told once, before
    /// the first one. The number is the same on however many threads.
    fn begins(&self, _steps: Option<usize>) {}

    /// So many steps more were made; together as many as the work has.
    fn made(&self, _steps: usize) {}
}

impl<F: Fn() -> bool + Sync> Watch for F {
    fn stop(&self) -> bool {
        self()
    }
}

impl dyn Watch + '_ {
    /// An error where the caller asked for an end.
    pub(crate) fn go_on(&self) -> Result<()> {
        if self.stop() { Err(ModelError::Cancelled) } else { Ok(()) }
    }

    /// Tells of steps, and asks whether to go on.
    pub(crate) fn after(&self, steps: usize) -> Result<()> {
        self.made(steps);
        self.go_on()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

    use super::Watch;
    use crate::artwork::faces::{Face, FaceDetector, detect_faces};
    use crate::artwork::shots::{Method, ShotDetector};
    use crate::artwork::{Frame, Frames, measure};
    use crate::bandit::off_policy::Method::Bootstrap;
    use crate::bandit::off_policy::{Estimator, Log, Options, Target, evaluate};
    use crate::customer::{KMeans, Rows, Search};
    use crate::recommend::{
        Bpr, BprOptions, Ease, Ials, IalsOptions, Interactions, ItemKnn, Solver,
    };
    use crate::{ModelError, Result};

    /// Counts steps, and ends the work after so many.
    #[derive(Debug)]
    pub struct Counter {
        pub begun: AtomicBool,
        pub steps: AtomicUsize,
        pub made: AtomicUsize,
        pub most: usize,
    }

    impl Counter {
        pub fn until(most: usize) -> Self {
            let (steps, made) = (AtomicUsize::new(0), AtomicUsize::new(0));
            Self { begun: AtomicBool::new(false), steps, made, most }
        }

        /// How many steps were made, and how many there are.
        pub fn told(&self) -> (usize, usize) {
            (self.made.load(Relaxed), self.steps.load(Relaxed))
        }
    }

    impl Watch for Counter {
        fn stop(&self) -> bool {
            self.made.load(Relaxed) >= self.most
        }

        fn begins(&self, steps: Option<usize>) {
            assert!(!self.begun.swap(true, Relaxed), "it began twice");
            self.steps.store(steps.unwrap_or(0), Relaxed);
        }

        fn made(&self, steps: usize) {
            assert!(self.begun.load(Relaxed), "steps before it began");
            self.made.fetch_add(steps, Relaxed);
        }
    }

    /// What tells of its steps, by name.
    type Work = (&'static str, fn(&dyn Watch) -> Result<()>);

    const WORKS: [Work; 11] = [
        ("ials", |watch| Ials::fit(&events(), IALS, watch).map(drop)),
        ("ials, exactly", |watch| {
            let options = IalsOptions { solver: Solver::Exact, ..IALS };
            Ials::fit(&events(), options, watch).map(drop)
        }),
        ("bpr", |watch| Bpr::fit(&events(), BPR, watch).map(drop)),
        ("ease", |watch| Ease::fit(&events(), 5.0, watch).map(drop)),
        ("item_knn", |watch| ItemKnn::fit(&events(), 5, 0.0, watch).map(drop)),
        ("k-means", |watch| {
            let search = Search { clusters: 3, starts: 4, rounds: 20, seed: 1 };
            KMeans::fit(Rows::new(&numbers(200), 2)?, search, watch).map(drop)
        }),
        ("measures", |watch| measure(&frames(&pixels())?, watch).map(drop)),
        ("faces", |watch| detect_faces(&Nobody, &frames(&pixels())?, watch).map(drop)),
        ("shots", |watch| {
            let mut detector = ShotDetector::new(Method::named("content", None)?, 8)?;
            detector.update(&frames(&pixels())?, watch).map(drop)
        }),
        ("resamples of means", |watch| estimate(Estimator::InversePropensity, watch)),
        ("resamples of ratios", |watch| estimate(Estimator::SelfNormalized, watch)),
    ];

    const IALS: IalsOptions = IalsOptions {
        factors: 4,
        alpha: 1.0,
        l2: 1.0,
        iterations: 3,
        solver: Solver::Blocks,
        seed: 1,
    };

    const BPR: BprOptions =
        BprOptions { factors: 4, learning_rate: 0.05, l2: 0.01, iterations: 3, seed: 1 };

    /// 90 members, of whom each did something with 7 of 70 items.
    fn events() -> Interactions<'static> {
        let items: Vec<i32> =
            (0..90).flat_map(|it| (0..7).map(move |at| at * 10 + it % 9)).collect();
        let bounds: Vec<i32> = (0..=90).map(|member| member * 7).collect();
        Interactions::new(bounds.leak(), items.leak(), &[1.0; 630], 70).unwrap()
    }

    fn numbers(count: usize) -> Vec<f64> {
        (0..count).map(|i| ((i * 37) % 101) as f64).collect()
    }

    fn pixels() -> Vec<u8> {
        (0..40 * 16 * 12 * 3).map(|i| ((i * 31) % 251) as u8).collect()
    }

    fn frames(pixels: &[u8]) -> Result<Frames<'_>> {
        Frames::new(40, 16, 12, pixels)
    }

    struct Nobody;

    impl FaceDetector for Nobody {
        fn detect(&self, _: &Frame<'_>) -> Result<Vec<Face>> {
            Ok(Vec::new())
        }
    }

    fn estimate(estimator: Estimator, watch: &dyn Watch) -> Result<()> {
        let actions: Vec<i64> = (0..60).map(|row| row % 2).collect();
        let rewards: Vec<f64> = (0..60).map(|row| f64::from(row % 3)).collect();
        let propensities = [0.5; 60];
        let log = Log::new(&actions, &rewards, &propensities)?;
        let method = Bootstrap { resamples: 50, seed: 1 };
        let options = Options { level: 0.9, method };
        evaluate(&log, &Target::Same(&[0.3, 0.7]), estimator, None, options, watch).map(drop)
    }

    #[test]
    fn all_steps_are_told_of() {
        for (name, work) in WORKS {
            let watch = Counter::until(usize::MAX);
            work(&watch).unwrap();
            let (made, steps) = watch.told();
            assert!(steps > 0 && made == steps, "{name}: {made} of {steps}");
        }
    }

    #[test]
    fn a_stop_ends_what_goes_on() {
        for (name, work) in WORKS {
            let watch = Counter::until(1);
            assert_eq!(work(&watch), Err(ModelError::Cancelled), "{name}");
            let (made, steps) = watch.told();
            assert!(made < steps, "{name}: {made} of {steps}");
        }
    }
}
