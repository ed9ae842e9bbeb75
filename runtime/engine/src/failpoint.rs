//! Places at which a test can kill this process: `FLOWNOTE_FAILPOINT=name:3` ends it with
//! SIGKILL when it comes by `name` for the third time. Only debug builds look.

/// Ends the process here if a test asked for it.
#[cfg(debug_assertions)]
pub fn failpoint(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// The failpoint that was asked for and on which visit it strikes; read once.
    static ASKED: OnceLock<Option<(String, u64)>> = OnceLock::new();
    /// How often the process came by it.
    static VISITS: AtomicU64 = AtomicU64::new(0);

    let asked = ASKED.get_or_init(|| {
        let value = std::env::var("FLOWNOTE_FAILPOINT").ok()?;
        let (name, visit) = value.split_once(':').unwrap_or((&value, "1"));
        Some((name.to_owned(), visit.parse().ok()?))
    });
    if let Some((wanted, visit)) = asked
        && wanted == name
        && VISITS.fetch_add(1, Ordering::SeqCst) + 1 == *visit
    {
        let _ = nix::sys::signal::kill(nix::unistd::getpid(), nix::sys::signal::Signal::SIGKILL);
        // The signal may be delivered to another thread a moment later: go no further.
        std::thread::sleep(std::time::Duration::from_secs(60));
    }
}

/// Does nothing in release builds.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub fn failpoint(_name: &str) {}
