//! Python's own `symtable` is the oracle of our facts: on cells cut from the standard
//! library's modules, both must name the same names.

use std::collections::BTreeSet;
use std::process::Command;

use flownote_notebook::{Facts, Language, facts};
use serde::Deserialize;

/// What Python says of a cell.
#[derive(Deserialize)]
struct Oracle {
    source: String,
    /// Names that the cell's own level binds.
    binds: BTreeSet<String>,
    /// Names that its own level looks up.
    reads: BTreeSet<String>,
    /// Globals that class bodies and comprehensions look up at once.
    now: BTreeSet<String>,
    /// Globals that anything below its own level looks up.
    below: BTreeSet<String>,
    /// Globals that functions bind.
    written: BTreeSet<String>,
    /// `except … as name`.
    handled: BTreeSet<String>,
    /// Names of classes that may be looked up before the class binds them.
    maybe: BTreeSet<String>,
}

fn names<'a>(
    names: impl IntoIterator<Item = &'a flownote_notebook::facts::Name>,
) -> BTreeSet<String> {
    names.into_iter().map(ToString::to_string).collect()
}

/// Says in which way the facts of a cell are not Python's.
fn differences(oracle: &Oracle, facts: &Facts) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut require = |holds: bool, what: String| {
        if !holds {
            wrong.push(what);
        }
    };
    let defs = names(facts.defs.keys());
    let (now, late) = (names(facts.now.keys()), names(&facts.late));
    let (mutates, deletes) = (names(facts.mutates.keys()), names(&facts.deletes));
    require(facts.error.is_none(), format!("can't be parsed: {:?}", facts.error));
    for name in &oracle.binds {
        let known = defs.contains(name) || mutates.contains(name) || deletes.contains(name);
        // What the cell binds and deletes again, alone or in a list, is no name of it.
        let deleted = oracle.source.lines().any(|line| {
            line.trim_start()
                .strip_prefix("del ")
                .is_some_and(|names| names.contains(name.as_str()))
        });
        require(known || deleted, format!("doesn't bind `{name}`"));
    }
    for name in &defs {
        let known = oracle.binds.contains(name)
            || oracle.written.contains(name)
            || oracle.handled.contains(name);
        require(known, format!("binds `{name}` for nothing"));
    }
    for name in &oracle.reads {
        require(
            now.contains(name) || oracle.binds.contains(name),
            format!("doesn't read `{name}`"),
        );
    }
    for name in oracle.now.iter().filter(|name| !oracle.binds.contains(*name)) {
        require(now.contains(name), format!("doesn't read `{name}` at once"));
    }
    for name in &oracle.below {
        let known = now.contains(name) || late.contains(name) || oracle.binds.contains(name);
        require(known, format!("doesn't read `{name}` late"));
    }
    for name in now.union(&late) {
        let known = oracle.reads.contains(name)
            || oracle.below.contains(name)
            || oracle.now.contains(name)
            || oracle.maybe.contains(name)
            // `x += 1` and `del x` read x, which symtable doesn't count as a reference.
            || mutates.contains(name)
            || deletes.contains(name)
            || oracle.source.contains(&format!("del {name}"));
        require(known, format!("reads `{name}` for nothing"));
    }
    wrong
}

#[test]
fn facts_are_what_python_says() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/symtable.py");
    let output = match Command::new("python3").args(["-I", script, "400"]).output() {
        Ok(output) => output,
        Err(error) => {
            eprintln!("SKIPPED: no python3 to ask ({error}); the facts were not compared");
            return;
        }
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let mut cells = 0;
    let mut wrong = Vec::new();
    for line in text.lines() {
        let oracle: Oracle = serde_json::from_str(line).expect("the oracle's form");
        cells += 1;
        let facts = facts::facts(Language::Python, &oracle.source);
        let found = differences(&oracle, &facts);
        if !found.is_empty() {
            wrong.push(format!("{}\n---\n{}", found.join("\n"), oracle.source));
        }
    }
    assert!(cells >= 200, "only {cells} cells");
    assert!(
        wrong.is_empty(),
        "{} of {cells} cells differ\n{}",
        wrong.len(),
        wrong.join("\n======\n")
    );
}
