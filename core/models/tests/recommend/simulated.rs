//! Members with tastes, as a matrix.

use flownote_models::recommend::Interactions;
use rand::{Rng, SeedableRng, rngs::StdRng};

/// A matrix in compressed rows.
pub struct Matrix {
    pub bounds: Vec<i32>,
    pub items: Vec<i32>,
    pub strengths: Vec<f64>,
    pub width: usize,
}

impl Matrix {
    /// Of rows of items with their strengths.
    pub fn of(rows: &[Vec<(i32, f64)>], width: usize) -> Self {
        let mut bounds = vec![0];
        rows.iter().for_each(|row| bounds.push(bounds[bounds.len() - 1] + row.len() as i32));
        let (items, strengths) = rows.iter().flatten().copied().unzip();
        Self { bounds, items, strengths, width }
    }

    pub fn events(&self) -> Interactions<'_> {
        let Self { bounds, items, strengths, width } = self;
        Interactions::new(bounds, items, strengths, *width).unwrap()
    }

    /// As a dense matrix, row by row.
    pub fn dense(&self) -> Vec<Vec<f64>> {
        let rows = self.events();
        let mut dense = vec![vec![0.0; self.width]; rows.members()];
        for (events, row) in rows.rows().zip(&mut dense) {
            events.iter().for_each(|(item, strength)| row[item] = strength);
        }
        dense
    }
}

/// `members` of four tastes: an item is liked for its number modulo 4, and otherwise seldom.
/// Popular items are liked more. With those that were held out, a fifth.
pub fn members(members: usize, width: usize, seed: u64) -> (Matrix, Matrix) {
    let mut random = StdRng::seed_from_u64(seed);
    let (mut known, mut held_out) = (Vec::new(), Vec::new());
    for member in 0..members {
        let (mut own, mut later) = (Vec::new(), Vec::new());
        for item in 0..width {
            let liked = if item % 4 == member % 4 { 0.6 } else { 0.05 };
            let popular = 1.0 / (1.0 + item as f64 / width as f64);
            if random.random::<f64>() < liked * popular {
                let strength = f64::from(random.random_range(1..=5_u32));
                let to = if random.random::<f64>() < 0.2 { &mut later } else { &mut own };
                to.push((item as i32, strength));
            }
        }
        known.push(own);
        held_out.push(later);
    }
    (Matrix::of(&known, width), Matrix::of(&held_out, width))
}
