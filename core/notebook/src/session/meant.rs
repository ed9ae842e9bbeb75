//! Which version of a name somebody means who points at it in a cell.

use super::{Execution, Group, Session};
use crate::id::CellId;

/// A version of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meant {
    /// Which.
    pub version: Execution,
    /// Where it was made, as far as that is known.
    pub home: Option<Group>,
}

impl Session {
    /// The version of a name that a cell's latest execution made, or else read: what its
    /// outputs show, whatever was run since.
    pub fn meant(&self, cell: &CellId, name: &str) -> Option<Meant> {
        let result = self.results.get(cell)?;
        let language = self.document.cell(cell).map(|cell| cell.language);
        let own = Meant { version: result.execution, home: language.and_then(Group::of) };
        if result.defined.contains_key(name) {
            return Some(own);
        }
        let read = result.inputs.get(name).map(|input| input.version);
        let version = match read {
            Some(Some(version)) => version,
            // A result of an earlier session says no version.
            Some(None) => self.made_above(cell, name)?,
            // It was shown, and no name stands for it.
            None => return Some(own),
        };
        Some(Meant { version, home: self.values.get(name, version).and_then(|it| it.home) })
    }

    /// The version that the nearest cell above made.
    fn made_above(&self, cell: &CellId, name: &str) -> Option<Execution> {
        let above = self.document.cells().iter().take_while(|it| it.id != *cell);
        let made = above.filter_map(|it| self.results.get(&it.id));
        made.filter(|it| it.defined.contains_key(name)).last().map(|it| it.execution)
    }
}

#[cfg(test)]
mod tests {
    use crate::session::tests::world::World;

    #[test]
    fn a_name_in_a_cell_is_what_the_cell_made_or_read_when_it_ran() {
        let mut world =
            World::new(&[("a", "x = 1"), ("b", "x"), ("c", "x = x + 1"), ("d", "y = x")]);
        world.run_all();
        let meant = |world: &World, cell: &str, name: &str| {
            world.session.meant(&cell.into(), name).map(|it| it.version)
        };
        let first = meant(&world, "a", "x");
        assert!(first.is_some());
        assert_eq!(meant(&world, "b", "x"), first, "it read what stands above");
        assert_ne!(meant(&world, "c", "x"), first);
        assert_eq!(meant(&world, "d", "x"), meant(&world, "c", "x"));
        let before = meant(&world, "b", "x");
        world.run(&["a"]);
        assert_ne!(meant(&world, "a", "x"), first);
        assert_eq!(meant(&world, "b", "x"), before, "its outputs show what it read then");
    }

    #[test]
    fn what_was_shown_without_a_name_is_of_the_execution_that_showed_it() {
        let mut world = World::new(&[("a", "x = 1")]);
        assert_eq!(world.session.meant(&"a".into(), "x"), None, "it has not run");
        world.run(&["a"]);
        let shown = world.session.meant(&"a".into(), "table 1").expect("it ran");
        assert_eq!(Some(shown), world.session.meant(&"a".into(), "x"));
        assert!(shown.home.is_some());
    }
}
