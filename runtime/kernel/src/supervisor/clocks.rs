//! How long cells run: the one that does just now, and the others when they last did.
//!
//! A watcher that comes later, or whose clock is another, is told milliseconds.

use std::collections::BTreeMap;
use std::time::Instant;

use flownote_notebook::{CellId, Operation};

use super::event::Event;

/// The times of a notebook's cells, as its events tell them.
#[derive(Debug, Default)]
pub struct Clocks {
    cells: BTreeMap<CellId, Clock>,
}

#[derive(Debug)]
enum Clock {
    Since(Instant),
    Took(f64),
}

impl Clock {
    fn elapsed_ms(&self) -> f64 {
        match self {
            Self::Since(began) => began.elapsed().as_secs_f64() * 1e3,
            Self::Took(elapsed_ms) => *elapsed_ms,
        }
    }
}

impl Clocks {
    /// Takes in what happened.
    pub fn heed(&mut self, event: &Event) {
        match event {
            Event::Started { cell, .. } => {
                self.cells.insert(cell.clone(), Clock::Since(Instant::now()));
            }
            Event::Finished { cell, elapsed_ms, .. } => self.took(cell.clone(), *elapsed_ms),
            Event::Restored { cell, .. } => self.forget(cell),
            Event::Changed { applied, removed, .. } => {
                removed.iter().for_each(|cell| self.forget(cell));
                match applied {
                    Operation::Clear { cell: Some(cell) } => self.forget(cell),
                    Operation::Clear { cell: None } => self.cells.clear(),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn forget(&mut self, cell: &CellId) {
        self.cells.remove(cell);
    }

    /// A cell ran so long when it last did.
    pub fn took(&mut self, cell: CellId, elapsed_ms: f64) {
        self.cells.insert(cell, Clock::Took(elapsed_ms));
    }

    /// A cell has run so long by now, and goes on.
    pub fn goes_on(&mut self, cell: CellId, elapsed_ms: f64) {
        let elapsed = std::time::Duration::try_from_secs_f64(elapsed_ms / 1e3).unwrap_or_default();
        // A machine that began later than the cell did has no such instant.
        let began = Instant::now().checked_sub(elapsed).unwrap_or_else(Instant::now);
        self.cells.insert(cell, Clock::Since(began));
    }

    /// Nothing runs any more.
    pub fn stop(&mut self) {
        for clock in self.cells.values_mut() {
            *clock = Clock::Took(clock.elapsed_ms());
        }
    }

    /// The milliseconds that each cell ran when it last did, or has run by now.
    pub fn elapsed_ms(&self) -> BTreeMap<CellId, f64> {
        self.cells.iter().map(|(cell, clock)| (cell.clone(), clock.elapsed_ms())).collect()
    }
}

#[cfg(test)]
mod tests {
    use flownote_notebook::session::FinishStatus;

    use super::*;

    fn started(cell: &str) -> Event {
        Event::Started { cell: cell.into(), execution: 1, count: 1, source: String::new() }
    }

    fn finished(cell: &str, elapsed_ms: f64) -> Event {
        Event::Finished {
            cell: cell.into(),
            execution: 1,
            count: 1,
            status: FinishStatus::Ok,
            elapsed_ms,
            defined: BTreeMap::new(),
            payload: Vec::new(),
            exit: None,
        }
    }

    #[test]
    fn what_ran_keeps_its_time_and_what_runs_counts_on() {
        let mut clocks = Clocks::default();
        clocks.heed(&started("a"));
        clocks.heed(&finished("a", 1500.0));
        clocks.goes_on("b".into(), 2000.0);
        let told = clocks.elapsed_ms();
        assert!((told[&CellId::from("a")] - 1500.0).abs() < 0.1, "{told:?}");
        assert!(told[&CellId::from("b")] >= 2000.0, "{told:?}");
        clocks.heed(&Event::Changed {
            revision: 1,
            applied: Operation::Clear { cell: None },
            touched: Vec::new(),
            removed: Vec::new(),
        });
        assert!(clocks.elapsed_ms().is_empty());
    }
}
