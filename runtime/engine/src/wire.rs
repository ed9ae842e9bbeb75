//! The worker protocol: what the engine, the zygote and a task's process say to each
//! other. The Python side is `flownote/worker/wire.py`.
//!
//! Two sockets. The **control socket** (`SOCK_SEQPACKET`, one JSON object a packet) joins
//! the engine to the zygote, which forks a child for each `launch`:
//!
//! ```text
//! zygote → {"ready": true, "pid": 41, "threads": 1, "notices": []}
//! engine → {"launch": 7, "spawn": false}          + 3 descriptors: stdout, stderr, task socket
//! zygote → {"started": 7, "pid": 52}
//! engine → {"kill": 7, "signal": 9}               signals the child's process group
//! zygote → {"exited": 7, "status": 0, "user_ms": 3, "system_ms": 1, "max_rss_kb": 30100}
//! ```
//!
//! The **task socket** (`SOCK_STREAM`) joins the engine to one child. A frame is a
//! little-endian `u32` length and that many bytes of JSON:
//!
//! ```text
//! engine → TaskSpec
//! child  → {"mask": ["hunter2"]}                  values to hide in this attempt's output
//! engine → {"masked": 1}
//! child  → {"need_blob": {"digest": "…", "producer": "start/0.0", "artifact": "x"}}
//! child  → {"need_done": {"attempt": "start/0.0"}}
//! engine → {"path": "/…/blobs/ab/ab…"}            or {"error": "…", "kind": "input"}
//! child  → {"memo_ask": Provenance}               the value of a memoised call?
//! engine → {"hit": CacheRecord}                   or {"held": "process 7 on box"}: ask again
//!          or {"compute": 1, "staging": "/…"}     it is the child's to compute
//! child  → {"memo_keep": {"compute": 1, "value": {"name", "record", "provenance", "elapsed_ms"}}}
//! engine → {"kept": true, "differs": false}       a value of null: it can't be kept, or, with
//!                                                 "failed": true, there is none
//! child  → {"done": TaskManifest}                 the last frame
//! ```

use std::io;
use std::sync::Arc;

use flownote_flow::cache::CacheRecord;
use flownote_flow::event::LaunchMode;
use flownote_flow::manifest::{Digest, Failure, TaskManifest, Usage};
use flownote_flow::provenance::Provenance;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::memo::Computed;

/// The longest frame that is believed: a manifest of a hundred thousand artifacts fits.
const MAX_FRAME: u32 = 1 << 30;

/// What a child must know to run one attempt.
#[derive(Clone, Debug, Serialize)]
pub struct TaskSpec {
    /// The flow.
    pub flow: String,
    /// The run.
    pub run: String,
    /// The step.
    pub step: String,
    /// The task's id.
    pub task: String,
    /// The attempt, from 0.
    pub attempt: u32,
    /// How many attempts the step's policy allows in all.
    pub max_attempts: u32,
    /// `Flow/run/step/task`.
    pub pathspec: String,
    /// Where `blobs/` stands as files.
    pub files_root: String,
    /// Where this run's objects stand as files.
    pub run_dir: String,
    /// Whether files must be asked for before they are opened.
    pub remote: bool,
    /// Where the child may write; it makes the folder itself.
    pub staging: String,
    /// The run's `run.json` as a file.
    pub run_json: String,
    /// The attempts whose results the task is given.
    pub parents: Vec<String>,
    /// The foreach levels from the outermost in.
    pub foreach: Vec<ForeachSpec>,
    /// How to run it.
    pub mode: LaunchMode,
    /// With [`LaunchMode::Fallback`]: how the last attempt ended.
    pub failure: Option<Failure>,
    /// `@timeout` in milliseconds.
    pub timeout_ms: Option<u64>,
    /// What random generators begin with, 128 bits in hex; nothing for steps that aren't
    /// cached.
    pub seed: Option<String>,
    /// Whose run this is.
    pub origin: Arc<Origin>,
}

/// One level of foreach, with the item that this task is for.
#[derive(Clone, Debug, Serialize)]
pub struct ForeachSpec {
    /// The attempt that split.
    pub split: String,
    /// The artifact it iterated over.
    pub over: String,
    /// Which item, from 0.
    pub index: u32,
    /// How many items.
    pub count: u32,
    /// The item's record.
    pub item: Box<RawValue>,
}

/// Whose run this is: what `current` tells.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Origin {
    /// The user.
    pub user: String,
    /// The client's namespace, `user:ana`.
    pub namespace: String,
    /// The run's tags.
    pub tags: Vec<String>,
    /// The run that a resume takes results from.
    pub origin_run_id: Option<String>,
}

/// What a child says.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromChild {
    /// The attempt is over; nothing follows.
    Done(Box<TaskManifest>),
    /// It needs a blob as a file.
    NeedBlob {
        /// The blob.
        digest: Digest,
        /// Who made it, for the message when it is damaged.
        producer: String,
        /// Under which name.
        artifact: String,
    },
    /// It needs an attempt's `done` object as a file.
    NeedDone {
        /// `step/task.attempt`.
        attempt: String,
    },
    /// Values to hide in its output; answered, so that nothing is printed before.
    Mask(Vec<String>),
    /// It asks for the value of a memoised call, of which it knows what it depends on.
    MemoAsk(Box<Provenance>),
    /// It is done with a memoised call.
    MemoKeep {
        /// Which.
        compute: u64,
        /// What came of it; nothing when it failed or can't be kept.
        value: Option<Box<Computed>>,
        /// Whether it failed: another may fare better, and waits for its turn.
        #[serde(default)]
        failed: bool,
    },
}

/// The answer to a need, a mask or a memoised call.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum ToChild {
    /// The file is there, verified.
    Path {
        /// Where.
        path: String,
    },
    /// The values will be hidden.
    Masked {
        /// How many.
        masked: usize,
    },
    /// The value of a memoised call.
    Hit {
        /// The record that names it.
        hit: Box<CacheRecord>,
    },
    /// Another computes it now.
    Held {
        /// Who.
        held: String,
    },
    /// The child computes it.
    Compute {
        /// The number to keep it by.
        compute: u64,
        /// Where its bytes are staged.
        staging: String,
    },
    /// A memoised value was dealt with.
    Kept {
        /// Whether it was kept.
        kept: bool,
        /// Whether an earlier one under the same key was different.
        differs: bool,
    },
    /// It isn't to be had.
    Error {
        /// Why, for a person.
        error: String,
        /// `input` or `store`.
        kind: &'static str,
    },
}

/// What the zygote says.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum FromZygote {
    /// It is up.
    Ready {
        /// Always true.
        #[serde(rename = "ready")]
        _ready: bool,
        /// Its process.
        pid: u32,
        /// What users should know ("falls back to spawn: polars runs threads").
        #[serde(default)]
        notices: Vec<String>,
    },
    /// A child runs.
    Started {
        /// The launch.
        started: u64,
        /// Its process.
        pid: u32,
    },
    /// A child was reaped.
    Exited {
        /// The launch.
        exited: u64,
        /// The raw wait status.
        status: i32,
        /// What it used.
        #[serde(flatten)]
        usage: Usage,
    },
}

/// What the engine says to the zygote.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum ToZygote {
    /// Start a child with the three descriptors of this packet.
    Launch {
        /// The launch's number.
        launch: u64,
        /// A fresh interpreter instead of a fork.
        spawn: bool,
    },
    /// Signal a child's process group.
    Kill {
        /// The launch's number.
        kill: u64,
        /// The signal's number.
        signal: i32,
    },
}

/// Writes one frame.
pub async fn write_frame<W, T>(writer: &mut W, message: &T) -> io::Result<()>
where
    W: AsyncWriteExt + Unpin,
    T: Serialize,
{
    let mut frame = vec![0; 4];
    serde_json::to_writer(&mut frame, message)?;
    let length = u32::try_from(frame.len() - 4).map_err(|_| io::Error::other("frame too long"))?;
    frame[..4].copy_from_slice(&length.to_le_bytes());
    writer.write_all(&frame).await
}

/// Reads one frame; `None` when the other side has closed between frames.
pub async fn read_frame<R: AsyncReadExt + Unpin>(reader: &mut R) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    if let Err(error) = reader.read_exact(&mut length).await {
        let closed =
            matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset);
        return if closed { Ok(None) } else { Err(error) };
    }
    let length = u32::from_le_bytes(length);
    if length > MAX_FRAME {
        return Err(io::Error::other(format!("a frame of {length} bytes is not believed")));
    }
    let mut frame = Vec::new();
    let read = reader.take(u64::from(length)).read_to_end(&mut frame).await?;
    if read < length as usize { Ok(None) } else { Ok(Some(frame)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child(json: &str) -> FromChild {
        serde_json::from_str(json).expect(json)
    }

    #[test]
    fn tells_what_a_child_says() {
        assert!(matches!(child(r#"{"done":{"artifacts":{}}}"#), FromChild::Done(_)));
        assert!(matches!(
            child(r#"{"need_blob":{"digest":"ab","producer":"start/0.0","artifact":"x"}}"#),
            FromChild::NeedBlob { .. }
        ));
        assert!(matches!(
            child(r#"{"need_done":{"attempt":"start/0.0"}}"#),
            FromChild::NeedDone { .. }
        ));
        assert!(matches!(child(r#"{"mask":["a"]}"#), FromChild::Mask(_)));
    }

    #[tokio::test]
    async fn a_cut_frame_is_an_end_not_a_message() {
        let mut whole = Vec::new();
        write_frame(&mut whole, &ToChild::Path { path: "/x".into() }).await.expect("a vector");
        let read = read_frame(&mut whole.as_slice()).await.expect("reads").expect("whole");
        assert_eq!(read, br#"{"path":"/x"}"#);
        assert!(read_frame(&mut &whole[..whole.len() - 1]).await.expect("reads").is_none());
        assert!(read_frame(&mut [255u8; 8].as_slice()).await.is_err());
    }
}
