//! How a process ended, said as what it is.

use flownote_flow::manifest::{Failure, FailureKind};
use nix::libc;
use nix::sys::signal::Signal;

/// What the engine did to an attempt that explains its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interference {
    /// The attempt overran `@timeout` and was killed.
    pub timed_out: bool,
    /// The run was cancelled.
    pub cancelled: bool,
    /// The kernel's count of processes killed for memory rose meanwhile.
    pub out_of_memory: bool,
}

/// Explains a process that ended without a report, from its raw wait status.
pub fn explain(status: i32, interference: Interference) -> Failure {
    let (kind, message, hint) = if interference.cancelled {
        (FailureKind::Cancelled, "the run was cancelled".to_owned(), None)
    } else if interference.timed_out {
        let hint = "raise `@timeout`, or look at the log for where the step hangs";
        (FailureKind::Timeout, "the step overran its timeout and was killed".to_owned(), Some(hint))
    } else if libc::WIFSIGNALED(status) {
        by_signal(libc::WTERMSIG(status), interference)
    } else {
        let code = libc::WEXITSTATUS(status);
        let message = format!("the process ended with exit code {code} before the step did");
        let hint = "something called `os._exit`, or a library ended the process; \
                    to end a step early, return after `self.next(…)`";
        (FailureKind::Exit, message, Some(hint))
    };
    Failure {
        kind,
        message,
        exception: None,
        traceback: None,
        hint: hint.map(str::to_owned),
        retryable: kind != FailureKind::Cancelled,
    }
}

fn by_signal(
    number: i32,
    interference: Interference,
) -> (FailureKind, String, Option<&'static str>) {
    let name = Signal::try_from(number).map_or("an unknown signal", Signal::as_str);
    match number {
        libc::SIGKILL if interference.out_of_memory => (
            FailureKind::OutOfMemory,
            "the kernel killed the process because memory ran out (SIGKILL)".to_owned(),
            Some("lower `--max-workers`, or load less at once"),
        ),
        libc::SIGKILL => (
            FailureKind::Signal,
            "the process was killed (SIGKILL)".to_owned(),
            Some("somebody sent `kill -9`, or a memory limit outside this machine's view struck"),
        ),
        libc::SIGSEGV | libc::SIGBUS => (
            FailureKind::Signal,
            format!("native code crashed ({name}: invalid memory access)"),
            Some("run with `--in-process` under `python -X faulthandler` to see where"),
        ),
        _ => (FailureKind::Signal, format!("the process was ended by {name}"), None),
    }
}

/// The kernel's count of processes that it killed for memory since boot, if it tells.
pub fn oom_kills() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/vmstat").ok()?;
    text.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: i32, interference: Interference, kind: FailureKind, words: &str) {
        let failure = explain(status, interference);
        assert_eq!(failure.kind, kind);
        assert!(failure.message.contains(words), "{}", failure.message);
    }

    #[test]
    fn names_each_end_as_what_it_is() {
        let none = Interference::default();
        check(3 << 8, none, FailureKind::Exit, "exit code 3");
        check(0, none, FailureKind::Exit, "exit code 0");
        check(libc::SIGSEGV, none, FailureKind::Signal, "SIGSEGV");
        check(libc::SIGKILL, none, FailureKind::Signal, "killed");
        let oom = Interference { out_of_memory: true, ..none };
        check(libc::SIGKILL, oom, FailureKind::OutOfMemory, "memory ran out");
        let late = Interference { timed_out: true, ..none };
        check(libc::SIGKILL, late, FailureKind::Timeout, "timeout");
        let cancelled = Interference { cancelled: true, timed_out: true, ..none };
        check(libc::SIGTERM, cancelled, FailureKind::Cancelled, "cancelled");
    }
}
