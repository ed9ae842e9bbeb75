//! Tables: columns aligned by the width that people see, made to fit the terminal.

use console::{Alignment, measure_text_width, pad_str, style, truncate_str};

const GAP: &str = "  ";
/// A flexible column is not made narrower than this.
const NARROWEST: usize = 8;

/// One column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    name: &'static str,
    right: bool,
    flexible: bool,
    droppable: bool,
}

impl Column {
    /// The same column, left out where there is no room for it.
    pub const fn droppable(self) -> Self {
        Self { droppable: true, ..self }
    }
}

/// A column of words.
pub const fn text(name: &'static str) -> Column {
    Column { name, right: false, flexible: false, droppable: false }
}

/// A column of numbers.
pub const fn number(name: &'static str) -> Column {
    Column { name, right: true, flexible: false, droppable: false }
}

/// A column of words that may be cut short.
pub const fn flexible(name: &'static str) -> Column {
    Column { name, right: false, flexible: true, droppable: false }
}

/// Rows under column names.
#[derive(Debug)]
pub struct Table {
    names: Vec<String>,
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with no rows.
    pub fn new(columns: &[Column]) -> Self {
        let names = columns.iter().map(|column| column.name.to_owned()).collect();
        Self { names, columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a column of numbers whose name is known only now.
    pub fn add_column(&mut self, name: &str) {
        self.names.push(name.to_owned());
        self.columns.push(number(""));
    }

    /// Adds a row, one cell a column.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let row: Vec<String> = cells.into_iter().collect();
        debug_assert_eq!(row.len(), self.columns.len());
        self.rows.push(row);
    }

    /// The table as lines, each with its end, for a terminal of a width or for a file.
    pub fn render(&self, width: Option<usize>) -> String {
        let mut kept: Vec<usize> = (0..self.columns.len()).collect();
        let mut widths = self.natural(&kept);
        while let Some(width) = width
            && !self.fit(&kept, &mut widths, width)
        {
            let Some(place) = kept.iter().position(|at| self.columns[*at].droppable) else {
                return self.as_records(width);
            };
            kept.remove(place);
            widths = self.natural(&kept);
        }
        let names: Vec<String> =
            self.names.iter().map(|name| style(name).dim().to_string()).collect();
        let lines = std::iter::once(&names).chain(&self.rows);
        lines.map(|row| self.line(row, &kept, &widths)).collect()
    }

    fn natural(&self, kept: &[usize]) -> Vec<usize> {
        let widest = |at: &usize| {
            let cells = self.rows.iter().map(|row| row[*at].as_str());
            let cells = cells.chain([self.names[*at].as_str()]);
            cells.map(measure_text_width).max().unwrap_or_default()
        };
        kept.iter().map(widest).collect()
    }

    /// Takes from the widest flexible columns until the rest fits.
    fn fit(&self, kept: &[usize], widths: &mut [usize], width: usize) -> bool {
        let gaps = GAP.len() * widths.len().saturating_sub(1);
        while widths.iter().sum::<usize>() + gaps > width {
            let widest = (0..widths.len())
                .filter(|at| self.columns[kept[*at]].flexible && widths[*at] > NARROWEST)
                .max_by_key(|at| widths[*at]);
            let Some(widest) = widest else { return false };
            widths[widest] -= 1;
        }
        true
    }

    fn line(&self, row: &[String], kept: &[usize], widths: &[usize]) -> String {
        let cells = kept.iter().zip(widths).map(|(at, width)| {
            let side = if self.columns[*at].right { Alignment::Right } else { Alignment::Left };
            pad_str(&truncate_str(&row[*at], *width, "…"), *width, side, None).into_owned()
        });
        format!("{}\n", cells.collect::<Vec<_>>().join(GAP).trim_end())
    }

    /// One field a line, for a terminal too narrow for columns.
    fn as_records(&self, width: usize) -> String {
        let head = self.names.iter().map(|name| measure_text_width(name)).max().unwrap_or_default();
        let room = width.saturating_sub(head + GAP.len()).max(1);
        let record = |row: &Vec<String>| {
            let fields = row.iter().zip(&self.names).filter(|(cell, _)| !cell.is_empty());
            let lines = fields.map(|(cell, name)| {
                let name = pad_str(name, head, Alignment::Left, None);
                format!("{}{GAP}{}\n", style(name).dim(), truncate_str(cell, room, "…"))
            });
            lines.collect::<String>()
        };
        self.rows.iter().map(record).collect::<Vec<_>>().join("\n")
    }
}
