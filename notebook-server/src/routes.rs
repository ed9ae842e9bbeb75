//! Every route, in one table: what isn't here doesn't exist, and what is here is behind the
//! gate. The security tests walk this table.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};

use crate::act::{open, resume, stop, tags};
use crate::compress::compress;
use crate::data::{ask as data, catalog};
use crate::health;
use crate::me::me;
use crate::notebooks::{check, export, past, processes, pythons, run, serve, socket};
use crate::page;
use crate::route::{LARGEST, Route, routes};
use crate::runs::ask;
use crate::security::{gate, login};
use crate::state::App;

/// All of them.
pub const ROUTES: &[Route<App>] = routes![
    get "/login" => login::enter,
    post "/login" => login::password,
    post "/logout" => login::leave,
    get "/api/me" => me,
    get "/api/flows" => ask::flows,
    get "/api/runs" => ask::list,
    get "/api/events" => ask::all_events,
    get "/api/compare" => ask::compare,
    get "/api/runs/{flow}/{run}" => ask::detail,
    get "/api/runs/{flow}/{run}/tasks" => ask::tasks,
    get "/api/runs/{flow}/{run}/heat" => ask::heat,
    get "/api/runs/{flow}/{run}/why" => ask::why,
    get "/api/runs/{flow}/{run}/code" => ask::code,
    get "/api/runs/{flow}/{run}/events" => ask::events,
    get "/api/runs/{flow}/{run}/{step}/{task}" => ask::task,
    get "/api/runs/{flow}/{run}/{step}/{task}/logs" => ask::logs,
    get "/api/runs/{flow}/{run}/{step}/{task}/logs/download" => ask::download,
    get "/api/runs/{flow}/{run}/{step}/{task}/code" => ask::step_code,
    get "/api/runs/{flow}/{run}/{step}/{task}/artifacts/{name}" => ask::artifact,
    post "/api/runs/{flow}/{run}/tags" => tags::change,
    post "/api/runs/{flow}/{run}/resume" => resume::start,
    get "/api/runs/{flow}/{run}/parameters" => resume::parameters,
    post "/api/runs/{flow}/{run}/stop" => stop::stop,
    post "/api/tasks/open" => open::open,
    get "/api/notebooks" => serve::list,
    post "/api/notebooks" => serve::create,
    post "/api/notebooks/rename" => serve::rename,
    post "/api/notebooks/copy" => serve::copy,
    post "/api/notebooks/delete" => serve::delete,
    post "/api/notebooks/upload" => serve::upload,
    get "/api/notebooks/parameters" => run::parameters,
    post "/api/notebooks/run" => run::start,
    get "/api/notebooks/history" => past::saves,
    get "/api/notebooks/history/save" => past::save,
    get "/api/notebooks/history/diff" => past::difference,
    post "/api/notebooks/history/restore" => past::restore,
    get "/api/notebooks/kernel" => processes::kernel,
    get "/api/notebooks/kernel/packages" => processes::packages,
    post "/api/notebooks/kernel/pythons" => pythons::list,
    post "/api/notebooks/kernel/python" => pythons::choose,
    get "/api/notebooks/check" => check::check,
    get "/api/notebooks/export" => export::export,
    get "/api/notebooks/socket" => socket::open,
    get "/api/health" => health::health,
    post "/api/health/check" => health::check,
    post "/api/health/gc" => health::gc,
    post "/api/health/kernels/end" => health::end_kernel,
    get "/api/data/catalog" => catalog::list,
    get "/api/data/search" => catalog::search,
    get "/api/data/table" => data::table,
    get "/api/data/page" => data::page,
    get "/api/data/statistics" => data::statistics,
    post "/api/data/query" => data::query,
    get "/" => page::index,
    get "/notebooks" => page::index,
    get "/notebooks/{*path}" => page::notebook,
    get "/runs" => page::index,
    get "/runs/{*path}" => page::index,
    get "/compare" => page::index,
    get "/data" => page::index,
    get "/data/{*path}" => page::index,
    get "/health" => page::index,
    get "/sandbox" => page::sandbox,
    get "/assets/{*path}" => page::asset,
    get "/icon.svg" => page::asset,
    get "/theme.js" => page::asset,
];

/// The router: the table below the base, and the gate around everything.
pub fn router(app: &App) -> Router {
    let base = &app.base.path;
    let mut router = Router::new();
    for Route { path, handler, .. } in ROUTES {
        router = router.route(&format!("{base}{path}"), handler());
    }
    if !base.is_empty() {
        router = router.route(base, get(page::index));
    }
    router
        .fallback(page::nothing)
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(from_fn(compress))
        // The last layer is the outermost: it is asked before a route is even looked for.
        .layer(from_fn_with_state(app.clone(), gate::guard))
        .with_state(app.clone())
}
