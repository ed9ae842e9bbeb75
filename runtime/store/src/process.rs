//! Which process owns a run, and whether it still lives (engine rule 10).

use std::fs;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How long an owner's counter may stand still before it counts as gone. Owners touch
/// `alive` at least three times as often.
pub const ALIVE_TTL: Duration = Duration::from_secs(30);

/// The content of a run's `alive` object, rewritten by its owner as it goes.
///
/// ```json
/// {"epoch":1,"counter":17,"host":"box","pid":4711,"process_start":"<boot>/<pid namespace>/<ticks>"}
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alive {
    /// The owner's epoch.
    pub epoch: u64,
    /// Goes up with every touch. A watcher compares it with what it saw before.
    pub counter: u64,
    /// The owner's host.
    pub host: String,
    /// The owner's process id there.
    pub pid: u32,
    /// Tells the owner from a later process with the same id.
    pub process_start: String,
}

/// What this host knows about a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It runs.
    Running,
    /// It is gone.
    Gone,
    /// It belongs to another host or container.
    Elsewhere,
}

impl Alive {
    /// Speaks for this process.
    pub fn of_this_process(epoch: u64, counter: u64) -> Self {
        let pid = std::process::id();
        let process_start = process_start(pid).unwrap_or_default();
        Self { epoch, counter, host: host(), pid, process_start }
    }

    /// Looks for the owner on this host.
    pub fn presence(&self) -> Presence {
        if self.host != host() {
            return Presence::Elsewhere;
        }
        if self.process_start.is_empty() {
            return if exists(self.pid) { Presence::Running } else { Presence::Gone };
        }
        let (boot, space, _) = parts(&self.process_start);
        let (own_boot, own_space) = (boot_id(), pid_namespace());
        if boot == own_boot && space != own_space {
            return Presence::Elsewhere;
        }
        if boot != own_boot {
            // This machine before it was started again, or another one of the same name:
            // its counter tells.
            return Presence::Elsewhere;
        }
        match process_start(self.pid) {
            Some(start) if start == self.process_start => Presence::Running,
            _ => Presence::Gone,
        }
    }
}

/// The name of this host.
pub fn host() -> String {
    nix::unistd::gethostname()
        .ok()
        .and_then(|name| name.into_string().ok())
        .unwrap_or_else(|| "localhost".into())
}

fn parts(start: &str) -> (String, String, &str) {
    let mut parts = start.splitn(3, '/');
    let mut part = || parts.next().unwrap_or_default();
    (part().to_owned(), part().to_owned(), part())
}

/// `<boot id>/<pid namespace>/<start in clock ticks since boot>`; none where there is no
/// `/proc` or no such process.
fn process_start(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the command in parentheses and may hold anything; the state
    // follows it, and a zombie has ended.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    let ticks = fields.nth(18)?;
    Some(format!("{}/{}/{ticks}", boot_id(), pid_namespace()))
}

fn boot_id() -> String {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    id.trim().to_owned()
}

fn pid_namespace() -> String {
    let link = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    link.to_string_lossy().chars().filter(char::is_ascii_digit).collect()
}

fn exists(pid: u32) -> bool {
    let Ok(pid) = i32::try_from(pid) else { return false };
    !matches!(
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None),
        Err(nix::errno::Errno::ESRCH)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_known_by_more_than_its_number() {
        let own = Alive::of_this_process(1, 0);
        assert_eq!(own.presence(), Presence::Running);
        let (boot, space, _) = parts(&own.process_start);
        let later = Alive { process_start: format!("{boot}/{space}/1"), ..own.clone() };
        assert_eq!(later.presence(), Presence::Gone);
        let rebooted = Alive { process_start: format!("other/{space}/1"), ..own.clone() };
        assert_eq!(rebooted.presence(), Presence::Elsewhere);
        let container = Alive { process_start: format!("{boot}/1/1"), ..own.clone() };
        assert_eq!(container.presence(), Presence::Elsewhere);
        let remote = Alive { host: "far".into(), ..own };
        assert_eq!(remote.presence(), Presence::Elsewhere);
    }

    #[test]
    fn a_process_that_ended_is_gone() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let start = process_start(child.id()).unwrap();
        let own = Alive::of_this_process(1, 0);
        let alive = Alive { pid: child.id(), process_start: start, ..own };
        assert_eq!(alive.presence(), Presence::Running);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(alive.presence(), Presence::Gone);
    }
}
