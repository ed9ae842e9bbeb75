//! Whether what a task depended on is still so, and if not, what differs first.

use std::collections::BTreeSet;
use std::fmt;

use super::{Code, Environment, InputReads, Provenance, Unusable};
use crate::manifest::Digest;

/// What a task would be given now. Digests are those that [`Provenance`] records.
pub trait Present {
    /// An artifact of `self`.
    fn artifact(&self, name: &str) -> Option<Digest>;
    /// The names of all artifacts of `self`.
    fn names(&self) -> BTreeSet<String>;
    /// An artifact of one of a join's inputs.
    fn input(&self, position: u32, name: &str) -> Option<Digest>;
    /// The names that any of a join's inputs has.
    fn input_names(&self) -> BTreeSet<String>;
    /// How many inputs a join has.
    fn inputs_len(&self) -> u32;
    /// A parameter or class constant.
    fn parameter(&self, name: &str) -> Option<Digest>;
    /// An attribute of `current`; `None` when it can't be told.
    fn current(&self, name: &str) -> Option<Digest>;
    /// The foreach item.
    fn item(&self) -> Option<Digest>;
    /// `self.index`.
    fn index(&self) -> Option<u32>;
    /// `self.foreach_stack()`.
    fn foreach_stack(&self) -> Option<Digest>;
    /// The version of something of the world: `None` when it can't be told from here,
    /// `Some(None)` when it doesn't exist.
    fn external(&self, kind: &str, name: &str) -> Option<Option<String>>;
}

/// The first thing that differs between a recorded result and what would be computed now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The record doesn't allow reuse.
    Unusable(Unusable),
    /// The step's code; the part that changed, where the record tells.
    Code(Option<String>),
    /// A distribution, the runtime or the platform.
    Environment(String),
    /// A parameter or class constant.
    Parameter(String),
    /// An artifact of `self`.
    Artifact(String),
    /// Which artifacts there are.
    Names,
    /// An artifact of a join's inputs.
    Input(String),
    /// How many inputs there are.
    Inputs,
    /// The foreach item.
    Item,
    /// The item's place in its foreach.
    Place,
    /// An attribute of `current`.
    Current(String),
    /// Something of the world.
    External(String),
}

impl fmt::Display for Difference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unusable(why) => write!(out, "{why}"),
            Self::Code(Some(part)) => write!(out, "code changed in {part}"),
            Self::Code(None) => write!(out, "code changed"),
            Self::Environment(what) => write!(out, "{what} changed"),
            Self::Parameter(name) => write!(out, "parameter `{name}` changed"),
            Self::Artifact(name) => write!(out, "artifact `{name}` changed"),
            Self::Names => write!(out, "other artifacts are there"),
            Self::Input(name) => write!(out, "`{name}` of an input changed"),
            Self::Inputs => write!(out, "another number of inputs"),
            Self::Item => write!(out, "the foreach item changed"),
            Self::Place => write!(out, "the item's place in its foreach changed"),
            Self::Current(name) => write!(out, "`current.{name}` changed"),
            Self::External(name) => write!(out, "{name} changed, or can't be checked"),
        }
    }
}

impl Provenance {
    /// Compares the record with what would be computed now. The order is that of a user's
    /// interest: may it be reused at all, did the code change, did anything that it read?
    ///
    /// Without `code` the code and its environment are trusted.
    ///
    /// # Errors
    /// The first difference.
    pub fn compare(
        &self,
        code: Option<(&Code, &Environment)>,
        now: &impl Present,
    ) -> Result<(), Difference> {
        self.reusable().map_err(Difference::Unusable)?;
        if let Some((code, environment)) = code {
            self.compare_code(code, environment)?;
        }
        self.compare_reads(now)
    }

    fn compare_code(&self, code: &Code, environment: &Environment) -> Result<(), Difference> {
        if self.code.digest != code.digest || self.code.coarse.is_some() != code.coarse.is_some() {
            return Err(Difference::Code(self.code.changed_part(code)));
        }
        if self.environment.runtime != environment.runtime {
            return Err(Difference::Environment("the Python version".into()));
        }
        if self.environment.platform != environment.platform {
            return Err(Difference::Environment("the platform".into()));
        }
        let (before, after) = (&self.environment.distributions, &environment.distributions);
        let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        match names.into_iter().find(|name| before.get(*name) != after.get(*name)) {
            Some(name) => Err(Difference::Environment(format!("the version of `{name}`"))),
            None => Ok(()),
        }
    }

    fn compare_reads(&self, now: &impl Present) -> Result<(), Difference> {
        let reads = &self.reads;
        if reads.item != now.item() {
            return Err(Difference::Item);
        }
        if reads.index.is_some() && reads.index != now.index()
            || reads.foreach_stack.is_some() && reads.foreach_stack != now.foreach_stack()
        {
            return Err(Difference::Place);
        }
        for (name, digest) in &reads.parameters {
            check(now.parameter(name).as_ref() == Some(digest), || {
                Difference::Parameter(name.clone())
            })?;
        }
        for (name, digest) in &reads.artifacts {
            check(now.artifact(name) == *digest, || Difference::Artifact(name.clone()))?;
        }
        if reads.inputs_len.is_some_and(|count| count != now.inputs_len()) {
            return Err(Difference::Inputs);
        }
        for (name, read) in &reads.inputs {
            check(input_is_equal(now, name, read), || Difference::Input(name.clone()))?;
        }
        if reads.every_name {
            let present = reads.artifacts.iter().filter(|(_, digest)| digest.is_some());
            let names: BTreeSet<String> = present.map(|(name, _)| name.clone()).collect();
            let inputs: BTreeSet<String> = reads.inputs.keys().cloned().collect();
            check(now.names() == names && now.input_names() == inputs, || Difference::Names)?;
        }
        for (name, digest) in &reads.current {
            check(now.current(name) == *digest, || Difference::Current(name.clone()))?;
        }
        // What was declared is compared by whoever knows the declarations of now.
        for external in self.externals.iter().filter(|external| !external.declared) {
            let unchanged =
                now.external(&external.kind, &external.name).as_ref() == Some(&external.version);
            check(unchanged, || {
                Difference::External(format!("{} `{}`", external.kind, external.name))
            })?;
        }
        Ok(())
    }
}

fn check(equal: bool, difference: impl FnOnce() -> Difference) -> Result<(), Difference> {
    if equal { Ok(()) } else { Err(difference()) }
}

fn input_is_equal(now: &impl Present, name: &str, read: &InputReads) -> bool {
    match read {
        InputReads::At(at) => at.iter().all(|(at, digest)| now.input(*at, name) == *digest),
        InputReads::Every(all) => {
            let digests: Vec<_> = (0..now.inputs_len()).map(|at| now.input(at, name)).collect();
            InputReads::digest_of(digests.iter().map(Option::as_deref)) == *all
        }
    }
}

impl Code {
    /// The first part that is new, gone or different later, as `` `clean` (features.py:31) ``;
    /// nothing when one of the records doesn't have the parts.
    pub fn changed_part(&self, later: &Self) -> Option<String> {
        if self.parts.is_empty() || later.parts.is_empty() {
            return None;
        }
        let names: BTreeSet<_> = self.parts.keys().chain(later.parts.keys()).collect();
        let name =
            names.into_iter().find(|name| self.parts.get(*name) != later.parts.get(*name))?;
        let (file, part) = name.rsplit_once(':').unwrap_or(("", name));
        let line = later.lines.get(name).or_else(|| self.lines.get(name));
        let place = line.map_or_else(|| file.to_owned(), |line| format!("{file}:{line}"));
        Some(format!("`{part}` ({place})"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::provenance::{Reads, SCHEMA};

    /// Everything that exists now, by name.
    #[derive(Clone, Default)]
    struct Now {
        artifacts: BTreeMap<String, Digest>,
        inputs: Vec<BTreeMap<String, Digest>>,
        parameters: BTreeMap<String, Digest>,
        item: Option<Digest>,
        index: Option<u32>,
    }

    impl Present for Now {
        fn artifact(&self, name: &str) -> Option<Digest> {
            self.artifacts.get(name).cloned()
        }
        fn names(&self) -> BTreeSet<String> {
            self.artifacts.keys().cloned().collect()
        }
        fn input(&self, position: u32, name: &str) -> Option<Digest> {
            self.inputs.get(position as usize)?.get(name).cloned()
        }
        fn input_names(&self) -> BTreeSet<String> {
            self.inputs.iter().flat_map(|input| input.keys().cloned()).collect()
        }
        fn inputs_len(&self) -> u32 {
            u32::try_from(self.inputs.len()).expect("few")
        }
        fn parameter(&self, name: &str) -> Option<Digest> {
            self.parameters.get(name).cloned()
        }
        fn current(&self, _: &str) -> Option<Digest> {
            None
        }
        fn item(&self) -> Option<Digest> {
            self.item.clone()
        }
        fn index(&self) -> Option<u32> {
            self.index
        }
        fn foreach_stack(&self) -> Option<Digest> {
            None
        }
        fn external(&self, _: &str, _: &str) -> Option<Option<String>> {
            None
        }
    }

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, Digest> {
        pairs.iter().map(|(name, digest)| ((*name).into(), (*digest).into())).collect()
    }

    fn record() -> Provenance {
        let reads = Reads {
            artifacts: [("x".into(), Some("1".into())), ("gone".into(), None)].into(),
            parameters: map(&[("alpha", "a")]),
            item: Some("i".into()),
            ..Reads::default()
        };
        let code = Code {
            digest: "c".into(),
            parts: map(&[("flow.py:Flow.fit", "p"), ("features.py:clean", "q")]),
            lines: [("features.py:clean".to_owned(), 31)].into(),
            ..Code::default()
        };
        Provenance { schema: SCHEMA, code, reads, ..Provenance::default() }
    }

    fn now() -> Now {
        Now {
            artifacts: map(&[("x", "1"), ("unread", "9")]),
            parameters: map(&[("alpha", "a")]),
            item: Some("i".into()),
            ..Now::default()
        }
    }

    #[track_caller]
    fn check(record: &Provenance, code: &Code, now: &Now, expected: &str) {
        let found = record.compare(Some((code, &Environment::default())), now);
        let said = found.err().map_or_else(String::new, |difference| difference.to_string());
        assert_eq!(said, expected);
    }

    #[test]
    fn what_was_not_read_does_not_matter() {
        let mut later = now();
        later.artifacts.insert("unread".into(), "10".into());
        later.parameters.insert("beta".into(), "b".into());
        later.index = Some(7);
        check(&record(), &record().code, &later, "");
    }

    #[test]
    fn each_read_matters_and_is_named() {
        let code = &record().code;
        let mut later = now();
        later.artifacts.insert("x".into(), "2".into());
        check(&record(), code, &later, "artifact `x` changed");
        let mut later = now();
        later.artifacts.insert("gone".into(), "2".into());
        check(&record(), code, &later, "artifact `gone` changed");
        let mut later = now();
        later.parameters.clear();
        check(&record(), code, &later, "parameter `alpha` changed");
        let later = Now { item: None, ..now() };
        check(&record(), code, &later, "the foreach item changed");
    }

    #[test]
    fn changed_code_is_named_by_its_part() {
        let mut code = record().code;
        code.digest = "d".into();
        code.parts.insert("features.py:clean".into(), "r".into());
        check(&record(), &code, &now(), "code changed in `clean` (features.py:31)");
        code.parts.clear();
        check(&record(), &code, &now(), "code changed");
        assert_eq!(record().compare(None, &now()), Ok(()), "trusted");
    }

    #[test]
    fn the_names_count_only_where_they_were_asked_for() {
        let mut listed = record();
        listed.reads.every_name = true;
        check(&listed, &record().code, &now(), "other artifacts are there");
    }

    #[test]
    fn inputs_are_compared_by_place_or_all_at_once() {
        let inputs = vec![map(&[("score", "1")]), map(&[("score", "2")])];
        let later = Now { inputs, ..now() };
        let mut joined = record();
        let all = InputReads::digest_of([Some("1"), Some("2")]);
        joined.reads.inputs = [("score".into(), InputReads::Every(all))].into();
        check(&joined, &record().code, &later, "");
        let at = [(1, Some("3".into()))].into();
        joined.reads.inputs = [("score".into(), InputReads::At(at))].into();
        check(&joined, &record().code, &later, "`score` of an input changed");
    }
}
