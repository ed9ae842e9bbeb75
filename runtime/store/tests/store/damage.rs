//! Damaged bytes are found and named with the artifact and its producer (engine rule 4).

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use flownote_store::check::Damage;
use flownote_store::{Error, Store, verify};

use crate::support::*;

fn blob_path(store: &Store, digest: &str) -> PathBuf {
    store.files_root().join("blobs").join(&digest[..2]).join(digest)
}

/// Flips a byte in the middle of a read-only file, as a bad disk would.
fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn a_flipped_byte_is_named_with_artifact_and_producer() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let record = record("Hello", &run_id("20261122T101512345", 1));
    let run = key(&record);
    store.create_run(&record).await.unwrap();
    let model = blob(&store, &[7; 10_000]).await;
    commit(&store, &run, &attempt("train", &[3], 1), &[("model", model.clone())]).await;
    assert!(store.check(false).await.unwrap().is_clean());
    let path = blob_path(&store, &model.digest);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o444);
    verify::verify_file(&path, &model.digest).unwrap();
    flip(&path);

    let error = store.fetch_blob(&model.digest, "train/3.1", "model").await.unwrap_err();
    let expect = format!(
        "artifact `model` of `train/3.1` is damaged: its bytes don't match digest {}",
        model.digest
    );
    assert_eq!(error.to_string(), expect);
    assert!(matches!(verify::verify_file(&path, &model.digest), Err(Error::Damaged { .. })));

    let report = store.check(false).await.unwrap();
    let finding = &report.findings[0];
    assert_eq!((report.findings.len(), finding.damage), (1, Damage::WrongBytes));
    assert_eq!(finding.producer.as_deref(), Some("train/3.1"));
    assert_eq!(finding.artifact.as_deref(), Some("model"));
    assert_eq!(
        finding.message,
        format!(
            "artifact `model` of `{run}/train/3.1` is damaged: its bytes don't match digest {}",
            model.digest
        )
    );

    // Repair moves it aside; the same value written again takes its place.
    assert!(store.check(true).await.unwrap().findings[0].repaired);
    assert_eq!(store.check(false).await.unwrap().findings[0].damage, Damage::MissingBlob);
    assert!(matches!(
        store.fetch_blob(&model.digest, "train/3.1", "model").await,
        Err(Error::MissingBlob { .. })
    ));
    blob(&store, &[7; 10_000]).await;
    assert!(store.check(false).await.unwrap().is_clean());
}

#[tokio::test]
async fn a_truncated_blob_is_replaced_by_the_next_writer() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let model = blob(&store, &[7; 10_000]).await;
    let path = blob_path(&store, &model.digest);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(&path, [7; 10]).unwrap();
    blob(&store, &[7; 10_000]).await;
    assert_eq!(store.read_record(&model).await.unwrap().len(), 10_000);
}

#[tokio::test]
async fn a_cached_copy_that_went_bad_is_fetched_again() {
    let (store, _) = faulty_store().await;
    let model = blob(&store, &[7; 10_000]).await;
    let path = store.fetch_blob(&model.digest, "train/0.0", "model").await.unwrap();
    flip(&path);
    let path = store.fetch_blob(&model.digest, "train/0.0", "model").await.unwrap();
    assert_eq!(fs::read(path).unwrap(), [7; 10_000]);
}

#[tokio::test]
async fn an_inline_value_is_verified_too() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let record = record("Hello", &run_id("20261122T101512345", 1));
    let run = key(&record);
    store.create_run(&record).await.unwrap();
    let mut wrong = inline("41");
    wrong.inline = Some("42".into());
    commit(&store, &run, &attempt("start", &[], 0), &[("x", wrong.clone())]).await;
    assert!(matches!(store.read_record(&wrong).await, Err(Error::Damaged { .. })));
    let report = store.check(true).await.unwrap();
    assert_eq!(report.findings[0].damage, Damage::WrongValue);
    assert!(!report.findings[0].repaired);
}

#[tokio::test]
async fn references_that_lead_nowhere_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder_store(folder.path()).await;
    let record = record("Hello", &run_id("20261122T101512345", 1));
    let run = key(&record);
    store.create_run(&record).await.unwrap();
    commit(&store, &run, &attempt("start", &[], 0), &[("x", inline("1"))]).await;
    let mut end = done(&run, &attempt("end", &[], 0));
    let names = |name: &str| [(name.to_owned(), inline("1").digest)].into();
    end.manifest.inherited.insert("start/0.0".into(), names("y"));
    end.manifest.inherited.insert("train/0.0".into(), names("x"));
    store.commit_done(&run, &end).await.unwrap();
    store.append_log(&run, 0, &batch(1, vec![])).await.unwrap();
    store.append_log(&run, 2, &batch(1, vec![])).await.unwrap();
    let report = store.check(false).await.unwrap();
    let mut messages: Vec<&str> = report.findings.iter().map(|f| f.message.as_str()).collect();
    messages.sort_unstable();
    assert_eq!(
        messages,
        [
            "it refers to `train/0.0`, which has no result",
            "it refers to `y` of `start/0.0`, which wrote no such artifact",
            "the log goes on after a missing number",
        ]
    );
}
