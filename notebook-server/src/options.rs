//! What a server is started with; nothing inside reads the environment.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use flownote_store::Store;
use url::Url;

use crate::Error;
use crate::tables::Tables;

/// The port that is tried first.
pub const PORT: u16 = 8765;

/// How to serve.
#[derive(Clone, Debug)]
pub struct Options {
    /// What is shown.
    pub store: Store,
    /// Who runs the server.
    pub user: String,
    /// Where to listen.
    pub host: IpAddr,
    /// The port; none for [`PORT`], or the next free one.
    pub port: Option<u16>,
    /// Under which address it is reached.
    pub base: Base,
    /// Names by which it may be reached beside its own.
    pub allowed_hosts: Vec<String>,
    /// What people type who have no link.
    pub password: Option<String>,
    /// Whether it may listen beyond this machine without a password.
    pub without_password: bool,
    /// The folder of the page's files, instead of the bundle in this program.
    pub dev: Option<PathBuf>,
    /// Where the key of the cookies is kept, and where `flownote ui --url` finds the server.
    /// Without it logins end with the server.
    pub state: Option<PathBuf>,
    /// The folder for what can be made anew: what the results of long runs said.
    pub caches: Option<PathBuf>,
    /// The Python that has the `flownote` package, for what is started from the page.
    pub python: String,
    /// The folder whose notebooks are served; none for no notebooks.
    pub notebooks: Option<PathBuf>,
    /// The system's folder for this user's sockets (`$XDG_RUNTIME_DIR`), if there is one.
    pub runtime: Option<PathBuf>,
    /// The command that starts a supervisor; empty for that of [`Options::python`].
    pub supervisor: Vec<String>,
    /// Who opens tables; without it the place Data is empty.
    pub tables: Option<Arc<dyn Tables>>,
}

impl Options {
    /// A server for this machine alone.
    pub fn new(store: Store, user: impl Into<String>) -> Self {
        Self {
            store,
            user: user.into(),
            host: IpAddr::from([127, 0, 0, 1]),
            port: None,
            base: Base::default(),
            allowed_hosts: Vec::new(),
            password: None,
            without_password: false,
            dev: None,
            state: None,
            caches: None,
            python: "python3".to_owned(),
            notebooks: None,
            runtime: None,
            supervisor: Vec::new(),
            tables: None,
        }
    }

    /// Refuses what would open the store to strangers.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let is_guarded = self.password.is_some() || self.without_password;
        if !self.host.is_loopback() && !is_guarded {
            return Err(Error::Open { host: self.host });
        }
        if self.password.as_ref().is_some_and(|password| password.chars().count() < 8) {
            return Err(Error::Password);
        }
        Ok(())
    }
}

/// The address under which the server is reached: `/x`, or `https://host/x` behind a proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base {
    /// `""`, or `/x` without a slash at its end.
    pub path: String,
    /// `https://host` of a proxy in front.
    pub origin: Option<String>,
}

impl Base {
    /// Reads `--base-url`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let refuse = |reason: &'static str| Error::Base { url: text.to_owned(), reason };
        let (path, origin) = if text.starts_with('/') {
            (text.to_owned(), None)
        } else {
            let url = Url::parse(text).map_err(|_| refuse("it is neither a path nor a URL"))?;
            if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
                return Err(refuse("only http and https are known"));
            }
            (url.path().to_owned(), Some(url.origin().ascii_serialization()))
        };
        let path = path.trim_end_matches('/');
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
        // It goes into a cookie, a header and a page as it is.
        if !path.bytes().all(plain) || path.contains("//") || path.split('/').any(|it| it == "..") {
            return Err(refuse("its path may have letters, digits and `-_.~/`"));
        }
        Ok(Self { path: path.to_owned(), origin })
    }

    /// Whether browsers reach it by TLS.
    pub fn is_secure(&self) -> bool {
        self.origin.as_ref().is_some_and(|origin| origin.starts_with("https:"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_a_path_or_an_address() {
        let check = |text: &str, path: &str, origin: Option<&str>| {
            let base = Base::parse(text).expect(text);
            assert_eq!((base.path.as_str(), base.origin.as_deref()), (path, origin));
        };
        check("/", "", None);
        check("/team/flow/", "/team/flow", None);
        check("https://hub.example/user/ana/", "/user/ana", Some("https://hub.example"));
        check("http://box:9000", "", Some("http://box:9000"));
        for wrong in ["x", "ftp://a/b", "/a b", "/a;b", "/../x", "/a\"b", "//evil"] {
            Base::parse(wrong).expect_err(wrong);
        }
    }
}
