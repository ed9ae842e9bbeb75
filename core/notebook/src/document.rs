//! A notebook: cells in order, and what the file says about them as a whole.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::output::{self, Collector};
use crate::undo::History;
use crate::{Cell, CellId, Error, Mode, NotebookId, Output};

/// The tag of the cell that holds what a run was given, below the one tagged `parameters`.
pub const INJECTED: &str = "injected-parameters";

/// A notebook. [`Document::apply`] changes what people write, and can take it back; the
/// methods about outputs change what executions show, and can't.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Document {
    /// Its name, once it has one: a file of another program has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<NotebookId>,
    pub(crate) mode: Mode,
    pub(crate) cells: Vec<Cell>,
    pub(crate) metadata: Map<String, Value>,
    /// What else the file has beside its metadata.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(crate) extra: Map<String, Value>,
    revision: u64,
    /// The cells whose ids aren't in the file.
    #[serde(skip)]
    pub(crate) unnamed: Vec<CellId>,
    #[serde(skip)]
    pub(crate) history: History,
    /// Cells whose next output takes the place of all before.
    #[serde(skip)]
    clear_at_next: Vec<CellId>,
}

impl Document {
    /// A notebook of these cells, whose ids are valid and differ.
    pub fn new(cells: Vec<Cell>) -> Result<Self, Error> {
        let mut document = Self::default();
        for (index, cell) in cells.iter().enumerate() {
            check_id(&cell.id)?;
            if cells[..index].iter().any(|other| other.id == cell.id) {
                return Err(Error::Taken { cell: cell.id.clone() });
            }
        }
        document.cells = cells;
        Ok(document)
    }

    /// The same with the file's metadata.
    #[must_use]
    pub fn with_metadata(mut self, metadata: Map<String, Value>) -> Self {
        self.metadata = metadata;
        self
    }

    /// The cells, from top to bottom.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// When its cells run.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The file's metadata, without what has a place of its own here.
    pub fn metadata(&self) -> &Map<String, Value> {
        &self.metadata
    }

    /// How many operations were applied since it was opened.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    pub(crate) fn next_revision(&mut self) -> u64 {
        self.revision += 1;
        self.revision
    }

    /// The cell of that id.
    pub fn cell(&self, id: &CellId) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.id == *id)
    }

    /// Where the cell of that id stands.
    pub fn position(&self, id: &CellId) -> Option<usize> {
        self.cells.iter().position(|cell| cell.id == *id)
    }

    /// The cells that run, with the number by which people name them: their place among
    /// those of the file. What a run was given (the cell tagged `injected-parameters`, which
    /// papermill adds too) has none, so that the others keep theirs.
    pub fn numbered(&self) -> impl Iterator<Item = (Option<u32>, &Cell)> {
        let mut last = 0;
        self.cells.iter().filter(|cell| cell.language.is_code()).map(move |cell| {
            if cell.has_tag(INJECTED) {
                return (None, cell);
            }
            last += 1;
            (Some(last), cell)
        })
    }

    /// The number by which people name a cell.
    pub fn number(&self, id: &CellId) -> Option<u32> {
        self.numbered().find(|(_, cell)| cell.id == *id).and_then(|(number, _)| number)
    }

    pub(crate) fn expect(&self, id: &CellId) -> Result<usize, Error> {
        self.position(id).ok_or_else(|| Error::NoCell { cell: id.clone() })
    }

    /// An execution begins: the cell's outputs go, and its number is this.
    pub fn begin(&mut self, id: &CellId, count: Option<u32>) -> Result<(), Error> {
        let at = self.expect(id)?;
        self.clear_at_next.retain(|waiting| waiting != id);
        self.cells[at].outputs.clear();
        self.cells[at].execution_count = count;
        Ok(())
    }

    /// Puts other outputs and another number in a cell: those of a restored result.
    pub fn show(
        &mut self,
        id: &CellId,
        outputs: Vec<Output>,
        count: Option<u32>,
    ) -> Result<(), Error> {
        self.begin(id, count)?;
        let at = self.expect(id)?;
        self.cells[at].outputs = outputs;
        Ok(())
    }

    /// Adds one output of a cell; says which cells look different now. An update changes
    /// every display of its name, in whichever cell.
    pub fn push_output(&mut self, id: &CellId, output: Output) -> Result<Vec<CellId>, Error> {
        if let Output::Update { data, metadata, display_id } = &output {
            let cells = self.cells.iter_mut();
            let changed = cells.filter_map(|cell| {
                output::update(&mut cell.outputs, display_id, data, metadata)
                    .then(|| cell.id.clone())
            });
            return Ok(changed.collect());
        }
        let at = self.expect(id)?;
        let waited = self.clear_at_next.iter().any(|waiting| waiting == id);
        let cell = &mut self.cells[at];
        let mut collector = Collector::resume(std::mem::take(&mut cell.outputs), waited);
        collector.push(output);
        let waits = collector.waits();
        cell.outputs = collector.into_outputs();
        if waits != waited {
            self.clear_at_next.retain(|waiting| waiting != id);
            self.clear_at_next.extend(waits.then(|| id.clone()));
        }
        Ok(vec![id.clone()])
    }
}

/// Two documents are the same when a file would be: what can be undone doesn't count.
impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
            && self.mode == other.mode
            && self.cells == other.cells
            && self.metadata == other.metadata
            && self.extra == other.extra
    }
}

pub(crate) fn check_id(id: &CellId) -> Result<(), Error> {
    if CellId::is_valid(id.as_str()) { Ok(()) } else { Err(Error::InvalidId { cell: id.clone() }) }
}

/// A document as it arrives from elsewhere: its ids are to be checked.
#[derive(Deserialize)]
struct Parts {
    #[serde(default)]
    id: Option<NotebookId>,
    #[serde(default)]
    mode: Mode,
    cells: Vec<Cell>,
    #[serde(default)]
    metadata: Map<String, Value>,
    #[serde(default)]
    extra: Map<String, Value>,
    #[serde(default)]
    revision: u64,
}

impl TryFrom<Parts> for Document {
    type Error = Error;

    fn try_from(parts: Parts) -> Result<Self, Error> {
        let Parts { id, mode, cells, metadata, extra, revision } = parts;
        Ok(Self { id, mode, metadata, extra, revision, ..Self::new(cells)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    fn document() -> Document {
        let cell = |id: &str| Cell::new(id, Language::Python, "");
        Document::new(vec![cell("a"), cell("b")]).unwrap()
    }

    #[test]
    fn ids_are_checked_wherever_a_document_comes_from() {
        let cell = |id: &str| Cell::new(id, Language::Python, "");
        let error = Document::new(vec![cell("a"), cell("a")]).unwrap_err();
        assert_eq!(error, Error::Taken { cell: "a".into() });
        let json = r#"{"cells":[{"id":"a b","source":""}]}"#;
        let error = serde_json::from_str::<Document>(json).unwrap_err();
        assert!(error.to_string().starts_with("`a b` can't be the id of a cell"), "{error}");
    }

    #[test]
    fn a_document_crosses_as_json() {
        let mut document = document();
        document.push_output(&"a".into(), Output::stdout("x")).unwrap();
        let json = serde_json::to_string(&document).unwrap();
        assert_eq!(serde_json::from_str::<Document>(&json).unwrap(), document);
    }

    #[test]
    fn a_waiting_clear_belongs_to_its_cell() {
        let mut document = document();
        for (cell, output) in [
            ("a", Output::stdout("1")),
            ("a", Output::Clear { wait: true }),
            ("b", Output::stdout("2")),
            ("b", Output::stdout("3")),
            ("a", Output::stdout("4")),
        ] {
            document.push_output(&cell.into(), output).unwrap();
        }
        assert_eq!(document.cells()[0].outputs, [Output::stdout("4")]);
        assert_eq!(document.cells()[1].outputs, [Output::stdout("23")]);
    }

    #[test]
    fn an_update_reaches_the_display_in_another_cell() {
        let mut document = document();
        let data = |text: &str| Map::from_iter([("text/plain".to_owned(), text.into())]);
        let display_id = "bar".to_owned();
        let shown = Output::Display {
            data: data("0"),
            metadata: Map::new(),
            display_id: Some(display_id.clone()),
        };
        document.push_output(&"a".into(), shown).unwrap();
        let update = Output::Update { data: data("1"), metadata: Map::new(), display_id };
        let changed = document.push_output(&"b".into(), update).unwrap();
        assert_eq!(changed, ["a".into()]);
        let Output::Display { data, .. } = &document.cells()[0].outputs[0] else { panic!() };
        assert_eq!(data["text/plain"], "1");
    }
}
