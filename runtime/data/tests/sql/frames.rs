//! Frames under names: what the other languages of a notebook made.

use std::sync::Arc;

use flownote_data::arrow::array::{
    Array, ArrayRef, DictionaryArray, Int32Array, Int64Array, ListArray, RecordBatch,
    RecordBatchOptions, StringArray, StringViewArray, TimestampMicrosecondArray,
};
use flownote_data::arrow::datatypes::{DataType, Field, Int8Type, Int32Type, Schema};
use flownote_data::{Bytes, Cell, Frame, read};
use flownote_flow::manifest::ArtifactRecord;
use serde_json::json;

use crate::world::{World, batch, numbers};

#[test]
fn a_frame_is_a_table_by_its_name() {
    let world = World::with_people();
    world.check("SELECT id, firstName FROM people WHERE score > 1", &["2", "3 Bo"]);
    world.check("SELECT count(*), count(firstName), sum(id) FROM people", &["3 2 6"]);
    world.session.unbind("people");
    assert_eq!(world.fail("SELECT 1 FROM people").to_string(), "there is no table `people`");
}

#[test]
fn names_keep_their_case_and_another_case_is_understood_when_only_one_thing_is_meant() {
    let world = World::with_people();
    world.session.bind(
        "Both",
        Frame::from(batch([
            ("x", Arc::new(Int64Array::from(vec![1])) as ArrayRef),
            ("X", Arc::new(Int64Array::from(vec![2]))),
        ])),
    );
    world.check("SELECT FIRSTNAME FROM People WHERE ID = 1", &["Ana"]);
    world.check("SELECT p.FirstName AS n FROM people p ORDER BY Id LIMIT 1", &["Ana"]);
    world.check("SELECT x, X FROM Both", &["1 2"]);
    world.check("SELECT COUNT(*) FROM people", &["3"]);
    assert!(world.try_run(Cell::new("SELECT \"FIRSTNAME\" FROM people")).is_err());
}

#[test]
fn rows_that_are_only_chosen_keep_their_order() {
    let world = World::new();
    let batches = (0..7).map(|part| numbers("n", part * 50_000..(part + 1) * 50_000)).collect();
    let schema = numbers("n", []).schema();
    world.session.bind("big", Frame::new(schema, batches));
    for _ in 0..3 {
        let sql = "SELECT n * 2 AS m FROM big WHERE n % 30000 = 7";
        let expect: Vec<String> =
            (0..350_000).filter(|n| n % 30_000 == 7).map(|n| (n * 2).to_string()).collect();
        assert_eq!(world.rows(sql), expect);
        world.check("SELECT n FROM big LIMIT 3 OFFSET 2", &["2", "3", "4"]);
    }
}

#[test]
fn odd_shapes_are_tables_too() {
    let world = World::new();
    let none = Arc::new(Schema::empty());
    let options = RecordBatchOptions::new().with_row_count(Some(3));
    let rows = RecordBatch::try_new_with_options(none.clone(), vec![], &options).expect("a batch");
    world.session.bind("rows_only", Frame::new(none.clone(), vec![rows]));
    world.session.bind("nothing", Frame::new(none, vec![]));
    world.session.bind("no_rows", Frame::from(numbers("n", [])));
    world.check("SELECT count(*) FROM rows_only", &["3"]);
    world.check("SELECT count(*) FROM nothing", &["0"]);
    world.check("SELECT * FROM no_rows", &[]);
    world.check("SELECT count(*), sum(n) FROM no_rows", &["0"]);
    assert_eq!(world.run("SELECT * FROM rows_only").preview.expect("rows").total(), 3);

    let fields: Vec<Field> =
        (0..10_000).map(|place| Field::new(format!("c{place}"), DataType::Int64, true)).collect();
    let columns: Vec<ArrayRef> =
        (0..10_000).map(|place| Arc::new(Int64Array::from(vec![place])) as ArrayRef).collect();
    let wide = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("a batch");
    world.session.bind("wide", Frame::from(wide));
    world.check("SELECT c9999 FROM wide WHERE c0 = 0", &["9999"]);
    // Planning takes time that grows with the square of the width.
    let names: Vec<String> = (0..1500).map(|place| format!("c{place}")).collect();
    let preview =
        world.run(&format!("SELECT {} FROM wide", names.join(", "))).preview.expect("rows");
    assert_eq!(preview.json()["width"], 1500);
    assert!(preview.html().len() < 100_000);
    assert!(preview.text().ends_with("1 row, 12 of 1,500 columns"), "{}", preview.text());
}

#[test]
fn columns_of_one_name_can_be_told_apart() {
    let world = World::new();
    let schema = Schema::new(vec![
        Field::new("x", DataType::Int64, true),
        Field::new("x", DataType::Int64, true),
    ]);
    let columns: Vec<ArrayRef> =
        vec![Arc::new(Int64Array::from(vec![1])), Arc::new(Int64Array::from(vec![2]))];
    let twice = RecordBatch::try_new(Arc::new(schema), columns).expect("a batch");
    world.session.bind("twice", Frame::from(twice));
    world.check("SELECT x, x_1 FROM twice", &["1 2"]);
    world.check("SELECT * FROM twice a JOIN twice b ON a.x = b.x", &["1 2 1 2"]);
}

#[test]
fn types_of_columns_survive_a_query() {
    let world = World::new();
    let words: DictionaryArray<Int8Type> = ["b", "a", "b"].into_iter().collect();
    let lists = ListArray::from_iter_primitive::<Int32Type, _, _>(vec![
        Some(vec![Some(1), None]),
        None,
        Some(vec![]),
    ]);
    let times = TimestampMicrosecondArray::from(vec![0, 1, 2]).with_timezone("Europe/Paris");
    let table = batch([
        ("word", Arc::new(words) as ArrayRef),
        ("list", Arc::new(lists)),
        ("time", Arc::new(times)),
        ("view", Arc::new(StringViewArray::from(vec!["x", "y", "z"]))),
    ]);
    let types: Vec<DataType> =
        table.schema().fields().iter().map(|field| field.data_type().clone()).collect();
    world.session.bind("t", Frame::from(table));
    let preview = world.run("SELECT * FROM t WHERE word = 'b'").preview.expect("rows");
    let after: Vec<DataType> =
        preview.schema().fields().iter().map(|field| field.data_type().clone()).collect();
    assert_eq!(after, types);
}

#[test]
fn pandas_indexes_that_have_a_name_are_columns() {
    let table = batch([
        ("a", Arc::new(Int64Array::from(vec![10, 20])) as ArrayRef),
        ("__index__", Arc::new(StringArray::from(vec!["x", "y"]))),
    ]);
    let plain = batch([("a", Arc::new(Int64Array::from(vec![10, 20])) as ArrayRef)]);
    let series = batch([("__series__", Arc::new(Int64Array::from(vec![10, 20])) as ArrayRef)]);
    let text = json!({"dtype": {"dtype": "object"}, "name": null});
    let range = json!({"range": [0, 2, 1], "name": null});
    let named_range = json!({"range": [5, 1, -2], "name": "row"});
    let cases = [
        (&table, json!({"index": text}), "a", vec!["10", "20"]),
        (&table, json!({"index": {"dtype": {}, "name": "key"}}), "key a", vec!["x 10", "y 20"]),
        (&plain, json!({"index": range}), "a", vec!["10", "20"]),
        (&plain, json!({"index": named_range}), "row a", vec!["5 10", "3 20"]),
        (&series, json!({"index": range, "series": true, "name": "n"}), "n", vec!["10", "20"]),
        (&series, json!({"index": range, "series": true, "name": null}), "value", vec!["10", "20"]),
    ];
    for (batch, form, names, rows) in cases {
        let world = World::new();
        let mut record = record("pandas");
        record.meta.insert("pandas".into(), form.clone());
        let frame = read(Bytes::from(file(batch)), &record).expect("readable");
        let fields = frame.schema().fields().clone();
        let found: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
        assert_eq!(found.join(" "), names, "{form}");
        world.session.bind("t", frame);
        world.check("SELECT * FROM t", &rows);
    }
}

#[test]
fn a_mapped_file_is_read_where_it_lies() {
    let world = World::new();
    let values: ArrayRef = Arc::new(Int32Array::from_iter_values(0..1000));
    world.write("values.arrow", file(&batch([("n", values)])));
    let bytes = Bytes::map(&world.path().join("values.arrow")).expect("mapped");
    let frame = read(bytes, &record("arrow")).expect("readable");
    let column = frame.batches()[0].column(0).to_data();
    let maps = std::fs::read_to_string("/proc/self/maps").expect("maps");
    let at = column.buffers()[0].as_ptr() as usize;
    let lies_in = maps.lines().find(|line| {
        let (from, rest) = line.split_once('-').expect("a range");
        let to = rest.split(' ').next().expect("an end");
        let number = |text| usize::from_str_radix(text, 16).expect("hexadecimal");
        (number(from)..number(to)).contains(&at)
    });
    assert!(lies_in.is_some_and(|line| line.ends_with("values.arrow")), "{lies_in:?}");
}

#[test]
fn damaged_arrow_files_are_errors() {
    let good = file(&numbers("n", 0..100));
    for end in (0..good.len()).step_by(7) {
        assert!(read(Bytes::from(good[..end].to_vec()), &record("arrow")).is_err(), "cut at {end}");
    }
}

#[test]
fn values_without_a_common_form_say_what_to_do() {
    let error = read(Bytes::from(vec![]), &record("pickle")).expect_err("no table");
    assert_eq!(error.to_string(), "a test.Type (stored as `pickle`) can't be read as a table");
    assert!(
        flownote_flow::help::Help::hint(&error).is_some_and(|hint| hint.contains("data frame"))
    );
}

fn record(codec: &str) -> ArtifactRecord {
    serde_json::from_value(json!({
        "codec": codec, "digest": "0", "size": 0, "type": "test.Type",
    }))
    .expect("a record")
}

fn file(batch: &RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer =
        flownote_data::arrow::ipc::writer::FileWriter::try_new(&mut bytes, &batch.schema())
            .expect("a writer");
    writer.write(batch).expect("written");
    writer.finish().expect("written");
    drop(writer);
    bytes
}
