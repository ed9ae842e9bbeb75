//! Whatever an operation did, its inverse takes back; what is refused changes nothing.

use proptest::collection::vec;
use proptest::prelude::*;

use super::generator::{document, operation};
use crate::{Change, Document, Operation};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn an_operation_and_its_inverse_leave_the_same_document(
        before in document(),
        operations in vec(operation(), 1..8),
    ) {
        let mut document = before.clone();
        let mut states = vec![];
        for operation in operations {
            let state = document.clone();
            match document.apply(operation) {
                Ok(Change { inverse, .. }) => states.push((state, inverse)),
                Err(_) => prop_assert_eq!(&document, &state, "a refused operation"),
            }
        }
        for (state, inverse) in states.into_iter().rev() {
            document.apply(inverse).unwrap();
            prop_assert_eq!(&document, &state);
        }
        prop_assert_eq!(document, before);
    }

    #[test]
    fn undoing_all_and_redoing_all_leads_back_and_forth(
        before in document(),
        operations in vec(operation(), 1..8),
    ) {
        let mut document = before.clone();
        operations.into_iter().for_each(|operation| drop(document.apply(operation)));
        let after = document.clone();
        for _ in 0..3 {
            while document.apply(Operation::Undo).is_ok() {}
            prop_assert_eq!(&document, &before);
            while document.apply(Operation::Redo).is_ok() {}
            prop_assert_eq!(&document, &after);
        }
    }

    #[test]
    fn a_copy_that_replays_what_was_applied_stays_the_same(
        before in document(),
        operations in vec(with_undo(), 1..10),
    ) {
        let (mut document, mut copy) = (before.clone(), before);
        for operation in operations {
            let Ok(change) = document.apply(operation) else { continue };
            let wire = serde_json::to_string(&change.applied).unwrap();
            copy.apply(serde_json::from_str(&wire).unwrap()).unwrap();
            prop_assert_eq!(&copy, &document, "{}", wire);
        }
    }

    #[test]
    fn cells_that_are_taken_back_before_later_typing_change_nothing_else(
        before in document(),
        operations in vec(with_undo(), 1..14),
    ) {
        let mut document = before.clone();
        for operation in operations {
            let texts = |document: &Document| -> usize {
                document.cells().iter().map(|cell| cell.source.len()).sum()
            };
            let (typed, is_cells) = (texts(&document), operation == Operation::UndoCells);
            if let Ok(change) = document.apply(operation)
                && is_cells && matches!(change.applied, Operation::Move { .. })
            {
                prop_assert_eq!(texts(&document), typed);
            }
        }
        while document.apply(Operation::Undo).is_ok() {}
        prop_assert_eq!(document, before);
    }

    #[test]
    fn every_id_stays_valid_and_its_own(
        mut document in document(),
        operations in vec(operation(), 1..12),
    ) {
        operations.into_iter().for_each(|operation| drop(document.apply(operation)));
        let mut ids: Vec<_> = document.cells().iter().map(|cell| cell.id.as_str()).collect();
        prop_assert!(ids.iter().all(|id| crate::CellId::is_valid(id)));
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), count);
    }
}

fn with_undo() -> impl Strategy<Value = Operation> {
    prop_oneof![
        6 => operation(),
        2 => Just(Operation::Undo),
        2 => Just(Operation::UndoCells),
        1 => Just(Operation::Redo),
    ]
}

/// What was typed into cell `a` after an operation stays, when cells are taken back.
fn typed_after(operation: Operation, typed: &str) -> Result<String, crate::Error> {
    let cells = ["a", "b"].map(|id| crate::Cell::new(id, crate::Language::Python, id));
    let mut document = Document::new(cells.to_vec()).unwrap();
    document.apply(operation).unwrap();
    let (cell, text) = (typed.into(), "x = 1".to_owned());
    document.apply(Operation::Splice { cell, from: 0, to: 0, text }).unwrap();
    document.apply(Operation::UndoCells)?;
    let shown = |document: &Document| -> String {
        document.cells().iter().map(|it| format!("{}:{};", it.id.as_str(), it.source)).collect()
    };
    let undone = shown(&document);
    // What was taken back comes again, and what was typed is there still.
    document.apply(Operation::Redo).unwrap();
    assert!(shown(&document).contains("x = 1"));
    Ok(undone)
}

#[test]
fn typing_is_passed_over_where_cells_are_taken_back() {
    let delete = || Operation::Delete { cell: "b".into() };
    assert_eq!(typed_after(delete(), "a").unwrap(), "a:x = 1a;b:b;");
    let to_end = || Operation::Move { cell: "a".into(), to: 1 };
    assert_eq!(typed_after(to_end(), "a").unwrap(), "a:x = 1a;b:b;");
    let new = || crate::Cell::new("n", crate::Language::Python, "");
    let insert = || Operation::Insert { cell: new(), at: 0 };
    assert_eq!(typed_after(insert(), "a").unwrap(), "a:x = 1a;b:b;");
    // What was typed into the new cell would be gone.
    let refused = typed_after(insert(), "n").unwrap_err();
    assert_eq!(refused, crate::Error::TypedSince { cell: "n".into() });
}
