//! Who looks, at which store.

use serde::{Deserialize, Serialize};

/// `GET api/me`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Me {
    /// Who runs the server.
    pub user: String,
    /// The store's address.
    pub store: String,
    /// Flownote's version.
    pub version: String,
    /// The path under which the page stands: `/`, or `/x/` with `--base-url /x`.
    pub base: String,
}
