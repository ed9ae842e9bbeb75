//! What runs when the user asks for something, and what comes of it.

use super::world::World;
use crate::session::*;
use crate::{CellId, Mode, Operation, Output};

#[track_caller]
fn check(world: &World, story: &[&str]) {
    assert_eq!(world.story, story);
}

fn edit(cell: &str, source: &str) -> Operation {
    Operation::Edit { cell: CellId::new(cell), source: source.into() }
}

#[test]
fn a_cell_brings_along_the_cells_that_it_needs_and_no_others() {
    let mut world = World::new(&[("a", "x = 1"), ("b", "y = 5"), ("c", "z = x + 1")]);
    world.run(&["c"]);
    check(&world, &["run a", "run c"]);
    assert_eq!(world.status("b"), CellStatus::NeverRun);
    assert_eq!(world.status("c"), CellStatus::Fresh { reused: None });
}

#[test]
fn an_edit_makes_stale_and_runs_nothing() {
    let mut world = World::new(&[("a", "x = 1"), ("b", "y = x + 1"), ("c", "z = y + 1")]);
    world.run(&["c"]);
    world.operate(edit("a", "x = 2"));
    check(&world, &["run a", "run b", "run c"]);
    assert_eq!(world.status("a"), CellStatus::Stale { why: Why::Edited });
    assert_eq!(world.status("b"), CellStatus::Stale { why: Why::Above { cell: "a".into() } });
    world.run(&["c"]);
    check(&world, &["run a", "run b", "run c", "run a", "run b", "run c"]);
    let (script, session) = world.both();
    assert_eq!(script.expect("a good script"), session);
}

#[test]
fn a_comment_changes_nothing() {
    let mut world = World::new(&[("a", "x = 1"), ("b", "y = x + 1")]);
    world.run(&["b"]);
    world.operate(edit("a", "x  =  1"));
    assert_eq!(world.status("a"), CellStatus::Fresh { reused: None });
    assert_eq!(world.status("b"), CellStatus::Fresh { reused: None });
}

#[test]
fn what_the_user_points_at_always_runs() {
    let mut world = World::new(&[("a", "x = 1")]);
    world.run(&["a"]);
    world.run(&["a"]);
    check(&world, &["run a", "run a"]);
}

/// A cell that showed something, which was cleared since.
fn cleared(caching: bool) -> World {
    let mut world = World::new(&[("a", "x = 1"), ("b", "y = x + 1")]);
    world.caching = caching;
    world.run_all();
    let execution = world.session.visible_versions()["y"];
    world.happen(Event::Output { execution, output: Output::stdout("2") });
    world.operate(Operation::Clear { cell: None });
    check(&world, &["run a", "run b"]);
    world
}

#[test]
fn running_all_brings_back_what_was_cleared() {
    let mut world = cleared(false);
    world.run_stale();
    check(&world, &["run a", "run b"]);
    world.run_all();
    check(&world, &["run a", "run b", "run b"]);
}

#[test]
fn what_was_cleared_is_taken_from_the_cache_and_the_value_stays() {
    let mut world = cleared(true);
    world.kept_outputs = vec![Output::stdout("2")];
    let before = world.session.visible_versions();
    world.run_all();
    check(&world, &["run a", "run b"]);
    assert_eq!(world.session.document().cells()[1].outputs, world.kept_outputs);
    assert_eq!(world.session.visible_versions(), before);
    assert_eq!(world.status("b"), CellStatus::Fresh { reused: None });
}

#[test]
fn a_name_may_be_defined_twice_and_each_reader_sees_the_one_above() {
    let cells = [("a", "x = 1"), ("b", "y = x + 0"), ("c", "x = 10"), ("d", "z = x + 0")];
    let mut world = World::new(&cells);
    world.run_stale();
    let (script, session) = world.both();
    assert_eq!(script.expect("a good script"), session);
    // Running the upper reader again doesn't see the lower definition.
    world.run(&["b"]);
    assert_eq!(world.both().1, session);
}

#[test]
fn a_value_that_is_changed_in_place_has_versions() {
    let cells = [("a", "l = [1]"), ("b", "l.append(2)"), ("c", "n = len(l)")];
    let mut world = World::new(&cells);
    world.run_stale();
    world.run(&["b"]);
    world.run(&["b"]);
    world.run(&["c"]);
    assert_eq!(world.both().1, "{\"l\": [1, 2], \"n\": 2}");
}

#[test]
fn a_function_sees_the_names_at_its_callers_place() {
    let cells = [("a", "x = 1"), ("b", "def f(): return x"), ("c", "x = 2"), ("d", "y = f()")];
    let mut world = World::new(&cells);
    world.run(&["d"]);
    check(&world, &["run b", "run c", "run d"]);
    world.operate(edit("c", "x = 3"));
    assert_eq!(world.status("d"), CellStatus::Stale { why: Why::Above { cell: "c".into() } });
}

#[test]
fn an_error_ends_what_was_asked_for_and_is_not_run_again_by_itself() {
    let cells = [("a", "x = nothing"), ("b", "y = x + 1"), ("c", "z = 1")];
    let mut world = World::new(&cells);
    world.run_stale();
    check(&world, &["run a"]);
    assert_eq!(world.status("a"), CellStatus::Failed);
    world.run(&["b"]);
    check(&world, &["run a", "refused b: needs cell 1, which failed"]);
}

#[test]
fn a_manual_cell_is_asked_for_and_never_run_by_itself() {
    let cells = [("a", "# flownote: manual\nx = 1"), ("b", "y = x + 1")];
    let mut world = World::new(&cells);
    world.run(&["b"]);
    check(&world, &["refused b: needs cell 1, which runs only when you run it"]);
    world.run(&["a"]);
    world.run(&["b"]);
    check(&world, &["refused b: needs cell 1, which runs only when you run it", "run a", "run b"]);
    assert_eq!(world.status("b"), CellStatus::Fresh { reused: None });
}

#[test]
fn a_cell_has_its_own_mode_in_a_notebook_of_another() {
    let cells = [("a", "x = 1"), ("b", "# flownote: auto\ny = x + 1"), ("c", "z = x + 2")];
    let mut world = World::new(&cells);
    world.run(&["c"]);
    world.operate(edit("a", "x = 2"));
    check(&world, &["run a", "run c", "run a", "run b"]);
    assert!(matches!(world.status("c"), CellStatus::Stale { .. }));

    let cells = [("a", "x = 1"), ("b", "# flownote: lazy\ny = x + 1")];
    let mut world = World::new(&cells);
    world.operate(Operation::Mode { mode: Mode::Auto });
    check(&world, &["run a"]);
    world.run(&["b"]);
    check(&world, &["run a", "run b"]);
}

#[test]
fn a_cell_that_waits_may_be_let_be_while_the_others_run() {
    let mut world = World::new(&[("a", "x = 1"), ("b", "y = 2"), ("c", "z = 3")]);
    let cells = ["a", "b", "c"].iter().map(CellId::new).collect();
    let run = RunRequest::Cells { cells };
    let actions = world.session.apply(Event::Run { run }).expect("a legal event");
    assert_eq!(world.status("b"), CellStatus::Queued);
    world.happen(Event::Cancel { cell: "b".into() });
    assert_eq!(world.status("b"), CellStatus::NeverRun);
    world.perform_all(actions);
    check(&world, &["run a", "run c"]);
}

#[test]
fn when_the_interpreter_dies_what_it_alone_had_is_made_again() {
    let cells = [("a", "def f(): return 7"), ("b", "x = f()"), ("c", "y = x + 1")];
    let mut world = World::new(&cells);
    world.run(&["c"]);
    world.die();
    assert_eq!(world.status("b"), CellStatus::Stale { why: Why::Lost });
    world.run(&["c"]);
    check(&world, &["run a", "run b", "run c", "run a", "run b", "run c"]);
}

#[test]
fn a_value_that_was_changed_without_a_copy_is_made_again_for_whoever_needs_it() {
    let cells = [("a", "l = [1]"), ("b", "l.append(2)"), ("c", "n = len(l)")];
    let mut world = World::new(&cells);
    world.overwrites = true;
    world.run_stale();
    assert!(["a", "b", "c"].iter().all(|cell| world.status(cell).is_usable()));
    world.story.clear();
    world.run(&["b"]);
    check(&world, &["run a", "run b"]);
    world.run(&["c"]);
    assert_eq!(world.both().1, "{\"l\": [1, 2], \"n\": 2}");
}
