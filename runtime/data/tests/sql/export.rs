//! Results as files, for the other languages.

use std::io::Write;
use std::sync::{Arc, Mutex};

use flownote_data::arrow::array::{Array, ArrayRef, AsArray, DictionaryArray, StringViewArray};
use flownote_data::arrow::datatypes::{DataType, Int8Type, Int32Type};
use flownote_data::{Bytes, Cell, Frame, Written, read};
use flownote_flow::manifest::ArtifactRecord;
use serde_json::json;

use crate::world::{World, batch, lines, numbers};

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("alone").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[track_caller]
fn export(world: &World, sql: &str) -> (Written, Frame) {
    let out = Shared::default();
    let answer = world.try_run(Cell::new(sql).out(out.clone())).expect("rows");
    let bytes = out.0.lock().expect("alone").clone();
    let record: ArtifactRecord = serde_json::from_value(json!({
        "codec": "arrow", "digest": "0", "size": bytes.len(), "type": "pyarrow.Table",
    }))
    .expect("a record");
    (answer.written.expect("written"), read(Bytes::from(bytes), &record).expect("readable"))
}

#[test]
fn a_result_is_written_with_the_record_that_python_writes() {
    let world = World::with_people();
    let (written, frame) = export(&world, "SELECT id, firstName AS name, score FROM people");
    assert_eq!(
        serde_json::Value::from(written.meta.clone()),
        json!({"rows": 3, "width": 3, "columns": [["id", "int64"], ["name", "string"], ["score", "double"]]})
    );
    assert_eq!(written.summary(), "3 rows × 3 columns: id, name, score");
    assert_eq!(lines(frame.batches()), ["1 Ana 0.5", "2  1.5", "3 Bo NaN"]);
}

#[test]
fn many_small_batches_become_few_large_ones() {
    let world = World::new();
    world.session.bind("t", Frame::from(numbers("n", 0..300_000)));
    let (written, frame) = export(&world, "SELECT n FROM t WHERE n % 2 = 0");
    assert_eq!((written.rows, frame.batches().len()), (150_000, 1));
    assert_eq!(frame.batches()[0].column(0).null_count(), 0);
}

#[test]
fn nothing_is_written_well_too() {
    let world = World::with_people();
    let (written, frame) = export(&world, "SELECT id FROM people WHERE id > 9");
    assert_eq!((written.rows, frame.rows(), frame.schema().fields().len()), (0, 0, 1));
}

#[test]
fn dictionaries_of_many_batches_become_one() {
    let world = World::new();
    let words = |words: &[Option<&str>]| {
        let words: DictionaryArray<Int8Type> = words.iter().copied().collect();
        batch([("word", Arc::new(words) as ArrayRef)])
    };
    let parts =
        vec![words(&[Some("b"), None]), words(&[Some("a"), Some("b")]), words(&[Some("c")])];
    world.session.bind("t", Frame::new(parts[0].schema(), parts));
    let (written, frame) = export(&world, "SELECT word FROM t");
    assert_eq!(written.meta["columns"][0][1], "dictionary<values=string, indices=int8, ordered=0>");
    assert_eq!(lines(frame.batches()), ["b", "", "a", "b", "c"]);
    let values = frame.batches()[0].column(0).as_dictionary::<Int8Type>().values().clone();
    assert_eq!(values.len(), 3);

    let (written, frame) = export(&world, "SELECT word FROM t WHERE word = 'none'");
    assert_eq!((written.rows, frame.rows()), (0, 0));
}

#[test]
fn a_dictionary_that_outgrows_its_numbers_gets_wider_ones() {
    let world = World::new();
    let part = |from: i32| {
        let words: Vec<String> = (from..from + 100).map(|n| format!("w{n}")).collect();
        let words: DictionaryArray<Int8Type> =
            words.iter().map(|word| Some(word.as_str())).collect();
        batch([("word", Arc::new(words) as ArrayRef)])
    };
    let parts = vec![part(0), part(100), part(200)];
    world.session.bind("t", Frame::new(parts[0].schema(), parts));
    let (written, frame) = export(&world, "SELECT word FROM t");
    assert!(matches!(
        written.schema.field(0).data_type(),
        DataType::Dictionary(keys, _) if **keys == DataType::Int32
    ));
    let words = frame.batches()[0].column(0).as_dictionary::<Int32Type>();
    assert_eq!(words.values().len(), 300);
    assert_eq!(lines(frame.batches())[299], "w299");
}

#[test]
fn views_of_text_are_plain_text_outside() {
    let world = World::new();
    let views = StringViewArray::from(vec!["a text that is long enough for a view", "b"]);
    world.session.bind("t", Frame::from(batch([("word", Arc::new(views) as ArrayRef)])));
    let (written, _) = export(&world, "SELECT word, [word] AS list FROM t");
    let types: Vec<&str> = written.meta["columns"]
        .as_array()
        .expect("columns")
        .iter()
        .map(|c| c[1].as_str().expect("text"))
        .collect();
    assert_eq!(types[0], "string");
    assert!(types[1].starts_with("list<") && types[1].contains("string"), "{types:?}");
    assert!(!types[1].contains("view"), "{types:?}");
}

#[test]
fn a_disk_that_is_full_is_said_to_be() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::from(std::io::ErrorKind::StorageFull))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let world = World::with_people();
    let error = world.try_run(Cell::new("SELECT * FROM people").out(Full)).expect_err("no room");
    assert_eq!(error.to_string(), "the result could not be written: no storage space");
}
