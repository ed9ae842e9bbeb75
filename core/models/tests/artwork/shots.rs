//! Shots cover a film without gaps, in whatever chunks it comes.

use flownote_models::artwork::Frames;
use flownote_models::artwork::shots::{Method, Shot, ShotDetector, Transition};
use proptest::prelude::*;

const WIDTH: usize = 12;
const HEIGHT: usize = 8;
const BYTES: usize = 3 * WIDTH * HEIGHT;

/// A film of plain and striped shots, by each one's length and look.
fn film(shots: &[(usize, u8)]) -> Vec<u8> {
    let frame = |look: u8| {
        (0..BYTES).map(move |at| {
            let stripe = at / (3 * (1 + usize::from(look % 5))) % 2 == 0;
            if stripe { look } else { look.wrapping_mul(7) }
        })
    };
    shots.iter().flat_map(|&(length, look)| (0..length).flat_map(move |_| frame(look))).collect()
}

fn detect(film: &[u8], method: Method, chunk: usize) -> Vec<Shot> {
    let mut detector = ShotDetector::new(method, 3).unwrap();
    let mut shots = Vec::new();
    for bytes in film.chunks(chunk * BYTES) {
        let frames = Frames::new(bytes.len() / BYTES, WIDTH, HEIGHT, bytes).unwrap();
        shots.extend(detector.update(&frames, &|| false).unwrap());
    }
    shots.extend(detector.finish());
    shots
}

proptest! {
    #[test]
    fn shots_cover_the_film_in_whatever_chunks(
        shots in prop::collection::vec((1usize..50, any::<u8>()), 1..6),
        name in prop::sample::select(vec!["content", "adaptive", "histogram", "hash"]),
        chunk in 1usize..40,
    ) {
        let film = film(&shots);
        let method = Method::named(name, None).unwrap();
        let found = detect(&film, method, chunk);
        let mut next = 0;
        for shot in &found {
            prop_assert_eq!(shot.start, next);
            prop_assert!(shot.end > shot.start);
            prop_assert_eq!(shot.transition == Transition::Start, shot.start == 0);
            prop_assert!(shot.camera_motion.is_finite() && shot.subject_motion.is_finite());
            next = shot.end;
        }
        prop_assert_eq!(next, film.len() / BYTES);
        prop_assert_eq!(found, detect(&film, method, usize::MAX / BYTES));
    }
}

/// A film of grain that is as bright as the numbers say: its own grain for each stretch.
fn shaded(stretches: &[&[f64]]) -> Vec<u8> {
    let mut film = Vec::new();
    for (seed, lights) in stretches.iter().enumerate() {
        for light in *lights {
            film.extend((0..WIDTH * HEIGHT).flat_map(|at| {
                let grain = (at * 97 + seed * 131) * 193 % 128 + 100;
                [(grain as f64 * light) as u8; 3]
            }));
        }
    }
    film
}

fn told(film: &[u8], name: &str) -> Vec<(usize, Transition)> {
    let method = Method::named(name, None).unwrap();
    let shots = detect(film, method, 7);
    shots.iter().map(|shot| (shot.start, shot.transition)).collect()
}

const BLACK: [f64; 100] = [0.0; 100];
const LIGHT: [f64; 40] = [1.0; 40];

#[test]
fn a_cut_to_black_and_from_it_is_no_fade() {
    for name in ["content", "adaptive"] {
        let film = shaded(&[&LIGHT, &BLACK[..10], &LIGHT]);
        let cuts = [(0, Transition::Start), (40, Transition::Cut), (50, Transition::Cut)];
        assert_eq!(told(&film, name), cuts, "{name}");
    }
}

#[test]
fn a_fade_from_black_that_was_cut_to_is_one_however_long_the_black_is() {
    let brighter: Vec<f64> = (1..=20).map(|at| f64::from(at) / 20.0).collect();
    for name in ["content", "adaptive"] {
        for black in [10, 63, 64, 65, 100] {
            let second = [&brighter[..], &LIGHT].concat();
            let film = shaded(&[&LIGHT, &BLACK[..black], &second]);
            let fade = [(0, Transition::Start), (40, Transition::Fade)];
            assert_eq!(told(&film, name), fade, "{name}, {black} black frames");
        }
    }
}
