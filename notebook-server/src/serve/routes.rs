//! Every route of `flownote serve`, in one table: `openapi` says the same of each, and a test
//! walks both.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, head, post};

use super::state::Serving;
use super::{ask, gate, tell};
use crate::route::{LARGEST, Route, routes};

/// Where a model decides.
const DECIDING: [&str; 2] = ["/recommend/{member}", "/artwork/{title}"];

/// All of them.
pub const ROUTES: &[Route<Serving>] = routes![
    get "/recommend/{member}" => ask::recommend,
    get "/artwork/{title}" => ask::artwork,
    post "/events" => tell::events,
    get "/health" => ask::health,
    get "/openapi.json" => ask::document,
];

/// The router, with the gate around everything.
pub fn router(app: &Serving) -> Router {
    let mut router = Router::new();
    for Route { path, handler, .. } in ROUTES {
        router = router.route(path, handler());
    }
    for path in DECIDING {
        // A HEAD would be answered as a GET without its body: a decision that nobody sees.
        router = router.route(path, head(ask::other_method));
    }
    router
        .fallback(ask::nothing)
        .method_not_allowed_fallback(ask::other_method)
        .layer(DefaultBodyLimit::max(LARGEST))
        // The last layer is the outermost: it is asked before a route is even looked for.
        .layer(from_fn_with_state(app.clone(), gate::guard))
        .with_state(app.clone())
}
