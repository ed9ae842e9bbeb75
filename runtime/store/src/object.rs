//! Objects: [`Store::create`], which only one writer wins, and plain reads (engine
//! rules 1 and 2).

use bytes::Bytes;
use futures::TryStreamExt;
use object_store::{ObjectStoreExt, PutMode, PutOptions};
use std::sync::Arc;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::keys;
use crate::store::Store;

/// How often a store that answers with an error is asked before we give up.
const TRIES: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_millis(20);

/// The outcome of a Create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// The object is the caller's.
    Won,
    /// Somebody else's object was there first; this is its body.
    Lost(Bytes),
}

impl Store {
    /// Creates an object unless it exists. `body` must carry a nonce of its writer
    /// ([`crate::time::new_nonce`]): when the store's answer is lost, or says that the
    /// object exists, it is read back, and an equal body means that this call made it.
    pub async fn create(&self, key: &str, body: Bytes) -> Result<Created> {
        let objects = self.writable().await?;
        self.create_in(&*objects, key, body).await
    }

    pub(crate) async fn create_in(
        &self,
        objects: &dyn object_store::ObjectStore,
        key: &str,
        body: Bytes,
    ) -> Result<Created> {
        let path = keys::path(key)?;
        let mut wait = FIRST_WAIT;
        let mut tries = TRIES;
        loop {
            let options = PutOptions::from(PutMode::Create);
            let error = match objects.put_opts(&path, body.clone().into(), options).await {
                Ok(_) => {
                    self.make_durable(key).await?;
                    return Ok(Created::Won);
                }
                Err(error) => error,
            };
            let exists = matches!(
                error,
                object_store::Error::AlreadyExists { .. }
                    | object_store::Error::Precondition { .. }
            );
            let error = Error::backend(format!("creating `{key}`"), error);
            if !exists && !error.is_transient() {
                return Err(error);
            }
            match self.get_from(objects, key).await? {
                Some(found) if found == body => {
                    self.make_durable(key).await?;
                    return Ok(Created::Won);
                }
                Some(found) => return Ok(Created::Lost(found)),
                // It was refused and isn't there: a conflict in flight, or no answer.
                None => {}
            }
            tries -= 1;
            if tries == 0 {
                return Err(error);
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
    }

    /// Reads an object, or none when there is no such object.
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        match self.readable().await? {
            Some(objects) => self.get_from(&*objects, key).await,
            None => Ok(None),
        }
    }

    pub(crate) async fn get_from(
        &self,
        objects: &dyn object_store::ObjectStore,
        key: &str,
    ) -> Result<Option<Bytes>> {
        let path = keys::path(key)?;
        retrying(
            || format!("reading `{key}`"),
            || async {
                match objects.get(&path).await {
                    Ok(found) => found.bytes().await.map(Some),
                    Err(object_store::Error::NotFound { .. }) => Ok(None),
                    Err(error) => Err(error),
                }
            },
        )
        .await
    }

    /// Writes an object whether it exists or not: for what nobody decides by.
    pub async fn put(&self, key: &str, body: Bytes) -> Result<()> {
        let objects = self.writable().await?;
        let path = keys::path(key)?;
        retrying(
            || format!("writing `{key}`"),
            || async { objects.put(&path, body.clone().into()).await.map(drop) },
        )
        .await
    }

    /// Deletes an object; one that doesn't exist is deleted already.
    pub(crate) async fn delete(&self, key: &str) -> Result<()> {
        let objects = self.writable().await?;
        let path = keys::path(key)?;
        retrying(
            || format!("deleting `{key}`"),
            || async {
                match objects.delete(&path).await {
                    Err(object_store::Error::NotFound { .. }) => Ok(()),
                    other => other,
                }
            },
        )
        .await
    }

    /// Lists the names directly under a folder: objects, and folders with a final `/`,
    /// sorted. A folder that doesn't exist has none.
    pub async fn list(&self, folder: &str) -> Result<Vec<String>> {
        keys::path(folder)?;
        self.list_in(folder).await
    }

    /// Lists the names at the top of the store.
    pub(crate) async fn list_top(&self) -> Result<Vec<String>> {
        self.list_in("").await
    }

    async fn list_in(&self, folder: &str) -> Result<Vec<String>> {
        let Some(objects) = self.readable().await? else { return Ok(Vec::new()) };
        if let Some(root) = self.names_root() {
            let path = root.join(folder);
            return blocking(move || crate::names::read(&path)).await;
        }
        let path = keys::path(folder)?;
        let listed = retrying(
            || format!("listing `{folder}`"),
            || async { objects.list_with_delimiter(Some(&path)).await },
        );
        let listed = match listed.await {
            Err(Error::Backend { source: object_store::Error::NotFound { .. }, .. }) => {
                return Ok(Vec::new());
            }
            other => other?,
        };
        let folders = listed.common_prefixes.iter().filter_map(|path| path.filename());
        let objects = listed.objects.iter().filter_map(|meta| meta.location.filename());
        let mut names: Vec<String> =
            folders.map(|name| format!("{name}/")).chain(objects.map(str::to_owned)).collect();
        names.sort_unstable();
        Ok(names)
    }

    /// Lists every object under a folder, however deep, with size and time.
    pub(crate) async fn list_deep(&self, folder: &str) -> Result<Vec<object_store::ObjectMeta>> {
        let Some(objects) = self.readable().await? else { return Ok(Vec::new()) };
        let path = keys::path(folder)?;
        let listed = retrying(
            || format!("listing `{folder}`"),
            || async { objects.list(Some(&path)).try_collect::<Vec<_>>().await },
        );
        match listed.await {
            Err(Error::Backend { source: object_store::Error::NotFound { .. }, .. }) => {
                Ok(Vec::new())
            }
            other => other,
        }
    }
}

/// Asks again while the store's error may pass.
pub(crate) async fn retrying<T, F>(
    what: impl Fn() -> String,
    // Not `AsyncFn`: of its futures nobody can tell whether they may go to another thread.
    ask: impl Fn() -> F,
) -> Result<T>
where
    F: Future<Output = object_store::Result<T>>,
{
    let mut wait = FIRST_WAIT;
    for _ in 1..TRIES {
        match ask().await {
            Ok(found) => return Ok(found),
            Err(error) => {
                let error = Error::backend(what(), error);
                if !error.is_transient() {
                    return Err(error);
                }
            }
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
    ask().await.map_err(|error| Error::backend(what(), error))
}

/// Runs file operations where they don't hold up the runtime.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Error::Io {
                what: "a file operation".into(),
                source: std::io::Error::other("the runtime is shutting down"),
            }),
        },
    }
}

pub(crate) type Objects = Arc<dyn object_store::ObjectStore>;
