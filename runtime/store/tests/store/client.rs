//! The read side shows a run as it is: running, finished, interrupted; its tasks and their
//! attempts, artifacts, output, tags and metrics.

use flownote_flow::event::{AttemptResult, RunEvent, RunStatus};
use flownote_flow::manifest::{Failure, FailureKind, Outcome, StreamLog, TaskDone};
use flownote_store::client::{Origin, RunFilter, Status, TagChange, TaskStatus};
use flownote_store::{ALIVE_TTL, Alive, Error, RunKey, Store, Stream, lines};
use serde_json::json;

use crate::support::*;

fn failure() -> Failure {
    Failure {
        kind: FailureKind::Exception,
        message: "ValueError: no".into(),
        exception: Some("ValueError".into()),
        traceback: None,
        hint: None,
        retryable: true,
    }
}

/// start → train (one failed attempt, one good) → end, as the engine leaves it.
async fn finished_run(store: &Store) -> RunKey {
    let mut record = record("Hello", &run_id("20261122T101512345", 1));
    record.parameters.insert("alpha".into(), inline("0.5"));
    record.constants.insert("DEPTH".into(), inline("3"));
    let run = key(&record);
    store.create_run(&record).await.unwrap();
    let start = done(&run, &attempt("start", &[], 0));
    let model = blob(store, b"model").await;
    let made = [("x", inline("1")), ("model", model), ("draft", inline("9"))];
    let start = TaskDone { manifest: manifest(&made, to("train")), ..start };
    store.commit_done(&run, &start).await.unwrap();
    let failed = TaskDone {
        outcome: Outcome::Failed,
        failure: Some(failure()),
        parents: vec!["start/0.0".into()],
        ..done(&run, &attempt("train", &[], 0))
    };
    store.commit_done(&run, &failed).await.unwrap();
    let pass_on = |made: &[(&str, flownote_flow::manifest::ArtifactRecord)]| {
        made.iter().map(|(name, record)| ((*name).to_owned(), record.digest.clone())).collect()
    };
    let mut train = done(&run, &attempt("train", &[], 1));
    train.parents = vec!["start/0.0".into()];
    train.manifest = manifest(&[("ndcg", inline("0.31")), ("x", inline("2"))], to("end"));
    train.manifest.inherited.insert("start/0.0".into(), pass_on(&made[1..2]));
    store.commit_done(&run, &train).await.unwrap();
    let mut end = done(&run, &attempt("end", &[], 0));
    end.parents = vec!["train/0.1".into()];
    let written = [("ndcg", inline("0.31")), ("x", inline("2"))];
    end.manifest.inherited.insert("train/0.1".into(), pass_on(&written));
    end.manifest.inherited.insert("start/0.0".into(), pass_on(&made[1..2]));
    store.commit_done(&run, &end).await.unwrap();
    finish(store, &run, 0, RunStatus::Succeeded).await;
    run
}

#[tokio::test]
async fn a_finished_run_reads_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let run = finished_run(&store).await;
    assert_eq!(store.flows().await.unwrap(), std::slice::from_ref(&run.flow));
    let summary = store.run_summary(&run).await.unwrap();
    assert_eq!(summary.status, Status::Succeeded);
    assert!(summary.finished_at.is_some());
    assert_eq!((summary.user.as_str(), &summary.tags[..]), ("ana", &["nightly".to_owned()][..]));

    let tasks = store.tasks(&run, None).await.unwrap();
    let names: Vec<String> =
        tasks.iter().map(|task| format!("{} {:?}", task.step, task.status)).collect();
    assert_eq!(names, ["start Succeeded", "train Succeeded", "end Succeeded"]);
    let train = &tasks[1];
    assert_eq!(train.pathspec, format!("{run}/train/0"));
    assert_eq!(train.parents, ["start/0"]);
    assert_eq!(train.attempts[0].status, TaskStatus::Failed);
    assert_eq!(train.attempts[0].failure, Some(failure()));
    assert_eq!(train.exception, None);
    assert_eq!(&store.task(&run, &train.step, &train.task).await.unwrap(), train);
    let children = store.child_tasks(&run, &tasks[0]).await.unwrap();
    assert_eq!(children, tasks[1..2]);
    assert!(store.child_tasks(&run, &tasks[2]).await.unwrap().is_empty());
    let error = store.task(&run, &"train".into(), &task_id("7")).await.unwrap_err();
    assert!(error.to_string().starts_with(&format!("task `{run}/train/7` does not exist")));
}

#[tokio::test]
async fn artifacts_come_from_where_they_were_made() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let run = finished_run(&store).await;
    let (end, zero) = ("end".into(), task_id("0"));
    let artifacts = store.artifacts(&run, &end, &zero).await.unwrap();
    let seen: Vec<_> = artifacts
        .iter()
        .map(|found| (found.name.as_str(), found.origin, found.producer.as_deref()))
        .collect();
    assert_eq!(
        seen,
        [
            ("DEPTH", Origin::Constant, None),
            ("alpha", Origin::Parameter, None),
            ("model", Origin::Inherited, Some("start/0.0")),
            ("ndcg", Origin::Inherited, Some("train/0.1")),
            ("x", Origin::Inherited, Some("train/0.1")),
        ]
    );
    assert_eq!(artifacts[2].pathspec, format!("{run}/end/0/model"));
    assert_eq!(store.read_record(&artifacts[2].record).await.unwrap(), "model");
    let x = store.artifact(&run, &end, &zero, "x").await.unwrap().unwrap();
    assert_eq!(store.read_record(&x.record).await.unwrap(), "2");
    assert_eq!(store.artifact(&run, &end, &zero, "draft").await.unwrap(), None);
    let train = store.artifact(&run, &"train".into(), &zero, "ndcg").await.unwrap().unwrap();
    assert_eq!(train.origin, Origin::Own);
}

#[tokio::test]
async fn scalars_are_metrics_of_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    finished_run(&store).await;
    let (rows, next) = store.run_rows(&RunFilter::of("Hello")).await.unwrap();
    assert_eq!((rows.len(), next), (1, None));
    assert_eq!(json!(rows[0].parameters), json!({"alpha": 0.5}));
    // `end` sees x = 2; `draft` is only in `start`.
    assert_eq!(json!(rows[0].metrics), json!({"ndcg": 0.31, "x": 2, "draft": 9}));
    assert_eq!(json!(rows[0])["status"], json!("succeeded"));
}

#[tokio::test]
async fn lines_of_both_streams_are_merged_by_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let record = record("Hello", &run_id("20261122T101512345", 1));
    let run = key(&record);
    store.create_run(&record).await.unwrap();
    let start = attempt("start", &[], 0);
    let segment = |from: u64| lines::encode(&[(from, "a".into()), (from, "b".into())]);
    for (seq, from) in [(0, 0), (1, 20)] {
        store.put_log_segment(&run, &start, Stream::Stdout, seq, segment(from)).await.unwrap();
    }
    let zero = task_id("0");
    let live = store.log_lines(&run, &"start".into(), &zero, None, None).await.unwrap();
    assert_eq!(live.len(), 4, "segments show before the attempt is over");
    let mut done = done(&run, &start);
    done.logs.stdout = StreamLog { bytes: 8, lines: 4, segments: 2, ..StreamLog::default() };
    done.logs.stderr.inline = vec![(0, "warn".into()), (10, "wörn".into())];
    store.commit_done(&run, &done).await.unwrap();
    let read = async |stream| {
        let lines = store.log_lines(&run, &"start".into(), &zero, Some(0), stream).await.unwrap();
        lines.iter().map(|line| format!("{} {}", line.ms, line.text)).collect::<Vec<_>>()
    };
    assert_eq!(read(None).await, ["0 a", "0 b", "0 warn", "10 wörn", "20 a", "20 b"]);
    assert_eq!(read(Some(Stream::Stderr)).await, ["0 warn", "10 wörn"]);
    let lines = store.log_lines(&run, &"start".into(), &zero, None, None).await.unwrap();
    assert_eq!(lines[4].at.as_deref(), Some("2026-11-22T10:15:12.020Z"));
}

#[tokio::test]
async fn a_run_shows_whether_its_owner_lives() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let record = record("Hello", &run_id("20261122T101512345", 1));
    let run = key(&record);
    store.create_run(&record).await.unwrap();
    let status = async || store.run_status(&run).await.unwrap().0;
    assert_eq!(status().await, Status::Running, "the process of run.json is this one");
    let began = RunEvent::AttemptStarted { attempt: attempt("start", &[], 0) };
    store.append_log(&run, 0, &batch(1, vec![began])).await.unwrap();
    own(&store, &run).await;
    assert_eq!(status().await, Status::Running);
    let task = async || store.tasks(&run, None).await.unwrap()[0].status;
    assert_eq!(task().await, TaskStatus::Running);
    let one = store.task(&run, &"start".into(), &task_id("0")).await.unwrap();
    assert_eq!(one.status, TaskStatus::Running);
    orphan(&store, &run).await;
    assert_eq!(status().await, Status::Interrupted);
    assert_eq!(task().await, TaskStatus::Interrupted);
    let interrupted = RunFilter { status: vec![Status::Interrupted], ..RunFilter::of("Hello") };
    assert_eq!(store.runs(&interrupted).await.unwrap().runs.len(), 1);

    // The log says that it is over before the index does.
    let result = AttemptResult::Cancelled;
    let ended = RunEvent::AttemptFinished { attempt: attempt("start", &[], 0), result };
    let over = RunEvent::RunFinished { status: RunStatus::Cancelled };
    store.append_log(&run, 1, &batch(1, vec![ended, over])).await.unwrap();
    assert_eq!(status().await, Status::Cancelled);
    let listed = store.latest_run(&run.flow).await.unwrap().unwrap();
    assert_eq!(listed.status, Status::Cancelled);
}

/// Nothing is known of a process on another host but its counter and the store's times.
#[tokio::test]
async fn an_owner_elsewhere_counts_while_it_gives_signs() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let record = record("Hello", &run_id("20261122T101512345", 1));
    let run = key(&record);
    store.create_run(&record).await.unwrap();
    let far = Alive { host: "far".into(), ..Alive::of_this_process(1, 1) };
    store.touch_alive(&run, &far).await.unwrap();
    assert_eq!(store.run_status(&run).await.unwrap().0, Status::Running);
    let path = store.files_root().join(format!("runs/{run}/alive"));
    let file = std::fs::File::open(&path).unwrap();
    file.set_modified(std::time::SystemTime::now() - 20 * ALIVE_TTL).unwrap();
    assert_eq!(store.run_status(&run).await.unwrap().0, Status::Interrupted);
    store.touch_alive(&run, &Alive { counter: 2, ..far }).await.unwrap();
    assert_eq!(store.run_status(&run).await.unwrap().0, Status::Running);
}

#[tokio::test]
async fn tags_change_and_filter() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let run = finished_run(&store).await;
    let change = |add: &[&str], remove: &[&str]| TagChange {
        add: add.iter().map(|tag| (*tag).to_owned()).collect(),
        remove: remove.iter().map(|tag| (*tag).to_owned()).collect(),
    };
    let tags = store.change_tags(&run, &change(&["best", "v2"], &["nightly"])).await.unwrap();
    assert_eq!(tags.user, ["best", "v2"]);
    let tags = store.replace_tags(&run, &["v3".into(), "best".into()]).await.unwrap();
    assert_eq!(
        (&tags.user[..], &tags.system[..]),
        (&["best".to_owned(), "v3".to_owned()][..], &["user:ana".to_owned()][..])
    );
    let error = store.change_tags(&run, &change(&[], &["user:ana"])).await.unwrap_err();
    assert_eq!(error.to_string(), "`user:ana` is refused: it is a system tag, which stays");
    assert!(matches!(store.change_tags(&run, &change(&[" "], &[])).await, Err(Error::Name { .. })));

    let count = async |tags: &[&str]| {
        let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        let filter = RunFilter { tags, ..RunFilter::of("Hello") };
        store.runs(&filter).await.unwrap().runs.len()
    };
    assert_eq!(count(&["best", "user:ana"]).await, 1);
    assert_eq!(count(&["nightly"]).await, 0);
    let missing = RunKey::new("Hello", "20260101T000000000-000000");
    assert!(store.change_tags(&missing, &change(&["x"], &[])).await.is_err());
}

#[tokio::test]
async fn tasks_of_a_foreach_stand_in_the_order_of_their_indices() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let record = record("Hello", &run_id("20261122T101512345", 1));
    let run = key(&record);
    store.create_run(&record).await.unwrap();
    for index in [10, 9, 2, 0] {
        commit(&store, &run, &attempt("train", &[index], 0), &[]).await;
    }
    commit(&store, &run, &attempt("start", &[], 0), &[]).await;
    orphan(&store, &run).await;
    let tasks = store.tasks(&run, None).await.unwrap();
    let ids: Vec<&str> = tasks.iter().map(|task| task.task.as_str()).collect();
    assert_eq!(ids, ["0", "0", "2", "9", "10"]);
    assert_eq!(store.tasks(&run, Some(&"train".into())).await.unwrap().len(), 4);
    assert_eq!(store.tasks(&run, Some(&"none".into())).await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_remote_store_gives_files_too() {
    let (store, _) = faulty_store().await;
    let run = finished_run(&store).await;
    let end = attempt("end", &[], 0);
    let path = store.done_path(&run, &end).await.unwrap();
    assert_eq!(path, store.files_root().join(format!("runs/{run}/tasks/end/0.0.done")));
    let read: TaskDone = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(Some(read), store.done(&run, &end).await.unwrap());
    let record = store.run_record_path(&run).await.unwrap();
    assert!(record.starts_with(store.files_root()) && record.exists());
    assert!(store.done_path(&run, &attempt("end", &[], 1)).await.is_err());
}
