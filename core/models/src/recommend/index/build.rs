//! The graph of an index, made of batches: equal seeds make equal graphs on however many threads.
//!
//! The items of a batch look for near ones in the graph of those before it, all at once; then
//! links are laid, those to one item by one thread, in the order of items. Libraries (`hnsw_rs`,
//! `instant-distance`) insert items as threads come by, and no two of their graphs are equal.

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use rayon::prelude::*;

use super::super::factors::{Factors, dot};
use super::{Index, MANY, Near, Scratch};
use crate::wide::{Wide, wide};
use crate::{Result, Watch};

/// How many links an item lays in a layer. On the ground it may have twice as many: others lay
/// some to it.
pub const LINKS: usize = 16;

/// How many of the nearest are kept in sight while an item's links are looked for.
const SIGHT: usize = 100;

/// How many layers there are at most: far more than any number of items has.
pub const MOST_LAYERS: usize = 16;

/// How many items of a batch are inserted at once at most, and which share of those before it.
const BATCH: usize = 1024;
const SHARE: usize = 8;

/// How many items an index of so many inserts: none where they are few.
pub fn steps(items: usize) -> usize {
    if items > MANY { items } else { 0 }
}

/// The first item with the most layers.
pub fn entry(links: &[Vec<Vec<u32>>]) -> Option<u32> {
    let most = links.iter().map(Vec::len).max()?;
    links.iter().position(|layers| layers.len() == most).map(|item| item as u32)
}

/// Draws how many layers each item has: each a LINKS-th of the one below it.
fn layers(items: usize, seed: u64) -> impl Iterator<Item = usize> {
    let mut random = StdRng::seed_from_u64(seed);
    (0..items).map(move |_| {
        let higher = (1..MOST_LAYERS).take_while(|_| random.random_range(0..LINKS) == 0);
        1 + higher.count()
    })
}

impl Index {
    /// The index of many items; nothing of few. `watch` is told of `weight` steps for each.
    pub(in super::super) fn of_many(
        items: &Factors,
        seed: u64,
        weight: usize,
        watch: &dyn Watch,
    ) -> Result<Option<Self>> {
        if steps(items.len()) == 0 {
            return Ok(None);
        }
        Self::build(items, seed, weight, watch)
    }

    pub(super) fn build(
        items: &Factors,
        seed: u64,
        weight: usize,
        watch: &dyn Watch,
    ) -> Result<Option<Self>> {
        let links: Vec<_> =
            layers(items.len(), seed).map(|layers| vec![Vec::new(); layers]).collect();
        let Some(entry) = entry(&links) else { return Ok(None) };
        // Who is in more layers comes first: there always is a way down.
        let mut order: Vec<u32> = (0..items.len() as u32).collect();
        order.sort_by_key(|item| (*item != entry, usize::MAX - links[*item as usize].len()));
        let mut index = Self { points: items.clone(), links, entry };
        let mut done = 1;
        while done < order.len() {
            let size = (done / SHARE).clamp(1, BATCH).min(order.len() - done);
            index.insert(&order[done..done + size]);
            done += size;
            watch.after(weight * size)?;
        }
        watch.after(weight)?;
        Ok(Some(index))
    }

    /// Links some items with those before them.
    fn insert(&mut self, batch: &[u32]) {
        let laid: Vec<(u32, Vec<Vec<u32>>)> = batch
            .par_iter()
            .with_min_len(32)
            .map_init(
                || Scratch::new(self.items()),
                |scratch, &item| (item, self.near(item, scratch)),
            )
            .collect();
        let mut back: Vec<(usize, u32, u32)> = Vec::new();
        for (item, layers) in laid {
            for (layer, links) in layers.iter().enumerate() {
                back.extend(links.iter().map(|&to| (layer, to, item)));
            }
            self.links[item as usize] = layers;
        }
        back.sort_unstable();
        let groups: Vec<&[(usize, u32, u32)]> =
            back.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).collect();
        let changed: Vec<(usize, u32, Vec<u32>)> = groups
            .par_iter()
            .map(|group| {
                let (layer, to, _) = group[0];
                let mut links = self.links[to as usize][layer].clone();
                links.extend(group.iter().map(|(.., from)| *from));
                let most = if layer == 0 { 2 * LINKS } else { LINKS };
                if links.len() > most {
                    links = self.choose(&self.sorted(to, &links), most);
                }
                (layer, to, links)
            })
            .collect();
        for (layer, to, links) in changed {
            self.links[to as usize][layer] = links;
        }
    }

    /// The links that an item lays in each of its layers: algorithm 1.
    fn near(&self, item: u32, scratch: &mut Scratch) -> Vec<Vec<u32>> {
        let sought = self.points.filled(item as usize);
        let layers = self.links[item as usize].len();
        let mut found = self.descend(sought, layers, scratch);
        let mut laid = vec![Vec::new(); layers];
        for layer in (0..layers).rev() {
            found = self.look(sought, &found, layer, SIGHT, scratch);
            found.retain(|near| near.item != item);
            laid[layer] = self.choose(&found, LINKS);
        }
        laid
    }

    /// Items by how near they are to one.
    fn sorted(&self, to: u32, items: &[u32]) -> Vec<Near> {
        let product = |item: u32| self.product(to, item);
        let mut sorted: Vec<Near> =
            items.iter().map(|&item| Near { product: product(item), item }).collect();
        sorted.sort_unstable_by(|a, b| b.cmp(a));
        sorted
    }

    /// Of near items, nearest first, those that no chosen one is nearer to, and then the nearest
    /// of the others: algorithm 4, which keeps what it pruned.
    fn choose(&self, near: &[Near], most: usize) -> Vec<u32> {
        let mut chosen: Vec<u32> = Vec::with_capacity(most);
        let mut others = Vec::new();
        for &Near { product, item } in near {
            if chosen.len() == most {
                break;
            }
            if chosen.iter().all(|&other| self.product(item, other) < product) {
                chosen.push(item);
            } else {
                others.push(item);
            }
        }
        chosen.extend(others.into_iter().take(most - chosen.len()));
        chosen
    }

    fn product(&self, one: u32, other: u32) -> f32 {
        let [one, other] = [one, other].map(|item| self.points.filled(item as usize));
        wide(Product { one, other })
    }
}

struct Product<'a> {
    one: &'a [f32],
    other: &'a [f32],
}

impl Wide for Product<'_> {
    type Output = f32;

    #[inline(always)]
    fn call(self) -> f32 {
        dot(self.one, self.other)
    }
}
