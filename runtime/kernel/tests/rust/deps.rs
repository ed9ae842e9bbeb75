//! Setting up, and crates that a cell asks for.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use flownote_flow::help::Help;
use flownote_kernel::rust::{Level, Setup, SetupError, Toolchain};

use crate::world::with;

fn setup() -> Setup {
    Setup::new(Setup::folder(), Toolchain::find().unwrap_or_else(|error| panic!("{error}")))
}

#[test]
fn what_is_ready_is_not_built_again() {
    let setup = setup();
    let built = setup.build(Level::Base, &mut |_| ()).expect("built");
    let mut steps = 0;
    let again = setup.build(Level::Base, &mut |_| steps += 1).expect("built");
    assert_eq!((again, steps), (built.clone(), 0));
    assert_eq!(setup.ready(Level::Base), Some(built));
    assert!(setup.built().iter().any(|it| it.name == "base" && it.current && it.size > 1_000_000));
}

#[test]
fn crates_that_a_cell_asks_for_are_at_hand() {
    with(Level::Base, |world| {
        // One that is there anyway: nothing is downloaded for this test.
        let wanted = BTreeMap::from([("itoa".to_owned(), "\"1\"".to_owned())]);
        let found = setup().dependencies(&wanted, &mut |_| ()).expect("built");
        assert!(found.externs.contains_key("itoa"), "{found:?}");
        world.also([
            format!("-Ldependency={}", found.dependencies.display()),
            format!("-Clink-arg=-Wl,-rpath,{}", found.dependencies.display()),
        ]);
        for (name, file) in &found.externs {
            world.also(["--extern".to_owned(), format!("{name}={}", file.display())]);
        }
        let lines = format!(
            "extern crate {} as _; itoa::Buffer::new().format(12345).to_owned()",
            found.name
        );
        assert_eq!(world.run(&[], &lines, &[]).text(), "12345");
        let mut steps = 0;
        setup().dependencies(&wanted, &mut |_| steps += 1).expect("built");
        assert_eq!(steps, 0, "it was there");
        let versions = found.dependencies.with_extension("lock");
        let versions = std::fs::read_to_string(versions).expect("which versions they are is kept");
        assert!(versions.contains("name = \"itoa\""), "{versions}");
    });
}

#[test]
fn a_build_that_is_stopped_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let stop = Arc::new(AtomicBool::new(true));
    let setup = Setup::new(folder.path().to_owned(), Toolchain::find().expect("a compiler"));
    let wanted = BTreeMap::from([("itoa".to_owned(), "\"1\"".to_owned())]);
    let stopped = setup.stopped_by(&stop);
    let error = stopped.dependencies(&wanted, &mut |_| ()).expect_err("nothing was built");
    assert!(matches!(error, SetupError::Stopped), "{error}");
    let error = stopped.build(Level::Base, &mut |_| ()).expect_err("nothing was built");
    assert!(matches!(error, SetupError::Stopped), "{error}");
}

#[test]
fn a_crate_that_is_none_says_what_cargo_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let setup = Setup::new(folder.path().to_owned(), Toolchain::find().expect("a compiler"));
    let url = folder.path().join("nowhere").display().to_string();
    let local = format!("{{ git = \"file://{url}\", rev = \"1f2e3d4c\" }}");
    let wanted = BTreeMap::from([("nowhere".to_owned(), local)]);
    let error = setup.dependencies(&wanted, &mut |_| ()).expect_err("no such crate");
    assert!(error.to_string().contains("nowhere"), "{error}");
    let moving = BTreeMap::from([("here".to_owned(), "{ path = \".\" }".to_owned())]);
    let error = setup.dependencies(&moving, &mut |_| ()).expect_err("it may change unseen");
    assert!(matches!(error, SetupError::Moves { .. }), "{error}");
    let injected = BTreeMap::from([("a".to_owned(), "\"1\"\n[profile.release]".to_owned())]);
    let error = setup.dependencies(&injected, &mut |_| ()).expect_err("not one line");
    assert!(matches!(error, SetupError::Wanted { .. }) && error.hint().is_some(), "{error}");
}
