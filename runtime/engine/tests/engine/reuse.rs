//! The cache under whole runs: what hits and what doesn't, what a hit passes on, and that
//! runs which want the same wait for one another.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use flownote_engine::{Cancel, Options, Progress, Start, Summary};
use flownote_flow::cache::CacheMode::{self, Off, Read, ReadWrite};
use flownote_flow::event::{Policy, RunStatus};
use flownote_flow::id::{AttemptKey, TaskKey};
use flownote_flow::manifest::TaskDone;
use flownote_store::fault::{Fault, FaultStore, Faults, Op};
use flownote_store::{Store, StoreOptions, StoreUrl};
use serde_json::json;

use crate::flow::{foreach_flow, key, on_one_thread, options, record, run, service};
use crate::remembered::Version;
use crate::scripted::{Act, Script};

const MINUTE: Duration = Duration::from_secs(60);

pub async fn memory() -> Store {
    Store::open(&StoreUrl::Memory, StoreOptions::default()).await.expect("opens")
}

/// Options of a run of `version`, by a process that others see working.
pub fn of(store: &Store, name: &str, version: &Version, mode: CacheMode, pid: u32) -> Options {
    let start = Start::New(record(name, foreach_flow(json!([])), Policy::default()));
    let mut options = options(store, start, pid);
    options.reuse = version.reuse(mode);
    options.pace.alive_ttl = MINUTE;
    options
}

/// Runs to a good end, and returns which tasks ran.
async fn ran(store: &Store, name: &str, version: &Version, mode: CacheMode) -> Vec<String> {
    let summary = run(of(store, name, version, mode, 1), version.script()).await;
    assert_eq!(summary.expect("runs").status, RunStatus::Succeeded);
    version.ran()
}

pub async fn done(store: &Store, run: &str, step: &str, path: &[u32]) -> TaskDone {
    let attempt = AttemptKey { task: TaskKey::new(step, path), attempt: 0 };
    store.done(&key(run), &attempt).await.expect("reads").expect("is there")
}

const ALL: [&str; 6] = ["choose/0", "end/0", "fit/0", "fit/1", "fit/2", "start/0"];

#[test]
fn an_equal_run_takes_every_result_and_says_from_where() {
    on_one_thread(async {
        let (store, version) = (memory().await, Version::new(2, &[1, 3, 5]));
        assert_eq!(ran(&store, "r1", &version, ReadWrite).await, ALL);
        assert!(ran(&store, "r2", &version, ReadWrite).await.is_empty());
        let reused = done(&store, "r2", "fit", &[1]).await.reused.expect("reused");
        assert_eq!((reused.pathspec.as_str(), reused.user.as_str()), ("Scripted/r1/fit/1", "ana"));
        // A third run names who computed, not who reused.
        assert!(ran(&store, "r3", &version, ReadWrite).await.is_empty());
        let reused = done(&store, "r3", "end", &[]).await.reused.expect("reused");
        assert_eq!(reused.pathspec, "Scripted/r1/end/0");
    });
}

#[test]
fn a_reused_join_passes_on_what_this_runs_own_tasks_made() {
    on_one_thread(async {
        let (store, version) = (memory().await, Version::new(2, &[1, 3]));
        ran(&store, "r1", &version, ReadWrite).await;
        let changed = version.with("start", "2");
        assert_eq!(ran(&store, "r2", &changed, ReadWrite).await, ["start/0"]);
        for (step, names) in [("choose", ["base", "total"]), ("end", ["base", "total"])] {
            let seen = store.artifacts(&key("r2"), &step.into(), &"0".into()).await;
            let seen = seen.expect("reads");
            let found: Vec<_> = seen.iter().map(|it| it.name.as_str()).collect();
            assert_eq!(found, names, "{step}");
            let made: Vec<_> = seen.iter().filter_map(|it| it.producer.as_deref()).collect();
            assert_eq!(made, ["start/0.0", "choose/0.0"], "{step}");
        }
        let kept = done(&store, "r2", "choose", &[]).await;
        assert_eq!(kept.reused.expect("reused").pathspec, "Scripted/r1/choose/0");
    });
}

#[test]
fn what_changed_runs_and_what_reads_equal_values_does_not() {
    on_one_thread(async {
        let (store, first) = (memory().await, Version::new(2, &[1, 3, 5]));
        ran(&store, "r0", &first, ReadWrite).await;
        let same_values = first.clone().with("fit", "2");
        let other_base = Version { base: 4, ..first.clone() }.with("start", "2");
        let other_item = Version { items: vec![1, 3, 7], ..first.clone() }.with("start", "3");
        let swapped = Version { items: vec![3, 1, 5], ..first.clone() }.with("start", "4");
        let more = Version { items: vec![1, 3, 5, 0], ..first.clone() }.with("start", "5");
        let cases: [(&str, Version, &[&str]); 5] = [
            ("equal results of other code", same_values, &["fit/0", "fit/1", "fit/2"]),
            ("another base", other_base, &ALL),
            ("another item", other_item, &["choose/0", "end/0", "fit/2", "start/0"]),
            ("items in another order", swapped, &["choose/0", "start/0"]),
            ("one item more", more, &["choose/0", "fit/3", "start/0"]),
        ];
        for (at, (what, version, expected)) in cases.into_iter().enumerate() {
            let name = format!("r{}", at + 1);
            assert_eq!(ran(&store, &name, &version, ReadWrite).await, expected, "{what}");
            let again = format!("again{at}");
            assert!(ran(&store, &again, &version, ReadWrite).await.is_empty(), "{what}");
        }
    });
}

#[test]
fn reading_only_writes_nothing_and_off_does_neither() {
    on_one_thread(async {
        let (store, version) = (memory().await, Version::new(2, &[1, 3, 5]));
        assert_eq!(ran(&store, "r1", &version, Read).await, ALL);
        for folder in ["cache", "leases"] {
            assert!(store.list(folder).await.expect("lists").is_empty(), "{folder}");
        }
        assert_eq!(ran(&store, "r2", &version, ReadWrite).await, ALL);
        assert!(ran(&store, "r3", &version, Read).await.is_empty());
        assert_eq!(ran(&store, "r4", &version, Off).await, ALL);
    });
}

#[test]
fn equal_items_of_one_foreach_are_computed_once() {
    on_one_thread(async {
        let (store, version) = (memory().await, Version::new(2, &[4; 8]));
        let ran = ran(&store, "r1", &version, ReadWrite).await;
        assert_eq!(ran.iter().filter(|task| task.starts_with("fit/")).count(), 1, "{ran:?}");
    });
}

#[test]
fn a_different_result_of_the_same_work_is_told() {
    on_one_thread(async {
        let (store, honest) = (memory().await, Version::new(2, &[1]));
        ran(&store, "r1", &honest, ReadWrite).await;
        // The same code and no inputs, and yet another base.
        let fickle = Version { base: 3, ..honest };
        let mut options = of(&store, "r2", &fickle, ReadWrite, 1);
        options.reuse.steps.get_mut(&"start".into()).expect("a step").again = true;
        let (service, _, heard) = service(options, fickle.script());
        service.run().await.expect("runs");
        let told = heard.borrow().iter().any(|progress| {
            matches!(progress, Progress::Notice { text } if text.contains("isn't deterministic")
                && text.contains("`base`") && text.contains("Scripted/r1/start/0"))
        });
        assert!(told, "{:?}", heard.borrow());
    });
}

#[test]
fn two_services_that_want_the_same_compute_it_once() {
    on_one_thread(async {
        for trial in 0..20 {
            let (store, version) = (memory().await, Version::new(2, &[1, 3, 5]));
            let first = of(&store, "r1", &version, ReadWrite, 1);
            let second = of(&store, "r2", &version, ReadWrite, 2);
            let later = async {
                tokio::time::sleep(Duration::from_micros(trial * 150)).await;
                run(second, version.script()).await
            };
            let (one, two) = tokio::join!(run(first, version.script()), later);
            assert!(succeeded(&one) && succeeded(&two), "{one:?} {two:?}");
            assert_eq!(version.ran(), ALL, "trial {trial}");
        }
    });
}

fn succeeded(ended: &Result<Summary, flownote_engine::Error>) -> bool {
    matches!(ended, Ok(summary) if summary.status == RunStatus::Succeeded)
}

/// Workers of which one, of `start`, never answers.
fn stuck(version: &Version) -> Script {
    let version = version.clone();
    Rc::new(move |spec| match spec["step"].as_str() {
        Some("start") => Act::Hang,
        _ => Act::Report(version.run(spec)),
    })
}

async fn somebody_holds(store: &Store) {
    while store.list("leases").await.expect("lists").is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[test]
fn a_holder_that_fell_silent_is_replaced() {
    on_one_thread(async {
        let (store, version) = (memory().await, Version::new(2, &[1, 3, 5]));
        let dying = run(of(&store, "r1", &version, ReadWrite, 1), stuck(&version));
        tokio::select! {
            _ = dying => unreachable!("its worker never answers"),
            () = somebody_holds(&store) => {}
        }
        let mut options = of(&store, "r2", &version, ReadWrite, 2);
        options.pace.alive_ttl = Duration::from_millis(20);
        let (service, _, heard) = service(options, version.script());
        assert!(succeeded(&service.run().await));
        assert_eq!(version.ran(), ALL);
        let waited = |progress: &Progress| {
            matches!(progress, Progress::Waiting { step, holder, .. }
            if step == "start" && holder == "process 1 on elsewhere")
        };
        assert!(heard.borrow().iter().any(waited), "{:?}", heard.borrow());
    });
}

#[test]
fn a_run_that_waits_for_another_can_be_cancelled() {
    on_one_thread(async {
        let (store, version) = (memory().await, Version::new(2, &[1, 3, 5]));
        let holder = run(of(&store, "r1", &version, ReadWrite, 1), stuck(&version));
        let (service, handle, _) =
            service(of(&store, "r2", &version, ReadWrite, 2), stuck(&version));
        let waiter = async {
            tokio::time::sleep(Duration::from_millis(30)).await;
            let cancelling = async {
                tokio::time::sleep(Duration::from_millis(50)).await;
                handle.cancel(Cancel::Graceful);
            };
            let limited = tokio::time::timeout(Duration::from_secs(20), service.run());
            tokio::join!(limited, cancelling).0.expect("it doesn't wait for the other's end")
        };
        tokio::select! {
            ended = holder => panic!("it hangs: {ended:?}"),
            ended = waiter => assert_eq!(ended.expect("ends").status, RunStatus::Cancelled),
        }
    });
}

#[test]
fn a_failure_is_not_kept_and_holds_nobody_up() {
    on_one_thread(async {
        let (store, version) = (memory().await, Version::new(2, &[1]));
        let fails: Script = Rc::new(|_| Act::Die(7 << 8));
        let failed = run(of(&store, "r1", &version, ReadWrite, 1), fails).await.expect("ends");
        assert_eq!(failed.status, RunStatus::Failed);
        assert!(store.list("cache").await.expect("lists").is_empty());
        assert_eq!(ran(&store, "r2", &version, ReadWrite).await.len(), 4);
    });
}

#[test]
fn bad_answers_to_writes_of_the_cache_change_nothing() {
    on_one_thread(async {
        for fault in [Fault::ErrorAfter, Fault::ErrorBefore, Fault::Conflict] {
            for (op, part) in
                [(Op::Create, "cache/"), (Op::Put, "/reads/"), (Op::Create, "leases/")]
            {
                if op == Op::Put && fault == Fault::Conflict {
                    continue; // only a Create is answered so
                }
                let faults = Faults::default();
                faults.add(op, part, fault).times(4);
                let shared = faults.clone();
                let wrap = move |objects| Arc::new(FaultStore::new(objects, shared.clone())) as _;
                let store = Store::open_wrapped(&StoreUrl::Memory, StoreOptions::default(), wrap);
                let (store, version) = (store.await.expect("opens"), Version::new(2, &[1, 3, 5]));
                assert_eq!(ran(&store, "r1", &version, ReadWrite).await, ALL, "{fault:?} {part}");
                assert!(faults.fired() > 0, "{part} is written");
                assert!(
                    ran(&store, "r2", &version, ReadWrite).await.is_empty(),
                    "{fault:?} {part}"
                );
            }
        }
    });
}

#[test]
fn a_damaged_cache_is_computed_anew() {
    on_one_thread(async {
        let (store, version) = (memory().await, Version::new(2, &[1, 3, 5]));
        ran(&store, "r1", &version, ReadWrite).await;
        let bases = store.list("cache").await.expect("lists");
        for key in bases.iter().filter(|name| !name.ends_with('/')) {
            store.put(&format!("cache/{key}"), "{\"schema\":".into()).await.expect("puts");
        }
        assert_eq!(ran(&store, "r2", &version, ReadWrite).await, ALL);
        assert!(ran(&store, "r3", &version, ReadWrite).await.is_empty());
    });
}
