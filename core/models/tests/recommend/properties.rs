//! What holds of every ranking and metric.

use flownote_models::recommend::{Metric, coverage, novelty};
use proptest::prelude::*;

use crate::simulated::Matrix;

const ITEMS: usize = 12;

fn metric() -> impl Strategy<Value = Metric> {
    (1..=ITEMS, 0..4_u8).prop_map(|(k, which)| match which {
        0 => Metric::Recall(k),
        1 => Metric::Ndcg(k),
        2 => Metric::Map(k),
        _ => Metric::Mrr(k),
    })
}

/// A ranking of all items for each of some members, and what was held out of each.
fn ranked() -> impl Strategy<Value = (Vec<Vec<i64>>, Vec<Vec<i32>>)> {
    let one = (
        Just((0..ITEMS as i64).collect::<Vec<_>>()).prop_shuffle(),
        prop::collection::btree_set(0..ITEMS as i32, 0..6),
    );
    prop::collection::vec(one, 1..6).prop_map(|members| {
        members.into_iter().map(|(row, wanted)| (row, wanted.into_iter().collect())).unzip()
    })
}

fn matrix(held_out: &[Vec<i32>]) -> Matrix {
    let with_one = |row: &Vec<i32>| row.iter().map(|item| (*item, 1.0)).collect();
    Matrix::of(&held_out.iter().map(with_one).collect::<Vec<_>>(), ITEMS)
}

fn values(metric: Metric, rows: &[Vec<i64>], held_out: &[Vec<i32>]) -> Vec<f64> {
    metric.measure(&rows.concat(), ITEMS, &matrix(held_out).events()).unwrap()
}

proptest! {
    #[test]
    fn metrics_lie_between_nothing_and_the_best_order((rows, held_out) in ranked(), metric in metric()) {
        let found = values(metric, &rows, &held_out);
        prop_assert_eq!(found.len(), held_out.iter().filter(|row| !row.is_empty()).count());
        prop_assert!(found.iter().all(|value| (0.0..=1.0 + 1e-12).contains(value)), "{:?}", found);
        // The best order is worth 1, but for what no k places can hold.
        let best: Vec<Vec<i64>> = held_out.iter().map(|wanted| {
            let wanted: Vec<i64> = wanted.iter().map(|it| i64::from(*it)).collect();
            let others = (0..ITEMS as i64).filter(|it| !wanted.contains(it));
            wanted.iter().copied().chain(others).collect()
        }).collect();
        let wanted = held_out.iter().filter(|row| !row.is_empty()).map(Vec::len);
        for (value, wanted) in values(metric, &best, &held_out).into_iter().zip(wanted) {
            let most = match metric {
                Metric::Recall(k) => wanted.min(k) as f64 / wanted as f64,
                _ => 1.0,
            };
            prop_assert!((value - most).abs() < 1e-12);
        }
    }

    #[test]
    fn a_hit_that_moves_up_is_worth_no_less((rows, held_out) in ranked(), metric in metric(), place in 1..ITEMS) {
        let before = values(metric, &rows, &held_out);
        let better: Vec<Vec<i64>> = rows.iter().zip(&held_out).map(|(row, wanted)| {
            let mut row = row.clone();
            let hit = |item: i64| wanted.iter().any(|it| i64::from(*it) == item);
            if hit(row[place]) && !hit(row[place - 1]) {
                row.swap(place, place - 1);
            }
            row
        }).collect();
        let after = values(metric, &better, &held_out);
        prop_assert!(before.iter().zip(&after).all(|(a, b)| b >= a), "{:?} {:?}", before, after);
    }

    #[test]
    fn more_places_find_no_less((rows, held_out) in ranked(), k in 1..ITEMS) {
        for of in [Metric::Recall, Metric::Mrr] {
            let (few, more) = (values(of(k), &rows, &held_out), values(of(k + 1), &rows, &held_out));
            prop_assert!(few.iter().zip(&more).all(|(a, b)| b >= a));
        }
        let shown = |k| coverage(&rows.concat(), ITEMS, k, ITEMS).unwrap();
        prop_assert!(shown(k) <= shown(k + 1) && shown(ITEMS) == 1.0);
    }

    #[test]
    fn the_numbers_of_items_and_the_order_of_members_say_nothing(
        (rows, held_out) in ranked(),
        metric in metric(),
        renamed in Just((0..ITEMS as i64).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let name = |item: i64| renamed[item as usize];
        let other_rows: Vec<Vec<i64>> =
            rows.iter().rev().map(|row| row.iter().map(|item| name(*item)).collect()).collect();
        let others: Vec<Vec<i32>> = held_out.iter().rev().map(|row| {
            let mut row: Vec<i32> = row.iter().map(|it| name(i64::from(*it)) as i32).collect();
            row.sort_unstable();
            row
        }).collect();
        let mut found = values(metric, &other_rows, &others);
        found.reverse();
        prop_assert_eq!(found, values(metric, &rows, &held_out));
        let new = |rows: &[Vec<i64>], known: &[Vec<i32>]| {
            novelty(&rows.concat(), ITEMS, 3, &matrix(known).events()).unwrap()
        };
        prop_assert!((new(&rows, &held_out) - new(&other_rows, &others)).abs() < 1e-12);
    }
}
