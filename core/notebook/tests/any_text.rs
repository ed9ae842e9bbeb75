//! Whatever stands in a cell, its facts and its commands can be told: nothing panics, and no
//! line moves.

use flownote_notebook::lines::rewrite;
use flownote_notebook::resolve::{Source, resolve};
use flownote_notebook::{Facts, Language, facts};
use proptest::prelude::*;

/// Pieces that mean something to one of the languages, strung together at random.
fn text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "x",
        "y",
        "f",
        "df",
        " = ",
        " += ",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ":",
        ",",
        ".",
        "\n",
        "\n    ",
        "\\\n",
        "!ls ",
        "%cd ",
        "%%time",
        "?",
        "??",
        "'",
        "\"",
        "'''",
        "f'{",
        "}'",
        "# ",
        "def ",
        "class ",
        "lambda x: ",
        "for ",
        " in ",
        "if ",
        "else",
        "try:",
        "except ",
        "import ",
        "from ",
        " as ",
        "del ",
        "global ",
        "await ",
        "return ",
        "yield ",
        "match ",
        "case ",
        "é",
        "select ",
        " from ",
        "-- out: t\n",
        "with t as (",
        "let ",
        "fn ",
        ";",
        "//! in: x\n",
        "|a| ",
        "macro!",
        ";; export: ",
        "(module ",
        "(export \"f\"",
        "0",
        "1.5",
        "🦀",
        "\t",
        "\r\n",
        "@",
        ":=",
        "*",
        "**",
        "$x",
        "{x}",
        "eval(",
        "print(",
        "x.append(",
        "x['a'] = ",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_no_line_moves(cells in prop::collection::vec(text(), 1..5)) {
        for source in &cells {
            let lines = |text: &str| text.matches('\n').count();
            prop_assert_eq!(lines(&rewrite(source)), lines(source));
        }
        let mut read: Vec<(Language, Facts)> = Vec::new();
        for source in &cells {
            for language in Language::ALL {
                read.push((language, facts::facts(language, source)));
            }
        }
        let sources: Vec<Source<'_>> = read
            .iter()
            .map(|(language, facts)| Source { language: *language, facts, delta: None })
            .collect();
        let answer = resolve(&sources);
        for (at, names) in answer.cells.iter().enumerate() {
            prop_assert!(names.sources().iter().all(|source| *source < at));
            prop_assert!(names.readers.iter().all(|reader| *reader > at));
        }
    }
}
