//! The versions of things of the world, as they are now. Telling one may mean to digest a
//! large file or to ask a server, so that is done beside the engine's thread; and ten
//! thousand tasks that read the same ask for it once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

/// A version: `None` when it can't be told, `Some(None)` when the thing doesn't exist.
pub type Version = Option<Option<String>>;

/// How long an answer is believed while no task of the run could have changed the world.
const FRESH: Duration = Duration::from_secs(2);

type Look = dyn Fn(&str, &str) -> Version + Send + Sync;
type Moves = dyn Fn(&str, &str) -> bool + Send + Sync;

/// Tells versions, by kind and name.
#[derive(Clone)]
pub struct World {
    look: Arc<Look>,
    /// Whether something may be asked for on another thread.
    moves: Arc<Moves>,
    asked: Rc<RefCell<HashMap<(String, String), Asked>>>,
}

#[derive(Clone)]
struct Asked {
    at: Instant,
    answer: Rc<OnceCell<Version>>,
}

impl World {
    /// Tells what `look` tells; on threads of its own where `moves` says that it may.
    pub fn new(
        look: impl Fn(&str, &str) -> Version + Send + Sync + 'static,
        moves: impl Fn(&str, &str) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self { look: Arc::new(look), moves: Arc::new(moves), asked: Rc::default() }
    }

    /// The version of something, asked for once by all who want it in the next moments.
    pub async fn version(&self, kind: &str, name: &str) -> Version {
        let key = (kind.to_owned(), name.to_owned());
        let known = self.asked.borrow().get(&key).filter(|it| it.at.elapsed() < FRESH).cloned();
        let asked = known.unwrap_or_else(|| {
            let asked = Asked { at: Instant::now(), answer: Rc::default() };
            self.asked.borrow_mut().insert(key, asked.clone());
            asked
        });
        asked.answer.get_or_init(|| self.ask(kind, name)).await.clone()
    }

    /// Asks again from now on: somebody may have changed the world.
    pub fn may_have_changed(&self) {
        self.asked.borrow_mut().clear();
    }

    async fn ask(&self, kind: &str, name: &str) -> Version {
        if !(self.moves)(kind, name) {
            return (self.look)(kind, name);
        }
        let (look, kind, name) = (Arc::clone(&self.look), kind.to_owned(), name.to_owned());
        spawn_blocking(move || look(&kind, &name)).await.ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// A world that counts how often it is asked, and says so.
    fn counting(moves: bool) -> World {
        let count = AtomicU32::new(0);
        let look = move |kind: &str, name: &str| {
            let asked = count.fetch_add(1, Ordering::Relaxed) + 1;
            Some(Some(format!("{kind} {name} {asked}")))
        };
        World::new(look, move |_, _| moves)
    }

    #[tokio::test]
    async fn all_who_want_a_version_ask_once() {
        for moves in [true, false] {
            let world = counting(moves);
            let one = world.version("file", "a.csv");
            let (one, two) = tokio::join!(one, world.version("file", "a.csv"));
            assert_eq!((one.as_ref(), &one), (Some(&Some("file a.csv 1".into())), &two));
            assert_eq!(world.version("url", "b").await, Some(Some("url b 2".into())));
            world.may_have_changed();
            assert_eq!(world.version("file", "a.csv").await, Some(Some("file a.csv 3".into())));
        }
    }

    #[tokio::test]
    async fn a_slow_answer_holds_up_nobody_else() {
        let (sender, receiver) = std::sync::mpsc::channel::<()>();
        let receiver = std::sync::Mutex::new(receiver);
        let look = move |_: &str, name: &str| {
            // A server that answers when somebody else got something done meanwhile.
            let told = receiver.lock().expect("one asks").recv().is_ok();
            Some(told.then(|| name.to_owned()))
        };
        let world = World::new(look, |_, _| true);
        let meanwhile = async { sender.send(()).expect("it waits") };
        let (version, ()) = tokio::join!(world.version("url", "slow"), meanwhile);
        assert_eq!(version, Some(Some("slow".into())));
    }
}
