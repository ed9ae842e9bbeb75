//! Why a result wasn't found: the kept result that is most like it, and what differs.

use std::collections::{BTreeMap, BTreeSet};

use super::{Difference, Provenance};

/// A kept result that is like another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// Its place among those that were offered.
    pub place: usize,
    /// All that differs, in the order of a user's interest.
    pub differences: Vec<Difference>,
}

/// Finds the record that has the fewest differences from `asked`; of several the first.
pub fn nearest<'a>(
    asked: &Provenance,
    among: impl IntoIterator<Item = &'a Provenance>,
) -> Option<Near> {
    let near = among.into_iter().enumerate();
    near.map(|(place, record)| Near { place, differences: record.differences(asked) })
        .min_by_key(|near| near.differences.len())
}

impl Provenance {
    /// Whether two records are of the same work: some part of the project's code has the
    /// same name in both.
    pub fn shares_code(&self, other: &Self) -> bool {
        self.code.digest == other.code.digest
            || self.code.parts.keys().any(|part| other.code.parts.contains_key(part))
    }

    /// All that differs in a later record, in the order in which
    /// [`compare`](Self::compare) looks.
    pub fn differences(&self, later: &Self) -> Vec<Difference> {
        let mut found = Vec::new();
        let mut note = |differs: bool, difference: Difference| {
            if differs {
                found.push(difference);
            }
        };
        let (before, after) = (&self.code, &later.code);
        let coarse = before.coarse.is_some() != after.coarse.is_some();
        note(before.digest != after.digest || coarse, Difference::Code(before.changed_part(after)));
        let (before, after) = (&self.environment, &later.environment);
        note(before.runtime != after.runtime, Difference::Environment("the Python version".into()));
        note(before.platform != after.platform, Difference::Environment("the platform".into()));
        for name in changed(&before.distributions, &after.distributions) {
            note(true, Difference::Environment(format!("the version of `{name}`")));
        }
        let (before, after) = (&self.reads, &later.reads);
        note(before.item != after.item, Difference::Item);
        note(
            before.index != after.index || before.foreach_stack != after.foreach_stack,
            Difference::Place,
        );
        for name in changed(&before.parameters, &after.parameters) {
            note(true, Difference::Parameter(name));
        }
        for name in changed(&before.artifacts, &after.artifacts) {
            note(true, Difference::Artifact(name));
        }
        note(before.inputs_len != after.inputs_len, Difference::Inputs);
        for name in changed(&before.inputs, &after.inputs) {
            note(true, Difference::Input(name));
        }
        note(before.every_name != after.every_name, Difference::Names);
        for name in changed(&before.current, &after.current) {
            note(true, Difference::Current(name));
        }
        for name in changed(&worlds(self), &worlds(later)) {
            note(true, Difference::External(name));
        }
        found
    }
}

/// The versions of what was read of the world, by what people call it.
fn worlds(record: &Provenance) -> BTreeMap<String, &Option<String>> {
    let externals = record.externals.iter();
    externals.map(|it| (format!("{} `{}`", it.kind, it.name), &it.version)).collect()
}

/// The names whose values are new, gone or different.
fn changed<V: PartialEq>(before: &BTreeMap<String, V>, after: &BTreeMap<String, V>) -> Vec<String> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names.into_iter().filter(|name| before.get(*name) != after.get(*name)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn record() -> Value {
        json!({
            "schema": 1, "language": "python",
            "code": {
                "digest": "c0", "parts": {"flow.py:F.fit": "p0", "features.py:clean": "q0"},
                "lines": {"features.py:clean": 31},
            },
            "environment": {"runtime": "3.11", "distributions": {"numpy": "2.1.0"}},
            "externals": [{"kind": "file", "name": "seen.csv", "version": "v1"}],
            "reads": {
                "artifacts": {"x": "a0", "hint": null},
                "parameters": {"alpha": "f0", "beta": "g0"},
                "item": "i0",
            },
        })
    }

    fn read(changes: &[(&str, Value)]) -> Provenance {
        let mut record = record();
        for (pointer, value) in changes {
            *record.pointer_mut(pointer).expect("a field") = value.clone();
        }
        serde_json::from_value(record).expect("a record")
    }

    #[test]
    fn each_field_that_differs_is_named() {
        for (pointer, value, expected) in [
            ("/code/digest", json!("c1"), "code changed"),
            ("/environment/runtime", json!("3.12"), "the Python version changed"),
            ("/environment/distributions/numpy", json!("2.2.0"), "the version of `numpy` changed"),
            ("/reads/item", json!("i1"), "the foreach item changed"),
            ("/reads/parameters/alpha", json!("f1"), "parameter `alpha` changed"),
            ("/reads/artifacts/x", json!("a1"), "artifact `x` changed"),
            ("/reads/artifacts/hint", json!("h0"), "artifact `hint` changed"),
            ("/externals/0/version", json!("v2"), "file `seen.csv` changed, or can't be checked"),
        ] {
            let said: Vec<String> = read(&[])
                .differences(&read(&[(pointer, value)]))
                .iter()
                .map(ToString::to_string)
                .collect();
            assert_eq!(said, [expected], "{pointer}");
        }
        assert_eq!(read(&[]).differences(&read(&[])), []);
    }

    #[test]
    fn code_is_told_first_and_by_its_part() {
        let later = read(&[
            ("/code/digest", json!("c1")),
            ("/code/parts/features.py:clean", json!("q1")),
            ("/reads/parameters/alpha", json!("f1")),
        ]);
        let told = read(&[]).differences(&later);
        assert_eq!(told[0].to_string(), "code changed in `clean` (features.py:31)");
        assert_eq!(told.len(), 2);
    }

    #[test]
    fn the_nearest_has_the_fewest_differences() {
        let far = read(&[("/code/digest", json!("c9")), ("/reads/item", json!("i9"))]);
        let near = read(&[("/reads/parameters/alpha", json!("f9"))]);
        let as_near = read(&[("/reads/parameters/beta", json!("g9"))]);
        let found = nearest(&read(&[]), [&far, &near, &as_near]).expect("one");
        assert_eq!((found.place, found.differences.len()), (1, 1));
        assert_eq!(found.differences, [Difference::Parameter("alpha".into())]);
        assert_eq!(nearest(&read(&[]), []), None);
    }

    #[test]
    fn records_of_the_same_work_share_a_part() {
        let edited = read(&[("/code/digest", json!("c1"))]);
        assert!(read(&[]).shares_code(&edited));
        let other = read(&[("/code", json!({"digest": "c2", "parts": {"other.py:G.x": "r"}}))]);
        assert!(!read(&[]).shares_code(&other));
    }
}
