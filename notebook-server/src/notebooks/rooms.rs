//! The rooms that are open, by the one path of their notebook.

use std::collections::HashMap;
use std::sync::Arc;

use flownote_notebook::Document;
use tokio::sync::{Mutex, mpsc, oneshot};

use super::folder::{self, Relative};
use super::outbox::Outbox;
use super::room::{Ground, Message, Refusal, Room};

/// The rooms of a server. Clones share them.
#[derive(Clone, Debug)]
pub struct Rooms {
    /// What they stand on.
    pub ground: Ground,
    /// Held while one opens: two who come at once are in one room.
    open: Arc<Mutex<HashMap<Relative, mpsc::Sender<Message>>>>,
}

/// A page's place in a room.
#[derive(Debug)]
pub struct Seat {
    /// The page's number.
    pub client: u32,
    /// The room.
    pub room: mpsc::Sender<Message>,
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
        let room = self.open.lock().await.get(path).cloned()?;
        let (answer, document) = oneshot::channel();
        room.send(Message::Look(answer)).await.ok()?;
        document.await.ok()
    }

    /// Ends a notebook's room, when it has saved.
    pub async fn end(&self, path: &Relative) {
        let room = self.open.lock().await.remove(path);
        if let Some(room) = room {
            end(room).await;
        }
    }

    /// Ends all rooms, when they have saved.
    pub async fn end_all(&self) {
        let rooms: Vec<_> = self.open.lock().await.drain().map(|(_, room)| room).collect();
        futures::future::join_all(rooms.into_iter().map(end)).await;
    }

    async fn room(&self, path: &Relative) -> Result<mpsc::Sender<Message>, Refusal> {
        let mut open = self.open.lock().await;
        open.retain(|_, room| !room.is_closed());
        // One notebook has one room, however it is called.
        let (folder, wanted) = (self.ground.folder.clone(), path.clone());
        let found = tokio::task::spawn_blocking(move || folder.canonical(&wanted)).await;
        let path = found.map_err(|error| folder::Error::Io {
            path: path.as_str().to_owned(),
            done: "read",
            source: std::io::Error::other(error),
        })??;
        if let Some(room) = open.get(&path) {
            return Ok(room.clone());
        }
        let (room, sender) = Room::open(self.ground.clone(), path.clone()).await?;
        tokio::spawn(room.run());
        open.insert(path, sender.clone());
        Ok(sender)
    }
}

async fn end(room: mpsc::Sender<Message>) {
    let (ended, over) = oneshot::channel();
    if room.send(Message::End(ended)).await.is_ok() {
        // One that is over already has saved, too.
        let _ = over.await;
    }
}
