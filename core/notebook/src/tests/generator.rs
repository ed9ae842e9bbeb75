//! Arbitrary documents and operations.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::operation::Shown;
use crate::output::Stream;
use crate::{Cell, CellId, Document, Language, Mode, NotebookId, Operation, Output};

/// Text with what is hard about text: several planes, blank lines, marks of the formats.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z =(),.]{0,8}",
        3 => Just("\n".to_owned()),
        1 => Just("  ".to_owned()),
        1 => proptest::sample::select(vec![
            "é", "𝄞", "\u{2028}", "\u{85}", "\u{c}", "\t", "\\", "\"", "#", "# ", "# %%", "%%",
            "%%sql", "%%bash", "%%rust\n", "\n# %% x", "\n%matplotlib", "\n!ls", "\n# !ls", "\"\"\"", "---",
            "\n# ---\n", "# %%time", "#%%", "'''",
        ])
        .prop_map(str::to_owned),
    ];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// JSON as others put it into metadata.
pub(crate) fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (any::<i32>(), -9..9i32)
            .prop_map(|(digits, exponent)| Value::from(f64::from(digits) * 10f64.powi(exponent)))
            .prop_filter("what serde_json reads exactly", |value| value.to_string().len() < 15),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec(("[a-zA-Zé._-]{0,6}", inner), 0..3)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Metadata of which nothing here knows the meaning.
pub(crate) fn metadata() -> impl Strategy<Value = Map<String, Value>> {
    let tags = vec("[a-z]{1,5}", 0..3).prop_map(|tags| ("tags".to_owned(), json!(tags)));
    let other = ("x_[a-z:/]{1,5}", json_value());
    vec(prop_oneof![1 => tags, 4 => other], 0..3).prop_map(|pairs| pairs.into_iter().collect())
}

fn bundle() -> impl Strategy<Value = Map<String, Value>> {
    let form = prop_oneof![
        text().prop_map(|text| ("text/plain".to_owned(), text.into())),
        text().prop_map(|text| ("image/svg+xml".to_owned(), text.into())),
        "[A-Za-z0-9+/]{0,8}".prop_map(|data| ("image/png".to_owned(), data.into())),
        json_value().prop_map(|value| ("application/json".to_owned(), value)),
        json_value().prop_map(|value| ("application/vnd.x.v1+json".to_owned(), value)),
    ];
    vec(form, 0..3).prop_map(|forms| forms.into_iter().collect())
}

/// An output as a file can hold it.
pub(crate) fn output() -> impl Strategy<Value = Output> {
    let stream = prop_oneof![Just(Stream::Stdout), Just(Stream::Stderr)];
    prop_oneof![
        (stream, text()).prop_map(|(name, text)| Output::Stream { name, text }),
        (bundle(), metadata()).prop_map(|(data, metadata)| Output::Display {
            data,
            metadata,
            display_id: None
        }),
        (bundle(), metadata()).prop_map(|(data, metadata)| Output::Result {
            data,
            metadata,
            count: None
        }),
        (text(), text(), vec(text(), 0..3)).prop_map(|(name, message, traceback)| {
            Output::Error { name, message, traceback, frames: vec![], hint: None }
        }),
    ]
}

pub(crate) fn language() -> impl Strategy<Value = Language> {
    proptest::sample::select(Language::ALL.to_vec())
}

/// A cell of that id.
pub(crate) fn cell(id: String) -> impl Strategy<Value = Cell> {
    let shown = (vec(output(), 0..3), proptest::option::of(0..100u32));
    let foreign = proptest::option::weighted(0.1, Just("scala"));
    (language(), text(), metadata(), shown, foreign).prop_map(
        move |(language, source, metadata, (outputs, execution_count), foreign)| {
            let mut cell = Cell::new(&*id, language, source);
            cell.metadata = metadata;
            if let Some(foreign) = foreign {
                cell.language = Language::Raw;
                cell.foreign = Some(foreign.into());
                cell.metadata.insert("language".into(), foreign.into());
            } else if !language.is_code() {
                cell.attachments =
                    Map::from_iter([("a.png".to_owned(), json!({"image/png": "iVBOR"}))]);
                return cell;
            }
            Cell { outputs, execution_count, ..cell }
        },
    )
}

/// A whole notebook.
pub(crate) fn document() -> impl Strategy<Value = Document> {
    let cells = (0..6usize).prop_flat_map(|count| {
        (0..count).map(|index| cell(format!("cell-{index}"))).collect::<Vec<_>>()
    });
    let mode = proptest::sample::select(vec![Mode::Lazy, Mode::Auto, Mode::Manual]);
    let id = proptest::option::of(any::<u64>().prop_map(NotebookId::compose));
    (cells, metadata(), mode, id).prop_map(|(cells, metadata, mode, id)| {
        let mut document = Document::new(cells).expect("ids that differ").with_metadata(metadata);
        document.mode = mode;
        document.id = id;
        document
    })
}

fn id() -> impl Strategy<Value = CellId> {
    (0..8usize).prop_map(|index| CellId::new(format!("cell-{index}")))
}

/// An operation that may fit a document of [`document`], or not.
pub(crate) fn operation() -> impl Strategy<Value = Operation> {
    let insert = (0..8usize).prop_flat_map(|index| (cell(format!("cell-{index}")), 0..6usize));
    let run = (0..5usize, 0..4usize).prop_map(|(from, count)| {
        (from..from + count).map(|i| CellId::new(format!("cell-{i}"))).collect::<Vec<_>>()
    });
    let with = (0..3usize).prop_flat_map(|count| {
        (0..count).map(|index| cell(format!("cell-{}", index * 3))).collect::<Vec<_>>()
    });
    let shown = (id(), vec(output(), 0..2), proptest::option::of(0..9u32))
        .prop_map(|(cell, outputs, execution_count)| Shown { cell, outputs, execution_count });
    prop_oneof![
        insert.prop_map(|(cell, at)| Operation::Insert { cell, at }),
        id().prop_map(|cell| Operation::Delete { cell }),
        (id(), text()).prop_map(|(cell, source)| Operation::Edit { cell, source }),
        (id(), 0..12usize, 0..4usize, text()).prop_map(|(cell, from, length, text)| {
            Operation::Splice { cell, from, to: from + length, text }
        }),
        (id(), 0..6usize).prop_map(|(cell, to)| Operation::Move { cell, to }),
        (id(), 0..12usize, proptest::option::of(id()))
            .prop_map(|(cell, at, into)| Operation::Split { cell, at, into }),
        run.clone().prop_map(|cells| Operation::Merge { cells }),
        (id(), language()).prop_map(|(cell, language)| Operation::Language { cell, language }),
        Just(Operation::Mode { mode: Mode::Auto }),
        (proptest::option::of(id()), "[a-c]", proptest::option::of(json_value()))
            .prop_map(|(cell, key, value)| Operation::Metadata { cell, key, value }),
        proptest::option::of(id()).prop_map(|cell| Operation::Clear { cell }),
        vec(shown, 0..3).prop_map(|cells| Operation::Restore { cells }),
        (run, with).prop_map(|(cells, with)| Operation::Replace { cells, with }),
    ]
}
