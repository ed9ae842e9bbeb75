//! [`Catalog`]: what has tables, as a tree: the store's artifacts, the served folder's files,
//! and whatever else joins.

use std::fmt::Debug;

use axum::Json;
use axum::extract::State;
use futures::future::BoxFuture;

use super::artifacts::Artifacts;
use super::files::Files;
use crate::answer::{Answer, Failure};
use crate::api::CatalogList;
use crate::query::Asked;
use crate::state::App;

/// So many things are found by a search in each catalog.
pub const FOUND: usize = 100;

/// A tree of tables.
pub trait Catalog: Debug + Send + Sync {
    /// Its name in addresses.
    fn name(&self) -> &'static str;

    /// What is below a path; the empty one is the root.
    fn list<'a>(
        &'a self,
        app: &'a App,
        path: &'a str,
    ) -> BoxFuture<'a, Result<CatalogList, Failure>>;

    /// Tables whose names have all of the words, the newest first.
    fn search<'a>(
        &'a self,
        app: &'a App,
        words: &'a [String],
    ) -> BoxFuture<'a, Result<CatalogList, Failure>>;
}

/// All of them, in the order in which they are shown. Others join here.
const CATALOGS: [&dyn Catalog; 2] = [&Artifacts, &Files];

/// `GET api/data/catalog?catalog=artifacts&path=Flow/run`.
pub async fn list(State(app): State<App>, asked: Asked) -> Answer<CatalogList> {
    let name = asked.one("catalog").unwrap_or_default();
    let known = || CATALOGS.map(Catalog::name).join(", ");
    let catalog = CATALOGS.into_iter().find(|catalog| catalog.name() == name).ok_or_else(|| {
        Failure::wrong(format!("there is no catalog `{name}`"), format!("there are {}", known()))
    })?;
    Ok(Json(catalog.list(&app, asked.one("path").unwrap_or_default()).await?))
}

/// `GET api/data/search?text=…`.
pub async fn search(State(app): State<App>, asked: Asked) -> Answer<CatalogList> {
    let text = asked.one("text").unwrap_or_default().to_lowercase();
    let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    let mut found = CatalogList::default();
    for catalog in CATALOGS {
        let CatalogList { entries, is_cut } = catalog.search(&app, &words).await?;
        found.entries.extend(entries);
        found.is_cut |= is_cut;
    }
    Ok(Json(found))
}

/// Whether a text has all words.
pub fn has_all(text: &str, words: &[String]) -> bool {
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(word.as_str()))
}
