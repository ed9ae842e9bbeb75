//! gc takes away what nobody refers to, and nothing else (engine rule 8).

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use flownote_flow::cache::CacheRecord;
use flownote_flow::event::RunStatus;
use flownote_flow::manifest::{ForeachItems, Next};
use flownote_flow::provenance::{Key, Provenance, ReadSet, base_key, full_key};
use flownote_store::cache::{Kept, Slot};
use flownote_store::client::RunFilter;
use flownote_store::gc::GcOptions;
use flownote_store::lease::{Claim, Watch};
use flownote_store::{Alive, RunKey, Store, verify};
use serde_json::json;

use crate::support::*;

const DAY: Duration = Duration::from_secs(24 * 3600);

fn now_at_once() -> GcOptions {
    // The runs of these tests are tagged.
    GcOptions { grace: Duration::ZERO, tagged: true, ..GcOptions::default() }
}

/// Makes every blob and everything in the trash older.
fn age(store: &Store, by: Duration) {
    for folder in ["blobs", "trash"] {
        for name in tree(&store.files_root().join(folder)).keys() {
            let path = store.files_root().join(folder).join(name);
            let time = fs::metadata(&path).unwrap().modified().unwrap() - by;
            File::open(&path).unwrap().set_modified(time).unwrap();
        }
    }
}

fn exists(store: &Store, digest: &str) -> (bool, bool) {
    let root = store.files_root();
    let blob: PathBuf = root.join("blobs").join(&digest[..2]).join(digest);
    (blob.exists(), root.join("trash").join(digest).exists())
}

async fn run_with(store: &Store, number: u32, artifacts: &[(&str, &[u8])]) -> RunKey {
    let record = record("Hello", &run_id("20261122T101512345", number));
    let run = key(&record);
    store.create_run(&record).await.unwrap();
    let mut records = Vec::new();
    for (name, bytes) in artifacts {
        records.push((*name, blob(store, bytes).await));
    }
    commit(store, &run, &attempt("start", &[], 0), &records).await;
    finish(store, &run, 0, RunStatus::Succeeded).await;
    run
}

#[tokio::test]
async fn two_passes_and_a_grace() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    run_with(&store, 1, &[("kept", b"kept")]).await;
    let lonely = blob(&store, b"lonely").await;

    let report = store.gc(&GcOptions::default()).await.unwrap();
    assert_eq!((report.kept.count, report.young.count, report.trashed.count), (1, 1, 0));
    age(&store, 2 * DAY);
    let report = store.gc(&GcOptions::default()).await.unwrap();
    assert_eq!((report.kept.count, report.trashed.count, report.deleted.count), (1, 1, 0));
    assert_eq!(exists(&store, &lonely.digest), (false, true));

    // Its grace in the trash has only begun, however old it was.
    let report = store.gc(&GcOptions::default()).await.unwrap();
    assert_eq!(report.deleted.count, 0);
    age(&store, 2 * DAY);
    let report = store.gc(&GcOptions::default()).await.unwrap();
    assert_eq!((report.deleted.count, report.deleted.bytes), (1, 6));
    assert_eq!(exists(&store, &lonely.digest), (false, false));
    assert!(store.check(false).await.unwrap().is_clean());
}

#[tokio::test]
async fn a_reader_takes_a_blob_out_of_the_trash() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let (one, two) = (blob(&store, b"one").await, blob(&store, b"two").await);
    store.gc(&now_at_once()).await.unwrap();
    assert_eq!(exists(&store, &one.digest), (false, true));
    assert_eq!(store.read_record(&one).await.unwrap(), "one");
    // A worker's child does the same without a runtime.
    let path = store.files_root().join("blobs").join(&two.digest[..2]).join(&*two.digest);
    verify::verify_file(&path, &two.digest).unwrap();
    assert_eq!(fs::read(path).unwrap(), b"two");
}

#[tokio::test]
async fn the_second_pass_restores_what_became_referenced() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let late = blob(&store, b"late").await;
    store.gc(&now_at_once()).await.unwrap();
    let record = record("Hello", &run_id("20261122T101512345", 1));
    store.create_run(&record).await.unwrap();
    commit(&store, &key(&record), &attempt("start", &[], 0), &[("late", late.clone())]).await;
    orphan(&store, &key(&record)).await;
    let report = store.gc(&now_at_once()).await.unwrap();
    assert_eq!((report.restored.count, report.deleted.count), (1, 0));
    assert_eq!(exists(&store, &late.digest), (true, false));
}

#[tokio::test]
async fn items_parameters_and_inherited_values_are_references() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let mut record = record("Hello", &run_id("20261122T101512345", 1));
    record.parameters.insert("data".into(), blob(&store, b"parameter").await);
    record.sources.insert("flow.py".into(), blob(&store, b"source").await);
    let run = key(&record);
    store.create_run(&record).await.unwrap();
    let item = blob(&store, b"an item").await;
    let items = blob(&store, &serde_json::to_vec(&[&item]).unwrap()).await;
    let mut start = done(&run, &attempt("start", &[], 0));
    start.manifest = manifest(&[], Next::Foreach { step: "train".into(), count: 1 });
    start.manifest.items = Some(ForeachItems { over: "models".into(), count: 1, items });
    let inherited = blob(&store, b"inherited").await;
    let names = [("x".to_owned(), inherited.digest.clone())].into();
    start.manifest.inherited.insert("begin/0.0".into(), names);
    store.commit_done(&run, &start).await.unwrap();
    finish(&store, &run, 0, RunStatus::Succeeded).await;
    let report = store.gc(&now_at_once()).await.unwrap();
    assert_eq!((report.kept.count, report.trashed.count), (5, 0));
}

#[tokio::test]
async fn under_a_live_run_nothing_young_goes() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let record = record("Hello", &run_id("20261122T101512345", 1));
    let run = key(&record);
    let before = blob(&store, b"before the run").await;
    age(&store, DAY);
    store.create_run(&record).await.unwrap();
    own(&store, &run).await;
    let staging = store.staging(&run.run);
    fs::create_dir_all(&staging).unwrap();
    // Published, and its `done` isn't there yet.
    let between = blob(&store, b"published").await;
    let all = GcOptions { keep_runs: Some(0), ..now_at_once() };
    let report = store.gc(&all).await.unwrap();
    assert_eq!((report.young.count, report.trashed.count), (1, 1));
    assert_eq!(report.spared, std::slice::from_ref(&run));
    assert!(report.runs.is_empty() && staging.exists());
    assert_eq!(exists(&store, &between.digest), (true, false));
    assert_eq!(exists(&store, &before.digest), (false, true));

    finish(&store, &run, 0, RunStatus::Failed).await;
    let report = store.gc(&all).await.unwrap();
    assert_eq!((report.runs.len(), report.trashed.count, report.leftovers), (1, 1, 1));
    assert!(!staging.exists());
}

#[tokio::test]
async fn old_runs_go_whole_and_the_newest_stay() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let mut runs = Vec::new();
    for number in 1..=4 {
        let own = format!("own {number}");
        runs.push(run_with(&store, number, &[("own", own.as_bytes()), ("all", b"shared")]).await);
    }
    let change = flownote_store::client::TagChange { add: vec!["x".into()], remove: vec![] };
    store.change_tags(&runs[0], &change).await.unwrap();
    let options = GcOptions { keep_runs: Some(2), ..now_at_once() };

    let before = tree(folder.path());
    let told = store.gc(&GcOptions { dry_run: true, ..options.clone() }).await.unwrap();
    assert_eq!(tree(folder.path()), before, "a dry run changes nothing");
    let report = store.gc(&options).await.unwrap();
    assert_eq!(report.runs, [runs[1].clone(), runs[0].clone()]);
    assert_eq!(told.runs, report.runs);
    assert_eq!((told.trashed, told.kept), (report.trashed, report.kept));
    assert_eq!((report.kept.count, report.trashed.count), (3, 2));

    let left = store.runs(&RunFilter::of("Hello")).await.unwrap().runs;
    assert_eq!(left.len(), 2);
    assert!(store.run_record(&runs[0]).await.is_err());
    let names = tree(store.files_root());
    assert!(!names.keys().any(|name| name.contains(runs[0].run.as_str())), "{names:#?}");
    assert!(store.check(false).await.unwrap().is_clean());

    let old = GcOptions { keep_runs: None, older_than: Some(Duration::ZERO), ..options };
    store.gc(&old).await.unwrap();
    assert!(store.flows().await.unwrap().is_empty());
}

#[tokio::test]
async fn younger_runs_and_origins_of_live_runs_stay() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let origin = run_with(&store, 1, &[]).await;
    let mut resumed = record("Hello", &run_id("20261122T101512345", 2));
    resumed.origin = Some(origin.run.clone());
    store.create_run(&resumed).await.unwrap();
    own(&store, &key(&resumed)).await;
    let report = store.gc(&GcOptions { keep_runs: Some(0), ..now_at_once() }).await.unwrap();
    assert_eq!(report.spared, [key(&resumed), origin.clone()]);
    let century = Duration::from_secs(100 * 365 * 24 * 3600);
    let young = GcOptions { older_than: Some(century), ..now_at_once() };
    assert!(store.gc(&young).await.unwrap().runs.is_empty());
    assert!(store.run_record(&origin).await.is_ok());
}

#[tokio::test]
async fn broken_writes_are_swept() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let run = run_with(&store, 1, &[]).await;
    let torn = store.files_root().join(format!("runs/{run}/tasks/start/1.0.done#1"));
    fs::write(&torn, "{\"sch").unwrap();
    assert!(store.check(false).await.unwrap().is_clean(), "nobody sees it");
    assert_eq!(store.gc(&now_at_once()).await.unwrap().leftovers, 1);
    assert!(!torn.exists());
}

struct Stop<'a>(&'a std::sync::atomic::AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

/// A writer publishes values that the store has had for long and nobody refers to, while
/// gc, with no grace at all, runs beside it as fast as it can. Nothing that was committed
/// is ever missing.
#[test]
fn gc_beside_a_writer_that_deduplicates() {
    const ROUNDS: u32 = 150;
    let folder = tempfile::tempdir().unwrap();
    let path: &Path = folder.path();
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let run = runtime().block_on(async {
        let store = folder_store(path).await;
        for number in 0..ROUNDS {
            blob(&store, format!("value {number}").as_bytes()).await;
        }
        age(&store, 30 * DAY);
        let record = record("Hello", &run_id("20261122T101512345", 1));
        store.create_run(&record).await.unwrap();
        own(&store, &key(&record)).await;
        key(&record)
    });
    let done = std::sync::atomic::AtomicBool::new(false);
    let passes = std::thread::scope(|scope| {
        let gc = scope.spawn(|| {
            runtime().block_on(async {
                let store = folder_store(path).await;
                let mut passes = 0;
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    store.gc(&now_at_once()).await.unwrap();
                    passes += 1;
                }
                passes
            })
        });
        // Also when the writer fails.
        let stop = Stop(&done);
        runtime().block_on(async {
            let store = folder_store(path).await;
            for number in 0..ROUNDS {
                let text = format!("value {number}");
                let value = blob(&store, text.as_bytes()).await;
                let at = attempt("train", &[number], 0);
                commit(&store, &run, &at, &[("x", value.clone())]).await;
                assert_eq!(store.read_record(&value).await.unwrap(), text);
            }
        });
        drop(stop);
        gc.join().unwrap()
    });
    assert!(passes > 1, "gc ran beside the writer");
    runtime().block_on(async {
        let store = folder_store(path).await;
        store.gc(&now_at_once()).await.unwrap();
        let report = store.check(false).await.unwrap();
        assert!(report.is_clean(), "{:#?}", report.findings);
        assert_eq!(report.attempts, u64::from(ROUNDS));
        for number in 0..ROUNDS {
            let done = store.done(&run, &attempt("train", &[number], 0)).await.unwrap().unwrap();
            let value = store.read_record(&done.manifest.artifacts["x"]).await.unwrap();
            assert_eq!(value, format!("value {number}"));
        }
    });
}

#[tokio::test]
async fn a_tagged_run_stays_until_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let (first, second) = (run_with(&store, 1, &[]).await, run_with(&store, 2, &[]).await);
    store.replace_tags(&second, &[]).await.unwrap();
    let all = GcOptions { keep_runs: Some(0), tagged: false, ..now_at_once() };
    let report = store.gc(&all).await.unwrap();
    assert_eq!((report.runs, report.tagged), (vec![second], vec![first.clone()]));
    assert_eq!(store.runs(&RunFilter::of("Hello")).await.unwrap().runs.len(), 1);
    assert_eq!(store.gc(&GcOptions { tagged: true, ..all }).await.unwrap().runs, [first]);
}

#[tokio::test]
async fn a_remote_store_is_collected_alike() {
    let (store, _) = faulty_store().await;
    let kept = run_with(&store, 1, &[("kept", b"kept")]).await;
    let lonely = blob(&store, b"lonely").await;
    let begun = SystemTime::now();
    let report = store.gc(&now_at_once()).await.unwrap();
    assert_eq!((report.kept.count, report.trashed.count), (1, 1));
    assert_eq!(store.read_record(&lonely).await.unwrap(), "lonely", "restored by its reader");
    store.gc(&now_at_once()).await.unwrap();
    let report = store.gc(&now_at_once()).await.unwrap();
    assert_eq!(report.deleted.count, 1);
    assert!(store.read_record(&lonely).await.is_err());
    let all = GcOptions { keep_runs: Some(0), ..now_at_once() };
    assert_eq!(store.gc(&all).await.unwrap().runs, [kept]);
    assert!(store.flows().await.unwrap().is_empty());
    assert!(begun.elapsed().is_ok());
}

/// A result of step `name` that refers to a blob, in the cache under keys of its own.
async fn keep(store: &Store, name: &str, digest: &str) -> (Key, Key, ReadSet) {
    let (base, full, reads, _) = keep_as(store, name, digest, ("ana", "bytes")).await;
    (base, full, reads)
}

async fn keep_as(
    store: &Store,
    name: &str,
    digest: &str,
    (user, codec): (&str, &str),
) -> (Key, Key, ReadSet, Kept) {
    let provenance = json!({
        "schema": 1, "code": {"digest": name}, "reads": {"artifacts": {name: null}},
    });
    let record: CacheRecord = serde_json::from_value(json!({
        "schema": 1, "nonce": name, "flow": "Hello", "run": "r", "step": name, "task": "0",
        "attempt": 0, "user": user, "finished_at": "2026-11-22T10:15:13.000Z",
        "elapsed_ms": 1, "manifest": {
            "artifacts": {"x": {"codec": codec, "digest": digest, "size": 1, "type": "bytes"}},
            "provenance": provenance,
        },
    }))
    .unwrap();
    let known: Provenance = serde_json::from_value(provenance).unwrap();
    let (base, full, reads) = (base_key(&known), full_key(&known), known.read_set());
    let kept = store.keep_result(&base, &full, &reads, &record).await.unwrap();
    (base, full, reads, kept)
}

/// A pickle of somebody else isn't loaded, so it must not keep one's own from being kept.
#[tokio::test]
async fn results_with_pickles_are_kept_for_each_user() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let (hers, his) = (blob(&store, b"hers").await.digest, blob(&store, b"his").await.digest);
    let as_ana = ("ana", "pickle");
    let (_, full, _, kept) = keep_as(&store, "fit", &hers, as_ana).await;
    assert_eq!(kept, Kept::First);
    let kept = keep_as(&store, "fit", &his, ("bo", "pickle")).await.3;
    assert!(matches!(kept, Kept::Beside(record) if record.user == "ana"));
    let own = Slot::beside(full.clone(), "bo");
    let digest = async |slot: &Slot| {
        let record = store.kept(slot).await.unwrap();
        record.map(|record| record.manifest.artifacts["x"].digest.clone())
    };
    assert_eq!(digest(&own).await.as_ref(), Some(&his));
    assert_eq!(digest(&full.clone().into()).await.as_ref(), Some(&hers));
    let again = keep_as(&store, "fit", &hers, ("bo", "pickle")).await.3;
    assert!(matches!(again, Kept::Known(record) if record.user == "bo"));
    assert_eq!(keep_as(&store, "fit", &his, as_ana).await.3, {
        Kept::Known(Box::new(store.cached(&full).await.unwrap().unwrap()))
    });

    // Nothing but pickles asks for a place of one's own.
    let kept = keep_as(&store, "clean", &hers, ("ana", "bytes")).await.3;
    assert_eq!(kept, Kept::First);
    let kept = keep_as(&store, "clean", &hers, ("bo", "bytes")).await.3;
    assert!(matches!(kept, Kept::Known(_)));
    assert_eq!(store.cache_entries().await.unwrap().len(), 3);

    let report = store.gc(&now_at_once()).await.unwrap();
    assert_eq!((report.results, report.kept.count), (0, 2), "both are roots");
    make_older(&store.files_root().join("cache").join(full.to_string()), 40 * DAY);
    assert_eq!(store.gc(&now_at_once()).await.unwrap().results, 1);
    assert_eq!(store.cached(&full).await.unwrap(), None);
    assert_eq!(digest(&own).await.as_ref(), Some(&his), "bo's is young");
    store.forget_results(std::slice::from_ref(&own)).await.unwrap();
    assert_eq!(digest(&own).await, None);
}

fn make_older(path: &Path, by: Duration) {
    let time = SystemTime::now() - by;
    File::open(path).unwrap().set_modified(time).unwrap();
}

#[tokio::test]
async fn cached_results_are_roots_while_they_are_young() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let (old, young) = (blob(&store, b"old").await.digest, blob(&store, b"young").await.digest);
    let (old_base, old_key, _) = keep(&store, "old", &old).await;
    let (young_base, young_key, reads) = keep(&store, "young", &young).await;
    let place = |name: String| store.files_root().join("cache").join(name);
    // The read set of a young result may be old: it is made once.
    make_older(&place(format!("{young_base}/reads/{}", reads.key())), 40 * DAY);
    make_older(&place(old_key.to_string()), 40 * DAY);

    let told = store.gc(&GcOptions { dry_run: true, ..now_at_once() }).await.unwrap();
    assert_eq!((told.results, told.kept.count, told.trashed.count), (1, 1, 1));
    assert!(store.cached(&old_key).await.unwrap().is_some(), "only told");
    let report = store.gc(&now_at_once()).await.unwrap();
    assert_eq!((report.results, report.kept.count, report.trashed.count), (1, 1, 1));
    assert_eq!(store.cached(&old_key).await.unwrap(), None);
    assert!(store.read_sets(&old_base).await.unwrap().is_empty());
    assert!(store.cached(&young_key).await.unwrap().is_some());
    assert_eq!(store.read_sets(&young_base).await.unwrap(), [reads]);
    assert_eq!(exists(&store, &old), (false, true));
    let keys: Vec<_> = store.cache_entries().await.unwrap();
    assert_eq!(keys.iter().map(|entry| entry.slot.key()).collect::<Vec<_>>(), [&young_key]);
}

#[tokio::test]
async fn leases_that_nobody_holds_for_long_go() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let owner = Alive::of_this_process(0, 0);
    for key in ["old", "young"] {
        let mut watch = Watch::new(Duration::ZERO);
        let Claim::Ours(lease) = store.claim_lease(key, &owner, &mut watch).await.unwrap() else {
            panic!("nobody else asks");
        };
        store.release_lease(lease, None).await.unwrap();
    }
    let leases = store.files_root().join("leases");
    for name in tree(&leases.join("old")).keys() {
        make_older(&leases.join("old").join(name), 2 * DAY);
    }
    let report = store.gc(&GcOptions::default()).await.unwrap();
    assert_eq!(report.leases, 1);
    assert_eq!((leases.join("old").exists(), leases.join("young").exists()), (false, true));
}
