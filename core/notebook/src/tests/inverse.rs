//! Whatever an operation did, its inverse takes back; what is refused changes nothing.

use proptest::collection::vec;
use proptest::prelude::*;

use super::generator::{document, operation};
use crate::{Change, Operation};

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
        operations in vec(prop_oneof![5 => operation(), 2 => Just(Operation::Undo), 1 => Just(Operation::Redo)], 1..10),
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
