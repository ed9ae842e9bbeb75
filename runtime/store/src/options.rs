//! What a store is opened with. [`StoreOptions::from_env`] is the one place that reads
//! the environment; everything else is given values.

use std::path::PathBuf;

/// How to open a store.
#[derive(Clone, Debug, Default)]
pub struct StoreOptions {
    /// Whether `done`, log and blobs are on the disk before they count (`--durable`).
    pub durable: bool,
    /// The folder under which remote stores keep their local caches.
    pub cache_home: Option<PathBuf>,
    /// How S3 is reached.
    pub s3: S3Options,
}

/// How S3 is reached, beyond what the URL says.
#[derive(Clone, Debug, Default)]
pub struct S3Options {
    /// A service other than AWS (`http://127.0.0.1:9000`).
    pub endpoint: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The profile of `~/.aws/config`.
    pub profile: Option<String>,
}

impl StoreOptions {
    /// Reads `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, `AWS_REGION`,
    /// `AWS_DEFAULT_REGION`, `AWS_PROFILE`, `XDG_CACHE_HOME`, `HOME` and
    /// `FLOWNOTE_DURABLE`.
    pub fn from_env() -> Self {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let cache = set("XDG_CACHE_HOME").map(PathBuf::from);
        let home = || set("HOME").map(|home| PathBuf::from(home).join(".cache"));
        Self {
            durable: set("FLOWNOTE_DURABLE").is_some_and(|value| value != "0"),
            cache_home: cache.or_else(home),
            s3: S3Options {
                endpoint: set("AWS_ENDPOINT_URL_S3").or_else(|| set("AWS_ENDPOINT_URL")),
                region: set("AWS_REGION").or_else(|| set("AWS_DEFAULT_REGION")),
                profile: set("AWS_PROFILE"),
            },
        }
    }

    /// The folder for the caches of remote stores.
    pub(crate) fn caches(&self) -> PathBuf {
        let home = self.cache_home.clone().unwrap_or_else(std::env::temp_dir);
        home.join("flownote").join("stores")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_particular_variable_wins() {
        let options = StoreOptions::from_lookup(|name| match name {
            "AWS_ENDPOINT_URL_S3" => Some("http://s3".into()),
            "AWS_ENDPOINT_URL" => Some("http://any".into()),
            "AWS_REGION" => Some(String::new()),
            "AWS_DEFAULT_REGION" => Some("eu-north-1".into()),
            "HOME" => Some("/home/ana".into()),
            _ => None,
        });
        assert_eq!(options.s3.endpoint.as_deref(), Some("http://s3"));
        assert_eq!(options.s3.region.as_deref(), Some("eu-north-1"));
        assert_eq!(options.caches(), PathBuf::from("/home/ana/.cache/flownote/stores"));
    }
}
