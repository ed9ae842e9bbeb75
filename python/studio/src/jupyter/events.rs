//! What the session tells, passed on to whoever asked for it.

use std::io::Write;
use std::rc::Rc;

use flownote_kernel::supervisor::{Event, InterpreterState};
use flownote_notebook::session::{Execution as Number, FinishStatus};
use flownote_notebook::{Language, Output};
use serde_json::{Value, json};

use super::comms;
use super::door::{AtHand, Door};
use super::execute::Running;
use super::said::{Failure, message_of};
use super::sockets::Asked;
use crate::shell::output::talk;

/// How many executions may have threads that still print.
const EXECUTIONS: usize = 1000;

impl Door {
    /// Takes in one event.
    pub(super) async fn told(&mut self, event: &Event) {
        match event {
            Event::Started { cell, execution, .. } => {
                let Some(AtHand::Cell(at_hand)) = &self.at_hand else { return };
                if at_hand.cell == *cell {
                    self.executions.insert(*execution, at_hand.running.clone());
                }
                if self.executions.len() > EXECUTIONS {
                    self.executions.pop_first();
                }
            }
            Event::Output { execution, output, .. } => self.show(*execution, output),
            Event::InputRequest { execution, prompt, password, .. } => {
                if let Some(asked) = self.parent(*execution) {
                    self.wires.ask(&asked, json!({"prompt": prompt, "password": password}));
                }
            }
            Event::Comm { execution, comm } => {
                self.comms.note(comm);
                comms::say(&self.wires, self.parent(*execution).as_deref(), comm);
            }
            Event::Finished { cell, status, payload, .. } if self.is_at_hand(cell) => {
                self.finish(*status, payload).await;
            }
            Event::Refused { cell, trouble } if self.is_at_hand(cell) => {
                let hint = trouble.hint.as_deref();
                self.fail(&Failure::new("Error", &trouble.message, hint)).await;
            }
            Event::Busy => {
                if let Some(AtHand::Cell(at_hand)) = &mut self.at_hand {
                    at_hand.begun = true;
                }
            }
            Event::Idle => {
                // Stopped before it started: nothing else is told of it.
                if let Some(AtHand::Cell(at_hand)) = &self.at_hand
                    && at_hand.begun
                {
                    self.finish(FinishStatus::Interrupted, &[]).await;
                }
            }
            Event::Interpreter { language, state } => self.interpreter(*language, state),
            Event::KillOffer { language, .. } => {
                self.kill = Some(*language);
                let title = language.title();
                self.say(&format!(
                    "The cell goes on although it was interrupted. Interrupt once more to end \
                     the {title} interpreter; the values that only it holds are lost then.\n"
                ));
            }
            Event::Log { level, text } if level == "warning" || level == "error" => {
                talk!("{level}: {text}");
            }
            _ => {}
        }
    }

    fn show(&mut self, execution: Option<Number>, output: &Output) {
        let Some(running) = self.running(execution) else {
            // Nobody has asked for anything yet.
            if let Output::Stream { text, .. } = output {
                let _ = write!(std::io::stderr(), "{text}");
            }
            return;
        };
        if let Some(AtHand::Cell(at_hand)) = &mut self.at_hand
            && Rc::ptr_eq(&at_hand.running, &running)
            && let Some(failure) = Failure::of(output)
        {
            at_hand.failure = Some(failure);
        }
        if let Output::Result { data, .. } = output {
            if running.silent {
                return;
            }
            if let Some(text) = data.get("text/plain").and_then(Value::as_str) {
                self.history.result(running.count, text);
            }
        }
        if let Some((kind, content)) = message_of(output, running.count) {
            self.wires.publish(Some(&running.asked), kind, content);
        }
    }

    fn interpreter(&mut self, language: Language, state: &InterpreterState) {
        let InterpreterState::Ended { message, hint } = state else { return };
        if language == Language::Python {
            self.comms.lose();
        }
        talk!("error: {message}");
        hint.iter().for_each(|hint| talk!("hint: {hint}"));
        // A cell that ran shows it itself.
        if self.at_hand.is_none() {
            self.say(&format!("{message}\n"));
        }
    }

    /// Tells those who look at what ran last.
    fn say(&self, text: &str) {
        if let Some(running) = &self.last {
            let content = json!({"name": "stderr", "text": text});
            self.wires.publish(Some(&running.asked), "stream", content);
        }
    }

    /// What an execution was asked by; if that isn't known, what ran last.
    fn running(&self, execution: Option<Number>) -> Option<Rc<Running>> {
        let known = execution.and_then(|number| self.executions.get(&number));
        known.or(self.last.as_ref()).cloned()
    }

    /// The request that a message belongs to.
    fn parent(&self, execution: Option<Number>) -> Option<Rc<Asked>> {
        let known = execution.and_then(|number| self.executions.get(&number));
        let known = known.map(|running| running.asked.clone());
        known
            .or_else(|| self.at_hand.as_ref().map(|at_hand| at_hand.asked().clone()))
            .or_else(|| self.last.as_ref().map(|running| running.asked.clone()))
    }

    fn is_at_hand(&self, cell: &flownote_notebook::CellId) -> bool {
        matches!(&self.at_hand, Some(AtHand::Cell(at_hand)) if at_hand.cell == *cell)
    }
}
