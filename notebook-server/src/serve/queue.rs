//! Rows that wait for the log, in their order: bounded by the memory that they take.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::rows::Row;

/// Rows of so many bytes wait at most, should the store fail; later ones are lost.
const MOST: usize = 256 << 20;
/// So many rows, or rows of so many bytes, are worth writing at once; more aren't.
const MANY: usize = 20_000;
const LARGE: usize = 32 << 20;

/// Rows that wait.
pub struct Queue<T>(Mutex<Waiting<T>>);

struct Waiting<T> {
    rows: VecDeque<T>,
    /// How many more are being written.
    taken: usize,
    /// What all of these take.
    bytes: usize,
    lost: u64,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self(Mutex::new(Waiting { rows: VecDeque::new(), taken: 0, bytes: 0, lost: 0 }))
    }
}

impl<T: Row> Queue<T> {
    /// Lets rows wait.
    pub fn push(&self, rows: impl IntoIterator<Item = T>) {
        let mut waiting = self.waiting();
        for row in rows {
            let size = row.size();
            if waiting.bytes + size > MOST {
                waiting.lost += 1;
            } else {
                waiting.bytes += size;
                waiting.rows.push_back(row);
            }
        }
    }

    /// Whether so much waits that it is to be written now.
    pub fn is_full(&self) -> bool {
        let waiting = self.waiting();
        waiting.rows.len() >= MANY || waiting.bytes >= LARGE
    }

    /// How many rows aren't written, those that are just being written included.
    pub fn unwritten(&self) -> usize {
        let waiting = self.waiting();
        waiting.rows.len() + waiting.taken
    }

    /// How many rows were lost for good.
    pub fn lost(&self) -> u64 {
        self.waiting().lost
    }

    /// Takes the first rows: those of a table. One writer at a time.
    pub fn take(&self) -> Vec<T> {
        let mut waiting = self.waiting();
        let mut bytes = 0;
        let fits = |row: &&T| {
            bytes += row.size();
            bytes <= LARGE
        };
        let count = waiting.rows.iter().take(MANY).take_while(fits).count();
        // A row that is larger than all that goes at once goes alone.
        let count = count.max(1).min(waiting.rows.len());
        waiting.taken = count;
        waiting.rows.drain(..count).collect()
    }

    /// What was taken is written.
    pub fn written(&self, rows: &[T]) {
        let mut waiting = self.waiting();
        waiting.taken = 0;
        waiting.bytes -= rows.iter().map(Row::size).sum::<usize>();
    }

    /// What was taken isn't written: it is the first again.
    pub fn put_back(&self, rows: Vec<T>) {
        let mut waiting = self.waiting();
        waiting.taken = 0;
        rows.into_iter().rev().for_each(|row| waiting.rows.push_front(row));
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::rows::Told;

    fn told(at: i64, title: &str) -> Told {
        let title = Some(title.to_owned());
        Told { at, id: None, kind: "play", member: None, title, request: None }
    }

    #[test]
    fn rows_are_taken_in_their_order_and_in_parts() {
        let queue = Queue::default();
        let count = MANY + 5;
        queue.push((0..count).map(|at| told(i64::try_from(at).unwrap(), "Alien")));
        assert!(queue.is_full());
        let first = queue.take();
        assert_eq!((first.len(), queue.unwritten()), (MANY, count));
        queue.put_back(first);
        let first = queue.take();
        assert_eq!((first[0].at, queue.unwritten()), (0, count));
        queue.written(&first);
        let rest = queue.take();
        assert_eq!((rest.len(), rest[0].at), (5, i64::try_from(MANY).unwrap()));
        queue.written(&rest);
        assert!(queue.take().is_empty() && !queue.is_full());
        assert_eq!((queue.unwritten(), queue.waiting().bytes), (0, 0));
    }

    #[test]
    fn what_waits_is_bounded_by_its_bytes() {
        let queue = Queue::default();
        let long = "x".repeat(LARGE - 1_000);
        queue.push((0..10).map(|at| told(at, &long)));
        let kept = queue.unwritten();
        assert_eq!((kept, queue.lost()), (8, 2));
        // Two of them are more than goes at once.
        let one = queue.take();
        assert_eq!(one.len(), 1);
        queue.written(&one);
        queue.push([told(10, &long)]);
        assert_eq!((queue.unwritten(), queue.lost()), (8, 2));
    }
}
