//! The way in: cheap, cloneable, usable from any thread.

use flownote_notebook::session::RunRequest;
use flownote_notebook::{Language, Operation};
use tokio::sync::{mpsc, oneshot};

use super::log::{EventLog, Subscription};
use super::request::{Manner, Reply, Request, Seen};
use crate::protocol::Problem;

/// A request and where its answer goes.
#[derive(Debug)]
pub struct Command {
    /// What is asked.
    pub request: Request,
    /// Where the answer goes.
    pub answer: oneshot::Sender<Result<Reply, Problem>>,
}

/// The way into a running [`super::Service`].
#[derive(Clone, Debug)]
pub struct Handle {
    pub(super) commands: mpsc::UnboundedSender<Command>,
    pub(super) log: EventLog,
}

impl Handle {
    /// Asks something.
    ///
    /// # Errors
    /// Why it can't be done, and what to do.
    pub async fn ask(&self, request: Request) -> Result<Reply, Problem> {
        self.begin(request).await
    }

    /// Asks something now; its answer may be waited for later. What is asked in an order is
    /// done in that order.
    pub fn begin(&self, request: Request) -> impl Future<Output = Result<Reply, Problem>> + use<> {
        let (answer, answered) = oneshot::channel();
        let sent = self.commands.send(Command { request, answer });
        async move {
            let over = || Problem {
                message: "the session is over".to_owned(),
                hint: Some("open the notebook again".to_owned()),
            };
            sent.map_err(|_| over())?;
            answered.await.map_err(|_| over())?
        }
    }

    /// The document, its statuses, and the number of the next event.
    ///
    /// # Errors
    /// When the session is over.
    pub async fn look(&self) -> Result<Seen, Problem> {
        match self.ask(Request::Look).await? {
            Reply::Seen(seen) => Ok(*seen),
            other => unreachable!("a look is answered by what is seen, not by {other:?}"),
        }
    }

    /// Changes the document.
    ///
    /// # Errors
    /// When the operation doesn't fit the document.
    pub async fn operate(&self, operation: Operation) -> Result<Reply, Problem> {
        self.ask(Request::Operate { operation }).await
    }

    /// Runs cells. Events tell what comes of it.
    ///
    /// # Errors
    /// When the session is over.
    pub async fn run(&self, run: RunRequest) -> Result<(), Problem> {
        self.ask(Request::Run { run, manner: Manner::default() }).await.map(drop)
    }

    /// Stops what runs and what waits.
    ///
    /// # Errors
    /// When the session is over.
    pub async fn interrupt(&self) -> Result<(), Problem> {
        self.ask(Request::Interrupt).await.map(drop)
    }

    /// Kills the interpreter of a language.
    ///
    /// # Errors
    /// When the session is over.
    pub async fn kill(&self, language: Language) -> Result<(), Problem> {
        self.ask(Request::Kill { language }).await.map(drop)
    }

    /// Begins an interpreter anew.
    ///
    /// # Errors
    /// When the session is over.
    pub async fn restart(&self, language: Language) -> Result<(), Problem> {
        self.ask(Request::Restart { language }).await.map(drop)
    }

    /// Ends the session; its last event is [`super::Event::Ended`].
    pub async fn shut_down(&self) {
        // One that is over already has nothing to say.
        let _ = self.ask(Request::Shutdown).await;
    }

    /// Reads events from a number on: 0 for all, [`Seen::next`] for those after a look.
    pub fn subscribe(&self, from: u64) -> Subscription {
        self.log.subscribe(from)
    }
}
