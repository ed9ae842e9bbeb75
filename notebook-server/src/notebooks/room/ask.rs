//! What pages ask: what is the document's is done here, the rest is the supervisor's.

use flownote_flow::help::Help;
use flownote_kernel::protocol::Problem;
use flownote_kernel::supervisor::{Reply, Request, diagnose};
use flownote_notebook::{CellId, Language, Operation};

use super::{Kernel, Room, Waiting};

impl Room {
    /// A page asks something.
    pub(super) fn ask(&mut self, client: u32, id: u32, request: Request) {
        match request {
            Request::Look
            | Request::Reload { .. }
            | Request::Settle { .. }
            | Request::Table { .. } => {
                let message = "that is not asked by pages".to_owned();
                self.answer(client, id, Err(Problem { message, hint: None }));
            }
            Request::Operate { operation } => self.operate(client, id, operation),
            Request::Interrupt
            | Request::Cancel { .. }
            | Request::Kill { .. }
            | Request::Input { .. }
            | Request::Comm { .. }
            | Request::Shutdown
                if matches!(self.kernel, Kernel::None) =>
            {
                // What doesn't run has stopped.
                self.answer(client, id, Ok(Reply::Done));
            }
            Request::Links => {
                let cells = self.names.clone();
                self.answer(client, id, Ok(Reply::Links { cells }));
            }
            Request::Definition { cell, at } => {
                let place = self.definition(&cell, at);
                self.answer(client, id, Ok(Reply::DefinedAt { place }));
            }
            Request::Diagnose { cell } if !self.has_engine_for(&cell) => {
                let found = self.document.cell(&cell);
                let problems = found.map(|it| diagnose(it.language, &it.source));
                // One that was deleted has nothing wrong with it.
                let problems = problems.unwrap_or_default();
                self.answer(client, id, Ok(Reply::Diagnosed { problems }));
            }
            request => {
                if matches!(request, Request::Input { .. }) {
                    self.asking = None;
                }
                if matches!(self.kernel, Kernel::None) {
                    self.start_kernel();
                }
                let token = self.token(Waiting::Page(client, id));
                self.ask_kernel(token, request);
            }
        }
    }

    /// Whether what is wrong with a cell is better known to a process that runs.
    fn has_engine_for(&self, cell: &CellId) -> bool {
        let is_sql = self.document.cell(cell).is_some_and(|it| it.language == Language::Sql);
        is_sql && matches!(self.kernel, Kernel::Up(_))
    }

    fn operate(&mut self, client: u32, id: u32, operation: Operation) {
        let is_text = matches!(
            operation,
            Operation::Edit { .. }
                | Operation::Splice { .. }
                | Operation::Replace { .. }
                | Operation::Restore { .. }
        );
        if is_text {
            let problem = Problem {
                message: "text is not changed in this way".to_owned(),
                hint: Some("send it as an `edit`".to_owned()),
            };
            return self.answer(client, id, Err(problem));
        }
        match self.document.apply(operation) {
            Ok(change) => {
                let revision = change.revision;
                self.changed(change);
                // Whoever is answered may rely on it: it is in the journal.
                self.answer(client, id, Ok(Reply::Changed { revision }));
                self.warm_up();
            }
            Err(error) => {
                let problem = Problem { message: error.to_string(), hint: error.hint() };
                self.answer(client, id, Err(problem));
            }
        }
    }

    /// Keeps an operation that was applied, and tells the supervisor.
    pub(super) fn pass_on(&mut self, applied: Operation) {
        self.keep(&applied);
        if !matches!(self.kernel, Kernel::None) {
            self.told.push_back(applied.clone());
            let token = self.token(Waiting::Operation);
            self.ask_kernel(token, Request::Operate { operation: applied });
        }
    }

    /// Asks the supervisor, now or when it is there.
    pub(super) fn ask_kernel(&mut self, token: u64, request: Request) {
        match &mut self.kernel {
            Kernel::Up(link) => link.ask(token, request),
            Kernel::Starting(_, waiting) => waiting.push((token, request)),
            Kernel::None => {
                self.waiting.remove(&token);
            }
        }
    }
}
