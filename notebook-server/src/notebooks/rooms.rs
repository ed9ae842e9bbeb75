//! The rooms that are open, by the one path of their notebook.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use flownote_kernel::protocol::{Problem, ValueRef};
use flownote_notebook::session::CellLinks;
use flownote_notebook::{CellId, Document};
use tokio::sync::{Mutex, mpsc, oneshot};

use super::folder::{self, Relative};
use super::outbox::Outbox;
use super::room::{Ground, Message, Refusal, Room, Standings};

/// The rooms of a server. Clones share them.
#[derive(Clone, Debug)]
pub struct Rooms {
    /// What they stand on.
    pub ground: Ground,
    /// Held for no longer than a look.
    open: Arc<Mutex<HashMap<Relative, Door>>>,
}

/// Held while a room opens: two who come at once are in one room.
type Door = Arc<Mutex<Option<mpsc::Sender<Message>>>>;

/// A page's place in a room.
#[derive(Debug)]
pub struct Seat {
    /// The page's number.
    pub client: u32,
    /// The room.
    pub room: mpsc::Sender<Message>,
}

/// Why a notebook's room doesn't do what it was asked.
#[derive(Debug)]
pub enum NotAnswered {
    /// The notebook can't be opened.
    Refused(Refusal),
    /// It can't be done.
    Problem(Problem),
    /// It is being closed just now.
    Closed,
}

impl From<Refusal> for NotAnswered {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Problem> for NotAnswered {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl Rooms {
    /// None yet.
    pub fn new(ground: Ground) -> Self {
        Self { ground, open: Arc::default() }
    }

    /// Takes a page into a notebook's room.
    ///
    /// # Errors
    /// When the notebook can't be opened.
    pub async fn join(
        &self,
        path: &Relative,
        name: &str,
        outbox: Arc<Outbox>,
    ) -> Result<Seat, Refusal> {
        loop {
            let room = self.room(path).await?;
            let (joined, client) = oneshot::channel();
            let sent = room.send(Message::Join(outbox.clone(), name.to_owned(), joined)).await;
            if sent.is_ok()
                && let Ok(client) = client.await
            {
                return Ok(Seat { client, room });
            }
            // It ended just now.
            tokio::task::yield_now().await;
        }
    }

    /// The document of a notebook that is open.
    pub async fn look(&self, path: &Relative) -> Option<Document> {
        let door = self.open.lock().await.get(path).cloned()?;
        let room = door.lock().await.clone()?;
        let (answer, document) = oneshot::channel();
        room.send(Message::Look(answer)).await.ok()?;
        document.await.ok()
    }

    /// The names that the cells of a notebook that is open make and use.
    pub async fn names(&self, path: &Relative) -> Option<BTreeMap<CellId, CellLinks>> {
        let path = self.canonical(path).await.ok()?;
        let door = self.open.lock().await.get(&path).cloned()?;
        let room = door.lock().await.clone()?;
        let (answer, names) = oneshot::channel();
        room.send(Message::LookAtNames(answer)).await.ok()?;
        names.await.ok()
    }

    /// Gives a notebook the cells of a save, as if somebody had edited it; whether that changes
    /// anything.
    ///
    /// # Errors
    /// When the notebook can't be opened, or can't be so.
    pub async fn restore(&self, path: &Relative, saved: Document) -> Result<bool, NotAnswered> {
        let room = self.room(path).await?;
        let (answer, restored) = oneshot::channel();
        let sent = room.send(Message::Restore(saved, answer)).await;
        match sent.is_ok().then_some(restored) {
            Some(restored) => Ok(restored.await.map_err(|_| NotAnswered::Closed)??),
            None => Err(NotAnswered::Closed),
        }
    }

    /// What runs for a notebook that is open.
    pub async fn standings(&self, path: &Relative) -> Option<Standings> {
        let door = self.open.lock().await.get(path).cloned()?;
        let room = door.lock().await.clone()?;
        let (answer, standings) = oneshot::channel();
        room.send(Message::Stand(answer)).await.ok()?;
        standings.await.ok()
    }

    /// Where a value is that a cell of a notebook made, read or showed.
    ///
    /// # Errors
    /// When the notebook can't be opened, or there is no such value that others can read.
    pub async fn table(
        &self,
        path: &Relative,
        cell: CellId,
        name: String,
    ) -> Result<Box<ValueRef>, NotAnswered> {
        let room = self.room(path).await?;
        let (looker, found) = oneshot::channel();
        let sent = room.send(Message::Table(cell, name, looker)).await;
        match sent.is_ok().then_some(found) {
            Some(found) => Ok(found.await.map_err(|_| NotAnswered::Closed)??),
            None => Err(NotAnswered::Closed),
        }
    }

    /// Ends a notebook's room, when it has saved.
    pub async fn end(&self, path: &Relative) {
        let door = self.open.lock().await.remove(path);
        if let Some(door) = door {
            end(door).await;
        }
    }

    /// Ends all rooms, when they have saved.
    pub async fn end_all(&self) {
        let doors: Vec<_> = self.open.lock().await.drain().map(|(_, door)| door).collect();
        futures::future::join_all(doors.into_iter().map(end)).await;
    }

    async fn canonical(&self, path: &Relative) -> Result<Relative, folder::Error> {
        let (folder, wanted) = (self.ground.folder.clone(), path.clone());
        let found = tokio::task::spawn_blocking(move || folder.canonical(&wanted)).await;
        found.map_err(|error| folder::Error::Io {
            path: path.as_str().to_owned(),
            done: "read",
            source: std::io::Error::other(error),
        })?
    }

    async fn room(&self, path: &Relative) -> Result<mpsc::Sender<Message>, Refusal> {
        // One notebook has one room, however it is called.
        let path = self.canonical(path).await?;
        let door = {
            let mut open = self.open.lock().await;
            // A door that nobody stands at and that leads nowhere is none.
            open.retain(|_, door| {
                let leads = |room: &Option<mpsc::Sender<_>>| {
                    room.as_ref().is_some_and(|it| !it.is_closed())
                };
                Arc::strong_count(door) > 1 || door.try_lock().is_ok_and(|room| leads(&room))
            });
            open.entry(path.clone()).or_default().clone()
        };
        let mut there = door.lock().await;
        if let Some(room) = there.as_ref().filter(|room| !room.is_closed()) {
            return Ok(room.clone());
        }
        let (room, sender) = Room::open(self.ground.clone(), path).await?;
        tokio::spawn(room.run());
        *there = Some(sender.clone());
        Ok(sender)
    }
}

async fn end(door: Door) {
    let Some(room) = door.lock().await.take() else { return };
    let (ended, over) = oneshot::channel();
    if room.send(Message::End(ended)).await.is_ok() {
        // One that is over already has saved, too.
        let _ = over.await;
    }
}
