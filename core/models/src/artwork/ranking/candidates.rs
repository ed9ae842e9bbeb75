//! What is chosen from: frames with their measures.

use super::super::{HISTOGRAM, Hash};
use crate::{ModelError, Result};

/// Frames to choose from: columns of numbers by name, and what tells which are alike.
#[derive(Debug, Clone)]
pub struct Candidates<'a> {
    rows: usize,
    columns: Vec<(String, &'a [f64])>,
    hashes: Option<&'a [u64]>,
    histograms: Option<&'a [f32]>,
}

impl<'a> Candidates<'a> {
    /// `rows` candidates with columns of that length.
    ///
    /// # Errors
    /// [`ModelError::Input`] where a column is of another length.
    pub fn new(rows: usize, columns: Vec<(String, &'a [f64])>) -> Result<Self> {
        for (name, column) in &columns {
            if column.len() != rows {
                let problem = format!("have {} values of `{name}` for {rows}", column.len());
                return Err(ModelError::input("candidates", problem, EACH));
            }
        }
        Ok(Self { rows, columns, hashes: None, histograms: None })
    }

    /// With their perceptual hashes.
    ///
    /// # Errors
    /// [`ModelError::Input`] where there isn't one for each.
    pub fn with_hashes(mut self, hashes: &'a [u64]) -> Result<Self> {
        if hashes.len() != self.rows {
            let problem = format!("are {} for {} candidates", hashes.len(), self.rows);
            return Err(ModelError::input("hashes", problem, EACH));
        }
        self.hashes = Some(hashes);
        Ok(self)
    }

    /// With their histograms, one behind the other.
    ///
    /// # Errors
    /// [`ModelError::Input`] where there isn't one for each.
    pub fn with_histograms(mut self, histograms: &'a [f32]) -> Result<Self> {
        if histograms.len() != self.rows * HISTOGRAM {
            let problem = format!("have {} numbers for {} frames", histograms.len(), self.rows);
            return Err(ModelError::input("histograms", problem, EACH));
        }
        self.histograms = Some(histograms);
        Ok(self)
    }

    /// With one more column.
    pub(super) fn with(mut self, name: &str, column: &'a [f64]) -> Result<Self> {
        if column.len() != self.rows {
            let problem = format!("is {} numbers for {} candidates", column.len(), self.rows);
            return Err(ModelError::input("affinity", problem, EACH));
        }
        self.columns.push((name.to_owned(), column));
        Ok(self)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    pub(super) fn column(&self, name: &str) -> Option<&'a [f64]> {
        self.columns.iter().find(|(other, _)| other == name).map(|(_, column)| *column)
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// How alike two frames are, from 0 to 1 (the same): the mean of what is known. Half of a
    /// hash's bits differ between pictures without relation: they are 0 alike. Of histograms it
    /// is the share that both have.
    pub(super) fn alike(&self, one: usize, other: usize) -> f64 {
        let shape = self
            .hashes
            .map(|hashes| 1.0 - (2.0 * Hash(hashes[one]).distance(Hash(hashes[other]))).min(1.0));
        let colour = self.histograms.map(|all| {
            let of = |at: usize| &all[at * HISTOGRAM..(at + 1) * HISTOGRAM];
            of(one).iter().zip(of(other)).map(|(a, b)| f64::from(a.min(*b))).sum::<f64>()
        });
        match (shape, colour) {
            (Some(shape), Some(colour)) => f64::midpoint(shape, colour),
            (shape, colour) => shape.or(colour).unwrap_or(0.0),
        }
    }
}

const EACH: &str = "give one for each frame, in one order";
