//! The interpreters of a session: started when first needed, one for each group of
//! languages.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::time::Duration;

use flownote_notebook::session::Group;
use serde_json::{Map, Value as Json};
use tokio::sync::mpsc;

use crate::interpreter::{End, Ending, Heard, Instance, Interpreter, Launch};
use crate::protocol::{Ready, Request, VERSION, Welcome};

/// The interpreters of a session.
#[derive(Debug)]
pub struct Processes {
    launches: BTreeMap<Group, Launch>,
    welcome: Welcome,
    heard: mpsc::Sender<Heard>,
    running: HashMap<Group, One>,
    next: Instance,
}

#[derive(Debug)]
struct One {
    interpreter: Interpreter,
    ready: Option<Box<Ready>>,
}

impl Processes {
    /// None yet. What they say goes to `heard`.
    pub fn new(
        launches: BTreeMap<Group, Launch>,
        session: String,
        values: PathBuf,
        folder: PathBuf,
        options: Map<String, Json>,
        heard: mpsc::Sender<Heard>,
    ) -> Self {
        let welcome = Welcome { version: VERSION, session, values, folder, options };
        Self { launches, welcome, heard, running: HashMap::new(), next: 1 }
    }

    /// Whether a group's languages can be run at all.
    pub fn can_start(&self, group: Group) -> bool {
        self.launches.contains_key(&group)
    }

    /// Starts a group's interpreter unless it runs; says whether it did.
    ///
    /// # Errors
    /// How it ended before it began.
    pub fn ensure(&mut self, group: Group) -> Result<bool, End> {
        if self.running.contains_key(&group) {
            return Ok(false);
        }
        let not_started = |why| End { ending: Ending::NotStarted(why), last_words: String::new() };
        let Some(launch) = self.launches.get(&group) else {
            return Err(not_started("this installation has no interpreter for it".to_owned()));
        };
        let instance = self.next;
        self.next += 1;
        let folder = &self.welcome.folder;
        let started = Interpreter::start(launch, folder, instance, self.heard.clone());
        let interpreter = started
            .map_err(|error| not_started(format!("`{}`: {error}", launch.program.display())))?;
        interpreter
            .send(&Request::Welcome(self.welcome.clone()))
            .map_err(|error| not_started(error.to_string()))?;
        self.running.insert(group, One { interpreter, ready: None });
        Ok(true)
    }

    /// A group's interpreter, if it runs.
    pub fn get(&self, group: Group) -> Option<&Interpreter> {
        self.running.get(&group).map(|one| &one.interpreter)
    }

    /// Whose process an instance is; nothing for one that was let go.
    pub fn group_of(&self, instance: Instance) -> Option<Group> {
        let mut running = self.running.iter();
        running.find(|(_, one)| one.interpreter.instance == instance).map(|(group, _)| *group)
    }

    /// An interpreter answered the welcome.
    pub fn is_ready(&mut self, group: Group, ready: Box<Ready>) {
        if let Some(one) = self.running.get_mut(&group) {
            one.ready = Some(ready);
        }
    }

    /// What a group's interpreter is, once it has said so.
    pub fn ready(&self, group: Group) -> Option<&Ready> {
        self.running.get(&group)?.ready.as_deref()
    }

    /// Forgets an interpreter that is gone.
    pub fn remove(&mut self, group: Group) {
        self.running.remove(&group);
    }

    /// Lets an interpreter go: it is asked to end, and killed if it doesn't. What it says
    /// from now on is nobody's.
    pub fn let_go(&mut self, group: Group, patience: Duration) {
        if let Some(one) = self.running.remove(&group) {
            one.interpreter.shut_down(patience);
        }
    }

    /// The groups whose interpreters run.
    pub fn groups(&self) -> Vec<Group> {
        self.running.keys().copied().collect()
    }
}
