//! Tables page by page: what a view shows, what its columns are made of, and that queries of
//! pages only read, below their folder.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use async_trait::async_trait;
use flownote_data::arrow;
use flownote_data::{
    Artifact, Artifacts, Cell, Error, Frame, Opened, Options, Page, Query, Sheets, SortBy,
    SqlSession, View, Window,
};
use flownote_flow::help::Help;
use serde_json::json;
use tempfile::TempDir;

#[derive(Debug)]
struct Nothing;

#[async_trait]
impl Artifacts for Nothing {
    async fn find(&self, _: &str) -> Result<Option<Artifact>, Box<dyn Help + Send + Sync>> {
        Ok(None)
    }
}

struct World {
    outer: TempDir,
    sheets: Sheets,
    runtime: tokio::runtime::Runtime,
}

impl World {
    /// A folder with `films.parquet` beside a secret.
    fn new() -> Self {
        let outer = tempfile::tempdir().expect("a folder");
        let folder = outer.path().join("served");
        std::fs::create_dir_all(folder.join("more")).expect("made");
        std::fs::write(outer.path().join("secret.csv"), "word\nxyzzy\n").expect("written");
        std::fs::write(folder.join("more/a.csv"), "n,w\n3,x\n1,y\n").expect("written");
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(2).enable_all().build().expect("a runtime");
        let session = SqlSession::new(Options {
            folder: folder.clone(),
            scratch: outer.path().join("making"),
            ..Options::default()
        })
        .expect("a session");
        session.bind("films", Frame::from(films()));
        let copy = Cell::new("COPY films TO 'films.parquet' STORED AS PARQUET");
        runtime.block_on(session.run(copy)).expect("written");
        let options = Options {
            folder,
            scratch: outer.path().join("scratch"),
            memory: 256 << 20,
            partitions: 2,
            contained: true,
        };
        let sheets = Sheets::new(options, Arc::new(Nothing)).expect("an engine");
        Self { outer, sheets, runtime }
    }

    fn page(&self, what: &str, view: &View, from: u64, limit: usize) -> Result<Page, Error> {
        let window = Window { from, limit, columns: 0..9, whole: false };
        self.runtime.block_on(async {
            let sheet = self.sheets.open(&Opened::File(what.to_owned())).await?;
            self.sheets.page(&sheet, view, &window).await
        })
    }

    fn films(&self, view: View) -> Page {
        self.page("films.parquet", &view, 0, 5).expect("a page")
    }

    fn query(&self, sql: &str) -> Result<Page, Error> {
        let query = Query { sql: sql.to_owned(), tables: vec![] };
        let window = Window { from: 0, limit: 100, columns: 0..100, whole: false };
        self.runtime.block_on(async {
            let ran = self.sheets.query(&query).await?;
            let sheet = self.sheets.open(&Opened::Result(ran.id)).await?;
            self.sheets.page(&sheet, &View::default(), &window).await
        })
    }
}

/// 1,000 films: a price that falls and is null for each hundredth, a genre, a truth.
fn films() -> RecordBatch {
    let count = 1000i64;
    let ids = Arc::new(Int64Array::from_iter_values(0..count)) as ArrayRef;
    let prices = (0..count).map(|id| {
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let price = (count - id) as f64 / 4.0;
        let price = if id % 100 == 58 { f64::NAN } else { price };
        (id % 100 != 7).then_some(price)
    });
    let prices = Arc::new(Float64Array::from_iter(prices)) as ArrayRef;
    let genres = (0..count).map(|id| Some(["Drama", "Comedy", "100% Real"][id as usize % 3]));
    let genres = Arc::new(StringArray::from_iter(genres)) as ArrayRef;
    let seen = Arc::new(BooleanArray::from_iter((0..count).map(|id| Some(id < 10)))) as ArrayRef;
    let columns = [("id", ids), ("Price paid", prices), ("genre", genres), ("seen", seen)];
    RecordBatch::try_from_iter(columns).expect("a batch")
}

fn sorted(column: &str, descending: bool) -> View {
    let sort = vec![SortBy { column: column.to_owned(), descending }];
    View { sort, ..View::default() }
}

#[test]
fn pages_of_a_file_are_its_rows_in_their_order() {
    let world = World::new();
    let page = world.page("films.parquet", &View::default(), 998, 100).expect("a page");
    assert_eq!((page.total, &page.numbers), (1000, &vec![998, 999]));
    assert_eq!(page.cells[0], [json!(998), json!(999)]);
    assert_eq!(page.cells[2], [json!("100% Real"), json!("Drama")]);
}

/// Shares of a scan read files at once; none of them takes a file that is another's.
#[test]
fn rows_of_files_that_are_read_in_shares_keep_their_order() {
    const FILES: i64 = 64;
    let world = World::new();
    let parts = world.outer.path().join("served/parts");
    std::fs::create_dir_all(&parts).expect("made");
    for part in 0..FILES {
        let rows: String = (0..100).map(|row| format!("{}\n", part * 100 + row)).collect();
        std::fs::write(parts.join(format!("{part:02}.csv")), format!("n\n{rows}"))
            .expect("written");
    }
    let page = world.page("parts", &View::default(), 0, 10_000).expect("a page");
    let expected: Vec<_> = (0..FILES * 100).map(|n| json!(n)).collect();
    assert!(page.cells[0] == expected, "{:?}…", &page.cells[0][..300]);
}

#[test]
fn lines_within_quotes_are_no_rows_wherever_a_long_file_is_cut() {
    let world = World::new();
    let rows: String = (0..150_000).map(|n| format!("{n},\"one\n{:060}\"\n", 0)).collect();
    std::fs::write(world.outer.path().join("served/long.csv"), format!("n,w\n{rows}"))
        .expect("written");
    let page = world.page("long.csv", &View::default(), 149_999, 9).expect("a page");
    assert_eq!((page.total, &page.cells[0]), (150_000, &vec![json!(149_999)]));
}

#[test]
fn a_view_sorts_with_nulls_last_and_equals_as_they_came() {
    let world = World::new();
    let page = world.films(sorted("Price paid", false));
    assert_eq!(page.numbers, [999, 998, 997, 996, 995]);
    let down = world.films(sorted("Price paid", true));
    assert_eq!(down.cells[1][0], json!(250.0));
    let last = world.page("films.parquet", &sorted("Price paid", true), 990, 10).expect("a page");
    // So are those that are no number: pandas has them where others have null.
    assert_eq!(last.cells[1][8..], [json!(null), json!("NaN")]);
    assert_eq!(last.numbers[8..], [907, 958]);
    let genres = world.films(sorted("genre", false));
    assert_eq!(genres.numbers, [2, 5, 8, 11, 14]);
    let error = world.page("films.parquet", &sorted("prize", false), 0, 1).expect_err("unknown");
    assert_eq!(error.to_string(), "there is no column `prize`");
}

#[test]
fn a_view_filters_by_sql_and_searches_all_cells() {
    let world = World::new();
    let filter = Some("\"Price paid\" > 249 AND seen".to_owned());
    let page = world.films(View { filter, ..View::default() });
    assert_eq!((page.total, page.numbers), (4, vec![0, 1, 2, 3]));
    // What means something in patterns means itself.
    let search = |text: &str| View { search: Some(text.to_owned()), ..View::default() };
    assert_eq!(world.films(search("100% r")).total, 333);
    assert_eq!(world.films(search("0_")).total, 0);
    assert_eq!(world.films(search("999")).numbers, [999]);
    let filter = Some("prize > 1".to_owned());
    let error = world.page("films.parquet", &View { filter, ..View::default() }, 0, 1);
    assert_eq!(error.expect_err("unknown").to_string(), "there is no column `prize`");
    // A condition is a condition: nothing else is read by it.
    for filter in
        ["id IN (SELECT 1 FROM 'more/a.csv')", "1=1; SELECT 1", "(SELECT count(*) FROM t) > 0"]
    {
        let view = View { filter: Some(filter.to_owned()), ..View::default() };
        world.page("films.parquet", &view, 0, 1).expect_err(filter);
    }
}

#[test]
fn columns_are_summed_up() {
    let world = World::new();
    let look = |column: &str, view: &View| {
        world.runtime.block_on(async {
            let sheet = world.sheets.open(&Opened::File("films.parquet".into())).await?;
            world.sheets.statistics(&sheet, view, column).await
        })
    };
    let price = look("Price paid", &View::default()).expect("a summary");
    assert_eq!((price.rows, price.nulls), (1000, 20));
    assert_eq!((price.min, price.max), (json!(0.25), json!(250.0)));
    let mean = price.mean.expect("a mean");
    assert!((mean - 125.0).abs() < 1.0, "{mean}");
    let [first, median, third] = price.quartiles.expect("quartiles");
    assert!((first - 62.0).abs() < 3.0 && (median - 125.0).abs() < 3.0, "{first} {median}");
    assert!((third - 187.0).abs() < 3.0, "{third}");
    let histogram = price.histogram.expect("a histogram");
    assert_eq!((histogram.counts.len(), histogram.counts.iter().sum::<u64>()), (24, 980));
    let genre = look("genre", &View::default()).expect("a summary");
    assert_eq!(genre.distinct, Some(3));
    assert_eq!((&genre.top[0].value, genre.top[0].count), (&json!("Drama"), 334));
    let id = look("id", &View::default()).expect("a summary");
    assert!(id.is_exact);
    assert_eq!((id.distinct, id.quartiles), (Some(1000), Some([249.75, 499.5, 749.25])));
    let few = View { filter: Some("id < 10".into()), ..View::default() };
    assert_eq!(look("id", &few).expect("a summary").histogram.expect("bars").counts, [1; 10]);
    assert_eq!(look("seen", &few).expect("a summary").top.len(), 1);
}

#[test]
fn queries_name_files_and_say_where_they_are_wrong() {
    let world = World::new();
    let page = world.query("SELECT w, n * 2 AS m FROM 'more/a.csv' ORDER BY n").expect("rows");
    assert_eq!(page.cells, [[json!("y"), json!("x")], [json!(2), json!(6)]]);
    let page = world.query("SELECT count(*) FROM 'more/*.csv'").expect("rows");
    assert_eq!(page.cells, [[json!(2)]]);
    let error = world.query("SELECT w\nFROM 'more/b.csv'").expect_err("it isn't there");
    assert!(error.hint().expect("a hint").contains("a.csv"), "{error:?}");
    let error = world.query("SELECT W2 FROM 'more/a.csv'").expect_err("no such column");
    assert_eq!(error.place().map(|place| (place.line, place.column)), Some((1, 8)));
}

#[test]
fn of_several_queries_none_is_run() {
    let world = World::new();
    let error = world.query("SELECT 1 AS a; SELECT 2 AS b").expect_err("two");
    assert_eq!(error.to_string(), "there are 2 queries, and only one can be shown");
    let page = world.query("SELECT 2 AS b; -- and no other");
    assert_eq!(page.expect("one").cells[0], [json!(2)]);
}

#[test]
fn queries_only_read() {
    let world = World::new();
    let before = std::fs::read(world.outer.path().join("served/more/a.csv")).expect("there");
    for sql in [
        "COPY (SELECT 1) TO 'more/a.csv'",
        "COPY (SELECT 1) TO '/tmp/flownote-must-not-be.csv'",
        "CREATE TABLE t AS SELECT 1",
        "CREATE VIEW v AS SELECT 1",
        "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
        "SELECT 1 INTO t",
        "INSERT INTO 'more/a.csv' VALUES (1, 'x')",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO 'more/a.csv'",
        "DROP TABLE t",
        "SET datafusion.execution.batch_size = 1",
        "SELECT 1; CREATE TABLE t AS SELECT 1",
        "WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x",
        "DELETE FROM 'more/a.csv'",
        "UPDATE 'more/a.csv' SET n = 1",
        "TRUNCATE TABLE t",
    ] {
        world.query(sql).expect_err(sql);
    }
    assert_eq!(std::fs::read(world.outer.path().join("served/more/a.csv")).expect("there"), before);
    assert!(!std::path::Path::new("/tmp/flownote-must-not-be.csv").exists());
    // Nothing was left behind that a later query could name.
    assert_eq!(world.query("SELECT * FROM t").expect_err("unknown").kind(), "UnknownTable");
    world.query("EXPLAIN SELECT * FROM 'more/a.csv'").expect("a plan");
}

#[test]
fn queries_read_below_the_folder_alone() {
    let world = World::new();
    let served = world.outer.path().join("served");
    std::os::unix::fs::symlink(world.outer.path(), served.join("up")).expect("linked");
    std::os::unix::fs::symlink("../secret.csv", served.join("sly.csv")).expect("linked");
    std::os::unix::fs::symlink("../../secret.csv", served.join("more/b.csv")).expect("linked");
    let whole = world.outer.path().join("secret.csv").display().to_string();
    for name in [
        "../secret.csv",
        "more/../../secret.csv",
        "up/secret.csv",
        "up/*.csv",
        "sly.csv",
        "*.csv",
        "more/*.csv",
        "more/",
        &whole,
        &format!("file://{whole}"),
        "/etc/passwd",
        "/etc/*.csv",
        "http://127.0.0.1/a.csv",
        "s3://bucket/a.csv",
    ] {
        for sql in [format!("SELECT * FROM '{name}'"), format!("SELECT * FROM \"{name}\"")] {
            let error = world.query(&sql).expect_err(&sql);
            assert!(!format!("{error:?}").contains("xyzzy"), "{sql}: {error:?}");
        }
        world.page(name, &View::default(), 0, 1).expect_err(name);
    }
    // Absent or there: outside nothing is told apart.
    let told = |name: &str| world.query(&format!("SELECT * FROM '{name}'")).expect_err(name);
    let (there, absent) = (told("/etc/passwd").to_string(), told("/etc/nobody").to_string());
    assert_eq!(there.replace("passwd", "nobody"), absent);
}

#[test]
fn a_file_of_thousands_of_columns_is_opened() {
    let world = World::new();
    let names: Vec<String> = (0..5000).map(|at| format!("c{at}")).collect();
    let row: Vec<String> = (0..5000).map(|at| at.to_string()).collect();
    let text = format!("{}\n{}\n", names.join(","), row.join(","));
    std::fs::write(world.outer.path().join("served/wide.csv"), text).expect("written");
    world.runtime.block_on(async {
        let sheet = world.sheets.open(&Opened::File("wide.csv".into())).await.expect("opened");
        let window = Window { from: 0, limit: 9, columns: 4998..5001, whole: false };
        let page = world.sheets.page(&sheet, &View::default(), &window).await.expect("a page");
        assert_eq!(page.cells, [[json!(4998)], [json!(4999)]]);
        let summary = world.sheets.statistics(&sheet, &View::default(), "c4999").await;
        assert_eq!(summary.expect("a summary").max, json!(4999));
    });
}

#[test]
fn a_file_that_changed_is_read_anew() {
    let world = World::new();
    assert_eq!(world.page("more/a.csv", &View::default(), 0, 9).expect("a page").total, 2);
    std::fs::write(world.outer.path().join("served/more/a.csv"), "n,w\n3,x\n").expect("written");
    assert_eq!(world.page("more/a.csv", &View::default(), 0, 9).expect("a page").total, 1);
    let scratch = std::fs::read_dir(world.outer.path().join("scratch")).expect("a folder");
    let mut left = scratch.flatten().filter(|entry| entry.path().is_file());
    assert!(left.next().is_none(), "what is put aside has no names");
}
