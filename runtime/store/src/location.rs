//! Which store: what users type, and where a project keeps its own.
//!
//! [`locate`] merges defaults < `flownote.toml` < `FLOWNOTE_STORE` < `--store`. It is given
//! the values and a [`Probe`] of the file system, so it reads nothing by itself.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Error, Result};

/// The folder of a project's own store.
pub const DEFAULT_FOLDER: &str = ".flownote";
/// The project's configuration file.
pub const CONFIG_FILE: &str = "flownote.toml";

/// The address of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreUrl {
    /// A folder.
    Folder(PathBuf),
    /// The memory of this process: gone when the last [`crate::Store`] is.
    Memory,
    /// A bucket, or a part of one.
    S3(S3Url),
}

/// `s3://bucket/prefix?endpoint=http://host:port&region=eu-west-1`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Url {
    /// The bucket.
    pub bucket: String,
    /// The part of the bucket, without slashes at its ends; may be empty.
    pub prefix: String,
    /// A service other than AWS.
    pub endpoint: Option<String>,
    /// The region.
    pub region: Option<String>,
}

impl StoreUrl {
    /// Reads what a user typed; a relative folder is taken from `base`.
    pub fn parse(text: &str, base: &Path) -> Result<Self> {
        let refuse = |reason: &str| Error::Url { url: text.to_owned(), reason: reason.to_owned() };
        if text.trim().is_empty() {
            return Err(refuse("it is empty"));
        }
        if text == "memory:" {
            return Ok(Self::Memory);
        }
        let Some((scheme, _)) = text.split_once("://") else {
            return Ok(Self::Folder(base.join(text)));
        };
        let url = url::Url::parse(text).map_err(|error| refuse(&error.to_string()))?;
        match scheme {
            "s3" => S3Url::of(&url).map(Self::S3).map_err(|reason| refuse(&reason)),
            "file" => url
                .to_file_path()
                .map(Self::Folder)
                .map_err(|()| refuse("a file URL has three slashes: `file:///folder`")),
            _ => Err(refuse("only folders, `s3://` and `memory:` are known")),
        }
    }
}

impl S3Url {
    fn of(url: &url::Url) -> Result<Self, String> {
        let bucket = url.host_str().filter(|host| !host.is_empty()).ok_or("it names no bucket")?;
        let prefix = url.path().trim_matches('/').to_owned();
        let mut found = Self { bucket: bucket.to_owned(), prefix, endpoint: None, region: None };
        for (name, value) in url.query_pairs() {
            match &*name {
                "endpoint" => found.endpoint = Some(value.into_owned()),
                "region" => found.region = Some(value.into_owned()),
                _ => return Err(format!("it may have `endpoint` and `region`, not `{name}`")),
            }
        }
        Ok(found)
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => write!(out, "{}", path.display()),
            Self::Memory => out.write_str("memory:"),
            Self::S3(s3) => s3.fmt(out),
        }
    }
}

impl fmt::Display for S3Url {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "s3://{}", self.bucket)?;
        if !self.prefix.is_empty() {
            write!(out, "/{}", self.prefix)?;
        }
        let mut mark = '?';
        for (name, value) in [("endpoint", &self.endpoint), ("region", &self.region)] {
            if let Some(value) = value {
                let value: String =
                    url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
                write!(out, "{mark}{name}={value}")?;
                mark = '&';
            }
        }
        Ok(())
    }
}

/// What [`locate`] may ask about the file system.
pub trait Probe {
    /// Whether something of this name exists.
    fn exists(&self, path: &Path) -> bool;
    /// The text of a file, or none when there is no such file.
    fn read(&self, path: &Path) -> io::Result<Option<String>>;
}

/// The real file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Probe for Disk {
    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn read(&self, path: &Path) -> io::Result<Option<String>> {
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Where a store's address came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nobody said: the project's own folder.
    Default,
    /// The configuration file.
    File(PathBuf),
    /// `FLOWNOTE_STORE`.
    Environment,
    /// `--store`.
    Flag,
}

/// A store and how it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The store.
    pub url: StoreUrl,
    /// Who named it.
    pub source: Source,
    /// The project's root.
    pub root: PathBuf,
}

/// The configuration file's content. Unknown keys belong to later readers.
#[derive(Deserialize)]
struct Config {
    store: Option<String>,
}

/// Finds the store for somebody who works in `cwd`.
pub fn locate(
    cwd: &Path,
    environment: Option<&str>,
    flag: Option<&str>,
    probe: &dyn Probe,
) -> Result<Location> {
    let root = project_root(cwd, probe);
    let given = |text: &str, source| {
        Ok(Location { url: StoreUrl::parse(text, cwd)?, source, root: root.clone() })
    };
    if let Some(flag) = flag {
        return given(flag, Source::Flag);
    }
    if let Some(environment) = environment.filter(|value| !value.is_empty()) {
        return given(environment, Source::Environment);
    }
    if let Some((file, store)) = configured(cwd, probe)? {
        let url = StoreUrl::parse(&store, file.parent().unwrap_or(cwd))?;
        return Ok(Location { url, source: Source::File(file), root });
    }
    let url = StoreUrl::Folder(root.join(DEFAULT_FOLDER));
    Ok(Location { url, source: Source::Default, root })
}

/// Finds the project's root: the nearest folder at or above `cwd` with a mark of one.
pub fn project_root(cwd: &Path, probe: &dyn Probe) -> PathBuf {
    const MARKS: [&str; 4] = [DEFAULT_FOLDER, CONFIG_FILE, "pyproject.toml", ".git"];
    cwd.ancestors()
        .find(|folder| MARKS.iter().any(|mark| probe.exists(&folder.join(mark))))
        .unwrap_or(cwd)
        .to_owned()
}

fn configured(cwd: &Path, probe: &dyn Probe) -> Result<Option<(PathBuf, String)>> {
    for folder in cwd.ancestors() {
        let path = folder.join(CONFIG_FILE);
        let refuse = |reason: String| Error::Config { path: path.clone(), reason };
        let Some(text) = probe.read(&path).map_err(|error| refuse(error.to_string()))? else {
            continue;
        };
        let config: Config = toml::from_str(&text).map_err(|error| refuse(error.to_string()))?;
        return Ok(config.store.map(|store| (path, store)));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    struct Fake(BTreeMap<PathBuf, &'static str>);

    impl Probe for Fake {
        fn exists(&self, path: &Path) -> bool {
            self.0.contains_key(path)
        }

        fn read(&self, path: &Path) -> io::Result<Option<String>> {
            Ok(self.0.get(path).map(|text| (*text).to_owned()))
        }
    }

    fn check(files: &[(&str, &'static str)], env: Option<&str>, flag: Option<&str>, expect: &str) {
        let fake = Fake(files.iter().map(|(path, text)| (PathBuf::from(path), *text)).collect());
        let found = locate(Path::new("/p/a/b"), env, flag, &fake).unwrap();
        assert_eq!(found.url.to_string(), expect);
    }

    const CONFIG: (&str, &str) = ("/p/flownote.toml", "store = 'data'\n[other]\nkey = 1");

    #[test]
    fn flag_over_environment_over_file_over_default() {
        check(&[], None, None, "/p/a/b/.flownote");
        check(&[("/p/.git", "")], None, None, "/p/.flownote");
        check(&[("/p/.git", ""), ("/p/a/.flownote", "")], None, None, "/p/a/.flownote");
        check(&[CONFIG], None, None, "/p/data");
        check(&[CONFIG], Some("env"), None, "/p/a/b/env");
        check(&[CONFIG], Some(""), None, "/p/data");
        check(&[CONFIG], Some("env"), Some("/flag"), "/flag");
        check(&[("/p/flownote.toml", "")], None, None, "/p/.flownote");
    }

    #[test]
    fn a_bad_file_is_named() {
        let fake = Fake([(PathBuf::from("/p/flownote.toml"), "store = ")].into());
        let error = locate(Path::new("/p"), None, None, &fake).unwrap_err();
        assert!(error.to_string().starts_with("`/p/flownote.toml` can't be read"), "{error}");
    }

    #[test]
    fn what_names_no_store_is_refused() {
        for text in ["", "  ", "gs://bucket", "s3://", "s3://b?colour=red", "http://x/y"] {
            assert!(StoreUrl::parse(text, Path::new("/")).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn s3_urls_round_trip(
            bucket in "[a-z0-9][a-z0-9.-]{1,20}[a-z0-9]",
            prefix in "([a-z0-9_]{1,8}(/[a-z0-9_]{1,8}){0,3})?",
            endpoint in proptest::option::of("https?://[a-z]{1,9}:[1-9][0-9]{0,3}(/[a-z&=?]{0,5})?"),
            region in proptest::option::of("[a-z]{2}-[a-z]{4}-[0-9]"),
        ) {
            let url = StoreUrl::S3(S3Url { bucket, prefix, endpoint, region });
            prop_assert_eq!(StoreUrl::parse(&url.to_string(), Path::new("/"))?, url);
        }
    }
}
