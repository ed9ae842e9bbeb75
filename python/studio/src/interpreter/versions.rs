//! The versions of names: what is bound now, and what could be bound again.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use flownote_data::{Bytes, Error, Frame, Made, read};
use flownote_flow::help::article;
use flownote_kernel::protocol::{NameVersion, Rebind, Value, ValueRef};
use flownote_kernel::wasm::{self, Function};

use super::host::Host;
use super::scoring;
use crate::wasm::{SqlFunction, engine};

/// Results without a name that are kept.
const SHOWN: usize = 8;

/// One version of a name.
#[derive(Clone)]
pub enum Version {
    /// Made elsewhere: read when a cell needs it.
    Given(Arc<ValueRef>),
    /// The named result of a query: mapped, and where it was written.
    Result { frame: Frame, value: Arc<Value> },
    /// A table or view that a statement made.
    Made(Made),
    /// What a WASM cell defined.
    Function(Function),
}

/// All versions that this process knows.
#[derive(Default)]
pub struct Versions {
    known: HashMap<(String, u64), Version>,
    bound: BTreeMap<String, u64>,
    /// Results without a name that cells showed, the newest at the end: the cell, the result.
    shown: VecDeque<(String, (String, u64))>,
    /// Functions that queries can call now, and which version of the name they are.
    registered: BTreeMap<String, u64>,
}

impl Versions {
    /// Takes a value that was made elsewhere.
    pub fn give(&mut self, name: &str, version: u64, value: ValueRef) {
        self.known.insert((name.to_owned(), version), Version::Given(Arc::new(value)));
    }

    /// Takes what a cell made, and binds it.
    pub fn make(&mut self, name: &str, version: u64, made: Version) {
        self.known.insert((name.to_owned(), version), made);
        self.bound.insert(name.to_owned(), version);
    }

    /// Takes what a cell showed that has no name, in place of what it showed before.
    pub fn show(&mut self, cell: &str, version: u64, made: Made) {
        let key = (made.name.clone(), version);
        self.hide(cell);
        self.known.insert(key.clone(), Version::Made(made));
        self.shown.push_back((cell.to_owned(), key));
        if self.shown.len() > SHOWN
            && let Some((_, oldest)) = self.shown.pop_front()
        {
            self.known.remove(&oldest);
        }
    }

    /// What a cell showed isn't seen any more.
    pub fn hide(&mut self, cell: &str) {
        if let Some(at) = self.shown.iter().position(|(by, _)| by == cell)
            && let Some((_, key)) = self.shown.remove(at)
        {
            self.known.remove(&key);
        }
    }

    /// Unbinds a name.
    pub fn unbind(&mut self, name: &str) {
        self.bound.remove(name);
    }

    /// A version, if it is known.
    pub fn get(&self, name: &str, version: u64) -> Option<Version> {
        self.known.get(&(name.to_owned(), version)).cloned()
    }

    /// The version that is bound.
    pub fn bound(&self, name: &str) -> Option<u64> {
        self.bound.get(name).copied()
    }

    /// Drops versions that nobody refers to.
    pub fn forget(&mut self, versions: &[NameVersion]) {
        for NameVersion { name, version } in versions {
            self.known.remove(&(name.clone(), *version));
        }
    }
}

/// Binds what a cell is to see.
pub fn rebind(host: &Host, rebind: &Rebind, code: &str) {
    let mut versions = host.versions();
    for (name, binding) in &rebind.set {
        if let flownote_kernel::protocol::Binding::Given { version, value } = binding
            && versions.get(name, *version).is_none()
        {
            versions.give(name, *version, value.clone());
        }
        versions.bound.insert(name.clone(), binding.version());
    }
    for name in &rebind.unset {
        versions.unbind(name);
    }
    for name in rebind.set.keys().chain(&rebind.unset) {
        let version = versions.bound(name).and_then(|version| versions.get(name, version));
        let is_table = match &version {
            Some(version) => bind_table(host, name, version),
            None => false,
        };
        if !is_table {
            host.session.unbind(name);
        }
    }
    bind_functions(host, &mut versions, code);
}

fn bind_table(host: &Host, name: &str, version: &Version) -> bool {
    match version {
        Version::Given(value) if value.record.codec == wasm::CODEC => return false,
        Version::Given(value) => {
            let (name, value) = (name.to_owned(), Arc::clone(value));
            let opener = {
                let name = name.clone();
                move || open(&name, &value)
            };
            host.session.bind_late(&name, Arc::new(opener));
        }
        Version::Result { frame, .. } => host.session.bind(name, frame.clone()),
        Version::Made(made) => host.session.bind_made(name, made),
        Version::Function(_) => return false,
    }
    true
}

/// Reads a value as a table, or says which has no such form.
fn open(name: &str, value: &ValueRef) -> Result<Frame, Error> {
    let bytes = Bytes::of(&value.record, value.path.as_deref())?;
    read(bytes, &value.record).map_err(|error| match error {
        Error::Value { message, hint: hint @ Some(_) } if message.contains("stored as") => {
            let kind = &value.record.type_name;
            let message = format!("`{name}`, {} {kind}, has no common form", article(kind));
            Error::Value { message, hint }
        }
        Error::Value { message, hint } => {
            Error::Value { message: format!("`{name}`: {message}"), hint }
        }
        other => other,
    })
}

/// Lets queries call the functions that are bound and that the cell names.
fn bind_functions(host: &Host, versions: &mut Versions, code: &str) {
    let gone: Vec<String> = versions
        .registered
        .iter()
        .filter(|(name, version)| versions.bound(name) != Some(**version))
        .map(|(name, _)| name.clone())
        .collect();
    for name in gone {
        host.session.deregister(&name);
        versions.registered.remove(&name);
    }
    let lower = code.to_lowercase();
    let own = host.session.functions();
    let wanted: Vec<(String, u64)> = versions
        .bound
        .iter()
        .filter(|(name, _)| !versions.registered.contains_key(*name))
        .filter(|(name, _)| lower.contains(&name.to_lowercase()))
        .map(|(name, version)| (name.clone(), *version))
        .collect();
    for (name, version) in wanted {
        let found = versions.get(&name, version);
        if let Some(Version::Given(value)) = &found
            && value.record.codec == scoring::CODEC
        {
            // The notebook's rule, too: a value doesn't stand in for a function of SQL's own.
            if own.contains(&name.to_lowercase()) {
                continue;
            }
            host.session.register(scoring::named(&name, value, host.interrupted()));
            versions.registered.insert(name, version);
            continue;
        }
        let Some(function) = found.and_then(|found| function(&found)) else { continue };
        // One that must see columns whole is no function of queries.
        if let Ok(function) = SqlFunction::new(function, Some(host.interrupted())) {
            host.session.register(Arc::new(super::wasm_cell::Named::new(&name, function)));
            versions.registered.insert(name, version);
        }
    }
}

fn function(version: &Version) -> Option<Function> {
    match version {
        Version::Function(function) => Some(function.clone()),
        Version::Given(value) if value.record.codec == wasm::CODEC => {
            let bytes = super::reading::bytes_of(value).ok()?;
            let engine = engine().ok()?;
            Function::from_stored(engine, &bytes, &value.record.meta).ok()
        }
        _ => None,
    }
}
