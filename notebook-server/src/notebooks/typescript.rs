//! The TypeScript twins of what travels about notebooks.

use crate::api::typescript::{Types, check_current};

#[test]
fn the_typescript_types_of_notebooks_are_current() {
    let mut types = Types::default();
    types.add::<super::words::ToPage>();
    types.add::<super::words::FromPage>();
    types.add::<super::entry::NotebookTree>();
    types.add::<super::entry::NotebookAt>();
    types.add::<super::entry::NotebookFromTo>();
    types.add::<super::entry::NotebookUpload>();
    types.add::<super::entry::NotebookPlace>();
    types.add::<super::entry::NotebookHistory>();
    types.add::<super::entry::NotebookSaved>();
    types.add::<super::entry::NotebookRestore>();
    types.add::<super::entry::NotebookRestored>();
    types.add::<super::entry::NotebookKernel>();
    types.add::<super::entry::NotebookPackages>();
    types.add::<super::entry::NotebookPythons>();
    types.add::<super::entry::ChoosePython>();
    types.add::<super::entry::NotebookChecked>();
    types.add::<flownote_notebook::diff::Difference>();
    check_current("notebook.ts", "notebook-server/src/notebooks", &types);
}
