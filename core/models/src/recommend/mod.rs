//! Recommenders: which items to show to a member next.
//!
//! [`Interactions`] are what members did, as a sparse matrix that is read where it lies. A
//! [`Recommender`] is fitted to them: [`Popularity`] is the one to beat, [`ItemKnn`] and
//! [`Ease`] weigh items against items, [`Ials`] and [`Bpr`] give members and items factors.
//! Each scores a member by what they did, of whom the fit knew nothing, too ("fold-in").
//!
//! [`top_k()`] ranks all items, exactly, under a [`Filter`]; [`near_top_k()`] asks the [`Index`] that
//! factors of more than [`MANY`] items come with.
//! [`Metric`] measures a ranking,
//! [`coverage`] and [`novelty`] all of them together. [`Recommender::explain`] says which
//! events a score is of, [`Catalogue`] what the items of a row have in common.

mod bpr;
mod catalogue;
mod cholesky;
mod ease;
mod factors;
mod ials;
mod index;
mod interactions;
mod inverse;
mod item_knn;
mod metrics;
mod near;
mod popularity;
mod recommender;
mod together;
mod top_k;

pub use bpr::{Bpr, BprOptions};
pub use catalogue::{Catalogue, Kind, TitledRow, Titles};
pub use ease::Ease;
pub use factors::Factors;
pub use ials::{Ials, IalsOptions, Solver};
pub use index::{Index, MANY};
pub use interactions::{Events, Interactions};
pub use item_knn::ItemKnn;
pub use metrics::{Metric, coverage, novelty, with_held_out};
pub use near::{near_top_k, near_top_of};
pub use popularity::Popularity;
pub use recommender::{Reason, Recommender, Score};
pub use top_k::{Filter, NOTHING, Ranking, score_all, top_k, top_of};
