//! The numbered log of events: the recent ones in memory, older ones in a file.
//!
//! One writer appends, each [`Subscription`] reads at its own pace from any number on.
//! Printed text that nobody has read yet is joined, so a slow reader gets few large pieces
//! where a quick one gets many small ones.

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flownote_notebook::{CellId, Output};
use serde_json::Value as Json;
use tokio::sync::watch;

use super::clocks::Clocks;
use super::event::{Event, Numbered};

/// Joined text doesn't grow beyond this.
const JOINED: usize = 64 << 10;

/// The events of a session. Clones share them.
#[derive(Clone, Debug)]
pub struct EventLog {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// Written by the service, read by subscriptions; held for no longer than a copy takes.
    events: Mutex<Events>,
    /// The next number, for those who wait.
    next: watch::Sender<u64>,
}

#[derive(Debug)]
struct Events {
    /// The number of the next event.
    next: u64,
    /// The last events, without gaps.
    recent: VecDeque<Arc<Numbered>>,
    /// How much memory they take, roughly.
    bytes: usize,
    /// How much they may take.
    limit: usize,
    /// The first number that nobody has read.
    unread: u64,
    old: Old,
    /// How long cells ran by the events so far.
    clocks: Clocks,
    closed: bool,
}

/// Events that left memory, one JSON text after another.
#[derive(Debug, Default)]
struct Old {
    file: Option<File>,
    /// Where each ends; event 0 begins at 0.
    ends: Vec<u64>,
}

impl EventLog {
    /// An empty log that keeps about `limit` bytes in memory.
    pub fn new(limit: usize) -> Self {
        let events = Events {
            next: 0,
            recent: VecDeque::new(),
            bytes: 0,
            limit,
            unread: 0,
            old: Old::default(),
            clocks: Clocks::default(),
            closed: false,
        };
        let (next, _) = watch::channel(0);
        Self { shared: Arc::new(Shared { events: Mutex::new(events), next }) }
    }

    /// Adds an event.
    pub fn push(&self, event: Event) {
        let mut events = self.events();
        events.clocks.heed(&event);
        let Some(event) = events.join(event) else { return };
        let seq = events.next;
        events.next += 1;
        events.bytes += weight(&event);
        events.recent.push_back(Arc::new(Numbered { seq, event }));
        while events.bytes > events.limit && events.recent.len() > 1 {
            events.shed();
        }
        let next = events.next;
        drop(events);
        self.shared.next.send_replace(next);
    }

    /// Says that nothing follows.
    pub fn close(&self) {
        let mut events = self.events();
        events.closed = true;
        let next = events.next;
        drop(events);
        self.shared.next.send_replace(next);
    }

    /// The number of the next event. Whoever asks knows all that came before: nothing joins
    /// it any more.
    pub fn next(&self) -> u64 {
        let mut events = self.events();
        events.unread = events.next;
        events.next
    }

    /// The milliseconds that each cell ran when it last did, or has run by now.
    pub fn elapsed_ms(&self) -> BTreeMap<CellId, f64> {
        self.events().clocks.elapsed_ms()
    }

    /// Reads from a number on.
    pub fn subscribe(&self, from: u64) -> Subscription {
        Subscription { log: self.clone(), at: from, changed: self.shared.next.subscribe() }
    }

    fn events(&self) -> MutexGuard<'_, Events> {
        self.shared.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reader's place in the log.
#[derive(Debug)]
pub struct Subscription {
    log: EventLog,
    at: u64,
    changed: watch::Receiver<u64>,
}

impl Subscription {
    /// The next event; none when the session is over. May be dropped at any time without
    /// losing one.
    pub async fn next(&mut self) -> Option<Arc<Numbered>> {
        loop {
            self.changed.mark_unchanged();
            if let Some(event) = self.take() {
                return Some(event);
            }
            if self.log.events().closed {
                return self.take();
            }
            self.changed.changed().await.ok()?;
        }
    }

    /// The next event, if it is there.
    pub fn take(&mut self) -> Option<Arc<Numbered>> {
        let found = self.log.events().read(self.at)?;
        self.at = found.seq + 1;
        Some(found)
    }
}

impl Events {
    /// Joins text to that of the last event, if nobody has read it; gives back what can't
    /// be joined.
    fn join(&mut self, event: Event) -> Option<Event> {
        let unread = self.unread;
        let last = self.recent.back_mut().filter(|last| last.seq >= unread);
        let Some(last) = last.and_then(Arc::get_mut) else { return Some(event) };
        match (&mut last.event, event) {
            (
                Event::Output { execution: one, output: Output::Stream { name, text }, .. },
                Event::Output {
                    execution: other,
                    output: Output::Stream { name: more_name, text: more },
                    ..
                },
            ) if *one == other && *name == more_name && text.len() + more.len() <= JOINED => {
                self.bytes += more.len();
                text.push_str(&more);
                None
            }
            (_, event) => Some(event),
        }
    }

    /// Moves the oldest event out of memory.
    fn shed(&mut self) {
        let Some(event) = self.recent.pop_front() else { return };
        self.bytes = self.bytes.saturating_sub(weight(&event.event));
        if let Err(error) = self.old.write(&event) {
            // It is lost to late readers; they are told when they come to it.
            self.old.skip();
            drop(error);
        }
    }

    fn read(&mut self, at: u64) -> Option<Arc<Numbered>> {
        let first = self.recent.front().map_or(self.next, |first| first.seq);
        let found = if at < first {
            let text = "an older output could not be read again";
            let lost = Event::Log { level: "warning".into(), text: text.into() };
            self.old.read(at).unwrap_or_else(|_| Numbered { seq: at, event: lost }).into()
        } else {
            let place = usize::try_from(at - first).ok()?;
            self.recent.get(place)?.clone()
        };
        self.unread = self.unread.max(at + 1);
        Some(found)
    }
}

impl Old {
    fn write(&mut self, event: &Numbered) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        let body = serde_json::to_vec(event)?;
        let begin = self.ends.last().copied().unwrap_or(0);
        file.write_all_at(&body, begin)?;
        self.ends.push(begin + body.len() as u64);
        Ok(())
    }

    fn skip(&mut self) {
        self.ends.push(self.ends.last().copied().unwrap_or(0));
    }

    fn read(&self, at: u64) -> io::Result<Numbered> {
        let place = usize::try_from(at).map_err(io::Error::other)?;
        let end = *self.ends.get(place).ok_or(io::ErrorKind::NotFound)?;
        let begin = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        let file = self.file.as_ref().ok_or(io::ErrorKind::NotFound)?;
        let mut body = vec![0; usize::try_from(end - begin).map_err(io::Error::other)?];
        file.read_exact_at(&mut body, begin)?;
        Ok(serde_json::from_slice(&body)?)
    }
}

/// How much memory an event takes, roughly.
fn weight(event: &Event) -> usize {
    const FRAME: usize = 200;
    let outputs = match event {
        Event::Output { output, .. } => std::slice::from_ref(output),
        Event::Outputs { outputs, .. } => outputs,
        _ => &[],
    };
    FRAME + outputs.iter().map(weight_of).sum::<usize>()
}

/// How much memory an output takes, roughly.
pub fn weight_of(output: &Output) -> usize {
    match output {
        Output::Stream { text, .. } => text.len(),
        Output::Display { data, .. }
        | Output::Update { data, .. }
        | Output::Result { data, .. } => data.values().map(weight_of_json).sum(),
        Output::Error { traceback, message, .. } => {
            message.len() + traceback.iter().map(String::len).sum::<usize>()
        }
        Output::Clear { .. } => 0,
        Output::Unknown { fields } => fields.values().map(weight_of_json).sum(),
    }
}

fn weight_of_json(value: &Json) -> usize {
    match value {
        Json::String(text) => text.len(),
        Json::Array(items) => items.iter().map(|item| 16 + weight_of_json(item)).sum(),
        Json::Object(map) => {
            map.iter().map(|(name, item)| 32 + name.len() + weight_of_json(item)).sum()
        }
        _ => 16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> Event {
        Event::Output { cell: None, execution: Some(1), output: Output::stdout(text) }
    }

    fn log_line(text: String) -> Event {
        Event::Log { level: "info".into(), text }
    }

    #[tokio::test]
    async fn whoever_comes_late_reads_from_the_beginning_out_of_the_file() {
        let log = EventLog::new(2000);
        for number in 0..100 {
            log.push(log_line(number.to_string()));
        }
        assert!(log.events().recent.len() < 20);
        log.close();
        let mut late = log.subscribe(0);
        for number in 0..100 {
            let event = late.next().await.expect("an event");
            assert_eq!((event.seq, &event.event), (number, &log_line(number.to_string())));
        }
        assert_eq!(late.next().await, None);
    }

    #[tokio::test]
    async fn text_is_joined_until_somebody_has_read_it() {
        let log = EventLog::new(1 << 20);
        log.push(printed("a"));
        log.push(printed("b"));
        let mut reader = log.subscribe(0);
        assert_eq!(reader.next().await.expect("an event").event, printed("ab"));
        log.push(printed("c"));
        log.push(printed("d"));
        assert_eq!(reader.next().await.expect("an event").event, printed("cd"));
        assert_eq!(reader.take(), None);
        assert_eq!(log.next(), 2);
    }

    #[tokio::test]
    async fn what_is_printed_after_a_look_is_an_event_after_it() {
        let log = EventLog::new(1 << 20);
        log.push(printed("a"));
        let mut reader = log.subscribe(log.next());
        log.push(printed("b"));
        assert_eq!(reader.next().await.expect("an event").event, printed("b"));
    }

    #[tokio::test]
    async fn a_reader_that_waits_is_woken() {
        let log = EventLog::new(1 << 20);
        let mut reader = log.subscribe(0);
        let waiting = tokio::spawn(async move { reader.next().await });
        tokio::task::yield_now().await;
        log.push(printed("a"));
        let event = waiting.await.expect("joined").expect("an event");
        assert_eq!(event.seq, 0);
    }
}
