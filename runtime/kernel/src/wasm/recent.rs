//! The last few results of an expensive function.

use std::collections::VecDeque;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// Keeps the values of the keys that were used last.
pub(super) struct Recent<K, V> {
    room: usize,
    kept: Mutex<VecDeque<(K, V)>>,
}

impl<K: Eq + Hash, V: Clone> Recent<K, V> {
    pub(super) fn new(room: usize) -> Self {
        Self { room, kept: Mutex::new(VecDeque::with_capacity(room)) }
    }

    /// The value of `key`: kept, or made now. Others don't wait while it is made.
    pub(super) fn get_or_make<E>(
        &self,
        key: K,
        make: impl FnOnce() -> Result<V, E>,
    ) -> Result<V, E> {
        if let Some(value) = self.find(&key) {
            return Ok(value);
        }
        let value = make()?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(self.room - 1);
        kept.push_front((key, value.clone()));
        Ok(value)
    }

    fn find(&self, key: &K) -> Option<V> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, _)| known == key)?;
        let entry = kept.remove(at)?;
        let value = entry.1.clone();
        kept.push_front(entry);
        Some(value)
    }
}
