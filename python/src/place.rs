//! Which datastore is meant: the flag, the environment, the configuration file or the
//! project's own folder. The one place of this crate that reads `FLOWNOTE_STORE`.

use flownote_store::location::{Disk, Location, locate};
use flownote_store::{Error, Store, StoreOptions};

/// Finds the datastore that `flag` (`--store`) or the surroundings name.
pub fn find(flag: Option<&str>) -> Result<Location, Error> {
    let cwd = std::env::current_dir()
        .map_err(|source| Error::Io { what: "looking up the current folder".into(), source })?;
    let environment = std::env::var("FLOWNOTE_STORE").ok();
    locate(&cwd, environment.as_deref(), flag, &Disk)
}

/// Opens it. Nothing is made or asked for before the first use.
pub async fn open(flag: Option<&str>, durable: bool) -> Result<Store, Error> {
    let options = StoreOptions::from_env();
    let durable = durable || options.durable;
    Store::open(&find(flag)?.url, StoreOptions { durable, ..options }).await
}
