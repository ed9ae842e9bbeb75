//! Under which names the server may be asked, and from which origins: a page of another
//! site whose name leads here (DNS rebinding) is refused.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, header};

use crate::options::Base;

/// The names that count.
#[derive(Debug)]
pub struct Hosts {
    /// `name:port` as `Host` has it, in lower case.
    names: HashSet<String>,
    origins: HashSet<String>,
    /// Whether it listens on every address of the machine: then each is a name of it.
    any_address: Option<u16>,
}

impl Hosts {
    /// The names of a server that listens on an address.
    pub fn new(at: SocketAddr, base: &Base, more: &[String], dev_port: Option<u16>) -> Self {
        let port = at.port();
        let mut hosts = Self {
            names: HashSet::new(),
            origins: HashSet::new(),
            any_address: at.ip().is_unspecified().then_some(port),
        };
        for name in ["127.0.0.1", "localhost", "[::1]"] {
            hosts.add(name, port);
            // Vite's server shows the page while it is worked on, and asks this one.
            dev_port.into_iter().for_each(|port| hosts.add(name, port));
        }
        if !at.ip().is_unspecified() {
            hosts.add(&in_url(at.ip()), port);
        }
        if !at.ip().is_loopback() {
            hosts.add(&flownote_store::process::host(), port);
        }
        for name in more {
            hosts.add(name, port);
            hosts.names.insert(name.to_lowercase());
        }
        if let Some(origin) = &base.origin {
            let host = origin.split_once("://").map_or(origin.as_str(), |(_, host)| host);
            hosts.names.insert(host.to_lowercase());
            hosts.origins.insert(origin.to_lowercase());
        }
        hosts
    }

    fn add(&mut self, name: &str, port: u16) {
        let name = name.to_lowercase();
        self.names.insert(format!("{name}:{port}"));
        self.origins.insert(format!("http://{name}:{port}"));
        if port == 80 {
            self.origins.insert(format!("http://{name}"));
            self.names.insert(name);
        }
    }

    /// Whether a request asks for this server: exactly one `Host`, and a known one.
    pub fn admits(&self, headers: &HeaderMap) -> bool {
        match one(headers, &header::HOST) {
            Some(host) => self.names.contains(&host) || self.is_own_address(&host),
            None => false,
        }
    }

    /// Whether a request comes from a page of this server: exactly one `Origin`, its own.
    pub fn is_own_origin(&self, headers: &HeaderMap) -> bool {
        match one(headers, &header::ORIGIN) {
            Some(origin) => {
                self.origins.contains(&origin)
                    || origin.strip_prefix("http://").is_some_and(|host| self.is_own_address(host))
            }
            None => false,
        }
    }

    /// A number can't be rebound: only names can.
    fn is_own_address(&self, host: &str) -> bool {
        let Some(port) = self.any_address else { return false };
        host.parse::<SocketAddr>().is_ok_and(|at| at.port() == port)
    }
}

/// An address as URLs have it.
pub fn in_url(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

fn one(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    let mut all = headers.get_all(name).iter();
    let (first, second) = (all.next()?, all.next());
    second.is_none().then(|| first.to_str().ok().map(str::to_lowercase))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: header::HeaderName, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(&name, value.parse().unwrap());
        }
        headers
    }

    fn check(hosts: &Hosts, host: &str, expect: bool) {
        assert_eq!(hosts.admits(&with(header::HOST, &[host])), expect, "{host}");
        let origin = format!("http://{host}");
        assert_eq!(hosts.is_own_origin(&with(header::ORIGIN, &[&origin])), expect, "{origin}");
    }

    #[test]
    fn a_local_server_is_asked_by_local_names() {
        let hosts = Hosts::new("127.0.0.1:8765".parse().unwrap(), &Base::default(), &[], None);
        for good in ["127.0.0.1:8765", "localhost:8765", "LocalHost:8765", "[::1]:8765"] {
            check(&hosts, good, true);
        }
        for bad in [
            "evil.example:8765",
            "127.0.0.1",
            "127.0.0.1:8766",
            "localhost.evil.example:8765",
            "127.0.0.1:8765.evil.example",
            "localhost:8765@evil.example",
            "10.0.0.1:8765",
            "",
        ] {
            check(&hosts, bad, false);
        }
        let two = with(header::HOST, &["localhost:8765", "localhost:8765"]);
        assert!(!hosts.admits(&two) && !hosts.admits(&HeaderMap::new()));
        for origin in ["null", "https://localhost:8765", "file://", "http://localhost:8765/"] {
            assert!(!hosts.is_own_origin(&with(header::ORIGIN, &[origin])), "{origin}");
        }
    }

    #[test]
    fn a_proxys_name_and_any_address_count_when_they_are_meant() {
        let base = Base::parse("https://hub.example/ana").unwrap();
        let hosts = Hosts::new("0.0.0.0:80".parse().unwrap(), &base, &["box.lan".into()], None);
        assert!(hosts.admits(&with(header::HOST, &["hub.example"])));
        assert!(hosts.is_own_origin(&with(header::ORIGIN, &["https://hub.example"])));
        assert!(!hosts.is_own_origin(&with(header::ORIGIN, &["http://hub.example"])));
        check(&hosts, "192.168.1.7:80", true);
        check(&hosts, "box.lan", true);
        check(&hosts, "evil.example:80", false);
    }
}
