//! Every route of `flownote serve`, in one table: `openapi` says the same of each, and a test
//! walks both.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};

use super::state::Serving;
use super::{ask, gate};

/// No request has a larger body.
const LARGEST: usize = 1 << 20;

/// One route.
pub struct Route {
    /// `get` or `post`.
    pub method: &'static str,
    /// Its path.
    pub path: &'static str,
    handler: fn() -> MethodRouter<Serving>,
}

macro_rules! routes {
    ($($method:ident $path:literal => $handler:path,)*) => {
        &[$(Route {
            method: stringify!($method),
            path: $path,
            handler: || $method($handler),
        },)*]
    };
}

/// All of them.
pub const ROUTES: &[Route] = routes![
    get "/recommend/{member}" => ask::recommend,
    get "/artwork/{title}" => ask::artwork,
    post "/events" => ask::events,
    get "/health" => ask::health,
    get "/openapi.json" => ask::document,
];

/// The router, with the gate around everything.
pub fn router(app: &Serving) -> Router {
    let mut router = Router::new();
    for Route { path, handler, .. } in ROUTES {
        router = router.route(path, handler());
    }
    router
        .fallback(ask::nothing)
        .method_not_allowed_fallback(ask::other_method)
        .layer(DefaultBodyLimit::max(LARGEST))
        // The last layer is the outermost: it is asked before a route is even looked for.
        .layer(from_fn_with_state(app.clone(), gate::guard))
        .with_state(app.clone())
}
