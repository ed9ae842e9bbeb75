//! A table of routes: what isn't in it doesn't exist, and tests walk it.

use axum::routing::MethodRouter;

/// No request has a larger body.
pub const LARGEST: usize = 1 << 20;

/// One route of a server whose handlers share an `S`.
pub struct Route<S: 'static> {
    /// `get` or `post`.
    pub method: &'static str,
    /// Its path, below the base where there is one.
    pub path: &'static str,
    /// What answers.
    pub handler: fn() -> MethodRouter<S>,
}

/// `get "/path" => handler,` each a route.
macro_rules! routes {
    ($($method:ident $path:literal => $handler:path,)*) => {
        &[$($crate::route::Route {
            method: stringify!($method),
            path: $path,
            handler: || $method($handler),
        },)*]
    };
}

pub(crate) use routes;
