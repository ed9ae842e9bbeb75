//! Two schedulers and one run: one of them wins, and no task commits twice.

use std::rc::Rc;
use std::time::Duration;

use flownote_engine::{Error, Start};
use flownote_flow::event::{AttemptResult, Policy, RunEvent, RunStatus};
use flownote_flow::id::{AttemptKey, StepName, TaskKey};
use flownote_flow::manifest::Outcome;
use flownote_store::{Store, StoreOptions, StoreUrl, Stream};
use serde_json::json;

use crate::flow::{foreach_flow, key, on_one_thread, options, record, run};
use crate::scripted::{Act, Script, well};

const TRIALS: u64 = 500;

async fn memory() -> Store {
    Store::open(&StoreUrl::Memory, StoreOptions::default()).await.expect("opens")
}

/// The task of every attempt that committed, as the datastore has them.
pub async fn winners(store: &Store, run: &str, items: u32) -> Vec<(TaskKey, usize)> {
    let mut tasks =
        vec![TaskKey::new("start", &[]), TaskKey::new("choose", &[]), TaskKey::new("end", &[])];
    tasks.extend((0..items).map(|index| TaskKey::new("fit", &[index])));
    let mut winners = Vec::new();
    for task in tasks {
        let mut won = 0;
        for attempt in 0..12 {
            let key_of = flownote_flow::id::AttemptKey { task: task.clone(), attempt };
            let done = store.done(&key(run), &key_of).await.expect("reads");
            won += usize::from(done.is_some_and(|done| done.outcome == Outcome::Ok));
        }
        winners.push((task, won));
    }
    winners
}

fn gave_way(ended: &Result<flownote_engine::Summary, Error>) -> bool {
    match ended {
        Ok(summary) => summary.status == RunStatus::Succeeded,
        Err(Error::Fenced { .. } | Error::AlreadyFinished { .. }) => true,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn of_two_schedulers_one_wins_and_nothing_commits_twice() {
    on_one_thread(async {
        let (mut fenced, mut too_late) = (0, 0);
        for trial in 0..TRIALS {
            let store = memory().await;
            let name = format!("r{trial}");
            let items = 1 + (trial % 7) as usize;
            let policy = Policy { max_workers: 2, ..Policy::default() };
            let flow = foreach_flow(json!([]));
            let first = options(&store, Start::New(record(&name, flow, policy)), 1);
            let second = options(&store, Start::Continue(key(&name)), 2);
            let taking_over = async {
                // Every moment of the first one's life is tried.
                tokio::time::sleep(Duration::from_micros(trial * 40)).await;
                while store.run_record(&key(&name)).await.is_err() {
                    tokio::task::yield_now().await;
                }
                run(second, well(items)).await
            };
            let (first, second) = tokio::join!(run(first, well(items)), taking_over);
            assert!(gave_way(&first) && gave_way(&second));
            assert!(first.is_ok() || second.is_ok(), "somebody finished trial {trial}");
            fenced += u32::from(matches!(first, Err(Error::Fenced { .. })));
            too_late += u32::from(matches!(second, Err(Error::AlreadyFinished { .. })));
            for (task, won) in winners(&store, &name, items as u32).await {
                assert_eq!(won, 1, "{task} in trial {trial}");
            }
            check_log(&store, &name).await;
        }
        assert!(fenced > 20 && too_late > 20, "both endings are tried: {fenced}, {too_late}");
    });
}

/// Dense numbers, epochs that never fall, one commit a task, one end.
pub async fn check_log(store: &Store, run: &str) {
    let log = store.read_log(&key(run), 0).await.expect("reads");
    let mut epoch = 0;
    let mut committed = std::collections::BTreeSet::new();
    for (at, (seq, batch)) in log.iter().enumerate() {
        assert_eq!(at as u64, *seq);
        assert!(batch.epoch >= epoch);
        epoch = batch.epoch;
        for event in &batch.events {
            if let RunEvent::AttemptFinished { attempt, result: AttemptResult::Ok { .. } } = event {
                assert!(committed.insert(attempt.task.clone()), "{attempt} committed twice");
            }
        }
    }
    let ends = log.iter().flat_map(|(_, batch)| &batch.events);
    assert_eq!(ends.filter(|event| matches!(event, RunEvent::RunFinished { .. })).count(), 1);
}

#[test]
fn a_scheduler_that_stops_anywhere_is_continued_by_the_next() {
    on_one_thread(async {
        for trial in 0..200 {
            let store = memory().await;
            let name = format!("r{trial}");
            let policy = Policy { max_workers: 2, ..Policy::default() };
            let flow = foreach_flow(json!([]));
            let first = options(&store, Start::New(record(&name, flow, policy)), 1);
            // Dropping the service is its sudden death; its workers' reports go nowhere.
            let life = Duration::from_micros(100 + trial * 50);
            let ended = tokio::time::timeout(life, run(first, well(5))).await;
            if store.run_record(&key(&name)).await.is_err() {
                continue;
            }
            let second = run(options(&store, Start::Continue(key(&name)), 2), well(5)).await;
            match (ended, second) {
                (_, Ok(summary)) => assert_eq!(summary.status, RunStatus::Succeeded),
                (Ok(Ok(_)), Err(Error::AlreadyFinished { .. })) => {}
                // Its log was complete, but it was dropped before it could say so.
                (Err(_), Err(Error::AlreadyFinished { .. })) => {}
                (_, Err(error)) => panic!("trial {trial}: {error}"),
            }
            for (task, won) in winners(&store, &name, 5).await {
                assert_eq!(won, 1, "{task} in trial {trial}");
            }
            check_log(&store, &name).await;
        }
    });
}

#[test]
fn what_a_killed_attempt_printed_is_kept_with_when_it_began() {
    on_one_thread(async {
        let store = memory().await;
        let flow = foreach_flow(json!([]));
        let first = options(&store, Start::New(record("r", flow, Policy::default())), 1);
        let hangs: Script = Rc::new(|_| Act::Hang);
        // Dropping the service is its sudden death, after the log said that the worker began.
        let begun = async {
            while !has_begun(&store).await {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            ended = run(first, hangs) => panic!("{ended:?}"),
            () = begun => {}
        }
        let start = AttemptKey { task: TaskKey::new("start", &[]), attempt: 0 };
        for (seq, text) in [(0, "one\n"), (1, "two\n")] {
            let segment =
                flownote_store::lines::encode(&[(u64::from(seq) * 3_600_000, text.into())]);
            store.put_log_segment(&key("r"), &start, Stream::Stderr, seq, segment).await.unwrap();
        }
        run(options(&store, Start::Continue(key("r")), 2), well(2)).await.expect("goes on");
        let done = store.done(&key("r"), &start).await.unwrap().expect("a tombstone");
        assert_eq!(done.outcome, Outcome::Lost);
        let log = &done.logs.stderr;
        assert_eq!((log.segments, log.lines, log.bytes), (2, 2, 8));
        assert!(done.started_at.is_some());
        let (step, task) = (StepName::new("start"), start.task.id());
        let lines = store.log_lines(&key("r"), &step, &task, Some(0), None).await.unwrap();
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["one\n", "two\n"]);
        // It was heard of last when it printed.
        assert_eq!(lines[1].at, Some(done.finished_at));
    });
}

async fn has_begun(store: &Store) -> bool {
    let log = store.read_log(&key("r"), 0).await.unwrap();
    let mut events = log.iter().flat_map(|(_, batch)| &batch.events);
    events.any(|event| matches!(event, RunEvent::AttemptStarted { .. }))
}
