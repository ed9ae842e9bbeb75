//! Frames of any size and content have numbers, the same on however many threads.

use flownote_models::ModelError;
use flownote_models::artwork::faces::{MODEL_BYTES, Seeta};
use flownote_models::artwork::{FrameMeasures, Frames, Measurer, measure};
use proptest::prelude::*;
use rayon::ThreadPoolBuilder;

/// Frames of one size, their bytes, and their count, width and height.
fn frames() -> impl Strategy<Value = (Vec<u8>, [usize; 3])> {
    ([0usize..4, 1usize..40, 1usize..40], prop::bool::ANY).prop_flat_map(|(size, bits)| {
        let most = if bits { 1u8 } else { 255 };
        let bytes = prop::collection::vec(0..=most, size.iter().product::<usize>() * 3);
        (
            bytes.prop_map(move |bytes| bytes.iter().map(|it| it * (255 / most)).collect()),
            Just(size),
        )
    })
}

proptest! {
    #[test]
    fn numbers_are_finite_and_within_their_bounds((bytes, [count, width, height]) in frames()) {
        let frames = Frames::new(count, width, height, &bytes).unwrap();
        let found = measure(&frames, &|| false).unwrap();
        prop_assert_eq!(found.len(), count);
        for it in found {
            for (name, value) in FrameMeasures::NAMES.iter().zip(it.values()) {
                prop_assert!(value.is_finite(), "{} {}", name, value);
            }
            let shares = [
                it.luminance, it.blur, it.motion_blur, it.saliency, it.saliency_x, it.saliency_y,
                it.thirds, it.depth_of_field, it.letterbox, it.text, it.symmetry.abs(),
                2.0 * it.contrast, it.entropy / 8.0, it.motion_angle / 180.0,
            ];
            for (at, share) in shares.into_iter().enumerate() {
                prop_assert!((0.0..=1.0 + 1e-9).contains(&share), "{} {}", at, share);
            }
            prop_assert!((it.histogram.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        }
    }

    #[test]
    fn threads_change_nothing((bytes, [count, width, height]) in frames()) {
        let frames = Frames::new(count, width, height, &bytes).unwrap();
        let on = |threads| {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| measure(&frames, &|| false)).unwrap()
        };
        let alone: Vec<_> =
            (0..count).map(|at| Measurer::default().measure(&frames.frame(at))).collect();
        prop_assert_eq!(on(1), on(3));
        prop_assert_eq!(on(2), alone);
    }

    #[test]
    fn mirrored_frames_have_the_same_light_edges_and_symmetry(
        (bytes, [count, width, height]) in frames()
    ) {
        let mut mirrored = bytes.clone();
        for row in mirrored.chunks_exact_mut(3 * width) {
            row.reverse();
            row.chunks_exact_mut(3).for_each(<[u8]>::reverse);
        }
        let of = |bytes: &[u8]| {
            measure(&Frames::new(count, width, height, bytes).unwrap(), &|| false).unwrap()
        };
        for (a, b) in of(&bytes).into_iter().zip(of(&mirrored)) {
            let same = |it: &FrameMeasures| {
                [it.luminance, it.contrast, it.entropy, it.colourfulness, it.sharpness,
                 it.tenengrad, it.symmetry, it.letterbox]
            };
            prop_assert_eq!(same(&a), same(&b));
        }
    }
}

#[test]
fn measuring_ends_when_it_is_told_to() {
    let bytes = vec![7; 4 * 3 * 3 * 3];
    let frames = Frames::new(4, 3, 3, &bytes).unwrap();
    assert_eq!(measure(&frames, &|| true), Err(ModelError::Cancelled));
}

#[test]
fn bytes_that_are_no_face_model_say_so() {
    let error = |bytes: &[u8]| Seeta::new(bytes).err().unwrap().to_string();
    assert!(error(&[1, 2]).contains("has 2 bytes, not 1209904"));
    // One hierarchy of one classifier of a kind that there isn't.
    let wrong: Vec<u8> = [1i32, 1, 1, 99].iter().flat_map(|it| it.to_le_bytes()).collect();
    let wrong: Vec<u8> = wrong.into_iter().cycle().take(MODEL_BYTES).collect();
    assert!(error(&wrong).contains("it isn't SeetaFace's"), "{}", error(&wrong));
}
