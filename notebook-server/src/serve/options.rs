//! What `flownote serve` is started with; nothing inside reads the environment.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use flownote_store::Store;

use super::place::Source;
use crate::Error;

/// The port that is taken when none is named.
pub const PORT: u16 = 8770;

/// Who hears what the server has to say beside its answers.
pub type Tell = Arc<dyn Fn(String) + Send + Sync>;

/// How to serve.
#[derive(Clone)]
pub struct Options {
    /// Where models come from, and where the log goes.
    pub store: Store,
    /// Who serves.
    pub user: String,
    /// The command line, for the record.
    pub command: Vec<String>,
    /// Whose recommender is served.
    pub recommend: Option<Source>,
    /// Whose policies choose pictures, each for one title.
    pub artwork: Vec<Source>,
    /// The share of choices in which any picture is drawn.
    pub explore: f64,
    /// How long a picture that was seen may still be clicked: an hour at most.
    pub patience: Duration,
    /// How often newer runs are looked for.
    pub look: Duration,
    /// How often the log is written.
    pub write: Duration,
    /// Where to listen.
    pub host: IpAddr,
    /// The port; 0 for a free one.
    pub port: u16,
    /// Names by which it may be asked beside its own.
    pub allowed_hosts: Vec<String>,
    /// What requests must carry.
    pub token: Option<String>,
    /// Who hears of swaps and troubles.
    pub tell: Tell,
}

impl Options {
    /// A server for this machine alone.
    pub fn new(store: Store, user: impl Into<String>) -> Self {
        Self {
            store,
            user: user.into(),
            command: Vec::new(),
            recommend: None,
            artwork: Vec::new(),
            explore: 0.0,
            patience: Duration::from_secs(60),
            look: Duration::from_secs(3),
            write: Duration::from_secs(10),
            host: IpAddr::from([127, 0, 0, 1]),
            port: PORT,
            allowed_hosts: Vec::new(),
            token: None,
            tell: Arc::new(|_| {}),
        }
    }

    /// Refuses what would let strangers ask.
    pub(super) fn check(&self) -> Result<(), Error> {
        if !self.host.is_loopback() && self.token.is_none() {
            return Err(Error::NoToken { host: self.host });
        }
        if self.token.as_ref().is_some_and(|token| token.chars().count() < 16) {
            return Err(Error::ShortToken);
        }
        Ok(())
    }
}
