//! A preview as text, as HTML and as JSON for the browser's table.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float16Type, Float32Type, Float64Type};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use serde_json::{Value, json};

use super::{COLUMNS, Preview};
use crate::export::grouped;
use crate::types;

/// Rows that plain text shows.
const LINES: usize = 20;

/// Columns that plain text shows, and how wide it lets them be.
const TEXT_COLUMNS: usize = 12;
const TEXT_WIDTH: usize = 40;

/// Characters of one cell.
const CELL: usize = 300;

impl Preview {
    /// For terminals: the first rows as a grid.
    pub fn text(&self) -> String {
        let width = self.schema.fields().len();
        let columns = width.min(TEXT_COLUMNS);
        let rows = self.rows(columns, LINES, TEXT_WIDTH);
        let heads: Vec<String> = self
            .schema
            .fields()
            .iter()
            .take(columns)
            .map(|field| clip(&one_line(field.name()), TEXT_WIDTH))
            .collect();
        let mut widths: Vec<usize> = heads.iter().map(|head| head.chars().count()).collect();
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let right: Vec<bool> = self.numeric(columns);
        let line = |cells: &[String]| {
            let cells: Vec<String> = cells
                .iter()
                .enumerate()
                .map(|(place, cell)| {
                    let fill = " ".repeat(widths[place] - cell.chars().count());
                    if right[place] { format!("{fill}{cell}") } else { format!("{cell}{fill}") }
                })
                .collect();
            cells.join("  ").trim_end().to_owned()
        };
        let mut lines = Vec::new();
        if columns > 0 {
            lines.push(line(&heads));
            lines
                .push(widths.iter().map(|width| "─".repeat(*width)).collect::<Vec<_>>().join("  "));
            lines.extend(rows.iter().map(|row| line(row)));
        }
        lines.push(self.caption(rows.len(), columns));
        lines.join("\n")
    }

    /// For pages without scripts: a table.
    pub fn html(&self) -> String {
        let columns = self.schema.fields().len().min(COLUMNS);
        let right = self.numeric(columns);
        let class = |place: usize| if right[place] { " class=\"number\"" } else { "" };
        let mut html = String::from("<table class=\"flownote-table\"><thead><tr>");
        for (place, field) in self.schema.fields().iter().take(columns).enumerate() {
            let kind = escaped(&types::name(field.data_type()));
            let name = escaped(&clip(field.name(), CELL));
            html.push_str(&format!("<th{} title=\"{kind}\">{name}</th>", class(place)));
        }
        html.push_str("</tr></thead><tbody>");
        let mut count = 0;
        self.each_row(columns, self.shown, |cells| {
            count += 1;
            html.push_str("<tr>");
            for (place, cell) in cells.iter().enumerate() {
                match cell {
                    None => html.push_str("<td class=\"null\">null</td>"),
                    Some(text) => {
                        let text = escaped(&clip(text, CELL));
                        html.push_str(&format!("<td{}>{text}</td>", class(place)));
                    }
                }
            }
            html.push_str("</tr>");
        });
        let caption = escaped(&self.caption(count, columns));
        html.push_str(&format!("</tbody></table><p class=\"flownote-caption\">{caption}</p>"));
        html
    }

    /// For the browser's own table:
    ///
    /// ```json
    /// {"version": 1, "total": 2, "width": 2, "columns": [{"name": "n", "type": "int64"}, …],
    ///  "rows": [[1, "a"], [2, null]]}
    /// ```
    ///
    /// Numbers that JSON keeps exactly, booleans and null stand as themselves, the rest as
    /// text; `rows` are the first ones, `columns` the first of `width`.
    pub fn json(&self) -> Value {
        let columns = self.schema.fields().len().min(COLUMNS);
        let heads: Vec<Value> = self
            .schema
            .fields()
            .iter()
            .take(columns)
            .map(|field| json!({ "name": field.name(), "type": types::name(field.data_type()) }))
            .collect();
        let mut rows = Vec::new();
        self.each_row(columns, self.shown, |cells| {
            let row = cells.iter().enumerate().map(|(place, cell)| {
                value(self.schema.field(place).data_type(), cell.as_deref(), CELL)
            });
            rows.push(Value::Array(row.collect()));
        });
        json!({
            "version": 1,
            "total": self.total,
            "width": self.schema.fields().len(),
            "columns": heads,
            "rows": rows,
        })
    }

    fn caption(&self, rows: usize, columns: usize) -> String {
        let total = self.total;
        let width = self.schema.fields().len();
        let mut text = if rows as u64 == total {
            format!("{} {}", grouped(total), if total == 1 { "row" } else { "rows" })
        } else {
            format!("{} of {} rows", grouped(rows as u64), grouped(total))
        };
        if columns < width {
            text.push_str(&format!(
                ", {} of {} columns",
                grouped(columns as u64),
                grouped(width as u64)
            ));
        }
        text
    }

    fn numeric(&self, columns: usize) -> Vec<bool> {
        let fields = self.schema.fields().iter().take(columns);
        fields.map(|field| field.data_type().is_numeric()).collect()
    }

    fn rows(&self, columns: usize, most: usize, width: usize) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        self.each_row(columns, most.min(self.shown), |cells| {
            let row = cells.iter().map(|cell| match cell {
                None => "null".to_owned(),
                Some(text) => clip(&one_line(text), width),
            });
            rows.push(row.collect());
        });
        rows
    }

    /// Visits rows as text; null is none.
    fn each_row(&self, columns: usize, most: usize, mut visit: impl FnMut(&[Option<String>])) {
        let mut left = most;
        for batch in &self.batches {
            let take = left.min(batch.num_rows());
            let cells: Vec<Vec<Option<String>>> =
                (0..columns).map(|place| column_text(batch, place, take)).collect();
            for row in 0..take {
                let row: Vec<Option<String>> =
                    cells.iter().map(|column| column[row].clone()).collect();
                visit(&row);
            }
            left -= take;
        }
    }
}

/// The cells of an array as [`Preview::json`] has them; texts are cut to `longest` letters.
pub(crate) fn values(array: &dyn Array, longest: usize) -> Vec<Value> {
    let kind = array.data_type();
    texts(array).iter().map(|text| value(kind, text.as_deref(), longest)).collect()
}

fn value(kind: &DataType, text: Option<&str>, longest: usize) -> Value {
    match (text, kind) {
        (None, _) => Value::Null,
        (Some(text), DataType::Boolean) => Value::Bool(text == "true"),
        (Some(text), kind) if kind.is_numeric() && !is_decimal(kind) => number(text),
        (Some(text), _) => Value::String(clip(text, longest)),
    }
}

fn column_text(batch: &RecordBatch, place: usize, rows: usize) -> Vec<Option<String>> {
    texts(batch.column(place).slice(0, rows).as_ref())
}

fn texts(array: &dyn Array) -> Vec<Option<String>> {
    let rows = array.len();
    let nulls = array.logical_nulls();
    let is_null = |row: usize| nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
    let options = FormatOptions::default().with_display_error(true).with_null("null");
    let formatter = ArrayFormatter::try_new(array, &options);
    (0..rows)
        .map(|row| {
            if is_null(row) {
                return None;
            }
            Some(match (array.data_type(), &formatter) {
                // Arrow writes 1e16 as 10000000000000000.0; Rust's shortest form reads better.
                (DataType::Float64, _) => float(array.as_primitive::<Float64Type>().value(row)),
                (DataType::Float32, _) => float32(array.as_primitive::<Float32Type>().value(row)),
                (DataType::Float16, _) => {
                    float32(array.as_primitive::<Float16Type>().value(row).to_f32())
                }
                (_, Ok(formatter)) => formatter.value(row).to_string(),
                (kind, Err(_)) => format!("<{}>", types::name(kind)),
            })
        })
        .collect()
}

fn float(value: f64) -> String {
    if value.is_finite() && value != 0.0 && !(1e-5..1e16).contains(&value.abs()) {
        format!("{value:e}")
    } else {
        format!("{value:?}")
    }
}

fn float32(value: f32) -> String {
    if value.is_finite() && value != 0.0 && !(1e-5..1e16).contains(&value.abs()) {
        format!("{value:e}")
    } else {
        format!("{value:?}")
    }
}

/// A number as JSON, when JSON's readers keep it exactly.
fn number(text: &str) -> Value {
    const EXACT: i64 = 1 << 53;
    if let Ok(whole) = text.parse::<i64>() {
        return if whole.abs() <= EXACT { whole.into() } else { text.into() };
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && !text.bytes().all(|byte| byte.is_ascii_digit()) => {
            value.into()
        }
        _ => text.into(),
    }
}

fn is_decimal(kind: &DataType) -> bool {
    matches!(
        kind,
        DataType::Decimal32(..)
            | DataType::Decimal64(..)
            | DataType::Decimal128(..)
            | DataType::Decimal256(..)
    )
}

fn one_line(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\n' => '⏎',
            letter if letter.is_control() => '�',
            letter => letter,
        })
        .collect()
}

fn clip(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most - 1).collect();
    short.push('…');
    short
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
