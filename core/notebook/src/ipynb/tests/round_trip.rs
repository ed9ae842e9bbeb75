//! What is read is what was written, and the other way round.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::{Bounds, read, write, write_within};
use crate::tests::generator::document;
use crate::{Cell, Document, Language, Mode, Output};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_document_that_is_written_and_read_is_the_same(document in document()) {
        let file = write(&document);
        let again = read(file.as_bytes()).unwrap();
        prop_assert_eq!(&again, &document, "{}", &file);
        prop_assert_eq!(write(&again), file);
    }

    #[test]
    fn no_bytes_whatever_make_reading_panic(
        document in document(), at in any::<prop::sample::Index>(), junk in any::<u8>(),
    ) {
        let mut file = write(&document).into_bytes();
        let at = at.index(file.len());
        file[at] = junk;
        drop(read(&file));
        drop(read(&file[..at]));
    }
}

#[test]
fn a_notebook_of_four_languages_looks_so() {
    let mut document = Document::new(vec![
        Cell::new("intro", Language::Markdown, "# Ratings\n\nWho likes what?"),
        Cell::new(
            "load",
            Language::Python,
            "import pandas as pd\ndf = pd.read_csv('ratings.csv')\n",
        ),
        Cell::new("top", Language::Sql, "-- out: top\nselect * from df limit 2"),
        Cell::new("score", Language::Rust, "let score = 1.0;"),
        Cell::new("empty", Language::Wasm, ""),
        Cell::new("notes", Language::Raw, "as it is"),
    ])
    .unwrap();
    document.id = Some("5f0c8a6c1b2d3e4f".into());
    document.mode = Mode::Auto;
    document.begin(&"load".into(), Some(1)).unwrap();
    for output in [
        Output::stdout("two\nlines\n"),
        Output::result("text/html", "<b>1</b>\n<i>2</i>"),
        Output::display("image/png", "iVBOR\nw0KGgo="),
        Output::display("application/vnd.x.v1+json", json!({"b": 1e-7, "a": ["x\ny"]})),
    ] {
        document.push_output(&"load".into(), output).unwrap();
    }
    insta::assert_snapshot!(write(&document));
}

/// A file as Jupyter writes it, with what only Jupyter and its extensions know.
const FOREIGN: &str = r#"{
 "cells": [
  {
   "attachments": {
    "plot.png": {
     "image/png": "iVBORw0KGgo="
    }
   },
   "cell_type": "markdown",
   "id": "aa",
   "metadata": {
    "slideshow": {
     "slide_type": "slide"
    }
   },
   "source": [
    "![plot](attachment:plot.png)"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 7,
   "id": "bb",
   "metadata": {
    "collapsed": true,
    "jupyter": {
     "outputs_hidden": true
    },
    "tags": [
     "parameters"
    ]
   },
   "outputs": [
    {
     "data": {
      "application/vnd.plotly.v1+json": {
       "big": 1e+20,
       "data": [
        {
         "x": [
          1,
          2.5,
          1e-05
         ]
        }
       ],
       "text": "one\ntwo"
      },
      "text/plain": [
       "<Figure>\n",
       "\n"
      ]
     },
     "execution_count": 7,
     "metadata": {
      "image/png": {
       "width": 300
      }
     },
     "output_type": "execute_result"
    },
    {
     "shape": "unheard of",
     "output_type": "hologram"
    },
    {
     "name": "stdlog",
     "output_type": "stream",
     "text": []
    }
   ],
   "source": [
    "x = 'é𝄞'\u2028\n",
    "x"
   ]
  }
 ],
 "metadata": {
  "kernelspec": {
   "display_name": "Python 3",
   "language": "python",
   "name": "python3"
  },
  "widgets": {
   "application/vnd.jupyter.widget-state+json": {
    "state": {}
   }
  }
 },
 "nbformat": 4,
 "nbformat_minor": 5,
 "x_of_the_future": [
  null
 ]
}
"#;

#[test]
fn a_file_of_jupyter_is_saved_byte_for_byte() {
    // Jupyter writes U+2028 as it is and sorts keys; this file says it in a readable way.
    let file = FOREIGN.replace("\\u2028\\n\",", "\u{2028}\",\n    \"\\n\",").replace(
        "     \"shape\": \"unheard of\",\n     \"output_type\": \"hologram\"",
        "     \"output_type\": \"hologram\",\n     \"shape\": \"unheard of\"",
    );
    let document = read(file.as_bytes()).unwrap();
    assert_eq!(document.cells()[1].source, "x = 'é𝄞'\u{2028}\nx");
    assert!(document.cells()[1].has_tag("parameters"));
    assert_eq!(write(&document), file);
}

#[test]
fn line_ends_of_windows_and_a_missing_one_at_the_end_make_no_difference() {
    let file = FOREIGN.replace("x = 'é𝄞'\\u2028\\n", "x = 1\\r\\n");
    let unix = read(file.as_bytes()).unwrap();
    assert_eq!(unix.cells()[1].source, "x = 1\nx");
    assert_eq!(read(file.replace('\n', "\r\n").as_bytes()).unwrap(), unix);
    assert_eq!(read(file.trim_end().as_bytes()).unwrap(), unix);
    let mut marked = b"\xef\xbb\xbf".to_vec();
    marked.extend(file.as_bytes());
    assert_eq!(read(&marked).unwrap(), unix);
}

#[test]
fn what_flownote_puts_into_the_metadata_stands_beside_what_others_put_there() {
    let file = json!({
        "cells": [], "nbformat": 4, "nbformat_minor": 5,
        "metadata": {"flownote": {"id": "abc", "mode": "manual", "later": 1}, "title": "t"},
    });
    let document = read(file.to_string().as_bytes()).unwrap();
    assert_eq!(document.id, Some("abc".into()));
    assert_eq!(document.mode(), Mode::Manual);
    let written: Value = serde_json::from_str(&write(&document)).unwrap();
    assert_eq!(written, file);
}

#[test]
fn a_large_output_of_a_file_is_kept_when_the_caller_says_so() {
    let mut document = Document::new(vec![Cell::new("a", Language::Python, "")]).unwrap();
    document.push_output(&"a".into(), Output::stdout("x".repeat(2_000_000))).unwrap();
    assert!(write(&document).len() < 20_000);
    let whole = write_within(&document, Bounds::NONE);
    assert_eq!(read(whole.as_bytes()).unwrap(), document);
}
