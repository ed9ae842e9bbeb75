//! Files in FROM.

use flownote_flow::help::Help;

use crate::world::{World, numbers};

#[test]
fn files_are_tables_by_their_path() {
    let world = World::new();
    world.write("a.csv", "n,word\n1,x\n2,\"y, z\"\n");
    world.write("a.tsv", "n\tword\n1\tx\n");
    world.write("a.jsonl", "{\"n\": 1}\n{\"n\": 2}\n");
    world.write("a.json", "[{\"n\": 3}, {\"n\": 4}]");
    world.write("odd [1] name%.csv", "n\n9\n");
    world.run("COPY (SELECT 5 AS n, 'é' AS word) TO 'made/a.parquet'");
    let cases: [(&str, &[&str]); 9] = [
        ("SELECT * FROM 'a.csv'", &["1 x", "2 y, z"]),
        ("SELECT * FROM \"a.csv\" WHERE n = 2", &["2 y, z"]),
        ("SELECT word FROM './a.tsv'", &["x"]),
        ("SELECT sum(n) FROM 'a.jsonl'", &["3"]),
        ("SELECT n FROM 'a.json' ORDER BY n", &["3", "4"]),
        ("SELECT * FROM 'odd [1] name%.csv'", &["9"]),
        ("SELECT * FROM 'made/a.parquet'", &["5 é"]),
        ("SELECT t.n FROM 'a.csv' AS t JOIN 'a.jsonl' AS u ON t.n = u.n ORDER BY 1", &["1", "2"]),
        ("SELECT a.n + 1 FROM 'a.json' a WHERE a.n = 3", &["4"]),
    ];
    for (sql, rows) in cases {
        world.check(sql, rows);
    }
    let answer = world.run("SELECT * FROM 'a.csv'");
    assert_eq!(answer.files, [world.path().join("a.csv")]);
}

#[test]
fn folders_and_patterns_are_one_table() {
    let world = World::new();
    for (name, rows) in [("b", "2\n"), ("a", "1\n"), ("c", "3\n")] {
        world.write(&format!("parts/{name}.csv"), format!("n\n{rows}"));
    }
    world.write("parts/notes.md", "not a table");
    world.write("by/day=1/x.csv", "n\n1\n");
    world.write("by/day=2/x.csv", "n\n2\n");
    world.check("SELECT n FROM 'parts/*.csv'", &["1", "2", "3"]);
    world.check("SELECT n FROM 'parts' ORDER BY n DESC", &["3", "2", "1"]);
    world.check("SELECT n FROM 'parts/[ab].csv' ORDER BY n", &["1", "2"]);
    world.check("SELECT n, day FROM 'by/' WHERE day = '2'", &["2 2"]);
    // A column is of the widest type that a file has; what is no file isn't read.
    world.write("kinds/a.csv", "n,m\n1,1\n");
    world.write("kinds/b.csv", "n,m\n1.5,x\n");
    std::os::unix::fs::symlink("nowhere", world.path().join("kinds/.#a.csv")).expect("linked");
    world.check("SELECT n + 1 AS n, m FROM 'kinds' ORDER BY n", &["2.0 1", "2.5 x"]);
    let answer = world.run("SELECT * FROM 'parts/*.csv'");
    assert_eq!(answer.files.len(), 4, "three files and the folder that was searched");
}

#[test]
fn arrow_and_numpy_files_are_mapped() {
    let world = World::new();
    let answer =
        world.run("CREATE TABLE t AS SELECT * FROM (VALUES (1, 'x'), (2, 'y')) AS v(n, word)");
    let file = answer.made[0].file.clone().expect("a file");
    std::fs::copy(file, world.path().join("t.arrow")).expect("copied");
    world.check("SELECT word FROM 't.arrow' WHERE n = 2", &["y"]);
    let mut header = "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }".to_owned();
    header = format!("{header:117}\n");
    let mut array = b"\x93NUMPY\x01\x00".to_vec();
    array.extend(118u16.to_le_bytes());
    array.extend(header.as_bytes());
    array.extend([5i64, 6].iter().flat_map(|n| n.to_le_bytes()));
    world.write("x.npy", array);
    world.check("SELECT value FROM 'x.npy'", &["5", "6"]);
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    let world = World::new();
    world.write("ratings.csv", "n\n1\n");
    world.write("twice.csv", "a,a\n1,2\n");
    world.write("broken.parquet", "no parquet");
    world.session.bind("df", flownote_data::Frame::from(numbers("n", [1])));
    let cases = [
        (
            "SELECT * FROM 'rating.csv'",
            "rating.csv: there is no such file",
            "did you mean `ratings.csv`?",
        ),
        (
            "SELECT * FROM 'no/such.csv'",
            "no/such.csv: there is no such file",
            "relative paths begin at the notebook's folder",
        ),
        (
            "SELECT * FROM ratings.csv",
            "there is no table `ratings.csv`",
            "put names of files in quotes: FROM 'ratings.csv'",
        ),
        (
            "SELECT * FROM 'none/*.csv'",
            "none/*.csv: no file of a known format is there",
            "names of tables end in",
        ),
        (
            "SELECT * FROM 's3://bucket/x.parquet'",
            "s3://bucket/x.parquet: only local files can be read",
            "download it first",
        ),
    ];
    for (sql, message, hint) in cases {
        let error = world.fail(sql);
        assert_eq!(error.to_string(), message, "{sql}");
        let found = error.hint().unwrap_or_default();
        assert!(found.starts_with(hint), "{sql}: {found}");
    }
    let error = world.fail("SELECT * FROM 'twice.csv'").to_string();
    assert_eq!(error, "twice.csv: two columns are called `a`");
    let error = world.fail("SELECT * FROM 'broken.parquet'").to_string();
    assert!(error.starts_with("broken.parquet: "), "{error}");
}
