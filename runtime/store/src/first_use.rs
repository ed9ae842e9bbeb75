//! A store's first use: the folder, `format.json`, and the test that two writers can't
//! both win (engine rule 1).
//!
//! ```json
//! {"format":1,"created_at":"2026-11-22T10:15:12.345Z","nonce":"5f0c…"}
//! ```

use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::files;
use crate::keys;
use crate::object::{blocking, retrying};
use crate::store::Store;
use crate::time;

/// The newest format that this version reads, and the one that it writes.
pub const FORMAT: u64 = 1;

#[derive(Serialize, Deserialize)]
struct Format {
    format: u64,
    #[serde(default)]
    created_at: String,
    #[serde(default)]
    nonce: String,
}

/// Refuses a store that a newer version wrote.
pub(crate) async fn check_format(store: &Store, objects: &dyn ObjectStore) -> Result<Option<u64>> {
    let Some(body) =
        store.get_from(objects, keys::FORMAT).await.map_err(|e| name_bucket(store, e))?
    else {
        return Ok(None);
    };
    let format: Format =
        serde_json::from_slice(&body).map_err(|error| Error::undecodable(keys::FORMAT, &error))?;
    if format.format > FORMAT {
        let store = store.url().to_string();
        return Err(Error::NewerFormat { store, found: format.format, supported: FORMAT });
    }
    Ok(Some(format.format))
}

/// A store whose bucket is missing answers "not found" in many ways.
fn name_bucket(store: &Store, error: Error) -> Error {
    match &error {
        Error::Backend { source, .. } if source.to_string().contains("NoSuchBucket") => {
            Error::NoBucket { store: store.url().to_string() }
        }
        Error::Denied { source, .. } if store.local_root().is_none() => {
            Error::Credentials { store: store.url().to_string(), reason: source.to_string() }
        }
        _ => error,
    }
}

/// Makes the store ready for writing.
pub(crate) async fn prepare(store: &Store) -> Result<()> {
    if let Some(root) = store.local_root() {
        let root = root.to_owned();
        blocking(move || {
            files::make_folder(&root)?;
            let ignore = root.join(".gitignore");
            if ignore.exists() { Ok(()) } else { files::write_whole(&ignore, b"*\n") }
        })
        .await?;
    }
    let Some(objects) = store.untested()? else {
        return Err(Error::Missing { what: "the folder".into(), store: store.url().to_string() });
    };
    let formatted = check_format(store, &*objects).await?.is_some();
    if formatted && was_tested(store) {
        return Ok(());
    }
    if !excludes_two_writers(store, &*objects).await.map_err(|error| name_bucket(store, error))? {
        return Err(Error::NoExclusion { store: store.url().to_string() });
    }
    let format = Format { format: FORMAT, created_at: time::now(), nonce: time::new_nonce() };
    let body = serde_json::to_vec(&format).unwrap_or_default();
    store.create_in(&*objects, keys::FORMAT, Bytes::from(body)).await?;
    remember_test(store).await
}

/// Creates one object twice and tells whether the second was refused.
pub(crate) async fn excludes_two_writers(store: &Store, objects: &dyn ObjectStore) -> Result<bool> {
    let key = format!("probe/{}", time::new_nonce());
    match store.create_in(objects, &key, Bytes::from_static(b"first")).await {
        Err(error) if is_unsupported(&error) => return Ok(false),
        other => other?,
    };
    let path = keys::path(&key)?;
    let what = || "testing the store".to_owned();
    let create_again = || async {
        let options = PutOptions::from(PutMode::Create);
        match objects.put_opts(&path, Bytes::from_static(b"second").into(), options).await {
            Err(
                object_store::Error::AlreadyExists { .. }
                | object_store::Error::Precondition { .. },
            ) => Ok(true),
            Err(error) => Err(error),
            Ok(_) => Ok(false),
        }
    };
    let refused = retrying(what, create_again).await?;
    let kept = retrying(what, || async { objects.get(&path).await?.bytes().await }).await?;
    // A probe that stays behind harms nobody, so its deletion need not succeed.
    let _ = objects.delete(&path).await;
    Ok(refused && *kept == *b"first")
}

/// Whether the store, or its disk for want of hard links, knows no Create.
fn is_unsupported(error: &Error) -> bool {
    use nix::errno::Errno;
    use object_store::Error as Of;
    let unknown = [Errno::EPERM, Errno::EOPNOTSUPP, Errno::ENOSYS, Errno::EMLINK];
    let answer = matches!(
        error,
        Error::Backend { source: Of::NotImplemented { .. } | Of::NotSupported { .. }, .. }
    );
    answer || error.os_code().is_some_and(|code| unknown.contains(&Errno::from_raw(code)))
}

/// A folder's test is remembered by its `format.json`, a remote store's in the cache:
/// the same bucket may be reached by another way that ignores conditions.
fn was_tested(store: &Store) -> bool {
    !store.is_remote() || store.files_root().join("tested").exists()
}

async fn remember_test(store: &Store) -> Result<()> {
    if !store.is_remote() {
        return Ok(());
    }
    let path = store.files_root().join("tested");
    blocking(move || files::write_whole(&path, time::now().as_bytes())).await
}
