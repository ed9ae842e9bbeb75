//! How much is shown, how much memory is taken, and stopping.

use std::time::Duration;

use flownote_data::{Cell, Error, Frame, SqlSession};
use flownote_flow::help::Help;

use crate::world::{World, numbers};

fn with_numbers(count: i64) -> World {
    let world = World::new();
    world.session.bind("t", Frame::from(numbers("n", 0..count)));
    world
}

#[test]
fn the_first_rows_are_shown_and_all_are_counted() {
    let world = with_numbers(2500);
    let cases = [
        ("SELECT * FROM t", 1000, 2500),
        ("SELECT * FROM t ORDER BY n DESC", 1000, 2500),
        ("SELECT n, count(*) FROM t GROUP BY n", 1000, 2500),
        ("SELECT * FROM t LIMIT 1200", 1000, 1200),
        ("SELECT * FROM t LIMIT 1000", 1000, 1000),
        ("SELECT * FROM t WHERE n < 10", 10, 10),
        ("SELECT n + random() FROM t", 1000, 2500),
        ("SELECT * FROM t UNION ALL SELECT * FROM t", 1000, 5000),
    ];
    for (sql, shown, total) in cases {
        let preview = world.run(sql).preview.expect("rows");
        let held: usize = preview.batches().iter().map(|batch| batch.num_rows()).sum();
        assert_eq!((held, preview.total()), (shown, total), "{sql}");
    }
    let preview = world.run("SELECT * FROM t ORDER BY n DESC").preview.expect("rows");
    assert_eq!(preview.json()["rows"][0], serde_json::json!([2499]));
    assert!(preview.text().ends_with("20 of 2,500 rows"), "{}", preview.text());
    assert!(preview.html().ends_with("1,000 of 2,500 rows</p>"));
    let few = world.try_run(Cell::new("SELECT * FROM t").limit(5)).expect("rows");
    assert_eq!(few.preview.expect("rows").json()["rows"].as_array().map(Vec::len), Some(5));
}

#[test]
fn what_does_not_fit_is_put_aside() {
    let world = World::with(|options| (options.memory, options.partitions) = (24 << 20, 1));
    world.session.bind("t", Frame::from(numbers("n", 0..2_000_000)));
    let cell = Cell::new("SELECT n, n % 1000 AS m FROM t ORDER BY m DESC, n")
        .limit(1)
        .out(std::io::sink());
    let answer = world.try_run(cell).expect("sorted by way of the disk");
    assert_eq!(answer.written.expect("written").rows, 2_000_000);
    let preview = answer.preview.expect("rows");
    assert_eq!(preview.json()["rows"], serde_json::json!([[999, 999]]));
}

#[test]
fn too_little_memory_says_the_limit_and_how_to_raise_it() {
    let world = World::with(|options| options.memory = 1 << 20);
    world.session.bind("t", Frame::from(numbers("n", 0..500_000)));
    let sql = "SELECT a.n FROM t a JOIN t b ON a.n = b.n ORDER BY a.n DESC";
    let error = world.fail(sql);
    assert!(matches!(error, Error::Memory { .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "the query needs more than 1 MB, the memory that queries may take"
    );
    assert!(error.hint().expect("a hint").contains("`-- memory: 2 MB`"), "{:?}", error.hint());
    let more = world.try_run(Cell::new(sql).memory(512 << 20).limit(1)).expect("room");
    assert_eq!(more.preview.expect("rows").total(), 500_000);
    assert!(world.fail(sql).hint().is_some(), "the next cell has the old limit");
}

#[test]
fn a_query_that_is_dropped_stops() {
    let world = with_numbers(20_000);
    let session: &SqlSession = &world.session;
    // Four thousand million pairs: nobody waits for that.
    let endless = session.run(Cell::new("SELECT sum(a.n * b.n) FROM t a, t b, t c"));
    let stopped =
        world.wait(async { tokio::time::timeout(Duration::from_millis(200), endless).await });
    assert!(stopped.is_err(), "it was stopped, not finished");
    world.check("SELECT count(*) FROM t", &["20000"]);
}
