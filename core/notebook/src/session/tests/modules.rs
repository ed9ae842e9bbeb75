//! Modules that are saved while the session is open: which results are still right.

use super::world::World;
use crate::session::*;
use crate::{CellId, Operation};

fn fresh() -> CellStatus {
    CellStatus::Fresh { reused: None }
}

fn stale(world: &World) -> Vec<&'static str> {
    let is_stale = |cell: &&&str| matches!(world.status(cell), CellStatus::Stale { .. });
    ["import", "a", "b", "c", "d"].iter().filter(is_stale).copied().collect()
}

fn world() -> World {
    World::new(&[
        ("import", "import one, two"),
        ("a", "a = one() + 0"),
        ("b", "b = two() + 0"),
        ("c", "def f(): return one() + 1"),
        ("d", "d = f()"),
    ])
}

#[test]
fn exactly_the_users_of_a_saved_module_go_stale_and_run_again() {
    let mut world = world();
    world.run_stale();
    world.save("two", "other");
    assert_eq!(stale(&world), ["import", "b"]);
    assert_eq!(
        world.status("import"),
        CellStatus::Stale { why: Why::Module { module: "two".into() } }
    );
    world.story.clear();
    world.run(&["a"]);
    assert_eq!(world.story, ["run a"], "what it imports isn't what changed");
    world.story.clear();
    world.run_stale();
    assert_eq!(world.story, ["run import", "run b"]);
    assert_eq!(stale(&world), Vec::<&str>::new());
    world.save("one", "other");
    assert_eq!(stale(&world), ["import", "a", "d"], "`d` calls what reads it");
}

#[test]
fn a_module_that_was_saved_is_loaded_again_before_anything_runs() {
    let mut world = world();
    world.run(&["b"]);
    world.story.clear();
    world.modules.insert("two".into(), "other".into());
    let events = [
        Event::Saved { modules: ["two".to_owned()].into() },
        Event::Run { run: RunRequest::Cells { cells: vec![CellId::new("b")] } },
    ];
    events.into_iter().for_each(|event| world.happen(event));
    assert_eq!(world.story, ["reload two", "run import", "run b"]);
    assert_eq!(world.status("b"), fresh());
}

#[test]
fn what_cannot_be_loaded_again_leaves_its_users_stale_until_a_restart() {
    let mut world = world();
    world.run_stale();
    world.refused.insert("two".into(), "1.0".into());
    world.save("two", "other");
    assert_eq!(stale(&world), ["import", "b"]);
    world.run(&["b"]);
    assert_eq!(stale(&world), ["import", "b"], "the old code ran");
    world.refused.clear();
    world.die();
    world.run(&["b"]);
    assert_eq!(world.status("b"), fresh());
}

#[test]
fn saved_and_saved_back_is_as_before() {
    let mut world = world();
    world.run_stale();
    world.save("two", "other");
    world.save("two", "1.0");
    assert_eq!(stale(&world), Vec::<&str>::new());
}

#[test]
fn an_interpreter_that_dies_when_it_is_asked_for_modules_leaves_them_unknown() {
    let mut world = World::new(&[("a", "import one\na = one() + 0"), ("b", "b = a + 1")]);
    world.caching = true;
    world.dies = true;
    world.run(&["b"]);
    assert_eq!(world.status("b"), fresh());
    world.dies = false;
    // Nothing that was computed then is given to others.
    let cells = world.session.document().clone();
    world.session = Session::new(cells, Order::Document, "another");
    world.story.clear();
    world.run_all();
    assert_eq!(world.story, ["run a", "run b"]);
}

#[test]
fn after_a_restart_what_was_kept_is_right_although_definitions_ran_again() {
    let mut world = World::new(&[
        ("import", "import one"),
        ("f", "def f(): return one() + 1"),
        ("a", "a = f()"),
        ("b", "b = a + 1"),
    ]);
    world.run_stale();
    world.keep_outside("a", "8");
    world.keep_outside("b", "9");
    world.die();
    world.story.clear();
    world.operate(Operation::Edit { cell: "b".into(), source: "b = a + 2".into() });
    world.run(&["f", "b"]);
    assert_eq!(world.story, ["run f", "run b"], "`a` was kept");
    assert_eq!(world.status("a"), fresh());
}

#[test]
fn who_runs_what_is_stale_means_what_a_saved_module_made_so() {
    let mut world = world();
    world.run_stale();
    world.story.clear();
    world.modules.insert("two".into(), "other".into());
    // Both before anything is answered.
    let saved = Event::Saved { modules: ["two".to_owned()].into() };
    let actions = world.session.apply(saved).expect("legal");
    world.session.apply(Event::Run { run: RunRequest::Stale }).expect("legal");
    assert!(!world.session.is_idle());
    world.perform_all(actions);
    assert_eq!(world.story, ["reload two", "run import", "run b"]);
    assert!(world.session.is_idle());
}
