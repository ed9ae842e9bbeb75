//! What goes over the socket.

use serde::{Deserialize, Serialize};

use crate::protocol::Problem;
use crate::supervisor::{Numbered, Reply, Request};

/// The version that both sides must speak.
pub const VERSION: u32 = 1;

/// What who attaches says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "one exists at a time")]
pub enum ToServer {
    /// The first word.
    Hello {
        /// [`VERSION`].
        version: u32,
        /// The secret that stands beside the socket.
        secret: String,
        /// The first event that is wanted; none for those that are to come.
        #[serde(default)]
        from: Option<u64>,
    },
    /// Asks something.
    Ask {
        /// The number of the answer.
        id: u64,
        /// What.
        request: Request,
    },
}

/// What the supervisor says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToClient {
    /// The answer to the first word.
    Welcome {
        /// [`VERSION`].
        version: u32,
        /// The session.
        session: String,
        /// The number of the next event.
        next: u64,
    },
    /// The other answer to the first word. Nothing follows.
    Refused {
        /// Why.
        message: String,
    },
    /// Something happened.
    Event(Numbered),
    /// An answer.
    Answer {
        /// To which question.
        id: u64,
        /// The answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply: Option<Reply>,
        /// Or why there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        problem: Option<Problem>,
    },
}
