//! Taking off a notebook what running it left there, so that only what people wrote is
//! under version control. Cells keep their ids: history is told by them.

use crate::Document;

/// Cell metadata that come from running or looking, not from writing: JupyterLab's times,
/// ExecuteTime's, papermill's and Polynote's, and what was folded or scrolled.
const OF_CELLS: [&str; 6] =
    ["execution", "ExecuteTime", "papermill", "collapsed", "scrolled", "cell.metadata.exec_info"];

/// Notebook metadata of the same kind: widgets' state, papermill's run.
const OF_NOTEBOOKS: [&str; 2] = ["widgets", "papermill"];

impl Document {
    /// Takes off the outputs, the numbers of executions and what tools noted about runs.
    /// It can't be undone.
    pub fn strip(&mut self) {
        for cell in &mut self.cells {
            cell.outputs.clear();
            cell.execution_count = None;
            OF_CELLS.iter().for_each(|key| drop(cell.metadata.shift_remove(*key)));
        }
        OF_NOTEBOOKS.iter().for_each(|key| drop(self.metadata.shift_remove(*key)));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use crate::tests::generator::document;
    use crate::{Cell, Document, Language, Output, ipynb};

    #[test]
    fn what_people_wrote_stays() {
        let mut cell = Cell::new("a", Language::Python, "1");
        cell.metadata = serde_json::from_value(
            json!({"tags": ["parameters"], "ExecuteTime": {"end_time": 1}, "collapsed": true}),
        )
        .unwrap();
        let mut document = Document::new(vec![cell]).unwrap();
        document.show(&"a".into(), vec![Output::result("text/plain", "1")], Some(3)).unwrap();
        document.strip();
        let mut expect = Cell::new("a", Language::Python, "1");
        expect.metadata.insert("tags".into(), json!(["parameters"]));
        assert_eq!(document.cells(), [expect]);
    }

    proptest! {
        #[test]
        fn stripping_twice_is_stripping_once_and_running_makes_no_difference(document in document()) {
            let mut stripped = document.clone();
            stripped.strip();
            let file = ipynb::write(&stripped);
            let mut again = ipynb::read(file.as_bytes()).unwrap();
            prop_assert_eq!(&again, &stripped);
            again.strip();
            prop_assert_eq!(ipynb::write(&again), file);
        }
    }
}
