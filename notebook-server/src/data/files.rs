//! The catalog of files below the served folder, a folder at a time. Links aren't followed
//! into folders; hidden names are the system's and ours.

use cap_std::fs::Dir;
use futures::FutureExt;
use futures::future::BoxFuture;

use super::catalog::{Catalog, FOUND, has_all};
use super::source::tables;
use crate::answer::Failure;
use crate::api::{CatalogEntry, CatalogList, TableSource};
use crate::notebooks::folder::{Folder, Relative};
use crate::state::App;

/// So many entries of a folder are told.
const MOST: usize = 5_000;
/// So many names does a search look at.
const LOOKED_AT: usize = 50_000;
/// How deep it goes.
const DEPTH: usize = 12;
/// Folders of other programs, with nobody's data.
const SKIPPED: [&str; 5] = ["node_modules", "__pycache__", "site-packages", "target", "venv"];

/// What the catalog is called.
const NAME: &str = "files";

/// The catalog.
#[derive(Debug)]
pub struct Files;

impl Catalog for Files {
    fn name(&self) -> &'static str {
        NAME
    }

    fn list<'a>(
        &'a self,
        app: &'a App,
        path: &'a str,
    ) -> BoxFuture<'a, Result<CatalogList, Failure>> {
        async move {
            let Some(folder) = served(app) else { return Ok(CatalogList::default()) };
            let below = if path.is_empty() { None } else { Some(Relative::new(path)?) };
            look(app, move |reads| {
                let dir = open(&folder, below.as_ref())?;
                let above = below.as_ref().map_or("", Relative::as_str);
                let mut entries = entries(&dir, above, reads);
                let is_cut = entries.len() > MOST;
                entries.truncate(MOST);
                Ok(CatalogList { entries, is_cut })
            })
            .await
        }
        .boxed()
    }

    fn search<'a>(
        &'a self,
        app: &'a App,
        words: &'a [String],
    ) -> BoxFuture<'a, Result<CatalogList, Failure>> {
        async move {
            let Some(folder) = served(app) else { return Ok(CatalogList::default()) };
            let words = words.to_vec();
            look(app, move |reads| {
                let mut found = CatalogList::default();
                let mut looked_at = 0;
                let root = open(&folder, None)?;
                let mut waiting = vec![(root, String::new(), 0)];
                while let Some((dir, above, depth)) = waiting.pop() {
                    for entry in entries(&dir, &above, reads) {
                        looked_at += 1;
                        if looked_at > LOOKED_AT || found.entries.len() >= FOUND {
                            found.is_cut = true;
                            return Ok(found);
                        }
                        if entry.table.is_some() {
                            found.entries.extend(has_all(&entry.path, &words).then_some(entry));
                        } else if depth < DEPTH
                            && let Ok(inner) = dir.open_dir(&entry.name)
                        {
                            waiting.push((inner, entry.path, depth + 1));
                        }
                    }
                }
                Ok(found)
            })
            .await
        }
        .boxed()
    }
}

fn served(app: &App) -> Option<Folder> {
    app.notebooks.as_ref().map(|rooms| rooms.ground.folder.clone())
}

fn open(folder: &Folder, below: Option<&Relative>) -> Result<Dir, Failure> {
    let failed = |path: &str, error: std::io::Error| {
        let hint = "someone may have moved it: look at the list again";
        Failure::missing(format!("`{path}` can't be read: {error}"), hint)
    };
    let Some(below) = below else {
        return folder.dir().try_clone().map_err(|error| failed(".", error));
    };
    let below = folder.canonical(below)?;
    folder.dir().open_dir(below.as_str()).map_err(|error| failed(below.as_str(), error))
}

/// Looks at the disk on a thread that may wait for it.
async fn look<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&dyn Fn(&str) -> bool) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    tables(app)?;
    let app = app.clone();
    let done = tokio::task::spawn_blocking(move || {
        let tables = tables(&app)?;
        work(&|ending| tables.reads(ending))
    });
    done.await.unwrap_or_else(|_| {
        Err(Failure::wrong("the folder can't be listed", "look at the server's terminal"))
    })
}

/// Folders first, then tables, each by name.
fn entries(dir: &Dir, above: &str, reads: &dyn Fn(&str) -> bool) -> Vec<CatalogEntry> {
    let mut found = Vec::new();
    for entry in dir.entries().into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = if above.is_empty() { name.clone() } else { format!("{above}/{name}") };
        if Relative::new(&path).is_err() {
            continue;
        }
        let Ok(kind) = entry.file_type() else { continue };
        let mut entry = CatalogEntry::new(NAME, path.clone(), name);
        if kind.is_dir() {
            if SKIPPED.contains(&entry.name.as_str()) {
                continue;
            }
        } else {
            let is_table = entry.name.rsplit_once('.').is_some_and(|(_, end)| reads(end));
            let Some(about) = dir.metadata(&entry.name).ok().filter(|it| is_table && it.is_file())
            else {
                continue;
            };
            let modified = about.modified().ok().map(cap_std::time::SystemTime::into_std);
            let modified = modified.and_then(|at| jiff::Timestamp::try_from(at).ok());
            entry.made_at = modified.map(|at| at.to_string());
            entry.size = Some(about.len());
            entry.table = Some(TableSource::File { path });
        }
        found.push(entry);
    }
    found.sort_by(|one, other| {
        (one.table.is_some(), &one.name).cmp(&(other.table.is_some(), &other.name))
    });
    found
}
