//! Which cells wait to run, and for what reason.

use std::collections::VecDeque;

use crate::id::CellId;

/// A cell that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The cell.
    pub cell: CellId,
    /// Whether the user pointed at it: then it runs, whatever is known of it (rule 8).
    pub explicit: bool,
    /// Whether an earlier result may be taken.
    pub reuse: bool,
    /// Whether the cache was asked, and knew nothing.
    pub missed: bool,
    /// Whether it was asked what modules are: once is enough.
    pub looked: bool,
    /// Whether nothing but its outputs is wanted: they were cleared, and all else is right.
    pub bare: bool,
    /// The request that it belongs to. An error ends the whole request.
    pub request: u64,
}

impl Job {
    /// A cell that comes along: nobody pointed at it, and an earlier result may be taken.
    pub fn new(cell: CellId, request: u64) -> Self {
        let (missed, looked, bare) = (false, false, false);
        Self { cell, explicit: false, reuse: true, missed, looked, bare, request }
    }
}

/// The cells that wait.
#[derive(Clone, Debug, Default)]
pub struct Queue(VecDeque<Job>);

impl Queue {
    /// Adds a job behind all others, unless the same one waits already.
    pub fn push(&mut self, job: Job) {
        if !self.0.contains(&job) {
            self.0.push_back(job);
        }
    }

    /// Puts a job before all others.
    pub fn push_front(&mut self, job: Job) {
        self.0.push_front(job);
    }

    /// Takes the next job.
    pub fn pop(&mut self) -> Option<Job> {
        self.0.pop_front()
    }

    /// Drops the jobs of one request.
    pub fn drop_request(&mut self, request: u64) {
        self.0.retain(|job| job.request != request);
    }

    /// Drops the jobs of one cell.
    pub fn drop_cell(&mut self, cell: &CellId) {
        self.0.retain(|job| job.cell != *cell);
    }

    /// Drops every job.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a cell waits.
    pub fn holds(&self, cell: &CellId) -> bool {
        self.0.iter().any(|job| job.cell == *cell)
    }
}
