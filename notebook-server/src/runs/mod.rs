//! Runs, as the page shows them: read from the store, remembered while nothing can change.
//!
//! A [`Catalogue`] knows every run's name and what its record says; [`Tasks`] are the tasks
//! of one run as rows, brought up to date from its log. [`ask`] has the handlers.

pub mod ask;

mod artifact;
mod catalogue;
mod cells;
mod code;
mod compare;
mod damage;
mod detail;
mod digests;
mod ended;
mod events;
mod facts;
mod failure;
mod find;
mod follow;
mod heat;
mod items;
mod kept;
mod lineage;
mod logs;
mod preview;
mod printed;
mod question;
mod row;
mod search;
mod shelf;
mod sketch;
mod task_row;
mod tasks;
mod wires;

use std::path::Path;

use flownote_store::Store;

pub use self::catalogue::Catalogue;
pub use self::digests::Digests;
pub use self::question::Question;
pub use self::row::elapsed_ms;
pub use self::shelf::Shelf;
pub use self::tasks::Tasks;

/// What is known of the store's runs.
pub struct Runs {
    store: Store,
    /// Every run, by name.
    pub(crate) catalogue: Catalogue,
    /// Tasks of the runs that were looked at.
    pub(crate) shelf: Shelf,
    /// Where digests are used.
    pub(crate) digests: Digests,
    /// What tasks that are over printed.
    pub(crate) printed: printed::Printed,
}

impl Runs {
    /// Knows nothing yet but what may be kept in a folder of caches.
    pub fn new(store: Store, caches: Option<&Path>) -> Self {
        let kept = kept::Kept::new(caches, &store.url().to_string());
        Self {
            store,
            catalogue: Catalogue::default(),
            shelf: Shelf::new(kept),
            digests: Digests::default(),
            printed: printed::Printed::default(),
        }
    }

    /// The store that they are in.
    pub fn store(&self) -> &Store {
        &self.store
    }
}
