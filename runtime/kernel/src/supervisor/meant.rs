//! Names that a cell couldn't find: those of other cells, whatever their language, are known
//! here alone.

use flownote_flow::help::resembling;
use flownote_notebook::failure::guess;
use flownote_notebook::{CellId, Output};

use super::service::Service;

/// How interpreters say that a name isn't there: the error that they call it, and what stands
/// around the name. Others' errors may say the same words of something else.
const UNKNOWN: [(&str, &str, &str); 3] = [
    ("NameError", "name '", "' is not defined"),
    ("CompileError", "cannot find value `", "`"),
    ("UnknownTable", "there is no table `", "`"),
];

impl Service {
    /// An error of a cell about a name, with the name of a cell that was probably meant.
    pub(super) fn with_what_was_meant(&self, execution: Option<u64>, output: Output) -> Output {
        let Some(cell) = self.cell_of(execution) else { return output };
        match output {
            Output::Error { name, message, traceback, frames, hint } => {
                let meant = unknown_in(&name, &message).and_then(|word| self.meant(&cell, word));
                let hint = both(meant, hint);
                Output::Error { name, message, traceback, frames, hint }
            }
            other => other,
        }
    }

    /// Which cell's name a word stands for, seen from a cell.
    fn meant(&self, cell: &CellId, word: &str) -> Option<String> {
        let document = self.session.document();
        let here = document.position(cell)?;
        let links = self.session.links();
        let makers = links.iter().filter_map(|(maker, it)| {
            let at = document.position(maker).filter(|at| *at != here)?;
            Some((at, maker, it))
        });
        let mut made: Vec<(usize, &CellId, &str)> = makers
            .flat_map(|(at, maker, it)| it.defined.iter().map(move |one| (at, maker, &*one.name)))
            .collect();
        // The nearest above goes first, then what is below.
        made.sort_by_key(|(at, _, _)| (*at > here, at.abs_diff(here)));
        if let Some((at, maker, _)) = made.iter().find(|(_, _, name)| *name == word) {
            // One above was run and left none: whoever runs the cell has said why.
            let label = self.session.label(maker);
            return (*at > here)
                .then(|| format!("{label} makes `{word}`, and stands below: move it up"));
        }
        let above = made.iter().filter(|(at, _, _)| *at < here);
        let near = resembling(word, above.clone().map(|(_, _, name)| *name))?;
        let (_, maker, _) = above.clone().find(|(_, _, name)| *name == near)?;
        Some(format!("did you mean `{near}`, which {} makes?", self.session.label(maker)))
    }
}

/// The name that an error says isn't there.
fn unknown_in<'a>(error: &str, message: &'a str) -> Option<&'a str> {
    UNKNOWN.iter().find_map(|(name, before, after)| {
        let is_it =
            error == *name || error.strip_prefix(name).is_some_and(|it| it.starts_with('['));
        let rest = message.split_once(before).filter(|(above, _)| above.is_empty())?.1;
        let (word, _) = rest.split_once(after)?;
        is_it.then_some(word)
    })
}

/// What was meant, and then what the error says to do by itself. An interpreter guesses among
/// the same names, but for who makes them: of two guesses the one that says it is told.
fn both(meant: Option<String>, own: Option<String>) -> Option<String> {
    match (meant, own) {
        (Some(meant), Some(own)) if guess(&own).is_none() => {
            let between = if meant.ends_with('?') { "" } else { ";" };
            Some(format!("{meant}{between} {own}"))
        }
        (meant, own) => meant.or(own),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_says_it_in_its_own_way() {
        let unknown = |error, message| unknown_in(error, message).unwrap_or_default();
        assert_eq!(unknown("NameError", "name 'topp' is not defined"), "topp");
        let rust = "cannot find value `topp` in this scope";
        assert_eq!(unknown("CompileError[E0425]", rust), "topp");
        assert_eq!(unknown("UnknownTable", "there is no table `topp`"), "topp");
        assert_eq!(unknown_in("ZeroDivisionError", "division by zero"), None);
    }

    #[test]
    fn what_users_raise_is_their_own() {
        assert_eq!(unknown_in("ValueError", "name 'topp' is not defined"), None);
        assert_eq!(unknown_in("NameError", "the name 'topp' is taken"), None);
        assert_eq!(unknown_in("RuntimeError", "there is no table `topp`"), None);
    }

    #[test]
    fn a_guess_is_added_to_what_the_error_says() {
        let both = |meant: &str, own: &str| both(Some(meant.into()), Some(own.into()));
        let guess = "did you mean `top`, which cell 1 makes?";
        assert_eq!(both(guess, "in sight are `a`").unwrap(), format!("{guess} in sight are `a`"));
        assert_eq!(both(guess, "did you mean `top`?").unwrap(), guess, "the same is said once");
        let below = "cell 2 makes `top`, and stands below: move it up";
        assert_eq!(both(below, "run it").unwrap(), format!("{below}; run it"));
    }
}
