//! Names that a cell couldn't find: those of other cells, whatever their language, are known
//! here alone.

use flownote_flow::help::resembling;
use flownote_notebook::{CellId, Output};

use super::service::Service;

/// How interpreters say that a name isn't there, up to it and after it.
const UNKNOWN: [(&str, char); 3] =
    [("name '", '\''), ("cannot find value `", '`'), ("there is no table `", '`')];

impl Service {
    /// An error of a cell about a name, with the name of a cell that was probably meant.
    pub(super) fn with_what_was_meant(&self, execution: Option<u64>, output: Output) -> Output {
        let Some(cell) = self.cell_of(execution) else { return output };
        match output {
            Output::Error { name, message, traceback, frames, hint } => {
                let meant = unknown_in(&message).and_then(|word| self.meant(&cell, word));
                let hint = meant.or(hint);
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
fn unknown_in(message: &str) -> Option<&str> {
    UNKNOWN.iter().find_map(|(before, after)| {
        let (_, rest) = message.split_once(before)?;
        rest.split_once(*after).map(|(word, _)| word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_says_it_in_its_own_way() {
        let unknown = |message| unknown_in(message).unwrap_or_default();
        assert_eq!(unknown("name 'topp' is not defined"), "topp");
        assert_eq!(unknown("E0425: cannot find value `topp` in this scope"), "topp");
        assert_eq!(unknown("there is no table `topp`"), "topp");
        assert_eq!(unknown_in("division by zero"), None);
    }
}
