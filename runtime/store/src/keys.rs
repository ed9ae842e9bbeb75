//! Where things stand in a store: the keys of objects, composed in one place.
//!
//! ```text
//! format.json
//! blobs/<d[0..2]>/<d>
//! runs/<Flow>/<run>/run.json
//! runs/<Flow>/<run>/log/<seq:012>
//! runs/<Flow>/<run>/state/<seq:012>
//! runs/<Flow>/<run>/tasks/<step>/<task>.<attempt>.done
//! runs/<Flow>/<run>/tasks/<step>/<task>.<attempt>.log/<stream>/<seq:06>
//! runs/<Flow>/<run>/alive
//! runs/<Flow>/<run>/tags/<time>-<nonce>
//! index/<Flow>/<yyyymmdd>/<time>-<run>-<created|succeeded|failed|cancelled|tag>
//! trash/<d>
//! ```

use std::fmt;

use flownote_flow::id::{AttemptKey, FlowName, RunId};
use object_store::path::Path;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

pub(crate) const FORMAT: &str = "format.json";
pub(crate) const RUNS: &str = "runs";
pub(crate) const BLOBS: &str = "blobs";
pub(crate) const TRASH: &str = "trash";

/// One run of one flow.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunKey {
    /// The flow.
    pub flow: FlowName,
    /// The run.
    pub run: RunId,
}

impl RunKey {
    /// Names the run of a flow.
    pub fn new(flow: impl Into<FlowName>, run: impl Into<RunId>) -> Self {
        Self { flow: flow.into(), run: run.into() }
    }

    pub(crate) fn key(&self, rest: &str) -> String {
        format!("{RUNS}/{}/{}/{rest}", self.flow, self.run)
    }

    pub(crate) fn record(&self) -> String {
        self.key("run.json")
    }

    pub(crate) fn alive(&self) -> String {
        self.key("alive")
    }

    pub(crate) fn log(&self, seq: u64) -> String {
        self.key(&format!("log/{seq:012}"))
    }

    pub(crate) fn state(&self, seq: u64) -> String {
        self.key(&format!("state/{seq:012}"))
    }

    pub(crate) fn done(&self, attempt: &AttemptKey) -> String {
        self.key(&format!("tasks/{attempt}.done"))
    }

    pub(crate) fn segment(&self, attempt: &AttemptKey, stream: Stream, seq: u32) -> String {
        self.key(&format!("tasks/{attempt}.log/{stream}/{seq:06}"))
    }
}

impl fmt::Display for RunKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.flow, self.run)
    }
}

/// One of the two streams of a task's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl fmt::Display for Stream {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        })
    }
}

/// The key of a blob. A digest that isn't 64 lower-case hex digits is refused.
pub(crate) fn blob(digest: &str) -> Result<String> {
    check_digest(digest)?;
    Ok(format!("{BLOBS}/{}/{digest}", &digest[..2]))
}

pub(crate) fn trash(digest: &str) -> Result<String> {
    check_digest(digest)?;
    Ok(format!("{TRASH}/{digest}"))
}

pub(crate) fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn check_digest(digest: &str) -> Result<()> {
    if is_digest(digest) {
        return Ok(());
    }
    let reason = "a digest is 64 lower-case hex digits".into();
    Err(Error::Name { name: digest.to_owned(), reason })
}

/// Reads a key, and refuses what could lead out of the store.
pub(crate) fn path(key: &str) -> Result<Path> {
    Path::parse(key)
        .map_err(|error| Error::Name { name: key.to_owned(), reason: error.to_string() })
}

/// The attempt that the last two parts of a `done` key name: `train/3` and `0` of
/// `…/tasks/train/3.0.done`.
pub(crate) fn parse_done_name(name: &str) -> Option<(&str, u32)> {
    let (task, attempt) = name.strip_suffix(".done")?.rsplit_once('.')?;
    Some((task, attempt.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flownote_flow::id::TaskKey;

    #[test]
    fn keys_are_where_the_layout_says() {
        let run = RunKey::new("Hello", "20261122T101512345-8f2c9a");
        let attempt = AttemptKey { task: TaskKey::new("train", &[3, 1]), attempt: 2 };
        let front = "runs/Hello/20261122T101512345-8f2c9a";
        assert_eq!(run.done(&attempt), format!("{front}/tasks/train/3-1.2.done"));
        assert_eq!(run.log(7), format!("{front}/log/000000000007"));
        assert_eq!(
            run.segment(&attempt, Stream::Stderr, 1),
            format!("{front}/tasks/train/3-1.2.log/stderr/000001")
        );
        assert_eq!(parse_done_name("3-1.2.done"), Some(("3-1", 2)));
    }

    proptest::proptest! {
        #[test]
        fn done_names_round_trip(path: Vec<u32>, number: u32) {
            let task = TaskKey::new("train", &path);
            let key = RunKey::new("F", "r").done(&AttemptKey { task: task.clone(), attempt: number });
            let name = key.rsplit('/').next().unwrap();
            let id = task.id();
            proptest::prop_assert_eq!(parse_done_name(name), Some((id.as_str(), number)));
        }

        #[test]
        fn any_flow_name_stays_inside_or_is_refused(flow in "\\PC*", run in "\\PC*") {
            if let Ok(path) = path(&RunKey::new(flow.as_str(), run.as_str()).record()) {
                proptest::prop_assert!(path.as_ref().starts_with("runs/"));
                proptest::prop_assert!(path.parts().all(|part| part.as_ref() != ".."));
            }
        }
    }

    #[test]
    fn a_key_never_leaves_the_store() {
        for key in ["runs/../../etc/passwd", "a/./b", "a//b", "a\0b"] {
            assert!(path(key).is_err(), "{key:?}");
        }
        assert!(path("runs/Zürich/20261122").is_ok());
        assert!(blob("../../../etc/passwd").is_err());
        assert!(blob(&"A".repeat(64)).is_err());
    }
}
