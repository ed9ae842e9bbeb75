//! The order of a command line: options may stand before the verb, where Metaflow's users
//! write them (`python flow.py --with retry run`).

use super::tree::VERBS;

/// What is about the command itself, and stays where it is.
const OWN: [&str; 4] = ["-h", "--help", "-V", "--version"];

/// The line with its verb first, and what stood before it after it.
pub fn verb_first(mut line: Vec<String>) -> Vec<String> {
    let is_verb = |word: &String| VERBS.iter().any(|verb| verb.name == word.as_str());
    let Some(at) = line.iter().skip(1).position(is_verb).map(|at| at + 1) else { return line };
    let before = &line[1..at];
    let options = before.first().is_some_and(|word| word.starts_with('-'));
    if options && !before.iter().any(|word| OWN.contains(&word.as_str())) {
        line[1..=at].rotate_right(1);
    }
    line
}
