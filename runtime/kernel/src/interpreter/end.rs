//! How an interpreter ended, said as what it is.

use std::fs;

use nix::libc;
use nix::sys::signal::Signal;

use crate::protocol::Error;

/// How an interpreter ended.
#[derive(Debug)]
pub struct End {
    /// What is known of the reason.
    pub ending: Ending,
    /// The last lines that it wrote to its real standard error.
    pub last_words: String,
}

/// The reason of an end.
#[derive(Debug)]
pub enum Ending {
    /// It was asked to.
    Asked,
    /// The user had it killed.
    Killed,
    /// It ended, with this raw wait status.
    Status {
        /// As `wait` gives it.
        status: i32,
        /// Whether the system killed processes for memory meanwhile.
        out_of_memory: bool,
    },
    /// What it said couldn't be understood, so it was ended.
    Nonsense(Error),
    /// It never began.
    NotStarted(String),
}

impl End {
    /// What happened, for people: `the Python interpreter crashed (SIGSEGV)`.
    pub fn message(&self, language: &str) -> String {
        let who = format!("the {language} interpreter");
        match &self.ending {
            Ending::Asked => format!("{who} was ended"),
            Ending::Killed => format!("{who} was killed, as you asked"),
            Ending::Nonsense(error) => {
                format!("{who} was ended, because its connection broke: {error}")
            }
            Ending::NotStarted(why) => format!("{who} could not be started: {why}"),
            Ending::Status { status, out_of_memory } => {
                let how = by_status(*status, *out_of_memory);
                match self.own_words() {
                    Some(words) => format!("{who} {how}: {words}"),
                    None => format!("{who} {how}"),
                }
            }
        }
    }

    /// What the interpreter itself said of its end, on a line that begins with `flownote:`.
    fn own_words(&self) -> Option<&str> {
        self.last_words.lines().rev().find_map(|line| line.strip_prefix("flownote: "))
    }

    /// Its last words, for people: of where Python was when it crashed, the user's lines. Those
    /// of its interpreter say nothing to anybody.
    pub fn words(&self) -> String {
        let of_kernel = |line: &&str| {
            let file =
                line.trim_start().strip_prefix("File \"").and_then(|it| it.split('"').next());
            file.is_some_and(|file| {
                let ours = file.contains("/flownote/kernel/") || file.starts_with("<frozen ");
                ours || file.ends_with("/flownote_studio/interpreter.py")
            })
        };
        let is_noise = |line: &&str| line.starts_with("Extension modules:");
        let lines = self.last_words.trim_end().lines();
        let told = lines.filter(|line| !of_kernel(line) && !is_noise(line)).map(named);
        told.collect::<Vec<_>>().join("\n").trim_end().to_owned()
    }

    /// What the user can do.
    pub fn hint(&self) -> Option<String> {
        let hint = match &self.ending {
            Ending::Asked | Ending::Killed => return None,
            Ending::Nonsense(error) => return flownote_flow::help::Help::hint(error),
            Ending::NotStarted(_) => "check that this program is there and may be run",
            Ending::Status { .. } if self.last_words.contains("No module named flownote") => {
                "install Flownote in this Python: `python -m pip install flownote`"
            }
            Ending::Status { out_of_memory: true, .. } => {
                "load less at once, or end other programs"
            }
            Ending::Status { status, .. } if libc::WIFSIGNALED(*status) => {
                "run the cell again: the interpreter starts anew, and what other languages \
                 hold is still there"
            }
            Ending::Status { .. } => {
                "something called `os._exit` or `std::process::exit`, or a library ended the \
                 process; run the cell again"
            }
        };
        Some(hint.to_owned())
    }
}

/// A line in which the file of a cell is what people call it: `cell 3, line 2`. Python's
/// interpreter names them `/tmp/flownote-PID/cell_3_EXECUTION.py`.
fn named(line: &str) -> String {
    let inner = || {
        let (before, rest) = line.split_once("File \"/tmp/flownote-")?;
        let (file, after) = rest.split_once('"')?;
        let (label, _) = file.split_once('/')?.1.strip_suffix(".py")?.rsplit_once('_')?;
        let after = after.strip_suffix(" in <module>").unwrap_or(after);
        Some(format!("{before}{}{after}", label.replace('_', " ")))
    };
    inner().unwrap_or_else(|| line.to_owned())
}

fn by_status(status: i32, out_of_memory: bool) -> String {
    if !libc::WIFSIGNALED(status) {
        return format!("ended by itself (exit code {})", libc::WEXITSTATUS(status));
    }
    let number = libc::WTERMSIG(status);
    let name = Signal::try_from(number).map_or("an unknown signal", Signal::as_str);
    match number {
        libc::SIGKILL if out_of_memory => {
            "was killed by the system because memory ran out (SIGKILL)".to_owned()
        }
        libc::SIGKILL => "was killed (SIGKILL)".to_owned(),
        libc::SIGSEGV | libc::SIGBUS => {
            format!("crashed in native code ({name}: invalid memory access)")
        }
        libc::SIGABRT => "gave up in native code (SIGABRT)".to_owned(),
        _ => format!("was ended by {name}"),
    }
}

/// The system's counts of processes killed for memory: of the machine since boot, and of
/// this control group. Zero where nothing is told.
pub(super) fn oom_kills() -> u64 {
    let count = |path: &str| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("oom_kill "));
        line.and_then(|count| count.trim().parse::<u64>().ok()).unwrap_or(0)
    };
    count("/proc/vmstat") + count("/sys/fs/cgroup/memory.events")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ending: Ending, words: &str) {
        let end = End { ending, last_words: String::new() };
        let message = end.message("Python");
        assert!(message.contains(words) && message.contains("Python"), "{message}");
    }

    #[test]
    fn an_interpreter_may_say_itself_why_it_ends() {
        let last_words = "printed\nflownote: the cell used up its stack\n".to_owned();
        let ending = Ending::Status { status: libc::SIGSEGV, out_of_memory: false };
        let message = End { ending, last_words }.message("Rust");
        assert!(message.ends_with("(SIGSEGV: invalid memory access): the cell used up its stack"));
    }

    #[test]
    fn of_a_crash_the_lines_of_the_user_are_told() {
        let last_words = "Fatal Python error: Segmentation fault\n\n\
            Current thread 0x00007f (most recent call first):\n  \
            File \"/usr/lib/python3.11/ctypes/__init__.py\", line 519 in string_at\n  \
            File \"/tmp/flownote-71/cell_3_12.py\", line 2 in <module>\n  \
            File \"/home/ana/lib/flownote/kernel/cell.py\", line 77 in run\n  \
            File \"<frozen runpy>\", line 88 in _run_code\n\n\
            Extension modules: numpy.core (total: 13)\n";
        let ending = Ending::Status { status: libc::SIGSEGV, out_of_memory: false };
        let words = End { ending, last_words: last_words.to_owned() }.words();
        let frames: Vec<&str> = words.lines().skip(3).collect();
        assert_eq!(
            frames,
            [
                "  File \"/usr/lib/python3.11/ctypes/__init__.py\", line 519 in string_at",
                "  cell 3, line 2",
            ]
        );
    }

    #[test]
    fn a_python_without_flownote_is_not_one_that_is_missing() {
        let last_words = "/usr/bin/python3: No module named flownote\n".to_owned();
        let ending = Ending::Status { status: 1 << 8, out_of_memory: false };
        let hint = End { ending, last_words }.hint().unwrap_or_default();
        assert!(hint.contains("pip install flownote"), "{hint}");
        let ending = Ending::NotStarted("`/nope`: No such file or directory".to_owned());
        let hint = End { ending, last_words: String::new() }.hint().unwrap_or_default();
        assert!(!hint.contains("pip install"), "{hint}");
    }

    #[test]
    fn each_end_is_named_as_what_it_is() {
        let status = |status| Ending::Status { status, out_of_memory: false };
        check(status(3 << 8), "exit code 3");
        check(status(libc::SIGSEGV), "SIGSEGV");
        check(status(libc::SIGABRT), "SIGABRT");
        check(status(libc::SIGKILL), "was killed (SIGKILL)");
        check(status(libc::SIGTERM), "SIGTERM");
        check(Ending::Status { status: libc::SIGKILL, out_of_memory: true }, "memory ran out");
        check(Ending::Nonsense(Error::Cut), "middle of a message");
        check(Ending::Killed, "as you asked");
    }
}
