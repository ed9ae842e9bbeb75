//! Files as tables: Parquet, CSV, JSON, Arrow and NumPy, one file, a folder or a pattern.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::csv;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::csv::CsvFormat;
use datafusion::datasource::file_format::json::JsonFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::execution::SessionState;
use flownote_flow::help::resembling;

use crate::contained;
use crate::error::{Error, Source};
use crate::frame::Frame;
use crate::read;

/// The ends of names that are read, and how.
const FORMATS: [(&str, Format); 12] = [
    ("parquet", Format::Parquet),
    ("pq", Format::Parquet),
    ("csv", Format::Csv(b',')),
    ("tsv", Format::Csv(b'\t')),
    ("json", Format::Json),
    ("jsonl", Format::Json),
    ("ndjson", Format::Json),
    ("arrow", Format::Arrow),
    ("feather", Format::Arrow),
    ("ipc", Format::Arrow),
    ("npy", Format::Npy),
    ("txt", Format::Csv(b',')),
];

/// Larger files aren't copied into memory.
const COPIED: u64 = 1 << 30;

/// So many rows of CSV files say what types their columns have.
const GUESSED: usize = 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Parquet,
    Csv(u8),
    Json,
    Arrow,
    Npy,
}

/// Files that a text names, all of one format.
#[derive(Debug)]
pub(crate) struct Found {
    url: ListingTableUrl,
    files: Vec<PathBuf>,
    /// The folder that was searched, when the text is a folder or a pattern.
    folder: Option<PathBuf>,
    format: Format,
    end: String,
}

impl Found {
    /// What the table depends on: the files, and the folder whose content chose them.
    pub(crate) fn read(&self) -> impl Iterator<Item = PathBuf> {
        self.files.iter().chain(&self.folder).cloned()
    }

    /// Refuses what links or a pattern led to elsewhere.
    pub(crate) fn check_below(&self, folder: &Path, name: &str) -> Result<(), Error> {
        match self.files.iter().find(|file| !contained::is_below(folder, file)) {
            None => Ok(()),
            Some(_) => {
                let hint = "name files that are there themselves, not links to others";
                Err(fail(name, "it leads out of the served folder", Some(hint)))
            }
        }
    }
}

/// Whether files with this end of the name can be read.
pub fn is_known(end: &str) -> bool {
    FORMATS.iter().any(|(known, _)| *known == end)
}

/// Whether a name in FROM is meant as a file.
pub(crate) fn is_path(folder: &Path, name: &str) -> bool {
    let end = name.rsplit_once('.').map(|(_, end)| end);
    end.is_some_and(is_known) || is_pattern(name) || folder.join(name).exists()
}

fn is_pattern(name: &str) -> bool {
    name.contains(['*', '?', '['])
}

/// Finds the files that a text names; none when there are none.
pub(crate) fn find(folder: &Path, name: &str) -> Result<Option<Found>, Error> {
    if name.contains("://") {
        return Err(fail(
            name,
            "only local files can be read",
            Some(
                "download it first, or read it in a Python cell (`pandas.read_parquet(…)`) and \
             query the frame",
            ),
        ));
    }
    let path = std::path::absolute(folder.join(name))
        .map_err(|error| fail(name, &error.to_string(), None))?;
    let bad = |error: &dyn std::fmt::Display| fail(name, &error.to_string(), None);
    if path.is_file() {
        // Not `parse`: a file may well be called `a[1].csv`.
        let url = datafusion::datasource::listing::ListingTableUrl::parse(format!(
            "file://{}",
            escaped(&path)
        ))
        .map_err(|error| bad(&error))?;
        let (format, end) = format_of(name, &path)?;
        return Ok(Some(Found { url, files: vec![path], folder: None, format, end }));
    }
    if !path.is_dir() && !is_pattern(name) {
        return if name.contains('/') { Ok(None) } else { Err(missing(folder, name)) };
    }
    let mut text = path.display().to_string();
    if path.is_dir() && !text.ends_with('/') {
        text.push('/');
    }
    let url = ListingTableUrl::parse(&text).map_err(|error| bad(&error))?;
    let base = PathBuf::from(format!("/{}", url.prefix()));
    let mut files = Vec::new();
    walk(&base, &mut |file| {
        let key = file.strip_prefix("/").ok().and_then(|path| path.to_str());
        let key = key.and_then(|key| datafusion::object_store::path::Path::parse(key).ok());
        if key.is_some_and(|key| url.contains(&key, false)) && known_end(file).is_some() {
            files.push(file.to_owned());
        }
    });
    files.sort_unstable();
    let Some(first) = files.first() else {
        return Err(fail(name, "no file of a known format is there", Some(&formats())));
    };
    let (format, end) = format_of(name, first)?;
    files.retain(|file| known_end(file) == Some(end.as_str()));
    Ok(Some(Found { url, folder: Some(base), files, format, end }))
}

/// Opens them as one table.
pub(crate) async fn open(
    state: &SessionState,
    name: &str,
    found: &Found,
    contained: bool,
) -> Result<Arc<dyn TableProvider>, Error> {
    let format: Arc<dyn FileFormat> = match found.format {
        Format::Arrow | Format::Npy => {
            return mapped(name, found, contained).map(|frame| Arc::new(frame) as _);
        }
        Format::Parquet => Arc::new(ParquetFormat::default()),
        Format::Csv(delimiter) => {
            // Quotes may hold line breaks: a file isn't cut at any.
            let format = CsvFormat::default().with_has_header(true).with_delimiter(delimiter);
            Arc::new(format.with_newlines_in_values(true))
        }
        Format::Json => {
            let lines = !is_json_array(&found.files[0]);
            Arc::new(JsonFormat::default().with_newline_delimited(lines))
        }
    };
    let source = Source { sql: "", limit: 0, functions: &crate::function::NOTHING };
    let explain = |error| match source.explain(&error) {
        Error::Run { message } | Error::Meaning { message, .. } => fail(name, &message, None),
        other => other,
    };
    let options = ListingOptions::new(format).with_file_extension(format!(".{}", found.end));
    let partitions = match &found.folder {
        Some(_) => options.infer_partitions(state, &found.url).await.map_err(explain)?,
        None => vec![],
    };
    let partitions = partitions.into_iter().map(|column| (column, DataType::Utf8)).collect();
    let options = options.with_table_partition_cols(partitions);
    let config = ListingTableConfig::new(found.url.clone()).with_listing_options(options);
    let config = match found.format {
        Format::Csv(delimiter) => config.with_schema(csv_schema(name, found, delimiter)?),
        _ => config.infer_schema(state).await.map_err(explain)?,
    };
    ListingTable::try_new(config).map(|table| Arc::new(table) as _).map_err(explain)
}

/// The columns of CSV files, by their first rows: where those hold line breaks within quotes,
/// DataFusion 55 guesses by pieces that are cut there. A column of several types is the widest.
fn csv_schema(name: &str, found: &Found, delimiter: u8) -> Result<SchemaRef, Error> {
    let format = csv::reader::Format::default().with_header(true).with_delimiter(delimiter);
    let (mut fields, mut left): (Vec<Field>, usize) = (Vec::new(), GUESSED);
    for path in &found.files {
        let wrong = |problem: String| match path.file_name() {
            Some(file) if found.files.len() > 1 => {
                fail(name, &format!("{}: {problem}", file.to_string_lossy()), None)
            }
            _ => fail(name, &problem, None),
        };
        let file = fs::File::open(path).map_err(|error| wrong(error.to_string()))?;
        let read = format.infer_schema(file, Some(left));
        let (schema, rows) = read.map_err(|error| wrong(error.to_string()))?;
        let mut names = BTreeSet::new();
        if let Some(twice) = schema.fields().iter().find(|it| !names.insert(it.name())) {
            return Err(wrong(format!("two columns are called `{}`", twice.name())));
        }
        for field in schema.fields() {
            match fields.iter_mut().find(|it| it.name() == field.name()) {
                Some(known) => *known = widest(known, field),
                None => fields.push(field.as_ref().clone()),
            }
        }
        left -= rows;
        if left == 0 {
            break;
        }
    }
    Ok(Arc::new(Schema::new(fields)))
}

/// A field for the values of both.
fn widest(one: &Field, other: &Field) -> Field {
    let both = [one.data_type(), other.data_type()];
    let wide = match both {
        [one, other] if one == other => one.clone(),
        [DataType::Null, known] | [known, DataType::Null] => known.clone(),
        _ if both.iter().all(|it| it.is_numeric()) => DataType::Float64,
        _ => DataType::Utf8,
    };
    one.clone().with_data_type(wide).with_nullable(true)
}

/// The error for a file that isn't there, with the name that was probably meant.
pub(crate) fn missing(folder: &Path, name: &str) -> Error {
    let path = folder.join(name);
    let wanted = path.file_name().and_then(|name| name.to_str()).unwrap_or(name);
    let near = path.parent().and_then(|folder| fs::read_dir(folder).ok()).and_then(|entries| {
        let names: Vec<String> =
            entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
        resembling(wanted, names.iter().map(String::as_str)).map(str::to_owned)
    });
    let hint = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "relative paths begin at the notebook's folder".into(),
    };
    fail(name, "there is no such file", Some(&hint))
}

fn mapped(name: &str, found: &Found, contained: bool) -> Result<Frame, Error> {
    let mut batches = Vec::new();
    let mut schema = None;
    for path in &found.files {
        // A file that shrinks while it is mapped ends the process: not one that serves pages.
        let bytes =
            if contained { read::Bytes::copy(path, COPIED)? } else { read::Bytes::map(path)? };
        let frame = match found.format {
            Format::Npy => read::npy(&bytes)?,
            _ => read::ipc(&bytes)?,
        };
        let schema = schema.get_or_insert_with(|| Arc::clone(frame.schema()));
        if schema.fields() != frame.schema().fields() {
            return Err(fail(name, &format!("{} has other columns", path.display()), None));
        }
        batches.extend(frame.batches().iter().cloned());
    }
    Ok(Frame::new(schema.expect("found files are not none"), batches))
}

fn format_of(name: &str, path: &Path) -> Result<(Format, String), Error> {
    let end = known_end(path)
        .ok_or_else(|| fail(name, "the format can't be told from the name", Some(&formats())))?;
    let (_, format) = FORMATS.iter().find(|(known, _)| *known == end).expect("it is known");
    Ok((*format, end.to_owned()))
}

fn known_end(path: &Path) -> Option<&str> {
    path.extension().and_then(|end| end.to_str()).filter(|end| is_known(end))
}

fn formats() -> String {
    let ends: Vec<String> = FORMATS.iter().map(|(end, _)| format!(".{end}")).collect();
    format!("names of tables end in {}", ends.join(" "))
}

fn walk(folder: &Path, visit: &mut impl FnMut(&Path)) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            walk(&path, visit);
        } else if path.is_file() {
            // No link that leads nowhere, and no pipe.
            visit(&path);
        }
    }
}

fn is_json_array(path: &Path) -> bool {
    let mut start = [0; 256];
    let read = fs::File::open(path).and_then(|mut file| file.read(&mut start)).unwrap_or(0);
    start[..read].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[')
}

fn escaped(path: &Path) -> String {
    let mut text = String::new();
    for byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(byte) {
            text.push(char::from(*byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

fn fail(path: &str, message: &str, hint: Option<&str>) -> Error {
    Error::File {
        path: path.to_owned(),
        message: message.to_owned(),
        hint: hint.map(str::to_owned),
    }
}
