//! Events come in, actions go out.

use std::collections::BTreeMap;

use super::event::{Event, RunRequest, VersionedName};
use super::plan::Obstacle;
use super::queue::Job;
use super::values::Group;
use super::{Action, CellStatus, Doing, Mode, Session, Stored, Trouble};
use crate::error::Error;
use crate::facts::Class;
use crate::id::CellId;
use crate::language::Language;

impl Session {
    /// Takes an event in; says what is to be done now.
    pub fn apply(&mut self, event: Event) -> Result<Vec<Action>, Error> {
        let mut actions = Vec::new();
        match event {
            Event::Output { execution, output } => {
                self.note_output(execution, output);
                return Ok(actions);
            }
            Event::Operation { operation } => {
                let change = self.document.apply(operation)?;
                if self.repl.is_some() {
                    self.names.add(&self.document, &change.touched);
                } else if change.meaning {
                    self.names.refresh(&self.document, &self.results);
                }
                actions.push(Action::Changed { change: Box::new(change) });
                self.run_automatic();
            }
            Event::Reloaded { document } => {
                self.document = *document;
                self.names.refresh(&self.document, &self.results);
                self.run_automatic();
            }
            Event::Run { run } => self.hold(run),
            Event::Interrupt => self.interrupt(&mut actions),
            Event::Cancel { cell } => self.cancel(&cell),
            Event::Restart { language } => {
                actions.push(Action::Restart { language });
                self.lose(language, "it was restarted", &mut actions);
            }
            Event::Finished { execution, finish } => self.finish(execution, finish, &mut actions),
            Event::LookedUp { execution, hit } => self.looked_up(execution, hit, &mut actions),
            Event::Exported { values } => self.exported(values),
            Event::Modules { found, edited } => self.found(found, edited),
            Event::Saved { modules } => self.saved.extend(modules),
            Event::Lost { language, message } => self.lose(language, &message, &mut actions),
        }
        let was_busy = !self.told_idle;
        self.advance(&mut actions);
        self.tell(&mut actions);
        self.told_idle = self.is_idle();
        if self.told_idle && was_busy {
            actions.push(Action::Idle);
        }
        Ok(actions)
    }

    /// Follows a request at once, unless what is stale will be known only later.
    fn hold(&mut self, run: RunRequest) {
        self.told_idle = false;
        if matches!(self.doing, Doing::Modules) || self.must_ask_about_modules() {
            self.held.push(run);
        } else {
            self.ask_for(&run);
        }
    }

    /// Puts what the user asked for into the queue.
    fn ask_for(&mut self, run: &RunRequest) {
        self.values.try_again();
        let request = self.next_request;
        self.next_request += 1;
        let survey = self.survey(self.document.cells().len());
        let stale = |cell: &CellId| {
            let usable = survey.statuses.get(cell).is_some_and(CellStatus::is_usable);
            !usable && self.names.get(cell).is_some_and(|names| !names.outward)
        };
        let code: Vec<&CellId> = (self.document.cells().iter())
            .filter(|cell| cell.language.is_code())
            .map(|cell| &cell.id)
            .collect();
        let manual = |cell: &CellId| {
            self.document
                .cells()
                .iter()
                .any(|it| it.id == *cell && self.mode_of(it) == Mode::Manual)
        };
        let position = |cell: &CellId| code.iter().position(|it| *it == cell).unwrap_or(code.len());
        let (wanted, explicit, reuse): (Vec<&CellId>, bool, bool) = match run {
            RunRequest::Cells { cells } => {
                (code.iter().copied().filter(|it| cells.contains(it)).collect(), true, false)
            }
            RunRequest::All { reuse } => (code.clone(), !reuse, *reuse),
            RunRequest::Stale => {
                (code.iter().copied().filter(|it| stale(it) && !manual(it)).collect(), false, true)
            }
            RunRequest::Above { cell } => {
                let above = &code[..position(cell)];
                (above.iter().copied().filter(|it| stale(it) && !manual(it)).collect(), false, true)
            }
            RunRequest::Below { cell } => {
                let below = &code[position(cell)..];
                (below.iter().copied().filter(|it| stale(it) && !manual(it)).collect(), false, true)
            }
        };
        let jobs: Vec<Job> = (wanted.into_iter())
            .map(|cell| Job { explicit, reuse, ..Job::new(cell.clone(), request) })
            .collect();
        jobs.into_iter().for_each(|job| self.queue.push(job));
    }

    /// Queues what became stale and runs by itself: never what has effects (rule 9).
    fn run_automatic(&mut self) {
        if !self.is_idle() || self.repl.is_some() {
            return;
        }
        let survey = self.survey(self.document.cells().len());
        let request = self.next_request;
        for cell in self.document.cells() {
            let Some(names) = self.names.get(&cell.id) else { continue };
            let harmless = names.class != Class::Effect && names.error.is_none();
            // What failed waits for its user: it would fail again.
            let stale = matches!(
                survey.statuses.get(&cell.id),
                Some(CellStatus::Stale { .. } | CellStatus::NeverRun)
            );
            if self.mode_of(cell) == Mode::Auto && harmless && stale {
                self.queue.push(Job::new(cell.id.clone(), request));
            }
        }
        self.next_request += 1;
    }

    fn interrupt(&mut self, actions: &mut Vec<Action>) {
        self.queue.clear();
        self.held.clear();
        match &self.doing {
            Doing::Running(started) => {
                actions.push(Action::Interrupt { language: started.question.language });
            }
            // Modules are being changed: nothing may run meanwhile.
            Doing::Modules => {}
            _ => self.doing = Doing::Nothing,
        }
    }

    /// Takes a cell out of those that wait; what runs already goes on.
    fn cancel(&mut self, cell: &CellId) {
        self.queue.drop_cell(cell);
        for run in &mut self.held {
            if let RunRequest::Cells { cells } = run {
                cells.retain(|it| it != cell);
            }
        }
        let job = match &self.doing {
            Doing::Finding(job) | Doing::Exporting(job) => Some(job),
            Doing::Asking(started) => Some(&started.job),
            _ => None,
        };
        if job.is_some_and(|job| job.cell == *cell) {
            self.doing = Doing::Nothing;
        }
    }

    fn exported(&mut self, values: Vec<(VersionedName, Result<Stored, Trouble>)>) {
        for (VersionedName { name, version }, outcome) in values {
            let value = self.values.entry(&name, version);
            match outcome {
                Ok(stored) => value.keep(stored),
                // What others read is kept already, whatever became of its interpreter.
                Err(_) if value.stored.as_ref().is_some_and(|it| it.common) => {}
                Err(trouble) => value.refused = Some(trouble),
            }
        }
        if let Doing::Exporting(_) = &self.doing {
            self.resume_job();
        }
    }

    fn found(&mut self, found: BTreeMap<String, String>, edited: BTreeMap<String, String>) {
        self.edited.retain(|name, _| !found.contains_key(name));
        self.edited.extend(edited);
        self.modules.extend(found);
        match &mut self.doing {
            Doing::Finding(job) => {
                job.looked = true;
                self.resume_job();
            }
            Doing::Modules => self.doing = Doing::Nothing,
            _ => {}
        }
        self.run_automatic();
    }

    /// Takes up again what waited for an answer.
    fn resume_job(&mut self) {
        match std::mem::take(&mut self.doing) {
            Doing::Finding(job) | Doing::Exporting(job) => self.queue.push_front(job),
            other => self.doing = other,
        }
    }

    /// Goes on until something runs or nothing waits.
    pub(super) fn advance(&mut self, actions: &mut Vec<Action>) {
        while matches!(self.doing, Doing::Nothing) {
            if self.ask_about_modules(actions) {
                return;
            }
            for run in std::mem::take(&mut self.held) {
                self.ask_for(&run);
            }
            let Some(job) = self.queue.pop() else { return };
            self.begin(job, actions);
        }
    }

    /// Begins with one job: puts others before it, asks for what it needs, or starts it.
    fn begin(&mut self, mut job: Job, actions: &mut Vec<Action>) {
        let Some(position) = self.document.position(&job.cell) else {
            return;
        };
        let Some(names) = self.names.get(&job.cell).cloned() else { return };
        let survey = self.survey(position);
        job.bare = !job.explicit && self.is_settled(&job, &survey);
        if job.bare && !self.was_cleared(&job.cell) {
            return;
        }
        let reads = names.reads_in(&survey.environment);
        let asking = self.may_ask(&job, &names);
        match self.obstacle(&job, position, &names, &survey, &reads, asking) {
            Some(Obstacle::Refused(trouble)) => {
                self.queue.drop_request(job.request);
                actions.push(Action::Refused { cell: job.cell, trouble });
            }
            Some(Obstacle::Unreadable(trouble)) => {
                let started = self.numbered(job, position, &names, &survey, &reads);
                self.execute(started, &names, &survey, &reads, Some(trouble), actions);
            }
            Some(Obstacle::Cells(cells)) => {
                let request = job.request;
                self.queue.push_front(job);
                for cell in cells.into_iter().rev() {
                    self.tried.insert((request, cell.clone()));
                    self.queue.push_front(Job::new(cell, request));
                }
            }
            Some(Obstacle::Values(waiting)) => {
                for (language, names) in self.by_home(waiting) {
                    actions.push(Action::Export { language, names });
                }
                self.doing = Doing::Exporting(job);
            }
            None => {
                // Whoever looks for the result later knows the modules, too.
                let unknown = names.unknown_modules(&self.modules);
                if self.repl.is_none() && !job.looked && !unknown.is_empty() {
                    actions.push(Action::FindModules { names: unknown });
                    self.doing = Doing::Finding(job);
                    return;
                }
                if asking {
                    self.ask_cache(job, position, &names, &survey, &reads, actions);
                } else {
                    self.start(job, position, &names, &survey, &reads, actions);
                }
            }
        }
    }

    /// Whether nothing is to be gained by running a cell that nobody pointed at.
    fn is_settled(&self, job: &Job, above: &super::survey::Survey) -> bool {
        let Some(names) = self.names.get(&job.cell) else { return true };
        let result = self.results.get(&job.cell);
        let status = self.assess(names, result, above);
        let needed = self.tried.contains(&(job.request, job.cell.clone()));
        let whole = !result.is_some_and(|result| self.is_overwritten(result));
        let in_process = self.executed.contains(&job.cell) && (whole || !needed);
        status.is_usable() && (in_process || (names.class == Class::Value && !needed))
    }

    /// Whether a cell shows nothing though its result has outputs: the user cleared them, or
    /// another program wrote the file without.
    fn was_cleared(&self, cell: &CellId) -> bool {
        let empty = self.document.cell(cell).is_some_and(|cell| cell.outputs.is_empty());
        empty && self.results.get(cell).is_some_and(|result| result.shows)
    }

    fn by_home(&self, waiting: Vec<VersionedName>) -> Vec<(Language, Vec<VersionedName>)> {
        let mut by_home: Vec<(Language, Vec<VersionedName>)> = Vec::new();
        for name in waiting {
            let value = self.values.get(&name.name, name.version);
            let home = value.and_then(|it| it.present.iter().next().copied().or(it.home));
            let language = home.map_or(Language::Python, Group::language);
            match by_home.iter_mut().find(|(it, _)| *it == language) {
                Some((_, names)) => names.push(name),
                None => by_home.push((language, vec![name])),
            }
        }
        by_home
    }

    /// Says which statuses are others now.
    fn tell(&mut self, actions: &mut Vec<Action>) {
        let statuses = match &self.repl {
            Some(_) => self.statuses_at_prompt(),
            None => self.statuses(),
        };
        for (cell, status) in statuses {
            if self.told.get(&cell) != Some(&status) {
                self.told.insert(cell.clone(), status.clone());
                actions.push(Action::Status { cell, status });
            }
        }
    }

    /// At a prompt only what goes on just now changes.
    fn statuses_at_prompt(&self) -> Vec<(CellId, CellStatus)> {
        let going_on = match &self.doing {
            Doing::Running(started) | Doing::Asking(started) => Some(&started.job.cell),
            Doing::Finding(job) | Doing::Exporting(job) => Some(&job.cell),
            Doing::Nothing | Doing::Modules => None,
        };
        let last = self.document.cells().last().map(|cell| &cell.id);
        let shown = going_on.into_iter().chain(last.filter(|it| going_on != Some(*it)));
        let result = |cell: &CellId| match self.results.get(cell).map(|it| it.status) {
            None => CellStatus::NeverRun,
            Some(super::FinishStatus::Ok) => CellStatus::Fresh { reused: None },
            Some(super::FinishStatus::Error) => CellStatus::Failed,
            Some(super::FinishStatus::Interrupted) => CellStatus::Interrupted,
        };
        shown.map(|cell| (cell.clone(), self.overlay(cell, Some(result(cell))))).collect()
    }
}
