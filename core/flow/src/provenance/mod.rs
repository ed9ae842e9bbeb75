//! What a result depends on: the record in every manifest's `provenance`, and its keys.
//!
//! The worker writes it, whatever its language (engine rules 19–23). Example of a task
//! that read `self.ratings`, `self.alpha` (a parameter), found no `self.hint`, and is item
//! 3 of a foreach whose index it didn't ask for:
//!
//! ```
//! # let json = r#"
//! {"schema": 1,
//!  "language": "python",
//!  "code": {"digest": "<hex>",
//!           "coarse": null,
//!           "parts": {"flow.py:Recommend.train": "<hex>", "features.py:clean": "<hex>"}},
//!  "environment": {"runtime": "3.11", "distributions": {"numpy": "2.1.0"}, "platform": null},
//!  "externals": [{"kind": "file", "name": "data/u.data", "version": "b3:<hex>", "declared": false}],
//!  "seed": null,
//!  "reads": {"artifacts": {"ratings": "<hex>", "hint": null},
//!            "inputs": {},
//!            "parameters": {"alpha": "<hex>"},
//!            "current": {"retry_count": "<hex>"},
//!            "item": "<hex>",
//!            "index": null,
//!            "inputs_len": null,
//!            "foreach_stack": null,
//!            "every_name": false},
//!  "writes": {"model": "<hex>", "score": "<hex>"},
//!  "deleted": ["draft"],
//!  "uncacheable": null,
//!  "unverified": null}
//! # "#;
//! # let record: flownote_flow::provenance::Provenance = serde_json::from_str(json)?;
//! # assert_eq!(record.reads.artifacts["hint"], None);
//! # assert!(record.reusable().is_ok());
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! `null` as the digest of a read means "looked for and absent". A join reads through
//! `inputs`: `"inputs": {"score": {"at": {"0": "<hex>", "2": null}}}` when it read some,
//! `{"score": {"every": "<hex>"}}` when it read all (see [`InputReads`]).
//!
//! Fields with nothing to say may be left out. Flow and step names are not in it, so that
//! equal work is found wherever it was done.

mod compare;
mod key;
mod nearest;
mod observe;
mod record;

pub use compare::{Difference, Present};
pub use key::{Key, base_key, full_key};
pub use nearest::{Near, nearest};
pub use record::{
    Code, Environment, External, InputReads, Provenance, ReadSet, Reads, SCHEMA, Unusable,
};

#[cfg(test)]
mod tests;
