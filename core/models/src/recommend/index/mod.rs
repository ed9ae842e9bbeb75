//! The likely best of very many items, found in a graph of near ones: HNSW.
//!
//! Sources: Malkov and Yashunin (2020), *Efficient and Robust Approximate Nearest Neighbor Search
//! Using Hierarchical Navigable Small World Graphs*, IEEE TPAMI 42(4), whose algorithms the
//! functions name; Morozov and Babenko (2018), *Non-metric Similarity Graphs for Maximum Inner
//! Product Search*, NeurIPS: near is what has a large product. (One more factor that makes all items
//! equally long, as is usual, finds fewer: long items are few, and all others are nearer to each
//! other than to them.)

mod build;

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::factors::{Factors, dot};
use crate::wide::{Wide, wide};
use crate::{ModelError, Result, Saved};

pub(super) use build::steps;

/// How many items are scored one by one: only more of them are worth an index.
pub const MANY: usize = 50_000;

/// How many of the best are kept in sight at least while one looks for a member's, and how many
/// times as many as are wanted: the last in sight are found badly.
const SIGHT: usize = 160;
const WIDER: usize = 4;

/// The name of a saved model's array that holds one.
const ARRAY: &str = "index";

/// Items linked to near ones, in layers of ever fewer.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// The items' factors.
    points: Factors,
    /// The near items of each item, in each of its layers from the ground on.
    links: Vec<Vec<Vec<u32>>>,
    /// Of the items in the highest layer, the first.
    entry: u32,
}

/// An item, and its product with what is looked for. The better is the greater; of equals that
/// with the smaller number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Near {
    pub product: f32,
    pub item: u32,
}

impl Eq for Near {}

impl Ord for Near {
    fn cmp(&self, other: &Self) -> Ordering {
        self.product.total_cmp(&other.product).then(other.item.cmp(&self.item))
    }
}

impl PartialOrd for Near {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What a search needs, for one after the other.
pub(super) struct Scratch {
    /// In which search each item was last seen.
    seen: Vec<u32>,
    search: u32,
    fresh: Vec<u32>,
    products: Vec<f32>,
}

impl Scratch {
    pub fn new(items: usize) -> Self {
        Self { seen: vec![0; items], search: 0, fresh: Vec::new(), products: Vec::new() }
    }

    /// Keeps those of `items` that this search hasn't seen.
    fn keep_fresh(&mut self, items: &[u32]) {
        self.fresh.clear();
        for &item in items {
            let seen = &mut self.seen[item as usize];
            if *seen != self.search {
                *seen = self.search;
                self.fresh.push(item);
            }
        }
    }
}

/// The products of some items with what is looked for.
struct Products<'a> {
    points: &'a Factors,
    sought: &'a [f32],
    items: &'a [u32],
    products: &'a mut Vec<f32>,
}

impl Wide for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.products.clear();
        let product = |item: &u32| dot(self.sought, self.points.filled(*item as usize));
        self.products.extend(self.items.iter().map(product));
    }
}

impl Index {
    /// The likely best `count` for the factors of a member, best first.
    pub(super) fn best(&self, member: &[f32], count: usize, scratch: &mut Scratch) -> Vec<Near> {
        let width = self.points.width();
        let mut sought = vec![0.0; self.points.stride()];
        sought[..width].copy_from_slice(&member[..width]);
        let mut found = self.descend(&sought, 1, scratch);
        found = self.look(&sought, &found, 0, SIGHT.max(WIDER * count), scratch);
        found.truncate(count);
        found
    }

    pub(super) fn items(&self) -> usize {
        self.points.len()
    }

    /// The nearest in each layer down to `lowest`, whence the next is looked for: algorithm 5's
    /// first half.
    fn descend(&self, sought: &[f32], lowest: usize, scratch: &mut Scratch) -> Vec<Near> {
        let top = self.links[self.entry as usize].len();
        let mut found = vec![Near { product: f32::NEG_INFINITY, item: self.entry }];
        for layer in (lowest..top).rev() {
            found = self.look(sought, &found, layer, 1, scratch);
        }
        found
    }

    /// The nearest of a layer, nearest first, `sight` of them: algorithm 2.
    fn look(
        &self,
        sought: &[f32],
        from: &[Near],
        layer: usize,
        sight: usize,
        scratch: &mut Scratch,
    ) -> Vec<Near> {
        if scratch.search == u32::MAX {
            scratch.search = 0;
            scratch.seen.fill(0);
        }
        scratch.search += 1;
        let mut open = BinaryHeap::new();
        let mut found = BinaryHeap::with_capacity(sight + 1);
        let from: Vec<u32> = from.iter().map(|near| near.item).collect();
        scratch.keep_fresh(&from);
        loop {
            let Scratch { fresh: items, products, .. } = &mut *scratch;
            wide(Products { points: &self.points, sought, items, products });
            for (&item, &product) in items.iter().zip(&*products) {
                let near = Near { product, item };
                if found.len() < sight || found.peek().is_some_and(|Reverse(least)| near > *least) {
                    open.push(near);
                    found.push(Reverse(near));
                    if found.len() > sight {
                        found.pop();
                    }
                }
            }
            let Some(next) = open.pop() else { break };
            if found.len() == sight && found.peek().is_some_and(|Reverse(least)| next < *least) {
                break;
            }
            scratch.keep_fresh(&self.links[next.item as usize][layer]);
        }
        found.into_sorted_vec().into_iter().map(|Reverse(near)| near).collect()
    }

    /// Beside a saved model's other arrays: of each item how many layers it has, and of each of
    /// them how many links, and these.
    pub(super) fn save(index: Option<&Self>, saved: Saved) -> Saved {
        let Some(index) = index else { return saved };
        let mut values = Vec::new();
        for layers in &index.links {
            values.push(layers.len() as f64);
            for links in layers {
                values.push(links.len() as f64);
                values.extend(links.iter().copied().map(f64::from));
            }
        }
        saved.with(ARRAY, &[values.len()], values)
    }

    /// What [`save`](Self::save) wrote, of these items; nothing where there was none.
    pub(super) fn load(saved: &Saved, items: &Factors) -> Result<Option<Self>> {
        let Some(array) = saved.arrays.get(ARRAY) else { return Ok(None) };
        let links = links(&array.values, items.len()).ok_or_else(|| ModelError::Saved {
            kind: saved.kind.clone(),
            problem: format!("its `{ARRAY}` doesn't link its items"),
        })?;
        Ok(build::entry(&links).map(|entry| Self { points: items.clone(), links, entry }))
    }
}

/// The links that an array tells of; nothing where they aren't some between so many items.
fn links(values: &[f64], items: usize) -> Option<Vec<Vec<Vec<u32>>>> {
    let mut values = values.iter();
    let mut next = |end: usize| -> Option<u32> {
        let value = *values.next()?;
        (value.fract() == 0.0 && (0.0..end as f64).contains(&value)).then_some(value as u32)
    };
    let mut all = Vec::with_capacity(items);
    for _ in 0..items {
        let layers = next(build::MOST_LAYERS + 1).filter(|layers| *layers > 0)?;
        let mut own = Vec::with_capacity(layers as usize);
        for _ in 0..layers {
            let count = next(2 * build::LINKS + 1)?;
            own.push((0..count).map(|_| next(items)).collect::<Option<Vec<u32>>>()?);
        }
        all.push(own);
    }
    // A link leads to who is in that layer.
    let leads = |layer: usize, to: &u32| layer < all[*to as usize].len();
    let sound = all.iter().all(|own| {
        own.iter().enumerate().all(|(layer, links)| links.iter().all(|to| leads(layer, to)))
    });
    (values.next().is_none() && sound).then_some(all)
}

#[cfg(test)]
mod tests {
    use rayon::ThreadPoolBuilder;

    use super::*;

    fn items(count: usize) -> Factors {
        let mut items = Factors::random(count, 12, 5);
        for item in 0..count {
            let longer = 1.0 + 3.0 / (1.0 + (item % 50) as f32);
            items.filled_mut(item).iter_mut().for_each(|value| *value *= longer);
        }
        items
    }

    fn index(items: &Factors, seed: u64) -> Index {
        Index::build(items, seed, 1, &|| false).unwrap().unwrap()
    }

    #[test]
    fn the_best_are_found_and_scored_as_ever() {
        let (items, members) = (items(4000), Factors::random(100, 12, 9));
        let (index, mut scratch) = (index(&items, 1), Scratch::new(4000));
        let mut hits = 0;
        for member in 0..members.len() {
            let mut products = vec![0.0; items.len()];
            items.products(members.filled(member), &mut products);
            let mut best: Vec<u32> = (0..4000).collect();
            best.sort_by(|a, b| products[*b as usize].total_cmp(&products[*a as usize]));
            let found = index.best(members.row(member), 10, &mut scratch);
            assert!(found.is_sorted_by(|a, b| a > b) && found.len() == 10, "{found:?}");
            assert!(found.iter().all(|it| it.product == products[it.item as usize]));
            hits += found.iter().filter(|it| best[..10].contains(&it.item)).count();
        }
        assert!(hits >= 970, "{hits} of 1000");
    }

    #[test]
    fn equal_seeds_make_equal_graphs_on_however_many_threads() {
        let items = items(3000);
        let graphs = [1, 2, 7].map(|threads| {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| index(&items, 3))
        });
        assert!(graphs[0] == graphs[1] && graphs[0] == graphs[2]);
        assert_ne!(graphs[0].links, index(&items, 4).links);
    }

    #[test]
    fn a_saved_graph_is_the_same_and_a_damaged_one_is_refused() {
        let items = items(300);
        let index = index(&items, 2);
        let saved = Index::save(Some(&index), Saved::new("a.b", &1));
        assert_eq!(Index::load(&saved, &items).unwrap(), Some(index));
        let damages: [fn(&mut Vec<f64>); 5] = [
            |values| values.truncate(values.len() - 1),
            |values| values.push(0.0),
            |values| values[0] = 0.0,
            |values| values[2] = 300.0,
            |values| values[2] = f64::NAN,
        ];
        for damage in damages {
            let mut damaged = saved.clone();
            damage(&mut damaged.arrays.get_mut(ARRAY).unwrap().values);
            let error = Index::load(&damaged, &items).unwrap_err();
            assert!(error.to_string().ends_with("doesn't link its items"), "{error}");
        }
    }

    #[test]
    fn few_and_equal_items_are_no_trouble() {
        for count in [1, 2, 40] {
            let index = index(&Factors::zeros(count, 3), 1);
            let found = index.best(&[1.0; 3], 9, &mut Scratch::new(count));
            assert!(!found.is_empty() && found.iter().all(|it| it.product == 0.0), "{found:?}");
        }
    }
}
