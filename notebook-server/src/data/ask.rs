//! The handlers of `api/data…`. When a page goes, what it asked for ends.

use axum::Json;
use axum::extract::State;

use super::source::{of, openable, tables};
use crate::answer::{Answer, Failure};
use crate::api::{
    ColumnStatistics, QueryAnswer, TableInfo, TablePage, TableQuery, TableView, TableWindow,
};
use crate::query::{Asked, Body};
use crate::state::App;

/// So many rows are given when nobody says how many, and at most.
const ROWS: u64 = 200;
const MOST_ROWS: u64 = 100_000;
/// So many columns.
const COLUMNS: u64 = 100;
/// A query names no more tables.
const NAMED: usize = 100;

/// `GET api/data/table?artifact=…`.
pub async fn table(State(app): State<App>, asked: Asked) -> Answer<TableInfo> {
    let source = openable(&app, of(&asked)?).await?;
    Ok(Json(tables(&app)?.open(source).await?))
}

/// `GET api/data/page?artifact=…&from&limit&first_column&columns&sort&filter&search&whole`.
pub async fn page(State(app): State<App>, asked: Asked) -> Answer<TablePage> {
    let source = openable(&app, of(&asked)?).await?;
    let number = |name: &str, otherwise: u64| asked.number(name).map(|it| it.unwrap_or(otherwise));
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let window = TableWindow {
        from: number("from", 0)?,
        limit: size(number("limit", ROWS)?.min(MOST_ROWS)),
        first_column: size(number("first_column", 0)?),
        columns: size(number("columns", COLUMNS)?),
        whole: asked.one("whole").is_some(),
    };
    Ok(Json(tables(&app)?.page(source, view(&asked), window).await?))
}

/// `GET api/data/statistics?artifact=…&column&filter&search`.
pub async fn statistics(State(app): State<App>, asked: Asked) -> Answer<ColumnStatistics> {
    let source = openable(&app, of(&asked)?).await?;
    let column = asked.one("column").map(str::to_owned);
    let column = column
        .ok_or_else(|| Failure::wrong("the request names no column", "name one: column=…"))?;
    Ok(Json(tables(&app)?.statistics(source, view(&asked), column).await?))
}

/// `POST api/data/query`. A wrong query is no failure of the request.
pub async fn query(State(app): State<App>, Body(asked): Body<TableQuery>) -> Answer<QueryAnswer> {
    if asked.tables.len() > NAMED {
        return Err(Failure::wrong("the query names too many tables", "name fewer"));
    }
    let mut named = Vec::new();
    for table in asked.tables {
        named.push((table.name, openable(&app, table.source).await?));
    }
    Ok(Json(tables(&app)?.query(asked.sql, named).await))
}

fn view(asked: &Asked) -> TableView {
    TableView {
        sort: asked.all("sort").map(str::to_owned).collect(),
        filter: asked.one("filter").map(str::to_owned),
        search: asked.one("search").map(str::to_owned),
    }
}
