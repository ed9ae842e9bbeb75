//! The door itself: one loop that hears what front ends ask and what the session tells.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use flownote_kernel::supervisor::{Handle, Request, Subscription};
use flownote_notebook::{CellId, Language};
use serde_json::{Value, json};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::spawn_local;

use super::comms::Comms;
use super::execute::Running;
use super::history::History;
use super::sockets::{Asked, Channel, Wires};
use super::{Start, asking};
use crate::shell::output::talk;

/// How often it is looked whether anybody needs this kernel still.
const LOOK: Duration = Duration::from_secs(1);

/// Answers front ends.
pub struct Door {
    pub(super) wires: Wires,
    pub(super) handle: Handle,
    pub(super) events: Subscription,
    /// What comes in.
    pub(super) asked: UnboundedReceiver<Asked>,
    /// What waits its turn.
    pub(super) queue: VecDeque<Rc<Asked>>,
    /// What has it.
    pub(super) at_hand: Option<AtHand>,
    /// What each execution was asked by: its threads may print much later.
    pub(super) executions: BTreeMap<u64, Rc<Running>>,
    /// The request that ran last.
    pub(super) last: Option<Rc<Running>>,
    pub(super) history: History,
    pub(super) comms: Comms,
    /// The number of the last execution that counts.
    pub(super) count: u32,
    /// How many cells there were.
    pub(super) serial: u64,
    /// The session's cells, oldest first.
    pub(super) cells: VecDeque<CellId>,
    /// An interpreter that doesn't stop: a further interrupt ends it.
    pub(super) kill: Option<Language>,
    pub(super) ends: bool,
    version: String,
    answered: UnboundedReceiver<Answered>,
    answers: UnboundedSender<Answered>,
}

/// What has its turn.
pub enum AtHand {
    /// A cell.
    Cell(super::execute::Execution),
    /// A message to a widget.
    Comm(Rc<Asked>),
}

impl AtHand {
    /// The request.
    pub fn asked(&self) -> &Rc<Asked> {
        match self {
            Self::Cell(execution) => &execution.running.asked,
            Self::Comm(asked) => asked,
        }
    }
}

/// What was done meanwhile.
enum Answered {
    /// A request is to be answered with this.
    Reply(Rc<Asked>, Value),
    /// A widget has heard its message.
    Settled,
}

impl Door {
    /// A door to a session that begins.
    pub fn new(
        start: &Start,
        wires: Wires,
        asked: UnboundedReceiver<Asked>,
        handle: Handle,
    ) -> Self {
        let (answers, answered) = mpsc::unbounded_channel();
        Self {
            wires,
            events: handle.subscribe(0),
            handle,
            asked,
            queue: VecDeque::new(),
            at_hand: None,
            executions: BTreeMap::new(),
            last: None,
            history: History::default(),
            comms: Comms::default(),
            count: 0,
            serial: 0,
            cells: VecDeque::new(),
            kill: None,
            ends: false,
            version: start.version.clone(),
            answered,
            answers,
        }
    }

    /// Serves until a front end says to end, a signal does, or whoever started it is gone.
    pub async fn serve(mut self, parent: Option<u32>) {
        self.wires.publish(None, "status", json!({"execution_state": "starting"}));
        let handle = self.handle.clone();
        // Python starts while the front end does.
        let warm_up = Request::Runtime { language: Language::Python };
        spawn_local(async move { handle.ask(warm_up).await });
        let mut interrupts = signal(SignalKind::interrupt()).ok();
        let mut terminations = signal(SignalKind::terminate()).ok();
        let mut look = tokio::time::interval(LOOK);
        while !self.ends {
            tokio::select! {
                asked = self.asked.recv() => match asked {
                    Some(asked) => self.hear(asked).await,
                    None => break,
                },
                event = self.events.next() => match event {
                    Some(event) => self.told(&event.event).await,
                    None => break,
                },
                Some(answered) = self.answered.recv() => self.answered(answered).await,
                () = received(&mut interrupts) => self.interrupt().await,
                () = received(&mut terminations) => break,
                _ = look.tick() => if is_orphan(parent) { break },
            }
            self.advance().await;
        }
        self.handle.shut_down().await;
        self.wires.close().await;
    }

    /// Takes one message in. What must keep its order waits for its turn.
    pub(super) async fn hear(&mut self, asked: Asked) {
        let asked = Rc::new(asked);
        match asked.kind() {
            "execute_request" | "comm_open" | "comm_msg" | "comm_close" => {
                self.queue.push_back(asked);
            }
            "kernel_info_request" => self.at_once(&asked, self.info()),
            "history_request" => {
                let wanted = serde_json::from_value(asked.content.clone()).unwrap_or_default();
                let history = self.history.find(&wanted);
                self.at_once(&asked, json!({"status": "ok", "history": history}));
            }
            "comm_info_request" => {
                let target = asked.content.get("target_name").and_then(Value::as_str);
                self.at_once(&asked, self.comms.info(target));
            }
            "complete_request" | "inspect_request" | "is_complete_request" => {
                self.status(&asked, "busy");
                let (handle, answers) = (self.handle.clone(), self.answers.clone());
                spawn_local(async move {
                    let (kind, content) = (asked.kind().to_owned(), asked.content.clone());
                    let reply = asking::answer(handle, kind, content).await;
                    // The door may have closed meanwhile.
                    let _ = answers.send(Answered::Reply(asked, reply));
                });
            }
            "interrupt_request" => {
                self.interrupt().await;
                self.at_once(&asked, json!({"status": "ok"}));
            }
            "shutdown_request" => {
                let restart = asked.content.get("restart").and_then(Value::as_bool);
                let reply = json!({"status": "ok", "restart": restart.unwrap_or(false)});
                self.wires.publish(Some(&asked), "shutdown_reply", reply.clone());
                self.at_once(&asked, reply);
                self.ends = true;
            }
            "input_reply" if asked.channel == Channel::Stdin => {
                let text = asked.content.get("value").and_then(Value::as_str).unwrap_or_default();
                // Late: nobody waits for it any more.
                let _ = self.handle.ask(Request::Input { text: text.to_owned() }).await;
            }
            // As the protocol says.
            _ => {}
        }
    }

    async fn answered(&mut self, answered: Answered) {
        match answered {
            Answered::Reply(asked, reply) => {
                self.wires.reply(&asked, reply);
                self.idle(&asked);
            }
            Answered::Settled => {
                // What the widget did is in the log by now.
                while let Some(event) = self.events.take() {
                    self.told(&event.event).await;
                }
                if let Some(AtHand::Comm(asked)) = &self.at_hand {
                    let asked = asked.clone();
                    self.at_hand = None;
                    self.idle(&asked);
                }
            }
        }
    }

    /// Begins with what waits, while nothing has its turn.
    async fn advance(&mut self) {
        while self.at_hand.is_none() && !self.ends {
            let Some(asked) = self.queue.pop_front() else { return };
            match asked.kind() {
                "execute_request" => self.execute(asked).await,
                _ => self.pass_on(asked),
            }
        }
    }

    /// Hands a widget its message. Its turn ends when the widget has done what it does.
    fn pass_on(&mut self, asked: Rc<Asked>) {
        self.status(&asked, "busy");
        // One that names no widget is for nobody.
        let Some(comm) = super::comms::heard(&asked) else { return self.idle(&asked) };
        self.comms.note(&comm);
        self.at_hand = Some(AtHand::Comm(asked));
        let (handle, answers) = (self.handle.clone(), self.answers.clone());
        spawn_local(async move {
            let passed = handle.ask(Request::Comm { comm }).await;
            let settled = match passed {
                Ok(_) => handle.ask(Request::Settle { language: Language::Python }).await,
                Err(problem) => Err(problem),
            };
            if let Err(problem) = settled {
                talk!("warning: a message to a widget was lost: {}", problem.message);
            }
            // The door may have closed meanwhile.
            let _ = answers.send(Answered::Settled);
        });
    }

    /// Stops what runs; what was interrupted before and goes on is ended.
    async fn interrupt(&mut self) {
        // Both fail only when the session is over.
        let _ = match self.kill.take() {
            Some(language) => self.handle.kill(language).await,
            None => self.handle.interrupt().await,
        };
    }

    /// Answers a request without waiting.
    fn at_once(&self, asked: &Asked, reply: Value) {
        self.status(asked, "busy");
        self.wires.reply(asked, reply);
        self.idle(asked);
    }

    pub(super) fn status(&self, asked: &Asked, state: &str) {
        self.wires.publish(Some(asked), "status", json!({"execution_state": state}));
    }

    /// Says that a request is done. Front ends that look at the last word only are told
    /// again that a cell runs.
    pub(super) fn idle(&self, asked: &Asked) {
        self.status(asked, "idle");
        if let Some(at_hand) = &self.at_hand {
            self.status(at_hand.asked(), "busy");
        }
    }

    fn info(&self) -> Value {
        json!({
            "status": "ok",
            "protocol_version": "5.3",
            "implementation": "flownote",
            "implementation_version": env!("CARGO_PKG_VERSION"),
            "language_info": {
                "name": "python",
                "version": self.version,
                "mimetype": "text/x-python",
                "file_extension": ".py",
                "pygments_lexer": "ipython3",
                "codemirror_mode": {"name": "ipython", "version": 3},
                "nbconvert_exporter": "python",
            },
            "banner": format!(
                "Flownote {} with Python {}\nBegin a cell with %%sql, %%rust or %%wasm to use \
                 another language over the same values.",
                env!("CARGO_PKG_VERSION"), self.version,
            ),
            "help_links": [],
            "debugger": false,
        })
    }
}

async fn received(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}

/// Whether the process that started this one has gone.
fn is_orphan(parent: Option<u32>) -> bool {
    let now = u32::try_from(nix::unistd::getppid().as_raw()).ok();
    parent.is_some() && now.is_some() && parent != now
}
