//! A login: a signed cookie. `flownote-<port>` holds `<body>.<signature>`, both base64; the
//! body is 16 random bytes and the time of the login.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::key::Key;

/// How long a login lasts.
const LASTS: Duration = Duration::from_secs(30 * 24 * 3600);

/// The logins that count.
#[derive(Debug)]
pub struct Sessions {
    key: Key,
    name: String,
    path: String,
    is_secure: bool,
    /// Those who logged out. Short sections: a logout, and one look a request.
    ended: Mutex<HashSet<String>>,
}

impl Sessions {
    /// Logins of the server on a port. The name carries the port, since browsers give
    /// cookies to every port of a host.
    pub fn new(key: Key, port: u16, base: &crate::options::Base) -> Self {
        let path = if base.path.is_empty() { "/".to_owned() } else { base.path.clone() };
        let name = format!("flownote-{port}");
        Self { key, name, path, is_secure: base.is_secure(), ended: Mutex::default() }
    }

    /// The `Set-Cookie` of a new login.
    pub fn begin(&self) -> HeaderValue {
        let mut body = [0; 24];
        body[..16].copy_from_slice(&rand::random::<[u8; 16]>());
        body[16..].copy_from_slice(&now().as_secs().to_le_bytes());
        let body = BASE64_URL_SAFE_NO_PAD.encode(body);
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.sign(&body).as_bytes());
        self.cookie(&format!("{body}.{signature}"), LASTS)
    }

    /// Ends the logins of a request, and gives the `Set-Cookie` that takes the cookie away.
    pub fn end(&self, headers: &HeaderMap) -> HeaderValue {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.extend(self.cookies(headers).map(str::to_owned));
        self.cookie("", Duration::ZERO)
    }

    /// Whether a request comes with a login that counts.
    pub fn knows(&self, headers: &HeaderMap) -> bool {
        self.cookies(headers).any(|cookie| self.is_good(cookie))
    }

    fn is_good(&self, cookie: &str) -> bool {
        let Some((body, signature)) = cookie.split_once('.') else { return false };
        let Ok(signature) = BASE64_URL_SAFE_NO_PAD.decode(signature) else { return false };
        let Ok(signature) = <[u8; 32]>::try_from(signature) else { return false };
        // `blake3::Hash` compares in constant time.
        if self.sign(body) != blake3::Hash::from_bytes(signature) {
            return false;
        }
        let Ok(body) = BASE64_URL_SAFE_NO_PAD.decode(body) else { return false };
        let Some(at) = body.get(16..24).and_then(|at| <[u8; 8]>::try_from(at).ok()) else {
            return false;
        };
        let age = now().as_secs().checked_sub(u64::from_le_bytes(at));
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        age.is_some_and(|age| age < LASTS.as_secs()) && !ended.contains(cookie)
    }

    fn sign(&self, body: &str) -> blake3::Hash {
        self.key.sign(format!("flownote login {}\n{body}", self.name).as_bytes())
    }

    fn cookies<'a>(&'a self, headers: &'a HeaderMap) -> impl Iterator<Item = &'a str> {
        let texts = headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok());
        let pairs =
            texts.flat_map(|text| text.split(';')).filter_map(|it| it.trim().split_once('='));
        pairs.filter(|(name, _)| *name == self.name).map(|(_, value)| value)
    }

    fn cookie(&self, value: &str, lasts: Duration) -> HeaderValue {
        let Self { name, path, is_secure, .. } = self;
        let secure = if *is_secure { "; Secure" } else { "" };
        let age = lasts.as_secs();
        let text = format!(
            "{name}={value}; Path={path}; Max-Age={age}; HttpOnly; SameSite=Strict{secure}"
        );
        HeaderValue::from_str(&text).unwrap_or_else(|_| unreachable!("its parts are plain ASCII"))
    }
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Base;

    fn headers(cookie: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(cookie).unwrap());
        headers
    }

    fn value(cookie: &HeaderValue) -> String {
        cookie.to_str().unwrap().split(';').next().unwrap().to_owned()
    }

    #[test]
    fn only_what_was_signed_here_counts() {
        let key = Key::random();
        let sessions = Sessions::new(key.clone(), 8765, &Base::default());
        let cookie = value(&sessions.begin());
        assert!(sessions.knows(&headers(&cookie)));
        assert!(sessions.knows(&headers(&format!("a=b; {cookie}; c"))));
        let again = Sessions::new(key.clone(), 8765, &Base::default());
        assert!(again.knows(&headers(&cookie)), "the server was started again");
        let other = Sessions::new(key, 8766, &Base::default());
        assert!(!other.knows(&headers(&cookie.replace("8765", "8766"))), "another port's");
        let stranger = Sessions::new(Key::random(), 8765, &Base::default());
        assert!(!stranger.knows(&headers(&cookie)));
        let (body, signature) = cookie.split_once('.').unwrap();
        for forged in [
            format!("{body}."),
            format!("{body}.{}", &signature[1..]),
            format!("flownote-8765=.{signature}"),
            "flownote-8765=".into(),
            "flownote-8765=a.b".into(),
        ] {
            assert!(!sessions.knows(&headers(&forged)), "{forged}");
        }
        sessions.end(&headers(&cookie));
        assert!(!sessions.knows(&headers(&cookie)), "logged out");
    }

    #[test]
    fn a_login_ends_some_day() {
        let sessions = Sessions::new(Key::random(), 1, &Base::default());
        let signed = |at: u64| {
            let mut body = [7; 24];
            body[16..].copy_from_slice(&at.to_le_bytes());
            let body = BASE64_URL_SAFE_NO_PAD.encode(body);
            let signature = BASE64_URL_SAFE_NO_PAD.encode(sessions.sign(&body).as_bytes());
            headers(&format!("flownote-1={body}.{signature}"))
        };
        let now = now().as_secs();
        assert!(sessions.knows(&signed(now - 5)));
        assert!(!sessions.knows(&signed(now - LASTS.as_secs() - 5)));
        assert!(!sessions.knows(&signed(now + 500)), "from the future");
    }
}
