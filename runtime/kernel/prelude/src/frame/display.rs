//! Tables as text and as HTML: the first rows of the first columns.

use std::fmt;

use super::column::Column;
use super::{Frame, values};
use crate::export::grouped;
use crate::show::{Bundle, Show};

/// Rows and columns that HTML shows.
const ROWS: usize = 50;
const COLUMNS: usize = 50;

/// Rows and columns that plain text shows, and how wide it lets one be.
const LINES: usize = 20;
const TEXT_COLUMNS: usize = 12;
const TEXT_WIDTH: usize = 40;

/// Characters of one value.
const CELL: usize = 300;

impl Show for Frame {
    fn show(&self) -> Bundle {
        Bundle::text(self.to_text()).and("text/html", self.to_html()).begins(self)
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_text())
    }
}

/// Rows by which the size of texts is guessed.
const SAMPLE: usize = 32;

impl Frame {
    /// About how many bytes its values take: eight for a number, of others by what some of them
    /// look like.
    pub(crate) fn about_bytes(&self) -> usize {
        let step = self.rows.div_ceil(SAMPLE).max(1);
        let of = |column: &Column| {
            if column.is_numeric() {
                return self.rows * 8;
            }
            let some = (0..self.rows).step_by(step);
            let bytes = some.map(|row| 8 + values::text(column, row).map_or(0, |it| it.len()));
            bytes.sum::<usize>().saturating_mul(step)
        };
        self.columns.iter().fold(0, |sum: usize, column| sum.saturating_add(of(column)))
    }

    /// The first rows as lines of text.
    pub fn to_text(&self) -> String {
        let columns = &self.columns[..self.columns.len().min(TEXT_COLUMNS)];
        let rows = self.rows.min(LINES);
        let grid: Vec<Vec<String>> = columns
            .iter()
            .map(|column| {
                let cells = (0..rows).map(|row| values::text(column, row));
                let cells = cells.map(|cell| cell.unwrap_or_else(|| "null".to_owned()));
                let cells = std::iter::once(column.name().to_owned()).chain(cells);
                aligned(cells.map(|cell| clip(&cell, TEXT_WIDTH)).collect(), column.is_numeric())
            })
            .collect();
        let mut lines: Vec<String> = Vec::new();
        for line in 0..if columns.is_empty() { 0 } else { rows + 1 } {
            let cells: Vec<&str> = grid.iter().map(|column| column[line].as_str()).collect();
            lines.push(cells.join("  ").trim_end().to_owned());
            if line == 0 {
                let rule = cells.iter().map(|cell| "─".repeat(cell.chars().count()));
                lines.push(rule.collect::<Vec<_>>().join("  "));
            }
        }
        lines.push(self.caption(rows, columns.len()));
        lines.join("\n")
    }

    /// The first rows as a table of HTML.
    pub fn to_html(&self) -> String {
        let columns = &self.columns[..self.columns.len().min(COLUMNS)];
        let rows = self.rows.min(ROWS);
        let class = |column: &Column| if column.is_numeric() { " class=\"number\"" } else { "" };
        let mut html = String::from("<table class=\"flownote-table\"><thead><tr>");
        for column in columns {
            let (name, kind) = (escaped(&clip(column.name(), CELL)), escaped(&column.type_name()));
            html.push_str(&format!("<th{} title=\"{kind}\">{name}</th>", class(column)));
        }
        html.push_str("</tr></thead><tbody>");
        for row in 0..rows {
            html.push_str("<tr>");
            for column in columns {
                match values::text(column, row) {
                    None => html.push_str("<td class=\"null\">null</td>"),
                    Some(text) => {
                        let text = escaped(&clip(&text, CELL));
                        html.push_str(&format!("<td{}>{text}</td>", class(column)));
                    }
                }
            }
            html.push_str("</tr>");
        }
        let caption = escaped(&self.caption(rows, columns.len()));
        html + &format!("</tbody></table><p class=\"flownote-caption\">{caption}</p>")
    }

    /// `1,000 rows × 1 column`.
    pub(super) fn shape_in_words(&self) -> String {
        let (rows, width) = self.shape();
        let row = if rows == 1 { "row" } else { "rows" };
        let column = if width == 1 { "column" } else { "columns" };
        format!("{} {row} × {width} {column}", grouped(rows))
    }

    fn caption(&self, rows: usize, columns: usize) -> String {
        let width = self.columns.len();
        let mut caption = self.shape_in_words();
        if rows < self.rows {
            caption.push_str(&format!(", the first {rows} rows shown"));
        }
        if columns < width {
            caption.push_str(&format!(", the first {columns} columns shown"));
        }
        caption
    }
}

/// Fills cells up to one width.
fn aligned(cells: Vec<String>, right: bool) -> Vec<String> {
    let width = cells.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
    let fill = |cell: String| {
        let fill = " ".repeat(width - cell.chars().count());
        if right { fill + &cell } else { cell + &fill }
    };
    cells.into_iter().map(fill).collect()
}

fn clip(text: &str, width: usize) -> String {
    let mut clipped: String =
        text.chars().take(width).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(width).is_some() {
        clipped.pop();
        clipped.push('…');
    }
    clipped
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            letter => html.push(letter),
        }
    }
    html
}
