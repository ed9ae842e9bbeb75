//! All of the prelude: the `arrow` crate reads our tables and we read its own, in every
//! layout that other libraries send.

use flownote_kernel::rust::Level;
use serde_json::json;

use crate::world::with;

/// Batches of two pieces, the second one cut out of a larger one.
const BATCHES: &str = "
    use std::sync::Arc;
    use arrow::array::*;
    use arrow::datatypes::*;
    let part = |from: i64| {
        let keys: DictionaryArray<Int8Type> = vec![Some(\"x\"), None, Some(\"y\")].into_iter().collect();
        let decimals = Decimal128Array::from(vec![Some(12345), None, Some(-5)]).with_precision_and_scale(10, 2).unwrap();
        RecordBatch::try_from_iter(vec![
            (\"n\", Arc::new(Int64Array::from(vec![from, from + 1, from + 2])) as ArrayRef),
            (\"view\", Arc::new(StringViewArray::from(vec![\"short\", \"a text of more than twelve bytes\", \"z\"]))),
            (\"large\", Arc::new(LargeStringArray::from(vec![Some(\"ä\"), None, Some(\"\")]))),
            (\"tag\", Arc::new(keys)),
            (\"when\", Arc::new(TimestampMillisecondArray::from(vec![0, 86_400_001, -1]).with_timezone(\"UTC\"))),
            (\"day\", Arc::new(Date32Array::from(vec![0, 19_782, -1]))),
            (\"price\", Arc::new(decimals)),
            (\"flag\", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]))),
        ]).unwrap()
    };
    let batches = vec![part(0), part(10).slice(1, 2)];
    let it = Frame::try_from(batches)?;
";

#[test]
fn every_layout_of_columns_is_read() {
    with(Level::Full, |world| {
        let it = world.run(&[], BATCHES, &["it"]).value();
        let it = world.through_stream(it, &json!({}));
        for (lines, expected) in [
            ("it.i64(\"n\")?", "[0, 1, 2, 11, 12]"),
            ("it.str(\"view\")?.iter().map(str::len).collect::<Vec<_>>()", "[5, 32, 1, 32, 1]"),
            ("it.str_or(\"large\", \"-\")?.to_vec()", "[\"ä\", \"-\", \"\", \"-\", \"\"]"),
            ("it.str_or(\"tag\", \"-\")?.to_vec()", "[\"x\", \"-\", \"y\", \"-\", \"y\"]"),
            ("it.times(\"when\")?.to_vec()", "[0, 86400001, -1, 86400001, -1]"),
            ("it.times(\"when\")?.zone()", "Some(\"UTC\")"),
            ("it.times(\"day\")?.seconds()[1]", "1709164800.0"),
            (
                "it.f64_or_nan(\"price\")?.iter().map(|p| format!(\"{p}\")).collect::<Vec<_>>().join(\" \")",
                "123.45 NaN -0.05 NaN -0.05",
            ),
            ("it.bool_or(\"flag\", true)?.to_vec()", "[true, true, false, true, false]"),
            ("it.type_of(\"tag\")?", "dictionary of str"),
        ] {
            assert_eq!(
                world.run(&[("it", "::flownote::Frame", it)], lines, &[]).text(),
                expected,
                "{lines}"
            );
        }
        let shown = world.run(&[("it", "::flownote::Frame", it)], "it.to_text()", &[]);
        for word in
            ["1970-01-02 00:00:00.001Z", "2024-02-29", "1969-12-31", "123.45", "-0.05", "null"]
        {
            assert!(shown.text().contains(word), "{word}: {}", shown.text());
        }
    });
}

#[test]
fn record_batches_come_back_as_they_were() {
    with(Level::Full, |world| {
        let lines = format!("{BATCHES}; let back = it.to_record_batches()?;
            (back.len(), back[0] == part(0), back[1] == part(10).slice(1, 2), it.to_record_batch()?.num_rows())");
        assert_eq!(world.run(&[], &lines, &[]).text(), "(2, true, true, 5)");
        let lines = format!("{BATCHES}; let it = part(0);");
        let batch = world.run(&[], &lines, &["it"]).value();
        assert_eq!(world.describe(batch)["form"], "arrow");
        assert_eq!(world.describe(batch)["path"], "::arrow::record_batch::RecordBatch");
        let given = world.through_stream(batch, &json!({}));
        let outcome = world.run(
            &[("it", "::arrow::record_batch::RecordBatch", given)],
            "it.num_columns()",
            &[],
        );
        assert_eq!(outcome.text(), "8");
    });
}

#[test]
fn columns_of_different_pieces_leave_in_common_ones() {
    with(Level::Full, |world| {
        let lines = format!(
            "{BATCHES}; let it = it.with(\"more\", [1.0, 2.0, 3.0, 4.0, 5.0]);
            it.to_record_batches()?.iter().map(|b| b.num_rows()).collect::<Vec<_>>()"
        );
        assert_eq!(world.run(&[], &lines, &[]).text(), "[3, 2]");
    });
}

#[test]
fn rayon_reads_columns_from_many_threads() {
    with(Level::Full, |world| {
        let lines = "use rayon::prelude::*;
            let it = Frame::new().with(\"x\", (0..100_000_i64).collect::<Vec<_>>());
            it.i64(\"x\")?.par_iter().map(|x| x * 2).sum::<i64>()";
        assert_eq!(world.run(&[], lines, &[]).text(), "9999900000");
    });
}

#[test]
fn a_model_leaves_as_its_file_and_comes_back_as_its_public_type() {
    const FITTED: &str = "use flownote_models::recommend::ItemKnn;
        let watched = Csr::new((2, 3), vec![0, 2, 4], vec![0, 1, 0, 2], vec![1.0; 4])?;";
    with(Level::Full, |world| {
        let fit = "let it = ItemKnn::fit(&watched.interactions()?, 2, 0.0, &interrupted)?;";
        let model = world.run(&[], &format!("{FITTED} {fit}"), &["it"]).value();
        let path = "::flownote_models::recommend::ItemKnn";
        assert_eq!(world.describe(model)["path"], path);
        let exported = world.export(model).expect("exported");
        assert_eq!(exported.record["codec"], "model");
        assert_eq!(exported.record["type"], "flownote.models.recommend.ItemKNN");
        let given = world.give(7, &exported.bytes, &json!({})).expect("given");
        let inputs = [("a", path, model), ("b", path, given)];
        assert_eq!(world.run(&inputs, "a == b", &[]).text(), "true");
        let refused = world.give(7, b"no model", &json!({})).expect_err("refused");
        assert!(
            refused["message"].as_str().expect("a text").contains("isn't a saved"),
            "{refused}"
        );
        // What is wrong, and what to do, are the model's own words.
        let wrong =
            format!("{FITTED} ItemKnn::fit(&watched.interactions()?, 0, 0.0, &interrupted)?;");
        let error = &world.run(&[], &wrong, &[]).json["error"];
        assert_eq!((&error["name"], &error["message"]), (&json!("ModelError"), &json!("`k` is 0")));
        assert_eq!(error["hint"], "keep one neighbour or more");
    });
}
