//! Orders of views, while there is room.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::OnceCell;

use crate::error::Error;
use crate::sheet::View;

/// Bytes of all orders.
const ROOM: usize = 256 << 20;

type Order = Arc<[u32]>;

/// A sheet, a view of it, and of how many of its first rows the order is.
type Key = (u64, View, Option<usize>);

/// The orders of sheets' views. Sections are short: nothing is sorted in them.
#[derive(Debug, Default)]
pub(super) struct Orders {
    known: Mutex<HashMap<Key, Place>>,
}

#[derive(Debug)]
struct Place {
    order: Arc<OnceCell<Order>>,
    used: Instant,
}

impl Orders {
    /// The order of a view, if it was found.
    pub(super) fn get(&self, sheet: u64, view: &View, most: Option<usize>) -> Option<Order> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&(sheet, view.clone(), most))?.order.get().cloned()
    }

    /// The order of a view, found once however many ask. When whoever began goes away, the
    /// next begins anew.
    pub(super) async fn get_or(
        &self,
        sheet: u64,
        view: &View,
        most: Option<usize>,
        finding: impl Future<Output = Result<Vec<u32>, Error>>,
    ) -> Result<Order, Error> {
        let key = (sheet, view.clone(), most);
        let cell = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let place = known
                .entry(key.clone())
                .or_insert_with(|| Place { order: Arc::default(), used: Instant::now() });
            place.used = Instant::now();
            Arc::clone(&place.order)
        };
        let found = cell.get_or_try_init(async || finding.await.map(Order::from)).await.cloned();
        self.make_room(&key);
        found
    }

    fn make_room(&self, but: &Key) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, place| place.order.get().is_some() || Arc::strong_count(&place.order) > 1);
        let bytes = |place: &Place| place.order.get().map_or(0, |order| order.len() * 4) + 256;
        while known.values().map(bytes).sum::<usize>() > ROOM {
            let oldest = known.iter().filter(|(key, _)| *key != but).min_by_key(|(_, it)| it.used);
            let Some(key) = oldest.map(|(key, _)| key.clone()) else { return };
            known.remove(&key);
        }
    }
}
