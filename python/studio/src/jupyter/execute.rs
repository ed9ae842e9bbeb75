//! Requests to execute: each becomes a cell; the answer follows all that it shows.

use std::collections::BTreeMap;
use std::rc::Rc;

use flownote_kernel::supervisor::{Manner, Request};
use flownote_notebook::session::{FinishStatus, RunRequest};
use flownote_notebook::{Cell, CellId, Language, Operation};
use serde::Deserialize;
use serde_json::{Value, json};

use super::door::{AtHand, Door};
use super::language::Code;
use super::said::Failure;
use super::sockets::Asked;

/// How many cells the session's document keeps.
const KEPT: usize = 100;

/// The content of an `execute_request`.
#[derive(Debug, Deserialize)]
#[serde(default)]
struct Wanted {
    code: String,
    silent: bool,
    store_history: bool,
    user_expressions: Option<BTreeMap<String, String>>,
    allow_stdin: bool,
    stop_on_error: bool,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            code: String::new(),
            silent: false,
            store_history: true,
            user_expressions: None,
            allow_stdin: true,
            stop_on_error: true,
        }
    }
}

/// What outputs of an execution are sent with.
#[derive(Debug)]
pub struct Running {
    /// The request.
    pub asked: Rc<Asked>,
    /// The number that it shows.
    pub count: u32,
    /// Whether its result is not to be shown.
    pub silent: bool,
}

/// A request that is being executed.
pub struct Execution {
    /// What its outputs are sent with.
    pub running: Rc<Running>,
    /// The cell that runs for it now.
    pub cell: CellId,
    /// Whether the session has begun with that cell's request.
    pub begun: bool,
    /// How it failed, so far.
    pub failure: Option<Failure>,
    /// What front ends are to do.
    payload: Vec<Value>,
    /// Expressions that are wanted beside, unless they are being evaluated.
    expressions: BTreeMap<String, String>,
    /// Whether its code has ended, and its expressions are evaluated.
    evaluating: bool,
    stop_on_error: bool,
}

impl Door {
    /// Begins to execute a request.
    pub(super) async fn execute(&mut self, asked: Rc<Asked>) {
        let wanted: Wanted = serde_json::from_value(asked.content.clone()).unwrap_or_default();
        let stored = wanted.store_history && !wanted.silent;
        let count = self.count + 1;
        self.status(&asked, "busy");
        if stored {
            self.count = count;
            self.history.enter(count, &wanted.code);
        }
        if !wanted.silent {
            let content = json!({"code": wanted.code, "execution_count": count});
            self.wires.publish(Some(&asked), "execute_input", content);
        }
        let code = Code::of(&wanted.code);
        let running = Rc::new(Running { asked, count, silent: wanted.silent });
        self.last = Some(running.clone());
        self.at_hand = Some(AtHand::Cell(Execution {
            running,
            cell: self.next_cell(stored),
            begun: false,
            failure: None,
            payload: Vec::new(),
            expressions: wanted.user_expressions.unwrap_or_default(),
            evaluating: false,
            stop_on_error: wanted.stop_on_error && !wanted.silent,
        }));
        let manner = Manner {
            silent: wanted.silent,
            store_history: stored,
            allow_stdin: wanted.allow_stdin,
            count: Some(count),
        };
        self.run(code.language, code.source, manner).await;
    }

    /// The id of a new cell: its number, by which errors name it too.
    fn next_cell(&mut self, stored: bool) -> CellId {
        self.serial += 1;
        if stored {
            CellId::new(self.count.to_string())
        } else {
            CellId::new(format!("{}-{}", self.count, self.serial))
        }
    }

    /// Puts the cell at hand below all others and has it run.
    async fn run(&mut self, language: Language, source: String, manner: Manner) {
        let Some(AtHand::Cell(execution)) = &self.at_hand else { return };
        let id = execution.cell.clone();
        let cell = Cell::new(id.clone(), language, source);
        let at = self.cells.len();
        self.cells.push_back(id.clone());
        let mut asked = self.handle.operate(Operation::Insert { cell, at }).await;
        if asked.is_ok() {
            let run = RunRequest::Cells { cells: vec![id] };
            asked = self.handle.ask(Request::Run { run, manner }).await;
        }
        if let Err(problem) = asked {
            self.fail(&Failure::new("KernelError", &problem.message, problem.hint.as_deref()))
                .await;
        }
    }

    /// The request at hand can't be executed.
    pub(super) async fn fail(&mut self, failure: &Failure) {
        let Some(AtHand::Cell(execution)) = &mut self.at_hand else { return };
        execution.failure = Some(failure.clone());
        let asked = execution.running.asked.clone();
        self.wires.publish(Some(&asked), "error", failure.to_json());
        self.finish(FinishStatus::Error, &[]).await;
    }

    /// A cell of the request at hand has ended.
    pub(super) async fn finish(&mut self, status: FinishStatus, payload: &[Value]) {
        let Some(AtHand::Cell(mut execution)) = self.at_hand.take() else { return };
        // A request whose expressions can't be evaluated at all has still ended well.
        let status = if execution.evaluating { FinishStatus::Ok } else { status };
        let (mut values, rest): (Vec<Value>, Vec<Value>) =
            payload.iter().cloned().partition(|one| one["source"] == "user_expressions");
        execution.payload.extend(rest);
        let values = values.pop().map_or_else(|| json!({}), |mut one| one["values"].take());
        if status == FinishStatus::Ok && !execution.expressions.is_empty() {
            return self.evaluate(execution).await;
        }
        let asked = execution.running.asked.clone();
        let count = execution.running.count;
        let mut reply = match status {
            FinishStatus::Ok => json!({"status": "ok"}),
            _ => execution.failure.unwrap_or_else(stopped).to_reply(),
        };
        reply["execution_count"] = json!(count);
        reply["user_expressions"] = values;
        reply["payload"] = json!(execution.payload);
        self.wires.reply(&asked, reply);
        self.status(&asked, "idle");
        self.kill = None;
        if status != FinishStatus::Ok && execution.stop_on_error {
            self.abort().await;
        }
        // `exit()` in a cell.
        self.ends |= execution
            .payload
            .iter()
            .any(|one| one["source"] == "ask_exit" && one["keepkernel"] != true);
        self.forget().await;
    }

    /// Evaluates the expressions of a request whose code ended well, in a cell of their own.
    async fn evaluate(&mut self, mut execution: Execution) {
        let expressions = json!(std::mem::take(&mut execution.expressions));
        execution.evaluating = true;
        execution.begun = false;
        execution.cell = self.next_cell(false);
        let count = Some(execution.running.count);
        self.at_hand = Some(AtHand::Cell(execution));
        // JSON's texts are Python's.
        let source = format!(
            "__import__('flownote.kernel.expressions', fromlist=['show']).show({expressions})"
        );
        let manner = Manner { silent: true, store_history: false, allow_stdin: false, count };
        Box::pin(self.run(Language::Python, source, manner)).await;
    }

    /// Answers what waits without executing it: something before it failed.
    async fn abort(&mut self) {
        // What has arrived counts as waiting.
        tokio::task::yield_now().await;
        while let Ok(asked) = self.asked.try_recv() {
            self.hear(asked).await;
        }
        let (aborted, kept) = std::mem::take(&mut self.queue)
            .into_iter()
            .partition(|asked| asked.kind() == "execute_request");
        self.queue = kept;
        for asked in aborted {
            self.status(&asked, "busy");
            self.wires.reply(&asked, json!({"status": "aborted"}));
            self.status(&asked, "idle");
        }
    }

    /// Takes the oldest cells out of the session's document. Their values stay.
    async fn forget(&mut self) {
        while self.cells.len() > KEPT {
            let Some(cell) = self.cells.pop_front() else { return };
            // It fails only when the session is over.
            let _ = self.handle.operate(Operation::Delete { cell }).await;
        }
    }
}

/// What stopped a cell that says nothing itself.
fn stopped() -> Failure {
    Failure::new("KeyboardInterrupt", "", None)
}
