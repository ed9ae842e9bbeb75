//! The service: takes in what is asked and what interpreters say, one thing after another.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::future::Future;

use flownote_flow::id::RunId;
use flownote_notebook::CellId;
use flownote_notebook::session::{self, Execution, Group, Order, Question, Session, VersionedName};
use flownote_store::Store;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval};

use super::error::Error;
use super::event::Event;
use super::handle::{Command, Handle};
use super::log::EventLog;
use super::modules::Watch;
use super::options::{Limits, Options, Patience};
use super::pending::Pending;
use super::processes::Processes;
use super::request::{Manner, Prompt, Reply};
use super::running::Running;
use crate::cache::{Found, World};
use crate::interpreter::Heard;
use crate::protocol::Problem;
use crate::record::{About, Recorder, base_of};
use crate::values::{Folder, Values};

/// How many messages of interpreters wait before these are made to wait.
const HEARD: usize = 64;

/// The supervisor of one notebook.
pub struct Service {
    pub(super) session: Session,
    pub(super) id: RunId,
    pub(super) processes: Processes,
    pub(super) values: Values,
    /// The old values that Python held when it was last told which of them it needn't hold.
    pub(super) spilled: Vec<VersionedName>,
    pub(super) log: EventLog,
    pub(super) pending: Pending,
    pub(super) running: Option<Running>,
    /// Which cell each execution is of: outputs of its threads may come much later.
    pub(super) cells: HashMap<Execution, (CellId, Group)>,
    /// How cells are run that nobody pointed at.
    pub(super) manner: Manner,
    /// How cells that were asked for are to be run.
    pub(super) manners: HashMap<CellId, Manner>,
    /// Whose cell waits for a line.
    pub(super) asking: Option<Group>,
    /// What it asked last.
    pub(super) prompt: Option<Prompt>,
    /// Whether the lines that cells were given stay in their outputs.
    pub(super) shows_answers: bool,
    /// Who waits to be told what runs a language.
    pub(super) runtime_askers: Vec<(Group, oneshot::Sender<Result<Reply, Problem>>)>,
    /// The files of the project's modules.
    pub(super) watch: Watch,
    /// What the session is still to be told.
    pub(super) news: VecDeque<session::Event>,
    pub(super) limits: Limits,
    pub(super) patience: Patience,
    pub(super) ending: bool,
    pub(super) store: Store,
    pub(super) about: About,
    pub(super) world: World,
    /// There while the session runs.
    pub(super) recorder: Option<Recorder>,
    /// Look-ups that wait until it is known what runs their language.
    pub(super) look_ups: Vec<(Group, Box<Question>)>,
    /// Results that were found and are about to be taken.
    pub(super) found: HashMap<Execution, Box<Found>>,
    remember: bool,
    keep_document: bool,
    commands: mpsc::UnboundedReceiver<Command>,
    heard: mpsc::Receiver<Heard>,
    later: mpsc::UnboundedReceiver<Later>,
    pub(super) later_sender: mpsc::UnboundedSender<Later>,
}

/// What the service told itself to do later.
#[derive(Debug)]
pub enum Later {
    /// An execution was to stop a while ago.
    OfferKill(Execution),
    /// The cache was asked.
    LookedUp(Execution, Option<Box<Found>>),
    /// How files of modules look.
    FilesLookedAt(BTreeMap<String, String>),
}

impl Service {
    /// Opens a session. Nothing runs yet.
    ///
    /// # Errors
    /// When there is no place for values.
    pub fn new(options: Options) -> Result<(Self, Handle), Error> {
        let id = flownote_store::time::new_run_id();
        let folder = Folder::create(&options.store, &id)?;
        let (commands_sender, commands) = mpsc::unbounded_channel();
        let (heard_sender, heard) = mpsc::channel(HEARD);
        let (later_sender, later) = mpsc::unbounded_channel();
        let log = EventLog::new(options.limits.log);
        let world = World::new(options.folder.clone(), options.look);
        let about = About {
            flow: options.flow,
            run: id.clone(),
            user: options.user,
            folder: base_of(&options.folder, &options.file),
            file: options.file,
            tags: options.tags,
            command: options.command,
            parameters: options.parameters,
        };
        let processes = Processes::new(
            options.interpreters,
            id.to_string(),
            folder.path().to_owned(),
            options.folder,
            options.settings,
            heard_sender,
        );
        // At a prompt the client shows them itself.
        let shows_answers = options.order == Order::Document;
        let service = Self {
            session: Session::new(options.document, options.order, id.as_str()),
            processes,
            values: Values::new(options.store.clone(), folder, options.limits.value),
            spilled: Vec::new(),
            log: log.clone(),
            pending: Pending::default(),
            running: None,
            cells: HashMap::new(),
            manner: Manner::default(),
            manners: HashMap::new(),
            asking: None,
            prompt: None,
            shows_answers,
            runtime_askers: Vec::new(),
            watch: Watch::default(),
            news: VecDeque::new(),
            limits: options.limits,
            patience: options.patience,
            ending: false,
            remember: options.remember,
            keep_document: options.keep_document,
            recorder: None,
            look_ups: Vec::new(),
            found: HashMap::new(),
            about,
            world,
            store: options.store,
            id,
            commands,
            heard,
            later,
            later_sender,
        };
        Ok((service, Handle { commands: commands_sender, log }))
    }

    /// The session's id, which is that of its run.
    pub fn id(&self) -> &RunId {
        &self.id
    }

    /// Runs the session until it is asked to end, `shutdown` comes, or nobody holds a
    /// [`Handle`] any more. To be run in a [`tokio::task::LocalSet`], on a thread that lasts
    /// as long: interpreters end with the thread that started them.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) {
        let log = self.log.clone();
        let warn = move |text| log.push(Event::Log { level: "warning".to_owned(), text });
        self.recorder = Some(Recorder::start(
            self.store.clone(),
            self.about.clone(),
            self.patience.record,
            warn,
        ));
        self.warm_up();
        if self.remember {
            self.remember().await;
        }
        let mut shutdown = std::pin::pin!(shutdown);
        let mut alive = interval(self.patience.alive);
        alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !self.ending {
            tokio::select! {
                // Requests first: an interrupt isn't to wait behind a flood of outputs.
                biased;
                () = &mut shutdown => break,
                command = self.commands.recv() => match command {
                    Some(command) => self.command(command).await,
                    None => break,
                },
                Some(later) = self.later.recv() => self.later(later),
                Some(heard) = self.heard.recv() => self.hear(heard).await,
                _ = alive.tick() => {
                    self.values.touch();
                    self.look_at_modules_later();
                    self.recorder.iter().for_each(Recorder::touch);
                }
            }
            self.tell_session().await;
        }
        self.end().await;
    }

    /// Starts the interpreters of the document's languages: whoever opens a notebook will
    /// run it.
    fn warm_up(&mut self) {
        let languages = self.session.document().cells().iter().map(|cell| cell.language);
        let mut groups: Vec<Group> = languages.filter_map(Group::of).collect();
        groups.sort_unstable();
        groups.dedup();
        for group in groups.into_iter().filter(|group| *group == Group::Python) {
            // One that can't be started says so when it is needed.
            if self.processes.can_start(group) {
                let _ = self.ensure(group);
            }
        }
    }

    /// Tells the session its news, and does what it wants done, until nothing is left.
    pub(super) async fn tell_session(&mut self) {
        while let Some(news) = self.news.pop_front() {
            match self.session.apply(news) {
                Ok(actions) => {
                    for action in actions {
                        self.perform(action).await;
                    }
                }
                Err(error) => self.warn(error.to_string()),
            }
        }
    }

    fn later(&mut self, later: Later) {
        match later {
            Later::LookedUp(execution, found) => self.looked_up(execution, found),
            Later::FilesLookedAt(now) => self.files_looked_at(&now),
            Later::OfferKill(execution) => {
                let runs = self.running.as_ref().filter(|it| it.execute.execution == execution);
                if let Some(running) = runs {
                    let language = running.execute.language;
                    self.log.push(Event::KillOffer { language, execution });
                }
            }
        }
    }

    pub(super) fn warn(&self, text: String) {
        self.log.push(Event::Log { level: "warning".to_owned(), text });
    }

    async fn end(mut self) {
        self.stop().await;
        let deadline = tokio::time::Instant::now() + self.patience.record;
        while self.pending.keeps() {
            let heard = tokio::time::timeout_at(deadline, self.heard.recv()).await;
            let Ok(Some(heard)) = heard else { break };
            self.hear(heard).await;
        }
        for group in self.processes.groups() {
            self.processes.let_go(group, self.patience.end);
        }
        self.give_up_keeping();
        if let Some(recorder) = self.recorder.take() {
            let document = self.keep_document.then(|| self.session.document().clone());
            recorder.finish(document).await;
        }
        self.log.push(Event::Ended);
        self.log.close();
    }
}
