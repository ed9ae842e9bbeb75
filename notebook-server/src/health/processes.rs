//! Processes of this machine, as Linux shows them under `/proc`: who started whom, and how
//! much memory they have. Elsewhere nothing is known.

use std::collections::HashMap;
use std::fs;

/// Every process: its parent and its resident memory.
pub struct Processes(HashMap<u32, Process>);

struct Process {
    parent: u32,
    resident_bytes: u64,
}

impl Processes {
    /// Looks.
    pub fn look() -> Self {
        let page = nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE).ok().flatten();
        let page = page.and_then(|size| u64::try_from(size).ok()).unwrap_or(4096);
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let found = entries.filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            Some((pid, parse(&stat, page)?))
        });
        Self(found.collect())
    }

    /// How many there are of a process and its descendants, and their memory.
    pub fn family(&self, pid: u32) -> (u64, u64) {
        let (mut count, mut bytes) = (0, 0);
        let mut waiting = vec![pid];
        while let Some(pid) = waiting.pop() {
            let Some(process) = self.0.get(&pid) else { continue };
            count += 1;
            bytes += process.resident_bytes;
            let children = self.0.iter().filter(|(_, it)| it.parent == pid);
            waiting.extend(children.map(|(child, _)| *child));
        }
        (count, bytes)
    }
}

/// `4711 (a name) S parent …`: proc(5).
fn parse(stat: &str, page: u64) -> Option<Process> {
    // A name may have spaces and parentheses.
    let (_, rest) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    let pages: u64 = fields.get(21)?.parse().ok()?;
    Some(Process { parent: fields.get(1)?.parse().ok()?, resident_bytes: pages * page })
}

/// The words of a process's command line.
pub fn command_of(pid: u32) -> Vec<String> {
    let text = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words = text.split(|byte| *byte == 0).filter(|word| !word.is_empty());
    words.map(|word| String::from_utf8_lossy(word).into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_a_process_and_what_it_started() {
        let own = std::process::id();
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let (count, bytes) = Processes::look().family(own);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(count >= 2 && bytes > 0, "{count} processes, {bytes} bytes");
        assert_eq!(Processes(HashMap::new()).family(own), (0, 0));
        assert!(parse("7 (a) b) S 3 x", 1).is_none());
        assert!(!command_of(own).is_empty());
    }
}
