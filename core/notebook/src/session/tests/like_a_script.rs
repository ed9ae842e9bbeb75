//! Notebook rule 7: after any edits, moves and runs, "run stale" leaves the values of a
//! fresh run from top to bottom.

use proptest::prelude::*;

use super::world::World;
use crate::{Cell, CellId, Document, Language, Operation};

/// What a user does, with cells named by numbers that are taken modulo their count.
#[derive(Clone, Debug)]
enum Deed {
    Edit(usize, String),
    Insert(usize, String),
    Delete(usize),
    Move(usize, usize),
    Run(usize),
    RunStale,
    Undo,
    Die,
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        (0..9_i32).prop_map(|number| number.to_string()),
        "[abc]".prop_map(String::from),
        "[abc]".prop_map(|name| format!("{name} + 1")),
        "[lm]".prop_map(|list| format!("len({list})")),
        Just("f()".to_owned()),
        Just("g()".to_owned()),
    ]
}

/// One statement. Two names of one object don't survive being stored, so they are left out
/// where results are restored.
fn statement(aliases: bool) -> impl Strategy<Value = String> {
    prop_oneof![
        4 => ("[abc]", number()).prop_map(|(name, value)| format!("{name} = {value} + 0")),
        1 => ("[abc]", number()).prop_map(|(name, value)| format!("{name} += {value}")),
        1 => number().prop_map(|value| format!("l = [{value}]")),
        1 => ("[lm]", number()).prop_map(|(list, value)| format!("{list}.append({value})")),
        1 => Just(if aliases { "m = l" } else { "m = [1]" }.to_owned()),
        1 => ("[fg]", "[abc]").prop_map(|(name, value)| format!("def {name}(): return {value} + 2")),
        1 => Just("def g(): return f()".to_owned()),
        1 => ("[abc]", number(), number())
            .prop_map(|(name, yes, value)| format!("if {yes}: {name} = {value} + 0")),
        1 => "[abc]".prop_map(|name| format!("del {name}")),
    ]
}

fn source(aliases: bool) -> impl Strategy<Value = String> {
    prop::collection::vec(statement(aliases), 1..3).prop_map(|lines| lines.join("\n"))
}

fn deed(aliases: bool) -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (any::<usize>(), source(aliases)).prop_map(|(cell, text)| Deed::Edit(cell, text)),
        1 => (any::<usize>(), source(aliases)).prop_map(|(at, text)| Deed::Insert(at, text)),
        1 => any::<usize>().prop_map(Deed::Delete),
        2 => (any::<usize>(), any::<usize>()).prop_map(|(from, to)| Deed::Move(from, to)),
        4 => any::<usize>().prop_map(Deed::Run),
        2 => Just(Deed::RunStale),
        1 => Just(Deed::Undo),
        1 => Just(Deed::Die),
    ]
}

fn act(world: &mut World, deed: &Deed, fresh: usize) {
    let ids: Vec<CellId> =
        world.session.document().cells().iter().map(|cell| cell.id.clone()).collect();
    let id = |number: &usize| ids[number % ids.len()].clone();
    let operation = match deed {
        Deed::Insert(at, text) => {
            let cell = Cell::new(format!("new{fresh}"), Language::Python, text.clone());
            Operation::Insert { cell, at: at % (ids.len() + 1) }
        }
        Deed::Undo if world.session.document().revision() == 0 => return,
        Deed::Undo => {
            // Nothing to take back is no error that matters here.
            world.try_operate(Operation::Undo);
            return;
        }
        Deed::RunStale => return world.run_stale(),
        Deed::Die => return world.die(),
        _ if ids.is_empty() => return,
        Deed::Run(cell) => return world.run(&[id(cell).as_str()]),
        Deed::Edit(cell, text) => Operation::Edit { cell: id(cell), source: text.clone() },
        Deed::Delete(cell) => Operation::Delete { cell: id(cell) },
        Deed::Move(cell, to) => Operation::Move { cell: id(cell), to: to % ids.len() },
    };
    world.operate(operation);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn running_what_is_stale_leaves_what_a_script_would(
        sources in prop::collection::vec(source(true), 1..6),
        deeds in prop::collection::vec(deed(true), 0..12),
    ) {
        check(&sources, &deeds, false)?;
    }

    #[test]
    fn so_does_what_is_restored(
        sources in prop::collection::vec(source(false), 1..6),
        deeds in prop::collection::vec(deed(false), 0..12),
    ) {
        check(&sources, &deeds, true)?;
    }
}

fn check(sources: &[String], deeds: &[Deed], caching: bool) -> Result<(), TestCaseError> {
    let cells = sources.iter().enumerate();
    let cells = cells.map(|(at, text)| Cell::new(format!("c{at}"), Language::Python, text.clone()));
    let mut world = World::of(Document::new(cells.collect()).expect("a document"));
    world.caching = caching;
    for (fresh, deed) in deeds.iter().enumerate() {
        act(&mut world, deed, fresh);
    }
    // What failed is not run again by itself: the user runs it.
    world.run_stale();
    world.run_failed();
    // Functions and constants of a process that died are made again when something needs
    // them; here everything does.
    world.run_all();
    world.make_again();
    let (script, session) = world.both();
    if let Ok(script) = script {
        prop_assert_eq!(script, session, "{:#?}", world.story);
    }
    Ok(())
}
