//! What cells show: the last line's value, and what is displayed on the way.

use flownote_kernel::rust::Level;
use serde_json::json;

use crate::world::with;

#[test]
fn the_last_line_is_shown_in_the_form_that_its_type_has() {
    with(Level::Base, |world| {
        for (lines, text) in [
            ("1 + 1", "2"),
            ("vec![1.5, 2.0]", "[1.5, 2.0]"),
            ("\"plain\"", "plain"),
            ("Some((1, \"a\"))", "Some((1, \"a\"))"),
            ("Array::new(vec![1.0, 2.0])", "2 float64\n[1.0, 2.0]"),
            ("\"5\".parse::<i32>()", "5"),
            ("struct Bare; Bare", "a `Bare`"),
            (
                "struct D; impl std::fmt::Display for D { fn fmt(&self, f: &mut std::fmt::Formatter) \
              -> std::fmt::Result { f.write_str(\"D!\") } } D",
                "D!",
            ),
        ] {
            assert_eq!(world.run(&[], lines, &[]).text(), text, "{lines}");
        }
        assert!(world.run(&[], "let x = 1;", &[]).outputs.is_empty(), "nothing");
        assert!(world.run(&[], "()", &[]).outputs.is_empty(), "nothing");
    });
}

#[test]
fn a_type_of_the_users_says_how_it_is_shown() {
    with(Level::Base, |world| {
        let outcome = world.run(
            &[],
            "#[derive(Debug)] struct Tree; impl Show for Tree { fn show(&self) -> Bundle {
            Bundle::html(\"<i>tree</i>\").and(\"text/plain\", \"tree\") } } Tree",
            &[],
        );
        assert_eq!(
            outcome.outputs,
            [json!({"kind": "result", "metadata": {},
            "data": {"text/html": "<i>tree</i>", "text/plain": "tree"}})]
        );
    });
}

#[test]
fn wrappers_say_what_kind_of_thing_it_is() {
    with(Level::Base, |world| {
        for (lines, mime, data) in [
            ("Html(\"<b>x</b>\")", "text/html", json!("<b>x</b>")),
            ("Markdown(format!(\"# {}\", 1))", "text/markdown", json!("# 1")),
            ("Latex(r\"$x$\")", "text/latex", json!("$x$")),
            ("Svg(\"<svg/>\")", "image/svg+xml", json!("<svg/>")),
            ("Png([137, 80, 78, 71])", "image/png", json!("iVBORw==")),
            ("Jpeg(vec![255_u8, 216, 255])", "image/jpeg", json!("/9j/")),
            (
                "Vega(json!({\"mark\": \"bar\"}))",
                "application/vnd.vegalite.v5+json",
                json!({"mark": "bar"}),
            ),
            (
                "Vega(json!({\"$schema\": \"https://vega.github.io/schema/vega/v6.json\"}))",
                "application/vnd.vega.v6+json",
                json!({"$schema": "https://vega.github.io/schema/vega/v6.json"}),
            ),
            ("json!({\"a\": [1]})", "application/json", json!({"a": [1]})),
        ] {
            let outcome = world.run(&[], &format!("display(&{lines});"), &[]);
            assert_eq!(outcome.outputs[0]["kind"], "display", "{outcome:?}");
            assert_eq!(outcome.outputs[0]["data"][mime], data, "{outcome:?}");
        }
    });
}

#[test]
fn a_table_is_shown_in_part_and_escaped() {
    with(Level::Base, |world| {
        let lines = "Frame::new().with(\"<n>\", (0..1000).collect::<Vec<i32>>())";
        let outcome = world.run(&[], lines, &[]);
        let data = &outcome.outputs[0]["data"];
        let (text, html) =
            (data["text/plain"].as_str().expect("text"), data["text/html"].as_str().expect("html"));
        assert!(text.ends_with("1,000 rows × 1 column, the first 20 rows shown"), "{text}");
        assert!(
            html.contains("&lt;n&gt;") && !html.contains("<n>") && html.len() < 5_000,
            "{html}"
        );
    });
}

#[test]
fn a_value_of_millions_is_not_written_out() {
    with(Level::Base, |world| {
        let text = world.run(&[], "vec![String::from(\"abc\"); 3_000_000]", &[]).text().to_owned();
        assert!(text.len() < 30_000, "{}", text.len());
        assert!(text.ends_with('…') || text.ends_with("more"), "…{}", &text[text.len() - 40..]);
    });
}

#[test]
fn what_is_shown_can_still_leave_the_cell() {
    with(Level::Base, |world| {
        let outcome = world.run(&[], "let it = vec![String::from(\"a\")];\nit", &["it"]);
        assert_eq!(outcome.text(), "[\"a\"]");
        assert_eq!(world.export(outcome.value()).expect("exported").bytes, br#"["a"]"#);
    });
}
