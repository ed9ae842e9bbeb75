//! Errors: where, what, what now.

use flownote_flow::help::Help;

use crate::world::World;

/// `line:column message / hint`.
fn said(world: &World, sql: &str) -> String {
    let error = world.fail(sql);
    let place = error.place().map(|place| format!("{}:{} ", place.line, place.column));
    let hint = error.hint().map(|hint| format!(" / {hint}"));
    format!("{}{error}{}", place.unwrap_or_default(), hint.unwrap_or_default())
}

#[test]
fn errors_say_where_and_what_was_probably_meant() {
    let world = World::with_people();
    let cases = [
        ("SELECT *\nFROM poeple", "2:6 there is no table `poeple` / did you mean `people`?"),
        ("SELECT * FROM sales", "1:15 there is no table `sales` / in sight are `people`"),
        (
            "SELECT id,\n  frstName\nFROM people",
            "2:3 there is no column `frstName` / did you mean `firstName`?",
        ),
        (
            "SELECT colour FROM people",
            "1:8 there is no column `colour` / in sight are `firstName`, `id` and `score`",
        ),
        (
            "SELECT conut(id) FROM people",
            "1:8 there is no function `conut` / did you mean `count`?",
        ),
        (
            "SELECT id FROM people a JOIN people b ON a.id = b.id",
            "1:8 `id` could be a column of several tables / say which: `table.id`, with the table's name or alias",
        ),
    ];
    for (sql, expect) in cases {
        assert_eq!(said(&world, sql), expect, "{sql}");
    }
}

#[test]
fn syntax_errors_point_at_the_word() {
    let world = World::with_people();
    let cases = [
        ("SELECT id FROM people WHERE )", "1:"),
        ("SELECT id\nFORM people", "2:"),
        ("SELECT (1", "expected"),
        ("SELECT 'open", "1:8"),
    ];
    for (sql, part) in cases {
        let said = said(&world, sql);
        assert!(said.contains(part), "{sql}: {said}");
        assert_eq!(world.fail(sql).kind(), "SqlSyntaxError", "{sql}: {said}");
    }
}

#[test]
fn errors_while_running_are_plain() {
    let world = World::with_people();
    assert_eq!(said(&world, "SELECT 1 / (id - 1) FROM people"), "Divide by zero error");
    let said = said(&world, "SELECT CAST(firstName AS INT) FROM people");
    assert!(said.contains("Cannot cast string 'Ana'"), "{said}");
}

#[test]
fn columns_of_a_result_have_different_names() {
    let world = World::with_people();
    let said = said(&world, "SELECT id, id FROM people");
    assert!(said.contains("`id`") && said.contains("another name"), "{said}");
}
