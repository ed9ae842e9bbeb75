//! Every candidate is chosen or rejected with a reason, whatever is given.

use flownote_models::artwork::ranking::{Candidates, Filter, Reason, Weight, Wishes, rank};
use proptest::prelude::*;

proptest! {
    #[test]
    fn everything_is_explained(
        first in prop::collection::vec(prop_oneof![-3.0..3.0, Just(f64::NAN), Just(1.0)], 0..30),
        weights in (-2.0..2.0f64, 0.1..2.0f64),
        least in prop::option::of(-3.0..3.0f64),
        (diversity, alike) in (0.0..=1.0f64, 0.0..=1.0f64),
        count in 0usize..12,
    ) {
        let rows = first.len();
        let second: Vec<f64> = (0..rows).map(|at| (at * 7 % 5) as f64).collect();
        let hashes: Vec<u64> = (0..rows as u64).map(|at| (at / 2).wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
        let columns = vec![("a".to_owned(), &first[..]), ("b".to_owned(), &second[..])];
        let candidates = Candidates::new(rows, columns).unwrap().with_hashes(&hashes).unwrap();
        let weight = |name: &str, weight| Weight { name: name.to_owned(), weight };
        let filters = least.map(|least| Filter { name: "a".to_owned(), least: Some(least), most: None });
        let wishes = Wishes {
            weights: vec![weight("a", weights.0), weight("b", weights.1)],
            filters: filters.into_iter().collect(),
            diversity,
            alike,
            count,
        };
        let ranking = rank(&candidates, &wishes).unwrap();
        prop_assert!(ranking.chosen.len() <= count);
        let mut all: Vec<usize> =
            ranking.chosen.iter().chain(&ranking.rejected).map(|it| it.frame).collect();
        all.sort_unstable();
        prop_assert_eq!(all, (0..rows).collect::<Vec<_>>());
        for it in ranking.chosen.iter().chain(&ranking.rejected) {
            let sum: f64 = it.parts.iter().map(|part| part.contribution).sum();
            prop_assert!((it.score - sum).abs() < 1e-12 && (0.0..=1.0 + 1e-12).contains(&sum));
        }
        prop_assert!(ranking.chosen.iter().all(|it| it.reasons.is_empty()));
        prop_assert!(ranking.rejected.iter().all(|it| !it.reasons.is_empty()));
        // Fewer than asked for only where nothing is left that may be chosen.
        if ranking.chosen.len() < count {
            let open = |it: &Reason| matches!(it, Reason::Below { .. } | Reason::NoneWanted);
            prop_assert!(!ranking.rejected.iter().flat_map(|it| &it.reasons).any(open));
        }
        // As text: what isn't a number equals nothing.
        prop_assert_eq!(format!("{:?}", rank(&candidates, &wishes).unwrap()), format!("{ranking:?}"));
    }
}
