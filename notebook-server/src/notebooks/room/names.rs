//! The names that cells make and use: found by the supervisor, which decides by them what runs;
//! while there is none, by a session of our own that runs nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use flownote_flow::id::FlowName;
use flownote_kernel::record::{self, Remembered, remembered};
use flownote_kernel::supervisor::{FLOW, Request};
use flownote_notebook::session::{CellLinks, CellStatus, Order, Session};
use flownote_notebook::{CellId, Document, places};
use flownote_store::Store;
use tokio::time::{Instant, timeout};

use super::{Kernel, Message, Room, Waiting};
use crate::notebooks::words::{Names, ToPage};
use crate::runs::elapsed_ms;

/// Who types is not told the names of every letter.
const PAUSE: Duration = Duration::from_millis(150);
/// Opening doesn't wait longer for a store that is far away.
const REMEMBER: Duration = Duration::from_secs(3);

/// What is known of cells without any process.
#[derive(Debug, Default)]
pub struct Known {
    /// What each is worth.
    pub statuses: BTreeMap<CellId, CellStatus>,
    /// What each makes and uses.
    pub links: BTreeMap<CellId, CellLinks>,
    /// The milliseconds that each ran when it last did.
    pub took: BTreeMap<CellId, f64>,
}

impl Known {
    /// What the text and earlier sessions say.
    pub async fn of(store: &Store, document: &Document) -> Self {
        let flow = FlowName::new(FLOW);
        // A store that can't be read is told of elsewhere: here nothing was ever run.
        let looked = remembered(store, &flow, document);
        let past = timeout(REMEMBER, looked).await.ok().and_then(Result::ok).unwrap_or_default();
        let took = past.iter().filter_map(took).collect();
        let mut document = document.clone();
        document.strip();
        let found = tokio::task::spawn_blocking(move || {
            let mut session = Session::new(document, Order::Document, "open");
            session.remember(past.into_iter().map(|it| it.past).collect());
            let statuses = session.statuses().into_iter().collect();
            Self { statuses, links: session.links(), took }
        });
        found.await.unwrap_or_default()
    }
}

/// How long a cell ran, as its record says it.
fn took(it: &Remembered) -> Option<(CellId, f64)> {
    let elapsed = elapsed_ms(Some(it.started_at.as_deref()?), Some(&it.finished_at))?;
    Some((it.past.cell.clone(), Duration::from_millis(elapsed).as_secs_f64() * 1e3))
}

/// Gives cells that the file doesn't name the ids that they had when they last ran.
pub async fn recognise(store: &Store, document: &mut Document) {
    let flow = FlowName::new(FLOW);
    // Else they go by their text.
    let _ = timeout(REMEMBER, record::recognise(store, &flow, document)).await;
}

impl Room {
    /// Text, order or results changed: names may be others.
    pub(super) fn name_soon(&mut self) {
        if self.name_at.is_none() {
            self.name_at = Some(Instant::now() + PAUSE);
        }
    }

    /// Asks for the names.
    pub(super) fn ask_names(&mut self) {
        self.name_at = None;
        if matches!(self.kernel, Kernel::Up(_)) {
            let token = self.token(Waiting::Names);
            return self.ask_kernel(token, Request::Links);
        }
        let (store, document) = (self.ground.store.clone(), self.document.clone());
        let myself = self.myself.clone();
        tokio::spawn(async move {
            let known = Known::of(&store, &document).await;
            // The room may have ended.
            let _ = myself.send(Message::Named(known.links)).await;
        });
    }

    /// These are the names now: pages are told what differs.
    pub(super) fn named(&mut self, links: BTreeMap<CellId, CellLinks>) {
        let differs = |(cell, it): &(&CellId, &CellLinks)| self.names.get(*cell) != Some(*it);
        let cells: BTreeMap<CellId, CellLinks> =
            links.iter().filter(differs).map(|(cell, it)| (cell.clone(), it.clone())).collect();
        self.names = links;
        if !cells.is_empty() {
            self.tell_all(&ToPage::Names(Names { cells }));
        }
    }

    /// Where the name is defined that stands in a cell.
    pub(super) fn definition(&self, cell: &CellId, at: usize) -> Option<places::DefinedAt> {
        places::definition(&self.document, &self.names, cell, at)
    }
}
