//! What happened since the models were fitted: plays, choices that wait for their outcome, and
//! the ids of events. It is in memory, and bounded.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// So many choices wait for their outcome at most; the oldest are forgotten. A refused event says
/// so, as it says how long they are known.
const WAITING: usize = 200_000;
/// A choice is forgotten after so long; a picture can't be clicked later than that.
pub const OLDEST: Duration = Duration::from_secs(3600);
/// So many plays are known at most; those of the member who came first are forgotten.
const PLAYS: usize = 500_000;
/// So many ids of events are known at most; the oldest are forgotten.
const IDS: usize = 1_000_000;

/// A choice that was answered.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The title.
    pub title: String,
    /// The picture.
    pub picture: String,
    /// What was known of the member.
    pub context: Vec<f64>,
    /// When it was shown, if that was told.
    shown: Option<Instant>,
    /// Whether a policy learnt what came of it.
    is_settled: bool,
}

/// What came of a choice: a policy is to learn it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The title.
    pub title: String,
    /// The picture.
    pub picture: String,
    /// What was known of the member.
    pub context: Vec<f64>,
    /// 1 for a click, 0 for none.
    pub reward: f64,
}

/// All of it.
#[derive(Debug, Default)]
pub struct Live {
    plays: HashMap<String, Vec<String>>,
    /// Who has plays, in the order in which they came.
    members: VecDeque<String>,
    /// How many plays there are.
    played: usize,
    choices: HashMap<String, Waiting>,
    order: VecDeque<(Instant, String)>,
    /// Shown, and not clicked yet, in the order in which they were shown.
    unclicked: VecDeque<(Instant, String)>,
    ids: HashMap<String, ()>,
    ids_in_order: VecDeque<String>,
}

impl Live {
    /// What a member played since the run.
    pub fn plays(&self, member: &str) -> Vec<String> {
        self.plays.get(member).cloned().unwrap_or_default()
    }

    /// A member plays a title.
    pub fn play(&mut self, member: &str, title: &str) {
        let played = self.plays.entry(member.to_owned()).or_default();
        if played.iter().any(|it| it == title) {
            return;
        }
        if played.is_empty() {
            self.members.push_back(member.to_owned());
        }
        played.push(title.to_owned());
        self.played += 1;
        while self.played > PLAYS {
            let Some(first) = self.members.pop_front() else { break };
            self.played -= self.plays.remove(&first).unwrap_or_default().len();
        }
    }

    /// A picture was answered. Returns what comes of the choices that are forgotten for it: no
    /// click can follow on one that was seen, so that is its outcome.
    #[must_use]
    pub fn choose(
        &mut self,
        request: &str,
        title: &str,
        picture: &str,
        context: &[f64],
    ) -> Vec<Outcome> {
        let now = Instant::now();
        let is_old = |at: &Instant| now.duration_since(*at) > OLDEST;
        let mut outcomes = Vec::new();
        while self.order.len() >= WAITING || self.order.front().is_some_and(|(at, _)| is_old(at)) {
            let Some((_, request)) = self.order.pop_front() else { break };
            if self.choices.get(&request).is_some_and(|it| it.shown.is_some()) {
                outcomes.extend(self.settle(&request, 0.0));
            }
            self.choices.remove(&request);
        }
        let waiting = Waiting {
            title: title.to_owned(),
            picture: picture.to_owned(),
            context: context.to_vec(),
            shown: None,
            is_settled: false,
        };
        self.choices.insert(request.to_owned(), waiting);
        self.order.push_back((now, request.to_owned()));
        outcomes
    }

    /// A choice that is remembered.
    pub fn choice(&self, request: &str) -> Option<&Waiting> {
        self.choices.get(request)
    }

    /// A picture was seen: without a click in time that is an outcome, too.
    pub fn show(&mut self, request: &str) {
        let Some(choice) = self.choices.get_mut(request) else { return };
        if choice.shown.is_none() && !choice.is_settled {
            let now = Instant::now();
            choice.shown = Some(now);
            self.unclicked.push_back((now, request.to_owned()));
        }
        if self.unclicked.len() > 2 * WAITING {
            let waits = |it: &Waiting| !it.is_settled;
            self.unclicked.retain(|(_, request)| self.choices.get(request).is_some_and(waits));
        }
    }

    /// A picture was clicked. Nothing comes of a second click, nor of one that is too late.
    pub fn click(&mut self, request: &str) -> Option<Outcome> {
        self.settle(request, 1.0)
    }

    /// What was shown `patience` ago and not clicked since.
    pub fn unclicked(&mut self, patience: Duration) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        while let Some((at, _)) = self.unclicked.front() {
            if at.elapsed() < patience {
                break;
            }
            let Some((_, request)) = self.unclicked.pop_front() else { break };
            outcomes.extend(self.settle(&request, 0.0));
        }
        outcomes
    }

    fn settle(&mut self, request: &str, reward: f64) -> Option<Outcome> {
        let choice = self.choices.get_mut(request)?;
        if std::mem::replace(&mut choice.is_settled, true) {
            return None;
        }
        let Waiting { title, picture, context, .. } = choice.clone();
        Some(Outcome { title, picture, context, reward })
    }

    /// Whether an event of this id was taken.
    pub fn knows(&self, id: &str) -> bool {
        self.ids.contains_key(id)
    }

    /// An event of this id is taken.
    pub fn remember(&mut self, id: &str) {
        while self.ids_in_order.len() >= IDS {
            let Some(oldest) = self.ids_in_order.pop_front() else { break };
            self.ids.remove(&oldest);
        }
        if self.ids.insert(id.to_owned(), ()).is_none() {
            self.ids_in_order.push_back(id.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_has_one_outcome() {
        let mut live = Live::default();
        for request in ["clicked", "seen", "unseen"] {
            assert!(live.choose(request, "Alien", "a cat", &[1.0]).is_empty());
        }
        live.show("clicked");
        live.show("seen");
        live.show("seen");
        assert_eq!(live.click("clicked").map(|it| it.reward), Some(1.0));
        assert!(live.click("clicked").is_none() && live.click("nobody's").is_none());
        assert!(live.unclicked(Duration::from_secs(60)).is_empty());
        let rewards: Vec<f64> = live.unclicked(Duration::ZERO).iter().map(|it| it.reward).collect();
        assert_eq!(rewards, [0.0], "what nobody saw has no outcome");
        assert!(live.click("seen").is_none(), "it is too late");
    }

    #[test]
    fn what_waits_is_bounded_and_what_was_seen_is_learnt_all_the_same() {
        let mut live = Live::default();
        let mut outcomes = Vec::new();
        for request in 0..WAITING + 3 {
            outcomes.extend(live.choose(&request.to_string(), "Alien", "a cat", &[]));
            // The first is seen, the second clicked, of the third nothing is told.
            match request {
                0 => live.show("0"),
                1 => assert!(live.click("1").is_some()),
                _ => {}
            }
        }
        assert_eq!(live.choices.len(), WAITING);
        assert!(live.choice("2").is_none() && live.choice("3").is_some());
        assert_eq!(outcomes.iter().map(|it| it.reward).collect::<Vec<_>>(), [0.0]);
        assert!(live.unclicked(Duration::ZERO).is_empty(), "it was learnt");
    }

    #[test]
    fn plays_are_bounded_and_who_came_first_is_forgotten() {
        let mut live = Live::default();
        for number in 0..PLAYS / 2 + 1 {
            let member = number.to_string();
            for title in ["Alien", "Emma", "Alien"] {
                live.play(&member, title);
            }
        }
        assert_eq!((live.plays("0").len(), live.plays("1").len()), (0, 2));
        assert_eq!((live.played, live.members.len()), (PLAYS, PLAYS / 2));
    }
}
