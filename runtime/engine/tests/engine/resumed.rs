//! A resume of a wide foreach: results are read many at a time, and each task takes its own.

use std::iter::once;

use flownote_engine::ResumeFrom;
use flownote_flow::cache::CacheMode::Off;
use flownote_flow::event::RunStatus;
use flownote_store::{Store, StoreOptions, StoreUrl};

use crate::flow::{key, on_one_thread, run};
use crate::remembered::Version;
use crate::reuse::{done, memory, of};

/// Runs `first`, then resumes it as `second`. Returns the tasks of the resume that ran.
async fn resume(store: &Store, first: &Version, second: &Version) -> Vec<String> {
    let began = run(of(store, "r1", first, Off, 1), first.script()).await;
    assert_eq!(began.expect("runs").status, RunStatus::Succeeded);
    first.ran();
    let mut options = of(store, "r2", second, Off, 1);
    options.reuse.resume = Some(ResumeFrom { origin: key("r1"), trust_code: false });
    let ended = run(options, second.script()).await;
    assert_eq!(ended.expect("runs").status, RunStatus::Succeeded);
    second.ran()
}

/// Six hundred items; later one is new in front and one is gone, so that all are elsewhere.
async fn check(store: &Store) {
    let first = Version::new(2, &(0..600).collect::<Vec<_>>());
    let items: Vec<i64> = once(1000).chain((0..600).filter(|item| *item != 300)).collect();
    let second = Version { items: items.clone(), ..first.clone() }.with("start", "2");
    let ran = resume(store, &first, &second).await;
    assert_eq!(ran, ["choose/0", "end/0", "fit/0", "start/0"]);
    for (index, item) in (0..).zip(&items).skip(1) {
        let taken = done(store, "r2", "fit", &[index]).await;
        let from = taken.reused.expect("reused").pathspec;
        assert_eq!(from, format!("Scripted/r1/fit/{item}"), "item {index}");
        let score = taken.manifest.artifacts["score"].inline.as_deref();
        assert_eq!(score, Some((2 * item).to_string().as_str()), "item {index}");
    }
}

#[test]
fn each_item_takes_the_result_of_its_equal() {
    on_one_thread(async {
        check(&memory().await).await;
        let folder = tempfile::tempdir().expect("a folder");
        let url = StoreUrl::Folder(folder.path().into());
        check(&Store::open(&url, StoreOptions::default()).await.expect("opens")).await;
    });
}

/// What the record of a task says of why it ran.
async fn why(store: &Store, step: &str, path: &[u32]) -> Option<String> {
    let done = done(store, "r2", step, path).await;
    store.why_briefly(&key("r2"), &done).await.expect("reads").map(|said| said.why)
}

#[test]
fn the_record_of_a_task_that_ran_again_says_why() {
    on_one_thread(async {
        let store = memory().await;
        let first = Version::new(2, &[1, 3, 5]);
        let second = Version { items: vec![1, 4, 5], ..first.clone() }.with("start", "2");
        resume(&store, &first, &second).await;
        for (step, path, expected) in [
            ("start", &[] as &[u32], Some("code changed")),
            ("fit", &[0], None),
            ("fit", &[1], Some("the item is new")),
        ] {
            assert_eq!(why(&store, step, path).await.as_deref(), expected, "{step}{path:?}");
        }
        let choose = why(&store, "choose", &[]).await.expect("a reason");
        assert!(choose.starts_with("after `fit`: "), "{choose}");
    });
}
