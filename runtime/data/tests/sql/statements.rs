//! Several statements, definitions, EXPLAIN, what is refused.

use flownote_data::{Cell, Error};
use flownote_flow::help::Help;

use crate::world::World;

#[test]
fn statements_run_in_order_and_the_last_is_shown() {
    let world = World::with_people();
    world.check(
        "CREATE VIEW named AS SELECT * FROM people WHERE firstName IS NOT NULL;
         CREATE TABLE ids AS SELECT id FROM named;
         SELECT 1; -- not shown
         SELECT count(*) FROM ids;",
        &["2"],
    );
    assert!(world.run("").preview.is_none());
    assert!(world.run("-- only a comment").preview.is_none());
}

#[test]
fn cells_define_tables_and_views_and_say_so() {
    let world = World::with_people();
    let answer =
        world.run("CREATE VIEW v AS SELECT id FROM people; CREATE TABLE t AS SELECT * FROM v");
    let made: Vec<(&str, bool)> =
        answer.made.iter().map(|made| (made.name.as_str(), made.is_view())).collect();
    assert_eq!(made, [("v", true), ("t", false)]);
    assert_eq!(answer.made[1].written.as_ref().expect("written").rows, 3);
    world.check("SELECT sum(id) FROM t", &["6"]);
    assert_eq!(
        world.fail("CREATE TABLE t AS SELECT 1").to_string(),
        "there is a table `t` already"
    );
    world.run("CREATE OR REPLACE TABLE t AS SELECT 9 AS n");
    world.check("SELECT * FROM t", &["9"]);
    let answer = world.run("DROP TABLE t; DROP VIEW v");
    assert_eq!(answer.dropped, ["t", "v"]);
    assert!(matches!(world.fail("SELECT * FROM v"), Error::UnknownTable { .. }));
    world.run("DROP TABLE IF EXISTS t");
    assert!(matches!(world.fail("DROP TABLE t"), Error::UnknownTable { .. }));
}

#[test]
fn a_view_keeps_what_it_was_made_of() {
    let world = World::with_people();
    world.run("CREATE VIEW v AS SELECT count(*) AS n FROM people");
    world.session.bind("people", flownote_data::Frame::from(crate::world::numbers("id", [1])));
    world.check("SELECT n FROM v", &["3"]);
}

#[test]
fn plans_are_explained() {
    let world = World::with_people();
    let plan = world.rows("EXPLAIN SELECT id FROM people WHERE id > 1").join("\n");
    assert!(plan.contains("Filter"), "{plan}");
    let plan = world.rows("EXPLAIN ANALYZE SELECT id FROM people WHERE id > 1").join("\n");
    assert!(plan.contains("output_rows=2"), "{plan}");
    let tables = world.rows("SHOW TABLES").join("\n");
    assert!(tables.contains("people"), "{tables}");
    let columns = world.rows("DESCRIBE people").join("\n");
    assert!(columns.contains("firstName"), "{columns}");
}

#[test]
fn tables_are_not_changed_in_place() {
    let world = World::with_people();
    for sql in [
        "INSERT INTO people VALUES (4, 'x', 1.0)",
        "DELETE FROM people WHERE id = 1",
        "UPDATE people SET id = 2",
    ] {
        let error = world.fail(sql);
        assert!(
            error.to_string().ends_with("and tables of a notebook don't change"),
            "{sql}: {error}"
        );
        assert!(error.hint().expect("a hint").contains("CREATE OR REPLACE TABLE people"), "{sql}");
    }
    world.check("SELECT count(*) FROM people", &["3"]);
    assert!(matches!(world.fail("CREATE SCHEMA s"), Error::Unsupported { .. }));
}

#[test]
fn a_cell_that_names_its_result_must_have_one() {
    let world = World::with_people();
    let cell = Cell::new("CREATE VIEW v AS SELECT 1").out(Vec::new());
    let error = world.try_run(cell).expect_err("no rows");
    assert!(error.hint().expect("a hint").contains("-- out:"));
}

#[test]
fn all_that_a_query_gives_can_be_asked_for_later_as_it_was() {
    // Held; cut short, so asked again; cut short, and yet all of it.
    for (sql, limit, rows) in [
        ("SELECT id FROM people ORDER BY id DESC", 1, "3"),
        ("SELECT id FROM people", 1, "3"),
        ("SELECT id FROM people WHERE id > 1", 10, "2"),
    ] {
        let world = World::with_people();
        let answer = world.try_run(Cell::new(sql).limit(limit)).expect(sql);
        let whole = answer.whole.expect(sql);
        let other = flownote_data::Frame::from(crate::world::numbers("id", [7]));
        world.session.bind("people", other);
        world.session.bind_made("whole", &whole);
        world.check("SELECT count(*) FROM whole", &[rows]);
    }
    let world = World::with_people();
    // What would be something else the next time is not.
    assert!(world.run("SELECT random() AS r FROM people").whole.is_none());
    assert!(world.run("COPY people TO 'people.csv'").whole.is_none());
}
