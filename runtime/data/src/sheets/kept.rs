//! Open tables by key: what wasn't looked at the longest goes first.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::OnceCell;

use crate::error::Error;
use crate::sheet::Sheet;

/// So many tables are open, and so many bytes written aside for them.
const MOST: usize = 48;
const ROOM: u64 = 16 << 30;

/// Open tables. Sections are short: nothing is opened in them.
#[derive(Debug, Default)]
pub(super) struct Kept {
    places: Mutex<HashMap<String, Place>>,
}

#[derive(Debug)]
struct Place {
    sheet: Arc<OnceCell<Arc<Sheet>>>,
    used: Instant,
}

impl Kept {
    /// An open table, or the one that `opening` gives: once, however many ask.
    pub(super) async fn get_or(
        &self,
        key: &str,
        opening: impl Future<Output = Result<Sheet, Error>>,
    ) -> Result<Arc<Sheet>, Error> {
        let cell = {
            let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
            let place = places
                .entry(key.to_owned())
                .or_insert_with(|| Place { sheet: Arc::default(), used: Instant::now() });
            place.used = Instant::now();
            Arc::clone(&place.sheet)
        };
        let found = cell.get_or_try_init(async || opening.await.map(Arc::new)).await.cloned();
        self.make_room(key);
        found
    }

    /// An open table.
    pub(super) fn get(&self, key: &str) -> Option<Arc<Sheet>> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let place = places.get_mut(key)?;
        place.used = Instant::now();
        place.sheet.get().cloned()
    }

    /// Keeps one that was made.
    pub(super) fn put(&self, key: &str, sheet: Arc<Sheet>) {
        let place =
            Place { sheet: Arc::new(OnceCell::new_with(Some(sheet))), used: Instant::now() };
        self.places.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), place);
        self.make_room(key);
    }

    fn make_room(&self, but: &str) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        // What failed to open is tried again by whoever asks again.
        places
            .retain(|_, place| place.sheet.get().is_some() || Arc::strong_count(&place.sheet) > 1);
        let bytes = |place: &Place| place.sheet.get().map_or(0, |sheet| sheet.scratch);
        while places.len() > MOST || places.values().map(bytes).sum::<u64>() > ROOM {
            let oldest = places.iter().filter(|(key, _)| *key != but).min_by_key(|(_, it)| it.used);
            let Some(key) = oldest.map(|(key, _)| key.clone()) else { return };
            places.remove(&key);
        }
    }
}
