//! Random flows run by a random world: crashes, delays, events heard twice or never, two
//! schedulers at once, workers that outlive theirs.
//!
//! [`generator`] makes a plan from a seed, [`world`] performs it as an engine would,
//! [`oracle`] knows from the plan alone what must come of it. `FLOWNOTE_SEEDS=1000000`
//! soaks; `FLOWNOTE_SEED=17` repeats one seed and prints its log.

mod figures;
mod generator;
mod oracle;
mod world;

use std::panic::catch_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use figures::Figures;
use generator::Plan;
use world::World;

#[test]
fn random_runs_keep_their_promises() {
    if let Some(seed) = number("FLOWNOTE_SEED") {
        let figures = simulate(seed, true).unwrap_or_else(|wrong| panic!("seed {seed}: {wrong}"));
        println!("{figures:#?}");
        return;
    }
    let seeds = number("FLOWNOTE_SEEDS").unwrap_or(10_000);
    let figures = simulate_all(seeds);
    println!("{seeds} seeds: {figures:?}");
    if seeds >= 1_000 {
        figures.assert_varied();
    }
}

/// Runs the seeds below `seeds` on all processors; stops at the first that fails.
fn simulate_all(seeds: u64) -> Figures {
    let next = Arc::new(AtomicU64::new(0));
    let failed = Arc::new(Mutex::new(None));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let workers: Vec<_> = (0..threads)
        .map(|_| {
            let (next, failed) = (Arc::clone(&next), Arc::clone(&failed));
            std::thread::spawn(move || {
                let mut figures = Figures::default();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds || failed.lock().expect("a lock").is_some() {
                        return figures;
                    }
                    match simulate(seed, false) {
                        Ok(run) => figures.add(&run),
                        Err(wrong) => *failed.lock().expect("a lock") = Some((seed, wrong)),
                    }
                }
            })
        })
        .collect();
    let mut figures = Figures::default();
    for worker in workers {
        figures.add(&worker.join().expect("a worker"));
    }
    if let Some((seed, wrong)) = failed.lock().expect("a lock").take() {
        panic!(
            "seed {seed}: {wrong}\nreproduce: FLOWNOTE_SEED={seed} \
             cargo test -p flownote-flow --test simulator -- --nocapture"
        );
    }
    figures
}

fn simulate(seed: u64, talk: bool) -> Result<Figures, String> {
    let outcome = catch_unwind(|| {
        let plan = Plan::new(seed);
        let mut world = World::new(&plan)?;
        let outcome = world.run();
        if talk {
            world.print();
        }
        outcome
    });
    outcome.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        Err(text.unwrap_or_else(|| "the schedule panicked".into()))
    })
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} must be a number, not `{text}`")))
}
