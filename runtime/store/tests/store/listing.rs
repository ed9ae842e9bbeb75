//! Runs are found by the names of the index, however many there are.

use std::fs;

use flownote_flow::event::RunStatus;
use flownote_flow::id::RunId;
use flownote_store::client::{RunFilter, Status};
use flownote_store::{RunKey, Store};

use crate::support::*;

const RUNS: u32 = 10_000;

/// Writes what the index says about 10,000 runs over 50 days; every hundredth succeeded
/// before day 30, none after.
async fn ten_thousand(store: &Store) {
    let root = store.files_root();
    store.put("probe/x", bytes::Bytes::new()).await.unwrap();
    for number in 0..RUNS {
        let (day, minute) = (number / 200, number % 200);
        let (month, day_of) = (10 + day / 28, 1 + day % 28);
        let date = format!("2026{month:02}{day_of:02}");
        let time = format!("{:02}{:02}00000", minute / 60, minute % 60);
        let run = run_id(&format!("{date}T{time}"), number);
        let folder = root.join("index/Big").join(&date);
        if minute == 0 {
            fs::create_dir_all(&folder).unwrap();
        }
        let body = serde_json::json!({
            "created_at": "2026-10-01T00:00:00.000Z", "nonce": "n",
            "user": if number % 2 == 0 { "ana" } else { "bo" },
            "tags": if number % 500 == 7 { vec!["rare"] } else { vec![] },
        });
        fs::write(folder.join(format!("{time}-{run}-created")), body.to_string()).unwrap();
        let kind = if day < 30 && number % 100 == 0 { "succeeded" } else { "failed" };
        fs::write(folder.join(format!("{time}-{run}-{kind}")), "{}").unwrap();
    }
}

#[tokio::test]
async fn ten_thousand_runs_are_listed_filtered_and_paged() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    ten_thousand(&store).await;
    let flow = "Big".into();

    let begun = std::time::Instant::now();
    let latest = store.latest_run(&flow).await.unwrap().unwrap();
    eprintln!("latest run of {RUNS}: {:?}", begun.elapsed());
    assert!(latest.run.as_str().ends_with(&format!("{:06x}", RUNS - 1)), "{latest:?}");
    assert_eq!(latest.status, Status::Failed);

    let begun = std::time::Instant::now();
    let good = store.latest_successful_run(&flow).await.unwrap().unwrap();
    eprintln!("latest successful of {RUNS}: {:?}", begun.elapsed());
    assert!(good.run.as_str().ends_with(&format!("{:06x}", 5900)), "{good:?}");

    let begun = std::time::Instant::now();
    let cancelled = RunFilter { status: vec![Status::Cancelled], ..RunFilter::of("Big") };
    assert!(store.runs(&cancelled).await.unwrap().runs.is_empty());
    eprintln!("none cancelled of {RUNS}: {:?}", begun.elapsed());

    let begun = std::time::Instant::now();
    let mut filter = RunFilter { limit: Some(3_333), ..RunFilter::of("Big") };
    let mut all = Vec::new();
    loop {
        let page = store.runs(&filter).await.unwrap();
        all.extend(page.runs);
        match page.next {
            Some(next) => filter.before = Some(next),
            None => break,
        }
    }
    eprintln!("all {RUNS} in four pages: {:?}", begun.elapsed());
    assert_eq!(all.len(), RUNS as usize);
    assert!(all.windows(2).all(|pair| pair[0].run > pair[1].run), "newest first, each once");

    let count = async |filter: RunFilter| store.runs(&filter).await.unwrap().runs.len();
    let of = || RunFilter::of("Big");
    assert_eq!(count(RunFilter { status: vec![Status::Succeeded], ..of() }).await, 60);
    assert_eq!(count(RunFilter { user: Some("bo".into()), ..of() }).await, 5_000);
    assert_eq!(count(RunFilter { tags: vec!["rare".into()], ..of() }).await, 20);
    let both = RunFilter { tags: vec!["rare".into()], user: Some("ana".into()), ..of() };
    assert_eq!(count(both).await, 0);
    assert_eq!(count(RunFilter { limit: Some(0), ..of() }).await, 0);
}

#[tokio::test]
async fn a_run_that_ends_days_later_is_found_where_it_began() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    for (stamp, number) in [("20261101T120000000", 1), ("20261102T120000000", 2)] {
        let record = record("Hello", &run_id(stamp, number));
        store.create_run(&record).await.unwrap();
        orphan(&store, &key(&record)).await;
    }
    let first = RunKey::new("Hello", RunId::compose("20261101T120000000", 1));
    store.finish_run(&first, RunStatus::Succeeded, "2026-11-05T01:00:00.000Z", None).await.unwrap();
    let runs = store.runs(&RunFilter::of("Hello")).await.unwrap().runs;
    let seen: Vec<_> = runs.iter().map(|run| (run.status, run.finished_at.as_deref())).collect();
    assert_eq!(
        seen,
        [(Status::Interrupted, None), (Status::Succeeded, Some("2026-11-05T01:00:00.000Z"))]
    );
    let good = store.latest_successful_run(&"Hello".into()).await.unwrap().unwrap();
    assert_eq!(good.run, first.run);
}
