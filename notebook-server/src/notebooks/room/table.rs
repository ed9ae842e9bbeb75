//! Values that somebody looks at as tables: of the supervisor while one runs, else of the
//! record of earlier sessions.

use flownote_flow::help::Help;
use flownote_flow::id::FlowName;
use flownote_kernel::protocol::{Problem, ValueRef};
use flownote_kernel::record::remembered;
use flownote_kernel::supervisor::{FLOW, Reply, Request, shown_as};
use flownote_kernel::values::is_table;
use flownote_notebook::session::{Order, Session};
use flownote_notebook::{CellId, Document};
use flownote_store::Store;

use super::{Kernel, Looker, Room, Waiting};

impl Room {
    /// Somebody looks at a value that a cell made, read or showed.
    pub(super) fn table(&mut self, cell: CellId, name: String, looker: Looker) {
        if matches!(self.kernel, Kernel::None) {
            let (store, document) = (self.ground.store.clone(), self.document.clone());
            // Whoever looked may have gone.
            tokio::spawn(async move {
                drop(looker.send(recorded(&store, document, &cell, &name).await));
            });
            return;
        }
        let token = self.token(Waiting::Table(looker));
        self.ask_kernel(token, Request::Table { cell, name });
    }
}

/// The supervisor answered.
pub(super) fn answered(looker: Looker, answer: Result<Reply, Problem>) {
    let answer = answer.and_then(|reply| match reply {
        Reply::Table { value } => Ok(value),
        other => {
            Err(Problem { message: format!("the kernel answered with {other:?}"), hint: None })
        }
    });
    // Whoever looked may have gone.
    let _ = looker.send(answer);
}

/// The value as it was recorded when it was made.
async fn recorded(
    store: &Store,
    mut document: Document,
    cell: &CellId,
    name: &str,
) -> Result<Box<ValueRef>, Problem> {
    let unread = |error: flownote_store::Error| Problem {
        message: format!("earlier results can't be looked at: {error}"),
        hint: error.hint(),
    };
    let past = remembered(store, &FlowName::new(FLOW), &document).await.map_err(unread)?;
    document.strip();
    let found = {
        let mut session = Session::new(document, Order::Document, "look");
        session.remember(past.iter().map(|it| it.past.clone()).collect());
        let version = session.meant(cell, name).map(|meant| meant.version);
        // The session numbers them in their order, from 1.
        let place = version.and_then(|it| usize::try_from(it).ok()?.checked_sub(1));
        place.and_then(|place| past.get(place)?.artifacts.get(name))
    };
    let Some(record) = found.filter(|record| is_table(record)) else {
        let what = shown_as(name);
        return Err(Problem {
            message: format!("{what} went with the notebook's kernel, and was not recorded"),
            hint: Some("run the cell that makes it again".to_owned()),
        });
    };
    let path = match record.is_blob() {
        true => Some(store.fetch_blob(&record.digest, "the page", name).await.map_err(unread)?),
        false => None,
    };
    Ok(Box::new(ValueRef { record: record.clone(), path }))
}
